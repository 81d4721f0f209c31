// Catching up by reconciliation (NIP-77): with an honest relay, and with relays that lie about it in every way. Whatever they
// do, what pages would have brought arrives, and the mailbox counts as read only when a whole pass ended.
#include "tests/relay/played_relay.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using tacet::test::PlayedRelay;
using tacet::test::Rig;
using Socket = tacet::test::FakeTransports::Socket;

namespace {

constexpr std::int64_t kDay = 24 * 3600;

} // namespace

class TestCatchUp : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void sweep_bringsWhatIsMissingAlone();
    void reconnect_bringsWhatCameMeanwhile();
    void nothingNew_isOneRound();
    void someRanOut_isStillCompared();
    void manyMissing_areFetchedInBounds();
    void onlyWhatThisRelayGave_isTold();
    void relayWithoutIt_isNeverAsked();
    void fewKnown_areRead_inPages();
    void liveMeanwhile_isNotMissed();
    void notKept_isReadAgain();
    void unwatch_closesIt();
    void liar_isPagedInstead_data();
    void liar_isPagedInstead();
    void silence_isPagedInstead();
    void relayThatHangsUp_isPagedNextTime();
    void silentFetch_isPagedInstead();
    void relayThatHidesAll_hidesNoMoreThanByPages();
    void afterADay_itIsTriedAgain();

private:
    NostrEvent dated(std::int64_t secondsAgo) { return test::datedEnvelope(m_mailbox->publicKey(), m_rig->now() - secondsAgo, m_rig->random); }
    void store(int count, std::int64_t firstAgo)
    {
        for (int i = 0; i < count; ++i)
            m_relay->stored.push_back(dated(firstAgo + i));
    }
    /// Everything stored is read once, in pages, and the relay's document has been read.
    Socket &firstPass(bool offersIt = true)
    {
        m_rig->pool.watch(m_rig->url, *m_mailbox, {});
        Socket &socket = m_rig->openSocket();
        m_relay->serve(socket);
        learnt(offersIt);
        m_relay->pages = 0;
        m_relay->given = 0;
        return socket;
    }
    void learnt(bool offersIt = true)
    {
        if (m_asked) {
            RelayInfo info;
            info.reconciles = offersIt;
            std::exchange(m_asked, nullptr)(info);
        }
        m_rig->settle();
    }
    Socket &reconnect(Socket &socket)
    {
        m_rig->clock.advance(Connection::kStableMs); // long enough that the next try comes soon
        socket.end(TransportError::NoAnswer);
        m_rig->timers.advance(Connection::kFirstWaitMs);
        return m_rig->openSocket();
    }
    void sweep(Socket &socket)
    {
        m_rig->pool.sweep(m_rig->url, m_mailbox->publicKey());
        m_relay->serve(socket);
    }
    bool hasAll() const
    {
        return std::all_of(m_relay->stored.begin(), m_relay->stored.end(), [this](const NostrEvent &event) { return m_rig->listener.has(event); });
    }
    const std::vector<SyncReport> &reports() const { return m_rig->listener.reports; }

    std::function<void(std::optional<RelayInfo>)> m_asked;
    std::unique_ptr<Rig> m_rig;
    std::unique_ptr<PlayedRelay> m_relay;
    std::optional<NostrKeyPair> m_mailbox;
};

void TestCatchUp::init()
{
    m_rig = std::make_unique<Rig>(5, [this](const TransportOptions &, std::function<void(std::optional<RelayInfo>)> then) {
        m_asked = std::move(then);
        return std::make_unique<InfoRequest>();
    });
    m_relay = std::make_unique<PlayedRelay>(*m_rig);
    m_mailbox = m_rig->key();
}

void TestCatchUp::cleanup()
{
    m_asked = nullptr;
    m_relay.reset();
    m_rig.reset();
}

void TestCatchUp::sweep_bringsWhatIsMissingAlone()
{
    store(300, 100);
    Socket &socket = firstPass();
    QCOMPARE(m_rig->listener.events.size(), std::size_t(300));
    // Dated far back, as the daily sweep is there for: the live subscription's relay did not tell it.
    for (const int days : {3, 20, 29})
        m_relay->stored.push_back(dated(days * kDay));
    sweep(socket);
    QVERIFY(hasAll());
    QCOMPARE(m_relay->opens, 1);
    QCOMPARE(m_relay->closes, 1);
    QCOMPARE(m_relay->pages, 0);
    QCOMPARE(m_relay->given, std::size_t(3));
    QCOMPARE(reports().size(), std::size_t(2));
    QVERIFY(reports()[1].everything);
    QCOMPARE(reports()[1].syncedUntil, m_rig->now());
    const Filter &filter = m_relay->openings.at(0).filter;
    QCOMPARE(filter.since, std::optional(sweepSinceFor(m_rig->now())));
    QVERIFY(!filter.limit && filter.kinds == std::vector<int>{1059} && filter.ids.empty());
    QCOMPARE(filter.tags.at('p'), std::vector<std::string>{toHex(m_mailbox->publicKey().bytes)});
}

void TestCatchUp::reconnect_bringsWhatCameMeanwhile()
{
    store(200, 100);
    store(50, 5 * kDay);
    Socket &socket = firstPass();
    const std::int64_t last = m_rig->now();
    m_rig->clock.advance(3'600'000);
    store(7, 1'800);
    Socket &next = reconnect(socket);
    // First the live subscription, and nothing of history with it: what comes from now on is not missed.
    auto frames = next.take();
    QCOMPARE(frames.size(), std::size_t(1));
    const auto &live = std::get<RequestFrame>(frames[0]);
    QCOMPARE(*live.filters.at(0).limit, std::int64_t(1));
    QCOMPARE(*live.filters.at(0).since, sinceFor(last));
    QVERIFY(!live.filters.at(0).until);
    m_relay->answer(next, frames[0]);
    m_relay->serve(next);
    QVERIFY(hasAll());
    QCOMPARE(m_relay->openings.at(0).filter.since, std::optional(sinceFor(last)));
    std::vector<NegentropyItem> known;
    for (const NostrEvent &event : m_relay->stored) {
        if (event.createdAt >= sinceFor(last) && std::find(m_relay->asked.begin(), m_relay->asked.end(), event.id) == m_relay->asked.end())
            known.push_back({std::uint64_t(event.createdAt), event.id});
    }
    QCOMPARE(known.size(), std::size_t(201)); // of the range that is asked for
    QCOMPARE(m_relay->openings.at(0).message, NegentropyClient(NegentropySet(known), CatchUp::kFrame).initiate());
    QCOMPARE(m_relay->pages, 0);
    QCOMPARE(m_relay->asked.size(), std::size_t(6)); // the newest came as the one of the live request
    QCOMPARE(reports().size(), std::size_t(2));
    QVERIFY(!reports()[1].everything);
    const NostrEvent later = dated(5);
    next.say(writeEvent(live.subscription, later));
    QVERIFY(m_rig->listener.has(later));
}

void TestCatchUp::nothingNew_isOneRound()
{
    store(300, 100);
    Socket &socket = firstPass();
    sweep(socket);
    QCOMPARE(m_relay->rounds, 1);
    QCOMPARE(m_relay->given, std::size_t(0));
    QCOMPARE(reports().size(), std::size_t(2));
    sweep(socket); // and each time again
    QCOMPARE(m_relay->opens, 2);
    QCOMPARE(m_relay->pages, 0);
    QCOMPARE(reports().size(), std::size_t(3));
}

void TestCatchUp::someRanOut_isStillCompared()
{
    store(100, 100);
    Socket &socket = firstPass();
    m_relay->stored.resize(60); // expired there, or deleted
    store(3, 20 * kDay);
    sweep(socket);
    QVERIFY(hasAll());
    QCOMPARE(m_relay->opens, 1);
    QCOMPARE(m_relay->pages, 0);
    QCOMPARE(reports().size(), std::size_t(2));
}

void TestCatchUp::manyMissing_areFetchedInBounds()
{
    store(40, 100);
    Socket &socket = firstPass();
    store(330, 20 * kDay);
    sweep(socket);
    QVERIFY(hasAll());
    QCOMPARE(m_relay->asked.size(), std::size_t(330));
    QCOMPARE(m_relay->largestQuestion, CatchUp::kIdsAtOnce);
    QCOMPARE(reports().size(), std::size_t(2));
    QCOMPARE(m_relay->pages, 0);
    for (const auto &[count, more] : m_rig->listener.batches)
        QVERIFY(count <= RelayListener::kMaximumArrived);
}

void TestCatchUp::onlyWhatThisRelayGave_isTold()
{
    store(30, 100);
    Socket &socket = firstPass();
    // Another relay has these beside it.
    const RelayUrl other = *RelayUrl::parse("wss://other.example");
    std::vector<NostrEvent> elsewhere = m_relay->stored;
    for (int i = 0; i < 10; ++i)
        elsewhere.push_back(dated(900 + i));
    m_rig->pool.watch(other, *m_mailbox, {});
    m_rig->serve(m_rig->openSocket(), elsewhere);
    QCOMPARE(m_rig->listener.events.size(), std::size_t(70)); // each relay's own session
    sweep(socket);
    std::set<NostrEventId> told;
    const auto ranges = readNegentropy(m_relay->openings.at(0).message);
    for (const NegentropyRange &range : *ranges)
        told.insert(range.ids.begin(), range.ids.end());
    std::set<NostrEventId> own;
    for (const NostrEvent &event : m_relay->stored)
        own.insert(event.id);
    QVERIFY(told == own); // fewer than thirty-two are listed, not only their fingerprints
}

void TestCatchUp::relayWithoutIt_isNeverAsked()
{
    store(100, 100);
    Socket &socket = firstPass(false);
    store(1, 20 * kDay);
    sweep(socket);
    QVERIFY(hasAll());
    QCOMPARE(m_relay->opens, 0);
    QVERIFY(m_relay->pages > 0);
}

void TestCatchUp::fewKnown_areRead_inPages()
{
    store(int(CatchUp::kWorthwhile) - 1, 100);
    Socket &socket = firstPass();
    sweep(socket);
    QCOMPARE(m_relay->opens, 0);
    QCOMPARE(reports().size(), std::size_t(2));
    // Many are known, and none of the range that is to be read.
    m_relay->stored.clear();
    store(60, 20 * kDay);
    sweep(socket);
    QVERIFY(hasAll());
    QVERIFY(m_asked); // what a relay offers is asked when it can be of use
    learnt();
    m_rig->clock.advance(5 * kDay * 1'000);
    sweep(socket); // by comparison, and the cursor is five days on
    QCOMPARE(m_relay->opens, 1);
    Socket &next = reconnect(socket);
    m_relay->serve(next);
    QCOMPARE(m_relay->opens, 1);
    QCOMPARE(reports().size(), std::size_t(5));
}

void TestCatchUp::liveMeanwhile_isNotMissed()
{
    store(100, 100);
    Socket &socket = firstPass();
    store(20, 20 * kDay);
    const NostrEvent live = dated(3);
    m_relay->onCompare = [&](Socket &there, const std::string &subscription) {
        // It comes when the relay has taken its snapshot, hence in the live subscription alone.
        m_relay->onCompare = nullptr;
        there.say(writeEvent(m_relay->live, live));
        there.say(writeReconcile(subscription, *negentropyAnswer(m_relay->snapshot, m_relay->openings.at(0).message, 4'096)));
    };
    sweep(socket);
    QVERIFY(hasAll());
    QVERIFY(m_rig->listener.has(live));
    QCOMPARE(reports().size(), std::size_t(2));
}

void TestCatchUp::notKept_isReadAgain()
{
    store(100, 100);
    Socket &socket = firstPass();
    store(20, 20 * kDay);
    m_rig->listener.keepNothing = true;
    sweep(socket);
    QCOMPARE(reports().size(), std::size_t(1)); // the cursor stays
    QCOMPARE(m_relay->pages, 0); // nor is the relay to blame
    m_rig->listener.keepNothing = false;
    socket.pong();
    m_rig->timers.advance(MailboxReader::kAgainAfterNotKeptMs);
    m_relay->serve(socket);
    QVERIFY(hasAll());
    QCOMPARE(reports().size(), std::size_t(3)); // what is new, then the sweep
    QVERIFY(reports().back().everything);
}

void TestCatchUp::unwatch_closesIt()
{
    store(100, 100);
    Socket &socket = firstPass();
    m_rig->pool.sweep(m_rig->url, m_mailbox->publicKey());
    QCOMPARE(socket.take<ReconcileOpenFrame>().size(), std::size_t(1));
    m_rig->pool.unwatch(m_rig->url, m_mailbox->publicKey());
    QVERIFY(std::any_of(socket.sent.begin(), socket.sent.end(), [](const std::string &frame) { return frame.starts_with("[\"NEG-CLOSE\""); }));
}

void TestCatchUp::liar_isPagedInstead_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"blocked", "closed", "CLOSED", "garbage", "nothing", "other version", "always different", "ids without end",
                             "ids that are not there", "ids of another mailbox", "another mailbox's events", "other events",
                             "forged events", "events without end", "fetch refused", "huge message", "says it has none"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestCatchUp::liar_isPagedInstead()
{
    QFETCH(QString, what);
    store(100, 100);
    Socket &socket = firstPass();
    store(20, 20 * kDay);
    const auto stranger = m_rig->key();
    std::vector<NostrEvent> foreign;
    for (int i = 0; i < 5; ++i)
        foreign.push_back(m_rig->envelope(stranger));
    const auto saying = [&](auto make) {
        m_relay->onCompare = [make](Socket &there, const std::string &subscription) { there.say(make(subscription)); };
    };
    const auto list = [&](const std::vector<NostrEventId> &ids) {
        Bytes message = *fromHex("61000002");
        message.push_back(std::uint8_t(ids.size()));
        for (const NostrEventId &id : ids)
            append(message, id.view());
        return message;
    };
    const auto fetching = [&](auto then) {
        m_relay->onFetch = [then](Socket &there, const RequestFrame &request) {
            then(there, request);
            return true;
        };
    };
    if (what == u"blocked") {
        saying([](const auto &name) { return writeReconcileError(name, "blocked: this query is too big"); });
    } else if (what == u"closed") {
        saying([](const auto &name) { return writeReconcileError(name, "closed: you took too long"); });
    } else if (what == u"CLOSED") {
        saying([](const auto &name) { return writeClosed(name, "error: what is that"); });
    } else if (what == u"garbage") {
        saying([](const auto &name) { return writeReconcile(name, *fromHex("61ffffffffffffffffffff")); });
    } else if (what == u"nothing") {
        saying([](const auto &name) { return writeReconcile(name, {}); });
    } else if (what == u"other version") {
        saying([](const auto &name) { return writeReconcile(name, *fromHex("62")); });
    } else if (what == u"always different") {
        saying([](const auto &name) { return writeReconcile(name, *fromHex("61000001" + std::string(32, 'f'))); });
    } else if (what == u"ids without end") {
        saying([&](const auto &name) {
            // A list, and that there is more.
            Bytes message = *fromHex("61" "01" "01ff" "02" "8800"); // 1,024 ids up to date 0, id ff…
            for (int i = 0; i < 1'024; ++i)
                append(message, m_rig->random.bytes<32>());
            append(message, *fromHex("000001" + std::string(32, 'f')));
            return writeReconcile(name, message);
        });
    } else if (what == u"ids that are not there") {
        saying([&](const auto &name) {
            return writeReconcile(name, list({NostrEventId{m_rig->random.bytes<32>()}, NostrEventId{m_rig->random.bytes<32>()}}));
        });
    } else if (what == u"ids of another mailbox") {
        saying([&](const auto &name) { return writeReconcile(name, list({foreign[0].id, foreign[1].id})); });
    } else if (what == u"another mailbox's events") {
        saying([&](const auto &name) { return writeReconcile(name, list({foreign[0].id, foreign[1].id})); });
        fetching([foreign](Socket &there, const RequestFrame &request) {
            for (const NostrEvent &event : foreign)
                there.say(writeEvent(request.subscription, event));
            there.say(writeEose(request.subscription));
        });
    } else if (what == u"other events") {
        fetching([this](Socket &there, const RequestFrame &request) {
            for (int i = 0; i < 10; ++i)
                there.say(writeEvent(request.subscription, dated(500 + i)));
            there.say(writeEose(request.subscription));
        });
    } else if (what == u"forged events") {
        fetching([this](Socket &there, const RequestFrame &request) {
            for (NostrEvent event : m_relay->stored) {
                event.content += "x";
                there.say(writeEvent(request.subscription, event));
            }
            there.say(writeEose(request.subscription));
        });
    } else if (what == u"events without end") {
        fetching([this](Socket &there, const RequestFrame &request) {
            for (int i = 0; i < 400; ++i)
                there.say(writeEvent(request.subscription, m_relay->stored.at(std::size_t(i) % 100)));
        });
    } else if (what == u"says it has none") {
        saying([](const auto &name) { return writeReconcile(name, *fromHex("6100000200")); }); // strfry, of what needs AUTH
    } else if (what == u"fetch refused") {
        fetching([](Socket &there, const RequestFrame &request) { there.say(writeClosed(request.subscription, "invalid: too many ids")); });
    } else {
        // More than a frame may carry: no answer that can be read.
        saying([](const auto &name) { return writeReconcile(name, Bytes(600'000, 0x61)); });
    }
    m_rig->pool.sweep(m_rig->url, m_mailbox->publicKey());
    m_relay->serve(socket);
    if (what == u"huge message")
        m_rig->timers.advance(MailboxReader::kAnswerTimeoutMs); // nothing tells what it was about
    m_relay->serve(socket);
    QVERIFY(hasAll()); // the others are left at once
    for (const NostrEvent &event : foreign)
        QVERIFY(!m_rig->listener.has(event));
    QCOMPARE(m_relay->opens, 1);
    QVERIFY(m_relay->pages > 0);
    QVERIFY(m_relay->rounds <= int(NegentropyClient::kMostRounds) + 1);
    QVERIFY(socket.isAlive());
    QCOMPARE(reports().size(), std::size_t(2));
    QVERIFY(reports()[1].everything);
    // From now on pages alone.
    sweep(socket);
    QCOMPARE(m_relay->opens, 1);
    QCOMPARE(reports().size(), std::size_t(3));
}

void TestCatchUp::silence_isPagedInstead()
{
    store(100, 100);
    Socket &socket = firstPass();
    store(20, 20 * kDay);
    m_relay->onCompare = [](Socket &, const std::string &) { };
    sweep(socket);
    m_rig->timers.advance(MailboxReader::kAnswerTimeoutMs - 1);
    m_relay->serve(socket);
    QCOMPARE(m_relay->pages, 0);
    m_rig->timers.advance(1);
    m_relay->serve(socket);
    QVERIFY(hasAll());
    QVERIFY(socket.isAlive()); // the socket is as good as before
    QCOMPARE(m_relay->closes, 1);
    QCOMPARE(reports().size(), std::size_t(2));
}

void TestCatchUp::relayThatHangsUp_isPagedNextTime()
{
    store(100, 100);
    Socket &socket = firstPass();
    store(20, 20 * kDay);
    m_relay->onCompare = [](Socket &there, const std::string &) { there.end(TransportError::Misbehaved); };
    sweep(socket);
    QCOMPARE(reports().size(), std::size_t(1));
    m_rig->timers.advance(Connection::kFirstWaitMs);
    m_relay->serve(m_rig->openSocket());
    QCOMPARE(m_relay->opens, 1); // it would end so each time
    QVERIFY(hasAll()); // what was begun as a sweep is one
    QVERIFY(reports().back().everything);
}

void TestCatchUp::silentFetch_isPagedInstead()
{
    store(100, 100);
    Socket &socket = firstPass();
    store(20, 20 * kDay);
    m_relay->onFetch = [this](Socket &there, const RequestFrame &request) {
        there.say(writeEvent(request.subscription, m_relay->stored.at(100))); // one, and then nothing
        return true;
    };
    sweep(socket);
    m_rig->timers.advance(MailboxReader::kAnswerTimeoutMs);
    m_relay->serve(socket);
    QVERIFY(hasAll());
    QVERIFY(m_relay->pages > 0);
    QCOMPARE(reports().size(), std::size_t(2));
}

void TestCatchUp::relayThatHidesAll_hidesNoMoreThanByPages()
{
    store(100, 100);
    Socket &socket = firstPass();
    const NostrEvent hidden = dated(50);
    m_relay->stored.push_back(hidden);
    // It says that all is the same. So it could with an empty page, and the report is the same as after one.
    m_relay->onCompare = [](Socket &there, const std::string &subscription) { there.say(writeReconcile(subscription, *fromHex("61"))); };
    m_rig->clock.advance(3'600'000);
    Socket &next = reconnect(socket);
    const std::int64_t began = m_rig->now();
    m_relay->stored.pop_back(); // not in the answer to the live request either
    m_relay->serve(next);
    QCOMPARE(reports().size(), std::size_t(2));
    QCOMPARE(reports()[1].syncedUntil, began);
    QVERIFY(!reports()[1].everything);
    // Honest again, it is asked for two days and a half before that: the envelope comes.
    m_relay->onCompare = nullptr;
    m_relay->stored.push_back(hidden);
    m_relay->serve(reconnect(next));
    QVERIFY(m_rig->listener.has(hidden));
}

void TestCatchUp::afterADay_itIsTriedAgain()
{
    store(100, 100);
    Socket &socket = firstPass();
    m_relay->onCompare = [](Socket &there, const std::string &name) { there.say(writeReconcileError(name, "blocked: not today")); };
    sweep(socket);
    QCOMPARE(m_relay->opens, 1);
    m_relay->onCompare = nullptr;
    Socket &next = reconnect(socket);
    m_relay->serve(next);
    QCOMPARE(m_relay->opens, 1);
    m_rig->clock.advance(MailboxReader::kPagesAloneMs);
    m_relay->pages = 0;
    sweep(next);
    QCOMPARE(m_relay->opens, 2);
    QCOMPARE(m_relay->pages, 0);
}

TACET_TEST_UNIT("t_catch_up", TestCatchUp)
#include "t_catch_up.moc"
