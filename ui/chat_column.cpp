#include "ui/chat_column.h"

#include "ui/chat_delegate.h"
#include "ui/empty_state.h"
#include "ui/metrics.h"
#include "ui/overlay_scroll.h"
#include "ui/rich_runs.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {
using namespace Qt::StringLiterals;

// ---- ChatListView

ChatListView::ChatListView(Look &look, ChatFilter &filter, const Calendar &calendar, QWidget *parent)
    : QListView(parent)
    , m_filter(filter)
    , m_delegate(new ChatDelegate(look, calendar, this))
{
    setObjectName(u"chatList"_s);
    setAccessibleName(tr("Chats"));
    setModel(&filter);
    setItemDelegate(m_delegate);
    setUniformItemSizes(true);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(QAbstractItemView::NoSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    viewport()->setAutoFillBackground(false);
    verticalScrollBar()->setAccessibleName(tr("Position in the list"));
    new OverlayScroll(look, *this);
    connect(this, &QListView::clicked, this,
        [this](const QModelIndex &index) { Q_EMIT chatChosen(m_filter.idAt(index.row())); });
    connect(&look, &Look::changed, this, [this] {
        scheduleDelayedItemsLayout();
        viewport()->update();
    });
}

void ChatListView::setOpenChat(const chat::ContactId &chat)
{
    m_open = chat;
    m_delegate->setOpenChat(chat);
    const int row = m_filter.rowOf(chat);
    if (row >= 0) {
        setCurrentIndex(m_filter.index(row, 0));
        scrollTo(m_filter.index(row, 0));
    }
    viewport()->update();
}

void ChatListView::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (currentIndex().isValid())
            Q_EMIT chatChosen(m_filter.idAt(currentIndex().row()));
        return;
    case Qt::Key_Escape: event->ignore(); return;
    default: QListView::keyPressEvent(event);
    }
}

void ChatListView::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    if (!index.isValid())
        return;
    const QPoint at = byKey ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos();
    Q_EMIT menuRequested(m_filter.idAt(index.row()), at);
}

void ChatListView::focusInEvent(QFocusEvent *event)
{
    QListView::focusInEvent(event);
    if (!currentIndex().isValid() && m_filter.rowCount() > 0)
        setCurrentIndex(m_filter.index(std::max(0, m_filter.rowOf(m_open)), 0));
}

void ChatListView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    // QListView of Qt 6.4 tells screen readers that the row has the focus, wherever that is.
    if (hasFocus())
        QListView::currentChanged(current, previous);
    else
        QAbstractItemView::currentChanged(current, previous);
}

// ---- ChatColumn

ChatColumn::ChatColumn(Look &look, ChatListModel &model, const Calendar &calendar, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_model(model)
    , m_filter(model)
    , m_search(new SearchField(look, tr("Search names"), u"chatSearch"_s, this))
    , m_new(new IconButton(look, Icon::Compose, tr("New chat"), u"newChat"_s, this))
    , m_list(new ChatListView(look, m_filter, calendar, this))
    , m_stack(new QStackedWidget(this))
    , m_nobody(new EmptyState(
          look, tr("Nobody here yet. Invite someone, or paste a link you were given."), u"nobodyYet"_s, this))
    , m_noRequests(new EmptyState(
          look, tr("No requests. Strangers who open your reusable address appear here first."), u"noRequests"_s, this))
    , m_noMatch(new EmptyState(look, {}, u"noMatch"_s, this))
{
    setObjectName(u"listColumn"_s);
    setProperty("ground", u"list"_s);
    setAttribute(Qt::WA_StyledBackground);
    setMinimumWidth(metrics::kListMin);

    m_new->setSizes(22, metrics::kHitMin);
    m_new->setShortcutText(QKeySequence(Qt::CTRL | Qt::Key_N));
    auto *header = new QHBoxLayout;
    header->setContentsMargins(12, 12, 12, 12);
    header->setSpacing(8);
    header->addWidget(m_search, 1);
    header->addWidget(m_new);

    Button *invite = m_nobody->addButton(ButtonKind::Primary, tr("Invite someone"), u"emptyInvite"_s);
    Button *open = m_nobody->addButton(ButtonKind::Text, tr("Paste a link"), u"emptyOpenLink"_s);
    connect(invite, &Button::clicked, this, &ChatColumn::inviteRequested);
    connect(open, &Button::clicked, this, &ChatColumn::openLinkRequested);

    m_stack->addWidget(m_list);
    m_stack->addWidget(m_nobody);
    m_stack->addWidget(m_noRequests);
    m_stack->addWidget(m_noMatch);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(header);
    column->addWidget(m_stack, 1);

    connect(m_new, &IconButton::clicked, this, &ChatColumn::showNewMenu);
    connect(m_search, &SearchField::textChanged, this, [this](const QString &text) {
        m_filter.setWords(text);
        refreshEmpty();
    });
    connect(m_search, &SearchField::moveRequested, this, [this](int rows) {
        if (m_filter.rowCount() == 0)
            return;
        m_list->setFocus(Qt::ShortcutFocusReason);
        m_list->setCurrentIndex(m_filter.index(rows > 0 ? 0 : m_filter.rowCount() - 1, 0));
    });
    connect(m_search, &SearchField::activated, this, [this] {
        if (m_filter.rowCount() > 0 && !m_search->text().isEmpty())
            Q_EMIT chatChosen(m_filter.idAt(0));
    });
    connect(m_list, &ChatListView::chatChosen, this, &ChatColumn::chatChosen);
    connect(m_list, &ChatListView::menuRequested, this, &ChatColumn::menuRequested);
    connect(&model, &ChatListModel::countsChanged, this, &ChatColumn::refreshEmpty);
    refreshEmpty();
}

void ChatColumn::setSection(Section section)
{
    m_filter.setSection(section);
    m_search->clear();
    const QString name = section == Section::Requests ? tr("Requests")
        : section == Section::Contacts                ? tr("Contacts")
                                                      : tr("Chats");
    m_list->setAccessibleName(name);
    refreshEmpty();
}

bool ChatColumn::clearSearch()
{
    if (m_search->text().isEmpty())
        return false;
    m_search->clear();
    return true;
}

void ChatColumn::forget()
{
    m_search->setText({}); // unlike clear() it leaves nothing to undo
    m_noMatch->setSentence({});
}

void ChatColumn::refreshEmpty()
{
    QWidget *shown = m_list;
    if (m_model.isLoaded() && m_filter.rowCount() == 0) {
        if (!m_filter.words().isEmpty()) {
            m_noMatch->setSentence(tr("No name here begins with “%1”.").arg(visibleLine(m_filter.words(), 60)));
            shown = m_noMatch;
        } else {
            shown = m_filter.section() == Section::Requests ? m_noRequests : m_nobody;
        }
    }
    m_stack->setCurrentWidget(shown);
}

void ChatColumn::showNewMenu()
{
    auto *menu = new QMenu(this);
    menu->setObjectName(u"newChatMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto icon = [this](Icon name) {
        return m_look.icons().icon(name, 20, m_look.colour(Colour::TextSecondary), layoutDirection());
    };
    menu->addAction(icon(Icon::Qr), tr("Invite someone…"), this, &ChatColumn::inviteRequested)
        ->setObjectName(u"menuInvite"_s);
    menu->addAction(icon(Icon::Link), tr("Open a link…"), this, &ChatColumn::openLinkRequested)
        ->setObjectName(u"menuOpenLink"_s);
    menu->popup(m_new->mapToGlobal(QPoint(0, m_new->height() + 4)));
}

} // namespace tacet::ui
