#include "tests/bench/crypto_parts.h"

#include "crypto/aead.h"
#include "crypto/hkdf.h"
#include "crypto/mlkem.h"
#include "crypto/nostr_key.h"
#include "crypto/x25519.h"
#include "tests/bench/stopwatch.h"

#include <openssl/evp.h>
#include <openssl/opensslv.h>

#include <memory>

namespace tacet::bench {
namespace {

using namespace tacet::crypto;

volatile std::uint8_t g_sink;
template<typename Bytes>
void keep(const Bytes &bytes)
{
    g_sink = bytes[0];
}

/// Reports microseconds, answers seconds.
template<typename Operation>
double timed(const char *name, Operation operation)
{
    const double seconds = 1 / perSecond(operation);
    report(name, 1e6 * seconds, "µs");
    return seconds;
}

#if OPENSSL_VERSION_NUMBER >= 0x30500000L
void measureOpensslKem()
{
    const auto make = [&] {
        return std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY *)>(EVP_PKEY_Q_keygen(nullptr, nullptr, "ML-KEM-768"), EVP_PKEY_free);
    };
    const auto key = make();
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX *)> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr),
                                                                        EVP_PKEY_CTX_free);
    std::array<std::uint8_t, kMlkemCiphertextSize> ciphertext{};
    std::array<std::uint8_t, kMlkemSecretSize> secret{};
    std::size_t ciphertextSize = ciphertext.size();
    std::size_t secretSize = secret.size();
    timed("openssl: ML-KEM-768 key generation", [&] { g_sink = make() ? 1 : 0; });
    timed("openssl: ML-KEM-768 encapsulation", [&] {
        if (EVP_PKEY_encapsulate_init(context.get(), nullptr) != 1
            || EVP_PKEY_encapsulate(context.get(), ciphertext.data(), &ciphertextSize, secret.data(), &secretSize) != 1)
            std::abort();
    });
    timed("openssl: ML-KEM-768 decapsulation", [&] {
        if (EVP_PKEY_decapsulate_init(context.get(), nullptr) != 1
            || EVP_PKEY_decapsulate(context.get(), secret.data(), &secretSize, ciphertext.data(), ciphertextSize) != 1)
            std::abort();
    });
}
#else
void measureOpensslKem() { } // it came with 3.5
#endif

} // namespace

Parts measureParts(Random &random)
{
    Parts parts;
    const auto one = X25519KeyPair::generate(random);
    const auto other = X25519KeyPair::generate(random);
    parts.agreement = timed("X25519 agreement", [&] { keep(one.agree(other.publicKey())->view()); });

    const auto pair = MlkemKeyPair::generate(random);
    const auto sent = encapsulate(pair.publicKey(), random);
    parts.kemKey = timed("tacet: ML-KEM-768 key generation",
                         [&] { keep(MlkemKeyPair::generate(random).publicKey().bytes); });
    parts.kemEncapsulation = timed("tacet: ML-KEM-768 encapsulation",
                                   [&] { keep(encapsulate(pair.publicKey(), random)->ciphertext.bytes); });
    parts.kemDecapsulation = timed("tacet: ML-KEM-768 decapsulation",
                                   [&] { keep(pair.decapsulate(sent->ciphertext).view()); });
    measureOpensslKem();

    const auto key = random.secret<32>();
    const auto nonce = random.bytes<24>();
    Bytes sealed(4096 + kAeadTagSize);
    const Bytes plain(4096);
    parts.sealing4K = timed("XChaCha20-Poly1305, 4 KB", [&] {
        aeadSeal(sealed, key.view(), nonce, {}, plain);
        keep(sealed);
    });
    timed("HMAC-SHA-256 of one byte", [&] {
        FixedBytes<32> out;
        hmacSha256(out, key.view(), {ByteView(nonce).first(1)});
        keep(out);
    });

    const auto author = NostrKeyPair::generate(random);
    const auto mailbox = NostrKeyPair::generate(random);
    const auto id = random.bytes<32>();
    const auto signature = author.sign(id, random);
    parts.signing = timed("BIP-340 signature", [&] { keep(author.sign(id, random).bytes); });
    parts.verifying = timed("BIP-340 verification", [&] { g_sink = verifySchnorr(author.publicKey(), id, signature); });
    parts.ecdh = timed("secp256k1 ECDH", [&] { keep(author.sharedX(mailbox.publicKey())->view()); });
    return parts;
}

} // namespace tacet::bench
