#include "app/chat/number_ranges.h"

#include <algorithm>
#include <limits>

namespace tacet::chat {

std::optional<NumberRanges> NumberRanges::fromRanges(std::vector<Range> ranges)
{
    std::int64_t before = -1; // so that the first range may begin at 1
    for (const Range &range : ranges) {
        if (range.first < 1 || range.last < range.first || range.first <= before + 1
            || range.last == std::numeric_limits<std::int64_t>::max())
            return std::nullopt;
        before = range.last;
    }
    NumberRanges out;
    out.m_ranges = std::move(ranges);
    return out;
}

std::optional<NumberRanges> NumberRanges::parse(crypto::ByteView bytes)
{
    std::vector<Range> ranges;
    crypto::ByteReader reader(bytes);
    while (!reader.atEnd()) {
        const auto first = reader.be64();
        const auto last = reader.be64();
        if (!first || !last)
            return std::nullopt;
        ranges.push_back({static_cast<std::int64_t>(*first), static_cast<std::int64_t>(*last)});
    }
    return fromRanges(std::move(ranges));
}

crypto::Bytes NumberRanges::serialise() const
{
    crypto::Bytes out;
    out.reserve(m_ranges.size() * 16);
    for (const Range &range : m_ranges) {
        crypto::appendBe64(out, static_cast<std::uint64_t>(range.first));
        crypto::appendBe64(out, static_cast<std::uint64_t>(range.last));
    }
    return out;
}

bool NumberRanges::add(Range range)
{
    // The first range that touches or follows, then all that the new one reaches.
    auto from = std::lower_bound(m_ranges.begin(), m_ranges.end(), range.first,
                                 [](const Range &each, std::int64_t first) { return each.last < first - 1; });
    if (from != m_ranges.end() && from->first <= range.first && from->last >= range.last)
        return false;
    auto end = from;
    while (end != m_ranges.end() && end->first <= range.last + 1) {
        range.first = std::min(range.first, end->first);
        range.last = std::max(range.last, end->last);
        ++end;
    }
    m_ranges.insert(m_ranges.erase(from, end), range);
    return true;
}

void NumberRanges::add(const NumberRanges &other)
{
    for (const Range &range : other.m_ranges)
        add(range);
}

bool NumberRanges::contains(std::int64_t number) const
{
    const auto at = std::lower_bound(m_ranges.begin(), m_ranges.end(), number,
                                     [](const Range &each, std::int64_t value) { return each.last < value; });
    return at != m_ranges.end() && at->first <= number;
}

std::int64_t NumberRanges::upTo() const
{
    return m_ranges.empty() || m_ranges.front().first != 1 ? 0 : m_ranges.front().last;
}

std::vector<NumberRanges::Range> NumberRanges::missing() const
{
    std::vector<Range> holes;
    std::int64_t next = 1;
    for (const Range &range : m_ranges) {
        if (range.first > next)
            holes.push_back({next, range.first - 1});
        next = range.last + 1;
    }
    return holes;
}

std::int64_t NumberRanges::missingCount() const
{
    std::int64_t count = 0;
    for (const Range &hole : missing())
        count += hole.last - hole.first + 1;
    return count;
}

} // namespace tacet::chat
