// Through a proxy or not at all, over real sockets: whatever the proxy does, nobody else hears from us.
#include "app/relay/pool.h"
#include "app/relay/web_socket_transport.h"
#include "app/relayd/relay_server.h"
#include "tests/relay/rig.h"
#include "tests/support/socks_server.h"
#include "tests/support/unit_registry.h"
#include "tests/support/witness.h"

#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relayd;
using namespace tacet::crypto;
using tacet::test::SocksServer;
using tacet::test::Witness;

namespace {

using Act = SocksServer::Act;

constexpr int kPatience = 30'000;

/// A pool on the event loop.
struct Client {
    Client() { pool.setListener(&listener); }
    std::string reasonOfTest() const { return listener.tests.empty() ? std::string() : listener.tests.back().reason; }
    NameLookup names()
    {
        return [this, real = systemNames()](const std::string &name, QObject *context, std::function<void(const NameAnswer &)> then) {
            ++lookups;
            real(name, context, std::move(then));
        };
    }

    int lookups = 0;
    SystemClock clock;
    QtTimers timers;
    SystemRandom random;
    test::RecordingListener listener;
    Pool pool{{clock, timers, random, webSocketTransports(names())}, httpInfoSource(names())};
};

RelayUrl urlOf(const Witness &witness)
{
    return *RelayUrl::parse("ws://127.0.0.1:" + witness.port());
}

ProxySettings through(quint16 port)
{
    return {"127.0.0.1", port, true};
}

/// A port where nobody listens.
quint16 deadPort()
{
    QTcpServer closed;
    closed.listen(QHostAddress::LocalHost);
    return closed.serverPort();
}

} // namespace

class TestProxy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void everythingAsksTheProxyByName();
    void circuits_areOneForEachUse_andKeptOverReconnects();
    void circuits_areNewAfterARestart();
    void withoutUserNames_stillWorks_data();
    void withoutUserNames_stillWorks();
    void hangs_nothingGoesAround_data();
    void hangs_nothingGoesAround();
    void down_meansSilence();
    void unreadableSetting_meansSilence();
    void diesInTheMiddle_nothingGoesAround();
    void switchedOn_closesDirectSockets();
    void ownRelay_isReachedWithoutIt();
    void onion_needsAProxy();
    void onion_goesToTheProxyAsAName();
    void failure_hasItsSentence_data();
    void failure_hasItsSentence();

private:
    NostrEvent envelope(const NostrKeyPair &mailbox) { return test::envelopeFor(mailbox.publicKey(), m_clock.wallSeconds(), m_random); }
    void useEverything(Client &client, const RelayUrl &url);
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RelayServer> m_server;
    SystemClock m_clock;
    SystemRandom m_random;
    const RelayUrl m_far = *RelayUrl::parse("ws://relay.name.that.does.not.exist.example");
};

void TestProxy::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    RelayServerOptions options;
    options.folder = m_folder->path().toStdString();
    m_server = std::make_unique<RelayServer>(options, m_clock, m_random);
    QVERIFY(m_server->start().ok());
}

void TestProxy::cleanup()
{
    m_server.reset();
}

/// Every way in which the pool opens a socket.
void TestProxy::useEverything(Client &client, const RelayUrl &url)
{
    client.pool.watch(url, NostrKeyPair::generate(m_random), {});
    client.pool.watch(url, NostrKeyPair::generate(m_random), {});
    client.pool.publish(PublishId{1}, url, envelope(NostrKeyPair::generate(m_random)));
    client.pool.fetch(FetchId{1}, url, NostrKeyPair::generate(m_random));
    client.pool.test(TestId{1}, url); // and the information document, by HTTP
}

void TestProxy::everythingAsksTheProxyByName()
{
    SocksServer socks(m_server->url().port());
    Client client;
    client.pool.setProxy(through(socks.serverPort()));
    useEverything(client, m_far);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(2), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.outcomes.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(1), kPatience);
    QVERIFY2(client.listener.tests[0].usable, client.reasonOfTest().c_str());
    QCOMPARE(client.listener.tests[0].name, std::string("Tacet relay")); // the document came through, too
    std::set<QByteArray> users;
    int documents = 0;
    for (const auto &request : socks.requests) {
        QVERIFY(request.byName); // never resolved here
        QCOMPARE(request.host, QByteArray("relay.name.that.does.not.exist.example"));
        QCOMPARE(request.port, quint16(80));
        QVERIFY(!request.user.isEmpty());
        users.insert(request.user);
        documents += request.wasHttp();
    }
    QCOMPARE(documents, 1);
    QCOMPARE(client.lookups, 0);
    // Two mailboxes, publishing, fetching, the document, the test's writing and reading (twice, one throwaway mailbox).
    QCOMPARE(users.size(), std::size_t(7));
    QCOMPARE(socks.requests.size(), std::size_t(8));
}

void TestProxy::circuits_areOneForEachUse_andKeptOverReconnects()
{
    SocksServer socks(m_server->url().port());
    Client client;
    client.pool.setProxy(through(socks.serverPort()));
    const auto other = *RelayUrl::parse("ws://another.example:8080");
    const auto mailbox = NostrKeyPair::generate(m_random);
    client.pool.watch(m_far, mailbox, {});
    client.pool.watch(m_far, NostrKeyPair::generate(m_random), {});
    client.pool.watch(other, mailbox, {}); // the same mailbox at another relay: another circuit
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(3), kPatience);
    std::map<QByteArray, QByteArray> hostOf;
    for (const auto &request : socks.requests)
        hostOf[request.user] = request.host;
    QCOMPARE(hostOf.size(), std::size_t(3));
    m_server->stop();
    QTRY_VERIFY_WITH_TIMEOUT(client.pool.statuses().at(0).state == RelayState::Unreachable, kPatience);
    QVERIFY(m_server->start().ok());
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(6), kPatience);
    for (const auto &request : socks.requests)
        QCOMPARE(hostOf.at(request.user), request.host); // none that is new, none that serves another relay
}

void TestProxy::circuits_areNewAfterARestart()
{
    SocksServer socks(m_server->url().port());
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (std::size_t run = 1; run <= 2; ++run) {
        Client client;
        client.pool.setProxy(through(socks.serverPort()));
        client.pool.watch(m_far, mailbox, {});
        QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(1), kPatience);
        QCOMPARE(socks.requests.size(), run);
    }
    QVERIFY(socks.requests[0].user != socks.requests[1].user);
}

void TestProxy::withoutUserNames_stillWorks_data()
{
    QTest::addColumn<bool>("offered");
    QTest::addRow("not offered") << false;
    QTest::addRow("offered, and each refused") << true;
}

void TestProxy::withoutUserNames_stillWorks()
{
    QFETCH(bool, offered);
    SocksServer socks(m_server->url().port(), offered);
    socks.act = Act::RefuseLogin;
    Client client;
    client.pool.setProxy(through(socks.serverPort()));
    client.pool.watch(m_far, NostrKeyPair::generate(m_random), {});
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(1), kPatience);
    QVERIFY(socks.refusals > 0);
    QVERIFY(socks.requests.back().user.isEmpty());
}

void TestProxy::hangs_nothingGoesAround_data()
{
    QTest::addColumn<int>("act");
    QTest::addRow("at the greeting") << int(Act::HangAtGreeting);
    QTest::addRow("at the request") << int(Act::HangAtRequest);
}

void TestProxy::hangs_nothingGoesAround()
{
    QFETCH(int, act);
    Witness witness;
    SocksServer socks(m_server->url().port());
    socks.act = Act(act);
    Client client;
    client.pool.setProxy(through(socks.serverPort()));
    useEverything(client, urlOf(witness));
    QTRY_COMPARE_WITH_TIMEOUT(socks.greetings, 5, kPatience); // two mailboxes, publishing, fetching, the document
    QVERIFY(client.pool.statuses().at(0).state == RelayState::Connecting);
    QCOMPARE(witness.connections, 0);
    client.pool.setProxy(std::nullopt); // what hung is let go of
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(witness.connections > 0, kPatience); // straight now, as was asked for
    client.pool.setProxy(through(deadPort()));
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(witness.open, 0, kPatience);
    const int straight = witness.connections;
    client.pool.fetch(FetchId{2}, urlOf(witness), NostrKeyPair::generate(m_random));
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(2), kPatience);
    QCOMPARE(witness.connections, straight);
}

void TestProxy::down_meansSilence()
{
    Witness witness;
    Client client;
    client.pool.setProxy(through(deadPort()));
    useEverything(client, urlOf(witness));
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.outcomes.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QVERIFY(client.listener.outcomes[PublishId{1}].kind == PublishOutcome::Kind::Retry);
    QCOMPARE(client.reasonOfTest(), std::string("nobody listens at the address of the proxy"));
    QVERIFY(client.listener.tests[0].proxyDown && client.listener.fetches[FetchId{1}].at(0).proxyDown);
    QTRY_VERIFY_WITH_TIMEOUT(client.pool.statuses().at(0).state == RelayState::Unreachable, kPatience);
    QCOMPARE(client.pool.statuses().at(0).lastError, std::string("nobody listens at the address of the proxy"));
    QVERIFY(client.pool.statuses().at(0).proxyDown);
    QCOMPARE(witness.connections, 0);
}

void TestProxy::unreadableSetting_meansSilence()
{
    Witness witness;
    Client client;
    client.pool.setProxy(ProxySettings::nowhere());
    useEverything(client, urlOf(witness));
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(client.pool.statuses().at(0).state == RelayState::Unreachable, kPatience);
    QCOMPARE(witness.connections, 0);
}

void TestProxy::diesInTheMiddle_nothingGoesAround()
{
    Witness witness;
    SocksServer socks(m_server->url().port()); // joins to the relay, whatever was asked for
    Client client;
    client.pool.setProxy(through(socks.serverPort()));
    client.pool.watch(urlOf(witness), NostrKeyPair::generate(m_random), {});
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(1), kPatience);
    client.pool.test(TestId{1}, urlOf(witness)); // under way
    socks.die();
    QTRY_VERIFY_WITH_TIMEOUT(client.pool.statuses().at(0).state == RelayState::Unreachable, kPatience);
    useEverything(client, urlOf(witness));
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(2), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QVERIFY(!client.listener.tests[1].usable);
    QTRY_VERIFY_WITH_TIMEOUT(client.listener.answers[PublishId{1}] == 1, kPatience);
    QCOMPARE(witness.connections, 0);
}

void TestProxy::switchedOn_closesDirectSockets()
{
    Witness witness;
    Client client;
    useEverything(client, urlOf(witness));
    QTRY_VERIFY_WITH_TIMEOUT(witness.open >= 4, kPatience); // two mailboxes on one socket, publishing, fetching, the document
    const int before = witness.connections;
    client.pool.setProxy(through(deadPort()));
    QTRY_COMPARE_WITH_TIMEOUT(witness.open, 0, kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(1), kPatience); // waited for the document, and began through the proxy
    QVERIFY(!client.listener.tests[0].usable);
    QCOMPARE(witness.connections, before);
}

void TestProxy::ownRelay_isReachedWithoutIt()
{
    Client client;
    client.pool.setProxy(through(deadPort()));
    client.pool.watch(m_server->url(), NostrKeyPair::generate(m_random), {});
    QTRY_VERIFY_WITH_TIMEOUT(client.pool.statuses().at(0).state == RelayState::Unreachable, kPatience);
    const auto onion = *RelayUrl::parse("ws://" + std::string(56, 'a') + ".onion");
    client.pool.setOwnRelay(Pool::OwnRelay{m_server->url(), onion});
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(1), kPatience);
    // Under its onion address too: nobody goes through Tor to come home.
    client.pool.test(TestId{1}, onion);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(1), kPatience);
    QVERIFY2(client.listener.tests[0].usable, client.reasonOfTest().c_str());
    QVERIFY(client.listener.tests[0].url == onion);
    for (const RelayStatus &status : client.pool.statuses())
        QVERIFY(status.thisComputer); // neither says anything about the network
    client.pool.setOwnRelay(std::nullopt); // it ended: whoever listens there now is somebody else
    for (const RelayStatus &status : client.pool.statuses())
        QCOMPARE(status.thisComputer, status.url == m_server->url());
    QTRY_VERIFY_WITH_TIMEOUT(client.pool.statuses().at(0).state == RelayState::Unreachable, kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(m_server->clients(), std::size_t(0), kPatience);
}

void TestProxy::onion_needsAProxy()
{
    const auto url = *RelayUrl::parse("ws://" + std::string(56, 'a') + ".onion");
    Client client;
    useEverything(client, url);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.outcomes.size(), std::size_t(1), kPatience);
    const std::string words = "an onion address is reached through Tor only, and no proxy is set";
    QCOMPARE(client.reasonOfTest(), words);
    QCOMPARE(client.listener.fetches[FetchId{1}].at(0).reason, words);
    QCOMPARE(client.listener.outcomes[PublishId{1}].reason, words);
}

void TestProxy::onion_goesToTheProxyAsAName()
{
    SocksServer socks(m_server->url().port());
    Client client;
    client.pool.setProxy(through(socks.serverPort()));
    client.pool.watch(*RelayUrl::parse("ws://" + std::string(56, 'a') + ".onion:7447"), NostrKeyPair::generate(m_random), {});
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(1), kPatience);
    QVERIFY(socks.requests.at(0).byName);
    QCOMPARE(socks.requests.at(0).host, QByteArray(56, 'a') + ".onion");
    QCOMPARE(socks.requests.at(0).port, quint16(7447));
}

void TestProxy::failure_hasItsSentence_data()
{
    QTest::addColumn<int>("act");
    QTest::addColumn<int>("reply");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, Act act, int reply, const char *words) {
        QTest::addRow("%s", name) << int(act) << reply << QString::fromLatin1(words);
    };
    row("general failure", Act::Serve, 1, "the proxy found no way to this relay");
    row("forbidden by rules", Act::Serve, 2, "the proxy's rules forbid this address");
    row("network unreachable", Act::Serve, 3, "the proxy found no way to this relay");
    row("host unreachable", Act::Serve, 4, "the proxy cannot find this relay");
    row("connection refused", Act::Serve, 5, "the proxy reached the relay's computer, and no relay answers there");
    row("time to live expired", Act::Serve, 6, "the proxy found no way to this relay");
    row("command not supported", Act::Serve, 7, "the proxy cannot open this kind of connection");
    row("address type not supported", Act::Serve, 8, "the proxy cannot open this kind of connection");
    row("Tor's own: no descriptor", Act::Serve, 0xf0, "the proxy found no way to this relay");
    row("closes at the greeting", Act::CloseAtGreeting, 0, "the proxy ended the connection");
    row("closes at the request", Act::CloseAtRequest, 0, "the proxy ended the connection");
    row("is another program", Act::Babble, 0, "what answers at the address of the proxy is no SOCKS5 proxy");
}

void TestProxy::failure_hasItsSentence()
{
    QFETCH(int, act);
    QFETCH(int, reply);
    QFETCH(QString, words);
    Witness witness;
    SocksServer socks(m_server->url().port());
    socks.act = Act(act);
    socks.reply = quint8(reply);
    Client client;
    client.pool.setProxy(through(socks.serverPort()));
    client.pool.fetch(FetchId{1}, urlOf(witness), NostrKeyPair::generate(m_random));
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.fetches.size(), std::size_t(1), kPatience);
    QCOMPARE(QString::fromStdString(client.listener.fetches[FetchId{1}].at(0).reason), words);
    QVERIFY(client.listener.fetches[FetchId{1}].at(0).kind == FetchOutcome::Kind::Unreachable);
    QCOMPARE(witness.connections, 0);
}

TACET_TEST_UNIT("t_proxy", TestProxy)
#include "t_proxy.moc"
