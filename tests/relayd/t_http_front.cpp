#include "app/relay/relay_info.h"
#include "app/relayd/http_front.h"
#include "app/relayd/relay_server.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

using namespace tacet;
using namespace tacet::relayd;

class TestHttpFront : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void head_isRead_data();
    void head_isRead();
    void answers_data();
    void answers();
    void halfAHead_isNotAwaitedForEver();
    void tooManyConnections_areTurnedAway();
    void behindAProxy_allConnectionsAreForEverybody();
    void noFileLeft_isOverWhenSomeAreClosed();
    void sameFolderOrPort_isSaid();

private:
    static QByteArray ask(quint16 port, const QByteArray &request)
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, port);
        QByteArray answer;
        QObject::connect(&socket, &QTcpSocket::readyRead, &socket, [&] { answer += socket.readAll(); });
        QObject::connect(&socket, &QTcpSocket::connected, &socket, [&] { socket.write(request); });
        const bool ended = QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState && !answer.isEmpty(); }, 5000);
        return ended ? answer : QByteArray("(no end) ") + answer;
    }
    SystemClock m_clock;
    test::SeededRandom m_random{4};
};

void TestHttpFront::head_isRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("upgrade");
    using State = RequestHead::State;
    const auto row = [](const char *name, const QByteArray &bytes, State state, bool upgrade = false) {
        QTest::newRow(name) << bytes << int(state) << upgrade;
    };
    row("nothing", "", State::Incomplete);
    row("half", "GET / HT", State::Incomplete);
    row("no end", "GET / HTTP/1.1\r\nHost: a\r\n", State::Incomplete);
    row("plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", State::Complete);
    row("upgrade", "GET / HTTP/1.1\r\nUPGRADE:  WebSocket \r\n\r\n", State::Complete, true);
    row("another upgrade", "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", State::Complete);
    row("TLS greeting", QByteArray("\x16\x03\x01\x02\x00", 5), State::Bad);
    row("nul", QByteArray(1, '\0'), State::Bad);
    row("two words", "GET /\r\n\r\n", State::Bad);
    row("HTTP/2", "PRI * HTTP/2.0\r\n\r\n", State::Bad);
    row("no colon", "GET / HTTP/1.1\r\nnonsense\r\n\r\n", State::Complete);
}

void TestHttpFront::head_isRead()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, state);
    QFETCH(bool, upgrade);
    RequestHead head;
    QCOMPARE(int(RequestHead::read(bytes, head)), state);
    QCOMPARE(head.upgrade, upgrade);
}

void TestHttpFront::answers_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("page") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n\r\n") << QByteArray("HTTP/1.1 200 ");
    QTest::newRow("information") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/nostr+json\r\n\r\n") << QByteArray("HTTP/1.1 200 ");
    QTest::newRow("post") << QByteArray("POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\nxxx") << QByteArray("HTTP/1.1 405 ");
    QTest::newRow("garbage") << QByteArray("\x16\x03\x01") << QByteArray("HTTP/1.1 400 ");
    QTest::newRow("large head") << QByteArray("GET / HTTP/1.1\r\nX: " + QByteArray(20'000, 'x')) << QByteArray("HTTP/1.1 431 ");
    QTest::newRow("web page") << QByteArray("GET / HTTP/1.1\r\nUpgrade: websocket\r\nOrigin: https://evil.example\r\n\r\n") << QByteArray("HTTP/1.1 403 ");
}

void TestHttpFront::answers()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, status);
    QTemporaryDir folder;
    RelayServer server({QHostAddress::LocalHost, 0, folder.path().toStdString(), "A \"relay\"", true, {}}, m_clock, m_random);
    QVERIFY(server.start().ok());
    const QByteArray answer = ask(server.url().port(), request);
    QVERIFY2(answer.startsWith(status), answer.constData());
    if (request.contains("nostr+json")) {
        const QByteArray body = answer.mid(answer.indexOf("\r\n\r\n") + 4);
        const auto info = relay::readRelayInfo(body.toStdString());
        QVERIFY(info.has_value());
        QCOMPARE(info->name, std::string("A \"relay\""));
        QCOMPARE(*info->largestMessage, std::int64_t(131'072));
        QVERIFY(answer.contains("Content-Type: application/nostr+json"));
    }
}

void TestHttpFront::halfAHead_isNotAwaitedForEver()
{
    QTemporaryDir folder;
    Limits limits;
    limits.headMs = 100;
    RelayServer server({QHostAddress::LocalHost, 0, folder.path().toStdString(), "r", true, limits}, m_clock, m_random);
    QVERIFY(server.start().ok());
    QTcpSocket socket;
    QSignalSpy connected(&socket, &QTcpSocket::connected);
    QSignalSpy disconnected(&socket, &QTcpSocket::disconnected);
    QObject::connect(&socket, &QTcpSocket::connected, &socket, [&] { socket.write("GET / HT"); });
    socket.connectToHost(QHostAddress::LocalHost, server.url().port());
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(connected.count(), 1);
}

void TestHttpFront::tooManyConnections_areTurnedAway()
{
    QTemporaryDir folder;
    Limits limits;
    limits.connections = 2;
    RelayServer server({QHostAddress::LocalHost, 0, folder.path().toStdString(), "r", true, limits}, m_clock, m_random);
    QVERIFY(server.start().ok());
    QTcpSocket one;
    QTcpSocket two;
    for (QTcpSocket *socket : {&one, &two}) {
        socket->connectToHost(QHostAddress::LocalHost, server.url().port());
        QTRY_COMPARE(socket->state(), QAbstractSocket::ConnectedState);
    }
    QVERIFY(ask(server.url().port(), "GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 503 "));
    one.disconnectFromHost();
    QTRY_COMPARE(one.state(), QAbstractSocket::UnconnectedState);
    QTRY_VERIFY(ask(server.url().port(), "GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 "));
}

void TestHttpFront::behindAProxy_allConnectionsAreForEverybody()
{
    QTemporaryDir folder;
    Limits limits;
    limits.limitLoopback = true;
    limits.connectionsPerAddress = 2;
    limits.connections = 5;
    RelayServer server({QHostAddress::LocalHost, 0, folder.path().toStdString(), "r", true, limits}, m_clock, m_random);
    QVERIFY(server.start().ok());
    QTcpSocket sockets[5];
    for (QTcpSocket &socket : sockets) {
        QTRY_VERIFY(ask(server.url().port(), "GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 "));
        socket.connectToHost(QHostAddress::LocalHost, server.url().port());
        QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    }
    QVERIFY(ask(server.url().port(), "GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 503 "));
}

void TestHttpFront::noFileLeft_isOverWhenSomeAreClosed()
{
    HttpFront front({}, [](QTcpSocket *, const RequestHead &, const QByteArray &) { });
    QVERIFY(front.listen(QHostAddress::LocalHost));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(front.serverPort());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::vector<int> silent; // the kernel connects them; the relay needs a file for each
    int highest = 0;
    for (int i = 0; i < 60; ++i) {
        silent.push_back(::socket(AF_INET, SOCK_STREAM, 0));
        highest = std::max(highest, silent.back());
        QCOMPARE(::connect(silent.back(), reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
    }
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit few = before;
    few.rlim_cur = rlim_t(highest) + 21;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const QSignalSpy refused(&front, &QTcpServer::acceptError);
    const bool ranOut = QTest::qWaitFor([&] { return !refused.isEmpty(); });
    ::setrlimit(RLIMIT_NOFILE, &before);
    for (const int socket : silent)
        ::close(socket);
    QVERIFY(ranOut);
    const QByteArray answer = ask(front.serverPort(), "GET / HTTP/1.1\r\n\r\n");
    QVERIFY2(answer.startsWith("HTTP/1.1 200 "), answer.constData());
}

void TestHttpFront::sameFolderOrPort_isSaid()
{
    QTemporaryDir folder;
    QTemporaryDir other;
    RelayServer first({QHostAddress::LocalHost, 0, folder.path().toStdString(), "r", true, {}}, m_clock, m_random);
    QVERIFY(first.start().ok());
    RelayServer second({QHostAddress::LocalHost, 0, folder.path().toStdString(), "r", true, {}}, m_clock, m_random);
    QVERIFY(second.start().error() == RelayServerError::Store);
    QVERIFY(second.storeError() == StoreError::InUse);
    RelayServer third({QHostAddress::LocalHost, first.url().port(), other.path().toStdString(), "r", true, {}}, m_clock, m_random);
    QVERIFY(third.start().error() == RelayServerError::PortInUse);
    const quint16 port = first.url().port();
    first.stop();
    QVERIFY(third.start().ok()); // tried again
    third.stop();
    QVERIFY(first.start().ok());
    QCOMPARE(first.url().port(), port); // a restart keeps the port
}

TACET_TEST_UNIT("t_http_front", TestHttpFront)
#include "t_http_front.moc"
