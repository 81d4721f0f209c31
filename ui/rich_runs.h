#pragma once
// Text from outside (names, messages, relays' words) made ready for the screen. It is plain text
// always: markup stays the characters it is. What could deceive is made visible, what would be
// drawn wrong (colour emoji) is marked for the font that can, and web addresses are found.
#include <QFont>
#include <QString>
#include <QTextLayout>
#include <QUrl>

#include <vector>

namespace tacet::ui {

struct TextSpan {
    qsizetype start = 0; ///< UTF-16 units
    qsizetype length = 0;
    friend bool operator==(const TextSpan &, const TextSpan &) = default;
};

/// U+202A–202E and U+2066–2069: they reorder what stands beside them, so a name or a file ending
/// can be made to read as another (CVE-2022-28345).
bool isDirectionOverride(char16_t unit);

/// The text with direction overrides written out as "[U+202E]" and control characters as their
/// pictures (U+2400…); for places that Qt draws itself: window titles, menus, tooltips, labels.
QString visibleText(QStringView outside);
/// The first `limit` UTF-16 units, or a few less: what looks like one character is not cut in half.
QStringView startOf(QStringView text, qsizetype limit);
/// visibleText on one line, no longer than `limit` characters.
QString visibleLine(QStringView outside, qsizetype limit = 200);
/// A name for the middle of a sentence: visibleLine between U+2068 and U+2069, so that an Arabic
/// name does not turn the English words around it, nor the other way.
QString isolatedName(QStringView outside);

/// Runs of emoji that want the colour font: sequences with presentation by default or by U+FE0F,
/// flags, keycaps, skin tones, joined families. U+FE0E keeps a character as text.
std::vector<TextSpan> emojiRuns(QStringView text);

/// An address that may be opened: scheme http or https, with a host.
struct WebAddress {
    TextSpan span;
    QUrl target;
};
std::vector<WebAddress> webAddresses(QStringView text);
/// Whether a host mixes scripts as impostors do (Latin with Cyrillic or Greek). Han with kana or Hangul is no mixture.
bool mixesScripts(QStringView host);

enum class Lines {
    Keep, ///< line breaks stay
    Join, ///< one line: breaks become spaces
};

/// How prepared text is dressed.
struct RichStyle {
    QString emojiFamily; ///< empty: none installed
    QFont codeFont;      ///< for the boxed code of a direction override
    QColor codeColour;
    QColor linkColour; ///< invalid: addresses are not marked
    Lines lines = Lines::Keep;
    /// The program's own sentence, in which names are isolated already (isolatedName): its U+2068 and
    /// U+2069 do their work instead of being shown.
    bool ownWords = false;
};

/// Ready for QTextLayout.
struct RichText {
    QString text; ///< lines separated by '\n'
    QList<QTextLayout::FormatRange> formats;
    std::vector<WebAddress> addresses;
    std::vector<TextSpan> boxes; ///< spans to draw a box around: written-out direction overrides

    /// The part [start, start + length) with its formats moved along.
    RichText part(qsizetype start, qsizetype length) const;
};

RichText richText(QStringView outside, const RichStyle &style);

} // namespace tacet::ui
