#include "crypto/ed25519.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <sodium.h>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

OwnIdentity identityOf(std::string_view seed)
{
    return OwnIdentity::fromSeed(fixedHex<32>(seed));
}

// Points of small order.
constexpr char kOrderTwo[] = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
constexpr char kOrderFour[] = "0000000000000000000000000000000000000000000000000000000000000000";
constexpr char kOrderEight[] = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";

/// The same point plus one of small order: on the curve, not of prime order, and its owner can still sign.
IdentityKey torsioned(const IdentityKey &key, const char *smallOrder = kOrderEight)
{
    const auto small = fixedHex<32>(smallOrder);
    IdentityKey sum;
    if (crypto_core_ed25519_add(sum.bytes.data(), key.bytes.data(), small.data()) != 0)
        std::abort();
    return sum;
}

} // namespace

class TestEd25519 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sign_rfc8032_data();
    void sign_rfc8032();
    void verify_refusesChanges();
    void verify_refusesHighS();
    void verify_refusesBadKeys_data();
    void verify_refusesBadKeys();
    void agreementKey_bothFormsFit();
    void agreementKey_refusesBadPoints_data();
    void agreementKey_refusesBadPoints();
    void libsodium_refusesTorsionedConversion();
    void clone_signsTheSame();
};

void TestEd25519::sign_rfc8032_data()
{
    // RFC 8032 §7.1, TEST 1 to 3
    QTest::addColumn<std::string>("seed");
    QTest::addColumn<std::string>("key");
    QTest::addColumn<std::string>("message");
    QTest::addColumn<std::string>("signature");
    QTest::newRow("empty") << std::string("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
                           << std::string("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a") << std::string()
                           << std::string("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                                          "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    QTest::newRow("one byte") << std::string("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
                              << std::string("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
                              << std::string("72")
                              << std::string("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                                             "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    QTest::newRow("two bytes") << std::string("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
                               << std::string("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
                               << std::string("af82")
                               << std::string("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
                                              "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
}

void TestEd25519::sign_rfc8032()
{
    QFETCH(std::string, seed);
    QFETCH(std::string, key);
    QFETCH(std::string, message);
    QFETCH(std::string, signature);
    const OwnIdentity identity = identityOf(seed);
    QCOMPARE(text(identity.publicKey().view()), key);
    QCOMPARE(text(identity.sign(hex(message)).view()), signature);
    QVERIFY(verify(tagged<IdentityKey>(key), hex(message), tagged<Signature>(signature)));
}

void TestEd25519::verify_refusesChanges()
{
    SeededRandom random(1);
    const OwnIdentity identity = OwnIdentity::generate(random);
    Bytes message(40, 0x5A);
    const Signature signature = identity.sign(message);
    QVERIFY(verify(identity.publicKey(), message, signature));
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Signature damaged = signature;
        damaged.bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        QVERIFY(!verify(identity.publicKey(), message, damaged));
    }
    QVERIFY(!verify(OwnIdentity::generate(random).publicKey(), message, signature));
    message.back() ^= 1;
    QVERIFY(!verify(identity.publicKey(), message, signature));
}

void TestEd25519::verify_refusesHighS()
{
    // RFC 8032 §5.1.7: S + L would verify too, and one message would have two signatures.
    SeededRandom random(2);
    const OwnIdentity identity = OwnIdentity::generate(random);
    Signature signature = identity.sign(asBytes("once"));
    const auto order = fixedHex<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += signature.bytes[32 + i] + order[i];
        signature.bytes[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    QCOMPARE(carry, 0u);
    QVERIFY(!verify(identity.publicKey(), asBytes("once"), signature));
}

void TestEd25519::verify_refusesBadKeys_data()
{
    agreementKey_refusesBadPoints_data();
}

void TestEd25519::verify_refusesBadKeys()
{
    QFETCH(std::string, key);
    // R = identity, S = 0 satisfies the equation for a key of small order and any message.
    Signature signature{};
    signature.bytes[0] = 1;
    QVERIFY(!verify(tagged<IdentityKey>(key), asBytes("anything"), signature));
}

void TestEd25519::agreementKey_bothFormsFit()
{
    SeededRandom random(3);
    for (int i = 0; i < 50; ++i) {
        const OwnIdentity identity = OwnIdentity::generate(random);
        const auto fromPublic = agreementKey(identity.publicKey());
        QVERIFY(fromPublic.has_value());
        QVERIFY(isCanonical(*fromPublic));
        QCOMPARE(text(fromPublic->view()), text(identity.agreementKey().publicKey().view()));
    }
}

void TestEd25519::agreementKey_refusesBadPoints_data()
{
    QTest::addColumn<std::string>("key");
    QTest::newRow("identity") << std::string("0100000000000000000000000000000000000000000000000000000000000000");
    QTest::newRow("order 2") << std::string("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    QTest::newRow("order 4") << std::string("0000000000000000000000000000000000000000000000000000000000000000");
    QTest::newRow("order 8") << std::string("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    QTest::newRow("identity, non-canonical") << std::string("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    QTest::newRow("not on the curve") << std::string("0200000000000000000000000000000000000000000000000000000000000000");
    QTest::newRow("all ones") << std::string("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    // Some releases of libsodium take a key plus the point of order two for one of prime order.
    const IdentityKey key = identityOf("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").publicKey();
    QTest::newRow("torsioned by order 2") << text(torsioned(key, kOrderTwo).view());
    QTest::newRow("torsioned by order 4") << text(torsioned(key, kOrderFour).view());
    QTest::newRow("torsioned by order 8") << text(torsioned(key, kOrderEight).view());
}

void TestEd25519::agreementKey_refusesBadPoints()
{
    QFETCH(std::string, key);
    QVERIFY(!agreementKey(tagged<IdentityKey>(key)));
}

void TestEd25519::libsodium_refusesTorsionedConversion()
{
    SeededRandom random(4);
    const IdentityKey key = torsioned(OwnIdentity::generate(random).publicKey());
    QVERIFY(!agreementKey(key));
    std::uint8_t converted[32];
    if (crypto_sign_ed25519_pk_to_curve25519(converted, key.bytes.data()) == 0)
        QSKIP("skipped: this libsodium itself converts torsioned points; only our own check refuses them");
}

void TestEd25519::clone_signsTheSame()
{
    SeededRandom random(5);
    const OwnIdentity identity = OwnIdentity::generate(random);
    const OwnIdentity copy = identity.clone();
    QCOMPARE(copy.publicKey(), identity.publicKey());
    QCOMPARE(copy.sign(asBytes("x")), identity.sign(asBytes("x")));
}

TACET_TEST_UNIT("t_ed25519", TestEd25519)
#include "t_ed25519.moc"
