// Everything comes back from one file, and the conversation goes on where it was.
#include "tests/e2e/programs.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::test;

class TestBackup : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Relay> m_relay;
    std::unique_ptr<Person> m_alice;
    std::unique_ptr<Person> m_bob;
    Acquainted m_met;
    QString m_file;
    QString m_secret;

    QStringList backup(const QString &word, const QString &file, const QString &secret) const
    {
        return {u"backup"_s, word, file, u"--backup-passphrase-file"_s, secret};
    }
    QString path(const QString &name) const { return m_folder.filePath(name); }
    QString copyOfBackup(const QString &name, const std::function<void(QByteArray &)> &change) const
    {
        QFile source(m_file);
        source.open(QIODevice::ReadOnly);
        QByteArray bytes = source.readAll();
        change(bytes);
        QFile copy(path(name));
        copy.open(QIODevice::WriteOnly);
        copy.write(bytes);
        return copy.fileName();
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_relay = std::make_unique<Relay>(path(u"relay"_s));
        QVERIFY(m_relay->start());
        m_alice = std::make_unique<Person>(path(u"alice"_s), u"Alice"_s);
        m_bob = std::make_unique<Person>(path(u"bob"_s), u"Bob"_s);
        QCOMPARE(m_alice->init({m_relay->url()}).exitCode, 0);
        QCOMPARE(m_bob->init({m_relay->url()}).exitCode, 0);
        m_met = acquaint(*m_alice, *m_bob);
        QVERIFY2(m_met.trouble.isEmpty(), m_met.trouble);
        QCOMPARE(m_alice->run({u"send"_s, m_met.atOne, u"before the backup, from Alice"_s}).exitCode, 0);
        QCOMPARE(m_bob->run({u"send"_s, m_met.atOther, u"before the backup, from Bob"_s}).exitCode, 0);
        QVERIFY(listenTogether(*m_alice, *m_bob, [](Listening &alice, Listening &bob) {
            return alice.has(messageWith(u"before the backup, from Bob"_s))
                && bob.has(messageWith(u"before the backup, from Alice"_s));
        }));
        const QString number = m_alice->run({u"contact"_s, u"safety-number"_s, m_met.atOne}).out.simplified();
        QCOMPARE(m_alice->run({u"contact"_s, u"verify"_s, m_met.atOne, number}).exitCode, 0);

        m_secret = writeSecret(path(u"backup-passphrase"_s), "nine copper lanterns by the mill");
        m_file = path(u"alice.tacet-backup"_s);
        const Ran ran = m_alice->run(backup(u"export"_s, m_file, m_secret));
        QVERIFY2(ran.exitCode == 0, ran.told());
        QVERIFY(QFileInfo(m_file).size() > 0);
    }

    void verify_acceptsTheFile()
    {
        const Ran ran = m_alice->run(backup(u"verify"_s, m_file, m_secret));
        QVERIFY2(ran.exitCode == 0, ran.told());
    }

    void verify_refuses_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("first byte") << u"first"_s;
        QTest::newRow("a byte in the middle") << u"middle"_s;
        QTest::newRow("last byte") << u"last"_s;
        QTest::newRow("cut short") << u"short"_s;
        QTest::newRow("cut to nothing") << u"empty"_s;
        QTest::newRow("something after the end") << u"longer"_s;
    }

    void verify_refuses()
    {
        QFETCH(QString, name);
        const QString damaged = copyOfBackup(name, [&](QByteArray &bytes) {
            const auto flip = [&](qsizetype i) { bytes[i] = char(bytes.at(i) ^ 1); };
            if (name == u"first"_s)
                flip(0);
            else if (name == u"middle"_s)
                flip(bytes.size() / 2);
            else if (name == u"last"_s)
                flip(bytes.size() - 1);
            else if (name == u"short"_s)
                bytes.chop(100);
            else if (name == u"empty"_s)
                bytes.clear();
            else
                bytes.append("x");
        });
        const Ran checked = m_alice->run(backup(u"verify"_s, damaged, m_secret));
        QVERIFY2(checked.exitCode == 1, checked.told());
        QVERIFY2(!checked.err.trimmed().isEmpty(), checked.told());

        // Restoring refuses too, and leaves nothing that would have to be cleared away.
        const Person fresh(path(u"refused-"_s + name), u"Alice"_s);
        const Ran restored = fresh.run(backup(u"restore"_s, damaged, m_secret));
        QVERIFY2(restored.exitCode == 1, restored.told());
        const Ran again = fresh.init({m_relay->url()});
        QVERIFY2(again.exitCode == 0, again.told());
    }

    void verify_saysWhatIsMissing()
    {
        const Ran ran = m_alice->run(backup(u"verify"_s, path(u"no-such-backup"_s), m_secret));
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(ran.err.contains(u"There is no file "_s + path(u"no-such-backup"_s)), ran.told());
    }

    void verify_refusesAWrongPassphrase()
    {
        const QString wrong = writeSecret(path(u"wrong-passphrase"_s), "nine copper lanterns by the hill");
        const Ran ran = m_alice->run(backup(u"verify"_s, m_file, wrong));
        QVERIFY2(ran.exitCode == 4, ran.told());
    }

    void restore_refusesAProfileThatIsNotEmpty()
    {
        const Ran ran = m_bob->run(backup(u"restore"_s, m_file, m_secret));
        QVERIFY2(ran.exitCode == 1, ran.told());
        QCOMPARE(m_bob->history(m_met.atOther).size(), 2);
    }

    void export_keepsTheOldFileWhenItCannotWrite()
    {
        QFile old(m_file);
        QVERIFY(old.open(QIODevice::ReadOnly));
        const QByteArray before = old.readAll();
        const Ran ran = m_alice->run(backup(u"export"_s, path(u"no-such-folder/file"_s), m_secret));
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(ran.err.contains(u"There is no folder "_s + path(u"no-such-folder"_s)), ran.told());
        const Ran ontoFolder = m_alice->run(backup(u"export"_s, m_folder.path(), m_secret));
        QVERIFY2(ontoFolder.exitCode == 1, ontoFolder.told());
        QVERIFY2(ontoFolder.err.contains(m_folder.path() + u" is a folder."_s), ontoFolder.told());
        old.seek(0);
        QCOMPARE(old.readAll(), before);
    }

    void restore_bringsEverythingBackAndGoesOn()
    {
        const QStringList before = m_alice->history(m_met.atOne);
        const QString number = m_alice->run({u"contact"_s, u"safety-number"_s, m_met.atOne}).out;
        QCOMPARE(before.size(), 2);

        const Person again(path(u"alice-again"_s), u"Alice"_s);
        const Ran restored = again.run(backup(u"restore"_s, m_file, m_secret));
        QVERIFY2(restored.exitCode == 0, restored.told());
        const auto contacts = again.json({u"contact"_s, u"list"_s}).objects();
        QCOMPARE(contacts.size(), 1);
        QCOMPARE(contacts.first().value(u"contact"_s).toString(), m_met.atOne);
        QCOMPARE(contacts.first().value(u"name"_s).toString(), m_bob->name());
        QCOMPARE(contacts.first().value(u"trust"_s).toString(), u"verified before restore"_s);
        QCOMPARE(again.history(m_met.atOne), before);
        QCOMPARE(again.run({u"contact"_s, u"safety-number"_s, m_met.atOne}).out, number);

        // Written before the peer has heard of the restore, on both sides.
        const Ran sent = again.run({u"send"_s, m_met.atOne, u"after the restore, from Alice"_s});
        QVERIFY2(sent.exitCode == 0, sent.told());
        QVERIFY(listenTogether(again, *m_bob, [](Listening &, Listening &bob) {
            return bob.has(systemLine(u"restored"_s)) && bob.has(messageWith(u"after the restore, from Alice"_s));
        }));
        QCOMPARE(m_bob->run({u"send"_s, m_met.atOther, u"after the restore, from Bob"_s}).exitCode, 0);
        QVERIFY(listenTogether(again, *m_bob, [](Listening &alice, Listening &) {
            return alice.has(messageWith(u"after the restore, from Bob"_s));
        }));
        // Each side sees every message once; how the two directions interleave is each computer's own arrival order.
        QStringList here = again.history(m_met.atOne);
        QStringList there = m_bob->history(m_met.atOther);
        here.sort();
        there.sort();
        QCOMPARE(here, there);
        QCOMPARE(again.history(m_met.atOne).size(), 4);
        QCOMPARE(m_bob->run({u"contact"_s, u"safety-number"_s, m_met.atOther}).out, number);
    }
};

TACET_TEST_UNIT("t_backup", TestBackup)
#include "t_backup.moc"
