#include "crypto/x25519.h"

#include "crypto/constant_time.h"

#include <sodium.h>

namespace tacet::crypto {

X25519KeyPair X25519KeyPair::generate(Random &random)
{
    return fromSecret(random.secret<32>());
}

X25519KeyPair X25519KeyPair::fromSecret(SecretBytes<32> secret)
{
    X25519KeyPair pair;
    pair.m_secret = std::move(secret);
    crypto_scalarmult_curve25519_base(pair.m_public.bytes.data(), pair.m_secret.view().data());
    return pair;
}

X25519KeyPair X25519KeyPair::clone() const
{
    X25519KeyPair copy;
    copy.m_secret = m_secret.clone();
    copy.m_public = m_public;
    return copy;
}

Result<SecretBytes<32>, DhError> X25519KeyPair::agree(const X25519PublicKey &peer) const
{
    if (!isCanonical(peer))
        return fail(DhError::NonCanonicalKey);
    SecretBytes<32> shared;
    const int status = crypto_scalarmult_curve25519(shared.writable().data(), m_secret.view().data(), peer.bytes.data());
    // libsodium refuses the small-order points it knows; the result itself is looked at as well (RFC 7748 §6.1).
    if (constant_time::answer(status) != 0 || shared.isZero())
        return fail(DhError::AllZeroResult);
    return shared;
}

bool isCanonical(const X25519PublicKey &key)
{
    // p = 2^255 - 19 in little-endian bytes: ED FF … FF 7F. Public data: early exits are fine.
    const auto &bytes = key.bytes;
    if (bytes[31] != 0x7F)
        return bytes[31] < 0x7F;
    for (std::size_t i = 30; i >= 1; --i) {
        if (bytes[i] != 0xFF)
            return true;
    }
    return bytes[0] < 0xED;
}

} // namespace tacet::crypto
