#pragma once
// What lives on the engine thread: the profile's gate, its one open session, the relays, and, while locked, the receiver
// that seals what arrives. Plain and synchronous; EngineThread carries calls to it and answers back.
#include "app/chat/locked_receiver.h"
#include "app/session/backup_jobs.h"
#include "app/session/own_relay.h"
#include "app/session/profile_gate.h"
#include "app/session/relay_choice.h"
#include "app/session/session.h"
#include "app/session/session_facade.h"
#include "app/session/tor_way.h"
#include "app/tor/onion_service.h"
#include "app/tor/tor_finder.h"

#include <QObject>

#include <functional>

namespace tacet::session {

class EngineHost : public QObject {
    Q_OBJECT

public:
    explicit EngineHost(vault::ProfilePaths paths);
    ~EngineHost() override;

    /// On the engine thread: takes the profile's lock and opens what opens without a lock. Where something stood in the
    /// way, it may be called again.
    void begin();

    chat::Outcome<Created> create(const CreateProfile &request);
    /// The same for a vault that `fill` fills (a restore).
    chat::Outcome<NewProfileKeys> createFilled(const LockChoice &choice, const ProfileGate::Fill &fill);
    chat::Outcome<Done> unlock(const crypto::SecretBuffer &passphrase);
    chat::Outcome<Done> unlockWithRecoveryCode(const crypto::SecretBuffer &code);
    chat::Outcome<Done> unlockWithKeychain(crypto::FixedView<32> secret);
    /// `recoveryProved`: the recovery code opened it.
    chat::Outcome<Done> open(vault::VaultKey key, bool recoveryProved = false);
    void lock();
    chat::Outcome<QString> setAside();
    chat::Outcome<Done> changePassphrase(const crypto::SecretBuffer &current, const crypto::SecretBuffer &next);
    /// Nothing takes the keychain slot away. Needs an open profile, as does the next.
    chat::Outcome<Done> setKeychain(const std::optional<crypto::SecretBytes<32>> &secret);
    chat::Outcome<QStringList> renewRecoveryCode();
    chat::Outcome<Done> confirmRecoveryCode();

    /// Trouble Locked while no session is open.
    chat::Outcome<chat::ChatEngine *> engine();
    ProfileGate &gate() { return m_gate; }
    Machinery &machinery() { return m_machinery; }
    /// For connections beside the writer. Precondition: open.
    vault::VaultKey keyCopy() const { return m_key->clone(); }
    bool isOpen() const { return m_session != nullptr; }
    ProfileStatus status() const;

    /// Hosts the small relay of this computer and reads there.
    chat::Outcome<chat::RelayInfo> useOwnRelay();
    /// The engine's list, with the relay of this computer marked.
    chat::Outcome<QList<chat::RelayInfo>> relays();
    /// The engine's settings; the small relay is opened to the local network or closed again accordingly.
    chat::Outcome<Done> changeSettings(const chat::Settings &settings);

    /// The same as an onion service of the Tor that starts with this program; answers later, on this thread.
    void publishOwnRelay(std::function<void(chat::Outcome<chat::RelayInfo>)> then);
    /// Answers later, on this thread.
    void findTor(std::function<void(TorHere)> then);

    // What the vault remembers of its backups.
    chat::Outcome<BackupRecord> backupRecord();
    chat::Outcome<Done> keepBackupRecord(const BackupRecord &record);
    chat::Outcome<Done> keepBackupFailure(BackupFailure failure);
    /// Closing cut a backup off: kept as not written, and told when the profile is open again.
    void keepBackupStopped(const QString &file);

Q_SIGNALS:
    void fact(const tacet::chat::Fact &fact);
    void statusChanged(const tacet::session::ProfileStatus &status);
    /// The session is open; readers may open beside it.
    void opened();
    /// The vault is about to close: readers close now.
    void closing();
    void sealedMessageArrived();
    void torChanged(const tacet::tor::TorStatus &status);

private:
    /// Closes the session; what arrives is sealed from then on.
    void receiveAfter(std::unique_ptr<Session> session);
    void noteOwnRelay();
    TorWay &torWay();
    void torCame();
    void publishAgain();
    chat::Outcome<chat::RelayInfo> keepOnion(const tor::OnionService &service);
    bool isOwnRelay(const QString &url) const;
    chat::Outcome<Done> followProxy(chat::ChatEngine &engine);
    chat::Outcome<Done> adoptOwnRelay(vault::Database &database);
    chat::Outcome<Done> openCounting(
        const std::function<chat::Outcome<vault::VaultKey>()> &entry, bool recoveryProved = false);
    chat::Outcome<Done> keepRecoveryUnproved(bool unproved);
    static QStringList codeGroups(const crypto::SecretBuffer &code);
    void chooseRelays();
    void forward(const chat::Fact &fact);
    void announce();

    Machinery m_machinery;
    ProfileGate m_gate;
    chat::Trouble m_lockTrouble; ///< why this profile is not ours to open
    chat::Trouble m_entryTrouble; ///< why it did not open by itself
    std::unique_ptr<chat::LockedReceiver> m_receiver;
    std::unique_ptr<Session> m_session;
    std::optional<vault::VaultKey> m_key;
    std::unique_ptr<RelayChoice> m_relayChoice;
    std::unique_ptr<TorWay> m_tor; ///< see torWay()
    std::unique_ptr<tor::TorFinder> m_torFinder;
    QString m_onion; ///< the address of the small relay through Tor, as the vault had it at the last unlock; empty: none
    QString m_stoppedBackup; ///< the file that was not written because of a lock; empty: none
    bool m_choosesRelays = false; ///< once Tor is connected
    bool m_recoveryUnproved = false; ///< as the open vault has it
    OwnRelay m_ownRelay;
    int m_wrongEntries = 0;
    qint64 m_nextEntryMs = 0; ///< steady clock
};

} // namespace tacet::session
