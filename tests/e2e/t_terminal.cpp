// What tacet-cli asks on a terminal: it says whose passphrase it means, and takes a new one only when it was typed twice.
#include "tests/e2e/terminal.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::test;

namespace {

const QString kOpen = u"Passphrase of this profile:"_s;
const QString kNew = u"New passphrase for this profile:"_s;
const QString kNewAgain = u"The passphrase for this profile again:"_s;
const QString kBackup = u"Passphrase of the backup:"_s;
const QString kNewBackup = u"New passphrase for the backup:"_s;
const QString kNewBackupAgain = u"The passphrase for the backup again:"_s;

const QByteArray kProfileWords = "seven wet umbrellas indoors";
const QByteArray kBackupWords = "nine copper lanterns by the mill";

} // namespace

class TestTerminal : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Person> m_alice;

    QString path(const QString &name) const { return m_folder.filePath(name); }
    QStringList initWords() const { return {u"init"_s, u"--name"_s, u"Alice"_s, u"--relay"_s, u"ws://127.0.0.1:9"_s}; }

private Q_SLOTS:
    void initTestCase()
    {
        m_alice = std::make_unique<Person>(path(u"alice"_s), u"Alice"_s);
        Terminal terminal(*m_alice, initWords());
        QVERIFY2(terminal.answer(kNew, kProfileWords), qPrintable(terminal.shown()));
        QVERIFY2(terminal.answer(kNewAgain, kProfileWords), qPrintable(terminal.shown()));
        const Ran ran = terminal.finish();
        QVERIFY2(ran.exitCode == 0, ran.told());
        QVERIFY2(!terminal.shown().contains(QString::fromUtf8(kProfileWords)), "the passphrase was shown");
    }

    void newPassphrase_thatDiffers_makesNoProfile()
    {
        const Person nobody(path(u"nobody"_s), u"Nobody"_s);
        Terminal terminal(nobody, initWords());
        QVERIFY2(terminal.answer(kNew, kProfileWords), qPrintable(terminal.shown()));
        QVERIFY2(terminal.answer(kNewAgain, "seven wet umbrella indoors"), qPrintable(terminal.shown()));
        const Ran ran = terminal.finish();
        QVERIFY2(ran.exitCode == 1, ran.told());
        QVERIFY2(ran.err.contains(u"not the same"_s), ran.told());
        QVERIFY(!QFileInfo::exists(nobody.profile() + u"/keyslots"_s));
    }

    void backup_underATypo_isNotWritten()
    {
        Terminal terminal(*m_alice, {u"backup"_s, u"export"_s, path(u"typo.tacet"_s)});
        QVERIFY2(terminal.answer(kOpen, kProfileWords), qPrintable(terminal.shown()));
        QVERIFY2(terminal.answer(kNewBackup, kBackupWords), qPrintable(terminal.shown()));
        QVERIFY2(terminal.answer(kNewBackupAgain, kBackupWords + "s"), qPrintable(terminal.shown()));
        const Ran ran = terminal.finish();
        QVERIFY2(ran.exitCode == 1 && ran.err.contains(u"not the same"_s), ran.told());
        QVERIFY(!QFileInfo::exists(path(u"typo.tacet"_s)));
    }

    void backup_isWritten_andComesBack()
    {
        const QString file = path(u"alice.tacet"_s);
        Terminal writing(*m_alice, {u"backup"_s, u"export"_s, file});
        QVERIFY2(writing.answer(kOpen, kProfileWords), qPrintable(writing.shown()));
        QVERIFY2(writing.answer(kNewBackup, kBackupWords), qPrintable(writing.shown()));
        QVERIFY2(writing.answer(kNewBackupAgain, kBackupWords), qPrintable(writing.shown()));
        const Ran written = writing.finish();
        QVERIFY2(written.exitCode == 0, written.told());

        const Person again(path(u"again"_s), u"Alice"_s);
        Terminal restoring(again, {u"backup"_s, u"restore"_s, file});
        QVERIFY2(restoring.answer(kBackup, kBackupWords), qPrintable(restoring.shown()));
        QVERIFY2(restoring.answer(kNew, kProfileWords), qPrintable(restoring.shown()));
        QVERIFY2(restoring.answer(kNewAgain, kProfileWords), qPrintable(restoring.shown()));
        const Ran restored = restoring.finish();
        QVERIFY2(restored.exitCode == 0, restored.told());
    }

    void withoutATerminal_theOptionIsNamed()
    {
        const Ran open = runWithoutTerminal(*m_alice, {u"contact"_s, u"list"_s});
        QVERIFY2(open.exitCode == 4, open.told());
        QVERIFY2(open.err.contains(u"terminal"_s) && open.err.contains(u"--passphrase-file"_s), open.told());
        const Person nobody(path(u"nobody"_s), u"Nobody"_s);
        const Ran init = runWithoutTerminal(nobody, initWords());
        QVERIFY2(init.exitCode == 4 && init.err.contains(u"--passphrase-file"_s), init.told());
        const Ran check = runWithoutTerminal(nobody, {u"backup"_s, u"verify"_s, path(u"alice.tacet"_s)});
        QVERIFY2(check.exitCode == 4 && check.err.contains(u"--backup-passphrase-file"_s), check.told());
    }
};

TACET_TEST_UNIT("t_terminal", TestTerminal)
#include "t_terminal.moc"
