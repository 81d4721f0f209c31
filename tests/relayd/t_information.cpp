// NIP-11 with truth: each number of the information document is asked of the running relay, at it and one beyond.
#include "tests/relayd/socket_client.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTcpSocket>
#include <QTemporaryDir>

using namespace tacet;
using namespace tacet::relayd;
using test::note;
using test::SocketClient;

class TestInformation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void numbers_areTrue_data();
    void numbers_areTrue();
    void everyNumber_isAsked();

private:
    relay::JsonValue documentOf(const RelayServer &server)
    {
        QTcpSocket socket;
        QByteArray answer;
        socket.connectToHost(QHostAddress::LocalHost, server.url().port());
        QObject::connect(&socket, &QTcpSocket::readyRead, &socket, [&] { answer += socket.readAll(); });
        QObject::connect(&socket, &QTcpSocket::connected, &socket, [&] { socket.write("GET / HTTP/1.1\r\nAccept: application/nostr+json\r\n\r\n"); });
        [[maybe_unused]] const bool ended = QTest::qWaitFor([&] { return !answer.isEmpty() && socket.state() == QAbstractSocket::UnconnectedState; }, 10'000);
        return *relay::readJson(answer.mid(answer.indexOf("\r\n\r\n") + 4).toStdString());
    }
    SystemClock m_clock;
    test::SeededRandom m_random{11};
    QSet<QString> m_asked{QStringLiteral("auth_required"), QStringLiteral("payment_required"), QStringLiteral("restricted_writes"),
                          QStringLiteral("min_pow_difficulty")}; // by publishing without any of them
};

void TestInformation::numbers_areTrue_data()
{
    QTest::addColumn<bool>("small");
    QTest::newRow("as shipped") << false;
    QTest::newRow("others") << true;
}

void TestInformation::numbers_areTrue()
{
    QFETCH(bool, small);
    QTemporaryDir folder;
    RelayServerOptions options;
    options.folder = folder.path().toStdString();
    options.limits.keepSeconds = 30 * 24 * 3600;
    if (small) {
        options.limits.frameBytes = 20'000;
        options.limits.contentCharacters = 5'000;
        options.limits.subscriptions = 3;
        options.limits.filters = 2;
        options.limits.pageLimit = 4;
        options.limits.tagsPerEvent = 7;
        options.limits.keepSeconds = 1'000;
    }
    RelayServer server(options, m_clock, m_random);
    QVERIFY(server.start().ok());
    const relay::JsonValue document = documentOf(server);
    const relay::JsonValue *limitation = document.member("limitation");
    QVERIFY(limitation);
    const auto told = [&](const char *key) {
        m_asked.insert(QString::fromLatin1(key));
        return limitation->member(key) && limitation->member(key)->integer() ? *limitation->member(key)->integer() : -1;
    };
    const std::int64_t now = m_clock.wallSeconds();
    SocketClient client(server);
    QVERIFY(client.isReady());

    const std::size_t content = std::size_t(told("max_content_length"));
    QCOMPARE(client.publish(note(now, std::string(content, 'x'), m_random)), std::string("accepted"));
    QCOMPARE(client.publish(note(now, std::string(content + 1, 'x'), m_random)), std::string("invalid: larger than this relay takes"));
    std::string wide;
    for (std::size_t i = 0; i < std::min<std::size_t>(content, 30'000); ++i)
        wide += "\xe2\x82\xac"; // characters, not bytes
    QCOMPARE(client.publish(note(now, wide, m_random)), std::string("accepted"));

    const std::size_t tags = std::size_t(told("max_event_tags"));
    QCOMPARE(client.publish(note(now, "", m_random, {tags, {"a", "b"}})), std::string("accepted"));
    QCOMPARE(client.publish(note(now, "", m_random, {tags + 1, {"a", "b"}})), std::string("invalid: too many tags"));

    const std::int64_t back = told("created_at_lower_limit");
    const std::int64_t ahead = told("created_at_upper_limit");
    QCOMPARE(*document.member("retention")->array()->front().member("time")->integer(), back);
    QCOMPARE(client.publish(note(now - back + 60, "", m_random)), std::string("accepted"));
    QCOMPARE(client.publish(note(now - back - 60, "", m_random)), std::string("invalid: older than what this relay keeps"));
    QCOMPARE(client.publish(note(now + ahead - 60, "", m_random)), std::string("accepted"));
    QCOMPARE(client.publish(note(now + ahead + 60, "", m_random)), std::string("invalid: its date is too far ahead"));

    const auto request = [](const std::string &name, std::size_t filters, const std::string &filter) {
        std::string out = "[\"REQ\",\"" + name + "\"";
        for (std::size_t i = 0; i < filters; ++i)
            out += "," + filter;
        return out + "]";
    };
    const std::size_t filters = std::size_t(told("max_filters"));
    QCOMPARE(client.ask(request("f", filters, "{\"kinds\":[2]}")), std::string("[\"EOSE\",\"f\"]"));
    QCOMPARE(client.ask(request("f", filters + 1, "{\"kinds\":[2]}")), std::string("[\"CLOSED\",\"f\",\"invalid: too many filters\"]"));
    const std::string longest(std::size_t(told("max_subid_length")), 's');
    QCOMPARE(client.ask(request(longest, 1, "{\"kinds\":[2]}")), "[\"EOSE\",\"" + longest + "\"]");
    QVERIFY(client.ask(request(longest + "s", 1, "{\"kinds\":[2]}")).starts_with("[\"NOTICE\","));
    client.send("[\"CLOSE\",\"" + longest + "\"]");
    const std::int64_t subscriptions = told("max_subscriptions");
    for (std::int64_t i = 0; i < subscriptions; ++i)
        QCOMPARE(client.ask(request(std::to_string(i), 1, "{\"kinds\":[2]}")), "[\"EOSE\",\"" + std::to_string(i) + "\"]");
    QVERIFY(client.ask(request("more", 1, "{\"kinds\":[2]}")).starts_with("[\"CLOSED\",\"more\",\"rate-limited:"));

    const std::size_t most = std::size_t(told("max_limit"));
    QCOMPARE(told("default_limit"), std::int64_t(most));
    SocketClient other(server);
    QVERIFY(other.isReady());
    for (std::size_t i = 0; i < most + 1; ++i) {
        auto event = note(now, std::to_string(i), m_random);
        event.kind = 7;
        crypto::sign(event, crypto::NostrKeyPair::generate(m_random), m_random);
        other.send(relay::writePublish(event));
    }
    QTRY_COMPARE(other.heard.size(), most + 1);
    for (const char *filter : {"{\"kinds\":[7]}", "{\"kinds\":[7],\"limit\":1000000}"}) {
        other.heard.clear();
        other.send(request("l", 1, filter));
        QTRY_VERIFY(!other.heard.empty() && other.heard.back() == "[\"EOSE\",\"l\"]");
        QCOMPARE(other.heard.size(), most + 1); // with its EOSE
    }

    const std::size_t frame = std::size_t(told("max_message_length"));
    QVERIFY(other.ask(std::string(frame, 'x')).starts_with("[\"NOTICE\","));
    QCOMPARE(other.ask(std::string(frame + 1, 'x')), std::string("(closed 1009)"));
}

void TestInformation::everyNumber_isAsked()
{
    QTemporaryDir folder;
    RelayServerOptions options;
    options.folder = folder.path().toStdString();
    options.limits.keepSeconds = 1;
    RelayServer server(options, m_clock, m_random);
    QVERIFY(server.start().ok());
    const relay::JsonValue document = documentOf(server);
    for (const auto &[key, value] : *document.member("limitation")->object())
        QVERIFY2(m_asked.contains(QString::fromStdString(key)), key.c_str()); // a number that nobody checks is no truth
}

TACET_TEST_UNIT("t_information", TestInformation)
#include "t_information.moc"
