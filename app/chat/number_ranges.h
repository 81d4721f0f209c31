#pragma once
// A set of positive numbers kept as ascending, separate ranges: which of a writer's messages have come
// (PROTOCOL §7: cumulative acknowledgements and ranges, like selective ACK).
#include "crypto/bytes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tacet::chat {

class NumberRanges {
public:
    struct Range {
        std::int64_t first = 0;
        std::int64_t last = 0; ///< >= first

        friend bool operator==(const Range &, const Range &) = default;
    };

    NumberRanges() = default;
    /// Ascending, not touching, all >= 1; nothing otherwise.
    static std::optional<NumberRanges> fromRanges(std::vector<Range> ranges);
    /// u64 first ‖ u64 last, big-endian, for the vault.
    static std::optional<NumberRanges> parse(crypto::ByteView bytes);
    crypto::Bytes serialise() const;

    bool add(std::int64_t number) { return add(Range{number, number}); }
    /// False when everything in it was there already.
    bool add(Range range);
    void add(const NumberRanges &other);

    bool contains(std::int64_t number) const;
    bool isEmpty() const { return m_ranges.empty(); }
    /// Greatest n with 1..n all here; 0 when 1 is missing.
    std::int64_t upTo() const;
    std::int64_t greatest() const { return m_ranges.empty() ? 0 : m_ranges.back().last; }
    /// The holes between 1 and greatest().
    std::vector<Range> missing() const;
    /// How many numbers the holes hold.
    std::int64_t missingCount() const;
    const std::vector<Range> &ranges() const { return m_ranges; }

    friend bool operator==(const NumberRanges &, const NumberRanges &) = default;

private:
    std::vector<Range> m_ranges;
};

} // namespace tacet::chat
