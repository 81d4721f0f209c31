// wss:// on the small relay: a conversation, files that do not do, new files without a restart.
#include "app/relayd/relay_server.h"
#include "tests/relayd/tls_files.h"
#include "tests/support/unit_registry.h"

#include <QSignalSpy>
#include <QSslSocket>
#include <QTest>
#include <QWebSocket>

using namespace tacet;
using namespace tacet::relayd;

namespace {

/// A client that takes the test's certificate alone, and what the relay says to it.
struct Client {
    Client(const RelayServer &server, const QSslCertificate &trusted)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates({trusted});
        socket.setSslConfiguration(configuration);
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [this](const QString &text) { heard.append(text); });
        socket.open(QUrl(QString::fromStdString(server.url().text())));
    }
    QWebSocket socket;
    QStringList heard;
};

} // namespace

class TestTls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void conversation_isEncrypted();
    void bigFrames_passBothWays();
    void plainClient_isNotServed();
    void silentClient_isNotAwaitedForEver();
    void oneTooMany_isClosedAtOnce();
    void badFiles_areExplained_data();
    void badFiles_areExplained();
    void exposedKey_isWarnedOf();
    void reload_showsTheNewCertificate();

private:
    RelayServerOptions options(const TlsFiles &files)
    {
        RelayServerOptions options;
        options.folder = std::filesystem::path(m_folder.path().toStdString()) / "relay";
        options.tls = files;
        return options;
    }
    SystemClock m_clock;
    crypto::SystemRandom m_random;
    QTemporaryDir m_folder;
    test::TlsPair m_pair;
    test::TlsPair m_other;
};

void TestTls::initTestCase()
{
    if (!QSslSocket::supportsSsl())
        QSKIP("skipped: Qt has no TLS back end here");
    m_pair = test::TlsPair::make(m_folder.path(), QStringLiteral("one"));
    m_other = test::TlsPair::make(m_folder.path(), QStringLiteral("two"));
}

void TestTls::conversation_isEncrypted()
{
    RelayServer server(options(m_pair.files()), m_clock, m_random);
    QVERIFY(server.start().ok());
    QVERIFY(server.tlsWords().empty());
    QVERIFY(server.url().text().starts_with("wss://127.0.0.1:"));
    Client client(server, m_pair.certificate());
    QTRY_COMPARE(client.heard.size(), 1);
    QVERIFY(client.heard[0].startsWith(QStringLiteral("[\"AUTH\",")));
    client.socket.sendTextMessage(QStringLiteral("[\"REQ\",\"a\",{\"kinds\":[1]}]"));
    QTRY_COMPARE(client.heard.size(), 2);
    QCOMPARE(client.heard[1], QStringLiteral("[\"EOSE\",\"a\"]"));
    Client stranger(server, m_other.certificate()); // another certificate is no certificate
    QTRY_COMPARE(stranger.socket.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(stranger.heard.isEmpty());
}

void TestTls::bigFrames_passBothWays()
{
    RelayServer server(options(m_pair.files()), m_clock, m_random);
    QVERIFY(server.start().ok());
    Client client(server, m_pair.certificate());
    QTRY_COMPARE(client.heard.size(), 1);
    const auto author = crypto::NostrKeyPair::generate(m_random);
    constexpr int kCount = 40; // 2.4 MB: more than any buffer on the way
    for (int i = 0; i < kCount; ++i) {
        crypto::NostrEvent event;
        event.kind = 1;
        event.createdAt = 1'700'000'000 + i;
        event.content = std::string(60'000, 'x');
        crypto::sign(event, author, m_random);
        client.socket.sendTextMessage(QString::fromStdString(relay::writePublish(event)));
    }
    QTRY_COMPARE_WITH_TIMEOUT(client.heard.size(), 1 + kCount, 20'000);
    client.heard.clear();
    client.socket.sendTextMessage(QStringLiteral("[\"REQ\",\"a\",{\"kinds\":[1]}]"));
    QTRY_COMPARE_WITH_TIMEOUT(client.heard.size(), kCount + 1, 20'000);
    QCOMPARE(client.heard.back(), QStringLiteral("[\"EOSE\",\"a\"]"));
}

void TestTls::plainClient_isNotServed()
{
    RelayServer server(options(m_pair.files()), m_clock, m_random);
    QVERIFY(server.start().ok());
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.url().port());
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(!socket.readAll().contains("HTTP"));
}

void TestTls::silentClient_isNotAwaitedForEver()
{
    RelayServerOptions impatient = options(m_pair.files());
    impatient.limits.headMs = 100;
    RelayServer server(impatient, m_clock, m_random);
    QVERIFY(server.start().ok());
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.url().port());
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
}

void TestTls::oneTooMany_isClosedAtOnce()
{
    RelayServerOptions small = options(m_pair.files());
    small.limits.connections = 1;
    small.limits.headMs = 60'000; // longer than this test waits
    RelayServer server(small, m_clock, m_random);
    QVERIFY(server.start().ok());
    QTcpSocket first;
    first.connectToHost(QHostAddress::LocalHost, server.url().port());
    QTRY_COMPARE(first.state(), QAbstractSocket::ConnectedState);
    QTcpSocket second;
    const QSignalSpy closed(&second, &QTcpSocket::disconnected);
    second.connectToHost(QHostAddress::LocalHost, server.url().port());
    QTRY_COMPARE(closed.count(), 1); // though it never said anything
    QCOMPARE(first.state(), QAbstractSocket::ConnectedState);
    first.abort();
    const auto isServed = [&] {
        Client client(server, m_pair.certificate());
        return QTest::qWaitFor([&] { return !client.heard.isEmpty() || client.socket.state() == QAbstractSocket::UnconnectedState; })
            && !client.heard.isEmpty();
    };
    QTRY_VERIFY(isServed()); // what was closed is not counted
}

void TestTls::badFiles_areExplained_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("words");
    QTest::newRow("no certificate") << "missing" << "one.key" << "certificate file";
    QTest::newRow("no key") << "one.crt" << "missing" << "key file";
    QTest::newRow("of another") << "one.crt" << "two.key" << "does not belong to";
    QTest::newRow("exchanged") << "one.key" << "one.crt" << "no certificate in";
    QTest::newRow("key is none") << "one.crt" << "two.crt" << "no private key";
}

void TestTls::badFiles_areExplained()
{
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QString, words);
    const std::filesystem::path folder = m_folder.path().toStdString();
    RelayServer server(options({folder / certificate.toStdString(), folder / key.toStdString()}), m_clock, m_random);
    const auto started = server.start();
    QVERIFY(!started.ok());
    QVERIFY(started.error() == RelayServerError::Tls);
    QVERIFY2(QString::fromStdString(server.tlsWords()).contains(words), server.tlsWords().c_str());
}

void TestTls::exposedKey_isWarnedOf()
{
    using std::filesystem::perms;
    std::filesystem::permissions(m_pair.files().key, perms::owner_read | perms::others_read);
    RelayServer server(options(m_pair.files()), m_clock, m_random);
    QVERIFY(server.start().ok());
    QVERIFY(server.tlsWords().find("can read the key file") != std::string::npos);
    std::filesystem::permissions(m_pair.files().key, perms::owner_read | perms::owner_write);
    QVERIFY(server.reloadTls());
    QVERIFY(server.tlsWords().empty());
}

void TestTls::reload_showsTheNewCertificate()
{
    const auto pair = test::TlsPair::make(m_folder.path(), QStringLiteral("changing"));
    RelayServer server(options(pair.files()), m_clock, m_random);
    QVERIFY(server.start().ok());
    Client before(server, pair.certificate());
    QTRY_COMPARE(before.heard.size(), 1);

    QVERIFY(QFile::remove(QString::fromStdString(pair.files().key.string())));
    QVERIFY(!server.reloadTls()); // said, and the old one stays
    QVERIFY(!server.tlsWords().empty());
    Client still(server, pair.certificate());
    QTRY_COMPARE(still.heard.size(), 1);

    const auto renewed = test::TlsPair::make(m_folder.path(), QStringLiteral("changing"));
    QVERIFY(server.reloadTls());
    Client after(server, renewed.certificate());
    QTRY_COMPARE(after.heard.size(), 1);
    QVERIFY(before.socket.state() == QAbstractSocket::ConnectedState); // nobody is thrown out
}

TACET_TEST_UNIT("t_tls", TestTls)
#include "t_tls.moc"
