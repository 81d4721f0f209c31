#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using tacet::test::Rig;

class TestMailboxReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void request_asksForThisMailboxAndKindAlone();
    void sync_readsAllPagesThenReportsOnce();
    void sync_beginsTwoDaysBeforeTheLastOne();
    void cursorOfTheFuture_readsEverything();
    void clockSetBack_isSubscribedAnew();
    void clockSetBackDuringAPass_isNotCaughtUp();
    void live_arrivesAfterEose();
    void wrongEvents_neverReachTheEngine_data();
    void wrongEvents_neverReachTheEngine();
    void rubbishInTheMailbox_hidesNothing();
    void rubbishInTheMailbox_isNotTheRelaysFault();
    void pageThatCannotBeRead_isNotCaughtUp();
    void forgedTwin_doesNotHideTheTrueEvent();
    void duplicate_isDeliveredOnce();
    void endlessEose_changesNothing();
    void missingEose_isNotCaughtUp();
    void floodedSecond_isReportedAndNotCaughtUp();
    void notKept_isReadAgainFromTheSamePlace();
    void notKeptForLong_isAskedForLessOften();
    void history_isHandedOnTogether_liveAtOnce();
    void gathered_whenTheConnectionEnds_comeWithTheNext();
    void sweep_looksAMonthBack();
    void sweep_cutOff_isBegunAgain();
    void sweep_comesDaily();
    void sweep_isDueAfterADay_alsoOverStarts_data();
    void sweep_isDueAfterADay_alsoOverStarts();
    void closedForRate_waitsAndAsksAgain();
    void closedRestricted_isShownAndTriedMuchLater();
    void unwatchInsideCallback_isSafe();
    void socketThatEndsInsideAWord_isReadAgain_data();
    void socketThatEndsInsideAWord_isReadAgain();
};

void TestMailboxReader::request_asksForThisMailboxAndKindAlone()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const auto requests = socket.take<RequestFrame>();
    QCOMPARE(requests.size(), std::size_t(1));
    const Filter &filter = requests[0].filters.at(0);
    QCOMPARE(filter.kinds, std::vector<int>{1059});
    QCOMPARE(filter.tags.at('p'), std::vector<std::string>{toHex(mailbox.publicKey().bytes)});
    QVERIFY(!filter.since);
    QCOMPARE(*filter.limit, std::int64_t(500));
}

void TestMailboxReader::sync_readsAllPagesThenReportsOnce()
{
    Rig rig;
    const auto mailbox = rig.key();
    std::vector<NostrEvent> stored;
    for (int i = 0; i < 57; ++i)
        stored.push_back(test::datedEnvelope(mailbox.publicKey(), rig.now() - i / 3, rig.random)); // three a second
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    rig.serve(socket, stored, 10);
    QCOMPARE(rig.listener.events.size(), std::size_t(57));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    QCOMPARE(rig.listener.reports[0].syncedUntil, rig.now());
    QVERIFY(rig.listener.reports[0].everything);
}

void TestMailboxReader::sync_beginsTwoDaysBeforeTheLastOne()
{
    Rig rig;
    const std::int64_t last = rig.now() - 3600;
    rig.pool.watch(rig.url, rig.key(), {last});
    auto &socket = rig.openSocket();
    auto requests = socket.take<RequestFrame>();
    QCOMPARE(*requests.at(0).filters.at(0).since, sinceFor(last));
    socket.say(writeEose(requests[0].subscription));
    QVERIFY(!rig.listener.reports.at(0).everything);
    // After a reconnect it goes on from the pass that was completed.
    const std::int64_t done = rig.now();
    rig.timers.advance(10'000);
    socket.end();
    rig.timers.advance(Connection::kFirstWaitMs);
    auto &next = rig.openSocket();
    requests = next.take<RequestFrame>();
    QCOMPARE(*requests.at(0).filters.at(0).since, sinceFor(done));
}

void TestMailboxReader::cursorOfTheFuture_readsEverything()
{
    Rig rig;
    const auto mailbox = rig.key();
    const NostrEvent stored = rig.envelope(mailbox);
    rig.pool.watch(rig.url, mailbox, {rig.now() + 9 * 86'400}); // our clock was ahead once
    auto &socket = rig.openSocket();
    rig.serve(socket, {stored});
    QVERIFY(rig.listener.has(stored));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    QCOMPARE(rig.listener.reports[0].syncedUntil, rig.now());
    QVERIFY(rig.listener.reports[0].everything);
    // Clocks that differ by minutes are no reason.
    Rig other;
    other.pool.watch(other.url, mailbox, {other.now() + 60});
    QCOMPARE(*other.openSocket().take<RequestFrame>().at(0).filters.at(0).since, sinceFor(other.now()));
}

void TestMailboxReader::clockSetBack_isSubscribedAnew()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.clock.jumpWall(9 * 86'400'000LL);
    rig.pool.watch(rig.url, mailbox, {rig.now()});
    auto &socket = rig.openSocket();
    rig.serve(socket, {});
    rig.clock.jumpWall(-9 * 86'400'000LL);
    const NostrEvent event = rig.envelope(mailbox);
    for (int seconds = 0; seconds < 70 && !rig.listener.has(event); seconds += 10) {
        socket.pong();
        rig.timers.advance(10'000);
        rig.serve(socket, {event});
        rig.timers.advance(MailboxReader::kGatherMs);
    }
    QVERIFY(rig.listener.has(event));
    QVERIFY(rig.listener.reports.back().everything);
    QVERIFY(socket.isAlive());
}

void TestMailboxReader::clockSetBackDuringAPass_isNotCaughtUp()
{
    Rig rig;
    rig.clock.jumpWall(9 * 86'400'000LL);
    rig.pool.watch(rig.url, rig.key(), {rig.now()});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>().at(0);
    rig.clock.jumpWall(-9 * 86'400'000LL);
    socket.say(writeEose(request.subscription));
    QVERIFY(rig.listener.reports.empty());
    rig.settle();
    rig.serve(socket, {});
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    QCOMPARE(rig.listener.reports[0].syncedUntil, rig.now());
    QVERIFY(rig.listener.reports[0].everything);
}

void TestMailboxReader::live_arrivesAfterEose()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    socket.say(writeEose(live));
    const NostrEvent event = rig.envelope(mailbox);
    socket.say(writeEvent(live, event));
    QVERIFY(rig.listener.has(event));
    rig.settle();
    QCOMPARE(*rig.status().lastEventWallMs, rig.clock.wallMs());
    // Under a name that was never asked for it is nobody's.
    socket.say(writeEvent("other", rig.envelope(mailbox)));
    QCOMPARE(rig.listener.events.size(), std::size_t(1));
}

void TestMailboxReader::wrongEvents_neverReachTheEngine_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"other mailbox", "kind", "id", "signature", "content", "date", "two recipients", "no recipient", "too large"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestMailboxReader::wrongEvents_neverReachTheEngine()
{
    QFETCH(QString, what);
    Rig rig;
    const auto mailbox = rig.key();
    const auto author = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    NostrEvent event = rig.envelope(mailbox);
    const std::string key = toHex(mailbox.publicKey().bytes);
    const std::string name = what.toStdString();
    if (name == "other mailbox")
        event = rig.envelope(rig.key());
    else if (name == "kind")
        event.kind = 1, sign(event, author, rig.random);
    else if (name == "id")
        event.id.bytes[0] ^= 1;
    else if (name == "signature")
        event.signature.bytes[63] ^= 1;
    else if (name == "content")
        event.content += "x";
    else if (name == "date")
        event.createdAt += 1;
    else if (name == "two recipients")
        event.tags.push_back({"p", key}), sign(event, author, rig.random);
    else if (name == "no recipient")
        event.tags.clear(), sign(event, author, rig.random);
    else if (name == "too large")
        event.content.assign(MailboxReader::kMaximumContent + 1, 'x'), sign(event, author, rig.random);
    socket.say(writeEvent(live, event));
    QVERIFY(rig.listener.events.empty());
    QVERIFY(socket.isAlive());
}

void TestMailboxReader::rubbishInTheMailbox_hidesNothing()
{
    Rig rig;
    const auto mailbox = rig.key();
    const auto stranger = rig.key();
    const NostrEvent buried = test::datedEnvelope(mailbox.publicKey(), rig.now() - 1'000, rig.random);
    std::vector<NostrEvent> stored{buried};
    for (int i = 0; i < 500; ++i) { // a whole page, newer
        NostrEvent rubbish = test::datedEnvelope(mailbox.publicKey(), rig.now() - i, rig.random);
        if (i % 2)
            rubbish.tags.push_back({"p", toHex(stranger.publicKey().bytes)});
        else
            rubbish.content.assign(MailboxReader::kMaximumContent + 1, 'x');
        sign(rubbish, stranger, rig.random);
        stored.push_back(rubbish);
    }
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    QVERIFY(rig.answer(socket, stored, 500));
    QVERIFY(rig.listener.reports.empty());
    const auto behind = socket.take<RequestFrame>();
    QCOMPARE(behind.size(), std::size_t(1));
    QCOMPARE(*behind[0].filters.at(0).until, rig.now() - 499);
    socket.say(writeEvent(behind[0].subscription, buried));
    socket.say(writeEose(behind[0].subscription));
    rig.serve(socket, {});
    QVERIFY(rig.listener.has(buried));
    QCOMPARE(rig.listener.events.size(), std::size_t(1));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestMailboxReader::rubbishInTheMailbox_isNotTheRelaysFault()
{
    Rig rig;
    const auto mailbox = rig.key();
    NostrEvent rubbish = rig.envelope(mailbox);
    rubbish.tags.push_back({"p", toHex(rig.key().publicKey().bytes)});
    sign(rubbish, rig.key(), rig.random);
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    for (std::size_t i = 0; i < 2 * Connection::kMaximumUseless; ++i)
        socket.say(writeEvent(live, rubbish));
    socket.say(writeNotice("hello")); // now it is looked at how much was useless
    QVERIFY(socket.isAlive());
    QVERIFY(rig.listener.events.empty());
}

void TestMailboxReader::pageThatCannotBeRead_isNotCaughtUp()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    for (std::size_t i = 0; i < SyncPass::kUnreadablePage; ++i)
        socket.say(writeStoredEvent(live, R"({"id":1})"));
    socket.say(writeEose(live));
    rig.serve(socket, {});
    QVERIFY(socket.isAlive());
    QVERIFY(rig.listener.reports.empty());
    QCOMPARE(rig.listener.floods, 1);
}

void TestMailboxReader::forgedTwin_doesNotHideTheTrueEvent()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    const NostrEvent event = rig.envelope(mailbox);
    NostrEvent forged = event;
    forged.content = "00";
    socket.say(writeEvent(live, forged));
    socket.say(writeEvent(live, event));
    rig.timers.advance(MailboxReader::kGatherMs);
    QCOMPARE(rig.listener.events.size(), std::size_t(1));
    QVERIFY(rig.listener.has(event));
}

void TestMailboxReader::duplicate_isDeliveredOnce()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const std::vector<NostrEvent> stored{rig.envelope(mailbox)};
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    for (int i = 0; i < 3; ++i)
        socket.say(writeEvent(live, stored[0]));
    socket.end();
    rig.timers.advance(Connection::kFirstWaitMs);
    rig.serve(rig.openSocket(), stored);
    QCOMPARE(rig.listener.events.size(), std::size_t(1));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestMailboxReader::endlessEose_changesNothing()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    for (int i = 0; i < 1000; ++i)
        socket.say(writeEose(live));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    QVERIFY(socket.take<RequestFrame>().empty());
}

void TestMailboxReader::missingEose_isNotCaughtUp()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    socket.pong();
    rig.timers.advance(MailboxReader::kAnswerTimeoutMs);
    QVERIFY(rig.listener.reports.empty());
    QVERIFY(!socket.isAlive());
    rig.settle();
    QVERIFY(rig.status().state == RelayState::Unreachable);
}

void TestMailboxReader::floodedSecond_isReportedAndNotCaughtUp()
{
    Rig rig;
    const auto mailbox = rig.key();
    std::vector<NostrEvent> stored;
    for (int i = 0; i < 30; ++i)
        stored.push_back(test::datedEnvelope(mailbox.publicKey(), rig.now() - 50, rig.random));
    const NostrEvent below = test::datedEnvelope(mailbox.publicKey(), rig.now() - 60, rig.random);
    stored.push_back(below);
    rig.pool.watch(rig.url, mailbox, {});
    rig.serve(rig.openSocket(), stored, 10);
    QCOMPARE(rig.listener.floods, 1);
    QVERIFY(rig.listener.reports.empty());
    QVERIFY(rig.listener.has(below));
    // No cursor yet: a sweep, too, reads all there is.
    rig.pool.sweep(rig.url, mailbox.publicKey());
    QVERIFY(!rig.transports.last().take<RequestFrame>().at(0).filters.at(0).since);
}

void TestMailboxReader::notKept_isReadAgainFromTheSamePlace()
{
    Rig rig;
    const auto mailbox = rig.key();
    const std::vector<NostrEvent> stored{rig.envelope(mailbox)};
    rig.listener.keepNothing = true;
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    rig.serve(socket, stored);
    QVERIFY(rig.listener.reports.empty());
    rig.listener.keepNothing = false;
    socket.pong();
    rig.timers.advance(MailboxReader::kAgainAfterNotKeptMs / 2 - 1);
    QVERIFY(socket.take<RequestFrame>().empty());
    socket.pong();
    rig.timers.advance(MailboxReader::kAgainAfterNotKeptMs / 2 + 1);
    rig.serve(socket, stored);
    QVERIFY(rig.listener.has(stored[0]));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestMailboxReader::notKeptForLong_isAskedForLessOften()
{
    Rig rig;
    const auto mailbox = rig.key();
    const std::vector<NostrEvent> stored{rig.envelope(mailbox)};
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const auto asksWithin = [&](std::int64_t ms) {
        int asked = 0;
        for (; ms > 0; ms -= 10'000) {
            asked += rig.answer(socket, stored) ? 1 : 0;
            socket.pong();
            rig.timers.advance(10'000);
        }
        return asked;
    };
    rig.listener.keepNothing = true;
    QVERIFY(asksWithin(3'600'000) <= 12);
    const int later = asksWithin(4 * 3'600'000);
    QVERIFY2(later >= 16 && later <= 32, "every quarter of an hour at the latest");
    rig.listener.keepNothing = false;
    asksWithin(MailboxReader::kLongestAfterNotKeptMs + 10'000);
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    // The next time begins with a minute.
    rig.listener.keepNothing = true;
    socket.end();
    rig.timers.advance(Connection::kFirstWaitMs);
    auto &next = rig.openSocket();
    const NostrEvent fresh = rig.envelope(mailbox);
    rig.serve(next, {fresh});
    rig.listener.keepNothing = false;
    for (int half = 0; half < 2; ++half) {
        rig.timers.advance(MailboxReader::kAgainAfterNotKeptMs / 2);
        next.pong();
        rig.serve(next, {fresh});
    }
    QVERIFY(rig.listener.has(fresh));
}

void TestMailboxReader::history_isHandedOnTogether_liveAtOnce()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    constexpr std::size_t limit = RelayListener::kMaximumArrived;
    std::vector<NostrEvent> stored;
    for (std::size_t i = 0; i < limit + 3; ++i)
        stored.push_back(rig.envelope(mailbox));
    const auto say = [&](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i)
            socket.say(writeEvent(live, stored[i]));
    };
    using Batches = std::vector<std::pair<std::size_t, bool>>;
    say(0, 1);
    say(0, 1); // twice: counted once, though it is not handed on yet
    QVERIFY(rig.listener.batches.empty());
    rig.timers.advance(MailboxReader::kGatherMs); // nobody waits for a page that does not go on
    QCOMPARE(rig.listener.batches, (Batches{{1, true}}));
    say(1, limit + 1); // a whole transaction's worth does not wait
    QCOMPARE(rig.listener.batches, (Batches{{1, true}, {limit, true}}));
    say(limit + 1, limit + 3);
    QCOMPARE(rig.listener.batches.size(), std::size_t(2));
    socket.say(writeEose(live)); // nor does what is left at the end of a page
    QCOMPARE(rig.listener.batches, (Batches{{1, true}, {limit, true}, {2, true}}));
    QVERIFY(rig.listener.events == stored); // in the order in which they came
    rig.serve(socket, {});
    rig.settle();
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    socket.say(writeEvent(live, rig.envelope(mailbox)));
    QCOMPARE(rig.listener.batches.back(), (std::pair{std::size_t(1), false}));
}

void TestMailboxReader::gathered_whenTheConnectionEnds_comeWithTheNext()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const NostrEvent event = rig.envelope(mailbox);
    socket.say(writeEvent(socket.take<RequestFrame>().at(0).subscription, event));
    socket.end(TransportError::NoAnswer);
    QVERIFY(rig.listener.events.empty());
    rig.timers.advance(60'000); // back-off
    auto &again = rig.openSocket();
    rig.serve(again, {event});
    rig.settle();
    QCOMPARE(rig.listener.events.size(), std::size_t(1));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestMailboxReader::sweep_looksAMonthBack()
{
    Rig rig;
    const auto mailbox = rig.key();
    const NostrEvent old = test::datedEnvelope(mailbox.publicKey(), rig.now() - kSweepBackSeconds, rig.random);
    const NostrEvent older = test::datedEnvelope(mailbox.publicKey(), rig.now() - kSweepBackSeconds - 1, rig.random);
    rig.pool.watch(rig.url, mailbox, {rig.now() - 100});
    auto &socket = rig.openSocket();
    rig.serve(socket, {old, older});
    QVERIFY(rig.listener.events.empty());
    rig.pool.sweep(rig.url, mailbox.publicKey());
    rig.serve(socket, {old, older});
    QVERIFY(rig.listener.has(old));
    QVERIFY(!rig.listener.has(older)); // a year's mail would be read each day, to be thrown away
    QCOMPARE(rig.listener.reports.size(), std::size_t(2));
    QVERIFY(!rig.listener.reports[0].everything);
    QVERIFY(rig.listener.reports[1].everything);
}

void TestMailboxReader::sweep_cutOff_isBegunAgain()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {rig.now() - 3600, rig.now() - 3600});
    auto &socket = rig.openSocket();
    rig.serve(socket, {});
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    const std::int64_t done = rig.now();
    rig.pool.sweep(rig.url, mailbox.publicKey());
    const auto page = socket.take<RequestFrame>().at(0);
    socket.say(writeEvent(page.subscription, rig.envelope(mailbox)));
    socket.say(writeEose(page.subscription));
    QCOMPARE(socket.take<RequestFrame>().size(), std::size_t(1)); // the next page
    socket.end();
    rig.timers.advance(Connection::kFirstWaitMs);
    auto &next = rig.openSocket();
    // First what is new, or a sweep that never gets through would keep it back for ever.
    const auto ordinary = next.take<RequestFrame>();
    QCOMPARE(*ordinary.at(0).filters.at(0).since, sinceFor(done));
    next.say(writeEose(ordinary[0].subscription));
    QCOMPARE(rig.listener.reports.size(), std::size_t(2));
    QVERIFY(!rig.listener.reports[1].everything);
    const auto again = next.take<RequestFrame>();
    QCOMPARE(*again.at(0).filters.at(0).since, sweepSinceFor(rig.now()));
    next.say(writeEose(again[0].subscription));
    QCOMPARE(rig.listener.reports.size(), std::size_t(3));
    QVERIFY(rig.listener.reports[2].everything);
}

void TestMailboxReader::sweep_comesDaily()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {rig.now() - 100});
    auto &socket = rig.openSocket();
    rig.serve(socket, {});
    for (int minutes = 0; minutes < 24 * 60 + 2 && rig.listener.reports.size() < 2; ++minutes) {
        for (int i = 0; i < 6; ++i) {
            rig.timers.advance(10'000);
            socket.pong();
        }
        rig.serve(socket, {});
    }
    QVERIFY(socket.isAlive());
    QCOMPARE(rig.listener.reports.size(), std::size_t(2));
    QVERIFY(rig.listener.reports[1].everything);
}

void TestMailboxReader::sweep_isDueAfterADay_alsoOverStarts_data()
{
    QTest::addColumn<int>("sweptHoursAgo");
    QTest::addColumn<bool>("isDue");
    QTest::newRow("yesterday") << 25 << true;
    QTest::newRow("never") << 24 * 365 * 50 << true;
    QTest::newRow("while our clock was ahead") << -9 * 24 << true;
    QTest::newRow("today") << 8 << false;
}

void TestMailboxReader::sweep_isDueAfterADay_alsoOverStarts()
{
    QFETCH(int, sweptHoursAgo);
    QFETCH(bool, isDue);
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {rig.now() - 8 * 3600, rig.now() - std::int64_t(sweptHoursAgo) * 3600});
    auto &socket = rig.openSocket();
    rig.serve(socket, {});
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    QVERIFY(!rig.listener.reports[0].everything); // what is new comes first
    rig.settle();
    rig.serve(socket, {});
    QCOMPARE(rig.listener.reports.size(), std::size_t(isDue ? 2 : 1));
    QCOMPARE(rig.listener.reports.back().everything, isDue);
}

void TestMailboxReader::closedForRate_waitsAndAsksAgain()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    std::int64_t waited = 0;
    for (int round = 0; round < 3; ++round) {
        const auto requests = socket.take<RequestFrame>();
        QCOMPARE(requests.size(), std::size_t(1));
        socket.say(writeClosed(requests[0].subscription, "rate-limited: slow down"));
        QVERIFY(socket.take<RequestFrame>().empty());
        std::int64_t wait = 0;
        for (; socket.sent.empty() && wait < 60'000; wait += 500) {
            rig.timers.advance(500);
            socket.pong();
        }
        QVERIFY2(wait >= waited / 2, "the waits grow");
        waited = wait;
    }
    rig.serve(socket, {});
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestMailboxReader::closedRestricted_isShownAndTriedMuchLater()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>().at(0);
    socket.say(writeClosed(request.subscription, "restricted: members <b>only</b>"));
    rig.settle();
    QVERIFY(rig.status().state == RelayState::Refused);
    QCOMPARE(rig.status().lastError, std::string("restricted: members <b>only</b>"));
    for (int i = 0; i < 89; ++i) {
        rig.timers.advance(10'000);
        socket.pong();
    }
    QVERIFY(socket.take<RequestFrame>().empty());
    rig.timers.advance(10'000);
    rig.serve(socket, {});
    rig.settle();
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    QVERIFY(rig.status().state != RelayState::Refused);
    QVERIFY(rig.status().lastError.empty());
}

void TestMailboxReader::unwatchInsideCallback_isSafe()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    rig.listener.onEvent = [&] { rig.pool.unwatch(rig.url, mailbox.publicKey()); };
    std::vector<NostrEvent> stored;
    while (stored.size() <= RelayListener::kMaximumArrived)
        stored.push_back(rig.envelope(mailbox));
    rig.serve(socket, stored, stored.size());
    rig.settle();
    QCOMPARE(rig.listener.events.size(), RelayListener::kMaximumArrived); // and not the one behind them
    QVERIFY(!socket.isAlive());
    QVERIFY(rig.listener.reports.empty());
}

void TestMailboxReader::socketThatEndsInsideAWord_isReadAgain_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<bool>("fromTheBeginning");
    QTest::newRow("the first request") << "[\"REQ\"" << true;
    QTest::newRow("the next page") << "[\"REQ\"" << false;
    QTest::newRow("the end of a page") << "[\"CLOSE\"" << false;
}

void TestMailboxReader::socketThatEndsInsideAWord_isReadAgain()
{
    QFETCH(QString, word);
    QFETCH(bool, fromTheBeginning);
    Rig rig;
    std::vector<NostrEvent> stored;
    for (int i = 0; i < 2; ++i) { // both share the socket
        const auto mailbox = rig.key();
        for (int k = 0; k < 30; ++k)
            stored.push_back(test::datedEnvelope(mailbox.publicKey(), rig.now() - k, rig.random));
        rig.pool.watch(rig.url, mailbox, {});
    }
    rig.settle();
    auto &socket = rig.transports.last();
    if (fromTheBeginning)
        socket.endsAt = word.toStdString();
    socket.open();
    socket.endsAt = word.toStdString();
    rig.serve(socket, stored, 10);
    QVERIFY(!socket.isAlive());
    QVERIFY(rig.listener.reports.empty());
    rig.timers.advance(Connection::kFirstWaitMs);
    rig.serve(rig.openSocket(), stored, 10);
    QCOMPARE(rig.listener.events.size(), stored.size());
    QCOMPARE(rig.listener.reports.size(), std::size_t(2));
    QCOMPARE(rig.transports.sockets.size(), std::size_t(2));
}

TACET_TEST_UNIT("t_mailbox_reader", TestMailboxReader)
#include "t_mailbox_reader.moc"
