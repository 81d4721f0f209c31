// A name that somebody else chose, over real sockets: where the resolver says that it leads into a local network, neither a
// WebSocket nor the request for the relay's document goes there, whatever it said before; and no redirect leads there.
#include "app/relay/network_way.h"
#include "app/relay/relay_info.h"
#include "app/relay/web_socket_transport.h"
#include "tests/support/unit_registry.h"
#include "tests/support/witness.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTest>
#include <QTimer>

#include <deque>

using namespace tacet;
using namespace tacet::relay;
using namespace Qt::StringLiterals;
using tacet::test::Witness;

namespace {

constexpr int kPatience = 30'000;
const std::vector<std::string> kPublic{"203.0.113.5", "2001:db8::5"};

/// Says one thing after another, and the last one again and again.
struct Resolver {
    explicit Resolver(std::deque<std::vector<std::string>> lines) : answers(std::move(lines)) { }
    NameLookup lookup()
    {
        return [this](const std::string &name, QObject *context, std::function<void(const NameAnswer &)> then) {
            asked.push_back(name);
            NameAnswer answer{answers.front(), "nobody knows it"};
            if (answers.size() > 1)
                answers.pop_front();
            QTimer::singleShot(0, context, [answer = std::move(answer), then = std::move(then)] { then(answer); });
        };
    }
    std::deque<std::vector<std::string>> answers;
    std::vector<std::string> asked;
};

struct Heard final : Transport::Listener {
    void transportOpened() override { opened = true; }
    void transportReceived(std::string_view) override { }
    void transportPonged() override { }
    void transportEnded(std::optional<TransportError> how, std::string_view reason) override
    {
        ends += 1;
        error = how;
        words = reason;
    }
    bool opened = false;
    int ends = 0;
    std::optional<TransportError> error;
    std::string words;
};

/// The witness under a name: what the resolver says of it is the test's, where Qt goes then is this computer.
TransportOptions named(const Witness &witness, const std::string &scheme)
{
    return {*RelayUrl::parse(scheme + "://localhost:" + witness.port()), std::nullopt, {}, true};
}

/// What a request for the document brought, once it is over.
struct Asked {
    Asked(const TransportOptions &options, const NameLookup &names)
        : request(httpInfoSource(names)(options, [this](std::optional<RelayInfo> found) {
              info = std::move(found);
              over = true;
          }))
    {
    }
    bool over = false;
    std::optional<RelayInfo> info;
    std::unique_ptr<InfoRequest> request;
};

/// The first head that is sent here gets this answer.
void answerWith(QTcpServer &server, QByteArray &head, const QByteArray &answer)
{
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&server, &head, answer] {
        QTcpSocket *socket = server.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, &head, answer] {
            head += socket->readAll();
            if (head.endsWith("\r\n\r\n"))
                socket->write(answer);
        });
    });
}

} // namespace

class TestPrivateNames : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void privateAnswer_opensNothing_data();
    void privateAnswer_opensNothing();
    void unknownName_opensNothing();
    void publicThenPrivate_isAskedEachTime();
    void webSocketLedElsewhere_saysNothing_data();
    void webSocketLedElsewhere_saysNothing();
    void plainRequest_goesToTheCheckedAddress();
    void whereNothingIsRefused_nothingIsLookedUp();
    void redirect_isNotFollowed();
};

void TestPrivateNames::privateAnswer_opensNothing_data()
{
    QTest::addColumn<QStringList>("addresses");
    QTest::newRow("local network") << QStringList{u"192.168.1.1"_s};
    QTest::newRow("this computer") << QStringList{u"127.0.0.1"_s};
    QTest::newRow("IPv6 of a site") << QStringList{u"fd00::1"_s};
    QTest::newRow("IPv4 inside IPv6") << QStringList{u"::ffff:10.0.0.1"_s};
    QTest::newRow("one among public ones") << QStringList{u"203.0.113.5"_s, u"192.168.1.1"_s};
}

void TestPrivateNames::privateAnswer_opensNothing()
{
    QFETCH(QStringList, addresses);
    std::vector<std::string> answer;
    for (const QString &address : addresses)
        answer.push_back(address.toStdString());
    for (const std::string scheme : {"ws", "wss"}) {
        Witness witness;
        Resolver resolver({answer});
        Heard heard;
        const auto transport = webSocketTransports(resolver.lookup())(named(witness, scheme), heard);
        Asked document(named(witness, scheme), resolver.lookup());
        QTRY_COMPARE_WITH_TIMEOUT(heard.ends, 1, kPatience);
        QVERIFY(heard.error == TransportError::PrivateAddress);
        QTRY_VERIFY_WITH_TIMEOUT(document.over, kPatience);
        QVERIFY(!document.info);
        QCOMPARE(resolver.asked, (std::vector<std::string>{"localhost", "localhost"}));
        QCOMPARE(witness.connections, 0);
    }
}

void TestPrivateNames::unknownName_opensNothing()
{
    Witness witness;
    Resolver resolver({std::vector<std::string>()});
    Heard heard;
    const auto transport = webSocketTransports(resolver.lookup())(named(witness, "ws"), heard);
    Asked document(named(witness, "ws"), resolver.lookup());
    QTRY_COMPARE_WITH_TIMEOUT(heard.ends, 1, kPatience);
    QVERIFY(heard.error == TransportError::HostNotFound);
    QCOMPARE(heard.words, std::string("nobody knows it"));
    QTRY_VERIFY_WITH_TIMEOUT(document.over, kPatience);
    QCOMPARE(witness.connections, 0);
}

void TestPrivateNames::publicThenPrivate_isAskedEachTime()
{
    Witness witness;
    Resolver resolver({kPublic, {"192.168.1.1"}});
    const InfoSource documents = httpInfoSource(resolver.lookup());
    {
        const auto first = documents(named(witness, "wss"), [](std::optional<RelayInfo>) { });
        QTRY_COMPARE_WITH_TIMEOUT(witness.connections, 1, kPatience); // that the name leads here is what Qt finds
    }
    Asked second(named(witness, "wss"), resolver.lookup());
    QTRY_VERIFY_WITH_TIMEOUT(second.over, kPatience);
    QVERIFY(!second.info);
    QCOMPARE(resolver.asked.size(), std::size_t(2));
    QCOMPARE(witness.connections, 1);
}

void TestPrivateNames::webSocketLedElsewhere_saysNothing_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("plain") << u"ws"_s;
    QTest::newRow("TLS") << u"wss"_s;
}

void TestPrivateNames::webSocketLedElsewhere_saysNothing()
{
    QFETCH(QString, scheme);
    Witness witness;
    Resolver resolver({kPublic});
    Heard heard;
    const auto transport = webSocketTransports(resolver.lookup())(named(witness, scheme.toStdString()), heard);
    QTRY_COMPARE_WITH_TIMEOUT(heard.ends, 1, kPatience);
    QVERIFY(heard.error == TransportError::PrivateAddress);
    QVERIFY(!heard.opened);
    QTRY_VERIFY_WITH_TIMEOUT(witness.connections == 1 && witness.open == 0, kPatience);
    QCOMPARE(witness.heard, QByteArray());
}

void TestPrivateNames::plainRequest_goesToTheCheckedAddress()
{
    const auto plain = *RelayUrl::parse("ws://relay.example:81/a?b");
    const QNetworkRequest pinned = httpRequestTo(plain, {"2001:db8::5", "203.0.113.5"});
    QCOMPARE(pinned.url(), QUrl(u"http://203.0.113.5:81/a?b"_s));
    QCOMPARE(pinned.rawHeader("Host"), QByteArray("relay.example:81"));
    QCOMPARE(httpRequestTo(plain, {"2001:db8::5"}).url(), QUrl(u"http://[2001:db8::5]:81/a?b"_s));
    QCOMPARE(httpRequestTo(*RelayUrl::parse("ws://relay.example"), kPublic).rawHeader("Host"), QByteArray("relay.example"));
    // Nothing was checked; or the name is needed for the certificate.
    QCOMPARE(httpRequestTo(plain, {}).url(), QUrl(u"http://relay.example:81/a?b"_s));
    QCOMPARE(httpRequestTo(*RelayUrl::parse("wss://relay.example"), kPublic).url(), QUrl(u"https://relay.example"_s));

    // And the relay hears its own name.
    QTcpServer server;
    QByteArray head;
    answerWith(server, head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    const auto url = *RelayUrl::parse("ws://relay.example:" + std::to_string(server.serverPort()));
    QNetworkAccessManager manager;
    manager.setProxy(networkProxy(std::nullopt, {}));
    const std::unique_ptr<QNetworkReply> reply(manager.get(httpRequestTo(url, {"127.0.0.1"})));
    QTRY_VERIFY_WITH_TIMEOUT(reply->isFinished(), kPatience);
    const QByteArray lines = head.toLower();
    const QByteArray host = "\r\nhost: relay.example:" + QByteArray::number(server.serverPort()) + "\r\n";
    QVERIFY2(lines.contains(host), head.constData());
    QCOMPARE(lines.count("\r\nhost:"), 1);
}

void TestPrivateNames::whereNothingIsRefused_nothingIsLookedUp()
{
    Witness witness;
    Resolver resolver({{"192.168.1.1"}});
    Heard heard;
    TransportOptions options = named(witness, "ws");
    options.refusePrivateAddresses = false; // the user has typed it
    const auto transport = webSocketTransports(resolver.lookup())(options, heard);
    Asked document(options, resolver.lookup());
    QTRY_COMPARE_WITH_TIMEOUT(witness.connections, 2, kPatience);
    QVERIFY(resolver.asked.empty());
}

void TestPrivateNames::redirect_isNotFollowed()
{
    Witness second;
    QTcpServer first;
    QByteArray head;
    const QByteArray target = "http://127.0.0.1:" + QByteArray::number(second.server.serverPort()) + "/";
    answerWith(first, head,
               "HTTP/1.1 302 Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nLocation: " + target + "\r\nContent-Length: 0\r\n\r\n");
    const auto url = *RelayUrl::parse("ws://127.0.0.1:" + std::to_string(first.serverPort()));
    Asked document({url, std::nullopt, {}, false}, systemNames());
    QTRY_VERIFY_WITH_TIMEOUT(document.over, kPatience);
    QVERIFY(head.startsWith("GET / HTTP/1.1\r\n"));
    QVERIFY(document.info && document.info->clockSeconds == 784'111'777); // it was heard, and is no document
    QVERIFY(document.info->name.empty());
    QCOMPARE(second.connections, 0);
}

TACET_TEST_UNIT("t_private_names", TestPrivateNames)
#include "t_private_names.moc"
