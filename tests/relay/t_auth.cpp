// AUTH (NIP-42): when a challenge is answered and as whom, sockets that are shared, relays that say nothing until it. Refusals that
// are not the last word: t_auth_refused.cpp.
#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using tacet::test::FakeTransports;
using tacet::test::Rig;

namespace {
std::string tagOf(const NostrEvent &event, const char *name)
{
    for (const auto &tag : event.tags) {
        if (tag.size() == 2 && tag[0] == name)
            return tag[1];
    }
    return {};
}
} // namespace

class TestAuth : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void auth_early_isAnsweredWithTheMailboxKey();
    void auth_late_afterRefusal_asksAgain();
    void auth_withoutOk_isTriedAnyway();
    void auth_refused_isShown();
    void auth_refused_isTriedAgainWithTheNextRequest();
    void auth_again_isAnsweredAgainButNotForever();
    void sharedSocket_keepsQuietOnChallenge();
    void sharedSocket_splitsWhenAuthIsWanted();
    void silentUntilAuth_isReadAfterIt_data();
    void silentUntilAuth_isReadAfterIt();
    void silentUntilAuth_challengedLate_isReadAfterIt();
    void silentUntilAuth_nobodyWaitsForWhoGaveUp_data();
    void silentUntilAuth_nobodyWaitsForWhoGaveUp();
    void silentUntilAuth_joinedLater();
    void silentUntilAuth_passesTheSelfTest();
    void silentUntilAuth_withoutOk_isReadAfterIt();
    void silentUntilAuth_knownInTheMiddleOfAnAnswer_isReadAgain();
    void silentUntilAuth_refused_isReadAsItIs();
    void challengeFromARelayThatServesAll_changesNothing();
};

void TestAuth::auth_early_isAnsweredWithTheMailboxKey()
{
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    socket.take();
    socket.say(writeChallenge("ch\"allenge"));
    const auto auth = socket.take<AuthFrame>();
    QCOMPARE(auth.size(), std::size_t(1));
    QVERIFY(verify(auth[0].event));
    QCOMPARE(auth[0].event.kind, 22242);
    QVERIFY(auth[0].event.author == mailbox.publicKey());
    QCOMPARE(tagOf(auth[0].event, "challenge"), std::string("ch\"allenge"));
    QCOMPARE(tagOf(auth[0].event, "relay"), rig.url.text());
    QCOMPARE(auth[0].event.createdAt, rig.now());
    rig.timers.advance(1000);
    socket.say(writeChallenge("ch\"allenge")); // said again before our answer came there
    QVERIFY(socket.take().empty());
}

void TestAuth::auth_late_afterRefusal_asksAgain()
{
    // strfry: CLOSED with words of its own first, the challenge afterwards.
    Rig rig;
    const auto mailbox = rig.key();
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const auto first = socket.take<RequestFrame>().at(0);
    socket.say(writeClosed(first.subscription, "ERROR: auth-required: subscriber must AUTH"));
    QVERIFY(socket.take().empty());
    rig.timers.advance(300);
    socket.say(writeChallenge("late"));
    const auto auth = socket.take<AuthFrame>();
    QCOMPARE(auth.size(), std::size_t(1));
    QVERIFY(auth[0].event.author == mailbox.publicKey());
    socket.say(writeOk(auth[0].event.id, true, ""));
    const NostrEvent event = rig.envelope(mailbox);
    rig.serve(socket, {event});
    QVERIFY(rig.listener.has(event));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    rig.settle();
    QVERIFY(rig.status().wantsAuth);
    QVERIFY(rig.status().state == RelayState::Connected);
}

void TestAuth::auth_withoutOk_isTriedAnyway()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const auto first = socket.take<RequestFrame>().at(0);
    socket.say(writeChallenge("c"));
    socket.say(writeClosed(first.subscription, "auth-required: x"));
    socket.take();
    rig.timers.advance(Connection::kAuthTimeoutMs);
    QCOMPARE(socket.take<RequestFrame>().size(), std::size_t(1));
}

void TestAuth::auth_refused_isShown()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const auto first = socket.take<RequestFrame>().at(0);
    socket.say(writeClosed(first.subscription, "auth-required: x"));
    socket.say(writeChallenge("c"));
    socket.say(writeOk(socket.take<AuthFrame>().at(0).event.id, false, "restricted: paying members only"));
    rig.settle();
    QVERIFY(rig.status().state == RelayState::Refused);
    QCOMPARE(rig.status().lastError, std::string("restricted: paying members only"));
}

void TestAuth::auth_refused_isTriedAgainWithTheNextRequest()
{
    // The challenge comes once; by the next request the reason may be gone.
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const auto first = socket.take<RequestFrame>().at(0);
    socket.say(writeChallenge("c"));
    socket.say(writeClosed(first.subscription, "auth-required: x"));
    const auto refused = socket.take<AuthFrame>();
    socket.say(writeOk(refused.at(0).event.id, false, "restricted: not today"));
    QVERIFY(socket.take().empty());
    for (std::int64_t ms = 0; ms < MailboxReader::kAgainAfterRefusalMs; ms += 10'000) {
        socket.pong();
        rig.timers.advance(10'000);
    }
    const auto second = socket.take<RequestFrame>();
    QCOMPARE(second.size(), std::size_t(1));
    socket.say(writeClosed(second[0].subscription, "auth-required: x"));
    const auto again = socket.take<AuthFrame>();
    QCOMPARE(again.size(), std::size_t(1));
    QVERIFY(again[0].event.id != refused[0].event.id);
    socket.say(writeOk(again[0].event.id, true, ""));
    rig.serve(socket, {});
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestAuth::auth_again_isAnsweredAgainButNotForever()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    socket.take();
    for (int i = 0; i < 100; ++i)
        socket.say(writeChallenge("c" + std::to_string(i)));
    QCOMPARE(int(socket.take<AuthFrame>().size()), Connection::kMaximumChallenges);
}

void TestAuth::sharedSocket_keepsQuietOnChallenge()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    rig.timers.advance(1000);
    QCOMPARE(rig.transports.sockets.size(), std::size_t(1));
    QCOMPARE(socket.take<RequestFrame>().size(), std::size_t(2));
    socket.say(writeChallenge("c"));
    QVERIFY(socket.take().empty());
}

void TestAuth::sharedSocket_splitsWhenAuthIsWanted()
{
    Rig rig;
    const auto one = rig.key();
    const auto two = rig.key();
    const auto three = rig.key();
    rig.pool.watch(rig.url, one, {});
    rig.pool.watch(rig.url, two, {});
    auto &shared = rig.openSocket();
    const auto requests = shared.take<RequestFrame>();
    shared.say(writeChallenge("c"));
    shared.say(writeClosed(requests[1].subscription, "auth-required: no"));
    rig.pool.watch(rig.url, three, {});
    rig.timers.advance(1'000);
    QCOMPARE(rig.transports.sockets.size(), std::size_t(3));
    // One key a socket, each mailbox on its own.
    std::set<NostrPublicKey> keys;
    for (const auto &socket : rig.transports.sockets) {
        if (socket.get() != &shared) {
            socket->open();
            socket->say(writeChallenge("d"));
        }
        const auto auth = socket->take<AuthFrame>();
        QCOMPARE(auth.size(), std::size_t(1));
        keys.insert(auth[0].event.author);
    }
    QVERIFY((keys == std::set<NostrPublicKey>{one.publicKey(), two.publicKey(), three.publicKey()}));
}

namespace {

/// Sends a challenge at once; until it is answered for a mailbox, the envelopes of that are left out, without a word.
struct SilentRelay {
    Rig rig;
    std::vector<NostrEvent> stored;
    std::map<std::size_t, NostrPublicKey> authed; ///< by socket
    std::set<std::size_t> open;
    bool challengesLate = false; ///< when what was asked first is answered

    /// Answers whatever waits at every socket, for some seconds.
    void run(int seconds)
    {
        for (int second = 0; second < seconds; ++second) {
            for (std::size_t i = 0; i < rig.transports.sockets.size(); ++i) {
                const auto socket = rig.transports.sockets[i];
                if (!socket->isAlive())
                    continue;
                if (open.insert(i).second) {
                    socket->open();
                    if (challengesLate)
                        answerAll(i, *socket);
                    socket->say(writeChallenge("c" + std::to_string(i)));
                }
                answerAll(i, *socket);
                socket->pong();
            }
            rig.timers.advance(1000);
        }
    }
    void answerAll(std::size_t i, FakeTransports::Socket &socket)
    {
        for (auto frames = socket.take(); !frames.empty(); frames = socket.take()) {
            for (const auto &frame : frames)
                answer(i, socket, frame);
        }
    }
    void answer(std::size_t i, FakeTransports::Socket &socket, const ClientFrame &frame)
    {
        if (const auto *request = std::get_if<RequestFrame>(&frame)) {
            for (const NostrEvent &event : stored) {
                const auto at = authed.find(i);
                const bool isTheirs = at != authed.end() && onlyRecipient(event) == at->second;
                if (isTheirs && request->filters.at(0).matches(event))
                    socket.say(writeEvent(request->subscription, event));
            }
            socket.say(writeEose(request->subscription));
        } else if (const auto *auth = std::get_if<AuthFrame>(&frame)) {
            authed.insert_or_assign(i, auth->event.author);
            socket.say(writeOk(auth->event.id, true, ""));
        } else if (const auto *published = std::get_if<PublishFrame>(&frame)) {
            stored.push_back(published->event);
            socket.say(writeOk(published->event.id, true, ""));
        }
    }
};

} // namespace

void TestAuth::silentUntilAuth_isReadAfterIt_data()
{
    QTest::addColumn<int>("mailboxes");
    QTest::addColumn<int>("syncedAgo");
    QTest::newRow("one, never read") << 1 << 0;
    QTest::newRow("one, read before") << 1 << 7 * 86'400;
    QTest::newRow("three on one socket") << 3 << 0;
    QTest::newRow("three on one socket, read before") << 3 << 7 * 86'400;
}

void TestAuth::silentUntilAuth_isReadAfterIt()
{
    QFETCH(int, mailboxes);
    QFETCH(int, syncedAgo);
    SilentRelay relay;
    Rig &rig = relay.rig;
    const std::int64_t dated = rig.now() - (syncedAgo ? 6 * 86'400 : 100); // far behind a cursor that moved for nothing
    for (int i = 0; i < mailboxes; ++i) {
        const auto mailbox = rig.key();
        relay.stored.push_back(test::datedEnvelope(mailbox.publicKey(), dated, rig.random));
        rig.pool.watch(rig.url, mailbox, {syncedAgo ? std::optional(rig.now() - syncedAgo) : std::nullopt});
    }
    rig.listener.onEvent = [&] { QVERIFY2(rig.listener.reports.size() < rig.listener.events.size(), "it was no whole pass before"); };
    rig.settle();
    relay.run(5);
    for (const NostrEvent &event : relay.stored)
        QVERIFY(rig.listener.has(event));
    QCOMPARE(rig.listener.reports.size(), std::size_t(mailboxes));
    QCOMPARE(rig.transports.alive(), std::size_t(mailboxes)); // one key a socket
}

void TestAuth::silentUntilAuth_challengedLate_isReadAfterIt()
{
    SilentRelay relay;
    relay.challengesLate = true;
    Rig &rig = relay.rig;
    for (int i = 0; i < 3; ++i) {
        const auto mailbox = rig.key();
        relay.stored.push_back(test::datedEnvelope(mailbox.publicKey(), rig.now() - 6 * 86'400, rig.random));
        rig.pool.watch(rig.url, mailbox, {rig.now() - 7 * 86'400, rig.now() - 3600});
    }
    rig.settle();
    relay.run(5);
    for (const NostrEvent &event : relay.stored)
        QVERIFY(rig.listener.has(event)); // the empty passes before the challenge moved no cursor for good
    QCOMPARE(rig.transports.alive(), std::size_t(3));
}

void TestAuth::silentUntilAuth_nobodyWaitsForWhoGaveUp_data()
{
    QTest::addColumn<bool>("isRefused");
    QTest::newRow("refused for a while") << true;
    QTest::newRow("not watched any more") << false;
}

void TestAuth::silentUntilAuth_nobodyWaitsForWhoGaveUp()
{
    QFETCH(bool, isRefused);
    SilentRelay relay;
    Rig &rig = relay.rig;
    const auto first = rig.key();
    rig.pool.watch(rig.url, first, {});
    for (int i = 0; i < 2; ++i) {
        const auto mailbox = rig.key();
        relay.stored.push_back(rig.envelope(mailbox));
        rig.pool.watch(rig.url, mailbox, {});
    }
    auto &shared = rig.openSocket();
    relay.open.insert(0);
    shared.say(writeChallenge("c0"));
    const auto requests = shared.take<RequestFrame>();
    QCOMPARE(requests.size(), std::size_t(3));
    for (std::size_t i = 1; i < 3; ++i)
        shared.say(writeEose(requests[i].subscription));
    QCOMPARE(rig.transports.sockets.size(), std::size_t(1)); // the first might show that nothing is left out
    if (isRefused)
        shared.say(writeClosed(requests[0].subscription, "blocked: too many subscriptions"));
    else
        rig.pool.unwatch(rig.url, first.publicKey());
    rig.settle();
    relay.run(5);
    for (const NostrEvent &event : relay.stored)
        QVERIFY(rig.listener.has(event));
    QCOMPARE(rig.transports.alive(), std::size_t(isRefused ? 3 : 2)); // one key a socket
}

void TestAuth::silentUntilAuth_joinedLater()
{
    SilentRelay relay;
    Rig &rig = relay.rig;
    rig.pool.watch(rig.url, rig.key(), {});
    rig.settle();
    relay.run(5);
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
    const auto mailbox = rig.key();
    relay.stored.push_back(rig.envelope(mailbox));
    rig.pool.watch(rig.url, mailbox, {});
    relay.run(5);
    QVERIFY(rig.listener.has(relay.stored[0]));
    QCOMPARE(rig.transports.alive(), std::size_t(2));
}

void TestAuth::silentUntilAuth_passesTheSelfTest()
{
    SilentRelay relay;
    relay.rig.pool.test(TestId{1}, relay.rig.url);
    relay.rig.settle();
    relay.run(10);
    QCOMPARE(relay.rig.listener.tests.size(), std::size_t(1));
    QVERIFY2(relay.rig.listener.tests[0].usable, relay.rig.listener.tests[0].reason.c_str());
}

void TestAuth::silentUntilAuth_withoutOk_isReadAfterIt()
{
    Rig rig;
    const auto mailbox = rig.key();
    const NostrEvent stored = rig.envelope(mailbox);
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>().at(0);
    socket.say(writeChallenge("c"));
    QCOMPARE(socket.take<AuthFrame>().size(), std::size_t(1));
    socket.say(writeEose(request.subscription)); // answered before AUTH came there
    const NostrEvent live = rig.envelope(mailbox);
    socket.say(writeEvent(request.subscription, live)); // and this after it, which no OK tells
    QVERIFY(rig.listener.has(live));
    QVERIFY(rig.listener.reports.empty());
    rig.timers.advance(Connection::kAuthTimeoutMs);
    rig.serve(socket, {stored, live});
    QVERIFY(rig.listener.has(stored));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestAuth::silentUntilAuth_knownInTheMiddleOfAnAnswer_isReadAgain()
{
    Rig rig;
    const auto mailbox = rig.key();
    const NostrEvent newer = rig.envelope(mailbox);
    const NostrEvent older = test::datedEnvelope(mailbox.publicKey(), rig.now() - 200, rig.random);
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>().at(0);
    socket.say(writeChallenge("c"));
    QCOMPARE(socket.take<AuthFrame>().size(), std::size_t(1));
    // The newest comes first, and is left out; by the second the relay knows who asks, and says nothing of it.
    socket.say(writeEvent(request.subscription, older));
    socket.say(writeEose(request.subscription));
    rig.serve(socket, {}); // nothing older
    QVERIFY(rig.listener.has(older));
    QVERIFY(rig.listener.reports.empty());
    rig.timers.advance(Connection::kAuthTimeoutMs);
    rig.serve(socket, {newer, older});
    QVERIFY(rig.listener.has(newer));
    QCOMPARE(rig.listener.events.size(), std::size_t(2));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestAuth::silentUntilAuth_refused_isReadAsItIs()
{
    Rig rig;
    rig.pool.watch(rig.url, rig.key(), {});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>().at(0);
    socket.say(writeChallenge("c"));
    const auto auth = socket.take<AuthFrame>();
    socket.say(writeEose(request.subscription));
    QVERIFY(rig.listener.reports.empty());
    socket.say(writeOk(auth.at(0).event.id, false, "restricted: members only"));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestAuth::challengeFromARelayThatServesAll_changesNothing()
{
    Rig rig;
    const auto one = rig.key();
    const NostrEvent event = rig.envelope(one);
    rig.pool.watch(rig.url, rig.key(), {});
    rig.pool.watch(rig.url, one, {});
    auto &socket = rig.openSocket();
    socket.say(writeChallenge("c"));
    rig.serve(socket, {event}); // the first of the two has nothing
    rig.timers.advance(1000);
    QVERIFY(rig.listener.has(event));
    QCOMPARE(rig.listener.reports.size(), std::size_t(2));
    QCOMPARE(rig.transports.sockets.size(), std::size_t(1));
    // Alone on a socket: answered, and not read twice.
    Rig other;
    other.pool.watch(other.url, one, {});
    auto &alone = other.openSocket();
    alone.say(writeChallenge("c"));
    const auto frames = alone.take();
    const auto request = std::get<RequestFrame>(frames.at(0));
    alone.say(writeEvent(request.subscription, event));
    alone.say(writeOk(std::get<AuthFrame>(frames.at(1)).event.id, true, ""));
    QVERIFY(alone.take<RequestFrame>().empty());
    alone.say(writeEose(request.subscription));
    other.serve(alone, {});
    QCOMPARE(other.listener.reports.size(), std::size_t(1));
}

TACET_TEST_UNIT("t_auth", TestAuth)
#include "t_auth.moc"
