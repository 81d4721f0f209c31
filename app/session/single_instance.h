#pragma once
// One window process per profile. The first one listens on a local socket in $XDG_RUNTIME_DIR; a later one hands it
// the link it was started with and ends. The lock on the profile itself (vault/profile_lock) is separate and final:
// this socket is a courtesy, never a guard.
#include <QLocalServer>
#include <QObject>
#include <QString>

namespace tacet::session {

class SingleInstance : public QObject {
    Q_OBJECT

public:
    /// `profileFolder` names the instance; only its hash appears in the socket's name.
    explicit SingleInstance(const QString &profileFolder, QObject *parent = nullptr);

    /// True when another process took the message: this one should end. `link` may be empty (just raise the window).
    bool handOver(const QString &link);
    /// Begins to listen for later processes. False when no socket can be made; the messenger runs all the same.
    bool listen();

Q_SIGNALS:
    /// A later process was started; `link` is what it was given, at most kMaxLink characters, else empty.
    void linkHandedOver(const QString &link);

private:
    void receive();

    QString m_path;
    QLocalServer m_server;
};

} // namespace tacet::session
