// ML-KEM-768 through its public header, whichever back end was built, and beside our own implementation.
#include "crypto/hkdf.h"
#include "crypto/keccak.h"
#include "crypto/mlkem_own.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

std::string sha3(ByteView bytes)
{
    FixedBytes<32> out;
    keccak::sha3_256(out, {bytes});
    return text(out);
}

/// Overwrites coefficient `index` of an encoded key (ByteEncode_12).
void setCoefficient(MlkemPublicKey &key, std::size_t index, unsigned value)
{
    std::uint8_t *const pair = key.bytes.data() + index / 2 * 3;
    if (index % 2 == 0) {
        pair[0] = static_cast<std::uint8_t>(value);
        pair[1] = static_cast<std::uint8_t>((pair[1] & 0xF0) | value >> 8);
    } else {
        pair[1] = static_cast<std::uint8_t>((pair[1] & 0x0F) | value << 4);
        pair[2] = static_cast<std::uint8_t>(value >> 4);
    }
}

} // namespace

class TestMlkem : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownAnswer();
    void roundTrip();
    void agreesWithOurOwn();
    void encapsulate_refusesEveryCoefficientOutOfRange();
    void encapsulate_acceptsTheLargestCoefficient();
    void decapsulate_rejectsImplicitly();
    void seedRestoresTheKey();
    void cloneIsTheSameKey();
};

void TestMlkem::knownAnswer()
{
    // The first of the NIST known answers, by hashes (SHA3-256) of key and ciphertext.
    const auto seed = fixedHex<64>("7c9935a0b07694aa0c6d10e4db6b1add2fd81a25ccb148032dcd739936737f2d"
                                   "8626ed79d451140800e03b59b956f8210e556067407d13dc90fa9e8b872bfb8f");
    const MlkemKeyPair pair = MlkemKeyPair::fromSeed(seed);
    QCOMPARE(sha3(pair.publicKey().view()), "f57262661358cde8d3ebf990e5fd1d5b896c992ccfaadb5256b68bbf5943b132");

    FixedRandom message(hex("147c03f7a5bebba406c8fae1874d7f13c80efe79a3a9a874cc09fe76f6997615"));
    const auto sent = encapsulate(pair.publicKey(), message);
    QVERIFY(sent.ok());
    QVERIFY(message.exhausted());
    QCOMPARE(sha3(sent->ciphertext.view()), "6e777e2cf8054659136a971d9e70252f301226930c19c470ee0688163a63c15b");
    QCOMPARE(text(sent->secret.view()), "e7184a0975ee3470878d2d159ec83129c8aec253d4ee17b4810311d198cd0368");
    QCOMPARE(text(pair.decapsulate(sent->ciphertext).view()), text(sent->secret.view()));
}

void TestMlkem::roundTrip()
{
    SeededRandom random(1);
    for (int i = 0; i < 200; ++i) {
        const MlkemKeyPair pair = MlkemKeyPair::generate(random);
        QVERIFY(isValid(pair.publicKey()));
        const auto sent = encapsulate(pair.publicKey(), random);
        QVERIFY(sent.ok());
        QVERIFY(pair.decapsulate(sent->ciphertext).equals(sent->secret.view()));
    }
}

void TestMlkem::agreesWithOurOwn()
{
    SeededRandom random(2);
    for (int i = 0; i < 200; ++i) {
        const auto seed = random.bytes<64>();
        const auto message = random.bytes<32>();
        const MlkemKeyPair pair = MlkemKeyPair::fromSeed(seed);
        FixedRandom draws(Bytes(message.begin(), message.end()));
        const auto sent = encapsulate(pair.publicKey(), draws);

        mlkem::DecapsulationKey own;
        mlkem::keyGen(own, seed);
        QCOMPARE(text(pair.publicKey().view()), text(own.encapsulation.encoded.view()));
        mlkem::EncapsulationKey expanded;
        mlkem::expand(expanded, pair.publicKey());
        SecretBytes<32> secret;
        MlkemCiphertext ciphertext;
        mlkem::encaps(secret, ciphertext, expanded, message);
        QCOMPARE(text(sent->ciphertext.view()), text(ciphertext.view()));
        QVERIFY(sent->secret.equals(secret.view()));

        ciphertext.bytes[random.below(kMlkemCiphertextSize)] ^= 1; // both reject alike
        mlkem::decaps(secret, own, ciphertext);
        QVERIFY(pair.decapsulate(ciphertext).equals(secret.view()));
    }
}

void TestMlkem::encapsulate_refusesEveryCoefficientOutOfRange()
{
    SeededRandom random(3);
    const MlkemKeyPair pair = MlkemKeyPair::generate(random);
    for (std::size_t index = 0; index < 768; ++index) {
        for (const unsigned value : {3329u, 4095u}) {
            MlkemPublicKey key = pair.publicKey();
            setCoefficient(key, index, value);
            QVERIFY(!isValid(key));
            const auto sent = encapsulate(key, random);
            QVERIFY(!sent.ok());
            QCOMPARE(sent.error(), KemError::BadPublicKey);
        }
    }
}

void TestMlkem::encapsulate_acceptsTheLargestCoefficient()
{
    SeededRandom random(4);
    MlkemPublicKey key;
    for (std::size_t index = 0; index < 768; ++index)
        setCoefficient(key, index, 3328);
    QVERIFY(isValid(key));
    QVERIFY(encapsulate(key, random).ok());
}

void TestMlkem::decapsulate_rejectsImplicitly()
{
    SeededRandom random(5);
    const MlkemKeyPair pair = MlkemKeyPair::generate(random);
    const auto sent = encapsulate(pair.publicKey(), random);
    for (std::size_t bit = 0; bit < kMlkemCiphertextSize * 8; bit += 3) {
        MlkemCiphertext damaged = sent->ciphertext;
        damaged.bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        // FIPS 203 Algorithm 18: J(z ‖ c), different for each ciphertext and unknown without z
        FixedBytes<32> expected;
        keccak::shake256(expected, {pair.seed().last<32>(), damaged.view()});
        QCOMPARE(text(pair.decapsulate(damaged).view()), text(expected));
    }
    QVERIFY(!MlkemKeyPair::generate(random).decapsulate(sent->ciphertext).equals(sent->secret.view()));
}

void TestMlkem::seedRestoresTheKey()
{
    SeededRandom random(6);
    const MlkemKeyPair pair = MlkemKeyPair::generate(random);
    const auto sent = encapsulate(pair.publicKey(), random);
    const MlkemKeyPair restored = MlkemKeyPair::fromSeed(pair.seed());
    QCOMPARE(restored.publicKey(), pair.publicKey());
    QVERIFY(restored.decapsulate(sent->ciphertext).equals(sent->secret.view()));
}

void TestMlkem::cloneIsTheSameKey()
{
    SeededRandom random(7);
    auto pair = std::make_unique<MlkemKeyPair>(MlkemKeyPair::generate(random));
    const auto sent = encapsulate(pair->publicKey(), random);
    const MlkemKeyPair copy = pair->clone();
    pair.reset(); // the copy stands alone
    QVERIFY(copy.decapsulate(sent->ciphertext).equals(sent->secret.view()));
}

TACET_TEST_UNIT("t_mlkem", TestMlkem)
#include "t_mlkem.moc"
