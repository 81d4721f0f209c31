#include "ui/look.h"

#include <QApplication>
#include <QFile>
#include <QKeyEvent>
#include <QPainter>
#include <QStyleFactory>
#include <QToolTip>
#include <QWidget>

namespace tacet::ui {

using namespace Qt::StringLiterals;

Look::Look(Tokens tokens, Appearance &appearance, const QLocale &locale, QObject *parent)
    : QObject(parent)
    , m_tokens(std::move(tokens))
    , m_appearance(appearance)
    , m_fonts(m_tokens, locale)
{
    connect(&m_appearance, &Appearance::changed, this, &Look::refresh);
}

void Look::applyTo(QApplication &application)
{
    Q_ASSERT(!m_application);
    m_application = &application;
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    application.installEventFilter(this);
    refresh();
}

Scheme Look::scheme() const
{
    switch (m_choice) {
    case ThemeChoice::Light: return Scheme::Light;
    case ThemeChoice::Dark: return Scheme::Dark;
    case ThemeChoice::FollowDesktop: break;
    }
    return m_appearance.colourScheme() == Appearance::ColourScheme::Dark ? Scheme::Dark : Scheme::Light;
}

QColor Look::colour(Colour wanted) const
{
    if (highContrast()) {
        if (wanted == Colour::TextMuted || wanted == Colour::TextSecondary)
            wanted = Colour::Text;
        else if (wanted == Colour::Hairline)
            wanted = Colour::Outline;
    }
    return m_tokens.colour(scheme(), wanted);
}

QColor Look::identityName(int index) const
{
    const IdentityColour &identity = m_tokens.identity(static_cast<std::size_t>(index));
    return scheme() == Scheme::Light ? identity.nameLight : identity.nameDark;
}

QColor Look::scrim() const
{
    QColor scrim = colour(Colour::Scrim);
    scrim.setAlphaF(static_cast<float>(m_tokens.scrimAlpha(scheme())));
    return scrim;
}

void Look::paintIcon(
    QPainter &painter, const QRectF &box, Icon icon, int size, Colour tint, Qt::LayoutDirection direction)
{
    m_icons.paint(painter, box, icon, size, colour(tint), direction);
}

bool Look::showsFocus(const QWidget *widget) const
{
    return m_keyboardUsed && widget->hasFocus();
}

void Look::setChoice(ThemeChoice choice)
{
    if (m_choice == choice)
        return;
    m_choice = choice;
    refresh();
}

void Look::setTextPercent(int percent)
{
    const int before = m_fonts.textPercent();
    m_fonts.setTextPercent(percent);
    if (m_fonts.textPercent() != before)
        refresh();
}

void Look::setHighContrast(bool on)
{
    if (m_highContrast == on)
        return;
    m_highContrast = on;
    refresh();
}

void Look::setReducedMotion(bool on)
{
    if (m_reducedMotion == on)
        return;
    m_reducedMotion = on;
    refresh();
}

QPalette Look::palette() const
{
    QPalette palette;
    palette.setColor(QPalette::Window, colour(Colour::List));
    palette.setColor(QPalette::WindowText, colour(Colour::Text));
    palette.setColor(QPalette::Base, colour(Colour::Surface));
    palette.setColor(QPalette::AlternateBase, colour(Colour::Field));
    palette.setColor(QPalette::Text, colour(Colour::Text));
    palette.setColor(QPalette::Button, colour(Colour::Field));
    palette.setColor(QPalette::ButtonText, colour(Colour::Text));
    palette.setColor(QPalette::BrightText, colour(Colour::OnDanger));
    palette.setColor(QPalette::Highlight, colour(Colour::Accent));
    palette.setColor(QPalette::HighlightedText, colour(Colour::OnAccent));
    palette.setColor(QPalette::ToolTipBase, colour(Colour::Tooltip));
    palette.setColor(QPalette::ToolTipText, colour(Colour::OnTooltip));
    palette.setColor(QPalette::PlaceholderText, colour(Colour::TextMuted));
    palette.setColor(QPalette::Link, colour(Colour::Link));
    palette.setColor(QPalette::LinkVisited, colour(Colour::Link));
    palette.setColor(QPalette::Light, colour(Colour::Surface));
    palette.setColor(QPalette::Midlight, colour(Colour::Hover));
    palette.setColor(QPalette::Mid, colour(Colour::Hairline));
    palette.setColor(QPalette::Dark, colour(Colour::Outline));
    palette.setColor(QPalette::Shadow, colour(Colour::Scrim));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, colour(Colour::TextMuted));
    return palette;
}

QString Look::styleSheet() const
{
    QFile file(u":/tacet/theme.qss"_s);
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT(opened);
    Q_UNUSED(opened)
    const QString source = QString::fromUtf8(file.readAll());
    QString result;
    result.reserve(source.size() + 1024);
    for (qsizetype i = 0; i < source.size(); ++i) {
        if (source.at(i) != u'@') {
            result.append(source.at(i));
            continue;
        }
        qsizetype end = i + 1;
        while (end < source.size() && source.at(end).isLetter())
            ++end;
        const QStringView name = QStringView(source).sliced(i + 1, end - i - 1);
        bool known = false;
        for (std::size_t c = 0; c < kColourCount && !known; ++c) {
            const auto candidate = static_cast<Colour>(c);
            if (name == colourName(candidate)) {
                result.append(colour(candidate).name(QColor::HexRgb));
                known = true;
            }
        }
        Q_ASSERT_X(known, "theme.qss", "names a colour that tokens.json does not have");
        i = end - 1;
    }
    return result;
}

bool Look::eventFilter(QObject *watched, QEvent *event)
{
    bool keyboard = m_keyboardUsed;
    switch (event->type()) {
    case QEvent::KeyPress: {
        // Typing does not count: a click into a field and then letters is still a click.
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->text().isEmpty() || key->key() == Qt::Key_Tab || key->key() == Qt::Key_Backtab)
            keyboard = true;
        break;
    }
    case QEvent::MouseButtonPress:
    case QEvent::TouchBegin: keyboard = false; break;
    default: break;
    }
    if (keyboard != m_keyboardUsed) {
        m_keyboardUsed = keyboard;
        if (QWidget *focused = QApplication::focusWidget())
            focused->update();
    }
    return QObject::eventFilter(watched, event);
}

void Look::refresh()
{
    m_icons.clear();
    if (m_application) {
        QApplication::setPalette(palette());
        QApplication::setFont(font(TypeRole::Body));
        QToolTip::setFont(font(TypeRole::Small));
        m_application->setStyleSheet(styleSheet());
    }
    Q_EMIT changed();
}

} // namespace tacet::ui
