#include "crypto/ed25519.h"

#include <sodium.h>

namespace tacet::crypto {
namespace {

/// libsodium's form of a signing key: seed ‖ public key.
SecretBytes<64> signingKey(FixedView<32> seed, const IdentityKey &publicKey)
{
    SecretBytes<64> key;
    std::memcpy(key.writable().data(), seed.data(), 32);
    std::memcpy(key.writable().data() + 32, publicKey.bytes.data(), 32);
    return key;
}

} // namespace

OwnIdentity OwnIdentity::generate(Random &random)
{
    return fromSeed(random.secret<32>().view());
}

OwnIdentity OwnIdentity::fromSeed(FixedView<32> seed)
{
    OwnIdentity identity;
    identity.m_seed = GuardedBytes<32>(seed);
    SecretBytes<64> unused; // seed ‖ public key, made anew when signing
    crypto_sign_ed25519_seed_keypair(identity.m_public.bytes.data(), unused.writable().data(), seed.data());
    return identity;
}

OwnIdentity OwnIdentity::clone() const
{
    OwnIdentity copy;
    copy.m_seed = m_seed.clone();
    copy.m_public = m_public;
    return copy;
}

Signature OwnIdentity::sign(ByteView message) const
{
    const SecretBytes<64> key = signingKey(m_seed.view(), m_public);
    Signature signature;
    crypto_sign_ed25519_detached(signature.bytes.data(), nullptr, message.data(), message.size(), key.view().data());
    return signature;
}

X25519KeyPair OwnIdentity::agreementKey() const
{
    // RFC 8032 §5.1.5: the scalar is the clamped first half of SHA-512(seed); X25519 clamps the same way.
    const SecretBytes<64> key = signingKey(m_seed.view(), m_public);
    SecretBytes<32> scalar;
    crypto_sign_ed25519_sk_to_curve25519(scalar.writable().data(), key.view().data());
    return X25519KeyPair::fromSecret(std::move(scalar));
}

bool verify(const IdentityKey &key, ByteView message, const Signature &signature)
{
    return crypto_core_ed25519_is_valid_point(key.bytes.data()) == 1
        && crypto_sign_ed25519_verify_detached(signature.bytes.data(), message.data(), message.size(), key.bytes.data())
        == 0;
}

std::optional<X25519PublicKey> agreementKey(const IdentityKey &key)
{
    // The conversion of libsodium 1.0.18 refuses these points too; another build's might not, and a torsioned
    // identity would give its owner several public keys for one X25519 key. is_valid_point: canonical, on the
    // curve, in the prime-order subgroup.
    if (crypto_core_ed25519_is_valid_point(key.bytes.data()) != 1)
        return std::nullopt;
    X25519PublicKey converted;
    if (crypto_sign_ed25519_pk_to_curve25519(converted.bytes.data(), key.bytes.data()) != 0)
        return std::nullopt;
    return converted;
}

} // namespace tacet::crypto
