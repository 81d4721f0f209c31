#include "app/relayd/http_front.h"

#include "app/relayd/web_socket_codec.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>

#include <algorithm>

namespace tacet::relayd {
namespace {

constexpr int kRestMs = 250; ///< after the computer had no file left for one more: some will be closed

} // namespace

std::string addressKey(const QHostAddress &address)
{
    bool isFour = false;
    const quint32 four = address.toIPv4Address(&isFour); // also ::ffff:a.b.c.d
    if (isFour)
        return QHostAddress(four).toString().toStdString();
    Q_IPV6ADDR network = address.toIPv6Address();
    for (int i = 8; i < 16; ++i)
        network[i] = 0;
    return QHostAddress(network).toString().toStdString() + "/64";
}

RequestHead::State RequestHead::read(const QByteArray &bytes, RequestHead &head)
{
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    const qsizetype firstLine = bytes.indexOf("\r\n");
    // What cannot become a request is refused before its end is awaited.
    if (!bytes.isEmpty() && (bytes[0] < 'A' || bytes[0] > 'Z'))
        return State::Bad;
    if (end < 0)
        return State::Incomplete;
    const QList<QByteArray> request = bytes.left(firstLine).split(' ');
    if (request.size() != 3 || !request[2].startsWith("HTTP/1."))
        return State::Bad;
    head.method = request[0];
    head.target = request[1];
    head.size = end + 4;
    const QList<QByteArray> lines = bytes.mid(firstLine + 2, std::max<qsizetype>(0, end - firstLine - 2)).split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon < 0)
            continue;
        const QByteArray name = line.left(colon).trimmed().toLower();
        const QByteArray value = line.mid(colon + 1).trimmed();
        if (name == "upgrade")
            head.upgrade = head.upgrade || value.toLower() == "websocket";
        else if (name == "accept")
            head.accept = value.toLower();
        else if (name == "host")
            head.host = value;
        else if (name == "sec-websocket-key")
            head.key = value;
        else if (name == "sec-websocket-version")
            head.version = value;
        else if (name == "origin")
            head.fromWebPage = true;
    }
    return State::Complete;
}

/// A connection until its head is read. Owns the socket until then.
class HttpFront::Caller final : public QObject {
public:
    Caller(HttpFront &front, QTcpSocket *connected) : QObject(&front), socket(connected), m_front(front)
    {
        socket->setParent(this);
        connect(socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, this, [this] { read(); });
        QTimer::singleShot(int(front.m_settings.limits.headMs), this, [this] {
            socket->abort();
            deleteLater();
        });
    }

    /// What comes behind an answer is read away, or closing would reset the connection before the answer is read.
    void linger() { m_done = true; }

    QTcpSocket *socket;

private:
    void read()
    {
        const qint64 most = qint64(m_front.m_settings.limits.headBytes);
        QByteArray bytes(most, Qt::Uninitialized);
        const qint64 count = socket->read(bytes.data(), most);
        if (count < 0)
            return deleteLater();
        if (m_done)
            return;
        m_bytes.append(bytes.constData(), count);
        RequestHead head;
        const RequestHead::State state = RequestHead::read(m_bytes, head);
        if (state == RequestHead::State::Incomplete && m_bytes.size() < most)
            return;
        linger();
        const QByteArray plain = "text/plain; charset=utf-8";
        if (state == RequestHead::State::Incomplete)
            return m_front.answer(socket, "431 Request Header Fields Too Large", plain, "The request head is too large.\n");
        if (state == RequestHead::State::Bad)
            return m_front.answer(socket, "400 Bad Request", plain, "This is no HTTP request.\n");
        m_front.decide(*this, head, m_bytes.mid(head.size));
    }

    HttpFront &m_front;
    QByteArray m_bytes;
    bool m_done = false;
};

HttpFront::HttpFront(Settings settings, Upgraded upgraded, QObject *parent)
    : QTcpServer(parent), m_settings(std::move(settings)), m_upgraded(std::move(upgraded))
{
    setListenBacklogSize(1024); // Qt's 50 makes a rush of clients wait for retransmissions
    connect(this, &QTcpServer::acceptError, this, &HttpFront::restThenAccept);
}

/// After an error Qt takes no more clients, for ever unless it is told to.
void HttpFront::restThenAccept()
{
    QTimer::singleShot(kRestMs, this, [this] {
        if (isListening())
            resumeAccepting();
    });
}

void HttpFront::incomingConnection(qintptr descriptor)
{
    QTcpSocket *socket = m_settings.tls ? new QSslSocket : new QTcpSocket;
    // Unbuffered: a buffer that Qt once filled stays, 16 KB for each way, for every client that is idle.
    const auto mode = m_settings.tls ? QIODevice::ReadWrite : QIODevice::ReadWrite | QIODevice::Unbuffered;
    if (!socket->setSocketDescriptor(descriptor, QAbstractSocket::ConnectedState, mode)) {
        delete socket;
        return;
    }
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1); // frames are gathered here, not by Nagle
    const std::string address = addressKey(socket->peerAddress());
    // Behind a proxy on this computer are many people: all that the relay has room for, whatever other limits they share.
    const bool isShared = socket->peerAddress().isLoopback() && !m_settings.forTor;
    ++m_open;
    ++m_perAddress[address];
    connect(socket, &QObject::destroyed, this, [this, address] {
        --m_open;
        if (--m_perAddress[address] == 0)
            m_perAddress.erase(address);
    });
    const bool tooMany = m_open > m_settings.limits.connections
        || (!isShared && m_perAddress[address] > m_settings.limits.connectionsPerAddress);
    if (tooMany && m_settings.tls) {
        delete socket; // closed: an answer would need a handshake, which a client may draw out
        return;
    }
    auto *caller = new Caller(*this, socket);
    if (m_settings.tls) {
        socket->setReadBufferSize(qint64(m_settings.limits.headBytes));
        auto *tls = static_cast<QSslSocket *>(socket);
        tls->setSslConfiguration(*m_settings.tls);
        tls->startServerEncryption();
    }
    if (tooMany) {
        caller->linger();
        answer(socket, "503 Service Unavailable", "text/plain; charset=utf-8", "This relay has too many connections.\n");
    }
}

void HttpFront::decide(Caller &caller, const RequestHead &head, const QByteArray &early)
{
    QTcpSocket *socket = caller.socket;
    const QByteArray plain = "text/plain; charset=utf-8";
    if (head.method != "GET")
        return answer(socket, "405 Method Not Allowed", plain, "Only GET is answered here.\n");
    if (!head.upgrade) {
        if (head.accept.contains("application/nostr+json"))
            return answer(socket, "200 OK", "application/nostr+json", m_settings.information);
        return answer(socket, "200 OK", plain, "This is a Nostr relay. Use a Nostr client.\n");
    }
    if (m_settings.refuseWebPages && head.fromWebPage)
        return answer(socket, "403 Forbidden", plain, "This relay does not talk to web pages.\n");
    if (head.version != "13")
        return answer(socket, "426 Upgrade Required", plain, "WebSocket version 13 is spoken here.\n", "\r\nSec-WebSocket-Version: 13");
    const auto accept = acceptFor({head.key.constData(), std::size_t(head.key.size())});
    if (!accept)
        return answer(socket, "400 Bad Request", plain, "This is no WebSocket request.\n");
    socket->disconnect(&caller);
    socket->setParent(nullptr); // the receiver's from here on
    caller.deleteLater();
    socket->setReadBufferSize(64 * 1024); // TLS only: what a client that is not read from may pile up here
    socket->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                  + QByteArray::fromStdString(*accept) + "\r\n\r\n");
    m_upgraded(socket, head, early);
}

void HttpFront::answer(QTcpSocket *socket, const QByteArray &status, const QByteArray &type, const QByteArray &body, const QByteArray &headers)
{
    QByteArray out = "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + QByteArray::number(body.size());
    if (!m_settings.refuseWebPages)
        out += "\r\nAccess-Control-Allow-Origin: *"; // NIP-11
    out += headers + "\r\nConnection: close\r\n\r\n" + body;
    socket->write(out);
    socket->disconnectFromHost();
}

} // namespace tacet::relayd
