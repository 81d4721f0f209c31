#include "app/relay/proxy.h"
#include "app/relay/relay_url.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::relay;
using namespace Qt::StringLiterals;

namespace {
std::string text(const QString &value)
{
    return value.toStdString();
}
} // namespace

class TestRelayUrl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parse_normalises_data();
    void parse_normalises();
    void parse_refuses_data();
    void parse_refuses();
    void hostKind_tellsNeighbours_data();
    void hostKind_tellsNeighbours();
    void proxy_reads();
};

void TestRelayUrl::parse_normalises_data()
{
    QTest::addColumn<QString>("in");
    QTest::addColumn<QString>("out");
    const auto row = [](const char *in, const char *out) {
        QTest::newRow(in) << QString::fromLatin1(in) << QString::fromLatin1(out);
    };
    row("wss://relay.example", "wss://relay.example");
    row("WSS://Relay.EXAMPLE/", "wss://relay.example");
    row("wss://relay.example:443", "wss://relay.example");
    row("ws://relay.example:80/", "ws://relay.example");
    row("ws://relay.example:443", "ws://relay.example:443");
    row("wss://relay.example./inbox", "wss://relay.example/inbox");
    row("wss://relay.example/In/Box?a=B", "wss://relay.example/In/Box?a=B");
    row("wss://relay.example?x=1", "wss://relay.example/?x=1");
    row("ws://127.0.0.1:7447", "ws://127.0.0.1:7447");
    row("ws://[::1]:7447", "ws://[::1]:7447");
    row("ws://[0:0:0:0:0:0:0:1]:7447", "ws://[::1]:7447");
    row("wss://xn--bcher-kva.example", "wss://xn--bcher-kva.example");
}

void TestRelayUrl::parse_normalises()
{
    QFETCH(QString, in);
    QFETCH(QString, out);
    const auto url = RelayUrl::parse(text(in));
    QVERIFY(url.ok());
    QCOMPARE(QString::fromStdString(url->text()), out);
    const auto again = RelayUrl::parse(url->text());
    QVERIFY(again.ok());
    QVERIFY(*again == *url);
}

void TestRelayUrl::parse_refuses_data()
{
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<int>("error");
    const auto row = [](const char *name, const QByteArray &in, RelayUrlError error) { QTest::newRow(name) << in << int(error); };
    using Error = RelayUrlError;
    row("empty", "", Error::Empty);
    row("too long", "wss://a.example/" + QByteArray(200, 'x'), Error::TooLong);
    row("too long by the slash it gets", "wss://a.example?" + QByteArray(RelayUrl::kMaximumLength - 16, 'x'), Error::TooLong);
    row("web address", "https://relay.example", Error::BadScheme);
    row("no scheme", "relay.example", Error::BadScheme);
    row("script", "javascript://relay.example", Error::BadScheme);
    row("user", "wss://me@relay.example", Error::HasCredentials);
    row("user and password", "wss://me:pw@relay.example", Error::HasCredentials);
    row("fragment", "wss://relay.example/#x", Error::HasFragment);
    row("no host", "wss:///inbox", Error::BadHost);
    row("umlaut", "wss://b\xc3\xbc""cher.example", Error::BadHost);
    row("space", "wss://relay .example", Error::BadHost);
    row("line break", "wss://relay.example\r\nHost: x", Error::BadHost);
    row("nul", QByteArray("wss://relay.example\0x", 21), Error::BadHost);
    row("two dots", "wss://relay..example", Error::BadHost);
    row("dash", "wss://-relay.example", Error::BadHost);
    row("number as host", "ws://2130706433", Error::BadHost);
    row("short quad", "ws://127.1", Error::BadHost);
    row("octal quad", "ws://0177.0.0.1", Error::BadHost);
    row("hexadecimal", "ws://0x7f000001", Error::BadHost);
    row("large quad", "ws://1.2.3.256", Error::BadHost);
    row("scope", "ws://[fe80::1%25eth0]", Error::BadHost);
    row("open bracket", "ws://[::1", Error::BadHost);
    row("port 0", "ws://relay.example:0", Error::BadPort);
    row("port 65536", "ws://relay.example:65536", Error::BadPort);
    row("port words", "ws://relay.example:http", Error::BadPort);
    row("port empty", "ws://relay.example:", Error::BadPort);
    row("path space", "ws://relay.example/a b", Error::BadPath);
    row("path markup", "ws://relay.example/<b>", Error::BadPath);
    row("direction override", "ws://relay.example/\xe2\x80\xae""x", Error::BadPath);
}

void TestRelayUrl::parse_refuses()
{
    QFETCH(QByteArray, in);
    QFETCH(int, error);
    const auto url = RelayUrl::parse({in.constData(), std::size_t(in.size())});
    QVERIFY(!url.ok());
    QCOMPARE(int(url.error()), error);
}

void TestRelayUrl::hostKind_tellsNeighbours_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *host, HostKind kind) { QTest::newRow(host) << QString::fromLatin1(host) << int(kind); };
    for (const char *host : {"relay.example.com", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "100.128.0.1", "::ffff:8.8.8.8"})
        row(host, HostKind::Public);
    for (const char *host : {"localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"})
        row(host, HostKind::Loopback);
    for (const char *host : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
                             "224.0.0.1", "255.255.255.255", "fe80::1", "fd00::1", "ff02::1", "::", "printer", "printer.local",
                             "nas.lan", "x.home.arpa", "::ffff:192.168.0.1"})
        row(host, HostKind::Private);
    row("abc.onion", HostKind::Onion);
}

void TestRelayUrl::hostKind_tellsNeighbours()
{
    QFETCH(QString, host);
    QFETCH(int, kind);
    QCOMPARE(int(hostKindOf(text(host))), kind);
}

void TestRelayUrl::proxy_reads()
{
    const auto good = ProxySettings::parse("socks5://127.0.0.1:9050");
    QVERIFY(good.ok());
    QCOMPARE(QString::fromStdString(good->host), u"127.0.0.1"_s);
    QCOMPARE(int(good->port), 9050);
    QVERIFY(good->separateCircuits);
    QCOMPARE(QString::fromStdString(good->text()), u"socks5://127.0.0.1:9050"_s);
    const auto six = ProxySettings::parse("socks5h://[::1]:9150/");
    QVERIFY(six.ok());
    QCOMPARE(QString::fromStdString(six->text()), u"socks5://[::1]:9150"_s);
    QVERIFY(ProxySettings::parse("http://127.0.0.1:8080").error() == ProxyError::BadScheme);
    QVERIFY(ProxySettings::parse("127.0.0.1:9050").error() == ProxyError::BadScheme);
    QVERIFY(ProxySettings::parse("socks5://127.0.0.1").error() == ProxyError::BadPort);
    QVERIFY(ProxySettings::parse("socks5://[::1]").error() == ProxyError::BadPort);
    QVERIFY(ProxySettings::parse("socks5://127.0.0.1:0").error() == ProxyError::BadPort);
    QVERIFY(ProxySettings::parse("socks5://a b:9050").error() == ProxyError::BadHost);
    QVERIFY(ProxySettings::parse("socks5://me@127.0.0.1:9050").error() == ProxyError::BadHost);
    QVERIFY(ProxySettings::parse("socks5://127.0.0.1:9050/x").error() == ProxyError::BadHost);
}

TACET_TEST_UNIT("t_relay_url", TestRelayUrl)
#include "t_relay_url.moc"
