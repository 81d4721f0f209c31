#pragma once
// One open chat: header, banners, history, composer. Without a chat, the sentence that says how to choose one.
#include "app/session/session_facade.h"
#include "ui/chat_list_model.h"
#include "ui/message_model.h"

#include <QHash>
#include <QTimer>
#include <QWidget>

class QStackedWidget;

namespace tacet::ui {

class Banner;
class ChatActs;
class ChatHeader;
class Composer;
class EmptyState;
class Label;
class Look;
class MessageView;
class Toast;

class ChatPage final : public QWidget {
    Q_OBJECT

public:
    /// Everything must outlive the page. What it has to say goes to `toast`, which is the window's.
    ChatPage(Look &look, session::SessionFacade &facade, ChatListModel &chats, ChatActs &acts, const Calendar &calendar,
        Toast &toast, QWidget *parent = nullptr);

    void openChat(const chat::ContactId &chat);
    void closeChat();
    /// No chat, and no word or name of one in any label.
    void forgetProfile();
    const chat::ContactId &chat() const { return m_chat; }
    /// One column: an arrow back, less padding.
    void setNarrow(bool narrow);
    /// Whether the window is the one in use: messages count as read only then, and while this page is seen.
    void setWindowActive(bool active);
    /// Whether a sheet lies over it: what arrives then is seen by nobody.
    void setCovered(bool covered);
    /// Whether no relay answers at all.
    void setOffline(bool offline);
    void setSendWithCtrlEnter(bool on);
    /// Writes the draft that is not written yet; before locking and quitting.
    void flushDraft();

    MessageView *view() const { return m_view; }
    Composer *composer() const { return m_composer; }
    ChatHeader *header() const { return m_header; }
    Toast *toast() const { return m_toast; }
    /// Enter the composer, or the history where writing is not possible.
    void takeFocus();

Q_SIGNALS:
    void backRequested();
    void openLinkRequested();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void refresh();
    void refreshComposer(const chat::ChatSummary &chat);
    void refreshKeyBanner(const chat::ChatSummary &chat);
    void leaveChat();
    void send(const QString &text);
    void giveBack(const chat::ContactId &chat, const QString &text);
    void setTyping(bool typing);
    void tellOpenChat();

    Look &m_look;
    session::SessionFacade &m_facade;
    ChatListModel &m_chats;
    ChatActs &m_acts;
    const Calendar &m_calendar;
    Toast *m_toast;
    MessageModel m_model;
    chat::ContactId m_chat;

    QStackedWidget *m_stack;
    QWidget *m_conversation;
    ChatHeader *m_header;
    Banner *m_offline;
    Banner *m_keyChanged;
    MessageView *m_view;
    Label *m_emptyChat;
    Composer *m_composer;
    EmptyState *m_noChat;

    QTimer m_draftTimer;
    QTimer m_typingTimer;
    bool m_draftDirty = false;
    /// What stood in the composer when a chat was left. Drafts are written here alone, so it is newer than any summary
    /// for as long as the profile is open.
    QHash<chat::ContactId, QString> m_left;
    bool m_typing = false;
    bool m_active = false;
    bool m_covered = false;
    bool m_endInView = true;
    QString m_blockedBy; ///< what the composer's blocked line stands for, so that it is not rebuilt at each fact
};

} // namespace tacet::ui
