#pragma once
// One port for WebSocket and the information document (NIP-11), plain or TLS. A QTcpServer reads each request head,
// answers upgrades (RFC 6455 §4.2) and hands the socket on; anything else gets one small HTTP/1.1 answer. QHttpServer
// is not used: it buffers whole bodies, takes 100 KB of headers and waits for ever for half a head, and this front
// needs a single GET.
#include "app/relayd/limits.h"

#include <QByteArray>
#include <QHostAddress>
#include <QSslConfiguration>
#include <QTcpServer>

#include <functional>
#include <map>
#include <optional>

class QTcpSocket;

namespace tacet::relayd {

/// The part of a request head that decides; nothing of it is kept.
struct RequestHead {
    QByteArray method;
    QByteArray target;
    QByteArray accept;
    QByteArray host;
    QByteArray key; ///< Sec-WebSocket-Key
    QByteArray version; ///< Sec-WebSocket-Version
    bool upgrade = false; ///< to a WebSocket
    bool fromWebPage = false; ///< carries an Origin header
    qsizetype size = 0; ///< bytes up to its end, when complete

    /// Nothing while the head is incomplete; `Bad` for what is no HTTP/1.1 request.
    enum class State { Incomplete, Bad, Complete };
    static State read(const QByteArray &bytes, RequestHead &head);
};

/// Whom limits count as one: an IPv4 address, or the /64 that a provider gives to one customer.
std::string addressKey(const QHostAddress &address);

class HttpFront final : public QTcpServer {
    Q_OBJECT
public:
    struct Settings {
        Limits limits;
        QByteArray information; ///< the NIP-11 document
        bool refuseWebPages = false; ///< a page in some browser must not talk to a relay on loopback
        std::optional<QSslConfiguration> tls;
        bool forTor = false; ///< all who come are strangers, and one address
    };
    /// `upgraded` takes the socket, its head and what came behind it; the 101 is sent.
    using Upgraded = std::function<void(QTcpSocket *, const RequestHead &, const QByteArray &early)>;
    HttpFront(Settings settings, Upgraded upgraded, QObject *parent = nullptr);

    std::size_t connections() const { return m_open; }
    /// For connections from now on.
    void setTls(const QSslConfiguration &tls) { m_settings.tls = tls; }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    class Caller;
    void restThenAccept();
    void decide(Caller &caller, const RequestHead &head, const QByteArray &early);
    void answer(QTcpSocket *socket, const QByteArray &status, const QByteArray &type, const QByteArray &body, const QByteArray &headers = {});

    Settings m_settings;
    Upgraded m_upgraded;
    std::size_t m_open = 0;
    std::map<std::string, std::size_t> m_perAddress;
};

} // namespace tacet::relayd
