// The real client and the real relay over real sockets on loopback.
#include "app/relay/pool.h"
#include "app/relay/web_socket_transport.h"
#include "app/relayd/hosted_relay.h"
#include "app/relayd/relay_server.h"
#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::relayd;
using namespace tacet::crypto;

namespace {

/// Writes down which messages a client sent, by their first word.
class Overheard final : public Transport {
public:
    Overheard(std::unique_ptr<Transport> inner, std::vector<std::string> &words) : m_inner(std::move(inner)), m_words(words) { }
    void send(std::string_view text) override
    {
        m_words.emplace_back(text.substr(2, text.find('"', 2) - 2));
        m_inner->send(text);
    }
    void ping() override { m_inner->ping(); }
    std::size_t unsentBytes() const override { return m_inner->unsentBytes(); }

private:
    std::unique_ptr<Transport> m_inner;
    std::vector<std::string> &m_words;
};

/// A pool on the event loop.
struct Client {
    Client() { pool.setListener(&listener); }
    std::ptrdiff_t sentOf(std::string_view word) const { return std::count(sent.begin(), sent.end(), word); }
    TransportFactory transports()
    {
        return [this, real = webSocketTransports()](const TransportOptions &options, Transport::Listener &to) -> std::unique_ptr<Transport> {
            return std::make_unique<Overheard>(real(options, to), sent);
        };
    }
    InfoSource documents()
    {
        return [this, real = httpInfoSource()](const TransportOptions &options, std::function<void(std::optional<RelayInfo>)> then) {
            return real(options, [this, then = std::move(then)](std::optional<RelayInfo> info) {
                documentsRead += info ? 1 : 0;
                then(std::move(info));
            });
        };
    }
    std::vector<std::string> sent;
    int documentsRead = 0;
    SystemClock clock;
    QtTimers timers;
    SystemRandom random;
    test::RecordingListener listener;
    Pool pool{{clock, timers, random, transports()}, documents()};
};

} // namespace

class TestLoopback : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void conversation_acrossTwoClients();
    void restart_ofTheRelay_losesNothing();
    void history_comesInPages();
    void secondReading_comparesAndBringsWhatIsMissing();
    void selfTest_passesOurOwnRelay();
    void oversizedFrame_endsTheSocketOnly();
    void notARelay_isSaid();
    void hosted_runsOnItsOwnThread();

private:
    NostrEvent envelope(const NostrKeyPair &mailbox) { return test::envelopeFor(mailbox.publicKey(), m_clock.wallSeconds(), m_random); }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RelayServer> m_server;
    SystemClock m_clock;
    SystemRandom m_random;
};

void TestLoopback::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    RelayServerOptions options;
    options.folder = m_folder->path().toStdString();
    m_server = std::make_unique<RelayServer>(options, m_clock, m_random);
    QVERIFY(m_server->start().ok());
}

void TestLoopback::cleanup()
{
    m_server.reset();
}

void TestLoopback::conversation_acrossTwoClients()
{
    Client alice;
    Client bob;
    const auto a = NostrKeyPair::generate(m_random);
    const auto b = NostrKeyPair::generate(m_random);
    alice.pool.watch(m_server->url(), a, {});
    bob.pool.watch(m_server->url(), b, {});
    QTRY_COMPARE(alice.listener.reports.size(), std::size_t(1)); // AUTH included
    QTRY_COMPARE(bob.listener.reports.size(), std::size_t(1));
    std::vector<NostrEvent> toBob;
    for (std::uint64_t i = 0; i < 20; ++i) {
        toBob.push_back(envelope(b));
        alice.pool.publish(PublishId{i}, m_server->url(), toBob.back());
        bob.pool.publish(PublishId{i}, m_server->url(), envelope(a));
    }
    QTRY_COMPARE(bob.listener.events.size(), std::size_t(20));
    QTRY_COMPARE(alice.listener.events.size(), std::size_t(20));
    QTRY_COMPARE(alice.listener.outcomes.size(), std::size_t(20));
    for (const auto &[id, outcome] : alice.listener.outcomes)
        QVERIFY(outcome.kind == PublishOutcome::Kind::Accepted);
    for (const NostrEvent &event : toBob)
        QVERIFY(bob.listener.has(event));
    QVERIFY(unwrap(bob.listener.events[0], b).ok());
    QVERIFY(alice.pool.statuses().at(0).state == RelayState::Connected);
    QVERIFY(alice.pool.statuses().at(0).wantsAuth);
    // A stranger gets nothing of it.
    alice.pool.fetch(FetchId{1}, m_server->url(), NostrKeyPair::generate(m_random));
    QTRY_COMPARE(alice.listener.fetches.size(), std::size_t(1));
    QVERIFY(alice.listener.fetches[FetchId{1}].at(0).kind == FetchOutcome::Kind::Complete);
    QVERIFY(alice.listener.fetches[FetchId{1}].at(0).events.empty());
    const auto summary = m_server->summary();
    QCOMPARE(summary->envelopes, std::int64_t(40));
    QCOMPARE(summary->mailboxes, std::int64_t(2));
}

void TestLoopback::restart_ofTheRelay_losesNothing()
{
    Client client;
    const auto mailbox = NostrKeyPair::generate(m_random);
    client.pool.watch(m_server->url(), mailbox, {});
    QTRY_COMPARE(client.listener.reports.size(), std::size_t(1));
    m_server->stop();
    QTRY_VERIFY(client.pool.statuses().at(0).state == RelayState::Unreachable);
    QVERIFY(m_server->start().ok());
    const NostrEvent event = envelope(mailbox);
    Client other;
    other.pool.publish(PublishId{1}, m_server->url(), event);
    QTRY_VERIFY_WITH_TIMEOUT(client.listener.has(event), 15'000);
}

void TestLoopback::history_comesInPages()
{
    Client writer;
    const auto mailbox = NostrKeyPair::generate(m_random);
    const std::int64_t now = m_clock.wallSeconds();
    for (std::uint64_t i = 0; i < 1'203; ++i)
        writer.pool.publish(PublishId{i}, m_server->url(), test::datedEnvelope(mailbox.publicKey(), now - std::int64_t(i / 2), m_random));
    QTRY_COMPARE_WITH_TIMEOUT(writer.listener.outcomes.size(), std::size_t(1'203), 30'000);
    Client reader;
    reader.pool.watch(m_server->url(), mailbox, {});
    QTRY_COMPARE_WITH_TIMEOUT(reader.listener.reports.size(), std::size_t(1), 30'000);
    QCOMPARE(reader.listener.events.size(), std::size_t(1'203));
}

void TestLoopback::secondReading_comparesAndBringsWhatIsMissing()
{
    const auto mailbox = NostrKeyPair::generate(m_random);
    const std::int64_t now = m_clock.wallSeconds();
    // While the relay is away its store is written to: nothing of it comes live.
    const auto storeMore = [&](int count, std::int64_t ago) {
        m_server->stop();
        const auto store = Store::open(m_folder->path().toStdString(), Store::Mode::Serve);
        QVERIFY(store.ok());
        for (int i = 0; i < count; ++i)
            QVERIFY((*store)->add(test::datedEnvelope(mailbox.publicKey(), now - ago - i / 3, m_random)).ok());
        QVERIFY((*store)->commit().ok());
    };
    storeMore(400, 100);
    QVERIFY(m_server->start().ok());
    Client reader;
    reader.pool.watch(m_server->url(), mailbox, {});
    QTRY_COMPARE_WITH_TIMEOUT(reader.listener.reports.size(), std::size_t(1), 30'000);
    QTRY_COMPARE(reader.documentsRead, 1); // what it offers
    QCOMPARE(reader.sentOf("NEG-OPEN"), 0);

    storeMore(150, 50);
    storeMore(150, 10 * 24 * 3600); // before what a reconnect reads
    QVERIFY(m_server->start().ok());
    QTRY_COMPARE_WITH_TIMEOUT(reader.listener.reports.size(), std::size_t(2), 30'000); // AUTH included
    QCOMPARE(reader.listener.events.size(), std::size_t(550));
    QCOMPARE(reader.sentOf("NEG-OPEN"), 1);
    QCOMPARE(reader.sentOf("NEG-CLOSE"), 1);
    reader.pool.sweep(m_server->url(), mailbox.publicKey());
    QTRY_COMPARE_WITH_TIMEOUT(reader.listener.reports.size(), std::size_t(3), 30'000);
    QVERIFY(reader.listener.reports[2].everything);
    QCOMPARE(reader.listener.events.size(), std::size_t(700));
    const auto requests = reader.sentOf("REQ");
    reader.pool.sweep(m_server->url(), mailbox.publicKey());
    QTRY_COMPARE_WITH_TIMEOUT(reader.listener.reports.size(), std::size_t(4), 30'000);
    QCOMPARE(reader.sentOf("NEG-OPEN"), 3);
    QCOMPARE(reader.sentOf("REQ"), requests); // nothing was missing
    QCOMPARE(reader.listener.events.size(), std::size_t(700));
}

void TestLoopback::selfTest_passesOurOwnRelay()
{
    Client client;
    client.pool.test(TestId{1}, m_server->url());
    QTRY_COMPARE(client.listener.tests.size(), std::size_t(1));
    const SelfTestReport &report = client.listener.tests[0];
    QVERIFY2(report.usable, report.reason.c_str());
    QVERIFY(report.deleted);
    QVERIFY(report.wantsAuth);
    QCOMPARE(report.name, std::string("Tacet relay"));
    QCOMPARE(*report.largestEventBytes, std::int64_t(131'072));
    QCOMPARE(m_server->summary()->envelopes, std::int64_t(0));
    QCOMPARE(m_server->summary()->otherEvents, std::int64_t(0)); // its deletion is not published
}

void TestLoopback::oversizedFrame_endsTheSocketOnly()
{
    QWebSocket socket;
    QSignalSpy ended(&socket, &QWebSocket::disconnected);
    socket.open(QUrl(QString::fromStdString(m_server->url().text())));
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    socket.sendTextMessage(QString(300'000, u'x'));
    QTRY_COMPARE(ended.count(), 1);
    Client client;
    client.pool.watch(m_server->url(), NostrKeyPair::generate(m_random), {});
    QTRY_COMPARE(client.listener.reports.size(), std::size_t(1));
}

void TestLoopback::notARelay_isSaid()
{
    QTcpServer web;
    QVERIFY(web.listen(QHostAddress::LocalHost));
    connect(&web, &QTcpServer::newConnection, &web, [&] {
        QTcpSocket *socket = web.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->readAll();
            socket->write("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
        });
    });
    Client client;
    const auto url = *RelayUrl::parse("ws://127.0.0.1:" + std::to_string(web.serverPort()));
    client.pool.fetch(FetchId{1}, url, NostrKeyPair::generate(m_random));
    QTRY_COMPARE(client.listener.fetches.size(), std::size_t(1));
    QVERIFY(client.listener.fetches[FetchId{1}].at(0).kind == FetchOutcome::Kind::Unreachable);
    QCOMPARE(client.listener.fetches[FetchId{1}].at(0).reason, std::string("not a relay"));
}

void TestLoopback::hosted_runsOnItsOwnThread()
{
    QTemporaryDir folder;
    RelayServerOptions options;
    options.folder = folder.path().toStdString();
    HostedRelay hosted;
    const auto url = hosted.start(options);
    QVERIFY(url.ok());
    Client client;
    const auto mailbox = NostrKeyPair::generate(m_random);
    const NostrEvent event = envelope(mailbox);
    client.pool.watch(*url, mailbox, {});
    client.pool.publish(PublishId{1}, *url, event);
    QTRY_VERIFY(client.listener.has(event));
    QCOMPARE(hosted.summary()->envelopes, std::int64_t(1));
    HostedRelay second;
    const auto refused = second.start(options);
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().store == StoreError::InUse);
    QVERIFY(!second.isRunning());
    hosted.stop();
    QVERIFY(!hosted.isRunning());
    options.port = url->port();
    QVERIFY(hosted.start(options).ok());
}

TACET_TEST_UNIT("t_loopback", TestLoopback)
#include "t_loopback.moc"
