#include "app/relayd/http_front.h"

#include <QTcpSocket>
#include <QTimer>
#include <QWebSocketServer>

namespace tacet::relayd {
namespace {

bool before(const QHostAddress &a, const QHostAddress &b)
{
    return a.toString() < b.toString();
}

} // namespace

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
    const QList<QByteArray> lines = bytes.mid(firstLine + 2, end - firstLine - 2).split('\n');
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
        else if (name == "origin")
            head.fromWebPage = true;
    }
    return State::Complete;
}

HttpFront::HttpFront(Settings settings, QWebSocketServer &upgrades, QObject *parent)
    : QTcpServer(parent), m_settings(std::move(settings)), m_upgrades(upgrades), m_perAddress(&before)
{
    setListenBacklogSize(1024); // Qt's 50 makes a rush of clients wait for retransmissions
}

void HttpFront::incomingConnection(qintptr descriptor)
{
    auto *socket = new QTcpSocket(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    const QHostAddress address = socket->peerAddress();
    const bool unlimited = address.isLoopback() && !m_settings.limits.limitLoopback;
    ++m_open;
    ++m_perAddress[address];
    connect(socket, &QObject::destroyed, this, [this, address] {
        --m_open;
        if (--m_perAddress[address] == 0)
            m_perAddress.erase(address);
    });
    const bool tooMany = m_open > m_settings.limits.connections
        || (!unlimited && m_perAddress[address] > m_settings.limits.connectionsPerAddress);
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    if (tooMany) {
        answer(socket, "503 Service Unavailable", "text/plain; charset=utf-8", "This relay has too many connections.\n");
        return;
    }
    socket->setReadBufferSize(qint64(m_settings.limits.headBytes));
    auto *patience = new QTimer(socket);
    patience->setObjectName(QStringLiteral("patience"));
    patience->setSingleShot(true);
    connect(patience, &QTimer::timeout, socket, [socket] { socket->abort(); });
    patience->start(int(m_settings.limits.headMs));
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] { readHead(socket); });
}

void HttpFront::readHead(QTcpSocket *socket)
{
    const QByteArray bytes = socket->peek(qint64(m_settings.limits.headBytes));
    RequestHead head;
    const RequestHead::State state = RequestHead::read(bytes, head);
    if (state == RequestHead::State::Incomplete && bytes.size() < qsizetype(m_settings.limits.headBytes))
        return;
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    const QByteArray plain = "text/plain; charset=utf-8";
    if (state == RequestHead::State::Incomplete)
        return answer(socket, "431 Request Header Fields Too Large", plain, "The request head is too large.\n");
    if (state == RequestHead::State::Bad)
        return answer(socket, "400 Bad Request", plain, "This is no HTTP request.\n");
    if (head.method != "GET")
        return answer(socket, "405 Method Not Allowed", plain, "Only GET is answered here.\n");
    if (head.upgrade) {
        if (m_settings.refuseWebPages && head.fromWebPage)
            return answer(socket, "403 Forbidden", plain, "This relay does not talk to web pages.\n");
        delete socket->findChild<QTimer *>(QStringLiteral("patience"));
        disconnect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater); // the WebSocket's from here on
        socket->setReadBufferSize(0);
        m_upgrades.handleConnection(socket);
        Q_EMIT socket->readyRead(); // the head lies in the buffer already
        return;
    }
    if (head.accept.contains("application/nostr+json"))
        return answer(socket, "200 OK", "application/nostr+json", m_settings.information);
    answer(socket, "200 OK", plain, "This is a Nostr relay. Use a Nostr client.\n");
}

void HttpFront::answer(QTcpSocket *socket, const QByteArray &status, const QByteArray &type, const QByteArray &body)
{
    QByteArray out = "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + QByteArray::number(body.size());
    if (!m_settings.refuseWebPages)
        out += "\r\nAccess-Control-Allow-Origin: *"; // NIP-11
    out += "\r\nConnection: close\r\n\r\n" + body;
    socket->write(out);
    socket->disconnectFromHost();
}

} // namespace tacet::relayd
