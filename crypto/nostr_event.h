#pragma once
// The envelope: Nostr events (NIP-01), BIP-340 signatures, NIP-44 v2 and the gift wrap (NIP-59), PROTOCOL §6.
// This layer hides metadata and stops spam; no message secret depends on it.
#include "crypto/random.h"
#include "crypto/result.h"

#include <string>

namespace tacet::crypto {

struct NostrPublicTag;
struct NostrIdTag;
struct NostrSignatureTag;
using NostrPublicKey = TaggedBytes<NostrPublicTag, 32>; ///< x-only (BIP-340)
using NostrEventId = TaggedBytes<NostrIdTag, 32>;
using NostrSignature = TaggedBytes<NostrSignatureTag, 64>;

inline constexpr int kKindDeletion = 5;
inline constexpr int kKindGiftWrap = 1059;
inline constexpr int kKindAuth = 22242;

struct NostrEvent {
    NostrEventId id;
    NostrPublicKey author;
    std::int64_t createdAt = 0; ///< seconds since 1970 UTC
    int kind = 0;
    std::vector<std::vector<std::string>> tags;
    std::string content; ///< UTF-8
    NostrSignature signature;

    friend bool operator==(const NostrEvent &, const NostrEvent &) = default;
};

/// A mailbox or a one-time author. The secret is a secp256k1 scalar.
class NostrKeyPair {
public:
    static NostrKeyPair generate(Random &random);
    /// Nothing when the scalar is zero or not below the group order.
    static std::optional<NostrKeyPair> fromSecret(SecretBytes<32> secret);

    NostrKeyPair clone() const;
    const NostrPublicKey &publicKey() const { return m_public; }
    const SecretBytes<32> &secret() const { return m_secret; }

private:
    NostrKeyPair() = default;
    SecretBytes<32> m_secret;
    NostrPublicKey m_public;
};

/// The canonical array of NIP-01, whose SHA-256 is the id.
std::string canonicalForm(const NostrEvent &event);
NostrEventId computeId(const NostrEvent &event);
/// Sets author, id and signature.
void sign(NostrEvent &event, const NostrKeyPair &author, Random &random);
/// The id fits the values and the signature fits the id.
[[nodiscard]] bool verify(const NostrEvent &event);
/// BIP-340 over a 32-byte message.
[[nodiscard]] bool verifySchnorr(const NostrPublicKey &key, ByteView message, const NostrSignature &signature);
/// {"id":…,"pubkey":…,…}: the JSON object of an event, for frames and exports.
std::string toJson(const NostrEvent &event);

// --- NIP-44 v2 ---
enum class Nip44Error { BadKey, BadLength, BadVersion, BadEncoding, BadMac, BadPadding };

Result<SecretBytes<32>, Nip44Error> nip44ConversationKey(const NostrKeyPair &own, const NostrPublicKey &peer);
/// Plaintext 1 to 65,535 bytes; base64 payload.
Result<std::string, Nip44Error> nip44Encrypt(FixedView<32> conversationKey, FixedView<32> nonce, ByteView plaintext);
Result<Bytes, Nip44Error> nip44Decrypt(FixedView<32> conversationKey, std::string_view payload);

// --- Gift wrap ---
/// Text sizes inside an envelope; the sealed message is padded to fill one exactly (PROTOCOL §6).
inline constexpr std::array<std::size_t, 5> kEnvelopeSizes{3072, 6144, 12288, 24576, 30720};

enum class WrapError { NotForUs, NotAWrap, BadSignature, BadEnvelope };

/// A fresh kind 1059 event: one-time author, one `p` tag, created_at spread over the two days before `now`
/// (seconds). Precondition: base64(inner) fills one of kEnvelopeSizes exactly.
Result<NostrEvent, WrapError> wrap(ByteView inner, const NostrPublicKey &mailbox, std::int64_t now, Random &random);
/// Checks kind, `p` tag, id, signature and size; answers the inner bytes.
Result<Bytes, WrapError> unwrap(const NostrEvent &event, const NostrKeyPair &mailbox);

} // namespace tacet::crypto
