#include "ui/settings_pages.h"

#include "ui/accessible_role.h"
#include "ui/labels.h"
#include "ui/metrics.h"
#include "ui/paint.h"

#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

QString settingsPageTitle(SettingsPage page)
{
    switch (page) {
    case SettingsPage::Privacy: return SettingsPages::tr("Privacy and lock");
    case SettingsPage::Notifications: return SettingsPages::tr("Notifications");
    case SettingsPage::Appearance: return SettingsPages::tr("Appearance");
    case SettingsPage::Chats: return SettingsPages::tr("Chats");
    case SettingsPage::Relays: return SettingsPages::tr("Relays and proxy");
    case SettingsPage::Backup: return SettingsPages::tr("Backup");
    case SettingsPage::Keyboard: return SettingsPages::tr("Keyboard");
    case SettingsPage::About: return SettingsPages::tr("About and licences");
    }
    Q_UNREACHABLE();
}

Icon settingsPageIcon(SettingsPage page)
{
    switch (page) {
    case SettingsPage::Privacy: return Icon::Shield;
    case SettingsPage::Notifications: return Icon::Bell;
    case SettingsPage::Appearance: return Icon::Theme;
    case SettingsPage::Chats: return Icon::Chats;
    case SettingsPage::Relays: return Icon::Relays;
    case SettingsPage::Backup: return Icon::Backup;
    case SettingsPage::Keyboard: return Icon::Keyboard;
    case SettingsPage::About: return Icon::Info;
    }
    Q_UNREACHABLE();
}

SettingsPageButton::SettingsPageButton(Look &look, SettingsPage page, QWidget *parent)
    : QAbstractButton(parent)
    , m_look(look)
    , m_icon(settingsPageIcon(page))
{
    setAccessibleRole(this, QAccessible::PageTab);
    setText(settingsPageTitle(page));
    setObjectName(u"settingsPage%1"_s.arg(static_cast<int>(page)));
    setAccessibleName(text());
    setCheckable(true);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize SettingsPageButton::sizeHint() const
{
    return {240, std::max(44, m_look.line(TypeRole::Body) + 20)};
}

void SettingsPageButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF box(rect());
    if (isChecked() || isDown())
        fillRounded(painter, box, metrics::kRadiusRow, m_look.colour(isDown() ? Colour::Pressed : Colour::Selected));
    else if (underMouse())
        fillRounded(painter, box, metrics::kRadiusRow, m_look.colour(Colour::Hover));
    if (m_look.showsFocus(this))
        paintFocusRing(painter, box, metrics::kRadiusRow, m_look);
    const auto visual = [&](const QRect &part) { return QStyle::visualRect(layoutDirection(), rect(), part); };
    m_look.paintIcon(painter, visual({12, 0, 22, height()}), m_icon, 20, isChecked() ? Colour::Accent : Colour::TextSecondary,
        layoutDirection());
    QFont font = m_look.font(TypeRole::Body);
    font.setWeight(QFont::Medium);
    painter.setFont(font);
    painter.setPen(m_look.colour(Colour::Text));
    const int align = static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft) | Qt::AlignVCenter);
    painter.drawText(visual({48, 0, width() - 56, height()}), align | Qt::TextWordWrap, text());
}

void SettingsPageButton::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

SettingsPages::SettingsPages(const Parts &parts, QWidget *parent) : QWidget(parent)
{
    setObjectName(u"settingsPages"_s);
    setAccessibleName(tr("Settings"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 16, 8, 16);
    column->setSpacing(0);
    auto *title = new Label(parts.look, TypeRole::Sheet, tr("Settings"), this);
    title->setContentsMargins(12, 0, 12, 0);
    column->addWidget(title);
    column->addSpacing(16);
    m_group.setExclusive(true);
    for (int i = 0; i < kSettingsPages; ++i) {
        auto *button = new SettingsPageButton(parts.look, static_cast<SettingsPage>(i), this);
        m_group.addButton(button, i);
        column->addWidget(button);
    }
    column->addStretch(1);
    auto *foot = new Label(parts.look, TypeRole::Caption,
        tr("Tacet %1 · all settings stay on this computer").arg(QStringLiteral(TACET_VERSION)), this);
    foot->setTone(Tone::Muted);
    foot->setWrapping(true);
    foot->setContentsMargins(12, 0, 12, 0);
    column->addWidget(foot);
    setCurrent(SettingsPage::Privacy);
    connect(&m_group, &QButtonGroup::idClicked, this,
        [this](int id) { Q_EMIT chosen(static_cast<SettingsPage>(id)); });
}

void SettingsPages::setCurrent(SettingsPage page)
{
    m_group.button(static_cast<int>(page))->setChecked(true);
}

} // namespace tacet::ui
