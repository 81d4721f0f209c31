#include "app/relayd/client_socket.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>

#include <array>

namespace tacet::relayd {
namespace {

constexpr std::size_t kReadAtOnce = 32 * 1024; ///< then the other clients have their turn
constexpr std::size_t kChunk = 64 * 1024; ///< frames are gathered into writes of about this size
constexpr int kPatienceMs = 2000; ///< for the answer to a close frame

qint64 inSocket(const QTcpSocket &socket)
{
    return socket.bytesToWrite() + (qobject_cast<const QSslSocket *>(&socket) ? static_cast<const QSslSocket &>(socket).encryptedBytesToWrite() : 0);
}

} // namespace

ClientSocket::ClientSocket(ClientSession::Context context, QTcpSocket *socket, const QByteArray &early, Origin origin,
                           Backlog &backlog, ClientSession::Owner &owner)
    : m_limits(context.limits), m_socket(socket), m_origin(std::move(origin)), m_backlog(backlog), m_reader(m_limits.frameBytes),
      m_session(std::move(context), m_origin.host, *this, owner)
{
    m_socket->setParent(this);
    connect(m_socket, &QTcpSocket::readyRead, this, &ClientSocket::read);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &ClientSocket::flush);
    if (auto *tls = qobject_cast<QSslSocket *>(m_socket))
        connect(tls, &QSslSocket::encryptedBytesWritten, this, &ClientSocket::flush);
    connect(m_socket, &QTcpSocket::disconnected, this, &ClientSocket::finish);
    m_session.opened();
    // Queued: the owner does not know this client yet.
    QMetaObject::invokeMethod(
        this,
        [this, early] {
            take({early.constData(), std::size_t(early.size())});
            read();
        },
        Qt::QueuedConnection);
}

ClientSocket::~ClientSocket()
{
    m_backlog.bytes -= m_unsent;
    m_socket->disconnect(this);
}

// --- in ---

bool ClientSocket::isFull() const
{
    return m_unsent >= m_limits.unsentBytes || m_session.isBusy();
}

void ClientSocket::read()
{
    if (m_ended)
        return;
    if (!m_inbox.empty() || (isFull() && !m_closing)) {
        m_readWaits = true; // not read: the kernel's buffer fills, and the client waits
        return;
    }
    m_readWaits = false;
    std::array<char, kReadAtOnce> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    const qint64 count = m_socket->read(buffer.data(), qint64(buffer.size()));
    if (count < 0)
        return finish(); // an unbuffered socket tells its end here
    if (count == 0)
        return;
    m_heard = true;
    take({buffer.data(), std::size_t(count)});
    if (!m_ended && m_socket->bytesAvailable() > 0) // TLS keeps more, and does not tell again
        QMetaObject::invokeMethod(this, &ClientSocket::read, Qt::QueuedConnection);
}

void ClientSocket::take(std::string_view bytes)
{
    m_reader.feed(bytes, m_inbox);
    handle();
}

void ClientSocket::handle()
{
    if (m_handling)
        return; // a session that sends may come back here
    m_handling = true;
    while (m_handled < m_inbox.size() && !m_ended && (m_closing || !isFull())) {
        const WebSocketReader::Message message = std::move(m_inbox[m_handled++]);
        switch (message.kind) {
        case WebSocketReader::Kind::Text:
            if (!m_closing)
                m_session.received(message.payload);
            break;
        case WebSocketReader::Kind::Ping:
            if (!m_closing) {
                std::string frame;
                appendPong(frame, message.payload);
                append(frame);
            }
            break;
        case WebSocketReader::Kind::Pong:
            break;
        case WebSocketReader::Kind::Close:
            closeWith(CloseCode::Normal, {}); // the answer, unless this is one
            flush();
            m_socket->disconnectFromHost(); // when what waits in it is sent
            break;
        }
    }
    if (m_handled == m_inbox.size()) {
        m_inbox.clear();
        m_handled = 0;
        if (m_inbox.capacity() > 16)
            m_inbox.shrink_to_fit(); // most clients are idle most of the time
    }
    m_handling = false;
    if (m_session.hasAsked() && !std::exchange(m_turnEnds, true))
        QMetaObject::invokeMethod(this, &ClientSocket::endTurn, Qt::QueuedConnection);
    if (const auto failure = m_reader.failure(); failure && m_inbox.empty())
        closeWith(*failure, *failure == CloseCode::TooLarge ? "larger than this relay takes" : "broken WebSocket frames");
}

/// Goes on with what had to wait.
void ClientSocket::resume()
{
    handle();
    if (m_readWaits && m_inbox.empty() && !isFull())
        QMetaObject::invokeMethod(this, &ClientSocket::read, Qt::QueuedConnection);
}

void ClientSocket::endTurn()
{
    m_turnEnds = false;
    m_session.turnEnded();
    if (!m_ended && !m_closing)
        resume();
}

// --- out ---

void ClientSocket::append(const std::string &frame)
{
    if (m_out.empty() || m_out.back().size() + frame.size() > kChunk)
        m_out.emplace_back();
    m_out.back() += frame;
    m_unsent += frame.size();
    m_backlog.bytes += frame.size();
    schedule();
}

void ClientSocket::send(const std::string &text)
{
    if (m_closing || m_ended)
        return;
    std::string frame;
    frame.reserve(text.size() + 10);
    appendTextFrame(frame, text);
    append(frame);
}

void ClientSocket::schedule()
{
    // One write for all that is said in this turn of the event loop.
    if (!std::exchange(m_flushScheduled, true))
        QMetaObject::invokeMethod(this, &ClientSocket::flush, Qt::QueuedConnection);
}

void ClientSocket::flush()
{
    m_flushScheduled = false;
    if (m_ended)
        return;
    // While it is not read from, what it takes is all that is heard of it. A ping that the kernel takes says nothing.
    const bool isUnread = isFull();
    while (!m_out.empty() && inSocket(*m_socket) == 0) {
        const std::string chunk = std::move(m_out.front());
        m_out.pop_front();
        m_unsent -= chunk.size();
        m_backlog.bytes -= chunk.size();
        if (m_socket->write(chunk.data(), qint64(chunk.size())) < 0)
            return finish();
        m_heard = m_heard || isUnread;
    }
    if (m_closing)
        return;
    if (m_unsent < m_limits.unsentBytes)
        m_session.drained();
    resume();
}

// --- the end ---

void ClientSocket::closeWith(CloseCode code, const std::string &reason)
{
    if (m_ended || std::exchange(m_closing, true))
        return;
    std::string frame;
    appendClose(frame, code, reason);
    append(frame);
    // A client that does not answer is not waited for.
    QTimer::singleShot(kPatienceMs, this, [this] { abort(); });
    QMetaObject::invokeMethod(
        this,
        [this] {
            handle();
            read(); // for its answer
        },
        Qt::QueuedConnection);
}

bool ClientSocket::keepAlive()
{
    if (!m_closing) {
        std::string frame;
        appendPing(frame);
        append(frame);
    }
    return std::exchange(m_heard, false);
}

void ClientSocket::abort()
{
    m_socket->abort();
    finish();
}

void ClientSocket::finish()
{
    if (std::exchange(m_ended, true))
        return;
    m_backlog.bytes -= std::exchange(m_unsent, 0);
    m_out.clear();
    Q_EMIT ended();
}

} // namespace tacet::relayd
