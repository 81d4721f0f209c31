#include "app/tor/control_port.h"

#include <QFile>
#include <QHostAddress>
#include <QLocalSocket>
#include <QMessageAuthenticationCode>
#include <QNetworkProxy>
#include <QTcpSocket>

using namespace Qt::StringLiterals;

namespace tacet::tor {
namespace {

constexpr qsizetype kCookieBytes = 32;
constexpr qsizetype kNonceBytes = 32;

// The keys of the two proofs (control-spec, "AUTHCHALLENGE").
constexpr char kServerKey[] = "Tor safe cookie authentication server-to-controller hash";
constexpr char kClientKey[] = "Tor safe cookie authentication controller-to-server hash";

QByteArray hmac(const char *key, const QByteArray &message)
{
    return QMessageAuthenticationCode::hash(message, QByteArray(key), QCryptographicHash::Sha256);
}

/// Exactly 32 bytes, or nothing: another file is none of our business.
QByteArray readCookie(const QString &path)
{
    QFile file(path);
    if (path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.read(kCookieBytes + 1);
    return bytes.size() == kCookieBytes ? bytes : QByteArray();
}

bool same(const QByteArray &a, const QByteArray &b)
{
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (qsizetype i = 0; i < std::min(a.size(), b.size()); ++i)
        difference |= unsigned(quint8(a[i]) ^ quint8(b[i]));
    return difference == 0;
}

} // namespace

ControlPort::ControlPort(crypto::Random &random, QString cookieFile, QObject *parent)
    : QObject(parent), m_random(random), m_cookieFile(std::move(cookieFile))
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] { end(u"its control port does not answer"_s); });
}

ControlPort::~ControlPort()
{
    m_ended = true;
    if (m_device)
        m_device->disconnect(this);
}

void ControlPort::connectToPort(quint16 port)
{
    auto *socket = new QTcpSocket(this);
    socket->setProxy(QNetworkProxy::NoProxy); // it is on this computer
    use(socket);
    connect(socket, &QTcpSocket::connected, this, &ControlPort::askMethods);
    connect(socket, &QTcpSocket::disconnected, this, [this] { end(u"its control port was closed"_s); });
    connect(socket, &QTcpSocket::errorOccurred, this, [this] { end(u"its control port cannot be reached"_s); });
    socket->connectToHost(QHostAddress::LocalHost, port);
}

void ControlPort::connectToSocket(const QString &path)
{
    auto *socket = new QLocalSocket(this);
    use(socket);
    connect(socket, &QLocalSocket::connected, this, &ControlPort::askMethods);
    connect(socket, &QLocalSocket::disconnected, this, [this] { end(u"its control port was closed"_s); });
    connect(socket, &QLocalSocket::errorOccurred, this, [this] { end(u"its control port cannot be reached"_s); });
    socket->connectToServer(path);
}

void ControlPort::use(QIODevice *device)
{
    m_device = device;
    connect(device, &QIODevice::readyRead, this, &ControlPort::readAll);
    m_patience.start(kPatienceMs);
}

void ControlPort::ask(const QByteArray &command, Answer answer)
{
    if (m_ended)
        return;
    m_answers.push_back(std::move(answer));
    m_device->write(command + "\r\n");
}

void ControlPort::readAll()
{
    const auto replies = m_reader.take(m_device->readAll());
    if (!replies)
        return end(u"what answers on its control port is not Tor"_s);
    for (const ControlReply &reply : *replies) {
        if (m_ended)
            return;
        if (reply.isEvent()) {
            Q_EMIT eventCame(reply);
        } else if (m_answers.empty()) {
            return end(u"what answers on its control port is not Tor"_s);
        } else {
            const Answer answer = std::move(m_answers.front());
            m_answers.pop_front();
            if (answer)
                answer(reply);
        }
    }
}

// --- Proof of being allowed ---

void ControlPort::askMethods()
{
    ask("PROTOCOLINFO 1", [this](const ControlReply &reply) { challenge(reply); });
}

void ControlPort::challenge(const ControlReply &methods)
{
    QByteArray offer;
    for (const QByteArray &line : methods.lines) {
        if (line.startsWith("AUTH "))
            offer = line.mid(5);
    }
    const QList<QByteArray> names = pairValue(offer, "METHODS").split(',');
    if (names.contains("NULL"))
        return prove({});
    if (!names.contains("SAFECOOKIE"))
        return end(u"its control port wants a password"_s);
    m_cookie = readCookie(m_cookieFile.isEmpty() ? QString::fromUtf8(pairValue(offer, "COOKIEFILE")) : m_cookieFile);
    if (m_cookie.isEmpty())
        return end(u"this user may not use its control port"_s);
    m_nonce = QByteArray(kNonceBytes, Qt::Uninitialized);
    m_random.fill({reinterpret_cast<std::uint8_t *>(m_nonce.data()), std::size_t(m_nonce.size())});
    ask("AUTHCHALLENGE SAFECOOKIE " + m_nonce.toHex(), [this](const ControlReply &reply) { prove(reply); });
}

void ControlPort::prove(const ControlReply &challenge)
{
    QByteArray proof;
    if (!m_cookie.isEmpty()) {
        // "AUTHCHALLENGE SERVERHASH=… SERVERNONCE=…"
        const QByteArray line = challenge.accepted() ? challenge.lines.value(0) : QByteArray();
        const QByteArray serverNonce = QByteArray::fromHex(pairValue(line, "SERVERNONCE"));
        const QByteArray both = m_cookie + m_nonce + serverNonce;
        if (serverNonce.size() != kNonceBytes || !same(QByteArray::fromHex(pairValue(line, "SERVERHASH")), hmac(kServerKey, both)))
            return end(u"what answers on its control port is not this Tor"_s);
        proof = ' ' + hmac(kClientKey, both).toHex();
    }
    m_cookie.fill('\0');
    ask("AUTHENTICATE" + proof, [this](const ControlReply &reply) {
        if (!reply.accepted())
            return end(u"its control port does not let us in"_s);
        m_patience.stop();
        Q_EMIT authenticated();
    });
}

void ControlPort::end(const QString &reason)
{
    if (m_ended)
        return;
    m_ended = true;
    m_patience.stop();
    m_answers.clear();
    Q_EMIT ended(reason);
}

} // namespace tacet::tor
