#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using tacet::test::Rig;

using Kind = PublishOutcome::Kind;

class TestPool : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void publish_isAnsweredOnceByWhatOkMeans_data();
    void publish_isAnsweredOnceByWhatOkMeans();
    void publish_lyingOkForAnotherId_isNoAnswer();
    void publish_socketDiesBeforeOk_isRetry();
    void publish_socketEndsInsideAWord_isRetry();
    void publish_silence_isRetry();
    void publish_neverAnswersFromInsideTheCall();
    void publish_whileUnreachable_isRetryAtOnce();
    void publish_authRequired_usesAOneTimeKey();
    void publish_authRefused_isRefused();
    void publish_rateLimited_leavesTheRelayAlone();
    void publish_hasItsOwnSocketAndIdlesOut();
    void publish_isBoundedInFlight();
    void fetch_collectsAllAndEnds();
    void fetch_findsWhatRubbishBuries();
    void fetch_ofRubbishAlone_ends();
    void fetch_failsWithAReason();
    void selfTest_passesAnHonestRelay();
    void selfTest_namesTheTrouble();
    void proxy_isUsedByEverySocketAndSeparatesCircuits();
    void proxy_changeClosesEverything();
    void proxy_withoutNames_isAskedAgainWithout();
    void privateNames_areRefused();
    void destroyedPool_callsNobody();
};

void TestPool::publish_isAnsweredOnceByWhatOkMeans_data()
{
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("kind");
    const auto row = [](bool accepted, const char *words, Kind kind) {
        QTest::addRow("%d %s", accepted, words) << accepted << QString::fromLatin1(words) << int(kind);
    };
    row(true, "", Kind::Accepted);
    row(true, "duplicate: have it", Kind::Accepted);
    row(false, "duplicate: have it", Kind::Accepted);
    row(false, "blocked: no", Kind::Refused);
    row(false, "invalid: too old", Kind::Refused);
    row(false, "restricted: members", Kind::Refused);
    row(false, "rate-limited: slow down", Kind::Retry);
    row(false, "pow: 28 bits", Kind::Retry);
    row(false, "error: disk full", Kind::Retry);
    row(false, "ERROR: internal", Kind::Retry);
    row(false, "whatever", Kind::Retry);
    row(false, "", Kind::Retry);
}

void TestPool::publish_isAnsweredOnceByWhatOkMeans()
{
    QFETCH(bool, accepted);
    QFETCH(QString, words);
    QFETCH(int, kind);
    Rig rig;
    const NostrEvent event = rig.envelope(rig.key());
    rig.pool.publish(PublishId{1}, rig.url, event);
    auto &socket = rig.openSocket();
    QVERIFY(socket.take<PublishFrame>().at(0).event == event);
    QVERIFY(rig.listener.answers.empty());
    socket.say(writeOk(event.id, accepted, words.toStdString()));
    socket.say(writeOk(event.id, !accepted, "changed my mind"));
    rig.timers.advance(100'000);
    QCOMPARE(rig.listener.answers[PublishId{1}], 1);
    QCOMPARE(int(rig.listener.outcomes[PublishId{1}].kind), kind);
    QCOMPARE(QString::fromStdString(rig.listener.outcomes[PublishId{1}].reason), words);
}

void TestPool::publish_lyingOkForAnotherId_isNoAnswer()
{
    Rig rig;
    const NostrEvent event = rig.envelope(rig.key());
    rig.pool.publish(PublishId{1}, rig.url, event);
    auto &socket = rig.openSocket();
    NostrEventId other = event.id;
    other.bytes[0] ^= 1;
    socket.say(writeOk(other, true, ""));
    rig.settle();
    QVERIFY(rig.listener.answers.empty());
}

void TestPool::publish_socketDiesBeforeOk_isRetry()
{
    Rig rig;
    rig.pool.publish(PublishId{1}, rig.url, rig.envelope(rig.key()));
    rig.pool.publish(PublishId{2}, rig.url, rig.envelope(rig.key()));
    auto &socket = rig.openSocket();
    socket.end(std::nullopt, "going away");
    rig.settle();
    for (const PublishId id : {PublishId{1}, PublishId{2}}) {
        QCOMPARE(rig.listener.answers[id], 1);
        QVERIFY(rig.listener.outcomes[id].kind == Kind::Retry);
        QVERIFY(rig.listener.outcomes[id].retryAfterMs > 0);
        QCOMPARE(rig.listener.outcomes[id].reason, std::string("going away"));
    }
}

void TestPool::publish_socketEndsInsideAWord_isRetry()
{
    Rig rig;
    for (std::uint64_t id = 1; id <= 3; ++id)
        rig.pool.publish(PublishId{id}, rig.url, rig.envelope(rig.key()));
    rig.settle();
    rig.transports.last().endsAt = "[\"EVENT\"";
    rig.openSocket();
    rig.timers.advance(100'000);
    for (std::uint64_t id = 1; id <= 3; ++id) {
        QCOMPARE(rig.listener.answers[PublishId{id}], 1);
        QVERIFY(rig.listener.outcomes[PublishId{id}].kind == Kind::Retry);
    }
}

void TestPool::publish_silence_isRetry()
{
    Rig rig;
    rig.pool.publish(PublishId{1}, rig.url, rig.envelope(rig.key()));
    auto &socket = rig.openSocket();
    socket.pong();
    rig.timers.advance(Publisher::kAnswerTimeoutMs);
    QVERIFY(rig.listener.outcomes[PublishId{1}].kind == Kind::Retry);
    QVERIFY(socket.isAlive());
}

void TestPool::publish_neverAnswersFromInsideTheCall()
{
    Rig rig;
    rig.pool.publish(PublishId{1}, rig.url, rig.envelope(rig.key()));
    rig.settle();
    rig.transports.last().end(TransportError::NoAnswer);
    rig.settle();
    QCOMPARE(rig.listener.answers.size(), std::size_t(1));
    rig.listener.states.clear();
    rig.pool.publish(PublishId{2}, rig.url, rig.envelope(rig.key())); // answered at once, but later
    rig.pool.setProxy(ProxySettings{"127.0.0.1", 9050, true});
    QCOMPARE(rig.listener.answers.size(), std::size_t(1));
    QVERIFY(rig.listener.states.empty());
    rig.settle();
    QCOMPARE(rig.listener.answers.size(), std::size_t(2));
}

void TestPool::publish_whileUnreachable_isRetryAtOnce()
{
    Rig rig;
    rig.pool.publish(PublishId{1}, rig.url, rig.envelope(rig.key()));
    rig.settle();
    rig.transports.last().end(TransportError::NoAnswer, "refused");
    rig.settle();
    const std::size_t sockets = rig.transports.sockets.size();
    rig.pool.publish(PublishId{2}, rig.url, rig.envelope(rig.key()));
    rig.settle();
    QVERIFY(rig.listener.outcomes[PublishId{2}].kind == Kind::Retry);
    QCOMPARE(rig.transports.sockets.size(), sockets);
    // When the wait is over the next one tries again.
    rig.timers.advance(rig.listener.outcomes[PublishId{2}].retryAfterMs);
    rig.pool.publish(PublishId{3}, rig.url, rig.envelope(rig.key()));
    rig.settle();
    QCOMPARE(rig.transports.sockets.size(), sockets + 1);
}

void TestPool::publish_authRequired_usesAOneTimeKey()
{
    Rig rig;
    const NostrEvent event = rig.envelope(rig.key());
    std::set<NostrPublicKey> keys;
    for (std::uint64_t round = 1; round <= 2; ++round) {
        rig.pool.publish(PublishId{round}, rig.url, event);
        auto &socket = rig.openSocket();
        socket.take();
        socket.say(writeOk(event.id, false, "auth-required: who are you"));
        socket.say(writeChallenge("c"));
        const auto auth = socket.take<AuthFrame>();
        QCOMPARE(auth.size(), std::size_t(1));
        QVERIFY(auth[0].event.author != event.author);
        keys.insert(auth[0].event.author);
        socket.say(writeOk(auth[0].event.id, true, ""));
        QCOMPARE(socket.take<PublishFrame>().size(), std::size_t(1));
        socket.say(writeOk(event.id, true, ""));
        rig.settle();
        QVERIFY(rig.listener.outcomes[PublishId{round}].kind == Kind::Accepted);
        rig.timers.advance(1'000);
        socket.end();
        rig.timers.advance(Connection::kLongestWaitMs);
    }
    QCOMPARE(keys.size(), std::size_t(2)); // never the same again
}

void TestPool::publish_authRefused_isRefused()
{
    Rig rig;
    const NostrEvent event = rig.envelope(rig.key());
    rig.pool.publish(PublishId{1}, rig.url, event);
    auto &socket = rig.openSocket();
    socket.take();
    socket.say(writeChallenge("c"));
    const auto auth = socket.take<AuthFrame>().at(0);
    socket.say(writeOk(event.id, false, "auth-required: x"));
    socket.say(writeOk(auth.event.id, false, "restricted: unknown key"));
    rig.settle();
    QVERIFY(rig.listener.outcomes[PublishId{1}].kind == Kind::Refused);
    QCOMPARE(rig.listener.outcomes[PublishId{1}].reason, std::string("restricted: unknown key"));
}

void TestPool::publish_rateLimited_leavesTheRelayAlone()
{
    Rig rig;
    const NostrEvent event = rig.envelope(rig.key());
    rig.pool.publish(PublishId{1}, rig.url, event);
    auto &socket = rig.openSocket();
    socket.take();
    socket.say(writeOk(event.id, false, "rate-limited: 3 a minute"));
    rig.settle();
    const std::int64_t wait = rig.listener.outcomes[PublishId{1}].retryAfterMs;
    QVERIFY(wait > 0);
    rig.pool.publish(PublishId{2}, rig.url, rig.envelope(rig.key()));
    rig.settle();
    QVERIFY(socket.take<PublishFrame>().empty());
    QVERIFY(rig.listener.outcomes[PublishId{2}].kind == Kind::Retry);
    rig.timers.advance(wait);
    rig.pool.publish(PublishId{3}, rig.url, rig.envelope(rig.key()));
    QCOMPARE(socket.take<PublishFrame>().size(), std::size_t(1));
}

void TestPool::publish_hasItsOwnSocketAndIdlesOut()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    rig.serve(rig.openSocket(), {});
    const NostrEvent event = rig.envelope(rig.key());
    rig.pool.publish(PublishId{1}, rig.url, event);
    auto &socket = rig.openSocket();
    QCOMPARE(rig.transports.alive(), std::size_t(2));
    socket.say(writeOk(event.id, true, ""));
    for (int i = 0; i < 7; ++i) {
        for (const auto &each : rig.transports.sockets)
            each->pong();
        rig.timers.advance(10'000);
    }
    QCOMPARE(rig.transports.alive(), std::size_t(1));
    QVERIFY(!socket.isAlive());
    QVERIFY(rig.status().state == RelayState::Connected);

    Rig alone; // where nothing is read, nothing stays open, and that is no failure
    alone.pool.publish(PublishId{1}, alone.url, event);
    auto &only = alone.openSocket();
    only.say(writeOk(event.id, true, ""));
    for (int i = 0; i < 7 && only.isAlive(); ++i) {
        only.pong();
        alone.timers.advance(10'000);
    }
    QVERIFY(!only.isAlive());
    alone.settle();
    QVERIFY(alone.status().state == RelayState::Idle);
    QVERIFY(alone.listener.states.back().state == RelayState::Idle);
}

void TestPool::publish_isBoundedInFlight()
{
    Rig rig;
    std::vector<NostrEvent> events;
    for (std::uint64_t i = 0; i < 100; ++i) {
        events.push_back(rig.envelope(rig.key()));
        rig.pool.publish(PublishId{i}, rig.url, events.back());
    }
    auto &socket = rig.openSocket();
    std::size_t done = 0;
    while (done < 100) {
        const auto sent = socket.take<PublishFrame>();
        QVERIFY(!sent.empty() && sent.size() <= Publisher::kMaximumInFlight);
        for (const auto &frame : sent) {
            socket.say(writeOk(frame.event.id, true, ""));
            ++done;
        }
    }
    rig.settle();
    QCOMPARE(rig.listener.answers.size(), std::size_t(100));
}

void TestPool::fetch_collectsAllAndEnds()
{
    Rig rig;
    const auto mailbox = rig.key();
    std::vector<NostrEvent> stored;
    for (int i = 0; i < 250; ++i)
        stored.push_back(*wrap(Bytes(kMessageSizes[0]), mailbox.publicKey(), rig.now() - i, rig.random, 0));
    rig.pool.fetch(FetchId{1}, rig.url, mailbox);
    rig.serve(rig.openSocket(), {stored.begin(), stored.begin() + 25}, 10);
    rig.settle();
    const auto &outcome = rig.listener.fetches[FetchId{1}].at(0);
    QVERIFY(outcome.kind == FetchOutcome::Kind::Complete);
    QCOMPARE(outcome.events.size(), std::size_t(25));
    QVERIFY(outcome.events[0] == stored[0]);
    QVERIFY(!outcome.truncated);
    QVERIFY(rig.listener.events.empty()); // not through event()
    QCOMPARE(rig.transports.alive(), std::size_t(0));

    rig.pool.fetch(FetchId{2}, rig.url, mailbox);
    rig.serve(rig.openSocket(), stored, 100);
    rig.settle();
    const auto &many = rig.listener.fetches[FetchId{2}].at(0);
    QVERIFY(many.truncated);
    QCOMPARE(many.events.size(), FetchOutcome::kMaximumFetched);
}

void TestPool::fetch_findsWhatRubbishBuries()
{
    Rig rig;
    const auto mailbox = rig.key();
    const NostrEvent buried = *wrap(Bytes(kMessageSizes[0]), mailbox.publicKey(), rig.now() - 10'000, rig.random, 0);
    std::vector<NostrEvent> stored{buried};
    for (std::size_t i = 0; i < 2 * FetchOutcome::kMaximumFetched; ++i) // well-formed, newer, and nothing inside
        stored.push_back(test::datedEnvelope(mailbox.publicKey(), rig.now() - std::int64_t(i), rig.random));
    rig.pool.fetch(FetchId{1}, rig.url, mailbox);
    rig.serve(rig.openSocket(), stored);
    rig.settle();
    const auto &outcome = rig.listener.fetches[FetchId{1}].at(0);
    QVERIFY(outcome.kind == FetchOutcome::Kind::Complete);
    QVERIFY(!outcome.truncated);
    QCOMPARE(outcome.events.size(), std::size_t(1));
    QVERIFY(outcome.events[0] == buried);
}

void TestPool::fetch_ofRubbishAlone_ends()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.fetch(FetchId{1}, rig.url, mailbox);
    auto &socket = rig.openSocket();
    const std::string live = socket.take<RequestFrame>().at(0).subscription;
    for (std::size_t i = 0; i < FetchJob::kMaximumLooked; ++i) {
        QVERIFY(socket.isAlive());
        socket.say(writeEvent(live, test::datedEnvelope(mailbox.publicKey(), rig.now() - std::int64_t(i), rig.random)));
    }
    socket.say(writeEose(live));
    rig.settle();
    QCOMPARE(rig.transports.alive(), std::size_t(0));
    const auto &outcome = rig.listener.fetches[FetchId{1}].at(0);
    QVERIFY(outcome.truncated);
    QVERIFY(outcome.events.empty());
}

void TestPool::fetch_failsWithAReason()
{
    Rig rig;
    rig.pool.fetch(FetchId{1}, rig.url, rig.key());
    rig.settle();
    rig.transports.last().end(TransportError::HostNotFound, "");
    rig.settle();
    QVERIFY(rig.listener.fetches[FetchId{1}].at(0).kind == FetchOutcome::Kind::Unreachable);
    QCOMPARE(rig.listener.fetches[FetchId{1}].at(0).reason, std::string("host not found"));

    rig.pool.fetch(FetchId{2}, rig.url, rig.key());
    auto &socket = rig.openSocket();
    socket.say(writeClosed(socket.take<RequestFrame>().at(0).subscription, "blocked: go away"));
    rig.settle();
    QVERIFY(rig.listener.fetches[FetchId{2}].at(0).kind == FetchOutcome::Kind::Refused);
    QCOMPARE(rig.listener.fetches[FetchId{2}].at(0).reason, std::string("blocked: go away"));

    rig.pool.fetch(FetchId{3}, rig.url, rig.key());
    rig.openSocket();
    rig.timers.advance(FetchJob::kTimeoutMs);
    QVERIFY(rig.listener.fetches[FetchId{3}].at(0).kind == FetchOutcome::Kind::Unreachable);
    for (const auto &[id, outcomes] : rig.listener.fetches)
        QCOMPARE(outcomes.size(), std::size_t(1));
}

void TestPool::selfTest_passesAnHonestRelay()
{
    Rig rig;
    rig.pool.test(TestId{1}, rig.url);
    auto &writing = rig.openSocket();
    rig.timers.advance(42);
    const NostrEvent event = writing.take<PublishFrame>().at(0).event;
    QVERIFY(verify(event));
    QVERIFY(event.createdAt < rig.now() - 86'000); // a relay that takes only fresh ones must not pass
    writing.say(writeOk(event.id, true, ""));
    rig.serve(rig.openSocket(), {event});
    rig.settle();
    const NostrEvent deletion = writing.take<PublishFrame>().at(0).event;
    QCOMPARE(deletion.kind, 5);
    QVERIFY(toHex(deletion.author.bytes) == event.tags.at(0).at(1));
    writing.say(writeOk(deletion.id, true, ""));
    rig.serve(rig.openSocket(), {});
    rig.settle();
    QCOMPARE(rig.listener.tests.size(), std::size_t(1));
    const auto &report = rig.listener.tests[0];
    QVERIFY(report.usable && report.wrote && report.readBack && report.deleted);
    QVERIFY(report.reason.empty());
    QCOMPARE(*report.roundTripMs, std::int64_t(42));
    QCOMPARE(rig.transports.alive(), std::size_t(0));
}

void TestPool::selfTest_namesTheTrouble()
{
    Rig rig;
    rig.pool.test(TestId{1}, rig.url);
    auto &refusing = rig.openSocket();
    refusing.say(writeOk(refusing.take<PublishFrame>().at(0).event.id, false, "blocked: strangers"));
    rig.settle();
    QVERIFY(!rig.listener.tests.at(0).usable);
    QCOMPARE(rig.listener.tests[0].reason, std::string("blocked: strangers"));

    rig.pool.test(TestId{2}, rig.url); // takes everything, keeps nothing
    auto &forgetful = rig.openSocket();
    forgetful.say(writeOk(forgetful.take<PublishFrame>().at(0).event.id, true, ""));
    rig.serve(rig.openSocket(), {});
    rig.settle();
    QVERIFY(rig.listener.tests.at(1).wrote && !rig.listener.tests[1].usable);
    QCOMPARE(rig.listener.tests[1].reason, std::string("it took an envelope and did not give it back"));

    rig.pool.test(TestId{3}, rig.url);
    rig.settle();
    rig.transports.last().end(TransportError::TlsFailed, "self-signed");
    rig.settle();
    QCOMPARE(rig.listener.tests.at(2).reason, std::string("self-signed"));
}

void TestPool::proxy_isUsedByEverySocketAndSeparatesCircuits()
{
    Rig rig;
    const ProxySettings tor{"127.0.0.1", 9050, true};
    rig.pool.setProxy(tor);
    rig.pool.watch(rig.url, rig.key(), {});
    rig.pool.watch(rig.url, rig.key(), {});
    rig.pool.publish(PublishId{1}, rig.url, rig.envelope(rig.key()));
    rig.pool.fetch(FetchId{1}, rig.url, rig.key());
    rig.pool.test(TestId{1}, rig.url);
    rig.timers.advance(1'000);
    QCOMPARE(rig.transports.sockets.size(), std::size_t(5));
    std::set<std::string> circuits;
    for (const auto &socket : rig.transports.sockets) {
        QVERIFY(socket->options.proxy == tor);
        circuits.insert(socket->options.circuit);
    }
    QCOMPARE(circuits.size(), std::size_t(5));
    QVERIFY(!circuits.contains(""));
}

void TestPool::proxy_changeClosesEverything()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    rig.openSocket();
    rig.pool.publish(PublishId{1}, rig.url, rig.envelope(rig.key()));
    rig.pool.fetch(FetchId{1}, rig.url, rig.key());
    rig.pool.test(TestId{1}, rig.url);
    rig.settle();
    QCOMPARE(rig.transports.alive(), std::size_t(4));
    rig.pool.setProxy(ProxySettings{"127.0.0.1", 9050, false});
    QCOMPARE(rig.transports.alive(), std::size_t(0)); // at once, not when the event loop comes round
    rig.timers.advance(1'000);
    QCOMPARE(rig.transports.sockets.size(), std::size_t(5));
    QCOMPARE(rig.listener.answers[PublishId{1}], 1);
    QCOMPARE(rig.listener.fetches[FetchId{1}].size(), std::size_t(1));
    QCOMPARE(rig.listener.tests.size(), std::size_t(1));
    QVERIFY(!rig.listener.tests[0].usable);
    QVERIFY(rig.transports.last().options.proxy.has_value());
    rig.transports.last().end(TransportError::ProxyDown, "no proxy");
    for (int i = 0; i < 20; ++i) {
        rig.timers.advance(Connection::kLongestWaitMs);
        QVERIFY(rig.transports.last().options.proxy.has_value()); // never around it
        rig.transports.last().end(TransportError::ProxyDown, "no proxy");
    }
    rig.pool.setProxy(std::nullopt);
    rig.timers.advance(1'000);
    QVERIFY(!rig.transports.last().options.proxy.has_value());
}

void TestPool::proxy_withoutNames_isAskedAgainWithout()
{
    Rig rig;
    rig.pool.setProxy(ProxySettings{"127.0.0.1", 1080, true});
    rig.pool.watch(rig.url, rig.key(), {});
    rig.settle();
    QVERIFY(!rig.transports.last().options.circuit.empty());
    rig.transports.last().end(TransportError::ProxyRefused, "authentication");
    rig.timers.advance(Connection::kFirstWaitMs);
    QVERIFY(rig.transports.last().options.circuit.empty());
    QVERIFY(rig.transports.last().options.proxy.has_value());
}

void TestPool::privateNames_areRefused()
{
    std::vector<TransportOptions> documents;
    Rig rig(1, [&documents](const TransportOptions &options, auto) {
        documents.push_back(options);
        return std::make_unique<InfoRequest>();
    });
    const auto local = *RelayUrl::parse("ws://127.0.0.1:7447");
    rig.pool.watch(rig.url, rig.key(), {});
    rig.pool.watch(local, rig.key(), {});
    rig.settle();
    QCOMPARE(rig.transports.sockets.size(), std::size_t(2));
    for (const auto &socket : rig.transports.sockets)
        QCOMPARE(socket->options.refusePrivateAddresses, socket->options.url == rig.url);
    rig.pool.test(TestId{1}, rig.url);
    rig.pool.test(TestId{2}, local);
    QCOMPARE(documents.size(), std::size_t(2));
    for (const TransportOptions &options : documents)
        QCOMPARE(options.refusePrivateAddresses, options.url == rig.url);
}

void TestPool::destroyedPool_callsNobody()
{
    test::ManualClock clock;
    test::ManualTimers timers(clock);
    test::SeededRandom random(1);
    test::FakeTransports transports;
    test::RecordingListener listener;
    {
        Pool pool({clock, timers, random, transports.factory()}, {});
        pool.setListener(&listener);
        const auto url = *RelayUrl::parse("wss://relay.example");
        const auto mailbox = NostrKeyPair::generate(random);
        pool.watch(url, mailbox, {});
        pool.publish(PublishId{1}, url, test::datedEnvelope(mailbox.publicKey(), 1, random));
        pool.fetch(FetchId{1}, url, mailbox);
        pool.test(TestId{1}, url);
        timers.advance(200);
        for (const auto &socket : transports.sockets)
            socket->open();
    }
    timers.advance(10 * 60'000);
    QCOMPARE(transports.alive(), std::size_t(0));
    QCOMPARE(timers.pending(), std::size_t(0));
    QVERIFY(listener.answers.empty() && listener.fetches.empty() && listener.tests.empty());
}

TACET_TEST_UNIT("t_pool", TestPool)
#include "t_pool.moc"
