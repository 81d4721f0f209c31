#pragma once
// Which messages the desktop is told of, in which words, and when that is taken back: as soon as the message is read
// or gone, and at once when the profile locks. What arrives in a row is announced once. By default a notification says
// "New message" and nothing else.
#include "app/session/session_facade.h"
#include "ui/notifier.h"

#include <QSet>
#include <QTimer>

#include <functional>
#include <optional>

namespace tacet::ui {

class Notifications final : public QObject {
    Q_OBJECT

public:
    /// The chat that the person looks at now (nothing: none): what arrives there is not announced.
    using Viewed = std::function<std::optional<chat::ContactId>()>;

    /// Both must outlive this.
    Notifications(
        session::SessionFacade &session, Notifier &notifier, Viewed viewed, QObject *parent = nullptr);

    /// The lock is shown: from now on nothing names anybody, although the vault is still to be closed.
    void hideNames();

Q_SIGNALS:
    /// A notification was clicked: raise the window; null while locked or when it stood for no chat.
    void chatWanted(const tacet::chat::ContactId &chat);

private:
    void take(const chat::Fact &fact);
    void messageArrived(const chat::Message &message);
    bool announce(const chat::Message &message); ///< false: this one is nobody's business
    void announceWaiting();
    void forget(const chat::ContactId &chat);
    void forgetAll();
    void readAll();
    void profileIs(const session::ProfileStatus &status);

    session::SessionFacade &m_session;
    Notifier &m_notifier;
    QHash<chat::ContactId, chat::ChatSummary> m_chats;
    QSet<chat::ContactId> m_shown;
    QSet<chat::ContactId> m_recent; ///< announced a moment ago
    QHash<chat::ContactId, chat::Message> m_waiting; ///< the newest of what came since
    QTimer m_moment;
    Viewed m_viewed;
    int m_level = 1; ///< chat::Settings::notifications
    bool m_namesHidden = false;
};

} // namespace tacet::ui
