#include "app/relayd/rate.h"
#include "tests/relayd/talk.h"
#include "tests/support/envelopes.h"
#include "tests/support/unit_registry.h"

#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::relayd;
using namespace tacet::crypto;
using namespace tacet::relay;
using test::Talk;

class TestClientSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_store.reset(); }
    void publish_isJudged_data();
    void publish_isJudged();
    void reading_needsTheMailboxKey();
    void auth_isChecked_data();
    void auth_isChecked();
    void auth_whereHostsAreGiven_namesOneOfThem();
    void refusal_saysTheChallengeAgain();
    void live_goesToTheOwnerAlone();
    void limits_areKept();
    void question_isBoundedOverItsFilters();
    void unreadable_isAnsweredByName_data();
    void unreadable_isAnsweredByName();
    void whatIsTaken_canBeRead();
    void garbage_endsTheConnection();
    void bigAnswer_waitsForRoom();
    void waitingAnswer_isNeverAnotherEvent();
    void slowLiveReader_isClosed();
    void rate_isATokenBucket();

private:
    Talk talk(bool readingNeedsAuth = true) { return Talk(m_clock, m_random, m_limits, *m_store, readingNeedsAuth); }
    NostrEvent authFor(const Talk &talk, const NostrKeyPair &key, const char *url = "ws://relay.example:7447")
    {
        return authEvent(*RelayUrl::parse(url), talk.challenge, key, m_clock.wallSeconds(), m_random);
    }
    static Filter mailboxFilter(const NostrKeyPair &key)
    {
        Filter filter;
        filter.kinds = {1059};
        filter.tags['p'] = {toHex(key.publicKey().bytes)};
        return filter;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Store> m_store;
    test::ManualClock m_clock;
    test::SeededRandom m_random{3};
    Limits m_limits;
};

void TestClientSession::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    auto opened = Store::open(m_folder->path().toStdString(), Store::Mode::Serve);
    QVERIFY(opened.ok());
    m_store = std::move(*opened);
    m_limits = Limits();
}

void TestClientSession::publish_isJudged_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *what, const char *words) { QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(words); };
    row("good", "accepted");
    row("ten days old", "accepted");
    row("nine days ahead", "accepted");
    row("bad id", "invalid: id or signature");
    row("bad signature", "invalid: id or signature");
    row("expired", "invalid: it has expired");
    row("too large", "invalid: larger");
    row("too many tags", "invalid: too many tags");
    row("auth kind", "invalid: an AUTH event");
    row("rate", "rate-limited:");
}

void TestClientSession::publish_isJudged()
{
    QFETCH(QString, what);
    QFETCH(QString, words);
    Talk client = talk();
    const auto author = NostrKeyPair::generate(m_random);
    NostrEvent event = test::datedEnvelope(author.publicKey(), m_clock.wallSeconds(), m_random);
    const std::string name = what.toStdString();
    if (name == "ten days old")
        event.createdAt -= 10 * 86'400;
    else if (name == "nine days ahead")
        event.createdAt += 9 * 86'400;
    else if (name == "expired")
        event.tags.push_back({"expiration", std::to_string(m_clock.wallSeconds())});
    else if (name == "too large")
        event.content.assign(m_limits.contentCharacters + 1, 'x');
    else if (name == "too many tags")
        event.tags.resize(m_limits.tagsPerEvent + 1, {"x"});
    else if (name == "auth kind")
        event.kind = 22'242;
    sign(event, author, m_random);
    if (name == "bad id")
        event.id.bytes[3] ^= 1;
    else if (name == "bad signature")
        event.signature.bytes[3] ^= 1;
    client.mayAct = name != "rate";
    const std::string answer = client.words(writePublish(event));
    QVERIFY2(QString::fromStdString(answer).startsWith(words), answer.c_str());
    Filter all;
    QCOMPARE(m_store->find(all, 10, 0, nullptr)->size(), std::size_t(words == QStringLiteral("accepted") ? 1 : 0));
}

void TestClientSession::reading_needsTheMailboxKey()
{
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    const auto other = NostrKeyPair::generate(m_random);
    const NostrEvent event = test::datedEnvelope(mailbox.publicKey(), 100, m_random);
    client.session.received(writePublish(event));
    QVERIFY(prefixOf(client.words(writeRequest("a", mailboxFilter(mailbox)))) == Prefix::AuthRequired);
    Filter all; // without kinds: served, envelopes left out
    client.sent.clear();
    client.session.received(writeRequest("b", all));
    QVERIFY(client.take<EventFrame>().empty());
    Filter byId;
    byId.ids = {event.id};
    client.session.received(writeRequest("b", byId));
    QVERIFY(client.take<EventFrame>().empty());

    QCOMPARE(client.words(writeAuth(authFor(client, other))), std::string("accepted"));
    QVERIFY(prefixOf(client.words(writeRequest("a", mailboxFilter(mailbox)))) == Prefix::AuthRequired);
    Filter anyones;
    anyones.kinds = {1059};
    QVERIFY(prefixOf(client.words(writeRequest("a", anyones))) == Prefix::Restricted);
    QCOMPARE(client.words(writeAuth(authFor(client, mailbox))), std::string("accepted"));
    client.sent.clear();
    client.session.received(writeRequest("a", mailboxFilter(mailbox)));
    QCOMPARE(client.take<EventFrame>().size(), std::size_t(1));

    Talk openly = talk(false);
    openly.session.received(writeRequest("a", mailboxFilter(mailbox)));
    QCOMPARE(openly.take<EventFrame>().size(), std::size_t(1));
}

void TestClientSession::auth_isChecked_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("good");
    QTest::newRow("good") << "good" << true;
    QTest::newRow("another spelling of the address") << "tls" << true;
    QTest::newRow("another relay") << "relay" << false;
    QTest::newRow("another challenge") << "challenge" << false;
    QTest::newRow("another kind") << "kind" << false;
    QTest::newRow("old") << "old" << false;
    QTest::newRow("ahead") << "ahead" << false;
    QTest::newRow("signature") << "signature" << false;
}

void TestClientSession::auth_isChecked()
{
    QFETCH(QString, what);
    QFETCH(bool, good);
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    NostrEvent auth = authFor(client, mailbox);
    const std::string name = what.toStdString();
    if (name == "tls")
        auth = authFor(client, mailbox, "wss://RELAY.example/");
    else if (name == "relay")
        auth = authFor(client, mailbox, "wss://evil.example");
    else if (name == "challenge")
        auth.tags[1][1] = "00", sign(auth, mailbox, m_random);
    else if (name == "kind")
        auth.kind = 1, sign(auth, mailbox, m_random);
    else if (name == "old")
        auth.createdAt -= 90'000, sign(auth, mailbox, m_random);
    else if (name == "ahead")
        auth.createdAt += 90'000, sign(auth, mailbox, m_random);
    else if (name == "signature")
        auth.signature.bytes[9] ^= 1;
    QCOMPARE(client.words(writeAuth(auth)) == "accepted", good);
    const bool served = client.words(writeRequest("a", mailboxFilter(mailbox))) == "served";
    QCOMPARE(served, good);
}

void TestClientSession::auth_whereHostsAreGiven_namesOneOfThem()
{
    // relay.example, which the Host header names, passes on what its own visitor signed.
    Talk client(m_clock, m_random, m_limits, *m_store, true, nullptr, {}, {"home.example", "other.onion"});
    const auto visitor = NostrKeyPair::generate(m_random);
    QVERIFY(client.words(writeAuth(authFor(client, visitor))) != "accepted");
    QVERIFY(client.words(writeRequest("a", mailboxFilter(visitor))) != "served");
    QCOMPARE(client.words(writeAuth(authFor(client, visitor, "wss://HOME.example/"))), std::string("accepted"));
    QCOMPARE(client.words(writeRequest("a", mailboxFilter(visitor))), std::string("served"));
}

void TestClientSession::refusal_saysTheChallengeAgain()
{
    auto client = talk();
    client.session.received(writeRequest("s", mailboxFilter(NostrKeyPair::generate(m_random))));
    QCOMPARE(client.sent.size(), std::size_t(2));
    QVERIFY(std::holds_alternative<ClosedFrame>(*readRelayFrame(client.sent[0])));
    QCOMPARE(client.take<ChallengeFrame>().at(0).challenge, client.challenge); // who listened late has it now
    QCOMPARE(client.words(writeAuth(authFor(client, NostrKeyPair::generate(m_random)))), std::string("accepted"));
}

void TestClientSession::live_goesToTheOwnerAlone()
{
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    client.session.received(writeAuth(authFor(client, mailbox)));
    client.session.received(writeRequest("mine", mailboxFilter(mailbox)));
    client.session.received(writeRequest("all", Filter{}));
    client.sent.clear();
    const auto offer = [&](const NostrEvent &event) { client.session.offer(event, toJson(event)); };
    offer(test::datedEnvelope(mailbox.publicKey(), 5, m_random));
    QCOMPARE(client.take<EventFrame>().size(), std::size_t(2)); // to both subscriptions
    offer(test::datedEnvelope(NostrKeyPair::generate(m_random).publicKey(), 5, m_random));
    QVERIFY(client.take<EventFrame>().empty());
    client.session.received(writeClose("all"));
    offer(test::datedEnvelope(mailbox.publicKey(), 6, m_random));
    const auto events = client.take<EventFrame>();
    QCOMPARE(events.size(), std::size_t(1));
    QCOMPARE(events[0].subscription, std::string("mine"));
}

void TestClientSession::limits_areKept()
{
    m_limits.subscriptions = 2;
    m_limits.filters = 2;
    m_limits.valuesPerFilter = 3;
    m_limits.pageLimit = 5;
    Talk client = talk(false);
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (int i = 0; i < 9; ++i)
        client.session.received(writePublish(test::datedEnvelope(mailbox.publicKey(), 10 + i, m_random)));
    client.sent.clear();
    Filter filter;
    filter.limit = 1'000'000;
    client.session.received(writeRequest("a", filter));
    QCOMPARE(client.take<EventFrame>().size(), std::size_t(5));
    client.session.received(writeRequest("b", filter));
    QVERIFY(prefixOf(client.words(writeRequest("c", filter))) == Prefix::RateLimited);
    QCOMPARE(client.words(writeRequest("a", filter)), std::string("served")); // the same name replaces
    QVERIFY(prefixOf(client.words(R"(["REQ","a",{},{},{}])")) == Prefix::Invalid);
    Filter many;
    many.kinds = {1, 2, 3, 4};
    QVERIFY(prefixOf(client.words(writeRequest("a", many))) == Prefix::Invalid);
    QVERIFY(prefixOf(client.words(R"(["COUNT","a",{}])")) == Prefix::Unsupported);
    filter.limit = 0;
    client.sent.clear();
    client.session.received(writeRequest("b", filter));
    QCOMPARE(client.sent.size(), std::size_t(1)); // EOSE alone
}

void TestClientSession::question_isBoundedOverItsFilters()
{
    Talk client = talk(false);
    for (int i = 0; i < 20; ++i)
        client.session.received(writePublish(test::datedEnvelope(NostrKeyPair::generate(m_random).publicKey(), 10 + i, m_random)));
    QCOMPARE(client.asked, std::int64_t(0));
    const std::string two = R"(["REQ","a",{"kinds":[1]},{"kinds":[2]}])";
    QCOMPARE(client.words(two), std::string("served"));
    const std::int64_t both = client.asked;
    QVERIFY(both > 2 * 20); // some steps for each event
    QVERIFY(client.session.isBusy());
    client.session.turnEnded();
    QVERIFY(!client.session.isBusy());
    m_limits.queryOperations = both / 4;
    QVERIFY(prefixOf(client.words(two)) == Prefix::Error);
    QVERIFY(client.asked - both < both); // paid for, the second filter was not looked at
}

void TestClientSession::unreadable_isAnsweredByName_data()
{
    QTest::addColumn<QString>("frame");
    QTest::addColumn<QString>("answer");
    const QString id(64, QLatin1Char('a'));
    const auto row = [](const char *name, const QString &frame, const QString &answer) { QTest::newRow(name) << frame << answer; };
    row("search", QStringLiteral(R"(["REQ","find",{"kinds":[1]},{"search":"pier"}])"), QStringLiteral(R"(["CLOSED","find","unsupported: )"));
    row("count", QStringLiteral(R"(["COUNT","find",{"search":"pier"}])"), QStringLiteral(R"(["CLOSED","find","unsupported: )"));
    row("short id", QStringLiteral(R"(["REQ","find",{"ids":["abc"]}])"), QStringLiteral(R"(["CLOSED","find","invalid: )"));
    row("no object", QStringLiteral(R"(["REQ","find",7])"), QStringLiteral(R"(["CLOSED","find","invalid: )"));
    row("reconciliation", QStringLiteral(R"(["NEG-OPEN","n",{"search":"pier"},"61"])"), QStringLiteral(R"(["NEG-ERR","n","unsupported: )"));
    row("event", QStringLiteral(R"(["EVENT",{"id":"%1","kind":70000}])").arg(id), QStringLiteral(R"(["OK","%1",false,"invalid: )").arg(id));
    row("auth", QStringLiteral(R"(["AUTH",{"id":"%1"}])").arg(id), QStringLiteral(R"(["OK","%1",false,"invalid: )").arg(id));
}

void TestClientSession::unreadable_isAnsweredByName()
{
    QFETCH(QString, frame);
    QFETCH(QString, answer);
    Talk client = talk();
    for (std::size_t i = 0; i < m_limits.garbageFrames + 10; ++i) {
        client.sent.clear();
        client.session.received(frame.toStdString());
        QCOMPARE(client.sent.size(), std::size_t(1));
        QVERIFY2(client.sent[0].starts_with(answer.toStdString()), client.sent[0].c_str());
    }
    QVERIFY(client.dropped.empty());
    client.mayAct = false; // it costs no less than what can be read
    QVERIFY(prefixOf(client.words(frame.toStdString())) == Prefix::RateLimited);
}

/// Else one event of somebody's would keep a mailbox here unreadable for good.
void TestClientSession::whatIsTaken_canBeRead()
{
    Talk client = talk(false);
    const auto mailbox = NostrKeyPair::generate(m_random);
    std::size_t taken = 0;
    for (const std::size_t values : {15'900u, 16'000u, 16'370u, 16'373u, 43'000u}) {
        NostrEvent event = test::datedEnvelope(mailbox.publicKey(), 100, m_random);
        event.tags.push_back(std::vector<std::string>(values));
        sign(event, mailbox, m_random);
        client.sent.clear();
        client.session.received(writePublish(event));
        const auto answer = readRelayFrame(client.sent.at(0));
        const auto *ok = std::get_if<OkFrame>(&*answer);
        if (ok && ok->accepted)
            ++taken;
    }
    QVERIFY(taken > 0);
    client.sent.clear();
    client.session.received(writeRequest("0123456789abcdef", mailboxFilter(mailbox)));
    QCOMPARE(client.sent.size(), taken + 1);
    for (const std::string &text : client.sent) {
        QVERIFY(readRelayFrame(text).ok());
        QVERIFY(readJson(text, JsonLimits()).ok()); // by those that read no more than this
    }
}

void TestClientSession::garbage_endsTheConnection()
{
    Talk client = talk();
    for (std::size_t i = 0; i < m_limits.garbageFrames; ++i)
        client.session.received("{\"a\":1,\"a\":2}");
    QVERIFY(client.dropped.empty());
    client.session.received(R"(["EVENT",{"id":1}])"); // nobody to answer
    QVERIFY(!client.dropped.empty());
}

void TestClientSession::bigAnswer_waitsForRoom()
{
    m_limits.unsentBytes = 2'000;
    Talk client = talk(false);
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (int i = 0; i < 50; ++i)
        client.session.received(writePublish(test::datedEnvelope(mailbox.publicKey(), 10 + i, m_random)));
    client.sent.clear();
    client.countUnsent = true;
    client.session.received(writeRequest("a", mailboxFilter(mailbox)));
    QVERIFY(client.sent.size() < 10);
    for (int i = 0; i < 50; ++i) {
        QVERIFY(client.unsent < 4'000);
        client.unsent = 0;
        client.session.drained();
    }
    QCOMPARE(client.sent.size(), std::size_t(51));
    QVERIFY(std::holds_alternative<EoseFrame>(*readRelayFrame(client.sent.back())));
}

void TestClientSession::waitingAnswer_isNeverAnotherEvent()
{
    m_limits.unsentBytes = 1;
    Talk client = talk();
    const auto author = NostrKeyPair::generate(m_random);
    NostrEvent request;
    request.kind = kKindDeletion;
    for (int i = 0; i < 3; ++i) {
        NostrEvent event;
        event.kind = 1;
        event.createdAt = 10 + i;
        sign(event, author, m_random);
        QVERIFY(m_store->add(event).ok() && m_store->commit().ok());
        request.tags.push_back({"e", toHex(event.id.bytes)});
    }
    sign(request, author, m_random);
    Filter own;
    own.authors = {author.publicKey()};
    client.countUnsent = true;
    client.session.received(writeRequest("a", own));
    QCOMPARE(client.take<EventFrame>().size(), std::size_t(1)); // two wait
    QVERIFY(m_store->erase(request, 20).ok() && m_store->commit().ok());
    const auto other = NostrKeyPair::generate(m_random).publicKey();
    for (int i = 0; i < 4; ++i)
        QVERIFY(m_store->add(test::datedEnvelope(other, 6 + i, m_random)).ok() && m_store->commit().ok());
    m_limits.unsentBytes = 1'000'000;
    client.session.drained();
    QVERIFY(client.take<EventFrame>().empty());
}

void TestClientSession::slowLiveReader_isClosed()
{
    m_limits.unsentLive = 5'000;
    Talk client = talk(false);
    const auto mailbox = NostrKeyPair::generate(m_random);
    client.session.received(writeRequest("a", mailboxFilter(mailbox)));
    client.countUnsent = true;
    for (int i = 0; i < 100 && client.dropped.empty(); ++i) {
        const NostrEvent event = test::datedEnvelope(mailbox.publicKey(), 5, m_random);
        client.session.offer(event, toJson(event));
    }
    QVERIFY(!client.dropped.empty());
    QVERIFY(client.unsent < 7'000);
}

void TestClientSession::rate_isATokenBucket()
{
    RateLimiter rate(2, 5);
    int allowed = 0;
    for (int i = 0; i < 20; ++i)
        allowed += rate.take("a", 1000);
    QCOMPARE(allowed, 5);
    QVERIFY(rate.take("b", 1000));
    QVERIFY(!rate.take("a", 1400));
    QVERIFY(rate.take("a", 1500));
    for (int i = 0; i < 20'000; ++i)
        rate.take(std::to_string(i), 2000 + i * 10);
    QVERIFY(rate.addresses() <= 10'001); // idle addresses are forgotten
}

TACET_TEST_UNIT("t_client_session", TestClientSession)
#include "t_client_session.moc"
