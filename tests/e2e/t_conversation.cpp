// Two strangers meet through a link, talk, compare: three processes and nothing between them but a relay.
#include "tests/e2e/programs.h"
#include "tests/support/unit_registry.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::test;

class TestConversation : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Relay> m_relay;
    std::unique_ptr<Person> m_alice;
    std::unique_ptr<Person> m_bob;
    QString m_bobAtAlice;
    QString m_aliceAtBob;
    QString m_link;

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        m_relay = std::make_unique<Relay>(m_folder.filePath(u"relay"_s));
        QVERIFY(m_relay->start());
        m_alice = std::make_unique<Person>(m_folder.filePath(u"alice"_s), u"Alice Åkesson"_s);
        m_bob = std::make_unique<Person>(m_folder.filePath(u"bob"_s), u"Bob <b>Baker</b>"_s);
        for (const Person *person : {m_alice.get(), m_bob.get()}) {
            const Ran ran = person->init({m_relay->url()});
            QVERIFY2(ran.exitCode == 0, ran.told());
        }
        const Acquainted met = acquaint(*m_alice, *m_bob);
        QVERIFY2(met.trouble.isEmpty(), met.trouble);
        m_bobAtAlice = met.atOne;
        m_aliceAtBob = met.atOther;
        m_link = met.link;
    }

    void invite_printsOneLineThatIsALink()
    {
        QVERIFY2(m_link.startsWith(u"tacet:"_s), qPrintable(m_link));
        QVERIFY2(m_link.size() <= 213, "the QR code of a link is version 10 at most"); // protocol: 213 characters
        const Ran ran = m_alice->run({u"invite"_s, u"--reusable"_s});
        QVERIFY2(ran.exitCode == 0, ran.told());
        QCOMPARE(ran.out.trimmed().count(u'\n'), 0);
        QVERIFY2(ran.line().startsWith(u"tacet:"_s), ran.told());
    }

    void contacts_haveStableIdsAndGivenNames()
    {
        const QRegularExpression id(u"^[0-9a-f]{32}$"_s);
        QVERIFY2(id.match(m_aliceAtBob).hasMatch(), qPrintable(m_aliceAtBob));
        QVERIFY2(id.match(m_bobAtAlice).hasMatch(), qPrintable(m_bobAtAlice));
        QCOMPARE(m_bob->onlyContact(), m_aliceAtBob);
        QCOMPARE(m_alice->json({u"contact"_s, u"list"_s}).objects().first().value(u"name"_s).toString(), m_bob->name());
        QCOMPARE(m_bob->json({u"contact"_s, u"list"_s}).objects().first().value(u"name"_s).toString(), m_alice->name());
    }

    void messages_goBothWays_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << u"Meet me at the north pier at nine."_s;
        QTest::newRow("emoji and scripts") << u"Привет 👩🏽‍🚀 مرحبا 你好 e\u0301"_s;
        QTest::newRow("markup") << u"<img src=\"http://example.org/x.png\"><script>1</script> &amp; **b**"_s;
        QTest::newRow("direction overrides") << u"\u202Eexe.gpj\u202C and \u2066inside\u2069"_s;
        QTest::newRow("several lines") << u"one\n\n  two\n\tthree"_s;
        QTest::newRow("a long one") << QString(8000, u'ö');
        QTest::newRow("looks like an option") << u"--help"_s;
    }

    void messages_goBothWays()
    {
        QFETCH(QString, text);
        const struct {
            const Person *from;
            const Person *to;
            QString contact;
        } ways[] = {{m_alice.get(), m_bob.get(), m_bobAtAlice}, {m_bob.get(), m_alice.get(), m_aliceAtBob}};
        for (const auto &way : ways) {
            const Ran sent = way.from->json({u"send"_s, way.contact, u"-"_s}, text.toUtf8());
            QVERIFY2(sent.exitCode == 0, sent.told());
            const QJsonObject answer = sent.objects().value(0);
            QVERIFY2(answer.value(u"id"_s).toString().size() == 32, sent.told());
            QVERIFY2(answer.value(u"state"_s) == u"on_relay"_s, sent.told());
            const auto listening = way.to->listen();
            const QJsonObject event = listening->waitFor(messageWith(text));
            QVERIFY(!event.isEmpty());
            QCOMPARE(event.value(u"id"_s), answer.value(u"id"_s));
            QVERIFY(event.value(u"time"_s).toDouble() > 1.6e12);
            QCOMPARE(listening->count(onARelay()), 1); // told once, however much came through it
            QCOMPARE(listening->end(), 0);
        }
    }

    void listening_makesDelivered()
    {
        const QString text = u"Has this arrived?"_s;
        const Ran sent = m_alice->json({u"send"_s, m_bobAtAlice, text});
        QVERIFY2(sent.exitCode == 0, sent.told());
        const QString id = sent.objects().value(0).value(u"id"_s).toString();
        const auto delivered = [&](const QJsonObject &event) {
            const QString state = event.value(u"state"_s).toString();
            return event.value(u"id"_s) == id && (state == u"delivered"_s || state == u"read"_s);
        };
        QVERIFY(listenTogether(*m_bob, *m_alice,
            [&](Listening &bob, Listening &alice) { return bob.has(messageWith(text)) && alice.has(delivered); }));
    }

    void rpc_thatOnlyLooks_receives()
    {
        const auto rpc = m_bob->rpc();
        rpc->write(R"({"jsonrpc":"2.0","id":1,"method":"contact.list","params":{}})" "\n");
        const Ran sent = m_alice->run({u"send"_s, m_bobAtAlice, u"to one who only looks"_s});
        QVERIFY2(sent.exitCode == 0, sent.told());
        QByteArray heard;
        while (!heard.contains("to one who only looks") && rpc->waitForReadyRead(60'000))
            heard += rpc->readAllStandardOutput();
        QVERIFY2(heard.contains("to one who only looks"), heard);
        rpc->closeWriteChannel();
        QVERIFY(rpc->waitForFinished(60'000));
        QCOMPARE(rpc->exitCode(), 0);
    }

    void sending_toSomebodyUnknownIsRefused()
    {
        const Ran ran = m_alice->run({u"send"_s, QString(32, u'0'), u"hello"_s});
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(!ran.err.trimmed().isEmpty(), ran.told());
        QVERIFY2(ran.out.trimmed().isEmpty(), ran.told());
    }

    void histories_areEqual()
    {
        const QStringList atAlice = m_alice->history(m_bobAtAlice);
        const QStringList atBob = m_bob->history(m_aliceAtBob);
        QCOMPARE(atAlice.size(), 16);
        QCOMPARE(atAlice, atBob);
        // The newest two, then the page before them.
        const auto newest = m_alice->json({u"history"_s, m_bobAtAlice, u"--limit"_s, u"2"_s}).objects();
        QCOMPARE(newest.size(), 2);
        QCOMPARE(newest.last().value(u"id"_s).toString(), atAlice.last().section(u' ', 0, 0));
        const QString edge = newest.first().value(u"id"_s).toString();
        const auto before = m_alice->json({u"history"_s, m_bobAtAlice, u"--limit"_s, u"1"_s, u"--before"_s, edge}).objects();
        QCOMPARE(before.size(), 1);
        QVERIFY(before.first().value(u"id"_s).toString() != edge);
    }

    void safetyNumbers_areEqualAndVerifyAnswers()
    {
        const Ran atAlice = m_alice->run({u"contact"_s, u"safety-number"_s, m_bobAtAlice});
        const Ran atBob = m_bob->run({u"contact"_s, u"safety-number"_s, m_aliceAtBob});
        QVERIFY2(atAlice.exitCode == 0, atAlice.told());
        QVERIFY2(atBob.exitCode == 0, atBob.told());
        QCOMPARE(atAlice.out, atBob.out);
        QString number = atAlice.out.simplified();
        const QRegularExpression groups(u"^([0-9]{5} ){11}[0-9]{5}$"_s);
        QVERIFY2(groups.match(number).hasMatch(), qPrintable(number));

        // A wrong digit: exit 3, one sentence, and nothing is marked.
        QString wrong = number;
        wrong[7] = wrong.at(7) == u'9' ? u'0' : QChar(wrong.at(7).unicode() + 1);
        const Ran differs = m_alice->run({u"contact"_s, u"verify"_s, m_bobAtAlice, wrong});
        QVERIFY2(differs.exitCode == 3, differs.told());
        QVERIFY2(!QString(differs.out + differs.err).trimmed().isEmpty(), differs.told());
        QCOMPARE(trust(*m_alice), u"not compared"_s);

        // Any spacing counts.
        const Ran same = m_alice->run({u"contact"_s, u"verify"_s, m_bobAtAlice, number.remove(u' ')});
        QVERIFY2(same.exitCode == 0, same.told());
        QCOMPARE(trust(*m_alice), u"verified"_s);
        QCOMPARE(trust(*m_bob), u"not compared"_s); // each side compares for itself

        const Ran garbage = m_bob->run({u"contact"_s, u"verify"_s, m_aliceAtBob, u"12345"_s});
        QVERIFY2(garbage.exitCode != 0, garbage.told());
        QCOMPARE(trust(*m_bob), u"not compared"_s);
    }

    void relay_canDisclose()
    {
        const Ran ran = m_relay->disclose();
        QVERIFY2(ran.exitCode == 0, ran.told());
        QVERIFY2(!ran.out.trimmed().isEmpty(), ran.told());
    }

private:
    static QString trust(const Person &person)
    {
        return person.json({u"contact"_s, u"list"_s}).objects().value(0).value(u"trust"_s).toString();
    }
};

TACET_TEST_UNIT("t_conversation", TestConversation)
#include "t_conversation.moc"
