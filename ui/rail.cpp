#include "ui/rail.h"

#include "ui/accessible_role.h"
#include "ui/metrics.h"
#include "ui/paint.h"
#include "ui/tool_tip.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QPainter>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr int kMark = 32;
constexpr qreal kHealth = 9;
constexpr qreal kBadgeHeight = 17;

} // namespace

// ---- RailButton

RailButton::RailButton(
    Look &look, Icon icon, const QString &name, const QString &objectName, const QKeySequence &keys, QWidget *parent)
    : QAbstractButton(parent)
    , m_look(look)
    , m_icon(icon)
    , m_name(name)
    , m_keys(keys)
{
    setObjectName(objectName);
    setAccessibleRole(this, QAccessible::PageTab);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    connect(&look, &Look::changed, this, qOverload<>(&RailButton::update));
    retitle();
}

QSize RailButton::sizeHint() const
{
    return {metrics::kRailButton, metrics::kRailButton};
}

void RailButton::setBadge(int count)
{
    m_badge = count;
    retitle();
    update();
}

void RailButton::setHealth(std::optional<Health> health, const QString &words)
{
    m_health = health;
    m_healthWords = words;
    retitle();
    update();
}

void RailButton::retitle()
{
    QString name = m_name;
    if (m_badge > 0)
        name += u", "_s + tr("%1 new").arg(m_badge);
    if (!m_healthWords.isEmpty())
        name += u", "_s + m_healthWords;
    setAccessibleName(name);
    setPlainToolTip(this, m_keys.isEmpty() ? name : name + u"  "_s + m_keys.toString(QKeySequence::NativeText));
}

void RailButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF box(rect());
    QColor ground = m_look.colour(Colour::Rail);
    if (isChecked() || isDown() || underMouse()) {
        ground = m_look.colour(isDown() ? Colour::Pressed : isChecked() ? Colour::Selected : Colour::Hover);
        fillRounded(painter, box, metrics::kRadiusRow, ground);
    }
    if (m_look.showsFocus(this))
        paintFocusRing(painter, box, metrics::kRadiusRow, m_look);
    m_look.paintIcon(painter, box, m_icon, 24, isChecked() ? Colour::Accent : Colour::TextSecondary, layoutDirection());
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    if (m_badge > 0) {
        // The rail does not grow with the text, so neither does what lies on it.
        const QSizeF whole = badgeSize(m_badge, m_look);
        const qreal shrink = kBadgeHeight / whole.height();
        const QSizeF size = whole * shrink;
        const qreal x = mirrored ? 2 : width() - size.width() - 2;
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        const QRectF pill(QPointF(x, 2), size);
        painter.drawRoundedRect(pill.adjusted(-2, -2, 2, 2), pill.height() / 2 + 2, pill.height() / 2 + 2);
        painter.save();
        painter.translate(pill.topLeft());
        painter.scale(shrink, shrink);
        paintBadge(painter, {0, 0}, m_badge, false, m_look);
        painter.restore();
    }
    if (m_health) {
        const qreal x = mirrored ? 6 : width() - kHealth - 6;
        paintHealth(painter, QRectF(x, height() - kHealth - 6, kHealth, kHealth), *m_health, ground, m_look);
    }
}

// ---- Rail

void paintMark(QPainter &painter, const QRectF &box, const QColor &bubble, const QColor &line, const QColor &rest)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.topLeft());
    painter.scale(box.width() / 64, box.height() / 64);
    painter.setPen(Qt::NoPen);
    QPainterPath shape = roundedPath(QRectF(4, 4, 56, 46), {16, 16, 16, 16});
    QPainterPath tail;
    tail.moveTo(16, 46);
    tail.lineTo(16, 61);
    tail.lineTo(32, 49);
    tail.closeSubpath();
    painter.setBrush(bubble);
    painter.drawPath(shape.united(tail));
    painter.setBrush(rest);
    painter.drawPath(roundedPath(QRectF(20, 24, 24, 12), {0, 0, 2, 2}));
    painter.setBrush(line);
    painter.drawRect(QRectF(12, 20, 40, 4));
    painter.restore();
}

Rail::Rail(Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_row(new QBoxLayout(QBoxLayout::TopToBottom, this))
    , m_mark(new QWidget(this))
    , m_chats(new RailButton(look, Icon::Chats, tr("Chats"), u"railChats"_s, {}, this))
    , m_requests(new RailButton(look, Icon::Inbox, tr("Requests"), u"railRequests"_s, {}, this))
    , m_contacts(new RailButton(look, Icon::Person, tr("Contacts"), u"railContacts"_s, {}, this))
    , m_relays(new RailButton(
          look, Icon::Relays, tr("Relays"), u"railRelays"_s, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R), this))
    , m_lock(new RailButton(look, Icon::Lock, tr("Lock now"), u"railLock"_s, QKeySequence(Qt::CTRL | Qt::Key_L), this))
    , m_settings(new RailButton(
          look, Icon::Settings, tr("Settings"), u"railSettings"_s, QKeySequence(Qt::CTRL | Qt::Key_Comma), this))
{
    setObjectName(u"rail"_s);
    setAccessibleName(tr("Parts of Tacet"));
    m_mark->setFixedSize(kMark, kMark);
    for (RailButton *section : {m_chats, m_requests, m_contacts, m_settings})
        section->setCheckable(true);
    m_row->setSpacing(6);
    m_row->addWidget(m_mark, 0, Qt::AlignCenter);
    m_row->addSpacing(10);
    m_row->addWidget(m_chats, 0, Qt::AlignCenter);
    m_row->addWidget(m_requests, 0, Qt::AlignCenter);
    m_row->addWidget(m_contacts, 0, Qt::AlignCenter);
    m_row->addStretch();
    m_row->addWidget(m_relays, 0, Qt::AlignCenter);
    m_row->addWidget(m_lock, 0, Qt::AlignCenter);
    m_row->addWidget(m_settings, 0, Qt::AlignCenter);
    setHorizontal(false);

    connect(m_chats, &RailButton::clicked, this, [this] { Q_EMIT sectionChosen(Section::Chats); });
    connect(m_requests, &RailButton::clicked, this, [this] { Q_EMIT sectionChosen(Section::Requests); });
    connect(m_contacts, &RailButton::clicked, this, [this] { Q_EMIT sectionChosen(Section::Contacts); });
    connect(m_relays, &RailButton::clicked, this, &Rail::ledgerRequested);
    connect(m_lock, &RailButton::clicked, this, &Rail::lockRequested);
    connect(m_settings, &RailButton::clicked, this, &Rail::settingsRequested);
    connect(&look, &Look::changed, this, qOverload<>(&Rail::update));
    setSection(Section::Chats);
}

void Rail::setHorizontal(bool horizontal)
{
    m_horizontal = horizontal;
    m_mark->setVisible(!horizontal);
    m_row->setDirection(horizontal ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    if (horizontal) {
        m_row->setContentsMargins(12, 4, 12, 4);
        setMinimumSize(0, metrics::kBottomBar);
        setMaximumSize(QWIDGETSIZE_MAX, metrics::kBottomBar);
    } else {
        m_row->setContentsMargins(0, 16, 0, 12);
        setMinimumSize(metrics::kRail, 0);
        setMaximumSize(metrics::kRail, QWIDGETSIZE_MAX);
    }
    update();
}

void Rail::setSection(Section section)
{
    m_chats->setChecked(section == Section::Chats);
    m_requests->setChecked(section == Section::Requests);
    m_contacts->setChecked(section == Section::Contacts);
    m_settings->setChecked(false);
}

void Rail::setSettingsShown(bool shown)
{
    m_settings->setChecked(shown);
    if (shown) {
        for (RailButton *section : {m_chats, m_requests, m_contacts})
            section->setChecked(false);
    }
}

void Rail::keyPressEvent(QKeyEvent *event)
{
    const bool back = event->key() == Qt::Key_Up || event->key() == Qt::Key_Left;
    const bool forth = event->key() == Qt::Key_Down || event->key() == Qt::Key_Right;
    if (!back && !forth) {
        QWidget::keyPressEvent(event);
        return;
    }
    const QList<RailButton *> buttons{m_chats, m_requests, m_contacts, m_relays, m_lock, m_settings};
    const qsizetype at = buttons.indexOf(qobject_cast<RailButton *>(focusWidget()));
    const qsizetype to = at < 0 ? 0 : (at + (forth ? 1 : -1) + buttons.size()) % buttons.size();
    buttons.at(to)->setFocus(Qt::TabFocusReason);
}

void Rail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_look.colour(Colour::Rail));
    const QColor hairline = m_look.colour(Colour::Hairline);
    if (m_horizontal) {
        painter.fillRect(QRect(0, 0, width(), 1), hairline);
        return;
    }
    painter.fillRect(
        layoutDirection() == Qt::RightToLeft ? QRect(0, 0, 1, height()) : QRect(width() - 1, 0, 1, height()), hairline);
    paintMark(painter, m_mark->geometry(), m_look.colour(Colour::Accent), m_look.colour(Colour::OnAccent),
        m_look.scheme() == Scheme::Light ? m_look.art().rest : m_look.colour(Colour::OnAccent));
}

} // namespace tacet::ui
