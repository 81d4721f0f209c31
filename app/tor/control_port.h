#pragma once
// One conversation with Tor's control port, over TCP on this computer or a Unix socket. Proves itself by the safe cookie
// (control-spec, "AUTHCHALLENGE"), never by the cookie itself: a program that only poses as Tor learns nothing by it.
#include "app/tor/control_reader.h"
#include "crypto/random.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <memory>

class QIODevice;

namespace tacet::tor {

class ControlPort : public QObject {
    Q_OBJECT

public:
    /// `cookieFile`: where the cookie must lie; empty: where Tor says. `random` outlives this object.
    ControlPort(crypto::Random &random, QString cookieFile, QObject *parent = nullptr);
    ~ControlPort() override;

    /// authenticated() or ended() follows.
    void connectToPort(quint16 port);
    void connectToSocket(const QString &path);

    using Answer = std::function<void(const ControlReply &)>;
    /// Precondition: authenticated. Answers come in order; none comes after ended().
    void ask(const QByteArray &command, Answer answer);

    static constexpr int kPatienceMs = 20'000; ///< for all of the way to authenticated()

Q_SIGNALS:
    void authenticated();
    /// Status 650.
    void eventCame(const tacet::tor::ControlReply &event);
    /// Once; `reason` is a sentence's part in English.
    void ended(const QString &reason);

private:
    void use(QIODevice *device);
    void readAll();
    void askMethods();
    void challenge(const ControlReply &methods);
    void prove(const ControlReply &challenge);
    void end(const QString &reason);

    crypto::Random &m_random;
    QString m_cookieFile;
    QIODevice *m_device = nullptr;
    ControlReader m_reader;
    std::deque<Answer> m_answers;
    QByteArray m_cookie;
    QByteArray m_nonce;
    QTimer m_patience;
    bool m_ended = false;
};

} // namespace tacet::tor
