#pragma once
// The list column: search by name, a button for new chats, and the rows of one section.
#include "ui/chat_list_model.h"
#include "ui/controls.h"
#include "ui/look.h"

#include <QListView>
#include <QStackedWidget>
#include <QWidget>

namespace tacet::ui {

class ChatDelegate;
class EmptyState;

/// The rows. Enter or a click opens a chat; moving alone does not, because opening tells the other side "read".
class ChatListView final : public QListView {
    Q_OBJECT

public:
    ChatListView(Look &look, ChatFilter &filter, const Calendar &calendar, QWidget *parent = nullptr);

    void setOpenChat(const chat::ContactId &chat);

Q_SIGNALS:
    void chatChosen(const tacet::chat::ContactId &chat);
    void menuRequested(const tacet::chat::ContactId &chat, const QPoint &globalPosition);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    ChatFilter &m_filter;
    ChatDelegate *m_delegate;
    chat::ContactId m_open;
};

class ChatColumn final : public QWidget {
    Q_OBJECT

public:
    ChatColumn(Look &look, ChatListModel &model, const Calendar &calendar, QWidget *parent = nullptr);

    void setSection(Section section);
    Section section() const { return m_filter.section(); }
    void setOpenChat(const chat::ContactId &chat) { m_list->setOpenChat(chat); }
    ChatFilter &filter() { return m_filter; }
    ChatListView *list() const { return m_list; }
    SearchField *searchField() const { return m_search; }
    /// Esc in the field, then in the list: answers whether there was something to clear.
    bool clearSearch();
    /// The profile is locked: no searched name stays, nor can it be brought back.
    void forget();
    /// The menu of the new chat button.
    void showNewMenu();

Q_SIGNALS:
    void chatChosen(const tacet::chat::ContactId &chat);
    void menuRequested(const tacet::chat::ContactId &chat, const QPoint &globalPosition);
    void inviteRequested();
    void openLinkRequested();

private:
    void refreshEmpty();

    Look &m_look;
    ChatListModel &m_model;
    ChatFilter m_filter;
    SearchField *m_search;
    IconButton *m_new;
    ChatListView *m_list;
    QStackedWidget *m_stack;
    EmptyState *m_nobody;
    EmptyState *m_noRequests;
    EmptyState *m_noMatch;
};

} // namespace tacet::ui
