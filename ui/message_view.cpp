#include "ui/message_view.h"

#include "ui/announce.h"
#include "ui/end_button.h"
#include "ui/message_accessible.h"
#include "ui/message_painter.h"
#include "ui/message_words.h"
#include "ui/metrics.h"
#include "ui/overlay_scroll.h"

#include <QPainter>
#include <QScrollBar>
#include <QVariantAnimation>

#include <algorithm>
#include <cmath>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr qreal kTopSpace = 4;
constexpr qreal kEndSpace = 14;
constexpr int kRestStep = 24;       ///< rows laid out between two turns of the event loop
constexpr int kChipMs = 1200;       ///< the floating date goes after this time without scrolling
constexpr int kMomentMs = 700;      ///< messages that arrive within it are announced together
constexpr qreal kUnreadOffset = 24; ///< from the viewport's top to the first unread row at opening

} // namespace

MessageView::MessageView(Look &look, MessageModel &model, const Calendar &calendar, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_look(look)
    , m_model(model)
    , m_calendar(calendar)
    , m_animation(new QVariantAnimation(this))
    , m_endButton(new EndButton(look, this))
{
    installMessageAccessibility();
    setObjectName(u"messages"_s);
    setAccessibleName(tr("Messages"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    verticalScrollBar()->setAccessibleName(tr("Position in the history"));
    new OverlayScroll(look, *this);

    m_rest.setSingleShot(true);
    m_rest.setInterval(0);
    connect(&m_rest, &QTimer::timeout, this, &MessageView::settleRest);
    m_chipTimer.setSingleShot(true);
    m_chipTimer.setInterval(kChipMs);
    connect(&m_chipTimer, &QTimer::timeout, this, [this] {
        m_chipShown = false;
        viewport()->update();
    });
    m_focusTimer.setSingleShot(true);
    m_focusTimer.setInterval(0);
    connect(&m_focusTimer, &QTimer::timeout, this, &MessageView::tellFocus);
    m_speakTimer.setSingleShot(true);
    m_speakTimer.setInterval(kMomentMs);
    connect(&m_speakTimer, &QTimer::timeout, this, &MessageView::speakArrived);
    m_animation->setEasingCurve(QEasingCurve::OutCubic);
    connect(m_animation, &QVariantAnimation::valueChanged, this, [this](const QVariant &value) {
        m_settling = true;
        verticalScrollBar()->setValue(value.toInt());
        m_settling = false;
        viewport()->update();
    });
    m_endButton->hide();
    connect(m_endButton, &EndButton::clicked, this, &MessageView::scrollToEnd);

    connect(&model, &MessageModel::modelReset, this, [this] {
        m_rows.assign(static_cast<std::size_t>(m_model.rowCount()), Row{});
        m_current = m_selectionStart = m_anchor = {};
        m_selected.clear();
        m_unspoken.clear();
        m_pressRow = -1;
        m_stick = true;
        m_endWanted = false;
        m_opening = true;
        m_unseen = 0;
        settle();
    });
    connect(&model, &MessageModel::rowsInserted, this,
        [this](const QModelIndex &, int first, int last) { takeInserted(first, last); });
    connect(&model, &MessageModel::rowsRemoved, this,
        [this](const QModelIndex &, int first, int last) { takeRemoved(first, last); });
    connect(&model, &MessageModel::dataChanged, this, [this](const QModelIndex &from, const QModelIndex &to) {
        for (int row = from.row(); row <= to.row(); ++row)
            forget(row);
        settle();
        if (currentRow() >= from.row() && currentRow() <= to.row())
            tellChanged(currentRow());
    });
    connect(&model, &MessageModel::notSent, this, &MessageView::speakNotSent);
    connect(&model, &MessageModel::opened, this, &MessageView::takeOpened);
    connect(&model, &MessageModel::arrived, this, &MessageView::takeArrived);
    connect(&model, &MessageModel::arrived, this,
        [this] { m_model.trim(m_stick ? -1 : rowAt(verticalScrollBar()->value())); });
    connect(&look, &Look::changed, this, &MessageView::forgetAll);
}

void MessageView::setNarrow(bool narrow)
{
    if (m_narrow == narrow)
        return;
    m_narrow = narrow;
    forgetAll();
}

// ---- What is known of each row

MessageRoom MessageView::room() const
{
    return {viewport()->width(), m_narrow ? metrics::kContentPadNarrow : metrics::kContentPad, layoutDirection()};
}

MessagePlace MessageView::placeOf(int row) const
{
    const chat::Message &message = m_model.at(row);
    MessagePlace place;
    if (row == 0) {
        // Without the message before, a chip is right at the start of the history and harmless elsewhere.
        place.newDay = true;
    } else {
        const chat::Message &above = m_model.at(row - 1);
        place.newDay = m_calendar.date(above.sentMs) != m_calendar.date(message.sentMs);
        place.joinsAbove = !place.newDay && isSameRun(above, message, m_calendar);
    }
    if (message.id == m_model.firstUnread() && m_model.unreadAtOpening() > 0) {
        place.unreadAbove = m_model.unreadAtOpening();
        place.joinsAbove = false;
    }
    if (row + 1 < m_model.rowCount()) {
        const chat::Message &below = m_model.at(row + 1);
        place.joinsBelow = isSameRun(message, below, m_calendar)
            && !(below.id == m_model.firstUnread() && m_model.unreadAtOpening() > 0);
    }
    return place;
}

void MessageView::forget(int row)
{
    if (row >= 0 && row < count())
        m_rows[static_cast<std::size_t>(row)].known = false;
}

void MessageView::forgetAll()
{
    for (Row &row : m_rows)
        row.known = false;
    settle();
}

void MessageView::followTheDay()
{
    if (m_today != m_calendar.today())
        settle();
}

void MessageView::layOut(int row)
{
    Row &entry = m_rows[static_cast<std::size_t>(row)];
    entry.layout = layoutMessage(m_model.at(row), m_model.name(), placeOf(row), room(), m_look, m_calendar);
    entry.height = entry.layout.height;
    entry.known = true;
}

const MessageLayout &MessageView::layoutOf(int row)
{
    Q_ASSERT(row >= 0 && row < count());
    if (!m_rows[static_cast<std::size_t>(row)].known) {
        layOut(row);
        settle();
    }
    return m_rows[static_cast<std::size_t>(row)].layout;
}

// ---- Where rows stand

void MessageView::computeTops()
{
    m_tops.resize(m_rows.size() + 1);
    qreal y = kTopSpace;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_tops[i] = y;
        y += m_rows[i].height;
    }
    m_tops[m_rows.size()] = y;
}

qreal MessageView::contentHeight() const
{
    return m_tops.empty() ? 0 : m_tops.back() + kEndSpace;
}

qreal MessageView::lift() const
{
    return std::max<qreal>(0, viewport()->height() - contentHeight());
}

int MessageView::rowAt(qreal contentY) const
{
    if (m_rows.empty())
        return -1;
    const auto above = std::upper_bound(m_tops.begin(), m_tops.end() - 1, contentY);
    return std::clamp(static_cast<int>(above - m_tops.begin()) - 1, 0, count() - 1);
}

qreal MessageView::bodyTop(int row) const
{
    const Row &entry = m_rows[static_cast<std::size_t>(row)];
    const qreal above = !entry.known ? 0 : entry.layout.isSystem ? entry.layout.text.top() : entry.layout.bubble.top();
    return m_tops[static_cast<std::size_t>(row)] + above;
}

/// Lays out what the viewport shows and a little beyond, then puts the scroll bar where the anchor wants it. Laying
/// out changes heights, which changes what is shown: a few rounds until nothing does.
void MessageView::settle()
{
    if (m_settling)
        return;
    m_settling = true;
    if (const QDate today = m_calendar.today(); std::exchange(m_today, today) != today) {
        for (Row &row : m_rows)
            row.known = false;
    }
    const int height = viewport()->height();
    int target = 0;
    int maximum = 0;
    for (;;) {
        computeTops();
        maximum = std::max(0, static_cast<int>(std::ceil(contentHeight())) - height);
        target = maximum;
        if (!m_stick) {
            const int anchor = m_anchor.isNull() ? -1 : m_model.rowOf(m_anchor);
            target = anchor < 0
                ? verticalScrollBar()->value()
                : static_cast<int>(std::lround(bodyTop(anchor) - m_anchorOffset));
            target = std::clamp(target, 0, maximum);
        }
        if (m_rows.empty())
            break;
        const int first = rowAt(target - height / 2.0);
        const int last = rowAt(target + height * 1.5);
        bool changed = false;
        for (int row = first; row <= last; ++row) {
            if (!m_rows[static_cast<std::size_t>(row)].known) {
                layOut(row);
                changed = true;
            }
        }
        if (!changed)
            break;
    }
    verticalScrollBar()->setPageStep(height);
    verticalScrollBar()->setSingleStep(m_look.scaled(48));
    verticalScrollBar()->setRange(0, maximum);
    m_settling = false;
    setScroll(target, std::exchange(m_animateNext, false));
    if (std::any_of(m_rows.begin(), m_rows.end(), [](const Row &row) { return !row.known; }))
        m_rest.start();
    placeEndButton();
    viewport()->update();
}

void MessageView::settleRest()
{
    int left = kRestStep;
    for (int row = count() - 1; row >= 0 && left > 0; --row) {
        if (!m_rows[static_cast<std::size_t>(row)].known) {
            layOut(row);
            --left;
        }
    }
    settle();
}

void MessageView::setScroll(int value, bool animated)
{
    const int duration = animated ? m_look.duration(metrics::kMotionBase) : 0;
    m_animation->stop();
    if (duration > 0 && isVisible() && value != verticalScrollBar()->value()) {
        m_animation->setStartValue(verticalScrollBar()->value());
        m_animation->setEndValue(value);
        m_animation->setDuration(duration);
        m_animation->start();
        return;
    }
    m_settling = true;
    verticalScrollBar()->setValue(value);
    m_settling = false;
}

void MessageView::rememberAnchor()
{
    const int value = verticalScrollBar()->value();
    m_stick = m_model.reachesEnd() && value >= verticalScrollBar()->maximum() - 2;
    const int row = rowAt(value);
    if (row < 0)
        return;
    m_anchor = m_model.at(row).id;
    m_anchorOffset = bodyTop(row) - value;
}

void MessageView::scrollContentsBy(int, int)
{
    viewport()->update();
    if (!m_settling)
        userScrolled();
}

void MessageView::userScrolled()
{
    m_animation->stop();
    rememberAnchor();
    m_chipShown = true;
    m_chipTimer.start();
    settle();
    const int value = verticalScrollBar()->value();
    const int near = viewport()->height() * 3 / 2;
    if (value < near)
        m_model.loadOlder();
    if (verticalScrollBar()->maximum() - value < near)
        m_model.loadNewer();
}

void MessageView::scrollToEnd()
{
    m_unseen = 0;
    if (!m_model.reachesEnd()) {
        m_model.jumpToEnd();
        m_endWanted = m_opening;
        return;
    }
    m_endWanted = m_opening;
    m_stick = true;
    m_animateNext = true;
    settle();
}

void MessageView::placeEndButton()
{
    const bool away = !m_rows.empty()
        && (!m_model.reachesEnd()
            || (!m_stick && verticalScrollBar()->maximum() - verticalScrollBar()->value() > viewport()->height()));
    if (m_stick)
        m_unseen = 0;
    if (!m_opening)
        tellEnd(m_stick);
    m_endButton->setCount(m_unseen);
    m_endButton->setVisible(away || m_unseen > 0);
    const QSize size = m_endButton->sizeHint();
    const int x = layoutDirection() == Qt::RightToLeft ? 16 : viewport()->width() - size.width() - 12;
    m_endButton->setGeometry(QRect(QPoint(x, viewport()->height() - size.height() - 12), size));
    m_endButton->raise();
}

void MessageView::tellEnd(bool inView)
{
    if (std::exchange(m_toldEnd, inView) != inView)
        Q_EMIT endCameIntoView(inView);
}

// ---- What the model tells

void MessageView::takeOpened()
{
    const bool endWanted = std::exchange(m_endWanted, false);
    const int unread = endWanted || m_model.firstUnread().isNull() ? -1 : m_model.rowOf(m_model.firstUnread());
    m_stick = m_model.reachesEnd() && unread < 0;
    if (!m_stick && count() > 0) {
        const int row = std::max(0, unread);
        layOut(row);
        computeTops();
        m_anchor = m_model.at(row).id;
        m_anchorOffset = bodyTop(row) - m_tops[static_cast<std::size_t>(row)] + (unread >= 0 ? kUnreadOffset : 0);
    }
    settle();
    rememberAnchor();
    m_opening = false;
    placeEndButton();
    if (const int edge = std::exchange(m_currentOnOpen, 0); edge != 0 && count() > 0)
        setCurrentRow(edge < 0 ? 0 : count() - 1);
    // A first page of short lines does not always fill a tall window.
    if (verticalScrollBar()->maximum() == 0)
        m_model.loadOlder();
}

void MessageView::takeInserted(int first, int last)
{
    m_rows.insert(m_rows.begin() + first, static_cast<std::size_t>(last - first + 1), Row{});
    if (m_pressRow >= first)
        m_pressRow += last - first + 1;
    forget(first - 1);
    forget(last + 1);
    settle();
}

void MessageView::takeRemoved(int first, int last)
{
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
    forget(first - 1);
    forget(first);
    if (!m_anchor.isNull() && m_model.rowOf(m_anchor) < 0)
        m_anchor = {};
    if (!m_current.isNull() && m_model.rowOf(m_current) < 0) {
        // The neighbour of a message that was deleted. What left the window has none: nobody chose the row at its edge.
        const bool hasNeighbour = count() > 0 && !m_model.isDropping();
        m_current = hasNeighbour ? m_model.at(std::min(first, count() - 1)).id : chat::MessageId();
        m_focusTimer.start();
    }
    if (m_model.rowOf(m_selectionStart) < 0)
        m_selectionStart = {};
    m_selected.removeIf([this](const chat::MessageId &id) { return m_model.rowOf(id) < 0; });
    // A mouse button that is held stays with the message it was pressed on.
    if (m_pressRow > last)
        m_pressRow -= last - first + 1;
    else if (m_pressRow >= first)
        m_pressRow = -1;
    if (!m_model.reachesEnd())
        m_stick = false;
    settle();
    if (m_anchor.isNull() && !m_stick)
        rememberAnchor();
}

void MessageView::takeArrived(const chat::MessageId &message, bool own)
{
    if (own) {
        scrollToEnd();
        return;
    }
    if (m_stick) {
        m_animateNext = true;
        settle();
    } else {
        ++m_unseen;
        placeEndButton();
    }
    if (!isVisible() || !isActiveWindow())
        return; // who is elsewhere hears the desktop's notification
    m_unspoken.append(message);
    if (!m_speakTimer.isActive())
        speakArrived();
}

/// The first message at once; what comes within a moment of it together, so that weeks of mail are one sentence.
void MessageView::speakArrived()
{
    const QList<chat::MessageId> arrived = std::exchange(m_unspoken, {});
    if (arrived.isEmpty())
        return;
    m_speakTimer.start();
    const int row = m_model.rowOf(arrived.last());
    if (arrived.size() > 1)
        announce(*this, newMessagesText(static_cast<int>(arrived.size())));
    else if (row >= 0)
        announce(*this, spoken(row));
}

void MessageView::speakNotSent(const chat::MessageId &message)
{
    const int row = m_model.rowOf(message);
    if (row >= 0 && isVisible() && isActiveWindow())
        announce(*this, u"%1: %2"_s.arg(notSentText(), beginning(m_model.at(row), m_model.name())));
}

// ---- Painting

void MessageView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    if (m_rows.empty())
        return;
    const qreal scroll = verticalScrollBar()->value() - lift();
    const int first = rowAt(scroll);
    const int last = rowAt(scroll + viewport()->height());
    const bool ring = m_look.showsFocus(this);
    for (int row = first; row <= last; ++row) {
        const Row &entry = m_rows[static_cast<std::size_t>(row)];
        if (!entry.known)
            continue; // on its way: settle() runs before the next paint
        const chat::Message &message = m_model.at(row);
        MessagePaint paint;
        paint.own = message.own;
        paint.selected = m_selected.contains(message.id);
        paint.focused = ring && message.id == m_current;
        paint.width = viewport()->width();
        paint.direction = layoutDirection();
        paintMessage(painter, m_tops[static_cast<std::size_t>(row)] - scroll, entry.layout, paint, m_look);
    }
    if (!m_chipShown)
        return;
    const Row &top = m_rows[static_cast<std::size_t>(first)];
    const qreal ownChip = m_tops[static_cast<std::size_t>(first)] - scroll + top.layout.chip.top();
    if (!top.layout.chip.isNull() && ownChip > 0)
        return;
    const QString day = m_calendar.day(m_model.at(first).sentMs);
    QFont font = m_look.font(TypeRole::Caption);
    font.setWeight(QFont::Medium);
    const qreal width = QFontMetricsF(font).horizontalAdvance(day) + 24;
    const qreal height = std::max(24, m_look.line(TypeRole::Caption) + 8);
    const QRectF box(std::round((viewport()->width() - width) / 2), 8, width, height);
    paintDateChip(painter, box, day, m_look);
    strokeRounded(painter, box, height / 2, m_look.colour(Colour::Hairline), 1);
}

void MessageView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) {
        for (Row &row : m_rows)
            row.known = false;
    }
    settle();
}

void MessageView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::LayoutDirectionChange)
        forgetAll();
}

} // namespace tacet::ui
