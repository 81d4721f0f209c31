// One socket: its waits, its silence, its manners. AUTH is in t_auth.cpp.
#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using tacet::test::Rig;

class TestConnection : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void backoff_growsIsCappedAndJittered();
    void backoff_isShortAgainAfterAStableTime();
    void openTimeout_isNoAnswer();
    void silence_endsTheSocket();
    void traffic_countsAsAlive();
    void roundTrip_isMeasuredAndSlowIsSaid();
    void garbage_endsTheSocketAndComesBack();
    void unreadableEvents_keepNothingElseBack_data();
    void unreadableEvents_keepNothingElseBack();
    void unreadableEvents_withoutEnd_endTheSocket();
    void uninvited_endsTheSocket();
    void uninvited_isForgottenWithTheSocket();
    void forged_endTheSocket();
    void unknownFrames_areIgnored();
    void notice_doesNoHarm();
};

void TestConnection::backoff_growsIsCappedAndJittered()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    rig.settle();
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 14; ++i) {
        rig.transports.last().end(TransportError::NoAnswer, "refused");
        rig.settle();
        const auto status = rig.status();
        QVERIFY(status.state == RelayState::Unreachable);
        QCOMPARE(status.lastError, std::string("refused"));
        waits.push_back(*status.nextTryWallMs - rig.clock.wallMs());
        const std::size_t before = rig.transports.sockets.size();
        rig.timers.advance(waits.back() - 1);
        QCOMPARE(rig.transports.sockets.size(), before);
        rig.timers.advance(1);
        QCOMPARE(rig.transports.sockets.size(), before + 1);
    }
    std::int64_t whole = Connection::kFirstWaitMs;
    std::set<std::int64_t> different;
    for (const std::int64_t wait : waits) {
        QVERIFY(wait >= whole / 2 && wait <= whole);
        different.insert(wait);
        whole = std::min(whole * 2, Connection::kLongestWaitMs);
    }
    QVERIFY(different.size() > 10); // jitter
    QVERIFY(waits.back() <= Connection::kLongestWaitMs);
}

void TestConnection::backoff_isShortAgainAfterAStableTime()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    rig.settle();
    for (int i = 0; i < 8; ++i) {
        rig.transports.last().end(TransportError::NoAnswer);
        rig.timers.advance(*rig.status().nextTryWallMs - rig.clock.wallMs());
    }
    auto &socket = rig.openSocket();
    rig.serve(socket, {});
    for (int i = 0; i < 7; ++i) {
        socket.pong();
        rig.timers.advance(10'000);
    }
    socket.end();
    rig.settle();
    QVERIFY(*rig.status().nextTryWallMs - rig.clock.wallMs() <= Connection::kFirstWaitMs);
}

void TestConnection::openTimeout_isNoAnswer()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    rig.settle();
    QVERIFY(rig.status().state == RelayState::Connecting);
    rig.timers.advance(Connection::kOpenTimeoutMs);
    QVERIFY(rig.status().state == RelayState::Unreachable);
    QVERIFY(!rig.transports.sockets.front()->isAlive());
}

void TestConnection::silence_endsTheSocket()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    rig.serve(socket, {});
    socket.pong();
    std::int64_t patience = Connection::kPingEveryMs + 10'000 + Connection::kPongTimeoutMs;
    for (; socket.isAlive() && patience > 0; patience -= 100)
        rig.timers.advance(100);
    QCOMPARE(socket.pings, 2);
    QVERIFY(!socket.isAlive());
    QCOMPARE(rig.status().lastError, std::string("it fell silent"));
}

void TestConnection::traffic_countsAsAlive()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    rig.serve(socket, {});
    for (int i = 0; i < 30; ++i) { // five minutes without a single pong
        rig.timers.advance(10'000);
        socket.say(R"(["NOTICE","still here"])");
    }
    QVERIFY(socket.isAlive());
}

void TestConnection::roundTrip_isMeasuredAndSlowIsSaid()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    rig.timers.advance(184);
    socket.pong();
    rig.settle();
    QCOMPARE(*rig.status().roundTripMs, std::int64_t(184));
    QVERIFY(rig.listener.states.back().state == RelayState::Connected);
    rig.serve(socket, {});
    while (socket.pings == 1)
        rig.timers.advance(1'000);
    rig.timers.advance(2'900);
    socket.pong();
    rig.settle();
    QVERIFY(rig.listener.states.back().state == RelayState::Slow);
}

void TestConnection::garbage_endsTheSocketAndComesBack()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const auto first = rig.transports.sockets.front();
    for (int i = 0; i <= Connection::kMaximumGarbage && socket.isAlive(); ++i)
        socket.say(i % 2 ? "not json" : R"(["EOSE",{"id":1}])");
    QVERIFY(!first->isAlive());
    rig.timers.advance(Connection::kFirstWaitMs);
    QCOMPARE(rig.transports.sockets.size(), std::size_t(2));
}

void TestConnection::unreadableEvents_keepNothingElseBack_data()
{
    QTest::addColumn<QString>("event");
    const auto row = [](const char *name, const std::string &event) { QTest::newRow(name) << QString::fromStdString(event); };
    std::string empty = "\"\"";
    for (std::size_t i = 1; i < kRelayLimits.values; ++i)
        empty += ",\"\"";
    row("too many values", "{\"tags\":[[" + empty + "]]}");
    row("too deep", "{\"x\":" + std::string(50, '[') + std::string(50, ']') + "}");
    row("lone surrogate", R"({"content":"\ud800"})");
    row("a key twice", R"({"id":"","id":""})");
    row("no event", R"({"id":1})");
}

/// Whatever somebody made an honest relay keep.
void TestConnection::unreadableEvents_keepNothingElseBack()
{
    QFETCH(QString, event);
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    const std::string frame = writeStoredEvent(live, event.toStdString());
    QVERIFY(!readRelayFrame(frame).ok());
    for (int i = 0; i < Connection::kMaximumGarbage + 10; ++i)
        socket.say(frame);
    const NostrEvent good = rig.envelope(mailbox);
    socket.say(writeEvent(live, good));
    socket.say(writeEose(live));
    rig.serve(socket, {});
    QVERIFY(socket.isAlive());
    QVERIFY(rig.listener.has(good));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestConnection::unreadableEvents_withoutEnd_endTheSocket()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    std::size_t said = 0;
    for (; socket.isAlive() && said < 10 * Connection::kMaximumUseless; ++said)
        socket.say(R"(["EVENT","x",{"id":1}])");
    QCOMPARE(said, Connection::kMaximumUseless + 1);
}

void TestConnection::uninvited_endsTheSocket()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    std::size_t said = 0;
    for (; socket.isAlive() && said < 10 * Connection::kMaximumUseless; ++said)
        socket.say(writeOk(NostrEventId{}, true, "")); // OK for what was never sent
    QCOMPARE(said, Connection::kMaximumUseless + 1);
}

void TestConnection::uninvited_isForgottenWithTheSocket()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    const NostrEvent noise = rig.envelope(rig.key()); // a live feed that ignores #p
    for (std::size_t heard = 0; heard < 2 * Connection::kMaximumUseless; heard += Connection::kMaximumUseless / 2) {
        auto &socket = rig.openSocket();
        const auto request = socket.take<RequestFrame>().at(0);
        socket.say(writeEose(request.subscription));
        for (std::size_t i = 0; i < Connection::kMaximumUseless / 2; ++i)
            socket.say(writeEvent(request.subscription, noise));
        socket.say(writeNotice("hello"));
        QVERIFY(socket.isAlive());
        const std::size_t before = rig.transports.sockets.size();
        socket.end();
        while (rig.transports.sockets.size() == before)
            rig.timers.advance(1'000);
    }
}

void TestConnection::forged_endTheSocket()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>().at(0);
    NostrEvent forged = rig.envelope(mailbox);
    std::size_t said = 0;
    for (; socket.isAlive() && said < 2 * Connection::kMaximumUseless; ++said) {
        forged.id.bytes[0] = std::uint8_t(forged.id.bytes[0] + 1);
        socket.say(writeEvent(request.subscription, forged));
        if (said % 255 == 254)
            forged.id.bytes[1] = std::uint8_t(forged.id.bytes[1] + 1);
    }
    QCOMPARE(said, Connection::kMaximumUseless + 1);
    QVERIFY(rig.listener.events.empty());
}

void TestConnection::unknownFrames_areIgnored()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    for (int i = 0; i < 200; ++i)
        socket.say(R"(["NEG-MSG","x","00"])");
    rig.serve(socket, {});
    QVERIFY(socket.isAlive());
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestConnection::notice_doesNoHarm()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    socket.say(R"(["NOTICE","\u001b[31mhello\n"])");
    rig.serve(socket, {});
    rig.settle();
    QVERIFY(rig.status().state == RelayState::Connected);
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

TACET_TEST_UNIT("t_connection", TestConnection)
#include "t_connection.moc"
