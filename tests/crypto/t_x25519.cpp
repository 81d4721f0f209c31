#include "crypto/x25519.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

X25519KeyPair pairOf(std::string_view secret)
{
    return X25519KeyPair::fromSecret(SecretBytes<32>(fixedHex<32>(secret)));
}

/// What the result is, in words: a shared secret in hexadecimal or the error.
std::string outcome(const X25519KeyPair &own, const X25519PublicKey &peer)
{
    const auto shared = own.agree(peer);
    if (shared)
        return text(shared->view());
    return shared.error() == DhError::NonCanonicalKey ? "non-canonical" : "all-zero";
}

} // namespace

class TestX25519 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agree_rfc7748();
    void agree_bothSidesAgree();
    void agree_thousandIterations();
    void agree_refusesNonCanonicalKeys_data();
    void agree_refusesNonCanonicalKeys();
    void agree_refusesSmallOrder_data();
    void agree_refusesSmallOrder();
    void isCanonical_boundary();
    void clone_isTheSamePair();
};

void TestX25519::agree_rfc7748()
{
    // RFC 7748 §6.1
    const auto alice = pairOf("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    const auto bob = pairOf("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    QCOMPARE(text(alice.publicKey().view()), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    QCOMPARE(text(bob.publicKey().view()), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    QCOMPARE(outcome(alice, bob.publicKey()), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    QCOMPARE(outcome(bob, alice.publicKey()), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

void TestX25519::agree_bothSidesAgree()
{
    SeededRandom random(1);
    for (int i = 0; i < 50; ++i) {
        const auto one = X25519KeyPair::generate(random);
        const auto other = X25519KeyPair::generate(random);
        QVERIFY(isCanonical(one.publicKey()));
        QCOMPARE(outcome(one, other.publicKey()), outcome(other, one.publicKey()));
    }
}

void TestX25519::agree_thousandIterations()
{
    // RFC 7748 §5.2: k, u = X25519(k, u), k, a thousand times from 9.
    FixedBytes<32> k{9};
    X25519PublicKey u{k};
    for (int i = 1; i <= 1000; ++i) {
        const auto result = X25519KeyPair::fromSecret(SecretBytes<32>(k)).agree(u);
        QVERIFY(result.ok());
        u.bytes = k;
        std::copy(result->view().begin(), result->view().end(), k.begin());
        if (i == 1)
            QCOMPARE(text(k), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
    QCOMPARE(text(k), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

void TestX25519::agree_refusesNonCanonicalKeys_data()
{
    QTest::addColumn<std::string>("key");
    QTest::newRow("p") << std::string("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    QTest::newRow("p + 1") << std::string("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    QTest::newRow("p + 9, the base point again") << std::string("f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    QTest::newRow("2^255 - 1") << std::string("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    QTest::newRow("9 with the top bit") << std::string("0900000000000000000000000000000000000000000000000000000000000080");
    QTest::newRow("2^256 - 1") << std::string("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
}

void TestX25519::agree_refusesNonCanonicalKeys()
{
    QFETCH(std::string, key);
    SeededRandom random(2);
    QCOMPARE(outcome(X25519KeyPair::generate(random), tagged<X25519PublicKey>(key)), "non-canonical");
}

void TestX25519::agree_refusesSmallOrder_data()
{
    QTest::addColumn<std::string>("key");
    QTest::newRow("order 4: 0") << std::string("0000000000000000000000000000000000000000000000000000000000000000");
    QTest::newRow("order 1: 1") << std::string("0100000000000000000000000000000000000000000000000000000000000000");
    QTest::newRow("order 8") << std::string("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
    QTest::newRow("order 8, the other") << std::string("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157");
    QTest::newRow("order 2: p - 1") << std::string("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
}

void TestX25519::agree_refusesSmallOrder()
{
    QFETCH(std::string, key);
    SeededRandom random(3);
    QCOMPARE(outcome(X25519KeyPair::generate(random), tagged<X25519PublicKey>(key)), "all-zero");
}

void TestX25519::isCanonical_boundary()
{
    QVERIFY(isCanonical(tagged<X25519PublicKey>("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")));
    QVERIFY(!isCanonical(tagged<X25519PublicKey>("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")));
    // One lower byte anywhere in between brings the number under p again.
    for (std::size_t i = 1; i < 32; ++i) {
        X25519PublicKey key = tagged<X25519PublicKey>("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        key.bytes[i] -= 1;
        QVERIFY(isCanonical(key));
    }
}

void TestX25519::clone_isTheSamePair()
{
    SeededRandom random(4);
    const auto pair = X25519KeyPair::generate(random);
    const auto copy = pair.clone();
    QCOMPARE(copy.publicKey(), pair.publicKey());
    QVERIFY(copy.secret().equals(pair.secret().view()));
}

TACET_TEST_UNIT("t_x25519", TestX25519)
#include "t_x25519.moc"
