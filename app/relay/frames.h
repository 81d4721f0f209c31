#pragma once
// The messages of NIP-01 (with NIP-42, NIP-45 and NIP-77), read strictly and written. The client reads RelayFrame,
// the small relay reads ClientFrame; both directions live here so that one set of rules serves them.
// Reading checks shapes only: whether an id or a signature is true is crypto::verify's business, computed
// from the values read here and never from the bytes that carried them.
#include "app/relay/json_reader.h"
#include "crypto/nostr_event.h"

#include <optional>

namespace tacet::relay {

/// NIP-01 caps subscription ids at 64 characters.
inline constexpr std::size_t kMaximumSubscriptionId = 64;
inline constexpr std::size_t kMaximumChallenge = 512;
/// Of what relays say. Far above what relays take of strangers (strfry 131,072 bytes, which cannot hold 50,000 values), or one
/// event that its relay kept would never be read. So many values take some 15 MB, for a moment.
inline constexpr JsonLimits kRelayLimits{.bytes = 1024 * 1024, .depth = 8, .values = 131'072};

/// What a REQ asks for. Empty lists mean "not asked", as absent members do on the wire; a list that was present
/// and empty matches nothing and is marked so.
struct Filter {
    std::vector<crypto::NostrEventId> ids;
    std::vector<crypto::NostrPublicKey> authors;
    std::vector<int> kinds;
    std::map<char, std::vector<std::string>> tags; ///< "#p" is 'p'
    std::optional<std::int64_t> since; ///< inclusive, seconds
    std::optional<std::int64_t> until; ///< inclusive, seconds
    std::optional<std::int64_t> limit;
    bool matchesNothing = false;

    bool matches(const crypto::NostrEvent &event) const;
};

enum class FrameError {
    NotJson, ///< or beyond the limits of json_reader.h
    BadShape, ///< JSON, and not the message it says it is
    BadEvent,
    BadFilter,
    Unknown, ///< a message type that is not ours: ignored, never fatal
};

// --- what relays say ---
struct EventFrame {
    std::string subscription;
    crypto::NostrEvent event;
};
struct OkFrame {
    crypto::NostrEventId id;
    bool accepted = false;
    std::string text;
};
struct EoseFrame {
    std::string subscription;
};
struct ClosedFrame {
    std::string subscription;
    std::string text;
};
struct NoticeFrame {
    std::string text;
};
struct ChallengeFrame {
    std::string challenge;
};
/// NEG-MSG (NIP-77), in both directions; what is in the message is negentropy.h's business.
struct ReconcileFrame {
    std::string subscription;
    crypto::Bytes message;
};
/// NEG-ERR
struct ReconcileErrorFrame {
    std::string subscription;
    std::string text;
};
using RelayFrame = std::variant<EventFrame, OkFrame, EoseFrame, ClosedFrame, NoticeFrame, ChallengeFrame, ReconcileFrame, ReconcileErrorFrame>;

Result<RelayFrame, FrameError> readRelayFrame(std::string_view text);
/// Where that failed: the subscription of an EVENT, whatever is wrong with the rest of it. Somebody published it, and the relay
/// only hands it on.
std::optional<std::string_view> subscriptionOfUnreadable(std::string_view text);

// --- what clients say ---
struct PublishFrame {
    crypto::NostrEvent event;
};
struct RequestFrame {
    std::string subscription;
    std::vector<Filter> filters;
    bool countOnly = false; ///< COUNT (NIP-45)
};
struct CloseFrame {
    std::string subscription;
};
struct AuthFrame {
    crypto::NostrEvent event;
};
/// NEG-OPEN
struct ReconcileOpenFrame {
    std::string subscription;
    Filter filter;
    crypto::Bytes message;
};
/// NEG-CLOSE
struct ReconcileCloseFrame {
    std::string subscription;
};
using ClientFrame = std::variant<PublishFrame, RequestFrame, CloseFrame, AuthFrame, ReconcileOpenFrame, ReconcileFrame, ReconcileCloseFrame>;

/// `limits` are the relay's own.
Result<ClientFrame, FrameError> readClientFrame(std::string_view text, const JsonLimits &limits = {});

/// An event object: exactly typed members, hexadecimal in lower case, created_at and kind not negative.
Result<crypto::NostrEvent, FrameError> readEvent(const JsonValue &value);
Result<Filter, FrameError> readFilter(const JsonValue &value);

// --- writing ---
std::string writePublish(const crypto::NostrEvent &event);
std::string writeRequest(std::string_view subscription, const Filter &filter);
std::string writeClose(std::string_view subscription);
std::string writeAuth(const crypto::NostrEvent &event);
std::string writeReconcileOpen(std::string_view subscription, const Filter &filter, crypto::ByteView message);
std::string writeReconcileClose(std::string_view subscription);
/// In both directions.
std::string writeReconcile(std::string_view subscription, crypto::ByteView message);

std::string writeEvent(std::string_view subscription, const crypto::NostrEvent &event);
/// The same around an event object that is already JSON.
std::string writeStoredEvent(std::string_view subscription, std::string_view eventJson);
std::string writeOk(const crypto::NostrEventId &id, bool accepted, std::string_view text);
std::string writeEose(std::string_view subscription);
std::string writeClosed(std::string_view subscription, std::string_view text);
std::string writeNotice(std::string_view text);
std::string writeChallenge(std::string_view challenge);
std::string writeReconcileError(std::string_view subscription, std::string_view text);
std::string writeCount(std::string_view subscription, std::int64_t count);

/// The `p` tag of an envelope: nothing unless there is exactly one and it is a key.
std::optional<crypto::NostrPublicKey> onlyRecipient(const crypto::NostrEvent &event);

// --- the words after OK and CLOSED ---
enum class Prefix { None, Duplicate, Pow, Blocked, RateLimited, Invalid, Restricted, Mute, Error, AuthRequired, Unsupported };

/// The machine-readable prefix of NIP-01 and NIP-42, also behind strfry's "ERROR: " and in any case of letters.
Prefix prefixOf(std::string_view text);

} // namespace tacet::relay
