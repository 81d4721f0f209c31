// After a conversation, the disks of both people and of the relay hold none of its words: not as text, not encoded.
#include "tests/e2e/needles.h"
#include "tests/e2e/programs.h"
#include "tests/support/unit_registry.h"

#include <QDir>
#include <QFile>
#include <QStringEncoder>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::test;

class TestResidue : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString path(const QString &name) const { return m_folder.filePath(name); }

private Q_SLOTS:
    void finder_findsEveryForm()
    {
        const QString text = u"Wendelin Ampersand"_s;
        const QByteArray utf8 = text.toUtf8();
        QStringEncoder little(QStringConverter::Utf16LE);
        const auto base64 = [](const QByteArray &bytes) { return bytes.toBase64(); };
        const QList<QByteArray> forms{utf8, QByteArray(little.encode(text)), utf8.toHex(), utf8.toHex().toUpper(),
            base64("a" + utf8 + "tail"), base64("ab" + utf8 + "t"), base64("abc" + utf8),
            QByteArray("\"ab\xFF" + utf8 + "\xFF\xFE").toBase64(QByteArray::Base64UrlEncoding)};
        for (qsizetype i = 0; i < forms.size(); ++i) {
            const QString folder = path(u"planted-%1"_s.arg(i));
            QVERIFY(QDir().mkpath(folder));
            QFile file(folder + u"/file"_s);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("head" + forms.at(i) + "foot");
            file.close();
            QVERIFY2(!findNeedles({folder}, needlesFor(text)).isEmpty(), qPrintable(u"form %1"_s.arg(i)));
            QVERIFY(findNeedles({folder}, needlesFor(u"Wendelin Apostrophe"_s)).isEmpty());
        }
    }

    void conversation_leavesNothingReadable()
    {
        const QStringList words{u"Wendelin Ampersand"_s, u"Philippa Semicolon"_s, u"my sister from Kotor"_s,
            u"the chestnut horse limps"_s, u"it limps since Thursday"_s, u"eleven amber umbrellas"_s};
        Relay relay(path(u"relay"_s));
        QVERIFY(relay.start());
        const Person one(path(u"one"_s), words.at(0));
        const Person other(path(u"other"_s), words.at(1));
        QCOMPARE(one.init({relay.url()}).exitCode, 0);
        QCOMPARE(other.init({relay.url()}).exitCode, 0);
        const Acquainted met = acquaint(one, other);
        QVERIFY2(met.trouble.isEmpty(), met.trouble);
        QCOMPARE(one.run({u"contact"_s, u"rename"_s, met.atOne, words.at(2)}).exitCode, 0);
        QCOMPARE(one.run({u"send"_s, met.atOne, words.at(3)}).exitCode, 0);
        QCOMPARE(other.run({u"send"_s, met.atOther, words.at(4)}).exitCode, 0);
        QVERIFY(listenTogether(one, other, [&](Listening &a, Listening &b) {
            return a.has(messageWith(words.at(4))) && b.has(messageWith(words.at(3)));
        }));
        const QString secret = writeSecret(path(u"secret"_s), words.at(5).toUtf8());
        QDir().mkpath(path(u"backups"_s));
        QCOMPARE(one.run({u"backup"_s, u"export"_s, path(u"backups/one"_s), u"--backup-passphrase-file"_s, secret}).exitCode, 0);

        // The relay is looked at while it runs and after it ended; a killed profile leaves its write-ahead log.
        const QStringList folders{relay.folder(), one.profile(), other.profile(), path(u"backups"_s)};
        QList<Needle> needles;
        for (const QString &word : words)
            needles += needlesFor(word);
        needles += needlesFor(met.link.mid(met.link.indexOf(u':') + 1)); // who holds the link can pose as its guest
        QCOMPARE(findNeedles(folders, needles), QStringList());

        const auto listening = one.listen();
        QVERIFY(!listening->waitFor([](const QJsonObject &) { return true; }).isEmpty());
        listening->process().kill();
        listening->process().waitForFinished();
        relay.stop();
        QCOMPARE(findNeedles(folders, needles), QStringList());
        QVERIFY(one.history(met.atOne).size() == 2); // and it opens again after the kill

        // The relay's own account of itself names nobody either.
        const Ran told = relay.disclose();
        QVERIFY2(told.exitCode == 0, told.told());
        for (const QString &word : words)
            QVERIFY2(!told.out.contains(word), qPrintable(word));

        // Nobody else on the machine may read a profile.
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
        QVERIFY((QFile::permissions(one.profile()) & others) == 0);
    }
};

TACET_TEST_UNIT("t_residue", TestResidue)
#include "t_residue.moc"
