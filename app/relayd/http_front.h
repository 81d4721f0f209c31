#pragma once
// One port for WebSocket and the information document (NIP-11). A QTcpServer peeks at each request head and
// hands upgrades to QWebSocketServer::handleConnection(); anything else gets one small HTTP/1.1 answer of our
// own. QHttpServer is not used: it buffers whole bodies, takes 100 KB of headers and waits for ever for half a
// head, and this front needs a single GET.
#include "app/relayd/limits.h"

#include <QByteArray>
#include <QHostAddress>
#include <QTcpServer>

#include <functional>
#include <map>

class QTcpSocket;
class QWebSocketServer;

namespace tacet::relayd {

/// The part of a request head that decides; nothing of it is kept.
struct RequestHead {
    QByteArray method;
    QByteArray target;
    QByteArray accept;
    bool upgrade = false; ///< to a WebSocket
    bool fromWebPage = false; ///< carries an Origin header

    /// Nothing while the head is incomplete; `bad` for what is no HTTP/1.1 request.
    enum class State { Incomplete, Bad, Complete };
    static State read(const QByteArray &bytes, RequestHead &head);
};

class HttpFront final : public QTcpServer {
    Q_OBJECT
public:
    struct Settings {
        Limits limits;
        QByteArray information; ///< the NIP-11 document
        bool refuseWebPages = false; ///< a page in some browser must not talk to a relay on loopback
    };
    HttpFront(Settings settings, QWebSocketServer &upgrades, QObject *parent = nullptr);

    std::size_t connections() const { return m_open; }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void readHead(QTcpSocket *socket);
    void answer(QTcpSocket *socket, const QByteArray &status, const QByteArray &type, const QByteArray &body);

    Settings m_settings;
    QWebSocketServer &m_upgrades;
    std::size_t m_open = 0;
    std::map<QHostAddress, std::size_t, bool (*)(const QHostAddress &, const QHostAddress &)> m_perAddress;
};

} // namespace tacet::relayd
