#include "ui/preferences.h"

#include <QStandardPaths>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

QString usualFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u"/tacet/tacet.conf"_s;
}

constexpr auto kTheme = "look/theme"_L1;
constexpr auto kText = "look/textPercent"_L1;
constexpr auto kContrast = "look/highContrast"_L1;
constexpr auto kMotion = "look/reducedMotion"_L1;
constexpr auto kWindow = "window/layout"_L1;
constexpr auto kWebBase = "links/webBase"_L1;

} // namespace

Preferences::Preferences(const QString &file) : m_file(file.isEmpty() ? usualFile() : file, QSettings::IniFormat) { }

void Preferences::applyTo(Look &look)
{
    const auto apply = [this, &look] {
        look.setChoice(theme());
        look.setTextPercent(textPercent());
        look.setHighContrast(highContrast());
        look.setReducedMotion(reducedMotion());
    };
    connect(this, &Preferences::changed, &look, apply);
    apply();
}

void Preferences::put(QAnyStringView key, const QVariant &value)
{
    if (m_file.value(key) == value)
        return;
    m_file.setValue(key, value);
    Q_EMIT changed();
}

ThemeChoice Preferences::theme() const
{
    const QString name = m_file.value(kTheme).toString();
    return name == "light"_L1 ? ThemeChoice::Light : name == "dark"_L1 ? ThemeChoice::Dark : ThemeChoice::FollowDesktop;
}

void Preferences::setTheme(ThemeChoice choice)
{
    put(kTheme, choice == ThemeChoice::Light ? u"light"_s : choice == ThemeChoice::Dark ? u"dark"_s : u"desktop"_s);
}

int Preferences::textPercent() const
{
    bool read = false;
    const int percent = m_file.value(kText, 100).toInt(&read);
    return read ? std::clamp(percent, kTextPercentMin, kTextPercentMax) : 100;
}

void Preferences::setTextPercent(int percent)
{
    put(kText, percent);
}

bool Preferences::highContrast() const
{
    return m_file.value(kContrast, false).toBool();
}

void Preferences::setHighContrast(bool on)
{
    put(kContrast, on);
}

bool Preferences::reducedMotion() const
{
    return m_file.value(kMotion, false).toBool();
}

void Preferences::setReducedMotion(bool on)
{
    put(kMotion, on);
}

QByteArray Preferences::windowLayout() const
{
    return m_file.value(kWindow).toByteArray();
}

void Preferences::setWindowLayout(const QByteArray &layout)
{
    put(kWindow, layout);
}

QString Preferences::linkWebBase() const
{
    return m_file.value(kWebBase).toString().left(200);
}

void Preferences::setLinkWebBase(const QString &base)
{
    put(kWebBase, base);
}

} // namespace tacet::ui
