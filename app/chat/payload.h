#pragma once
// What travels inside a ratchet message: a CBOR map with integer keys in ascending order, the shortest form of
// everything (RFC 8949 §4.2), strict limits on size, depth and counts. Keys that a reader does not know are
// skipped; kinds that it does not know are acknowledged and otherwise ignored, so that a newer program can talk to
// an older one. Everything in here was written by someone else: names and texts are plain text, hosts and numbers
// are claims.
#include "app/chat/number_ranges.h"
#include "crypto/bytes.h"
#include "crypto/result.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace tacet::chat {

inline constexpr int kPayloadVersion = 1;

/// The numbers are on the wire and in the outbox.
enum class PayloadKind : int {
    Text = 1,
    Hello = 2,      ///< control message: name, mailbox, relays, what was seen; the first of each side
    Receipt = 3,    ///< cumulative; not numbered, never answered
    Resync = 4,     ///< asks for numbers that are missing; not numbered
    Gone = 5,       ///< answer: these numbers will never come; not numbered
    Rendezvous = 6, ///< a fresh record for after a restore (PROTOCOL §10)
    Name = 7,
    Mailbox = 8,
    Typing = 9,     ///< not numbered, not stored
    Nothing = 10,   ///< takes the place of a message that was withdrawn before it left
};

struct EpochRanges {
    std::int64_t epoch = 0;
    NumberRanges ranges;
    std::int64_t readUpTo = 0; ///< receipts only; 0: nothing is said about reading

    friend bool operator==(const EpochRanges &, const EpochRanges &) = default;
};

struct Payload {
    // Header
    PayloadKind kind = PayloadKind::Nothing; ///< may be a number that is not named above
    std::array<std::uint8_t, 16> device{};
    std::int64_t epoch = 0;    ///< of the writer's numbers (README, Numbers)
    std::int64_t sequence = 0; ///< 0: not numbered
    std::int64_t sessionNumber = 0; ///< with first messages only (PROTOCOL §5)
    std::int64_t sessionBasis = 0;  ///< the highest number that its initiator had seen
    std::int64_t sentMs = 0;        ///< the writer's clock

    // Text
    std::array<std::uint8_t, 16> messageId{};
    std::string text;

    // Hello, Name, Mailbox
    std::string name;
    std::optional<std::array<std::uint8_t, 32>> mailbox;
    std::int64_t mailboxNumber = 0;
    std::vector<std::string> relays; ///< also of Rendezvous
    std::int64_t restoredMs = 0;     ///< not 0: the writer restored a backup then
    std::int64_t highestSession = 0; ///< "use a number above this"
    bool useHigher = false;          ///< the session this travels in is not used: start one above highestSession

    // Receipt, Resync, Gone
    std::vector<EpochRanges> epochs;
    std::vector<std::array<std::uint8_t, 32>> unopened; ///< Resync: SHA-256 of what did not open

    // Rendezvous
    crypto::Bytes record;

    // Typing
    bool typing = false;

    friend bool operator==(const Payload &, const Payload &) = default;
};

enum class PayloadError {
    TooLarge,     ///< beyond the largest message, or a part beyond its own limit
    NotAPayload,  ///< no CBOR map of the form above, or a field of a wrong type or length
    NewerVersion,
};

crypto::Bytes encodePayload(const Payload &payload);
Result<Payload, PayloadError> decodePayload(crypto::ByteView bytes);

} // namespace tacet::chat
