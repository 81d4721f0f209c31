#pragma once
// Keys of the envelope: secp256k1 with BIP-340 signatures, on libsecp256k1 (PROTOCOL §6). A mailbox or a
// one-time author; these keys hide metadata and stop spam, no message secret depends on them.
#include "crypto/random.h"
#include "crypto/result.h"

namespace tacet::crypto {

struct NostrPublicTag;
struct NostrSignatureTag;
using NostrPublicKey = TaggedBytes<NostrPublicTag, 32>; ///< x-only (BIP-340): the point with even y
using NostrSignature = TaggedBytes<NostrSignatureTag, 64>;

class NostrKeyPair {
public:
    static NostrKeyPair generate(Random &random);
    /// Nothing when the scalar is zero or not below the group order.
    static std::optional<NostrKeyPair> fromSecret(SecretBytes<32> secret);

    NostrKeyPair clone() const;
    const NostrPublicKey &publicKey() const { return m_public; }
    const SecretBytes<32> &secret() const { return m_secret; }

    /// BIP-340 over any message (Nostr signs the 32-byte event id); draws 32 bytes of auxiliary randomness.
    NostrSignature sign(ByteView message, Random &random) const;
    /// ECDH: the x coordinate itself, unhashed, as NIP-44 asks. Nothing when `peer` is no point of the curve.
    std::optional<SecretBytes<32>> sharedX(const NostrPublicKey &peer) const;

private:
    NostrKeyPair() = default;
    SecretBytes<32> m_secret;
    SecretBytes<96> m_pair; // libsecp256k1's secret and point, so that signing need not multiply twice
    NostrPublicKey m_public;
};

/// BIP-340; the length of the message is free.
[[nodiscard]] bool verifySchnorr(const NostrPublicKey &key, ByteView message, const NostrSignature &signature);

} // namespace tacet::crypto
