// What a relay on the open network must survive, and how it ends: over real sockets.
#include "app/relayd/http_front.h"
#include "tests/relayd/socket_client.h"
#include "tests/support/envelopes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>

#include <iterator>

using namespace tacet;
using namespace tacet::relayd;
using test::note;
using test::SocketClient;

class TestServerLimits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void address_isThatOfACustomer_data();
    void address_isThatOfACustomer();
    void rates_areForgottenAndBounded();
    void bytes_areCountedPerAddress();
    void frames_areCountedPerAddress();
    void whoComesThroughTor_isAStranger();
    void whoComesThroughTor_hasAShareOfComparisons();
    void fullStore_isSaidAndServesOn();
    void retention_deletesWhatIsOld();
    void expensiveQuestion_isRefused();
    void expensiveQuestions_areOneATurn();
    void expensiveQuestion_isPaidFor();
    void subscriptions_takeBoundedMemory();
    void unreadAnswers_waitWithTheClient();
    void unreadLiveEvents_closeTheSlowestAlone();
    void brokenFrames_endTheSocketOnly();
    void frameThatEndsInsideACharacter_isRead();
    void ping_isAnswered();
    void drain_answersThenSaysGoodbye();
    void drain_doesNotWaitForTheDeaf();

private:
    /// Puts notes there that a question for kind 2 walks through, and finds nothing.
    bool fill(SocketClient &client, std::size_t notes)
    {
        client.heard.clear();
        for (std::size_t i = 0; i < notes; ++i)
            client.send(relay::writePublish(note(m_clock.wallSeconds(), std::to_string(i), m_random)));
        return QTest::qWaitFor([&] { return client.heard.size() == notes; }, 30'000);
    }
    std::unique_ptr<RelayServer> serve(const Limits &limits, bool readingNeedsAuth = true)
    {
        RelayServerOptions options;
        options.folder = m_folder->path().toStdString();
        options.limits = limits;
        options.readingNeedsAuth = readingNeedsAuth;
        auto server = std::make_unique<RelayServer>(options, m_clock, m_random);
        return server->start().ok() ? std::move(server) : nullptr;
    }
    /// A socket below the WebSocket, upgraded: what a client library would never send.
    std::unique_ptr<QTcpSocket> raw(const RelayServer &server)
    {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(QHostAddress::LocalHost, server.url().port());
        QObject::connect(socket.get(), &QTcpSocket::connected, socket.get(), [s = socket.get()] {
            s->write("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        });
        QByteArray head;
        const bool upgraded = QTest::qWaitFor(
            [&] {
                head += socket->readAll();
                return head.contains("AUTH");
            },
            10'000);
        return upgraded && head.startsWith("HTTP/1.1 101 ") && head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") ? std::move(socket) : nullptr;
    }
    static QByteArray masked(int first, const QByteArray &payload)
    {
        QByteArray out(1, char(first));
        out += char(0x80 | payload.size());
        out += QByteArray(4, '\0'); // a mask that changes nothing
        return out + payload;
    }
    static QByteArray everything(QTcpSocket &socket)
    {
        QByteArray out;
        test::waitUntil([&] {
            out += socket.readAll();
            return socket.state() == QAbstractSocket::UnconnectedState;
        });
        return out;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    test::ManualClock m_clock;
    test::SeededRandom m_random{12};
};

void TestServerLimits::address_isThatOfACustomer_data()
{
    QTest::addColumn<QString>("one");
    QTest::addColumn<QString>("other");
    QTest::addColumn<bool>("same");
    QTest::newRow("IPv4") << "192.0.2.1" << "192.0.2.2" << false;
    QTest::newRow("IPv4 in IPv6") << "192.0.2.1" << "::ffff:192.0.2.1" << true;
    QTest::newRow("one /64") << "2001:db8:1:2::1" << "2001:db8:1:2:ffff:ffff:ffff:ffff" << true;
    QTest::newRow("two /64") << "2001:db8:1:2::1" << "2001:db8:1:3::1" << false;
}

void TestServerLimits::address_isThatOfACustomer()
{
    QFETCH(QString, one);
    QFETCH(QString, other);
    QFETCH(bool, same);
    QCOMPARE(addressKey(QHostAddress(one)) == addressKey(QHostAddress(other)), same);
}

void TestServerLimits::rates_areForgottenAndBounded()
{
    RateLimiter limiter(10, 100);
    QVERIFY(limiter.take("a", 0, 100));
    QVERIFY(!limiter.take("a", 99));
    QVERIFY(limiter.take("a", 200, 2));
    QVERIFY(!limiter.take("b", 200, 101)); // more than there ever is
    for (int i = 0; i < 30'000; ++i)
        QVERIFY(limiter.take(std::to_string(i), 300));
    QVERIFY(limiter.addresses() <= RateLimiter::kManyAddresses);
    limiter.charge("d", 300, 150); // known afterwards: a debt
    QVERIFY(!limiter.take("d", 5'300));
    QVERIFY(limiter.take("d", 5'400));
    QVERIFY(limiter.take("c", 20'000));
    QVERIFY(limiter.addresses() <= 2); // all others had refilled, so that they say nothing
}

void TestServerLimits::bytes_areCountedPerAddress()
{
    Limits limits;
    limits.limitLoopback = true;
    limits.bytesBurst = 100'000;
    limits.bytesPerSecond = 10'000;
    const auto server = serve(limits);
    SocketClient client(*server);
    QVERIFY(client.isReady());
    const std::string large(60'000, 'x');
    const std::int64_t now = m_clock.wallSeconds();
    QCOMPARE(client.publish(note(now, large, m_random)), std::string("accepted"));
    QVERIFY(client.publish(note(now, large, m_random)).starts_with("rate-limited: "));
    SocketClient second(*server); // another socket is no other address
    QVERIFY(second.isReady());
    QVERIFY(second.publish(note(now, large, m_random)).starts_with("rate-limited: "));
    QCOMPARE(second.publish(note(now, "small", m_random)), std::string("accepted"));
    m_clock.advance(10'000);
    QCOMPARE(client.publish(note(now, large, m_random)), std::string("accepted"));
}

void TestServerLimits::frames_areCountedPerAddress()
{
    Limits limits;
    limits.limitLoopback = true;
    limits.framesBurst = 3;
    limits.framesPerSecond = 1;
    const auto server = serve(limits);
    SocketClient client(*server);
    QVERIFY(client.isReady());
    for (int i = 0; i < 3; ++i)
        QCOMPARE(client.ask("[\"REQ\",\"a\",{\"kinds\":[1]}]"), std::string("[\"EOSE\",\"a\"]"));
    QVERIFY(client.ask("[\"REQ\",\"a\",{\"kinds\":[1]}]").starts_with("[\"CLOSED\",\"a\",\"rate-limited: "));
    m_clock.advance(1'000);
    QCOMPARE(client.ask("[\"REQ\",\"a\",{\"kinds\":[1]}]"), std::string("[\"EOSE\",\"a\"]"));
}

void TestServerLimits::whoComesThroughTor_isAStranger()
{
    RelayServerOptions options;
    options.folder = m_folder->path().toStdString();
    options.limits.framesBurst = 3;
    options.limits.framesPerSecond = 1;
    options.limits.connectionsPerAddress = 2;
    options.torPort = 0;
    RelayServer server(options, m_clock, m_random);
    QVERIFY(server.start().ok());
    QVERIFY(server.torPort() != 0 && server.torPort() != server.url().port());
    const QString door = QStringLiteral("ws://127.0.0.1:%1").arg(server.torPort());

    const std::string question = "[\"REQ\",\"a\",{\"kinds\":[1]}]";
    const auto refused = [&question](SocketClient &client) {
        return client.ask(question).starts_with("[\"CLOSED\",\"a\",\"rate-limited: ");
    };
    SocketClient stranger(door);
    QVERIFY(stranger.isReady());
    for (int i = 0; i < 3; ++i)
        QCOMPARE(stranger.ask(question), std::string("[\"EOSE\",\"a\"]"));
    QVERIFY(refused(stranger));
    SocketClient another(door); // all who come through Tor are one address
    QVERIFY(another.isReady());
    QVERIFY(refused(another));
    SocketClient third(door);
    QVERIFY(test::waitUntil([&third] { return third.isClosed(); }));
    QCOMPARE(third.heard.size(), std::size_t(0));

    for (int i = 0; i < 3; ++i) { // this computer's own programs find neither door nor frames taken
        SocketClient own(server);
        QVERIFY(own.isReady());
        for (int k = 0; k < 3; ++k)
            QCOMPARE(own.ask(question), std::string("[\"EOSE\",\"a\"]"));
    }
    const quint16 told = server.torPort();
    server.stop();
    QVERIFY(server.start().ok());
    QCOMPARE(server.torPort(), told);
}

void TestServerLimits::whoComesThroughTor_hasAShareOfComparisons()
{
    RelayServerOptions options;
    options.folder = m_folder->path().toStdString();
    options.limits.reconciliationItemsPerAddress = 1;
    options.torPort = 0;
    RelayServer server(options, m_clock, m_random);
    QVERIFY(server.start().ok());
    const QString door = QStringLiteral("ws://127.0.0.1:%1").arg(server.torPort());
    SocketClient own(server);
    QVERIFY(own.isReady());
    QCOMPARE(own.publish(note(m_clock.wallSeconds(), "one", m_random)), std::string("accepted"));
    const std::string question = "[\"NEG-OPEN\",\"n\",{\"kinds\":[1]},\"6100000200\"]";
    const auto isCompared = [&question](SocketClient &client) { return client.ask(question).starts_with("[\"NEG-MSG\""); };
    SocketClient stranger(door);
    QVERIFY(stranger.isReady());
    QVERIFY(isCompared(stranger));
    SocketClient another(door);
    QVERIFY(another.isReady());
    QVERIFY(!isCompared(another)); // the same address
    QVERIFY(isCompared(own));
    QCOMPARE(own.publish(note(m_clock.wallSeconds(), "two", m_random)), std::string("accepted"));
    QVERIFY(isCompared(own));
}

void TestServerLimits::fullStore_isSaidAndServesOn()
{
    Limits limits;
    limits.storeBytes = 512 * 1024;
    limits.keepSeconds = 3'600;
    const auto server = serve(limits);
    SocketClient client(*server);
    QVERIFY(client.isReady());
    const std::string large(60'000, 'x');
    std::string words;
    int accepted = 0;
    for (; accepted < 20; ++accepted) {
        words = client.publish(note(m_clock.wallSeconds() - 3'000, large, m_random));
        if (words != "accepted")
            break;
    }
    QCOMPARE(words, std::string("error: the relay is full"));
    QVERIFY(accepted >= 4 && accepted < 10);
    QVERIFY(server->summary()->fileBytes <= limits.storeBytes);
    client.heard.clear();
    client.send("[\"REQ\",\"a\",{\"kinds\":[1]}]"); // reading goes on, and what was accepted is there
    QTRY_COMPARE(client.heard.size(), std::size_t(accepted + 1));
}

void TestServerLimits::retention_deletesWhatIsOld()
{
    Limits limits;
    limits.keepSeconds = 3'600;
    limits.pingMs = 1'000; // also how often it looks for what is old
    auto server = serve(limits);
    const std::int64_t now = m_clock.wallSeconds();
    {
        SocketClient client(*server);
        QVERIFY(client.isReady());
        for (int i = 0; i < 1'100; ++i) // more than one portion
            client.send(relay::writePublish(note(now - 3'000, std::to_string(i), m_random)));
        QTRY_COMPARE(client.heard.size(), std::size_t(1'100));
        QCOMPARE(client.publish(note(now, "young", m_random)), std::string("accepted"));
    }
    QCOMPARE(server->summary()->otherEvents, std::int64_t(1'101));
    m_clock.advance(601 * 1000);
    QTRY_COMPARE(server->summary()->otherEvents, std::int64_t(1));
}

void TestServerLimits::expensiveQuestion_isRefused()
{
    Limits limits;
    limits.queryOperations = 1;
    const auto server = serve(limits);
    SocketClient client(*server);
    QVERIFY(client.isReady());
    QVERIFY(fill(client, 3'000));
    QVERIFY(client.ask("[\"REQ\",\"a\",{\"kinds\":[2]}]").starts_with("[\"CLOSED\",\"a\",\"error: too expensive"));
    client.heard.clear();
    client.send("[\"REQ\",\"a\",{\"kinds\":[1],\"limit\":2}]");
    QTRY_COMPARE(client.heard.size(), std::size_t(3));
}

void TestServerLimits::expensiveQuestions_areOneATurn()
{
    Limits limits;
    limits.queryOperations = 1;
    const auto server = serve(limits);
    SocketClient client(*server);
    QVERIFY(client.isReady());
    QVERIFY(fill(client, 3'000));
    auto greedy = raw(*server);
    QVERIFY(greedy);
    QByteArray all;
    for (int i = 0; i < 500; ++i)
        all += masked(0x81, "[\"REQ\",\"a\",{\"kinds\":[2]}]");
    greedy->write(all);
    QByteArray refusals;
    const auto refused = [&] { return (refusals += greedy->readAll()).count("[\"CLOSED\""); };
    QVERIFY(test::waitUntil([&] { return refused() > 0; })); // one by one turn, unlike QTRY_VERIFY
    QCOMPARE(client.ask("[\"REQ\",\"b\",{\"ids\":[]}]"), std::string("[\"EOSE\",\"b\"]"));
    QVERIFY(refused() < 250); // the others had not all been asked before
    QTRY_COMPARE(refused(), qsizetype(500));
}

void TestServerLimits::expensiveQuestion_isPaidFor()
{
    Limits limits;
    limits.limitLoopback = true;
    limits.framesBurst = 2'000;
    limits.framesPerSecond = 1'000;
    limits.operationsPerFrame = 1;
    const auto server = serve(limits);
    SocketClient client(*server);
    QVERIFY(client.isReady());
    QVERIFY(fill(client, 1'000));
    const std::string question = "[\"REQ\",\"a\",{\"kinds\":[2]}]"; // some steps for each of the thousand
    QCOMPARE(client.ask(question), std::string("[\"EOSE\",\"a\"]"));
    QVERIFY(client.ask(question).starts_with("[\"CLOSED\",\"a\",\"rate-limited: "));
    m_clock.advance(60'000);
    QCOMPARE(client.ask(question), std::string("[\"EOSE\",\"a\"]"));
}

void TestServerLimits::subscriptions_takeBoundedMemory()
{
    Limits limits;
    limits.subscriptionBytes = 10'000;
    const auto server = serve(limits);
    SocketClient client(*server);
    QVERIFY(client.isReady());
    const auto request = [](const char *name) { return std::string("[\"REQ\",\"") + name + "\",{\"#t\":[\"" + std::string(4'000, 'x') + "\"]}]"; };
    QCOMPARE(client.ask(request("a")), std::string("[\"EOSE\",\"a\"]"));
    QCOMPARE(client.ask(request("b")), std::string("[\"EOSE\",\"b\"]"));
    QVERIFY(client.ask(request("c")).starts_with("[\"CLOSED\",\"c\",\"rate-limited: "));
    QCOMPARE(client.ask(request("b")), std::string("[\"EOSE\",\"b\"]")); // instead of, not beside
    client.send("[\"CLOSE\",\"a\"]");
    QCOMPARE(client.ask(request("c")), std::string("[\"EOSE\",\"c\"]"));
}

void TestServerLimits::unreadAnswers_waitWithTheClient()
{
    // Somebody asks for megabytes a thousand times and never reads: none of it may pile up in the relay.
    Limits limits;
    limits.unsentTotal = 1'000'000; // who piles up more than this is closed
    const auto server = serve(limits);
    SocketClient writer(*server);
    QVERIFY(writer.isReady());
    for (int i = 0; i < 60; ++i)
        writer.send(relay::writePublish(note(m_clock.wallSeconds(), std::string(50'000, 'x'), m_random)));
    QTRY_COMPARE(writer.heard.size(), std::size_t(60));

    auto deaf = raw(*server);
    QVERIFY(deaf);
    deaf->setReadBufferSize(1'000);
    for (int i = 0; i < 1'000; ++i)
        deaf->write(masked(0x81, "[\"REQ\",\"a\",{\"kinds\":[1]}]"));
    for (int i = 0; i < 20; ++i) // turns in which a relay that does not care makes 3 GB of answers
        QCOMPARE(writer.ask("[\"REQ\",\"b\",{\"kinds\":[2]}]"), std::string("[\"EOSE\",\"b\"]"));
    QCOMPARE(server->clients(), std::size_t(2));
    QVERIFY(server->unsentBytes() <= Limits().unsentBytes + 200'000);
    // It reads after all, and gets every answer in full.
    deaf->setReadBufferSize(0);
    qint64 got = 0;
    QTRY_VERIFY_WITH_TIMEOUT((got += deaf->readAll().size()) > 30'000'000, 30'000);
}

void TestServerLimits::unreadLiveEvents_closeTheSlowestAlone()
{
    Limits limits;
    limits.unsentTotal = 1'000'000;
    const auto server = serve(limits);
    auto deaf = raw(*server);
    QVERIFY(deaf);
    deaf->setReadBufferSize(1'000);
    deaf->write(masked(0x81, "[\"REQ\",\"a\",{\"kinds\":[1]}]"));
    SocketClient reader(*server);
    QVERIFY(reader.isReady());
    QCOMPARE(reader.ask("[\"REQ\",\"a\",{\"kinds\":[1]}]"), std::string("[\"EOSE\",\"a\"]"));
    reader.heard.clear();
    SocketClient writer(*server);
    QVERIFY(writer.isReady());
    for (int i = 0; i < 100; ++i)
        QCOMPARE(writer.publish(note(m_clock.wallSeconds(), std::string(50'000, 'x'), m_random)), std::string("accepted"));
    QTRY_COMPARE(server->clients(), std::size_t(2)); // the deaf one is gone
    QTRY_COMPARE(reader.heard.size(), std::size_t(100)); // and took nobody with it
}

void TestServerLimits::brokenFrames_endTheSocketOnly()
{
    struct Row {
        const char *what;
        QByteArray bytes;
        int code;
    };
    const Row rows[]{
        {"not masked", "\x81\x01x", 1002},
        {"reserved bit", masked(0xf1, "x"), 1002},
        {"binary", masked(0x82, "x"), 1003},
        {"not UTF-8", masked(0x81, "\xff"), 1007},
        {"too large", QByteArray("\x81\xff\x00\x00\x00\x7f\x00\x00\x00\x00\x00\x00\x00\x00", 14), 1009},
    };
    const auto server = serve({});
    SocketClient beside(*server);
    QVERIFY(beside.isReady());
    // All at once: the server gives each two seconds to read why.
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (const Row &row : rows) {
        sockets.push_back(raw(*server));
        QVERIFY(sockets.back());
        sockets.back()->write(row.bytes);
    }
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        const QByteArray heard = everything(*sockets[i]);
        QVERIFY2(heard.size() >= 4 && heard[0] == char(0x88), rows[i].what);
        QCOMPARE(int(std::uint8_t(heard[2])) << 8 | int(std::uint8_t(heard[3])), rows[i].code);
    }
    QCOMPARE(beside.ask("[\"REQ\",\"a\",{\"kinds\":[1]}]"), std::string("[\"EOSE\",\"a\"]"));
    QTRY_COMPARE(server->clients(), std::size_t(1));
}

void TestServerLimits::frameThatEndsInsideACharacter_isRead()
{
    const auto server = serve({});
    auto socket = raw(*server);
    QVERIFY(socket);
    const QByteArray request = "[\"REQ\",\"\xe2\x82\xac\",{\"kinds\":[1]}]";
    socket->write(masked(0x01, request.left(9)));
    socket->write(masked(0x80, request.mid(9)));
    QByteArray heard;
    QTRY_VERIFY((heard += socket->readAll()).contains("[\"EOSE\",\"\xe2\x82\xac\"]"));
}

void TestServerLimits::ping_isAnswered()
{
    const auto server = serve({});
    auto socket = raw(*server);
    QVERIFY(socket);
    socket->write(masked(0x89, "are you there"));
    QByteArray heard;
    QTRY_COMPARE(heard += socket->readAll(), QByteArray("\x8a\x0d" "are you there"));
}

void TestServerLimits::drain_answersThenSaysGoodbye()
{
    const auto server = serve({});
    SocketClient client(*server);
    QVERIFY(client.isReady());
    SocketClient idle(*server);
    QVERIFY(idle.isReady());
    const std::int64_t now = m_clock.wallSeconds();
    for (int i = 0; i < 50; ++i)
        client.send(relay::writePublish(note(now, std::to_string(i), m_random)));
    QTRY_VERIFY(!client.heard.empty()); // some are answered, some may lie in the group, some in the socket
    QSignalSpy drained(server.get(), &RelayServer::drained);
    server->drain();
    const quint16 port = server->url().port();
    QTRY_COMPARE(drained.count(), 1);
    QTRY_VERIFY(client.isClosed() && idle.isClosed());
    QCOMPARE(int(client.socket.closeCode()), 1001);
    QCOMPARE(int(idle.socket.closeCode()), 1001);
    const std::int64_t stored = server->summary()->otherEvents;
    QCOMPARE(std::int64_t(client.heard.size()), stored); // an OK for each, and for no other
    QTcpSocket late;
    late.connectToHost(QHostAddress::LocalHost, port);
    QTRY_COMPARE(late.state(), QAbstractSocket::UnconnectedState);
    server->stop();
    QVERIFY(server->start().ok()); // and may serve again
    QCOMPARE(server->summary()->otherEvents, stored);
}

void TestServerLimits::drain_doesNotWaitForTheDeaf()
{
    const auto server = serve({});
    auto deaf = raw(*server);
    QVERIFY(deaf);
    QSignalSpy drained(server.get(), &RelayServer::drained);
    server->drain();
    QTRY_COMPARE_WITH_TIMEOUT(drained.count(), 1, 8'000);
}

TACET_TEST_UNIT("t_server_limits", TestServerLimits)
#include "t_server_limits.moc"
