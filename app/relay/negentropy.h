#pragma once
// Range-based set reconciliation, Negentropy protocol V1 (what NIP-77 carries): two sides compare fingerprints of
// ever smaller ranges of their sorted items until the client knows which ids the relay has and it has not, and the
// other way round. Pure: bytes in, bytes out. The client's side is NegentropyClient, the relay's is negentropyAnswer().
//
// A fingerprint is a hash of a sum: it finds differences between honest sides. A side that lies can hide whatever it
// likes, as it can by leaving events out of an answer.
#include "crypto/nostr_event.h"
#include "crypto/result.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace tacet::relay {

struct NegentropyItem {
    std::uint64_t createdAt = 0; ///< seconds; the largest value stands for infinity and is no date
    crypto::NostrEventId id;
    friend auto operator<=>(const NegentropyItem &, const NegentropyItem &) = default;
};

/// An upper end of a range, exclusive. The id is a prefix, filled with zeros.
struct NegentropyBound {
    static constexpr std::uint64_t kInfinity = ~std::uint64_t(0);
    std::uint64_t createdAt = kInfinity;
    crypto::NostrEventId id;
    std::size_t prefix = 0; ///< bytes of the id that are written

    NegentropyItem place() const { return {createdAt, id}; }
};

enum class NegentropyError {
    TooLarge, ///< the message, its ranges or the ids that it brings
    BadVersion, ///< none of this protocol's
    OtherVersion, ///< one that is not known here
    Truncated,
    BadNumber, ///< not as short as it could be, or beyond 64 bits
    BadBound, ///< descends, goes beyond infinity, or its id is longer than an id
    BadMode,
    RepeatedId, ///< twice in one list
    TooManyRounds,
};

using NegentropyFingerprint = crypto::FixedBytes<16>;

/// What one side has: sorted, without repetitions, unchanging.
class NegentropySet {
public:
    NegentropySet() = default;
    explicit NegentropySet(std::vector<NegentropyItem> items);

    std::size_t size() const { return m_items.size(); }
    const NegentropyItem &operator[](std::size_t index) const { return m_items[index]; }
    /// The first item that is not before `bound`, looked for from `begin` on.
    std::size_t lowerBound(std::size_t begin, const NegentropyBound &bound) const;
    NegentropyFingerprint fingerprint(std::size_t begin, std::size_t end) const;

private:
    std::vector<NegentropyItem> m_items;
};

enum class NegentropyMode : std::uint8_t { Skip = 0, Fingerprint = 1, IdList = 2 };

struct NegentropyRange {
    NegentropyBound upper;
    NegentropyMode mode = NegentropyMode::Skip;
    NegentropyFingerprint fingerprint{}; ///< of mode Fingerprint
    std::vector<crypto::NostrEventId> ids; ///< of mode IdList
};

inline constexpr std::uint8_t kNegentropyVersion = 0x61;
/// Of a message that is read: ours and those of other relays have half of it at most, because frames do (131,072, in hexadecimal).
inline constexpr std::size_t kNegentropyLargestMessage = 128 * 1024;
/// Of a message that is read. An honest one has sixteen for each range that differed; the work per range is small.
inline constexpr std::size_t kNegentropyMostRanges = 16'384;
/// The least frame limit that makes progress: room for a list of some ids beside bounds.
inline constexpr std::size_t kNegentropyLeastFrame = 4'096;

Result<std::vector<NegentropyRange>, NegentropyError> readNegentropy(crypto::ByteView message);

/// A relay's answer to a client's message, at most `frameLimit` bytes (at least kNegentropyLeastFrame): what does not
/// fit is left as one fingerprint that the client takes up in its next message. To an unknown version the answer is the
/// version that is known here.
Result<crypto::Bytes, NegentropyError> negentropyAnswer(const NegentropySet &ours, crypto::ByteView message, std::size_t frameLimit);

/// The side that asks and wants to know the difference.
class NegentropyClient {
public:
    /// An honest relay needs a few rounds, more where frames are small; one that never ends is left.
    static constexpr std::size_t kMostRounds = 100;
    /// Ids that the relay says it has and we have not: more are sooner read in pages.
    static constexpr std::size_t kMostNeeded = 20'000;

    NegentropyClient(NegentropySet ours, std::size_t frameLimit) : m_ours(std::move(ours)), m_frameLimit(frameLimit) { }

    crypto::Bytes initiate() const;
    /// The next message for the relay; nothing: the difference is known.
    Result<std::optional<crypto::Bytes>, NegentropyError> reconcile(crypto::ByteView answer);

    const std::set<crypto::NostrEventId> &needed() const { return m_needed; }
    const std::set<crypto::NostrEventId> &onlyOurs() const { return m_onlyOurs; }

private:
    NegentropySet m_ours;
    std::size_t m_frameLimit;
    std::size_t m_rounds = 0;
    std::set<crypto::NostrEventId> m_needed;
    std::set<crypto::NostrEventId> m_onlyOurs;
};

} // namespace tacet::relay
