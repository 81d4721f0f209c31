#include "crypto/keccak.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <openssl/evp.h>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

/// OpenSSL as the second opinion: it has had SHA-3 since 1.1.1.
Bytes byOpenssl(const EVP_MD *algorithm, ByteView input, std::size_t size)
{
    Bytes out(size);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), algorithm, nullptr);
    EVP_DigestUpdate(context.get(), input.data(), input.size());
    if (EVP_MD_get_flags(algorithm) & EVP_MD_FLAG_XOF)
        EVP_DigestFinalXOF(context.get(), out.data(), out.size());
    else
        EVP_DigestFinal_ex(context.get(), out.data(), nullptr);
    return out;
}

} // namespace

class TestKeccak : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownAnswers();
    void everyLengthAgreesWithOpenssl();
    void piecesGiveTheSameAsTheWhole();
};

void TestKeccak::knownAnswers()
{
    // FIPS 202, the empty message and "abc"
    FixedBytes<32> out;
    keccak::sha3_256(out, {});
    QCOMPARE(text(out), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    keccak::sha3_256(out, {asBytes("abc")});
    QCOMPARE(text(out), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    FixedBytes<64> longer;
    keccak::sha3_512(longer, {asBytes("abc")});
    QCOMPARE(text(longer), "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
                           "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0");
    keccak::shake256(out, {});
    QCOMPARE(text(out), "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f");
    keccak::Shake128().squeeze(out);
    QCOMPARE(text(out), "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
}

void TestKeccak::everyLengthAgreesWithOpenssl()
{
    SeededRandom random(1);
    for (std::size_t size = 0; size <= 2 * keccak::kShake128Rate + 1; ++size) {
        Bytes input(size);
        random.fill(input);
        FixedBytes<32> hash;
        keccak::sha3_256(hash, {input});
        QCOMPARE(text(hash), text(byOpenssl(EVP_sha3_256(), input, 32)));
        FixedBytes<64> longer;
        keccak::sha3_512(longer, {input});
        QCOMPARE(text(longer), text(byOpenssl(EVP_sha3_512(), input, 64)));
        Bytes stream(size);
        keccak::shake256(stream, {input});
        QCOMPARE(text(stream), text(byOpenssl(EVP_shake256(), input, size)));
        keccak::Shake128 shake;
        shake.absorb(input);
        shake.squeeze(stream);
        QCOMPARE(text(stream), text(byOpenssl(EVP_shake128(), input, size)));
    }
}

void TestKeccak::piecesGiveTheSameAsTheWhole()
{
    SeededRandom random(2);
    Bytes input(700);
    random.fill(input);
    const Bytes expected = byOpenssl(EVP_shake128(), input, 700);
    for (int round = 0; round < 200; ++round) {
        keccak::Shake128 shake;
        for (ByteView rest = input; !rest.empty();) {
            const std::size_t count = std::min<std::size_t>(rest.size(), random.below(180));
            shake.absorb(rest.first(count));
            rest = rest.subspan(count);
        }
        Bytes stream(700);
        for (std::span<std::uint8_t> rest = stream; !rest.empty();) {
            const std::size_t count = std::min<std::size_t>(rest.size(), random.below(180));
            shake.squeeze(rest.first(count));
            rest = rest.subspan(count);
        }
        QCOMPARE(text(stream), text(expected));
    }
}

TACET_TEST_UNIT("t_keccak", TestKeccak)
#include "t_keccak.moc"
