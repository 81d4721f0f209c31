#include "app/tor/tor_finder.h"

#include <QHostAddress>
#include <QNetworkProxy>
#include <QTcpSocket>
#include <QTimer>

#include <algorithm>

namespace tacet::tor {
namespace {

// RFC 1928 §3 with user names only (RFC 1929): a proxy that knows none could not keep circuits apart.
const QByteArray kGreeting("\x05\x01\x02", 3);
const QByteArray kLogin("\x01\x05tacet\x05tacet", 13);
// RESOLVE (0xF0, socks-extensions) of the name "127.0.0.1".
const QByteArray kResolve("\x05\xf0\x00\x03\x09"
                          "127.0.0.1\x00\x00",
                          16);
const QByteArray kResolved("\x05\x00\x00\x01\x7f\x00\x00\x01", 8);

} // namespace

TorFinder::~TorFinder()
{
    if (m_socket)
        m_socket->disconnect(this);
}

void TorFinder::find(std::vector<quint16> ports, Found found)
{
    m_ports = std::move(ports);
    std::reverse(m_ports.begin(), m_ports.end());
    m_found = std::move(found);
    next();
}

void TorFinder::next()
{
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket->abort();
        m_socket->deleteLater();
        m_socket = nullptr;
    }
    if (m_ports.empty()) {
        const auto found = std::exchange(m_found, nullptr);
        return found(0);
    }
    m_port = m_ports.back();
    m_ports.pop_back();
    m_step = Step::Greeting;
    m_in.clear();
    m_socket = new QTcpSocket(this);
    m_socket->setProxy(QNetworkProxy::NoProxy); // it is on this computer
    connect(m_socket, &QTcpSocket::connected, this, [this] { say(kGreeting); });
    connect(m_socket, &QTcpSocket::readyRead, this, &TorFinder::heard);
    // Later: a socket must not be replaced from inside of its own signals.
    connect(m_socket, &QTcpSocket::errorOccurred, this, &TorFinder::next, Qt::QueuedConnection);
    QTimer::singleShot(kPatienceMs, m_socket, [this, asked = m_socket] {
        if (m_socket == asked)
            next();
    });
    m_socket->connectToHost(QHostAddress::LocalHost, m_port);
}

void TorFinder::say(const QByteArray &bytes) const
{
    m_socket->write(bytes);
}

void TorFinder::heard()
{
    m_in += m_socket->readAll();
    const qsizetype wanted = m_step == Step::Resolve ? kResolved.size() : 2;
    if (m_in.size() < wanted)
        return;
    const QByteArray answer = m_in.left(wanted);
    m_in.remove(0, wanted);
    if (m_step == Step::Greeting && answer == QByteArray("\x05\x02", 2)) {
        m_step = Step::Login;
        return say(kLogin);
    }
    if (m_step == Step::Login && answer == QByteArray("\x01\x00", 2)) {
        m_step = Step::Resolve;
        return say(kResolve);
    }
    if (m_step != Step::Resolve || answer != kResolved)
        return next();
    m_ports.clear();
    const quint16 port = m_port;
    const auto found = std::exchange(m_found, nullptr);
    m_socket->disconnect(this);
    m_socket->abort();
    m_socket->deleteLater();
    m_socket = nullptr;
    found(port);
}

} // namespace tacet::tor
