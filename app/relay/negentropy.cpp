#include "app/relay/negentropy.h"

#include "crypto/hkdf.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace tacet::relay {

using crypto::Bytes;
using crypto::ByteReader;
using crypto::ByteView;
using crypto::NostrEventId;
using Mode = NegentropyMode;

namespace {

constexpr std::size_t kIdSize = NostrEventId::kSize;
/// A range that differs is cut into so many …
constexpr std::size_t kBuckets = 16;
/// … unless it has fewer items than this: then their ids are listed.
constexpr std::size_t kListBelow = 2 * kBuckets;
/// The largest bound: a date, a length, an id.
constexpr std::size_t kLargestBound = 10 + 1 + kIdSize;
/// Kept free in each message for its end: a range to be skipped, and the fingerprint of what did not fit.
constexpr std::size_t kEndReserve = kLargestBound + 1 + 3 + std::tuple_size_v<NegentropyFingerprint>;

constexpr std::uint8_t kFirstVersion = 0x60;
constexpr std::uint8_t kLastVersion = 0x6f;

void appendNumber(Bytes &out, std::uint64_t value)
{
    Bytes digits{std::uint8_t(value & 0x7f)};
    while (value >>= 7)
        digits.push_back(std::uint8_t(0x80 | (value & 0x7f)));
    out.insert(out.end(), digits.rbegin(), digits.rend());
}

/// Ranges in the order of the wire, whose dates are each relative to the one before.
class RangeWriter {
public:
    explicit RangeWriter(std::uint64_t lastDate) : m_lastDate(lastDate) { }

    void skip(const NegentropyBound &upper) { begin(upper, Mode::Skip); }
    void fingerprint(const NegentropyBound &upper, const NegentropyFingerprint &fingerprint)
    {
        begin(upper, Mode::Fingerprint);
        crypto::append(m_out, fingerprint);
    }
    void list(const NegentropyBound &upper, const NegentropySet &set, std::size_t first, std::size_t last)
    {
        begin(upper, Mode::IdList);
        appendNumber(m_out, last - first);
        for (std::size_t i = first; i < last; ++i)
            crypto::append(m_out, set[i].id.view());
    }

    const Bytes &bytes() const { return m_out; }
    std::uint64_t lastDate() const { return m_lastDate; }

private:
    void begin(const NegentropyBound &upper, Mode mode)
    {
        if (upper.createdAt == NegentropyBound::kInfinity) {
            appendNumber(m_out, 0);
        } else {
            appendNumber(m_out, 1 + upper.createdAt - m_lastDate);
            m_lastDate = upper.createdAt;
        }
        appendNumber(m_out, upper.prefix);
        crypto::append(m_out, upper.id.view().first(upper.prefix));
        appendNumber(m_out, std::uint64_t(mode));
    }

    Bytes m_out;
    std::uint64_t m_lastDate;
};

/// The shortest bound between two neighbours.
NegentropyBound boundBetween(const NegentropyItem &before, const NegentropyItem &after)
{
    NegentropyBound bound;
    bound.createdAt = after.createdAt;
    if (before.createdAt != after.createdAt)
        return bound;
    const auto &id = after.id.bytes;
    const auto common = std::mismatch(id.begin(), id.end(), before.id.bytes.begin()).first - id.begin();
    bound.prefix = std::size_t(common) + 1;
    std::copy_n(id.begin(), bound.prefix, bound.id.bytes.begin());
    return bound;
}

/// Says what this side has between two indices: their ids, or the fingerprints of its parts.
void describe(RangeWriter &out, const NegentropySet &set, std::size_t first, std::size_t last, const NegentropyBound &upper)
{
    const std::size_t count = last - first;
    if (count < kListBelow)
        return out.list(upper, set, first, last);
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        const std::size_t end = first + count / kBuckets + (bucket < count % kBuckets ? 1 : 0);
        out.fingerprint(end == last ? upper : boundBetween(set[end - 1], set[end]), set.fingerprint(first, end));
        first = end;
    }
}

/// A message of at most `limit` bytes, made range by range.
class Composer {
public:
    Composer(const NegentropySet &set, std::size_t limit) : m_set(set), m_limit(limit)
    {
        assert(limit >= kNegentropyLeastFrame);
    }

    /// Nothing to say up to `upper`.
    void skip(const NegentropyBound &upper) { m_skipped = upper; }

    /// Appends what `write` says of the items from `first` on; false: no room, and the message has ended.
    template<typename Write>
    bool say(std::size_t first, Write write)
    {
        RangeWriter piece = start();
        write(piece);
        if (m_out.size() + piece.bytes().size() + kEndReserve > m_limit) {
            endAt(first);
            return false;
        }
        take(piece);
        return true;
    }

    /// As many of the ids as there is room for; false: not all, and the message has ended.
    bool list(const NegentropyBound &upper, std::size_t first, std::size_t last)
    {
        constexpr std::size_t kAround = 2 * (kLargestBound + 1) + 10 + kEndReserve;
        const std::size_t room = m_limit > m_out.size() + kAround ? (m_limit - m_out.size() - kAround) / kIdSize : 0;
        const std::size_t end = std::min(last, first + room);
        if (end > first || last == first) {
            const bool all = end == last;
            if (!say(first, [&](RangeWriter &out) { out.list(all ? upper : boundBetween(m_set[end - 1], m_set[end]), m_set, first, end); }))
                return false;
            if (all)
                return true;
        }
        endAt(end);
        return false;
    }

    Bytes take() { return std::move(m_out); }

private:
    RangeWriter start() const
    {
        RangeWriter piece(m_lastDate);
        if (m_skipped)
            piece.skip(*m_skipped);
        return piece;
    }
    void take(const RangeWriter &piece)
    {
        crypto::append(m_out, piece.bytes());
        m_lastDate = piece.lastDate();
        m_skipped.reset();
    }
    void endAt(std::size_t first)
    {
        RangeWriter piece = start();
        piece.fingerprint(NegentropyBound(), m_set.fingerprint(first, m_set.size()));
        take(piece);
    }

    const NegentropySet &m_set;
    std::size_t m_limit;
    Bytes m_out{kNegentropyVersion};
    std::uint64_t m_lastDate = 0;
    std::optional<NegentropyBound> m_skipped; ///< told only if something follows: the end is skipped by itself
};

class MessageReader {
public:
    explicit MessageReader(ByteView message) : m_in(message) { }

    bool atEnd() const { return m_in.atEnd(); }

    Result<std::uint64_t, NegentropyError> number()
    {
        std::uint64_t value = 0;
        for (bool first = true;; first = false) {
            const auto digit = m_in.u8();
            if (!digit)
                return fail(NegentropyError::Truncated);
            if ((first && *digit == 0x80) || value >> 57 != 0)
                return fail(NegentropyError::BadNumber);
            value = value << 7 | (*digit & 0x7f);
            if (!(*digit & 0x80))
                return value;
        }
    }

    Result<NegentropyBound, NegentropyError> bound()
    {
        if (m_last && m_last->createdAt == NegentropyBound::kInfinity)
            return fail(NegentropyError::BadBound);
        const auto date = number();
        if (!date)
            return fail(date.error());
        const auto prefix = number();
        if (!prefix)
            return fail(prefix.error());
        NegentropyBound bound;
        if (*date > 0) {
            const std::uint64_t lastDate = m_last ? m_last->createdAt : 0;
            if (*date - 1 >= NegentropyBound::kInfinity - lastDate)
                return fail(NegentropyError::BadBound);
            bound.createdAt = lastDate + *date - 1;
        }
        if (*prefix > (*date > 0 ? kIdSize : 0))
            return fail(NegentropyError::BadBound);
        bound.prefix = std::size_t(*prefix);
        const auto id = m_in.take(bound.prefix);
        if (!id)
            return fail(NegentropyError::Truncated);
        std::copy(id->begin(), id->end(), bound.id.bytes.begin());
        if (m_last && bound.place() < m_last->place())
            return fail(NegentropyError::BadBound);
        m_last = bound;
        return bound;
    }

    Result<std::vector<NostrEventId>, NegentropyError> list()
    {
        const auto count = number();
        if (!count)
            return fail(count.error());
        if (*count > m_in.remaining() / kIdSize)
            return fail(NegentropyError::Truncated);
        std::vector<NostrEventId> ids;
        ids.reserve(std::size_t(*count));
        for (std::uint64_t i = 0; i < *count; ++i)
            ids.push_back(*NostrEventId::from(*m_in.take(kIdSize)));
        std::sort(ids.begin(), ids.end());
        if (std::adjacent_find(ids.begin(), ids.end()) != ids.end())
            return fail(NegentropyError::RepeatedId);
        return ids;
    }

    Result<NegentropyRange, NegentropyError> range()
    {
        NegentropyRange range;
        const auto upper = bound();
        if (!upper)
            return fail(upper.error());
        range.upper = *upper;
        const auto mode = number();
        if (!mode)
            return fail(mode.error());
        if (*mode > std::uint64_t(Mode::IdList))
            return fail(NegentropyError::BadMode);
        range.mode = Mode(*mode);
        if (range.mode == Mode::Fingerprint) {
            const auto fingerprint = m_in.fixed<std::tuple_size_v<NegentropyFingerprint>>();
            if (!fingerprint)
                return fail(NegentropyError::Truncated);
            range.fingerprint = *fingerprint;
        } else if (range.mode == Mode::IdList) {
            auto ids = list();
            if (!ids)
                return fail(ids.error());
            range.ids = std::move(*ids);
        }
        return range;
    }

private:
    ByteReader m_in;
    std::optional<NegentropyBound> m_last;
};

/// Ours between two indices, sorted as lists are.
std::vector<NostrEventId> sortedIds(const NegentropySet &set, std::size_t first, std::size_t last)
{
    std::vector<NostrEventId> ids;
    ids.reserve(last - first);
    for (std::size_t i = first; i < last; ++i)
        ids.push_back(set[i].id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

} // namespace

NegentropySet::NegentropySet(std::vector<NegentropyItem> items) : m_items(std::move(items))
{
    std::sort(m_items.begin(), m_items.end());
    m_items.erase(std::unique(m_items.begin(), m_items.end()), m_items.end());
}

std::size_t NegentropySet::lowerBound(std::size_t begin, const NegentropyBound &bound) const
{
    if (bound.createdAt == NegentropyBound::kInfinity)
        return m_items.size();
    const auto first = m_items.begin() + std::ptrdiff_t(begin);
    return std::size_t(std::lower_bound(first, m_items.end(), bound.place()) - m_items.begin());
}

NegentropyFingerprint NegentropySet::fingerprint(std::size_t begin, std::size_t end) const
{
    // Little-endian, modulo 2^256. The carries wait until the end: 32 bits at a time in 64 have room for 2^32 items.
    std::array<std::uint64_t, kIdSize / 4> limbs{};
    for (std::size_t i = begin; i < end; ++i) {
        const auto &id = m_items[i].id.bytes;
        for (std::size_t limb = 0; limb < limbs.size(); ++limb)
            limbs[limb] += std::uint32_t(id[4 * limb]) | std::uint32_t(id[4 * limb + 1]) << 8 | std::uint32_t(id[4 * limb + 2]) << 16
                | std::uint32_t(id[4 * limb + 3]) << 24;
    }
    crypto::FixedBytes<kIdSize> sum{};
    std::uint64_t carry = 0;
    for (std::size_t byte = 0; byte < kIdSize; ++byte) {
        if (byte % 4 == 0)
            carry += limbs[byte / 4];
        sum[byte] = std::uint8_t(carry);
        carry >>= 8;
    }
    Bytes count;
    appendNumber(count, end - begin);
    const auto hash = crypto::sha256({sum, count});
    NegentropyFingerprint fingerprint;
    std::copy_n(hash.begin(), fingerprint.size(), fingerprint.begin());
    return fingerprint;
}

Result<std::vector<NegentropyRange>, NegentropyError> readNegentropy(ByteView message)
{
    if (message.size() > kNegentropyLargestMessage)
        return fail(NegentropyError::TooLarge);
    if (message.empty())
        return fail(NegentropyError::Truncated);
    const std::uint8_t version = message.front();
    if (version < kFirstVersion || version > kLastVersion)
        return fail(NegentropyError::BadVersion);
    if (version != kNegentropyVersion)
        return fail(NegentropyError::OtherVersion);
    MessageReader reader(message.subspan(1));
    std::vector<NegentropyRange> ranges;
    while (!reader.atEnd()) {
        auto range = reader.range();
        if (!range)
            return fail(range.error());
        if (ranges.size() == kNegentropyMostRanges)
            return fail(NegentropyError::TooLarge);
        ranges.push_back(std::move(*range));
    }
    return ranges;
}

Result<Bytes, NegentropyError> negentropyAnswer(const NegentropySet &ours, ByteView message, std::size_t frameLimit)
{
    const auto ranges = readNegentropy(message);
    if (!ranges && ranges.error() == NegentropyError::OtherVersion)
        return Bytes{kNegentropyVersion};
    if (!ranges)
        return fail(ranges.error());
    Composer answer(ours, frameLimit);
    std::size_t first = 0;
    for (const NegentropyRange &range : *ranges) {
        const std::size_t last = ours.lowerBound(first, range.upper);
        bool goesOn = true;
        if (range.mode == Mode::IdList)
            goesOn = answer.list(range.upper, first, last);
        else if (range.mode == Mode::Fingerprint && range.fingerprint != ours.fingerprint(first, last))
            goesOn = answer.say(first, [&](RangeWriter &out) { describe(out, ours, first, last, range.upper); });
        else
            answer.skip(range.upper);
        if (!goesOn)
            break;
        first = last;
    }
    return answer.take();
}

Bytes NegentropyClient::initiate() const
{
    Composer message(m_ours, m_frameLimit);
    message.say(0, [&](RangeWriter &out) { describe(out, m_ours, 0, m_ours.size(), NegentropyBound()); });
    return message.take();
}

Result<std::optional<Bytes>, NegentropyError> NegentropyClient::reconcile(ByteView answer)
{
    if (++m_rounds > kMostRounds)
        return fail(NegentropyError::TooManyRounds);
    const auto ranges = readNegentropy(answer);
    if (!ranges)
        return fail(ranges.error());
    Composer next(m_ours, m_frameLimit);
    std::size_t first = 0;
    for (const NegentropyRange &range : *ranges) {
        const std::size_t last = m_ours.lowerBound(first, range.upper);
        if (range.mode == Mode::Fingerprint && range.fingerprint != m_ours.fingerprint(first, last)) {
            if (!next.say(first, [&](RangeWriter &out) { describe(out, m_ours, first, last, range.upper); }))
                break;
        } else {
            if (range.mode == Mode::IdList) {
                const auto mine = sortedIds(m_ours, first, last);
                std::set_difference(range.ids.begin(), range.ids.end(), mine.begin(), mine.end(),
                                    std::inserter(m_needed, m_needed.end()));
                std::set_difference(mine.begin(), mine.end(), range.ids.begin(), range.ids.end(),
                                    std::inserter(m_onlyOurs, m_onlyOurs.end()));
            }
            next.skip(range.upper);
        }
        first = last;
    }
    if (m_needed.size() > kMostNeeded)
        return fail(NegentropyError::TooLarge);
    Bytes message = next.take();
    return message.size() == 1 ? std::optional<Bytes>() : std::optional(std::move(message));
}

} // namespace tacet::relay
