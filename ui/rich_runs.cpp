#include "ui/rich_runs.h"

#include <QTextBoundaryFinder>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr char16_t kFirstStrongIsolate = 0x2068;
constexpr char16_t kPopIsolate = 0x2069;
constexpr char16_t kEmojiSelector = 0xFE0F;
constexpr QChar kHairSpace(0x200A);
constexpr qsizetype kLongestCharacter = 64; ///< UTF-16 units; a family of four with skin tones has 19

QString overrideCode(char16_t unit)
{
    return u"U+"_s + QString::number(unit, 16).toUpper();
}

/// The picture of a control character (U+2400 block), or 0 if the unit is not one that needs it.
char16_t controlPicture(char16_t unit)
{
    if (unit < 0x20)
        return static_cast<char16_t>(0x2400 + unit);
    if (unit == 0x7F)
        return 0x2421;
    if (unit >= 0x80 && unit < 0xA0) // C1 controls have no pictures of their own
        return 0x2426;
    return 0;
}

bool isLineBreak(char16_t unit)
{
    return unit == u'\n' || unit == 0x2028 || unit == 0x2029 || unit == 0x0B || unit == 0x0C || unit == 0x85;
}

/// Copies text while making it safe to look at, and keeps where written-out overrides came to stand.
class Writer {
public:
    Writer(Lines lines, bool ownWords, bool padded) : m_lines(lines), m_ownWords(ownWords), m_padded(padded) { }

    void take(QStringView outside)
    {
        m_text.reserve(outside.size());
        for (qsizetype i = 0; i < outside.size(); ++i) {
            const char16_t unit = outside.at(i).unicode();
            if (unit == u'\r') {
                if (i + 1 < outside.size() && outside.at(i + 1) == u'\n')
                    continue;
                lineBreak();
            } else if (isLineBreak(unit)) {
                lineBreak();
            } else if (unit == u'\t') {
                m_text.append(m_lines == Lines::Join ? u' ' : u'\t');
            } else if (isDirectionOverride(unit) && !m_ownWords) {
                const QString code = m_padded ? kHairSpace + overrideCode(unit) + kHairSpace : overrideCode(unit);
                m_boxes.push_back({m_text.size(), code.size()});
                m_text.append(code);
            } else if (const char16_t picture = controlPicture(unit)) {
                m_text.append(QChar(picture));
            } else if (QChar::isSurrogate(unit) && !isPaired(outside, i)) {
                m_text.append(QChar::ReplacementCharacter);
            } else {
                m_text.append(QChar(unit));
            }
        }
    }

    QString m_text;
    std::vector<TextSpan> m_boxes;

private:
    void lineBreak() { m_text.append(m_lines == Lines::Join ? u' ' : u'\n'); }

    static bool isPaired(QStringView text, qsizetype i)
    {
        const QChar unit = text.at(i);
        if (unit.isHighSurrogate())
            return i + 1 < text.size() && text.at(i + 1).isLowSurrogate();
        return i > 0 && text.at(i - 1).isHighSurrogate();
    }

    Lines m_lines;
    bool m_ownWords;
    bool m_padded; ///< hair spaces at the ends of a written-out override, so that its box does not touch
};

/// Shows a host in its ASCII form where it mixes scripts; the address then reads as what it is.
void unmaskHosts(Writer &writer)
{
    const std::vector<WebAddress> addresses = webAddresses(writer.m_text);
    for (auto it = addresses.rbegin(); it != addresses.rend(); ++it) {
        const QStringView written = QStringView(writer.m_text).sliced(it->span.start, it->span.length);
        const qsizetype hostStart = written.indexOf("://"_L1) + 3;
        qsizetype hostEnd = hostStart;
        while (hostEnd < written.size() && !QStringView(u"/?#").contains(written.at(hostEnd)))
            ++hostEnd;
        if (!mixesScripts(written.sliced(hostStart, hostEnd - hostStart)))
            continue;
        const QString ascii = it->target.authority(QUrl::FullyEncoded);
        const qsizetype at = it->span.start + hostStart;
        const qsizetype growth = ascii.size() - (hostEnd - hostStart);
        writer.m_text.replace(at, hostEnd - hostStart, ascii);
        for (TextSpan &box : writer.m_boxes) {
            if (box.start > at)
                box.start += growth;
        }
    }
}

/// Removes U+FE0F inside emoji runs: with the colour font chosen by a format range it would be drawn
/// as a missing glyph, or break keycaps and hearts apart.
void dropEmojiSelectors(Writer &writer)
{
    if (!writer.m_text.contains(QChar(kEmojiSelector)))
        return;
    const std::vector<TextSpan> runs = emojiRuns(writer.m_text);
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        for (qsizetype i = run->start + run->length - 1; i >= run->start; --i) {
            if (writer.m_text.at(i) != QChar(kEmojiSelector))
                continue;
            writer.m_text.remove(i, 1);
            for (TextSpan &box : writer.m_boxes) {
                if (box.start > i)
                    --box.start;
            }
        }
    }
}

/// As emojiRuns, for text whose selectors are still there: positions after their removal.
std::vector<TextSpan> runsAfterDropping(QStringView withSelectors)
{
    std::vector<TextSpan> runs = emojiRuns(withSelectors);
    qsizetype dropped = 0;
    for (TextSpan &run : runs) {
        const qsizetype inside = withSelectors.sliced(run.start, run.length).count(QChar(kEmojiSelector));
        run.start -= dropped;
        run.length -= inside;
        dropped += inside;
    }
    return runs;
}

QTextLayout::FormatRange range(const TextSpan &span, const QTextCharFormat &format)
{
    QTextLayout::FormatRange result;
    result.start = static_cast<int>(span.start);
    result.length = static_cast<int>(span.length);
    result.format = format;
    return result;
}

/// The part of `span` inside [start, start + length), moved to start at 0; length 0 if there is none.
TextSpan clipped(const TextSpan &span, qsizetype start, qsizetype length)
{
    const qsizetype from = std::max(span.start, start);
    const qsizetype to = std::min(span.start + span.length, start + length);
    return {from - start, std::max<qsizetype>(0, to - from)};
}

} // namespace

bool isDirectionOverride(char16_t unit)
{
    return (unit >= 0x202A && unit <= 0x202E) || (unit >= 0x2066 && unit <= 0x2069);
}

QString visibleText(QStringView outside)
{
    Writer writer(Lines::Keep, false, false);
    writer.take(outside);
    for (auto box = writer.m_boxes.rbegin(); box != writer.m_boxes.rend(); ++box) {
        writer.m_text.insert(box->start + box->length, u']');
        writer.m_text.insert(box->start, u'[');
    }
    return writer.m_text;
}

QStringView startOf(QStringView text, qsizetype limit)
{
    if (text.size() <= limit)
        return text;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, text.first(std::min(text.size(), limit + kLongestCharacter)));
    finder.setPosition(limit);
    const qsizetype at = finder.isAtBoundary() ? limit : finder.toPreviousBoundary();
    if (at >= limit - kLongestCharacter)
        return text.first(std::max<qsizetype>(0, at));
    return text.first(limit - (text.at(limit - 1).isHighSurrogate() ? 1 : 0)); // marks upon marks
}

QString visibleLine(QStringView outside, qsizetype limit)
{
    QString line = visibleText(startOf(outside, limit)).simplified();
    if (outside.size() > limit)
        line.append(u'…');
    return line;
}

QString isolatedName(QStringView outside)
{
    return QChar(kFirstStrongIsolate) + visibleLine(outside) + QChar(kPopIsolate);
}

RichText RichText::part(qsizetype start, qsizetype length) const
{
    RichText result;
    result.text = text.mid(start, length);
    for (const QTextLayout::FormatRange &format : formats) {
        const TextSpan span = clipped({format.start, format.length}, start, length);
        if (span.length > 0)
            result.formats.append(range(span, format.format));
    }
    for (const WebAddress &address : addresses) {
        const TextSpan span = clipped(address.span, start, length);
        if (span.length > 0)
            result.addresses.push_back({span, address.target});
    }
    for (const TextSpan &box : boxes) {
        const TextSpan span = clipped(box, start, length);
        if (span.length > 0)
            result.boxes.push_back(span);
    }
    return result;
}

RichText richText(QStringView outside, const RichStyle &style)
{
    Writer writer(style.lines, style.ownWords, true);
    writer.take(outside);
    if (style.linkColour.isValid())
        unmaskHosts(writer);
    const std::vector<TextSpan> emoji = runsAfterDropping(writer.m_text);
    dropEmojiSelectors(writer);

    RichText rich;
    rich.text = writer.m_text;
    rich.boxes = writer.m_boxes;
    if (!style.emojiFamily.isEmpty()) {
        QTextCharFormat format;
        format.setFontFamilies({style.emojiFamily});
        for (const TextSpan &run : emoji)
            rich.formats.append(range(run, format));
    }
    if (style.linkColour.isValid()) {
        rich.addresses = webAddresses(rich.text);
        QTextCharFormat format;
        format.setForeground(style.linkColour);
        format.setFontUnderline(true);
        for (const WebAddress &address : rich.addresses)
            rich.formats.append(range(address.span, format));
    }
    QTextCharFormat code;
    code.setFont(style.codeFont);
    code.setForeground(style.codeColour);
    for (const TextSpan &box : rich.boxes)
        rich.formats.append(range(box, code));
    return rich;
}

} // namespace tacet::ui
