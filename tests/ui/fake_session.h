#pragma once
// A messenger without engine for tests and pictures of the window: the facade over plain lists. Answers are posted,
// as from a thread, or held back until a test releases them one by one.
#include "app/session/session_facade.h"

#include <QHash>

#include <deque>
#include <optional>

namespace tacet::test {

/// 21 November 2024, 10:14 in UTC: the "now" of the demo data, in ms since 1970.
inline constexpr qint64 kDemoNow = 1732184040000;

/// The order of messages in a chat.
inline bool before(const chat::Message &a, const chat::Message &b)
{
    return std::tie(a.sortMs, a.own, a.sequence, a.id) < std::tie(b.sortMs, b.own, b.sequence, b.id);
}

/// The n-th id of this session; never null.
template<typename AnyId>
AnyId numbered(quint64 number)
{
    AnyId id;
    for (std::size_t i = 0; i < 8; ++i)
        id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    id.bytes[0] = 0x7a; // never null
    return id;
}

class FakeSession final : public session::SessionFacade {
    Q_OBJECT

public:
    /// An open profile with nobody in it.
    FakeSession();

    // --- What a test sets up ---
    /// The people of the pictures.
    void fillWithDemo();
    /// Adds a contact; the id is made from the number of contacts before it.
    chat::ContactId addContact(const QString &name, int colour, chat::Trust trust = chat::Trust::NotCompared);
    chat::MessageId addMessage(const chat::ContactId &chat, const QString &text, qint64 sentMs, bool own,
        chat::MessageState state = chat::MessageState::Received);
    void addSystemLine(const chat::ContactId &chat, chat::SystemLine line, qint64 sentMs, const QString &argument = {});
    /// `count` messages a minute apart, ending before now.
    void fillChat(const chat::ContactId &chat, int count);
    chat::ChatSummary &summary(const chat::ContactId &chat);
    /// The first unread message of a chat and how many from there on.
    void setUnread(const chat::ContactId &chat, int count);
    chat::ContactId idOf(const QString &name) const;

    // --- What a test makes happen ---
    void receive(const chat::ContactId &chat, const QString &text);
    void setMessageState(const chat::MessageId &message, chat::MessageState state, int relays = 0);
    void removeMessage(const chat::MessageId &message);
    void announce(const chat::Fact &fact) { Q_EMIT factStored(fact); }
    void changeChat(const chat::ContactId &chat); ///< emits ChatChanged with the present summary
    void setProfile(const session::ProfileStatus &status);
    /// While held, answers wait; release() gives the oldest `count` of them (-1: all).
    void holdAnswers(bool on) { m_holding = on; }
    void release(int count = -1);
    int heldAnswers() const { return static_cast<int>(m_held.size()); }
    /// The next call that can fail answers this.
    void failNext(chat::TroubleCode code, const QString &detail = {}, qint64 number = 0);

    // --- What a test looks at ---
    qint64 now = kDemoNow;
    bool lockIsSlow = false; ///< lock() waits with the answers that are held back
    int pagesAsked = 0;
    std::optional<chat::ContactId> openChat;
    bool openChatActive = false;
    QStringList calls;  ///< names of acts with their main argument, in order
    QString passphrase; ///< what unlock expects

    // --- SessionFacade ---
    session::ProfileStatus profile() const override { return m_profile; }
    void tryProfileAgain() override;
    void createProfile(session::CreateProfile request, session::Reply<session::Created> reply) override;
    void unlock(crypto::SecretBuffer passphrase, session::Reply<Done> reply) override;
    void unlockWithKeychain(session::Reply<Done> reply) override;
    void unlockWithRecoveryCode(crypto::SecretBuffer code, session::Reply<Done> reply) override;
    void lock() override;
    void setProfileAside(session::Reply<QString> reply) override;
    void changePassphrase(crypto::SecretBuffer current, crypto::SecretBuffer next, session::Reply<Done> reply) override;
    void setKeychainUnlock(bool on, session::Reply<Done> reply) override;
    void renewRecoveryCode(session::Reply<QStringList> reply) override;
    void confirmRecoveryCode(session::Reply<Done> reply) override;
    void chats(session::Reply<QList<chat::ChatSummary>> reply) override;
    void page(chat::ContactId chat, chat::Anchor anchor, chat::PageDirection direction, int count,
        session::Reply<chat::Page> reply) override;
    void sendText(chat::ContactId chat, QString text, session::Reply<chat::MessageId> reply) override;
    void retryMessage(chat::MessageId message, session::Reply<Done> reply) override;
    void deleteForMe(chat::MessageId message, session::Reply<Done> reply) override;
    void setOpenChat(chat::ContactId chat, bool windowActive) override;
    void setDraft(chat::ContactId chat, QString text) override;
    void setTyping(chat::ContactId chat, bool typing) override;
    void setMuted(chat::ContactId chat, bool muted, session::Reply<Done> reply) override;
    void setPinned(chat::ContactId chat, bool pinned, session::Reply<Done> reply) override;
    void renameContact(chat::ContactId chat, QString name, session::Reply<Done> reply) override;
    void block(chat::ContactId chat, bool blocked, session::Reply<Done> reply) override;
    void acceptRequest(chat::ContactId chat, session::Reply<Done> reply) override;
    void declineRequest(chat::ContactId chat, session::Reply<Done> reply) override;
    void clearHistory(chat::ContactId chat, session::Reply<Done> reply) override;
    void safetyNumber(chat::ContactId chat, session::Reply<chat::SafetyNumber> reply) override;
    void compareNumber(chat::ContactId chat, QString digits, session::Reply<session::Compared> reply) override;
    void compareScanned(chat::ContactId chat, QByteArray payload, session::Reply<session::Compared> reply) override;
    void setVerified(chat::ContactId chat, QString digits, session::Reply<Done> reply) override;
    void setUnverified(chat::ContactId chat, session::Reply<Done> reply) override;
    void acceptNewKey(chat::ContactId chat, qint64 keyChangedMs, session::Reply<Done> reply) override;
    void createInvitation(chat::InvitationKind kind, QString label, session::Reply<chat::Invitation> reply) override;
    void labelInvitation(chat::InvitationId id, QString label, session::Reply<Done> reply) override;
    void revokeInvitation(chat::InvitationId id, session::Reply<Done> reply) override;
    void invitations(session::Reply<QList<chat::Invitation>> reply) override;
    void readLink(QString link, session::Reply<chat::LinkPreview> reply) override;
    void fetchLink(QString link, session::Reply<chat::LinkPreview> reply) override;
    void startChat(
        QString link, std::optional<chat::ContactId> into, session::Reply<session::StartedChat> reply) override;
    void relays(session::Reply<QList<chat::RelayInfo>> reply) override;
    void addRelay(QString url, session::Reply<chat::RelayInfo> reply) override;
    void removeRelay(QString url, session::Reply<Done> reply) override;
    void testRelay(QString url, session::Reply<chat::RelayInfo> reply) override;
    void useOwnRelay(session::Reply<chat::RelayInfo> reply) override;
    void allowHost(QString host, session::Reply<Done> reply) override;
    void disclosure(session::Reply<chat::Disclosure> reply) override;
    void outbox(session::Reply<chat::OutboxInfo> reply) override;
    tor::TorStatus tor() const override { return torStatus; }
    void publishOwnRelay(session::Reply<chat::RelayInfo> reply) override;
    void findTor(session::Reply<session::TorHere> reply) override;
    void settings(session::Reply<chat::Settings> reply) override;
    void changeSettings(chat::Settings settings, session::Reply<Done> reply) override;
    void backupState(session::Reply<session::BackupState> reply) override;
    void backupNow(
        QString file, crypto::SecretBuffer passphrase, session::Reply<session::BackupSummary> reply) override;
    void verifyBackup(
        QString file, crypto::SecretBuffer passphrase, session::Reply<session::BackupSummary> reply) override;
    void restoreBackup(QString file, crypto::SecretBuffer backupPassphrase, session::CreateProfile profile,
        session::Reply<session::BackupSummary> reply) override;
    void cancelBackup() override;

    // State that sheets show; tests may set it directly.
    QList<chat::RelayInfo> relayList;
    chat::Disclosure disclosed;
    chat::OutboxInfo outboxInfo;
    chat::Settings currentSettings;
    tor::TorStatus torStatus;
    session::TorHere torHere;
    session::BackupState backup;
    QList<chat::Invitation> invitationList;
    chat::LinkPreview preview; ///< what readLink and fetchLink answer (with the link put in)
    chat::SafetyNumber number;

private:
    void post(std::function<void()> answer);
    /// Answers the trouble of failNext, if one is set.
    template<typename T>
    bool failed(const session::Reply<T> &reply);
    void done(const session::Reply<Done> &reply);
    /// Answers a backup that was written or checked, and tells everybody, unless it was to wait for another.
    void endBackup(const session::BackupEnd &end, const session::Reply<session::BackupSummary> &reply);
    void store(chat::Message message, bool live);
    chat::Message *find(const chat::MessageId &message);
    void fillRelays();

    session::ProfileStatus m_profile;
    QList<chat::ChatSummary> m_chats;
    QHash<chat::ContactId, QList<chat::Message>> m_messages;
    QHash<chat::ContactId, chat::MessageId> m_firstUnread;
    std::deque<std::function<void()>> m_held;
    chat::Trouble m_nextTrouble;
    quint64 m_counter = 0;
    int m_wrongEntries = 0;
    bool m_holding = false;
};

template<typename T>
bool FakeSession::failed(const session::Reply<T> &reply)
{
    if (m_nextTrouble.code == chat::TroubleCode::None)
        return false;
    post([reply, problem = std::exchange(m_nextTrouble, {})] { reply(Failure<chat::Trouble>(problem)); });
    return true;
}

} // namespace tacet::test
