#pragma once
// What a command runs in: the profile, opened as far as the command needs it, and the event loop that it waits in.
#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/stop_signal.h"
#include "app/session/profile_gate.h"
#include "app/session/session.h"
#include "app/session/tor_way.h"

#include <QEventLoop>
#include <QObject>

namespace tacet::cli {

class Context : public QObject {
    Q_OBJECT

public:
    Context(vault::ProfilePaths paths, QString passphraseFile, QString backupPassphraseFile);
    ~Context() override;

    /// Opens what the command needs, then runs it.
    chat::Outcome<Answer> run(const Command &command, const QJsonObject &parameters);

    session::ProfileGate &gate() { return m_gate; }
    session::Machinery &machinery() { return m_machinery; }
    /// Precondition: the command needs Profile or Network.
    chat::ChatEngine &engine() { return m_session->engine(); }
    const vault::VaultKey &key() const { return *m_key; }
    vault::Database &database() { return m_session->database(); }
    /// Opens with a key that was just made. Errors: disk.
    chat::Outcome<Done> open(vault::VaultKey key);
    /// Relays from now on.
    chat::Outcome<Done> start();
    /// Whatever opens the profile connects it, too: `rpc` tells what arrives, also to those who only look.
    void stayOnline() { m_staysOnline = true; }
    void close();

    enum class Secret { Profile, NewProfile, Backup, NewBackup };
    /// From the file given (for a backup its own, else the profile's), else asked on the terminal; a new one twice.
    chat::Outcome<crypto::SecretBuffer> passphrase(Secret which);

    /// Every committed fact from now on; one receiver.
    void onFact(std::function<void(const chat::Fact &)> receiver) { m_receiver = std::move(receiver); }

    /// Hands a fact of the past to the same receiver.
    void tell(const chat::Fact &fact) const
    {
        if (m_receiver)
            m_receiver(fact);
    }

    /// Runs the event loop until `done` holds (looked at after every fact and relay answer) or the time is over.
    bool waitUntil(const std::function<bool()> &done, int milliseconds);
    /// Until SIGTERM, SIGINT or stop().
    void runUntilStopped();
    void stop();
    bool isStopped() const { return m_stopped; }

    bool anyRelayConnected();
    /// There is no relay, or something was asked of relays and none answers. Where nothing is to be done they are idle,
    /// which is well.
    bool isCutOff();
    /// What to tell when none took something in time.
    chat::Trouble whyNoRelay();

Q_SIGNALS:
    void somethingHappened();
    void stopped();

private:
    bool hasRelays();
    chat::Outcome<Done> need(Needs needs);
    chat::Outcome<Done> startTor();

    session::Machinery m_machinery;
    session::ProfileGate m_gate;
    QString m_passphraseFile;
    QString m_backupPassphraseFile;
    StopSignal m_stopSignal;
    std::optional<vault::VaultKey> m_key;
    std::unique_ptr<session::Session> m_session;
    std::unique_ptr<session::TorWay> m_tor; ///< where the profile goes through a Tor of its own
    std::function<void(const chat::Fact &)> m_receiver;
    bool m_stopped = false;
    bool m_staysOnline = false;
};

} // namespace tacet::cli
