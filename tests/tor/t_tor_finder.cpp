#include "app/tor/tor_finder.h"
#include "tests/support/socks_server.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::tor;
using tacet::test::SocksServer;

namespace {

constexpr int kPatience = 30'000;

/// Tor's answers to a finder, and nothing more of it.
struct TorLike {
    TorLike()
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this] {
            QTcpSocket *socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                const QByteArray asked = socket->readAll();
                all += asked;
                if (asked.startsWith("\x05\x01\x02"))
                    socket->write(QByteArray("\x05\x02", 2));
                else if (asked.startsWith('\x01'))
                    socket->write(QByteArray("\x01\x00", 2));
                else
                    socket->write(QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00", 10));
            });
        });
    }
    QTcpServer server;
    QByteArray all;
};

} // namespace

class TestTorFinder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tor_isFoundBehindOthers();
    void otherProxies_areNotTor_data();
    void otherProxies_areNotTor();
    void endedFinder_callsNobody();
};

void TestTorFinder::tor_isFoundBehindOthers()
{
    QTcpServer closed;
    closed.listen(QHostAddress::LocalHost);
    const quint16 dead = closed.serverPort();
    closed.close();
    SocksServer other(1);
    other.reply = 7;
    TorLike tor;
    TorFinder finder;
    std::optional<quint16> found;
    finder.find({dead, other.serverPort(), tor.server.serverPort()}, [&](quint16 port) { found = port; });
    QTRY_VERIFY_WITH_TIMEOUT(found.has_value(), kPatience);
    QCOMPARE(*found, tor.server.serverPort());
    QVERIFY(tor.all.contains("127.0.0.1")); // and no other name: asking sends nothing into the network
}

void TestTorFinder::otherProxies_areNotTor_data()
{
    QTest::addColumn<int>("act");
    QTest::addColumn<bool>("takesNames");
    QTest::addColumn<int>("reply");
    QTest::addRow("does not know the command") << int(SocksServer::Act::Serve) << true << 7;
    QTest::addRow("takes no user names") << int(SocksServer::Act::Serve) << false << 0;
    QTest::addRow("refuses them") << int(SocksServer::Act::RefuseLogin) << true << 0;
    QTest::addRow("another protocol") << int(SocksServer::Act::Babble) << true << 0;
    QTest::addRow("hangs") << int(SocksServer::Act::HangAtGreeting) << true << 0;
    QTest::addRow("closes") << int(SocksServer::Act::CloseAtGreeting) << true << 0;
}

void TestTorFinder::otherProxies_areNotTor()
{
    QFETCH(int, act);
    QFETCH(bool, takesNames);
    QFETCH(int, reply);
    SocksServer other(1, takesNames);
    other.act = SocksServer::Act(act);
    other.reply = quint8(reply);
    TorFinder finder;
    std::optional<quint16> found;
    finder.find({other.serverPort()}, [&](quint16 port) { found = port; });
    QTRY_VERIFY_WITH_TIMEOUT(found.has_value(), kPatience);
    QCOMPARE(*found, quint16(0));
}

void TestTorFinder::endedFinder_callsNobody()
{
    SocksServer other(1);
    other.act = SocksServer::Act::HangAtGreeting;
    bool called = false;
    {
        TorFinder finder;
        finder.find({other.serverPort()}, [&](quint16) { called = true; });
        QTRY_COMPARE_WITH_TIMEOUT(other.greetings, 1, kPatience);
    }
    other.die();
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

TACET_TEST_UNIT("t_tor_finder", TestTorFinder)
#include "t_tor_finder.moc"
