#pragma once
// What can be done with a chat or a message as a whole: asks where something is lost, calls the facade, says the
// outcome.
#include "app/session/session_facade.h"
#include "ui/calendar.h"
#include "ui/chat_list_model.h"
#include "ui/look.h"

#include <QObject>

class QMenu;
class QUrl;

namespace tacet::ui {

class ChatActs final : public QObject {
    Q_OBJECT

public:
    /// `host` is the widget that sheets lie over.
    ChatActs(Look &look, session::SessionFacade &facade, ChatListModel &chats, const Calendar &calendar, QWidget &host);

    /// The menu of a chat; deletes itself when closed. Null when the chat is gone.
    QMenu *menuFor(const chat::ContactId &chat, QWidget *parent);

    void setPinned(const chat::ContactId &chat, bool pinned);
    void setMuted(const chat::ContactId &chat, bool muted);
    void rename(const chat::ContactId &chat);
    void clearHistory(const chat::ContactId &chat);
    void setBlocked(const chat::ContactId &chat, bool blocked);
    void acceptRequest(const chat::ContactId &chat);
    void declineRequest(const chat::ContactId &chat);
    /// Asks once more; the default is to leave things as they are.
    void acceptNewKey(const chat::ContactId &chat, qint64 keyChangedMs);
    void explainNewKey(const chat::ContactId &chat);

    void retry(const chat::MessageId &message);
    /// Asks with the message's beginning: the row that is meant need not be in view.
    void deleteForMe(const chat::Message &message, const QString &name);
    void showDetails(const chat::Message &message, const QString &name);
    /// Shows the whole address before it goes to a browser.
    void openAddress(const QUrl &address);

Q_SIGNALS:
    void safetyNumberRequested(const tacet::chat::ContactId &chat);
    /// A sentence for a toast.
    void said(const QString &sentence);

private:
    session::Reply<Done> answer(const chat::ContactId &chat, const QString &done = {});
    QString nameOf(const chat::ContactId &chat) const;

    Look &m_look;
    session::SessionFacade &m_facade;
    ChatListModel &m_chats;
    const Calendar &m_calendar;
    QWidget &m_host;
};

} // namespace tacet::ui
