#include "app/relay/web_socket_transport.h"

#include "app/relay/network_way.h"

#include <QNetworkRequest>
#include <QSslConfiguration>
#include <QTcpSocket>
#include <QUrl>
#include <QWebSocket>

#include <algorithm>

namespace tacet::relay {
namespace {

using namespace Qt::StringLiterals;

TransportError meaningOf(QAbstractSocket::SocketError error)
{
    using Socket = QAbstractSocket;
    switch (error) {
    case Socket::HostNotFoundError:
        return TransportError::HostNotFound;
    case Socket::SslHandshakeFailedError:
    case Socket::SslInternalError:
    case Socket::SslInvalidUserDataError:
        return TransportError::TlsFailed;
    case Socket::ProxyConnectionRefusedError:
    case Socket::ProxyConnectionTimeoutError:
    case Socket::ProxyNotFoundError:
    case Socket::ProxyConnectionClosedError:
    case Socket::ProxyProtocolError:
        return TransportError::ProxyDown;
    case Socket::ProxyAuthenticationRequiredError:
        return TransportError::ProxyRefused;
    default:
        return TransportError::NoAnswer;
    }
}

class WebSocketTransport final : public QObject, public Transport {
public:
    WebSocketTransport(const TransportOptions &options, const NameLookup &names, Listener &listener)
        : m_listener(listener), m_options(options), m_socket(std::make_unique<QWebSocket>(QString()))
    {
        m_socket->setProxy(networkProxy(options.proxy, options.circuit));
        m_socket->setMaxAllowedIncomingMessageSize(kMaximumIncoming);
        m_socket->setMaxAllowedIncomingFrameSize(kMaximumIncoming);

        QWebSocket *socket = m_socket.get();
        connect(socket, &QWebSocket::connected, this, [this] { opened(); });
        connect(socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
            const QByteArray utf8 = text.toUtf8();
            if (!m_ended)
                m_listener.transportReceived({utf8.constData(), std::size_t(utf8.size())});
        });
        connect(socket, &QWebSocket::binaryMessageReceived, this,
                [this] { ended(TransportError::Misbehaved, "it sent a binary message"); });
        connect(socket, &QWebSocket::pong, this, [this] {
            if (!m_ended)
                m_listener.transportPonged();
        });
        connect(socket, &QWebSocket::disconnected, this, [this] {
            if (!m_wasOpen)
                return failed(m_socket->error()); // the proxy's troubles arrive this way, before any error signal
            const std::string reason = m_socket->closeReason().toStdString();
            const auto code = m_socket->closeCode();
            const bool broken = code == QWebSocketProtocol::CloseCodeProtocolError
                || code == QWebSocketProtocol::CloseCodeTooMuchData || code == QWebSocketProtocol::CloseCodeWrongDatatype;
            ended(broken ? std::optional(TransportError::Misbehaved) : std::nullopt, reason);
        });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        connect(socket, &QWebSocket::errorOccurred, this, [this](QAbstractSocket::SocketError error) { failed(error); });
#else
        connect(socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
                [this](QAbstractSocket::SocketError error) { failed(error); });
#endif
        findWay(m_options, names, this, [this](const Way &way) {
            if (way.none)
                ended(way.none->error, way.none->words);
            else
                open();
        });
    }

    ~WebSocketTransport() override
    {
        m_ended = true;
        m_socket->disconnect(this);
        // It may be one of the socket's own signals that destroys us; the socket goes when that is over.
        QWebSocket *socket = m_socket.release();
        socket->abort();
        socket->deleteLater();
    }

    void send(std::string_view text) override
    {
        if (!m_ended)
            m_socket->sendTextMessage(QString::fromUtf8(text.data(), qsizetype(text.size())));
    }
    void ping() override
    {
        if (!m_ended)
            m_socket->ping();
    }
    std::size_t unsentBytes() const override { return std::size_t(std::max<qint64>(0, m_socket->bytesToWrite())); }

private:
    void open()
    {
        QNetworkRequest request(QUrl(QString::fromStdString(m_options.url.text()), QUrl::StrictMode));
        m_socket->open(request);
        if (!m_options.refusePrivateAddresses || m_options.proxy)
            return;
        // Qt has looked the name up once more and may have heard of another address. Connected, it has written nothing yet.
        if (auto *tcp = m_socket->findChild<QTcpSocket *>())
            connect(tcp, &QAbstractSocket::connected, this, [this, tcp] { connectedTo(tcp->peerAddress()); });
    }

    void connectedTo(const QHostAddress &address)
    {
        if (hostKindOf(address.toString().toStdString()) == HostKind::Public)
            return;
        m_socket->disconnect(this);
        m_socket->abort();
        ended(TransportError::PrivateAddress, "its name leads into a local network");
    }

    void opened()
    {
        if (m_ended)
            return;
        m_wasOpen = true;
        // Two frames in a row: the second would wait for the relay's delayed acknowledgement of the first.
        if (auto *tcp = m_socket->findChild<QTcpSocket *>())
            tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_listener.transportOpened();
    }

    void failed(QAbstractSocket::SocketError error)
    {
        std::string words = m_socket->errorString().toStdString();
        if (!m_wasOpen && error == QAbstractSocket::ConnectionRefusedError && !isPlainRefusal())
            return ended(TransportError::NotARelay, {}); // Qt's words are about its own functions
        if (m_wasOpen && error == QAbstractSocket::RemoteHostClosedError)
            return; // `disconnected` follows with the close code and the relay's words
        if (const auto ours = wordsThroughProxy(error); m_options.proxy && !m_wasOpen && !ours.empty())
            words = ours;
        ended(meaningOf(error), words);
    }

    /// QWebSocket reports an HTTP answer that is no upgrade as ConnectionRefusedError with a sentence of its own.
    bool isPlainRefusal() const
    {
        const QString words = m_socket->errorString();
        return !words.contains("QWebSocket"_L1) && !words.contains("handshake"_L1, Qt::CaseInsensitive)
            && !words.contains("HTTP"_L1) && !words.contains("status code"_L1, Qt::CaseInsensitive);
    }

    void ended(std::optional<TransportError> error, std::string_view reason)
    {
        if (m_ended)
            return;
        m_ended = true;
        const std::string words(reason);
        m_listener.transportEnded(error, words); // may destroy us
    }

    Listener &m_listener;
    TransportOptions m_options;
    std::unique_ptr<QWebSocket> m_socket;
    bool m_wasOpen = false;
    bool m_ended = false;
};

} // namespace

std::string_view wordFor(TransportError error)
{
    switch (error) {
    case TransportError::HostNotFound:
        return "host not found";
    case TransportError::NoAnswer:
        return "no answer";
    case TransportError::TlsFailed:
        return "no encrypted connection";
    case TransportError::NotARelay:
        return "not a relay";
    case TransportError::ProxyDown:
        return "the proxy does not answer";
    case TransportError::ProxyRefused:
        return "the proxy refused";
    case TransportError::Misbehaved:
        return "broken WebSocket frames";
    case TransportError::NeedsTor:
        return "an onion address without Tor";
    case TransportError::PrivateAddress:
        return "a private address";
    }
    return "unknown";
}

TransportFactory webSocketTransports(NameLookup names)
{
    return [names = std::move(names)](const TransportOptions &options, Transport::Listener &listener) -> std::unique_ptr<Transport> {
        return std::make_unique<WebSocketTransport>(options, names, listener);
    };
}

} // namespace tacet::relay
