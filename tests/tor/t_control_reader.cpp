#include "app/tor/bootstrap.h"
#include "app/tor/control_reader.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::tor;

class TestControlReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void replies_comeOutHoweverTheyAreCut();
    void dataBlocks_belongToTheirLine();
    void otherProtocols_areRefused_data();
    void otherProtocols_areRefused();
    void endlessReplies_areRefused();
    void pairs_areReadQuotedOrNot();
    void bootstrap_isReadFromAnswerAndEvent_data();
    void bootstrap_isReadFromAnswerAndEvent();
};

void TestControlReader::replies_comeOutHoweverTheyAreCut()
{
    const QByteArray stream = "250-version=0.4.7\r\n250 OK\r\n650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=5\r\n552 no\r\n";
    for (qsizetype piece = 1; piece <= stream.size(); ++piece) {
        ControlReader reader;
        QList<ControlReply> all;
        for (qsizetype at = 0; at < stream.size(); at += piece) {
            const auto some = reader.take(stream.mid(at, piece));
            QVERIFY(some.ok());
            all += *some;
        }
        QCOMPARE(all.size(), 3);
        QVERIFY(all[0].accepted() && !all[0].isEvent());
        QCOMPARE(all[0].value("version"), QByteArray("0.4.7"));
        QVERIFY(all[1].isEvent());
        QCOMPARE(all[2].status, 552);
        QVERIFY(!all[2].accepted());
        QCOMPARE(all[2].value("version"), QByteArray());
    }
}

void TestControlReader::dataBlocks_belongToTheirLine()
{
    ControlReader reader;
    const auto replies = reader.take("250+config-text=\r\nSocksPort 0\r\n..dot\r\n.\r\n250 OK\r\n");
    QVERIFY(replies.ok());
    QCOMPARE(replies->size(), 1);
    QCOMPARE(replies->at(0).lines, (QList<QByteArray>{"config-text=\nSocksPort 0\n.dot", "OK"}));
}

void TestControlReader::otherProtocols_areRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("http") << QByteArray("HTTP/1.1 400 Bad Request\r\n");
    QTest::addRow("no separator") << QByteArray("250\r\n");
    QTest::addRow("another separator") << QByteArray("250_OK\r\n");
    QTest::addRow("empty line") << QByteArray("\r\n");
    QTest::addRow("letters") << QByteArray("2x0 OK\r\n");
    QTest::addRow("bytes") << QByteArray("\x05\x00\xff\xfe\r\n", 6);
}

void TestControlReader::otherProtocols_areRefused()
{
    QFETCH(QByteArray, bytes);
    ControlReader reader;
    QVERIFY(!reader.take(bytes).ok());
}

void TestControlReader::endlessReplies_areRefused()
{
    ControlReader unbroken;
    QVERIFY(!unbroken.take(QByteArray(ControlReader::kLongestReply + 1, 'a')).ok());
    ControlReader lines;
    bool refused = false;
    for (qsizetype sent = 0; !refused && sent < 2 * ControlReader::kLongestReply; sent += 1000)
        refused = !lines.take("250-" + QByteArray(994, 'a') + "\r\n").ok();
    QVERIFY(refused);
}

void TestControlReader::pairs_areReadQuotedOrNot()
{
    const QByteArray line = R"(NOTICE BOOTSTRAP PROGRESS=85 TAG=ap_conn SUMMARY="Say \"PROGRESS=99\" \\" EMPTY= LAST=x)";
    QCOMPARE(pairValue(line, "PROGRESS"), QByteArray("85"));
    QCOMPARE(pairValue(line, "SUMMARY"), QByteArray(R"(Say "PROGRESS=99" \)"));
    QCOMPARE(pairValue(line, "EMPTY"), QByteArray());
    QCOMPARE(pairValue(line, "LAST"), QByteArray("x"));
    QCOMPARE(pairValue(line, "NOTICE"), QByteArray());
    QCOMPARE(pairValue("A=\"never ends", "A"), QByteArray("never ends"));
    QCOMPARE(pairValue("=x ==", "A"), QByteArray());
}

void TestControlReader::bootstrap_isReadFromAnswerAndEvent_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("percent"); // -1: none
    QTest::addColumn<QString>("obstacle");
    QTest::addRow("answer") << QByteArray(R"(NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY="Connected to a relay")") << 10 << QString();
    QTest::addRow("event") << QByteArray(R"(STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done")") << 100 << QString();
    QTest::addRow("one relay of many") << QByteArray(R"(WARN BOOTSTRAP PROGRESS=14 TAG=handshake WARNING="DONE" RECOMMENDATION=ignore)")
                                       << 14 << QString();
    QTest::addRow("obstacle") << QByteArray("STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn WARNING=\"No \x07route to host\" RECOMMENDATION=warn")
                              << 5 << QStringLiteral("No  route to host");
    QTest::addRow("another event") << QByteArray("STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED") << -1 << QString();
    QTest::addRow("too much") << QByteArray("NOTICE BOOTSTRAP PROGRESS=101") << -1 << QString();
    QTest::addRow("no number") << QByteArray("NOTICE BOOTSTRAP PROGRESS=all") << -1 << QString();
    QTest::addRow("nothing") << QByteArray() << -1 << QString();
}

void TestControlReader::bootstrap_isReadFromAnswerAndEvent()
{
    QFETCH(QByteArray, line);
    QFETCH(int, percent);
    QFETCH(QString, obstacle);
    const auto bootstrap = readBootstrap(line);
    QCOMPARE(bootstrap ? bootstrap->percent : -1, percent);
    QCOMPARE(bootstrap ? bootstrap->obstacle : QString(), obstacle);
}

TACET_TEST_UNIT("t_control_reader", TestControlReader)
#include "t_control_reader.moc"
