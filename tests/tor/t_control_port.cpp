#include "app/tor/control_port.h"
#include "app/tor/onion_service.h"
#include "tests/support/control_server.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::tor;

namespace {

constexpr int kPatience = 30'000;

const QByteArray kKey = "ED25519-V3:" + QByteArray(86, 'A') + "==";

} // namespace

class TestControlPort : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void safeCookie_opens();
    void withoutCookie_opens();
    void liar_getsNeitherCookieNorProof();
    void trouble_isSaid_data();
    void trouble_isSaid();
    void answers_comeInOrder_eventsApart();
    void onion_isPublishedUnderItsKey();
    void onion_oddAnswersAreRefused_data();
    void onion_oddAnswersAreRefused();

private:
    QString cookieFile() const { return m_folder.filePath(QStringLiteral("cookie")); }
    void writeCookie(const QByteArray &bytes) const
    {
        QFile file(cookieFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QTemporaryDir m_folder;
    crypto::SystemRandom m_random;
};

void TestControlPort::init()
{
    writeCookie(QByteArray(32, 'c'));
}

void TestControlPort::safeCookie_opens()
{
    for (const bool told : {false, true}) {
        test::ControlServer server;
        server.cookieFile = cookieFile().toUtf8();
        ControlPort control(m_random, told ? QString() : cookieFile());
        QSignalSpy open(&control, &ControlPort::authenticated);
        control.connectToPort(server.serverPort());
        QTRY_COMPARE_WITH_TIMEOUT(open.count(), 1, kPatience);
        QVERIFY(server.isOpen);
    }
}

void TestControlPort::withoutCookie_opens()
{
    test::ControlServer server;
    server.methods = "NULL";
    ControlPort control(m_random, {});
    QSignalSpy open(&control, &ControlPort::authenticated);
    control.connectToPort(server.serverPort());
    QTRY_COMPARE_WITH_TIMEOUT(open.count(), 1, kPatience);
}

void TestControlPort::liar_getsNeitherCookieNorProof()
{
    test::ControlServer server;
    server.lies = true;
    ControlPort control(m_random, cookieFile());
    QSignalSpy ended(&control, &ControlPort::ended);
    control.connectToPort(server.serverPort());
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
    for (const QByteArray &command : server.heardCommands) {
        QVERIFY(!command.contains(server.cookie) && !command.contains(server.cookie.toHex()));
        QVERIFY(!command.startsWith("AUTHENTICATE"));
    }
}

void TestControlPort::trouble_isSaid_data()
{
    QTest::addColumn<QByteArray>("methods");
    QTest::addColumn<QByteArray>("cookie");
    QTest::addColumn<QString>("reason");
    QTest::addRow("password") << QByteArray("HASHEDPASSWORD") << QByteArray(32, 'c') << QStringLiteral("its control port wants a password");
    QTest::addRow("cookie alone") << QByteArray("COOKIE") << QByteArray(32, 'c') << QStringLiteral("its control port wants a password");
    QTest::addRow("no cookie") << QByteArray("SAFECOOKIE") << QByteArray() << QStringLiteral("this user may not use its control port");
    QTest::addRow("another file") << QByteArray("SAFECOOKIE") << QByteArray(33, 'c') << QStringLiteral("this user may not use its control port");
    QTest::addRow("another cookie") << QByteArray("SAFECOOKIE") << QByteArray(32, 'd')
                                    << QStringLiteral("what answers on its control port is not this Tor");
}

void TestControlPort::trouble_isSaid()
{
    QFETCH(QByteArray, methods);
    QFETCH(QByteArray, cookie);
    QFETCH(QString, reason);
    writeCookie(cookie);
    test::ControlServer server;
    server.methods = methods;
    ControlPort control(m_random, cookieFile());
    QSignalSpy ended(&control, &ControlPort::ended);
    control.connectToPort(server.serverPort());
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
    QCOMPARE(ended[0][0].toString(), reason);
}

void TestControlPort::answers_comeInOrder_eventsApart()
{
    test::ControlServer server;
    server.answers = {{"GETINFO a", "250-a=1\r\n250 OK"}, {"GETINFO b", "552 Unrecognized key"}};
    ControlPort control(m_random, cookieFile());
    QSignalSpy open(&control, &ControlPort::authenticated);
    QSignalSpy events(&control, &ControlPort::eventCame);
    QSignalSpy ended(&control, &ControlPort::ended);
    control.connectToPort(server.serverPort());
    QTRY_COMPARE_WITH_TIMEOUT(open.count(), 1, kPatience);
    QStringList order;
    server.tell("650 NOTICE first");
    control.ask("GETINFO a", [&](const ControlReply &reply) { order.append(QString::fromLatin1(reply.value("a"))); });
    control.ask("GETINFO b", [&](const ControlReply &reply) { order.append(QString::number(reply.status)); });
    QTRY_COMPARE_WITH_TIMEOUT(order, (QStringList{QStringLiteral("1"), QStringLiteral("552")}), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(events.count(), 1, kPatience);
    server.tell("250 nobody asked");
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
    QCOMPARE(ended[0][0].toString(), QStringLiteral("what answers on its control port is not Tor"));
}

void TestControlPort::onion_isPublishedUnderItsKey()
{
    test::ControlServer server;
    server.answers = {{"ADD_ONION NEW:ED25519-V3 Port=80,127.0.0.1:7447",
                       "250-ServiceID=" + QByteArray(56, 'b') + "\r\n250-PrivateKey=" + kKey + "\r\n250 OK"},
                      {"ADD_ONION " + kKey, "250-ServiceID=" + QByteArray(56, 'b') + "\r\n250 OK"}};
    ControlPort control(m_random, cookieFile());
    QSignalSpy open(&control, &ControlPort::authenticated);
    control.connectToPort(server.serverPort());
    QTRY_COMPARE_WITH_TIMEOUT(open.count(), 1, kPatience);
    std::optional<OnionService> first;
    publishOnion(control, {}, 7447, [&](const Result<OnionService, QString> &made) {
        if (made)
            first = *made;
    });
    QTRY_VERIFY_WITH_TIMEOUT(first.has_value(), kPatience);
    QCOMPARE(first->host, QString(QString(56, u'b') + QStringLiteral(".onion")));
    QCOMPARE(first->key, kKey);
    std::optional<OnionService> again;
    publishOnion(control, first->key, 7447, [&](const Result<OnionService, QString> &made) {
        if (made)
            again = *made;
    });
    QTRY_VERIFY_WITH_TIMEOUT(again.has_value(), kPatience);
    QCOMPARE(again->host, first->host);
    QCOMPARE(again->key, kKey);
    withdrawOnion(control, first->host);
    QTRY_COMPARE_WITH_TIMEOUT(server.heardCommands.last(), QByteArray("DEL_ONION " + QByteArray(56, 'b')), kPatience);
}

void TestControlPort::onion_oddAnswersAreRefused_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("words");
    const QByteArray id(56, 'b');
    QTest::addRow("refused") << QByteArray("550 Onion address collision") << QStringLiteral("Onion address collision");
    const auto row = [](const char *name, const QByteArray &answer, qsizetype length) {
        QTest::addRow("%s", name) << answer << QString(QStringLiteral("ServiceID=") + QString(length, u'b'));
    };
    row("short id", "250-ServiceID=" + id.left(55) + "\r\n250-PrivateKey=" + kKey + "\r\n250 OK", 55);
    row("no key", "250-ServiceID=" + id + "\r\n250 OK", 56);
    row("old key", "250-ServiceID=" + id + "\r\n250-PrivateKey=RSA1024:AAAA\r\n250 OK", 56);
}

void TestControlPort::onion_oddAnswersAreRefused()
{
    QFETCH(QByteArray, answer);
    QFETCH(QString, words);
    test::ControlServer server;
    server.answers = {{"ADD_ONION", answer}};
    ControlPort control(m_random, cookieFile());
    QSignalSpy open(&control, &ControlPort::authenticated);
    control.connectToPort(server.serverPort());
    QTRY_COMPARE_WITH_TIMEOUT(open.count(), 1, kPatience);
    std::optional<QString> refused;
    publishOnion(control, "ED25519-V3:x\r\nSIGNAL HALT", 7447, [&](const Result<OnionService, QString> &made) {
        if (!made)
            refused = made.error();
    });
    QTRY_VERIFY_WITH_TIMEOUT(refused.has_value(), kPatience);
    QCOMPARE(*refused, words);
    QVERIFY(!server.heardCommands.contains("SIGNAL HALT")); // a key that is none is not sent
}

TACET_TEST_UNIT("t_control_port", TestControlPort)
#include "t_control_port.moc"
