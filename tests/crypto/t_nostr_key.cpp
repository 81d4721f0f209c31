#include "crypto/nostr_key.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

std::optional<NostrKeyPair> pairOf(std::string_view secret)
{
    return NostrKeyPair::fromSecret(SecretBytes<32>(fixedHex<32>(secret)));
}

constexpr std::string_view kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

} // namespace

class TestNostrKey : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sign_bip340();
    void verify_refusesEveryFlippedBit();
    void verify_refusesBip340Failures_data();
    void verify_refusesBip340Failures();
    void fromSecret_refusesScalarsOutOfRange();
    void generate_drawsAgain();
    void sharedX_isTheSameOnBothSides();
    void sharedX_refusesWhatIsNoPoint();
};

void TestNostrKey::sign_bip340()
{
    // BIP-340 test vectors 0 and 1
    auto pair = pairOf("0000000000000000000000000000000000000000000000000000000000000003");
    QCOMPARE(text(pair->publicKey().view()), "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9");
    FixedRandom zeros(Bytes(32, 0));
    QCOMPARE(text(pair->sign(Bytes(32, 0), zeros).view()),
             "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
             "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0");

    pair = pairOf("b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef");
    QCOMPARE(text(pair->publicKey().view()), "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659");
    FixedRandom one(hex("0000000000000000000000000000000000000000000000000000000000000001"));
    const Bytes message = hex("243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89");
    const NostrSignature signature = pair->sign(message, one);
    QCOMPARE(text(signature.view()),
             "6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341"
             "8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a");
    QVERIFY(verifySchnorr(pair->publicKey(), message, signature));
}

void TestNostrKey::verify_refusesEveryFlippedBit()
{
    SeededRandom random(1);
    const NostrKeyPair pair = NostrKeyPair::generate(random);
    FixedBytes<32> message = random.bytes<32>();
    const NostrSignature signature = pair.sign(message, random);
    QVERIFY(verifySchnorr(pair.publicKey(), message, signature));
    for (std::size_t bit = 0; bit < 512; ++bit) {
        NostrSignature damaged = signature;
        damaged.bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        QVERIFY(!verifySchnorr(pair.publicKey(), message, damaged));
    }
    for (std::size_t bit = 0; bit < 256; ++bit) {
        FixedBytes<32> damaged = message;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        QVERIFY(!verifySchnorr(pair.publicKey(), damaged, signature));
    }
}

void TestNostrKey::verify_refusesBip340Failures_data()
{
    QTest::addColumn<std::string>("key");
    QTest::addColumn<std::string>("signature");
    const std::string goodKey = "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659";
    const std::string goodR = "6cff5c3ba86c69ea4b7376f31a9bcb4f74c1976089b2d9963da2e5543e177769";
    const std::string goodS = "69e89b4c5564d00349106b8497785dd7d1d713a8ae82b32fa79d5f7fc407d39b";
    QTest::newRow("key not on the curve") << std::string("eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34") << goodR + goodS;
    QTest::newRow("key not below p") << std::string("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30") << goodR + goodS;
    QTest::newRow("R is no x coordinate") << goodKey << "4a298dacae57395a15d0795ddbfd1dcb564da82b0f269bc70a74f8220429ba1d" + goodS;
    QTest::newRow("R not below p") << goodKey << "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f" + goodS;
    QTest::newRow("s not below n") << goodKey << goodR + std::string(kOrder);
}

void TestNostrKey::verify_refusesBip340Failures()
{
    QFETCH(std::string, key);
    QFETCH(std::string, signature);
    const Bytes message = hex("243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89");
    QVERIFY(!verifySchnorr(tagged<NostrPublicKey>(key), message, tagged<NostrSignature>(signature)));
}

void TestNostrKey::fromSecret_refusesScalarsOutOfRange()
{
    QVERIFY(!pairOf("0000000000000000000000000000000000000000000000000000000000000000"));
    QVERIFY(!pairOf(kOrder));
    QVERIFY(!pairOf("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"));
    QVERIFY(pairOf("0000000000000000000000000000000000000000000000000000000000000001"));
    QVERIFY(pairOf("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"));
}

void TestNostrKey::generate_drawsAgain()
{
    Bytes draws = hex(kOrder);
    append(draws, hex("0000000000000000000000000000000000000000000000000000000000000003"));
    FixedRandom random(draws);
    QCOMPARE(text(NostrKeyPair::generate(random).publicKey().view()),
             "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9");
}

void TestNostrKey::sharedX_isTheSameOnBothSides()
{
    SeededRandom random(2);
    for (int i = 0; i < 20; ++i) {
        const NostrKeyPair one = NostrKeyPair::generate(random);
        const NostrKeyPair other = NostrKeyPair::generate(random);
        const auto shared = one.sharedX(other.publicKey());
        QVERIFY(shared && shared->equals(other.sharedX(one.publicKey())->view()));
        QVERIFY(one.clone().sharedX(other.publicKey())->equals(shared->view()));
    }
    // 1·P has the x coordinate of P: it is the raw coordinate, not a hash of it.
    const NostrKeyPair unit = *pairOf("0000000000000000000000000000000000000000000000000000000000000001");
    const NostrKeyPair peer = NostrKeyPair::generate(random);
    QCOMPARE(text(unit.sharedX(peer.publicKey())->view()), text(peer.publicKey().view()));
}

void TestNostrKey::sharedX_refusesWhatIsNoPoint()
{
    SeededRandom random(3);
    const NostrKeyPair own = NostrKeyPair::generate(random);
    QVERIFY(!own.sharedX(NostrPublicKey{}));
    QVERIFY(!own.sharedX(tagged<NostrPublicKey>("eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34")));
    QVERIFY(!own.sharedX(tagged<NostrPublicKey>("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30")));
}

TACET_TEST_UNIT("t_nostr_key", TestNostrKey)
#include "t_nostr_key.moc"
