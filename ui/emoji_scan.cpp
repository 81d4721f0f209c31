// Finds emoji sequences by the grammar of Unicode TR 51 §1.4.9 (ED-17), without the full property
// tables: what is emoji by default below U+1F000 is listed; above, every pictograph is shown in
// colour, as all platforms do.
#include "ui/rich_runs.h"

#include <algorithm>
#include <array>

namespace tacet::ui {

namespace {

constexpr char16_t kTextSelector = 0xFE0E;
constexpr char16_t kEmojiSelector = 0xFE0F;
constexpr char32_t kJoiner = 0x200D;
constexpr char32_t kKeycap = 0x20E3;
constexpr char32_t kCancelTag = 0xE007F;

struct Range {
    char32_t first;
    char32_t last;
};

/// Emoji_Presentation=Yes in the first plane (emoji-data.txt, Unicode 14; nothing was added there since).
constexpr std::array<Range, 33> kEmojiByDefault{{
    {0x231A, 0x231B},
    {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},
    {0x23F3, 0x23F3},
    {0x25FD, 0x25FE},
    {0x2614, 0x2615},
    {0x2648, 0x2653},
    {0x267F, 0x267F},
    {0x2693, 0x2693},
    {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},
    {0x26BD, 0x26BE},
    {0x26C4, 0x26C5},
    {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},
    {0x26EA, 0x26EA},
    {0x26F2, 0x26F3},
    {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},
    {0x26FD, 0x26FD},
    {0x2705, 0x2705},
    {0x270A, 0x270B},
    {0x2728, 0x2728},
    {0x274C, 0x274C},
    {0x274E, 0x274E},
    {0x2753, 0x2755},
    {0x2757, 0x2757},
    {0x2795, 0x2797},
    {0x27B0, 0x27B0},
    {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},
    {0x2B55, 0x2B55},
}};

/// Characters of the first plane that U+FE0F, a skin tone or a joiner can turn into emoji.
constexpr std::array<Range, 20> kEmojiOnRequest{{
    {0x00A9, 0x00A9},
    {0x00AE, 0x00AE},
    {0x203C, 0x203C},
    {0x2049, 0x2049},
    {0x2122, 0x2122},
    {0x2139, 0x2139},
    {0x2194, 0x2199},
    {0x21A9, 0x21AA},
    {0x2328, 0x2328},
    {0x23CF, 0x23CF},
    {0x23E9, 0x23FA},
    {0x24C2, 0x24C2},
    {0x25AA, 0x25AB},
    {0x25B6, 0x25C0},
    {0x25FB, 0x27BF},
    {0x2934, 0x2935},
    {0x2B05, 0x2B55},
    {0x3030, 0x303D},
    {0x3297, 0x3299},
    {0x231A, 0x231B},
}};

template<std::size_t N>
bool in(const std::array<Range, N> &ranges, char32_t c)
{
    return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

bool isPictograph(char32_t c)
{
    return c >= 0x1F000 && c <= 0x1FAFF;
}
bool isRegional(char32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}
bool isSkinTone(char32_t c)
{
    return c >= 0x1F3FB && c <= 0x1F3FF;
}
bool isTag(char32_t c)
{
    return c >= 0xE0020 && c <= 0xE007E;
}
bool isKeycapBase(char32_t c)
{
    return (c >= U'0' && c <= U'9') || c == U'#' || c == U'*';
}

/// Reads code points forward; 0 at the end.
class Reader {
public:
    explicit Reader(QStringView text) : m_text(text) { }

    char32_t at(qsizetype index, qsizetype *next) const
    {
        if (index >= m_text.size()) {
            *next = index;
            return 0;
        }
        const QChar unit = m_text.at(index);
        if (unit.isHighSurrogate() && index + 1 < m_text.size() && m_text.at(index + 1).isLowSurrogate()) {
            *next = index + 2;
            return QChar::surrogateToUcs4(unit, m_text.at(index + 1));
        }
        *next = index + 1;
        return unit.unicode();
    }

private:
    QStringView m_text;
};

/// The end of one emoji element (base with selector, skin tone, tags) at `start`, or `start` if none.
qsizetype elementEnd(const Reader &reader, qsizetype start, bool afterJoiner)
{
    qsizetype next = 0;
    const char32_t base = reader.at(start, &next);
    qsizetype afterNext = 0;
    const char32_t follower = reader.at(next, &afterNext);

    if (isRegional(base))
        return isRegional(follower) ? afterNext : start;
    if (isKeycapBase(base)) {
        qsizetype end = 0;
        if (follower == kKeycap)
            return afterNext;
        return follower == kEmojiSelector && reader.at(afterNext, &end) == kKeycap ? end : start;
    }

    const bool byDefault = isPictograph(base) || in(kEmojiByDefault, base);
    if (!byDefault && !in(kEmojiOnRequest, base))
        return start;
    if (follower == kTextSelector)
        return start;

    qsizetype end = next;
    bool colour = byDefault || afterJoiner;
    if (follower == kEmojiSelector || isSkinTone(follower)) {
        colour = true;
        end = afterNext;
    }
    if (!colour)
        return start;
    qsizetype tagEnd = 0;
    for (char32_t tag = reader.at(end, &tagEnd); isTag(tag) || tag == kCancelTag; tag = reader.at(end, &tagEnd))
        end = tagEnd;
    return end;
}

/// The end of a whole sequence (elements joined by U+200D) at `start`, or `start`.
qsizetype sequenceEnd(const Reader &reader, qsizetype start)
{
    qsizetype end = elementEnd(reader, start, false);
    if (end == start)
        return start;
    for (;;) {
        qsizetype afterJoiner = 0;
        if (reader.at(end, &afterJoiner) != kJoiner)
            return end;
        const qsizetype next = elementEnd(reader, afterJoiner, true);
        if (next == afterJoiner)
            return end;
        end = next;
    }
}

} // namespace

std::vector<TextSpan> emojiRuns(QStringView text)
{
    const Reader reader(text);
    std::vector<TextSpan> runs;
    for (qsizetype i = 0; i < text.size();) {
        const qsizetype end = sequenceEnd(reader, i);
        if (end == i) {
            qsizetype next = 0;
            reader.at(i, &next);
            i = next;
            continue;
        }
        if (!runs.empty() && runs.back().start + runs.back().length == i)
            runs.back().length += end - i;
        else
            runs.push_back({i, end - i});
        i = end;
    }
    return runs;
}

} // namespace tacet::ui
