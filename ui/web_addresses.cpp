// Finds web addresses in text. Only http and https become links; everything else (mailto:, file:,
// javascript:, tacet:) stays words.
#include "ui/rich_runs.h"

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

bool endsAddress(QChar c)
{
    return c.isSpace() || c == u'<' || c == u'>' || c == u'"' || c == u'`' || c.category() == QChar::Other_Control
        || isDirectionOverride(c.unicode());
}

/// Drops what belongs to the sentence around: closing punctuation, and a bracket that was opened before.
QStringView withoutTrailingPunctuation(QStringView address)
{
    static constexpr QStringView kPunctuation = u".,;:!?'…»”’*_";
    while (!address.isEmpty()) {
        const QChar last = address.back();
        if (kPunctuation.contains(last)) {
            address.chop(1);
            continue;
        }
        const QChar opening = last == u')' ? u'(' : last == u']' ? u'[' : last == u'}' ? u'{' : QChar();
        if (opening.isNull() || address.count(last) <= address.count(opening))
            break;
        address.chop(1);
    }
    return address;
}

} // namespace

std::vector<WebAddress> webAddresses(QStringView text)
{
    std::vector<WebAddress> found;
    for (qsizetype i = 0; i < text.size();) {
        const qsizetype start = text.indexOf("http"_L1, i, Qt::CaseInsensitive);
        if (start < 0)
            break;
        const QStringView rest = text.sliced(start);
        const bool wanted =
            rest.startsWith("http://"_L1, Qt::CaseInsensitive) || rest.startsWith("https://"_L1, Qt::CaseInsensitive);
        if (!wanted || (start > 0 && text.at(start - 1).isLetterOrNumber())) {
            i = start + 4;
            continue;
        }
        qsizetype end = start;
        while (end < text.size() && !endsAddress(text.at(end)))
            ++end;
        const QStringView address = withoutTrailingPunctuation(text.sliced(start, end - start));
        const QUrl url(address.toString(), QUrl::StrictMode);
        if (url.isValid() && !url.host().isEmpty())
            found.push_back({{start, address.size()}, url});
        i = end;
    }
    return found;
}

bool mixesScripts(QStringView host)
{
    bool latin = false;
    bool lookalike = false; // Cyrillic, Greek, Armenian: alphabets with letters that look Latin
    bool eastAsian = false;
    bool other = false;
    for (const QChar c : host) {
        switch (c.script()) {
        case QChar::Script_Common:
        case QChar::Script_Inherited: break;
        case QChar::Script_Latin: latin = true; break;
        case QChar::Script_Cyrillic:
        case QChar::Script_Greek:
        case QChar::Script_Armenian: lookalike = true; break;
        case QChar::Script_Han:
        case QChar::Script_Hiragana:
        case QChar::Script_Katakana:
        case QChar::Script_Hangul:
        case QChar::Script_Bopomofo: eastAsian = true; break;
        default: other = true; break;
        }
    }
    return (lookalike && (latin || eastAsian || other)) || (other && (latin || eastAsian));
}

} // namespace tacet::ui
