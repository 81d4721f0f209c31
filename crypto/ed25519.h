#pragma once
// Ed25519 (RFC 8032): the identity key of a profile, and its X25519 form for the handshake (PROTOCOL §3).
#include "crypto/x25519.h"

namespace tacet::crypto {

struct Ed25519PublicTag;
struct Ed25519SignatureTag;
using IdentityKey = TaggedBytes<Ed25519PublicTag, 32>;
using Signature = TaggedBytes<Ed25519SignatureTag, 64>;

/// One's own identity; the peer's is an IdentityKey, so the two can never be swapped.
class OwnIdentity {
public:
    static OwnIdentity generate(Random &random);
    static OwnIdentity fromSeed(FixedView<32> seed);

    OwnIdentity clone() const;
    const IdentityKey &publicKey() const { return m_public; }
    /// The 32-byte seed, for the vault and the backup only.
    FixedView<32> seed() const { return m_seed.view(); }

    Signature sign(ByteView message) const;
    /// The X25519 key pair of the same identity (RFC 7748 map; libsodium's conversion).
    X25519KeyPair agreementKey() const;

private:
    OwnIdentity() = default;
    GuardedBytes<32> m_seed;
    IdentityKey m_public;
};

/// Strict verification: small-order and non-canonical keys and signatures are refused.
[[nodiscard]] bool verify(const IdentityKey &key, ByteView message, const Signature &signature);

/// Nothing when the point is not on the curve, has small order or lies outside the prime-order subgroup.
std::optional<X25519PublicKey> agreementKey(const IdentityKey &key);

} // namespace tacet::crypto
