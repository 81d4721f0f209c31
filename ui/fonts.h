#pragma once
// Typefaces and sizes. Which families exist differs from machine to machine, so the list of
// tokens.json is filtered once at start.
#include "ui/tokens.h"

#include <QFont>
#include <QLocale>

namespace tacet::ui {

inline constexpr int kTextPercentMin = 85;
inline constexpr int kTextPercentMax = 200;

class Fonts {
public:
    /// `locale` picks the face of Han characters, which Chinese, Japanese and Korean draw differently.
    Fonts(const Tokens &tokens, const QLocale &locale);

    /// Size of all text in per cent, within the two limits above.
    int textPercent() const { return m_percent; }
    void setTextPercent(int percent);

    QFont font(TypeRole role) const;
    /// The distance between the baselines of a paragraph in this role, logical px.
    int line(TypeRole role) const;
    /// A length of 100 % text at the present text size; for heights that hold text.
    int scaled(double pixels) const { return qRound(pixels * m_percent / 100.0); }
    /// Colour emoji, for runs found by rich_runs. Empty when no such font is installed.
    const QString &emojiFamily() const { return m_emoji; }

private:
    Tokens m_tokens;
    QStringList m_families[3];
    QString m_emoji;
    int m_percent = 100;
};

} // namespace tacet::ui
