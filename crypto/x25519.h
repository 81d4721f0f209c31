#pragma once
// X25519 (RFC 7748) with the checks that libsodium 1.0.18 leaves out (PROTOCOL §2): a peer's key whose
// u-coordinate is not below 2^255 - 19, or whose top bit is set, and an all-zero result are refused.
#include "crypto/random.h"
#include "crypto/result.h"

namespace tacet::crypto {

struct X25519Tag;
using X25519PublicKey = TaggedBytes<X25519Tag, 32>;

enum class DhError {
    NonCanonicalKey, ///< u >= p or the top bit set
    AllZeroResult,   ///< the peer's point has small order
};

class X25519KeyPair {
public:
    static X25519KeyPair generate(Random &random);
    /// The 32-byte scalar as stored; clamped when used.
    static X25519KeyPair fromSecret(SecretBytes<32> secret);

    X25519KeyPair clone() const;
    const X25519PublicKey &publicKey() const { return m_public; }
    const SecretBytes<32> &secret() const { return m_secret; }

    /// DH(own, peer) of PROTOCOL §1; 32 bytes.
    Result<SecretBytes<32>, DhError> agree(const X25519PublicKey &peer) const;

private:
    X25519KeyPair() = default;
    SecretBytes<32> m_secret;
    X25519PublicKey m_public;
};

/// True when u < 2^255 - 19 and the top bit is clear.
bool isCanonical(const X25519PublicKey &key);

} // namespace tacet::crypto
