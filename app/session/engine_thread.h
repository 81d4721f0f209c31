#pragma once
// The facade that people run: every call is carried to the thread where it belongs and its answer back.
//
//   this object       GUI thread; no SQL, no crypto, no waiting
//   EngineHost        engine thread: vault writer, engine, relays
//   VaultReader       reader thread: a read-only connection for paging, never queued behind a write
//   BackupWorker      a thread of its own while a backup is written or checked; closing the vault stops it first
#include "app/backup/backup.h"
#include "app/session/session_facade.h"
#include "app/vault/profile_paths.h"
#include "app/vault/secret_store.h"

#include <QThread>

#include <atomic>
#include <memory>
#include <vector>

namespace tacet::session {

class EngineHost;
class VaultReader;
class BackupWorker;

class EngineThread final : public SessionFacade {
    Q_OBJECT

public:
    /// `keychain` lives on this thread and outlives this object.
    EngineThread(vault::ProfilePaths paths, vault::SecretStore &keychain, QObject *parent = nullptr);
    /// Waits for the engine thread: what is half done is done, then the vault is closed.
    ~EngineThread() override;

    /// Starts the threads; profileChanged follows once the profile was looked at.
    void begin();

    ProfileStatus profile() const override { return m_status; }
    void tryProfileAgain() override;
    void createProfile(CreateProfile request, Reply<Created> reply) override;
    void unlock(crypto::SecretBuffer passphrase, Reply<Done> reply) override;
    void unlockWithKeychain(Reply<Done> reply) override;
    void unlockWithRecoveryCode(crypto::SecretBuffer code, Reply<Done> reply) override;
    void lock() override;
    void setProfileAside(Reply<QString> reply) override;
    void changePassphrase(crypto::SecretBuffer current, crypto::SecretBuffer next, Reply<Done> reply) override;
    void setKeychainUnlock(bool on, Reply<Done> reply) override;
    void renewRecoveryCode(Reply<QStringList> reply) override;
    void confirmRecoveryCode(Reply<Done> reply) override;

    void chats(Reply<QList<chat::ChatSummary>> reply) override;
    void page(chat::ContactId chat, chat::Anchor anchor, chat::PageDirection direction, int count,
              Reply<chat::Page> reply) override;
    void sendText(chat::ContactId chat, QString text, Reply<chat::MessageId> reply) override;
    void retryMessage(chat::MessageId message, Reply<Done> reply) override;
    void deleteForMe(chat::MessageId message, Reply<Done> reply) override;
    void setOpenChat(chat::ContactId chat, bool windowActive) override;
    void setDraft(chat::ContactId chat, QString text) override;
    void setTyping(chat::ContactId chat, bool typing) override;
    void setMuted(chat::ContactId chat, bool muted, Reply<Done> reply) override;
    void setPinned(chat::ContactId chat, bool pinned, Reply<Done> reply) override;
    void renameContact(chat::ContactId chat, QString name, Reply<Done> reply) override;
    void block(chat::ContactId chat, bool blocked, Reply<Done> reply) override;
    void acceptRequest(chat::ContactId chat, Reply<Done> reply) override;
    void declineRequest(chat::ContactId chat, Reply<Done> reply) override;
    void clearHistory(chat::ContactId chat, Reply<Done> reply) override;

    void safetyNumber(chat::ContactId chat, Reply<chat::SafetyNumber> reply) override;
    void compareNumber(chat::ContactId chat, QString digits, Reply<Compared> reply) override;
    void compareScanned(chat::ContactId chat, QByteArray payload, Reply<Compared> reply) override;
    void setVerified(chat::ContactId chat, QString digits, Reply<Done> reply) override;
    void setUnverified(chat::ContactId chat, Reply<Done> reply) override;
    void acceptNewKey(chat::ContactId chat, qint64 keyChangedMs, Reply<Done> reply) override;

    void createInvitation(chat::InvitationKind kind, QString label, Reply<chat::Invitation> reply) override;
    void labelInvitation(chat::InvitationId id, QString label, Reply<Done> reply) override;
    void revokeInvitation(chat::InvitationId id, Reply<Done> reply) override;
    void invitations(Reply<QList<chat::Invitation>> reply) override;
    void readLink(QString link, Reply<chat::LinkPreview> reply) override;
    void fetchLink(QString link, Reply<chat::LinkPreview> reply) override;
    void startChat(QString link, std::optional<chat::ContactId> into, Reply<StartedChat> reply) override;

    void relays(Reply<QList<chat::RelayInfo>> reply) override;
    void addRelay(QString url, Reply<chat::RelayInfo> reply) override;
    void removeRelay(QString url, Reply<Done> reply) override;
    void testRelay(QString url, Reply<chat::RelayInfo> reply) override;
    void useOwnRelay(Reply<chat::RelayInfo> reply) override;
    void allowHost(QString host, Reply<Done> reply) override;
    void disclosure(Reply<chat::Disclosure> reply) override;
    void outbox(Reply<chat::OutboxInfo> reply) override;

    tor::TorStatus tor() const override { return m_tor; }
    void publishOwnRelay(Reply<chat::RelayInfo> reply) override;
    void findTor(Reply<TorHere> reply) override;

    void settings(Reply<chat::Settings> reply) override;
    void changeSettings(chat::Settings settings, Reply<Done> reply) override;

    void backupState(Reply<BackupState> reply) override;
    void backupNow(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply) override;
    void verifyBackup(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply) override;
    void restoreBackup(QString file, crypto::SecretBuffer backupPassphrase, CreateProfile profile,
                       Reply<BackupSummary> reply) override;
    void cancelBackup() override;

private:
    /// Runs `work(EngineHost &)` on the engine thread and hands its Outcome<T> to `reply` on this one.
    template<typename T, typename Work>
    void ask(Reply<T> reply, Work work);
    /// The same for work on the open engine; answers Locked without one.
    template<typename T, typename Work>
    void askEngine(Reply<T> reply, Work work);
    /// For engine calls that answer later.
    template<typename T, typename Work>
    void askLater(Reply<T> reply, Work work);
    template<typename T>
    void answer(Reply<T> reply, chat::Outcome<T> outcome);

    /// The stop of a job that is asked for now; cancelBackup() knows it until the job is gone.
    std::shared_ptr<std::atomic<bool>> makeStop();

    struct BackupJob;
    // On the engine thread, so that none starts beside a lock or outlives one:
    void startBackup(const std::shared_ptr<BackupJob> &job);
    void finishBackup(const std::shared_ptr<BackupJob> &job);
    /// Answers who asked, and tells everybody.
    void endBackup(const BackupJob &job, const chat::Outcome<BackupSummary> &outcome);
    void stopBackup();

    vault::SecretStore &m_keychain;
    ProfileStatus m_status;
    tor::TorStatus m_tor;
    QThread m_engineThread;
    QThread m_readerThread;
    std::unique_ptr<EngineHost> m_host;
    std::unique_ptr<VaultReader> m_reader;
    std::unique_ptr<BackupWorker> m_backup;
    std::vector<std::weak_ptr<std::atomic<bool>>> m_stops; ///< of this thread: one for each job that has not ended
    std::shared_ptr<BackupJob> m_backupJob; ///< of the engine thread: started, and its outcome not kept yet
};

} // namespace tacet::session
