#include "ui/fonts.h"

#include <QFontDatabase>
#include <QSet>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView kEmoji = "Noto Color Emoji"_L1;
constexpr QLatin1StringView kHanPrefix = "Noto Sans CJK "_L1;

QString hanFamily(const QLocale &locale)
{
    switch (locale.language()) {
    case QLocale::Korean: return kHanPrefix + "KR"_L1;
    case QLocale::Chinese:
        if (locale.territory() == QLocale::HongKong || locale.territory() == QLocale::Macao)
            return kHanPrefix + "HK"_L1;
        return kHanPrefix + (locale.script() == QLocale::TraditionalChineseScript ? "TC"_L1 : "SC"_L1);
    default: return kHanPrefix + "JP"_L1;
    }
}

/// The families that are installed, in order. The emoji font comes last and never first: where it
/// is the first family that exists, Qt takes the digits from it. Han faces other than the
/// locale's own are left out, or the first one found would win for every reader.
QStringList installed(const QStringList &wanted, FontFamily family, const QSet<QString> &present, const QString &han,
    const QString &emoji)
{
    QStringList families;
    for (const QString &name : wanted) {
        if (present.contains(name) && name != emoji && !name.startsWith(kHanPrefix))
            families.append(name);
    }
    if (families.isEmpty()) {
        const auto standard = family == FontFamily::Mono ? QFontDatabase::FixedFont : QFontDatabase::GeneralFont;
        families.append(QFontDatabase::systemFont(standard).family());
    }
    if (present.contains(han))
        families.append(han);
    if (!emoji.isEmpty())
        families.append(emoji);
    return families;
}

} // namespace

Fonts::Fonts(const Tokens &tokens, const QLocale &locale) : m_tokens(tokens)
{
    const QStringList all = QFontDatabase::families();
    const QSet<QString> present(all.cbegin(), all.cend());
    if (present.contains(kEmoji))
        m_emoji = kEmoji;
    for (const FontFamily family : {FontFamily::Ui, FontFamily::Display, FontFamily::Mono}) {
        m_families[static_cast<int>(family)] =
            installed(tokens.families(family), family, present, hanFamily(locale), m_emoji);
    }
}

void Fonts::setTextPercent(int percent)
{
    m_percent = std::clamp(percent, kTextPercentMin, kTextPercentMax);
}

QFont Fonts::font(TypeRole role) const
{
    const TypeStyle &style = m_tokens.type(role);
    QFont font;
    font.setFamilies(m_families[static_cast<int>(style.family)]);
    // setPixelSize takes whole pixels and would cut 12.5 to 12.
    font.setPixelSize(std::max(1, scaled(style.pixels)));
    font.setWeight(static_cast<QFont::Weight>(style.weight));
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

int Fonts::line(TypeRole role) const
{
    return scaled(m_tokens.type(role).line);
}

} // namespace tacet::ui
