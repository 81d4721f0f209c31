#pragma once
// Nostr events (NIP-01): values, the canonical form, id, signature. NIP-44 is in nip44.h, the gift wrap in gift_wrap.h.
#include "crypto/nostr_key.h"

#include <string>

namespace tacet::crypto {

struct NostrIdTag;
using NostrEventId = TaggedBytes<NostrIdTag, 32>;

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

/// [0,pubkey,created_at,kind,tags,content] with NIP-01's own list of escapes; its SHA-256 is the id.
/// The parsed values are all that counts: however a relay spelled the JSON, the form is rebuilt here.
std::string canonicalForm(const NostrEvent &event);
NostrEventId computeId(const NostrEvent &event);
/// Sets author, id and signature.
void sign(NostrEvent &event, const NostrKeyPair &author, Random &random);
/// The id fits the values and the signature fits the id.
[[nodiscard]] bool verify(const NostrEvent &event);
/// {"id":…,"pubkey":…,…}: the JSON object of an event (RFC 8259), for frames and exports.
std::string toJson(const NostrEvent &event);

} // namespace tacet::crypto
