#include "tests/hostile/raw_relay.h"

#include <QCryptographicHash>
#include <QTcpSocket>
#include <QTimer>

#include <deque>

namespace tacet::test {

using namespace Qt::StringLiterals;

namespace {

enum Opcode : std::uint8_t { kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

QByteArray frame(std::uint8_t first, const QByteArray &payload, quint64 claimed)
{
    QByteArray out(1, char(first));
    if (claimed < 126) {
        out.append(char(claimed));
    } else if (claimed < 65536) {
        out.append(char(126)).append(char(claimed >> 8)).append(char(claimed & 0xff));
    } else {
        out.append(char(127));
        for (int shift = 56; shift >= 0; shift -= 8)
            out.append(char((claimed >> shift) & 0xff));
    }
    return out + payload;
}

QByteArray frame(std::uint8_t first, const QByteArray &payload)
{
    return frame(first, payload, quint64(payload.size()));
}

QByteArray header(const QByteArray &head, const QByteArray &name)
{
    for (const QByteArray &line : head.split('\n')) {
        if (line.toLower().startsWith(QByteArray(name.toLower() + ':')))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

} // namespace

class RawRelay::Socket final : public QObject, private Mouth {
public:
    Socket(RawRelay &relay, QTcpSocket *socket) : QObject(&relay), m_relay(relay), m_socket(socket)
    {
        socket->setParent(this);
        // Or a small answer waits for the client's delayed acknowledgement: 40 real milliseconds, hours of a storm's clock.
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(socket, &QTcpSocket::readyRead, this, [this] { read(); });
        connect(socket, &QTcpSocket::disconnected, this, [this] {
            m_half.reset();
            deleteLater();
        });
    }

private:
    // --- Mouth ---
    void say(std::string text) override { write(frame(0x80 | kText, QByteArray::fromStdString(text))); }
    void hangUp() override
    {
        // Half of them without a word.
        if (m_relay.m_random.below(2))
            write(frame(0x80 | kClose, QByteArray("\x03\xe8", 2)));
        QTimer::singleShot(0, m_socket, [socket = m_socket] { socket->abort(); });
    }
    void stopReading() override
    {
        m_deaf = true;
        m_socket->setReadBufferSize(1);
    }
    void breakFraming(std::uint64_t dice) override
    {
        const QByteArray half = QByteArray("[\"NOTICE\",\"half");
        switch (dice % 14) {
        case 0: // reserved bits
            return write(frame(0xF0 | kText, half));
        case 1: // a reserved opcode
            return write(frame(0x80 | 5, half));
        case 2: // masked by a server
            return write(frame(0x80 | kText, half, 0x80 | 14));
        case 3: // a control frame over 125 bytes
            return write(frame(0x80 | kPing, QByteArray(1000, 'p')));
        case 4: // four exabytes, it says
            return write(frame(0x80 | kText, half, quint64(1) << 62));
        case 5: // the sign bit of the length
            return write(frame(0x80 | kText, half, ~quint64(0)));
        case 6: // over the limit, in truth
            return write(frame(0x80 | kText, QByteArray(2'000'000, 'x')));
        case 7: // fragments without end
            write(frame(kText, QByteArray(1000, 'f')));
            for (int i = 0; i < 400; ++i)
                write(frame(0, QByteArray(1000, 'f')));
            return;
        case 8: // a continuation of nothing
            return write(frame(0x80, half));
        case 9: // text inside text
            write(frame(kText, half));
            return write(frame(0x80 | kText, half));
        case 10:
            return write(frame(0x80 | kBinary, half));
        case 11: // half a frame, and then silence
            m_mute = true;
            m_socket->write(frame(0x80 | kText, half, 60'000));
            return;
        case 12: // a close with a code that may not be sent, and words that are no UTF-8
            return write(frame(0x80 | kClose, QByteArray("\x03\xed\xff\xfe", 4)));
        default: // pings
            for (int i = 0; i < 2'000; ++i)
                write(frame(0x80 | kPing, QByteArray(8, 'p')));
            return;
        }
    }

    // --- the client's side ---
    void read()
    {
        if (m_deaf)
            return;
        m_in += m_socket->readAll();
        if (!m_half && !greet())
            return;
        while (m_half && takeFrame()) { }
    }

    bool greet()
    {
        const qsizetype end = m_in.indexOf("\r\n\r\n");
        if (end < 0 || m_greeted)
            return false;
        m_greeted = true;
        const QByteArray head = m_in.left(end);
        m_in.remove(0, end + 4);
        const QByteArray key = header(head, "Sec-WebSocket-Key");
        const bool rude = m_relay.m_manners == Manners::Hostile && m_relay.m_random.below(4) == 0;
        if (key.isEmpty()) {
            document(rude || m_relay.m_manners == Manners::Hostile);
            return false;
        }
        const QByteArray accept
            = QCryptographicHash::hash(QByteArray(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), QCryptographicHash::Sha1).toBase64();
        if (rude && !insult(accept))
            return false;
        m_socket->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + accept + "\r\n\r\n");
        m_half = m_relay.m_relay.welcome(*this);
        m_half->opened();
        return true;
    }

    /// NIP-11: what a relay says about itself.
    void document(bool hostile)
    {
        QByteArray body = "{\"name\":\"plain\"}";
        if (hostile) {
            ++m_relay.m_rude;
            switch (m_relay.m_random.below(4)) {
            case 0:
                body = "{\"name\":7,\"limitation\":{\"max_message_length\":-1,\"max_content_length\":1e400}}";
                break;
            case 1:
                body = "{\"limitation\":{\"max_message_length\":1,\"max_content_length\":1,\"min_pow_difficulty\":255}}";
                break;
            case 2:
                body = QByteArray(1'000'000, '{');
                break;
            default:
                body = QByteArray("\xff\xfe\0\0", 4);
                break;
            }
        }
        m_socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/nostr+json\r\nConnection: close\r\nContent-Length: "
                        + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        m_socket->disconnectFromHost();
    }

    /// False when this is all that the client gets.
    bool insult(const QByteArray &accept)
    {
        ++m_relay.m_rude;
        switch (m_relay.m_random.below(9)) {
        case 0:
            m_socket->write("SSH-2.0-OpenSSH_9.2\r\n");
            break;
        case 1:
            m_socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            break;
        case 2: // a redirect, to where nobody agreed to go
            m_socket->write("HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:9/\r\n\r\n");
            break;
        case 3:
            m_socket->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
            break;
        case 4: // a head without end
            m_socket->write("HTTP/1.1 101 Switching Protocols\r\n" + QByteArray(500'000, 'X'));
            break;
        case 5: { // a byte at a time
            auto *drip = new QTimer(m_socket);
            auto left = std::make_shared<QByteArray>("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n");
            connect(drip, &QTimer::timeout, m_socket, [this, drip, left] {
                if (left->isEmpty())
                    return drip->stop();
                m_socket->write(left->left(1));
                left->remove(0, 1);
            });
            drip->start(1);
            break;
        }
        case 6:
            m_socket->abort();
            break;
        case 7: { // an extension that nobody offered
            m_socket->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                            + accept + "\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: other\r\n\r\n"
                            + frame(0x80 | 0x40 | kText, QByteArray(40, 'z')));
            break;
        }
        default: // silence
            break;
        }
        return false;
    }

    bool takeFrame()
    {
        if (m_in.size() < 2)
            return false;
        const auto second = std::uint8_t(m_in[1]);
        qsizetype at = 2;
        quint64 size = second & 0x7f;
        const int more = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (m_in.size() < at + more + 4)
            return false;
        if (more) {
            size = 0;
            for (int i = 0; i < more; ++i)
                size = size << 8 | std::uint8_t(m_in[at + i]);
        }
        at += more;
        if (quint64(m_in.size()) < quint64(at) + 4 + size)
            return false;
        const QByteArray mask = m_in.mid(at, 4);
        QByteArray payload = m_in.mid(at + 4, qsizetype(size));
        const int opcode = m_in[0] & 0x0f;
        const bool last = m_in[0] & 0x80;
        m_in.remove(0, at + 4 + qsizetype(size));
        for (qsizetype i = 0; i < payload.size(); ++i)
            payload[i] = char(payload[i] ^ mask[i % 4]);
        if (opcode == kPing)
            write(frame(0x80 | kPong, payload));
        else if (opcode == kClose)
            m_socket->disconnectFromHost();
        else if (opcode <= kBinary)
            m_partial += payload;
        if (opcode <= kBinary && last)
            m_half->heard(std::exchange(m_partial, {}).toStdString());
        return m_half != nullptr;
    }

    void write(const QByteArray &bytes)
    {
        // A client that does not read is no reason to grow.
        if (!m_mute && m_socket->state() == QAbstractSocket::ConnectedState && m_socket->bytesToWrite() < 8'000'000)
            m_socket->write(bytes);
    }

    RawRelay &m_relay;
    QTcpSocket *m_socket;
    std::unique_ptr<RelayHalf> m_half;
    QByteArray m_in;
    QByteArray m_partial;
    bool m_greeted = false;
    bool m_deaf = false;
    bool m_mute = false;
};

RawRelay::RawRelay(RelayOfTest &relay, Manners manners, std::uint64_t seed) : m_relay(relay), m_manners(manners), m_random(seed)
{
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *socket = m_server.nextPendingConnection())
            new Socket(*this, socket);
    });
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("no port to listen on");
}

RawRelay::~RawRelay()
{
    const QObjectList sockets = children();
    qDeleteAll(sockets); // while what they look at is still there
}

QString RawRelay::url() const
{
    return u"ws://127.0.0.1:%1"_s.arg(m_server.serverPort());
}

} // namespace tacet::test
