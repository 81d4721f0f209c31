// Keys, mouse, selection and context menu of the message view.
#include "ui/message_accessible.h"
#include "ui/message_view.h"
#include "ui/message_words.h"
#include "ui/rich_runs.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>

namespace tacet::ui {
using namespace Qt::StringLiterals;

// ---- Current row and selection

int MessageView::currentRow() const
{
    return m_current.isNull() ? -1 : m_model.rowOf(m_current);
}

void MessageView::setCurrentRow(int row)
{
    if (row < 0 || row >= count())
        return;
    m_current = m_model.at(row).id;
    ensureVisible(row);
    m_focusTimer.start();
    viewport()->update();
}

bool MessageView::isSelected(int row) const
{
    return m_selected.contains(m_model.at(row).id);
}

void MessageView::select(int from, int to)
{
    m_selected.clear();
    for (int row = std::min(from, to); row <= std::max(from, to); ++row) {
        if (m_model.at(row).system == chat::SystemLine::None)
            m_selected.insert(m_model.at(row).id);
    }
    viewport()->update();
}

void MessageView::clearSelection()
{
    m_selected.clear();
    m_selectionStart = {};
    viewport()->update();
}

void MessageView::moveCurrent(int rows, bool extend)
{
    if (count() == 0)
        return;
    const int before = currentRow();
    int row = before;
    if (row < 0)
        row = std::max(0, rowAt(verticalScrollBar()->value() - lift() + viewport()->height() - 1));
    else
        row = std::clamp(row + rows, 0, count() - 1);
    if (extend && m_selectionStart.isNull())
        m_selectionStart = m_model.at(before < 0 ? row : before).id;
    setCurrentRow(row);
    if (extend) {
        const int start = m_model.rowOf(m_selectionStart);
        select(start < 0 ? row : start, row);
    } else {
        clearSelection();
    }
    if (row == 0)
        m_model.loadOlder();
    if (row == count() - 1)
        m_model.loadNewer();
}

void MessageView::ensureVisible(int row)
{
    layoutOf(row);
    const qreal top = m_tops[static_cast<std::size_t>(row)];
    const qreal bottom = top + m_rows[static_cast<std::size_t>(row)].height;
    const int value = verticalScrollBar()->value();
    const int height = viewport()->height();
    if (top < value)
        verticalScrollBar()->setValue(static_cast<int>(top) - 4);
    else if (bottom > value + height)
        verticalScrollBar()->setValue(static_cast<int>(std::min(top, bottom - height + 8)));
}

QString MessageView::spoken(int row) const
{
    const MessagePlace place = placeOf(row);
    QStringList said;
    if (place.unreadAbove > 0)
        said.append(newMessagesText(place.unreadAbove));
    if (place.newDay)
        said.append(m_calendar.day(m_model.at(row).sentMs));
    said.append(m_model.data(m_model.index(row), Qt::AccessibleTextRole).toString());
    return said.join(u", "_s);
}

QString MessageView::selectedText() const
{
    QList<int> rows;
    for (int row = 0; row < count(); ++row) {
        if (isSelected(row))
            rows.append(row);
    }
    if (rows.isEmpty() && currentRow() >= 0)
        rows.append(currentRow());
    if (rows.size() == 1) {
        const chat::Message &message = m_model.at(rows.first());
        return message.system == chat::SystemLine::None ? message.text : systemLineText(message, m_model.name());
    }
    // Several: who and when stand before each, as a person would quote them.
    QStringList lines;
    for (const int row : rows) {
        const chat::Message &message = m_model.at(row);
        lines.append(u"%1, %2:\n%3"_s.arg(
            message.own ? tr("You") : m_model.name(), m_calendar.full(message.sentMs), message.text));
    }
    return lines.join(u"\n\n"_s);
}

void MessageView::copySelection()
{
    const QString text = selectedText();
    if (text.isEmpty())
        return;
    QApplication::clipboard()->setText(text);
    Q_EMIT copied(std::max(1, static_cast<int>(m_selected.size())));
}

void MessageView::tellFocus()
{
    if (!hasFocus() || currentRow() < 0 || !QAccessible::isActive())
        return;
    QAccessibleEvent focus(this, QAccessible::Focus);
    focus.setChild(currentRow());
    QAccessible::updateAccessibility(&focus);
}

/// The row that the keyboard is on says something else now: its state is part of its name.
void MessageView::tellChanged(int row)
{
    if (!hasFocus() || !QAccessible::isActive())
        return;
    QAccessibleEvent changed(this, QAccessible::NameChanged);
    changed.setChild(row);
    QAccessible::updateAccessibility(&changed);
}

// ---- Keys

void MessageView::keyPressEvent(QKeyEvent *event)
{
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const Qt::KeyboardModifiers beyondShift = event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier);
    const int row = currentRow();
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    if (event->matches(QKeySequence::SelectAll) && count() > 0) {
        select(0, count() - 1);
        return;
    }
    if (beyondShift != Qt::NoModifier) {
        event->ignore();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up: moveCurrent(-1, shift); return;
    case Qt::Key_Down: moveCurrent(1, shift); return;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        verticalScrollBar()->triggerAction(
            event->key() == Qt::Key_PageUp ? QAbstractSlider::SliderPageStepSub : QAbstractSlider::SliderPageStepAdd);
        if (count() > 0)
            setCurrentRow(rowAt(verticalScrollBar()->value() - lift()
                + (event->key() == Qt::Key_PageUp ? 8 : viewport()->height() - 24)));
        return;
    case Qt::Key_Home:
        if (!m_model.reachesStart()) {
            m_currentOnOpen = -1;
            tellEnd(false); // from here on, whatever the start brings
            m_model.jumpToStart();
        } else if (count() > 0) {
            setCurrentRow(0);
            verticalScrollBar()->setValue(0);
        }
        return;
    case Qt::Key_End:
        m_currentOnOpen = m_model.reachesEnd() ? 0 : 1;
        scrollToEnd();
        if (m_currentOnOpen == 0 && count() > 0)
            setCurrentRow(count() - 1);
        return;
    case Qt::Key_Escape:
        if (m_selected.isEmpty())
            event->ignore();
        else
            clearSelection();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (row >= 0)
            Q_EMIT detailsRequested(m_current);
        return;
    case Qt::Key_Delete:
        if (row >= 0 && m_model.at(row).system == chat::SystemLine::None)
            Q_EMIT deleteRequested(m_current);
        return;
    case Qt::Key_C:
        if (row >= 0) {
            copySelection();
            return;
        }
        break;
    default: break;
    }
    if (!event->text().isEmpty() && event->text().at(0).isPrint()) {
        Q_EMIT typed(event->text());
        return;
    }
    event->ignore();
}

void MessageView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason
        || event->reason() == Qt::ShortcutFocusReason;
    if (byKey && currentRow() < 0)
        moveCurrent(0, false);
    m_focusTimer.start();
    viewport()->update();
}

void MessageView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

// ---- Mouse

int MessageView::rowUnder(const QPoint &point) const
{
    const qreal y = point.y() + verticalScrollBar()->value() - lift();
    if (m_rows.empty() || y < 0 || y > contentHeight())
        return -1;
    return rowAt(y);
}

QRect MessageView::bodyRect(int row)
{
    const MessageLayout &layout = layoutOf(row);
    const QRectF body = layout.isSystem ? layout.text.united(layout.systemIconBox) : layout.bubble;
    const qreal top = m_tops[static_cast<std::size_t>(row)] - verticalScrollBar()->value() + lift();
    return body.translated(0, top).toAlignedRect();
}

QUrl MessageView::addressUnder(const QPoint &point) const
{
    const int row = rowUnder(point);
    if (row < 0)
        return {};
    const Row &entry = m_rows[static_cast<std::size_t>(row)];
    if (!entry.known || !entry.layout.block || entry.layout.isSystem)
        return {};
    const qreal top = m_tops[static_cast<std::size_t>(row)] - verticalScrollBar()->value() + lift();
    return entry.layout.block->addressAt(QPointF(point) - QPointF(0, top) - entry.layout.text.topLeft());
}

void MessageView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressRow = rowUnder(event->position().toPoint());
    m_dragging = false;
    if (m_pressRow >= 0 && (event->modifiers() & Qt::ShiftModifier) && currentRow() >= 0) {
        if (m_selectionStart.isNull())
            m_selectionStart = m_current;
        const int start = m_model.rowOf(m_selectionStart);
        select(start < 0 ? m_pressRow : start, m_pressRow);
        m_current = m_model.at(m_pressRow).id;
        m_pressRow = -1;
    }
}

void MessageView::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint point = event->position().toPoint();
    if ((event->buttons() & Qt::LeftButton) && m_pressRow >= 0) {
        const int row = rowUnder(point);
        if (row >= 0 && (row != m_pressRow || m_dragging)) {
            m_dragging = true;
            select(m_pressRow, row);
            m_current = m_model.at(row).id; // keys mean what was chosen last
        }
        return;
    }
    const int row = rowUnder(point);
    bool active = !addressUnder(point).isEmpty();
    if (!active && row >= 0 && m_rows[static_cast<std::size_t>(row)].known) {
        const qreal top = m_tops[static_cast<std::size_t>(row)] - verticalScrollBar()->value() + lift();
        active = m_rows[static_cast<std::size_t>(row)].layout.notSent.translated(0, top).contains(point);
    }
    viewport()->setCursor(active ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void MessageView::mouseReleaseEvent(QMouseEvent *event)
{
    const int row = std::exchange(m_pressRow, -1);
    if (event->button() != Qt::LeftButton || std::exchange(m_dragging, false) || row < 0)
        return;
    const QPoint point = event->position().toPoint();
    if (rowUnder(point) != row || row >= count())
        return;
    const QUrl address = addressUnder(point);
    if (!address.isEmpty()) {
        Q_EMIT addressActivated(address);
        return;
    }
    const qreal top = m_tops[static_cast<std::size_t>(row)] - verticalScrollBar()->value() + lift();
    const QRectF notSent = layoutOf(row).notSent;
    if (!notSent.isNull() && notSent.adjusted(-8, -8, 8, 8).translated(0, top).contains(point)) {
        Q_EMIT retryRequested(m_model.at(row).id);
        return;
    }
    clearSelection();
    m_current = m_model.at(row).id;
    viewport()->update();
}

void MessageView::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const int row = byKey ? currentRow() : rowUnder(viewport()->mapFromGlobal(event->globalPos()));
    if (row < 0)
        return;
    m_current = m_model.at(row).id;
    if (!m_selected.contains(m_current))
        clearSelection(); // the whole menu means one row
    const QPoint at = byKey ? viewport()->mapToGlobal(bodyRect(row).center()) : event->globalPos();
    menuFor(row, byKey ? QUrl() : addressUnder(viewport()->mapFromGlobal(event->globalPos())))->popup(at);
}

QMenu *MessageView::menuFor(int row, const QUrl &address)
{
    const chat::Message message = m_model.at(row);
    auto *menu = new QMenu(this);
    menu->setObjectName(u"messageMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [this, menu](Icon icon, const QString &text, const QString &name, auto act) {
        QAction *action = menu->addAction(
            m_look.icons().icon(icon, 20, m_look.colour(Colour::TextSecondary), layoutDirection()), text, this, act);
        action->setObjectName(name);
    };
    const QList<QUrl> addresses = address.isEmpty() ? addressesIn(message) : QList<QUrl>{address};
    for (const QUrl &each : addresses) {
        add(Icon::Link,
            addresses.size() == 1 ? tr("Open address…") : tr("Open address at %1…").arg(each.host(QUrl::FullyEncoded)),
            u"openAddress"_s, [this, each] { Q_EMIT addressActivated(each); });
    }
    if (addresses.size() == 1) {
        add(Icon::Copy, tr("Copy address"), u"copyAddress"_s, [this, only = addresses.first()] {
            QApplication::clipboard()->setText(only.toString(QUrl::FullyEncoded));
            Q_EMIT copied(1);
        });
    }
    if (!addresses.isEmpty())
        menu->addSeparator();
    add(Icon::Copy, m_selected.size() > 1 ? tr("Copy %1 messages").arg(m_selected.size()) : tr("Copy text"),
        u"copyText"_s, [this] { copySelection(); });
    if (message.state == chat::MessageState::Failed)
        add(Icon::Send, tr("Try again"), u"tryAgain"_s, [this, id = message.id] { Q_EMIT retryRequested(id); });
    if (message.system == chat::SystemLine::None) {
        add(Icon::Info, tr("Message details"), u"messageDetails"_s,
            [this, id = message.id] { Q_EMIT detailsRequested(id); });
        menu->addSeparator();
        add(Icon::Trash, tr("Delete for me…"), u"deleteForMe"_s,
            [this, id = message.id] { Q_EMIT deleteRequested(id); });
    }
    return menu;
}

} // namespace tacet::ui
