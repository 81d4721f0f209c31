#include "ui/relay_row.h"

#include "ui/accessible_role.h"
#include "ui/button_row.h"
#include "ui/buttons.h"
#include "ui/card.h"
#include "ui/glyphs.h"
#include "ui/labels.h"
#include "ui/metrics.h"
#include "ui/paint.h"
#include "ui/relay_words.h"
#include "ui/rich_runs.h"

#include <QFontMetrics>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kState = 20;
constexpr int kTrip = 92;
constexpr int kEvent = 118;
constexpr int kNarrow = 430;
} // namespace

RelayLine::RelayLine(const Parts &parts, QWidget *parent) : QAbstractButton(parent), m_parts(parts)
{
    setCheckable(true);
    setAccessibleRole(this, QAccessible::Button);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&parts.look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void RelayLine::setRelay(const chat::RelayInfo &relay)
{
    m_relay = relay;
    const QString trip = relay.roundTripMs < 0 ? QString() : tr("round trip %1").arg(roundTrip(relay.roundTripMs));
    const QString event
        = relay.lastEventMs <= 0 ? QString() : tr("last event %1").arg(lastEvent(relay.lastEventMs, m_parts.calendar));
    QStringList said{relayName(relay), relayState(relay, m_parts.calendar), trip, event};
    said.removeAll(QString());
    setAccessibleName(said.join(u", "_s));
    setText(relayName(relay));
    update();
}

RelayLine::Columns RelayLine::columns(int width, const Look &look)
{
    Columns columns;
    columns.name = kState + 16;
    columns.narrow = width < look.scaled(kNarrow);
    columns.event = width - look.scaled(kEvent);
    columns.trip = columns.event - look.scaled(kTrip) - 10;
    return columns;
}

QSize RelayLine::sizeHint() const
{
    const bool narrow = columns(width(), m_parts.look).narrow;
    const int text = m_parts.look.line(TypeRole::Body) + m_parts.look.line(TypeRole::Small) * (narrow ? 2 : 1);
    return {520, std::max(52, text + 14)};
}

void RelayLine::keyPressEvent(QKeyEvent *event)
{
    if (!pressesOnReturn(*this, *event))
        QAbstractButton::keyPressEvent(event);
}

void RelayLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Look &look = m_parts.look;
    const Columns at = columns(width(), look);
    const Qt::LayoutDirection direction = layoutDirection();
    if (underMouse())
        fillRounded(painter, QRectF(rect()).adjusted(-6, 1, 6, -1), metrics::kRadiusSmall, look.colour(Colour::Hover));
    if (look.showsFocus(this))
        paintFocusRing(painter, rect(), metrics::kRadiusSmall, look);
    const auto box = [&](const QRect &part) { return QStyle::visualRect(direction, rect(), part); };
    const int align = static_cast<int>(QStyle::visualAlignment(direction, Qt::AlignLeft) | Qt::AlignVCenter)
        | Qt::TextSingleLine;
    const int nameLine = look.line(TypeRole::Body);
    const int smallLine = look.line(TypeRole::Small);
    const int top = (height() - nameLine - smallLine * (at.narrow ? 2 : 1)) / 2;
    paintRelay(painter, box({4, top + (at.narrow ? 2 : smallLine / 2 + 2), kState, kState}), relayGlyph(m_relay.condition),
        look.colour(Colour::Surface), look);

    const int nameWidth = (at.narrow ? width() : at.trip) - at.name - 8;
    const auto text = [&](TypeRole role, Colour colour, const QRect &part, const QString &words) {
        painter.setFont(look.font(role));
        painter.setPen(look.colour(colour));
        painter.drawText(box(part), align, QFontMetrics(painter.font()).elidedText(words, Qt::ElideRight, part.width()));
    };
    text(TypeRole::Body, Colour::Text, {at.name, top, nameWidth, nameLine}, relayName(m_relay));
    text(TypeRole::Small, Colour::TextSecondary, {at.name, top + nameLine, nameWidth, smallLine},
        relayState(m_relay, m_parts.calendar));
    const QString event = lastEvent(m_relay.lastEventMs, m_parts.calendar);
    if (at.narrow) {
        text(TypeRole::Small, Colour::TextSecondary, {at.name, top + nameLine + smallLine, nameWidth, smallLine},
            roundTrip(m_relay.roundTripMs) + u" · "_s + event);
    } else {
        text(TypeRole::Code, Colour::Text, {at.trip, 0, look.scaled(kTrip), height()}, roundTrip(m_relay.roundTripMs));
        text(TypeRole::Small, Colour::TextSecondary, {at.event, 0, width() - at.event, height()}, event);
    }
}

RelayRow::RelayRow(const Parts &parts, const chat::RelayInfo &relay, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_line(new RelayLine(parts, this))
    , m_details(new Card(parts.look, this))
    , m_handOver(new Label(parts.look, TypeRole::Small, {}, m_details))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_line);
    m_details->setTone(CardTone::Tint);
    m_details->column()->setContentsMargins(14, 10, 14, 6);
    m_details->column()->setSpacing(4);
    auto *title = new Label(parts.look, TypeRole::Label, tr("What this relay could hand over"), m_details);
    title->setWrapping(true);
    m_handOver->setWrapping(true);
    m_handOver->setTone(Tone::Secondary);
    auto *row = new ButtonRow(m_details);
    m_test = new Button(parts.look, ButtonKind::Text, tr("Test again"), u"relayTest"_s, row, ButtonSize::Small);
    m_remove = new Button(parts.look, ButtonKind::Text, tr("Stop using"), u"relayRemove"_s, row, ButtonSize::Small);
    row->addLeading(m_test);
    row->addLeading(m_remove);
    m_details->column()->addWidget(title);
    m_details->column()->addWidget(m_handOver);
    m_details->column()->addWidget(row);
    m_details->setVisible(false);
    auto *indent = new QVBoxLayout;
    indent->addWidget(m_details);
    column->addLayout(indent);
    indent->setContentsMargins(directedMargins(this, 36, 0, 0, 0));
    column->addWidget(new Hairline(Qt::Horizontal, this));

    connect(m_line, &RelayLine::toggled, this, [this](bool open) {
        m_details->setVisible(open);
        Q_EMIT toggled();
    });
    connect(m_test, &Button::clicked, this, [this] { Q_EMIT testWanted(m_url); });
    connect(m_remove, &Button::clicked, this, [this] { Q_EMIT removeWanted(m_url, m_name); });
    setRelay(relay);
}

void RelayRow::setRelay(const chat::RelayInfo &relay)
{
    m_url = relay.url;
    m_name = relayName(relay);
    m_line->setObjectName(u"relayLine_"_s + relay.host);
    m_line->setRelay(relay);
    m_test->setAccessibleName(tr("Test %1 again").arg(m_name));
    m_remove->setAccessibleName(tr("Stop using %1").arg(m_name));
    m_remove->setVisible(relay.own);
}

void RelayRow::setHandOver(const QString &sentence)
{
    m_handOver->setText(sentence);
}

void RelayRow::setTesting(bool testing)
{
    m_test->setEnabled(!testing);
    m_test->setText(testing ? tr("Testing…") : tr("Test again"));
}

} // namespace tacet::ui
