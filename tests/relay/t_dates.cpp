// Relays that refuse dates: what their words mean, how envelopes are dated then, and whose clock counts.
#include "app/relay/date_refusal.h"
#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using tacet::test::Rig;

using Kind = PublishOutcome::Kind;

namespace {

constexpr std::int64_t kDay = 24 * 3600;

/// A relay whose information document is answered by the test.
struct DatedRig {
    DatedRig()
        : rig(1, [this](const TransportOptions &, std::function<void(std::optional<RelayInfo>)> then) {
              asked = std::move(then);
              ++questions;
              return std::make_unique<InfoRequest>();
          })
    {
    }
    void tell(const std::optional<RelayInfo> &info)
    {
        QVERIFY(asked);
        std::exchange(asked, nullptr)(info);
        rig.settle();
    }
    NostrEvent dated(std::int64_t ago) { return tacet::test::datedEnvelope(mailbox.publicKey(), rig.now() - ago, rig.random); }
    const PublishOutcome &outcome(std::uint64_t id)
    {
        rig.settle();
        return rig.listener.outcomes[PublishId{id}];
    }
    /// Publishes on the open socket and lets the relay answer.
    const PublishOutcome &publish(std::uint64_t id, std::int64_t ago, std::string_view refusal)
    {
        const NostrEvent event = dated(ago);
        rig.pool.publish(PublishId{id}, rig.url, event);
        if (!std::exchange(isOpen, true))
            rig.openSocket();
        if (!rig.transports.last().take<PublishFrame>().empty())
            rig.transports.last().say(writeOk(event.id, refusal.empty(), refusal));
        return outcome(id);
    }

    std::function<void(std::optional<RelayInfo>)> asked;
    int questions = 0;
    bool isOpen = false;
    Rig rig;
    NostrKeyPair mailbox = rig.key();
};

} // namespace

class TestDates : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void words_data();
    void words();
    void wordsAfterAuth();
    void httpDate();
    void tooOld_isDatedFreshAtOnce();
    void lowerLimit_isKeptWithoutAsking();
    void freshRefused_theRelaysClockDecides();
    void tooNew_theRelaysClockDecides();
    void clockSetRight_isTheOneThatCounts();
    void clockSetRight_refusalsOfBeforeAreForgotten();
    void clockUnknown_isTriedLaterAndNeverRefused();
    void auth_isDatedByTheRelaysClock();
    void auth_refusedAfterAMinute_followsTheRelaysClockClosely();
    void authRefused_thenClockSetRight_isSentAnew_data();
    void authRefused_thenClockSetRight_isSentAnew();
    void silentRelay_refusedForItsDate_isNotCaughtUp_data();
    void silentRelay_refusedForItsDate_isNotCaughtUp();
    void silentRelay_refusedByARightClock_isReadAsItIs_data();
    void silentRelay_refusedByARightClock_isReadAsItIs();
    void unnamedDate_ofAClockThatIsKnown_isSentAnew();
    void unnamedDate_forPublishing_isNoRefusal();
    void silentRelay_refusedForItsDate_isAskedAgain();
    void authForPublishing_refusedForItsDate_isNoRefusal();
    void selfTest_takesARelayThatWantsFreshDates();
};

void TestDates::words_data()
{
    QTest::addColumn<QString>("said");
    QTest::addColumn<int>("meant");
    const auto row = [](const char *said, int meant) { QTest::newRow(said) << QString::fromLatin1(said) << meant; };
    const int old = int(DateRefusal::TooOld);
    const int young = int(DateRefusal::TooNew);
    const int far = int(DateRefusal::TooFar);
    row("invalid: created_at too early", old);
    row("invalid: created_at too late", young);
    row("invalid: event too old", old);
    row("invalid: Created_At is too far in the past", old);
    row("invalid: the event is too much in the future", young);
    row("blocked: event created_at is older than 3600 seconds", old);
    row("ERROR: timestamp is ahead of the server", young);
    row("invalid: event creation date is too far off from the current time", far);
    row("created_at out of range", far);
    row("blocked: no", -1);
    row("invalid: event too large", -1);
    row("rate-limited: too many events", -1);
    row("restricted: too far away from the web of trust for an event", -1);
    row("error: it is too late, the disk is full", -1);
    row("", -1);
}

void TestDates::words()
{
    QFETCH(QString, said);
    QFETCH(int, meant);
    const auto refusal = dateRefusalOf(said.toStdString());
    QCOMPARE(refusal ? int(*refusal) : -1, meant);
}

void TestDates::wordsAfterAuth()
{
    // An envelope may expire, an AUTH was dated too far back.
    QVERIFY(!dateRefusalOf("error: ephemeral event expired"));
    QVERIFY(authDateRefusalOf("error: ephemeral event expired") == DateRefusal::TooOld);
    QVERIFY(authDateRefusalOf("invalid: created_at too late") == DateRefusal::TooNew);
    QVERIFY(!authDateRefusalOf("auth-required: challenge expired"));
    QVERIFY(!authDateRefusalOf("restricted: members only"));
}

void TestDates::httpDate()
{
    QCOMPARE(readHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), std::optional<std::int64_t>(784111777));
    QCOMPARE(readHttpDate("Thu, 01 Jan 2026 00:00:00 GMT"), std::optional<std::int64_t>(1767225600));
    for (const char *other : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 32 Nov 1994 08:49:37 GMT", "784111777"})
        QVERIFY2(!readHttpDate(other), other);
    QVERIFY(!readHttpDate(std::string(100'000, 'x')));
}

void TestDates::tooOld_isDatedFreshAtOnce()
{
    DatedRig t;
    const PublishOutcome refused = t.publish(1, kDay, "invalid: created_at too early");
    QCOMPARE(int(refused.kind), int(Kind::Redate));
    QCOMPARE(refused.dates.spreadSeconds, kFreshSpread);
    QCOMPARE(refused.dates.aheadSeconds, 0);
    QCOMPARE(int(t.publish(2, 100, {}).kind), int(Kind::Accepted));
    // The relay is known now: it is not even asked.
    t.rig.pool.publish(PublishId{3}, t.rig.url, t.dated(kDay));
    QCOMPARE(int(t.outcome(3).kind), int(Kind::Redate));
    QVERIFY(t.rig.transports.last().take<PublishFrame>().empty());
    QVERIFY(!t.rig.status().refusesOurDates);
}

void TestDates::lowerLimit_isKeptWithoutAsking()
{
    DatedRig t;
    QCOMPARE(int(t.publish(1, kDay, {}).kind), int(Kind::Accepted));
    t.publish(2, kDay, {}); // on an open socket: now it is asked for its limits
    RelayInfo info;
    info.oldestSeconds = 7200;
    t.tell(info);
    t.rig.pool.publish(PublishId{3}, t.rig.url, t.dated(kDay));
    QCOMPARE(int(t.outcome(3).kind), int(Kind::Redate));
    QCOMPARE(t.outcome(3).dates.spreadSeconds, 3600);
    QCOMPARE(int(t.publish(4, 3000, {}).kind), int(Kind::Accepted));
}

void TestDates::freshRefused_theRelaysClockDecides()
{
    DatedRig t;
    t.publish(1, kDay, "invalid: created_at too early");
    const PublishOutcome later = t.publish(2, 60, "invalid: created_at too early");
    QCOMPARE(int(later.kind), int(Kind::Retry));
    QVERIFY(t.rig.status().refusesOurDates);
    QCOMPARE(t.questions, 1);
    RelayInfo info;
    info.clockSeconds = t.rig.now() + 9 * kDay;
    t.tell(info);
    QCOMPARE(t.rig.status().clockAheadSeconds, std::optional<std::int64_t>(9 * kDay));
    t.rig.pool.publish(PublishId{3}, t.rig.url, t.dated(60));
    QCOMPARE(int(t.outcome(3).kind), int(Kind::Redate));
    QCOMPARE(t.outcome(3).dates.aheadSeconds, 9 * kDay);
    QCOMPARE(int(t.publish(4, 60 - 9 * kDay, {}).kind), int(Kind::Accepted));
    QVERIFY(!t.rig.status().refusesOurDates);
}

void TestDates::tooNew_theRelaysClockDecides()
{
    DatedRig t;
    QCOMPARE(int(t.publish(1, 60, "invalid: created_at too late").kind), int(Kind::Retry));
    RelayInfo info;
    info.clockSeconds = t.rig.now() - 9 * kDay;
    t.tell(info);
    const PublishOutcome again = t.publish(2, 60, "invalid: created_at too late");
    QCOMPARE(int(again.kind), int(Kind::Redate));
    QCOMPARE(again.dates.aheadSeconds, -9 * kDay);
    QCOMPARE(again.dates.spreadSeconds, kWrapSpread); // it never minded old ones
    QCOMPARE(int(t.publish(3, 10 * kDay, {}).kind), int(Kind::Accepted));
}

void TestDates::clockSetRight_isTheOneThatCounts()
{
    for (const std::int64_t days : {9, 40}) {
        DatedRig t;
        t.rig.clock.jumpWall(days * kDay * 1000); // the computer boots with a wrong clock; the relay minds the future alone
        t.publish(1, 60, "invalid: created_at too late");
        RelayInfo info;
        info.clockSeconds = t.rig.now() - days * kDay;
        t.tell(info);
        QCOMPARE(t.publish(2, 60, "invalid: created_at too late").dates.aheadSeconds, -days * kDay);
        QCOMPARE(int(t.publish(3, days * kDay + 60, {}).kind), int(Kind::Accepted));
        t.rig.clock.jumpWall(-days * kDay * 1000); // and is set right
        t.rig.pool.publish(PublishId{4}, t.rig.url, t.dated(days * kDay + 60)); // as was told
        QCOMPARE(int(t.outcome(4).kind), int(Kind::Redate));
        QCOMPARE(t.outcome(4).dates, WrapDates{});
        QVERIFY(t.rig.transports.last().take<PublishFrame>().empty());
        QCOMPARE(int(t.publish(5, kDay, {}).kind), int(Kind::Accepted));
        QVERIFY(!t.rig.status().clockAheadSeconds);
    }
}

void TestDates::clockSetRight_refusalsOfBeforeAreForgotten()
{
    DatedRig t;
    const std::int64_t behind = -9 * kDay;
    t.rig.clock.jumpWall(behind * 1000);
    t.publish(1, 60, "invalid: created_at too early");
    RelayInfo info;
    info.clockSeconds = t.rig.now() - behind;
    t.tell(info);
    QCOMPARE(t.publish(2, 60, {}).dates.spreadSeconds, kFreshSpread);
    t.rig.clock.jumpWall(-behind * 1000);
    QCOMPARE(int(t.publish(4, kDay, {}).kind), int(Kind::Accepted)); // the whole spread, as for every relay
}

void TestDates::clockUnknown_isTriedLaterAndNeverRefused()
{
    DatedRig t;
    t.publish(1, kDay, "invalid: created_at too early");
    for (std::uint64_t id = 2; id < 6; ++id) {
        const PublishOutcome outcome = t.publish(id, 60, "invalid: created_at too early");
        QCOMPARE(int(outcome.kind), int(Kind::Retry));
        QVERIFY(outcome.retryAfterMs >= 30'000);
    }
    QCOMPARE(t.questions, 1); // one question is under way
}

void TestDates::auth_isDatedByTheRelaysClock()
{
    DatedRig t;
    t.rig.pool.watch(t.rig.url, t.mailbox, {});
    auto &socket = t.rig.openSocket();
    const auto request = socket.take<RequestFrame>();
    socket.say(writeChallenge("c1"));
    socket.say(writeClosed(request.at(0).subscription, "auth-required: who are you?"));
    const auto first = socket.take<AuthFrame>();
    QCOMPARE(first.size(), std::size_t(1));
    QCOMPARE(first[0].event.createdAt, t.rig.now());
    socket.say(writeOk(first[0].event.id, false, "invalid: created_at is too far in the past"));
    t.rig.settle();
    QVERIFY(t.rig.status().refusesOurDates);
    RelayInfo info;
    info.clockSeconds = t.rig.now() + 9 * kDay;
    t.tell(info);
    t.rig.timers.advance(10'000); // the socket comes back
    t.rig.transports.last().open();
    t.rig.transports.last().say(writeChallenge("c2"));
    const auto second = t.rig.transports.last().take<AuthFrame>();
    QCOMPARE(second.size(), std::size_t(1));
    QVERIFY(std::abs(second[0].event.createdAt - t.rig.now() - 9 * kDay) < 60);
}

void TestDates::auth_refusedAfterAMinute_followsTheRelaysClockClosely()
{
    DatedRig t;
    t.rig.pool.watch(t.rig.url, t.mailbox, {});
    auto &socket = t.rig.openSocket();
    socket.say(writeChallenge("c1"));
    socket.say(writeOk(socket.take<AuthFrame>().at(0).event.id, false, "error: ephemeral event expired"));
    t.rig.settle();
    RelayInfo info;
    info.clockSeconds = t.rig.now() + 90;
    t.tell(info);
    t.rig.timers.advance(Connection::kFirstWaitMs);
    auto &next = t.rig.openSocket();
    next.say(writeChallenge("c2"));
    const auto auth = next.take<AuthFrame>();
    QCOMPARE(auth.size(), std::size_t(1));
    QCOMPARE(auth[0].event.createdAt, t.rig.now() + 90);
    // An envelope is not: a date that the relay could choose would mark it.
    QCOMPARE(int(t.publish(1, kDay, {}).kind), int(Kind::Accepted));
}

namespace {
/// nostr-rs-relay names no date.
constexpr const char *kUnnamed = "restricted: authentication error: Invalid AUTH message";

void refusals()
{
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("named") << QByteArray("invalid: created_at too early");
    QTest::newRow("not named") << QByteArray(kUnnamed);
    QTest::newRow("no word") << QByteArray("error: failed to authenticate");
}
} // namespace

void TestDates::authRefused_thenClockSetRight_isSentAnew_data()
{
    refusals();
}

void TestDates::authRefused_thenClockSetRight_isSentAnew()
{
    QFETCH(QByteArray, said);
    DatedRig t;
    t.rig.clock.jumpWall(-20 * 60 * 1000);
    t.rig.pool.watch(t.rig.url, t.mailbox, {});
    t.rig.openSocket();
    const auto socket = t.rig.transports.sockets.back();
    const auto request = socket->take<RequestFrame>();
    socket->say(writeChallenge("c1"));
    socket->say(writeClosed(request.at(0).subscription, "auth-required: who are you?"));
    socket->say(writeOk(socket->take<AuthFrame>().at(0).event.id, false, said.toStdString()));
    t.rig.settle();
    t.rig.clock.jumpWall(20 * 60 * 1000); // before the relay's document comes: ours is right, and was not
    RelayInfo info;
    info.clockSeconds = t.rig.now();
    t.tell(info);
    QVERIFY(!socket->isAlive()); // no other challenge would come on it
    t.rig.timers.advance(Connection::kFirstWaitMs);
    auto &next = t.rig.openSocket();
    next.say(writeChallenge("c2"));
    QCOMPARE(next.take<AuthFrame>().at(0).event.createdAt, t.rig.now());
    QVERIFY(!t.rig.status().refusesOurDates);
}

void TestDates::silentRelay_refusedForItsDate_isNotCaughtUp_data()
{
    refusals();
}

void TestDates::silentRelay_refusedForItsDate_isNotCaughtUp()
{
    QFETCH(QByteArray, said);
    DatedRig t;
    const NostrEvent stored = t.dated(6 * kDay);
    t.rig.clock.jumpWall(-20 * 60 * 1000);
    const std::int64_t last = t.rig.now() - 7 * kDay;
    t.rig.pool.watch(t.rig.url, t.mailbox, {last});
    auto &socket = t.rig.openSocket();
    const auto request = socket.take<RequestFrame>();
    socket.say(writeChallenge("c1"));
    const auto refused = socket.take<AuthFrame>();
    socket.say(writeEose(request.at(0).subscription)); // leaves all out
    socket.say(writeOk(refused.at(0).event.id, false, said.toStdString()));
    t.rig.settle();
    QVERIFY(t.rig.listener.reports.empty());
    RelayInfo info;
    info.clockSeconds = t.rig.now() + 20 * 60;
    t.tell(info);
    t.rig.timers.advance(Connection::kFirstWaitMs);
    auto &next = t.rig.openSocket();
    next.say(writeChallenge("c2"));
    const auto frames = next.take();
    const auto early = std::get<RequestFrame>(frames.at(0));
    QCOMPARE(early.filters.at(0).since, std::optional(sinceFor(last)));
    next.say(writeEose(early.subscription));
    const auto accepted = std::get<AuthFrame>(frames.at(1)).event;
    QVERIFY(std::abs(accepted.createdAt - t.rig.now() - 20 * 60) < 5);
    next.say(writeOk(accepted.id, true, ""));
    t.rig.serve(next, {stored});
    QVERIFY(t.rig.listener.has(stored));
    QVERIFY(!t.rig.listener.reports.empty());
}

void TestDates::silentRelay_refusedByARightClock_isReadAsItIs_data()
{
    QTest::addColumn<bool>("tells");
    QTest::newRow("its document shows it") << true;
    QTest::newRow("nobody knows") << false;
}

void TestDates::silentRelay_refusedByARightClock_isReadAsItIs()
{
    QFETCH(bool, tells);
    DatedRig t;
    t.rig.pool.watch(t.rig.url, t.mailbox, {t.rig.now() - kDay});
    auto &socket = t.rig.openSocket();
    const auto request = socket.take<RequestFrame>();
    socket.say(writeChallenge("c"));
    const auto auth = socket.take<AuthFrame>();
    socket.say(writeEose(request.at(0).subscription));
    socket.say(writeOk(auth.at(0).event.id, false, "restricted: members only"));
    QVERIFY(t.rig.listener.reports.empty()); // its clock is asked for first
    RelayInfo info;
    info.clockSeconds = t.rig.now() + 5;
    t.tell(tells ? std::optional(info) : std::nullopt);
    QCOMPARE(t.rig.listener.reports.size(), std::size_t(1));
    QVERIFY(socket.isAlive());
}

void TestDates::unnamedDate_ofAClockThatIsKnown_isSentAnew()
{
    DatedRig t;
    t.publish(1, 100, {});
    t.publish(2, 100, {}); // on an open socket: now its document is asked for
    RelayInfo info;
    info.clockSeconds = t.rig.now() + 20 * 60;
    t.tell(info);
    t.rig.pool.watch(t.rig.url, t.mailbox, {t.rig.now() - kDay});
    t.rig.openSocket();
    const auto socket = t.rig.transports.sockets.back();
    const auto request = socket->take<RequestFrame>();
    socket->say(writeChallenge("c1"));
    const auto auth = socket->take<AuthFrame>();
    QCOMPARE(auth.at(0).event.createdAt, t.rig.now()); // nothing has spoken against our clock
    socket->say(writeEose(request.at(0).subscription));
    socket->say(writeOk(auth[0].event.id, false, kUnnamed));
    t.rig.settle();
    QVERIFY(t.rig.listener.reports.empty());
    QVERIFY(!socket->isAlive());
    t.rig.timers.advance(Connection::kFirstWaitMs);
    auto &next = t.rig.openSocket();
    next.say(writeChallenge("c2"));
    const auto frames = next.take();
    next.say(writeEose(std::get<RequestFrame>(frames.at(0)).subscription));
    const auto again = std::get<AuthFrame>(frames.at(1)).event;
    QVERIFY(std::abs(again.createdAt - t.rig.now() - 20 * 60) < 5);
    QVERIFY(!t.rig.status().refusesOurDates); // it did not say so
    next.say(writeOk(again.id, false, kUnnamed)); // by its own clock: a judgement
    QCOMPARE(t.rig.listener.reports.size(), std::size_t(1));
}

void TestDates::unnamedDate_forPublishing_isNoRefusal()
{
    DatedRig t;
    const auto refused = [&t](std::uint64_t id) {
        const NostrEvent event = t.dated(60);
        t.rig.pool.publish(PublishId{id}, t.rig.url, event);
        auto &socket = t.rig.openSocket();
        socket.take();
        socket.say(writeChallenge("c"));
        socket.say(writeOk(event.id, false, "auth-required: please"));
        const auto auth = socket.take<AuthFrame>().at(0).event;
        socket.say(writeOk(auth.id, false, kUnnamed));
        return std::pair(int(t.outcome(id).kind), auth.createdAt - t.rig.now());
    };
    QCOMPARE(refused(1), std::pair(int(Kind::Retry), std::int64_t(0)));
    RelayInfo info;
    info.clockSeconds = t.rig.now() + 20 * 60;
    t.tell(info);
    QCOMPARE(refused(2), std::pair(int(Kind::Refused), std::int64_t(20 * 60)));
}

void TestDates::silentRelay_refusedForItsDate_isAskedAgain()
{
    Rig rig; // no document tells the relay's clock
    const auto mailbox = rig.key();
    const NostrEvent stored = test::datedEnvelope(mailbox.publicKey(), rig.now() - 6 * kDay, rig.random);
    rig.pool.watch(rig.url, mailbox, {rig.now() - 7 * kDay});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>();
    socket.say(writeChallenge("c"));
    auto auth = socket.take<AuthFrame>();
    socket.say(writeEose(request.at(0).subscription));
    for (int refusals = 0; refusals < 3; ++refusals) {
        QCOMPARE(auth.size(), std::size_t(1));
        socket.say(writeOk(auth[0].event.id, false, "invalid: created_at too early"));
        QVERIFY(socket.take().empty()); // not at once
        for (int seconds = 0; seconds < 60 && socket.sent.empty(); ++seconds) {
            socket.pong();
            rig.timers.advance(1'000);
        }
        auth = socket.take<AuthFrame>();
    }
    QVERIFY(rig.listener.reports.empty());
    socket.say(writeOk(auth.at(0).event.id, true, ""));
    rig.serve(socket, {stored});
    QVERIFY(rig.listener.has(stored));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestDates::authForPublishing_refusedForItsDate_isNoRefusal()
{
    DatedRig t;
    const NostrEvent event = t.dated(60);
    t.rig.pool.publish(PublishId{1}, t.rig.url, event);
    auto &socket = t.rig.openSocket();
    socket.take();
    socket.say(writeChallenge("c1"));
    socket.say(writeOk(event.id, false, "auth-required: please"));
    const auto auth = socket.take<AuthFrame>();
    QVERIFY(!auth.empty());
    socket.say(writeOk(auth.back().event.id, false, "invalid: created_at too early"));
    QCOMPARE(int(t.outcome(1).kind), int(Kind::Retry));
}

void TestDates::selfTest_takesARelayThatWantsFreshDates()
{
    DatedRig t;
    t.rig.pool.test(TestId{1}, t.rig.url);
    t.tell(RelayInfo{});
    std::vector<NostrEvent> stored;
    for (int round = 0; round < 40 && t.rig.listener.tests.empty(); ++round) {
        t.rig.timers.advance(200);
        for (std::size_t i = 0; i < t.rig.transports.sockets.size(); ++i) {
            const auto socket = t.rig.transports.sockets[i];
            if (!socket->isAlive())
                continue;
            if (socket->pings == 0)
                socket->open();
            for (const auto &frame : socket->take()) {
                if (const auto *published = std::get_if<PublishFrame>(&frame)) {
                    const bool fresh = published->event.createdAt > t.rig.now() - 3600;
                    if (fresh)
                        stored.push_back(published->event);
                    socket->say(writeOk(published->event.id, fresh, fresh ? "" : "invalid: event too old"));
                } else if (const auto *request = std::get_if<RequestFrame>(&frame)) {
                    for (const NostrEvent &event : stored) {
                        if (request->filters.at(0).matches(event))
                            socket->say(writeEvent(request->subscription, event));
                    }
                    socket->say(writeEose(request->subscription));
                }
            }
        }
    }
    QCOMPARE(t.rig.listener.tests.size(), std::size_t(1));
    QVERIFY2(t.rig.listener.tests[0].usable, t.rig.listener.tests[0].reason.c_str());
}

TACET_TEST_UNIT("t_dates", TestDates)
#include "t_dates.moc"
