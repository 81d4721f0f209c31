#include "crypto/nostr_key.h"

#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

#include <cassert>
#include <cstring>
#include <memory>

namespace tacet::crypto {
namespace {

struct DestroyContext {
    void operator()(secp256k1_context *context) const { secp256k1_context_destroy(context); }
};

/// libsecp256k1 multiplies with its generator only through a context that it made. This one is const from its first
/// use to the end of the process: no state that one caller could leave to another. It is not re-randomised: that
/// guards against power and radio measurements of a long-lived key, and costs as much as a signature, while these
/// keys are one-time authors and mailboxes, and the code is constant time without it.
const secp256k1_context *generatorContext()
{
    static const std::unique_ptr<secp256k1_context, DestroyContext> context(
        secp256k1_context_create(SECP256K1_CONTEXT_NONE));
    return context.get();
}

// The key pair of libsecp256k1 is kept as wiped bytes: copying the opaque struct is what its documentation allows.
static_assert(sizeof(secp256k1_keypair) == 96);
static_assert(std::is_trivially_copyable_v<secp256k1_keypair>);

/// The opaque struct on the stack, wiped.
struct Pair {
    secp256k1_keypair value;
    Pair() = default;
    explicit Pair(const SecretBytes<96> &bytes) { std::memcpy(&value, bytes.view().data(), sizeof value); }
    Pair(const Pair &) = delete;
    Pair &operator=(const Pair &) = delete;
    ~Pair() { sodium_memzero(&value, sizeof value); }
};

/// NIP-44 hashes the shared point itself: libsecp256k1 is asked for x as it is.
int copyX(unsigned char *out, const unsigned char *x, const unsigned char *, void *)
{
    std::memcpy(out, x, 32);
    return 1;
}

} // namespace

NostrKeyPair NostrKeyPair::generate(Random &random)
{
    for (;;) { // a second round has a chance of 2^-127
        if (auto pair = fromSecret(random.secret<32>()))
            return std::move(*pair);
    }
}

std::optional<NostrKeyPair> NostrKeyPair::fromSecret(SecretBytes<32> secret)
{
    Pair pair;
    if (secp256k1_keypair_create(generatorContext(), &pair.value, secret.view().data()) != 1)
        return std::nullopt;
    secp256k1_xonly_pubkey point;
    NostrKeyPair result;
    if (secp256k1_keypair_xonly_pub(secp256k1_context_static, &point, nullptr, &pair.value) != 1
        || secp256k1_xonly_pubkey_serialize(secp256k1_context_static, result.m_public.bytes.data(), &point) != 1)
        return std::nullopt;
    result.m_secret = std::move(secret);
    std::memcpy(result.m_pair.writable().data(), &pair.value, sizeof pair.value);
    return result;
}

NostrKeyPair NostrKeyPair::clone() const
{
    NostrKeyPair copy;
    copy.m_secret = m_secret.clone();
    copy.m_pair = m_pair.clone();
    copy.m_public = m_public;
    return copy;
}

NostrSignature NostrKeyPair::sign(ByteView message, Random &random) const
{
    const Pair pair(m_pair);
    SecretBytes<32> auxiliary = random.secret<32>();
    secp256k1_schnorrsig_extraparams extra = SECP256K1_SCHNORRSIG_EXTRAPARAMS_INIT;
    extra.ndata = auxiliary.writable().data();
    NostrSignature signature;
    // Fails for a broken nonce function only, and this is the library's own: no error to hand on.
    [[maybe_unused]] const int status = secp256k1_schnorrsig_sign_custom(
        generatorContext(), signature.bytes.data(), message.data(), message.size(), &pair.value, &extra);
    assert(status == 1);
    return signature;
}

std::optional<SecretBytes<32>> NostrKeyPair::sharedX(const NostrPublicKey &peer) const
{
    std::array<unsigned char, 33> compressed; // the even y that BIP-340 means; x of the product does not depend on it
    compressed[0] = 0x02;
    std::copy(peer.bytes.begin(), peer.bytes.end(), compressed.begin() + 1);
    secp256k1_pubkey point;
    SecretBytes<32> shared;
    if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &point, compressed.data(), compressed.size()) != 1
        || secp256k1_ecdh(secp256k1_context_static, shared.writable().data(), &point, m_secret.view().data(), copyX, nullptr)
            != 1)
        return std::nullopt;
    return shared;
}

bool verifySchnorr(const NostrPublicKey &key, ByteView message, const NostrSignature &signature)
{
    secp256k1_xonly_pubkey point;
    return secp256k1_xonly_pubkey_parse(secp256k1_context_static, &point, key.bytes.data()) == 1
        && secp256k1_schnorrsig_verify(secp256k1_context_static, signature.bytes.data(), message.data(), message.size(),
                                       &point)
        == 1;
}

} // namespace tacet::crypto
