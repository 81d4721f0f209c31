// What goes wrong for people: each has its exit code and one sentence, and loses nothing.
#include "tests/e2e/programs.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace tacet::test;

class TestRefusals : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Relay> m_relay;
    std::unique_ptr<Person> m_alice;
    std::unique_ptr<Person> m_bob;
    Acquainted m_met;

    static bool isOneSentence(const Ran &ran)
    {
        const QString text = ran.err.trimmed();
        return ran.out.trimmed().isEmpty() && text.size() > 10 && text.contains(u' ') && !text.contains(u"Error"_s);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_relay = std::make_unique<Relay>(m_folder.filePath(u"relay"_s));
        QVERIFY(m_relay->start());
        m_alice = std::make_unique<Person>(m_folder.filePath(u"alice"_s), u"Alice"_s);
        m_bob = std::make_unique<Person>(m_folder.filePath(u"bob"_s), u"Bob"_s);
        QCOMPARE(m_alice->init({m_relay->url()}).exitCode, 0);
        QCOMPARE(m_bob->init({m_relay->url()}).exitCode, 0);
        m_met = acquaint(*m_alice, *m_bob);
        QVERIFY2(m_met.trouble.isEmpty(), m_met.trouble);
    }

    void usage_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("nothing") << QStringList();
        QTest::newRow("unknown command") << QStringList{u"telepathy"_s};
        QTest::newRow("unknown sub-command") << QStringList{u"contact"_s, u"marry"_s};
        QTest::newRow("unknown option") << QStringList{u"contact"_s, u"list"_s, u"--loud"_s};
        QTest::newRow("missing operand") << QStringList{u"send"_s};
        QTest::newRow("missing second operand") << QStringList{u"contact"_s, u"rename"_s, QString(32, u'0')};
        QTest::newRow("too many words") << QStringList{u"outbox"_s, u"now"_s};
        QTest::newRow("not a number") << QStringList{u"listen"_s, u"--for"_s, u"ever"_s};
        QTest::newRow("value missing") << QStringList{u"history"_s, QString(32, u'0'), u"--limit"_s};
        QTest::newRow("passphrase between requests") << QStringList{u"rpc"_s, u"--backup-passphrase-file"_s, u"-"_s};
        QTest::newRow("group, later") << QStringList{u"group"_s, u"list"_s};
        QTest::newRow("send-file, later") << QStringList{u"send-file"_s, QString(32, u'0'), u"/dev/null"_s};
        QTest::newRow("import, later") << QStringList{u"import"_s, u"telegram"_s, u"."_s};
        QTest::newRow("search, later") << QStringList{u"search"_s, u"words"_s};
    }

    void usage()
    {
        QFETCH(QStringList, words);
        const Ran ran = m_alice->run(words);
        QVERIFY2(ran.exitCode == 2, ran.told());
        QVERIFY2(ran.out.isEmpty() && !ran.err.trimmed().isEmpty(), ran.told());
        const QString command = words.value(0);
        if (command == u"group"_s || command == u"send-file"_s || command == u"import"_s || command == u"search"_s)
            QVERIFY2(ran.err.contains(u"not in this version yet"_s), ran.told());
    }

    void help_listsOnlyWhatExists()
    {
        const Ran ran = m_alice->run({u"--help"_s});
        QVERIFY2(ran.exitCode == 0, ran.told());
        for (const QString &present : {u"invite"_s, u"contact add"_s, u"listen"_s, u"backup"_s, u"relay"_s, u"rpc"_s})
            QVERIFY2(ran.out.contains(present), ran.told());
        for (const QString &absent : {u"group"_s, u"send-file"_s, u"import"_s, u"search"_s})
            QVERIFY2(!ran.out.contains(u"   "_s + absent), ran.told());
    }

    void wrongPassphrase()
    {
        Person stranger = *m_alice;
        stranger.usePassphraseFile(writeSecret(m_folder.filePath(u"wrong"_s), "not the passphrase at all"));
        const Ran ran = stranger.run({u"contact"_s, u"list"_s});
        QVERIFY2(ran.exitCode == 4, ran.told());
        QVERIFY2(isOneSentence(ran), ran.told());
        QCOMPARE(m_alice->onlyContact(), m_met.atOne); // and the right one still opens
    }

    void missingPassphraseFile()
    {
        Person stranger = *m_alice;
        stranger.usePassphraseFile(m_folder.filePath(u"no-such-file"_s));
        const Ran ran = stranger.run({u"contact"_s, u"list"_s});
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(ran.err.contains(u"There is no file "_s + m_folder.filePath(u"no-such-file"_s)), ran.told());
        stranger.usePassphraseFile(m_folder.path());
        const Ran folder = stranger.run({u"contact"_s, u"list"_s});
        QVERIFY2(folder.exitCode == 1, folder.told());
        QVERIFY2(folder.err.contains(m_folder.path() + u" is a folder."_s), folder.told());
    }

    void noProfileYet()
    {
        const Person nobody(m_folder.filePath(u"nobody"_s), u"Nobody"_s);
        const Ran ran = nobody.run({u"contact"_s, u"list"_s});
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(isOneSentence(ran), ran.told());
    }

    void impossibleFolder_isSaid()
    {
        // Below a file nothing can be made, and /proc takes no folders.
        for (const QString &home : {m_folder.filePath(u"a-file"_s), u"/proc/tacet"_s}) {
            QFile file(m_folder.filePath(u"a-file"_s));
            QVERIFY(file.open(QIODevice::WriteOnly));
            QProcess process;
            process.setProcessEnvironment(m_alice->environment());
            process.start(programPath(u"tacet-cli"_s), {u"--profile"_s, home + u"/profile"_s, u"--passphrase-file"_s,
                                                           m_folder.filePath(u"alice/passphrase"_s), u"init"_s, u"--name"_s, u"A"_s});
            QVERIFY(process.waitForFinished());
            const QString told = QString::fromUtf8(process.readAllStandardError());
            QCOMPARE(process.exitCode(), 1);
            QVERIFY2(told.contains(u"No profile can be kept in "_s + home), qPrintable(told));
            QVERIFY2(!told.contains(u"\\u"_s), qPrintable(told)); // the marks around the path are for windows
        }
    }

    void disclosure_isTheWholeList()
    {
        const Ran ran = m_alice->run({u"relay"_s, u"disclosure"_s});
        QVERIFY2(ran.exitCode == 0, ran.told());
        QVERIFY2(ran.out.contains(m_relay->url() + u'\t'), ran.told());
        for (const QString &fact : {u"sealed envelope"_s, u"random mailbox"_s, u"Dates on the envelopes."_s, u"Ids of deleted events."_s,
                                    u"Arrival times."_s, u"Your network address."_s, u"Anybody's name."_s, u"Who writes to whom."_s})
            QVERIFY2(ran.out.contains(fact), ran.told());
    }

    // Nothing was asked of the relay, for there is no mailbox yet: that is not "none of the relays answers".
    void listenBeforeAnybodyWasInvited_isWell()
    {
        Person eve(m_folder.filePath(u"eve"_s), u"Eve"_s);
        QCOMPARE(eve.init({m_relay->url()}).exitCode, 0);
        const Ran ran = eve.run({u"listen"_s, u"--for"_s, u"1"_s});
        QVERIFY2(ran.exitCode == 0 && ran.err.isEmpty(), ran.told());
    }

    void window_answersWords_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("beginning");
        QTest::newRow("help") << QStringList{u"--help"_s} << u"tacet [--profile DIR]"_s;
        QTest::newRow("version") << QStringList{u"--version"_s} << u"tacet "_s;
        QTest::newRow("with a profile") << QStringList{u"--profile=/tmp/x"_s, u"--help"_s} << u"tacet [--profile DIR]"_s;
        QTest::newRow("no value") << QStringList{u"--profile"_s} << u"--profile wants a folder."_s;
        QTest::newRow("no value, either") << QStringList{u"--profile="_s} << u"--profile wants a folder."_s;
        QTest::newRow("two links") << QStringList{u"tacet:a"_s, u"tacet:b"_s} << u"One link at a time."_s;
        QTest::newRow("unknown") << QStringList{u"--loud"_s} << u"There is no option --loud."_s;
    }

    // Help and version need no display.
    void window_answersWords()
    {
        if (!QFile::exists(programPath(u"tacet"_s)))
            QSKIP("skipped: the window is not built here");
        QFETCH(QStringList, words);
        QFETCH(QString, beginning);
        const bool wrong = !words.contains(u"--help"_s) && !words.contains(u"--version"_s);
        QProcess process;
        QProcessEnvironment environment = m_alice->environment();
        environment.remove(u"WAYLAND_DISPLAY"_s);
        environment.remove(u"QT_QPA_PLATFORM"_s);
        if (wrong) // what Qt takes for itself is known once it has started
            environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        process.setProcessEnvironment(environment);
        process.start(programPath(u"tacet"_s), words);
        QVERIFY(process.waitForFinished());
        const QString told = QString::fromUtf8(wrong ? process.readAllStandardError() : process.readAllStandardOutput());
        QCOMPARE(int(process.exitStatus()), int(QProcess::NormalExit));
        QCOMPARE(process.exitCode(), wrong ? 2 : 0);
        QVERIFY2(told.startsWith(beginning), qPrintable(told));
    }

    void initTwice()
    {
        const Ran ran = m_alice->init({m_relay->url()});
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(isOneSentence(ran), ran.told());
        QCOMPARE(m_alice->onlyContact(), m_met.atOne);
    }

    void secondProcessOnOneProfile()
    {
        const auto listening = m_alice->listen();
        QVERIFY(!listening->waitFor(onARelay()).isEmpty()); // it holds the profile since before
        const Ran ran = m_alice->run({u"history"_s, m_met.atOne});
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(isOneSentence(ran) && ran.err.contains(u"already open in another program"_s), ran.told());
        QCOMPARE(listening->end(), 0);
        QCOMPARE(m_alice->run({u"history"_s, m_met.atOne}).exitCode, 0);
    }

    void links_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("cut short") << u"short"_s;
        QTest::newRow("one letter changed") << u"changed"_s;
        QTest::newRow("of another program") << u"foreign"_s;
        QTest::newRow("empty") << u"empty"_s;
        QTest::newRow("four megabytes") << u"huge"_s;
        QTest::newRow("already used") << u"used"_s;
        QTest::newRow("one's own") << u"own"_s;
    }

    void links()
    {
        QFETCH(QString, kind);
        QString link = m_met.link;
        const Person *opener = m_bob.get();
        Person carol(m_folder.filePath(u"carol-"_s + kind), u"Carol"_s);
        QCOMPARE(carol.init({m_relay->url()}).exitCode, 0);
        opener = &carol;
        if (kind == u"short"_s)
            link.chop(9);
        else if (kind == u"changed"_s)
            link[link.size() / 2] = link.at(link.size() / 2) == u'A' ? u'B' : u'A';
        else if (kind == u"foreign"_s)
            link = u"https://example.org/join/abcdef"_s;
        else if (kind == u"empty"_s)
            link.clear();
        else if (kind == u"huge"_s)
            link = u"tacet:"_s + QString(4 << 20, u'A');
        else if (kind == u"own"_s) {
            opener = m_alice.get();
            link = m_alice->run({u"invite"_s}).line();
        }
        const qsizetype before = opener->json({u"contact"_s, u"list"_s}).objects().size();
        const Ran ran = opener->run({u"contact"_s, u"add"_s, u"-"_s}, link.toUtf8() + '\n'); // 4 MB do not fit argv
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(isOneSentence(ran), ran.told());
        if (kind == u"used"_s)
            QVERIFY2(ran.err.contains(u"already used"_s), ran.told());
        QCOMPARE(opener->json({u"contact"_s, u"list"_s}).objects().size(), before);
    }

    void unreachableRelay_keepsTheMessage()
    {
        m_relay->stop();
        const QString text = u"Written while no relay answered."_s;
        const Ran sent = m_bob->json({u"send"_s, m_met.atOther, text});
        QVERIFY2(sent.exitCode == 5, sent.told());
        QVERIFY2(sent.objects().value(0).value(u"state"_s) == u"queued"_s, sent.told());
        const QString id = sent.objects().value(0).value(u"id"_s).toString();
        const Ran outbox = m_bob->run({u"outbox"_s});
        QVERIFY2(outbox.exitCode == 0 && !outbox.out.trimmed().isEmpty(), outbox.told());
        QVERIFY(m_bob->history(m_met.atOther).contains(id + u' ' + text));

        QVERIFY(m_relay->start());
        QVERIFY(listenTogether(*m_bob, *m_alice, [&](Listening &, Listening &alice) { return alice.has(messageWith(text)); }));
        QCOMPARE(m_alice->history(m_met.atOne), m_bob->history(m_met.atOther));
    }

    void aRelayThatIsNoRelay()
    {
        // It accepts the connection and never says a word.
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const QString url = u"ws://127.0.0.1:%1"_s.arg(silent.serverPort());
        const Ran ran = m_bob->run({u"relay"_s, u"test"_s, url});
        QVERIFY2(ran.exitCode != 0 && ran.exitCode != 2 && ran.exitCode != -1, ran.told());
        QVERIFY2(!QString(ran.out + ran.err).trimmed().isEmpty(), ran.told());
        const Ran bad = m_bob->run({u"relay"_s, u"add"_s, u"ftp://example.org"_s});
        QVERIFY2(bad.exitCode != 0, bad.told());
    }

    void readOnlyProfile()
    {
        if (geteuid() == 0)
            QSKIP("skipped: root writes to read-only folders too");
        Person dave(m_folder.filePath(u"dave"_s), u"Dave"_s);
        QCOMPARE(dave.init({m_relay->url()}).exitCode, 0);
        const auto mode = QFile::permissions(dave.profile());
        QVERIFY(QFile::setPermissions(dave.profile(), QFile::ReadOwner | QFile::ExeOwner));
        const Ran ran = dave.run({u"invite"_s});
        QFile::setPermissions(dave.profile(), mode);
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(isOneSentence(ran), ran.told());
        QCOMPARE(dave.run({u"contact"_s, u"list"_s}).exitCode, 0);
    }
};

TACET_TEST_UNIT("t_refusals", TestRefusals)
#include "t_refusals.moc"
