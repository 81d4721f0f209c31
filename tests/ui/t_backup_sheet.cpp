// A backup goes on behind a sheet that was closed: whoever looks again sees where it is, and its end is told where no
// sheet shows it.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/chat_page.h"
#include "ui/form.h"
#include "ui/sheet.h"
#include "ui/toast.h"

#include <QLineEdit>
#include <QTest>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;
using chat::TroubleCode;

namespace {

/// Somebody who has backed up before, with the sheet open.
struct BackupStage : ActionStage {
    BackupStage()
    {
        session.backup.last = {u"/media/stick/a.tacet"_s, session.now, 1204, 9, 0, 5240};
        session.backup.hasPassphrase = true;
        open();
    }

    void open()
    {
        actions.showBackup();
        settle();
    }
    /// Asks for a backup; its end waits for release().
    void begin()
    {
        click("backupNow");
        settle();
        find<QLineEdit>("backupPassphraseSheetField")->setText(u"four quiet herons at noon"_s);
        find<QLineEdit>("backupPassphraseSheetRepeat")->setText(u"four quiet herons at noon"_s);
        session.holdAnswers(true);
        click("backupPassphraseSheetEnter");
        session.holdAnswers(false);
        settle();
    }
    void beginCheck()
    {
        click("backupCheck");
        settle();
        find<QLineEdit>("backupCheckSheetField")->setText(u"four quiet herons"_s);
        session.holdAnswers(true);
        click("backupCheckSheetEnter");
        session.holdAnswers(false);
        settle();
    }
    void escape(const char *sheet)
    {
        QTest::keyClick(find<Sheet>(sheet), Qt::Key_Escape);
        settle();
    }
    void release()
    {
        session.release();
        settle();
    }
    bool isShown(const char *name) const { return find<QWidget>(name)->isVisible(); }
    bool isEnabled(const char *name) const { return find<QWidget>(name)->isEnabled(); }
    QString told() const { return window->chatPage()->toast()->sentence(); }
    QString problem() const { return find<Problem>("backupProblem")->text(); }
};

} // namespace

class TestBackupSheet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void whileItRuns_stopIsOfferedAlone()
    {
        BackupStage stage;
        QVERIFY(stage.isEnabled("backupPractise"));
        stage.begin();
        QVERIFY(stage.isShown("backupStop"));
        QVERIFY(!stage.isShown("backupNow"));
        for (const char *name : {"backupPractise", "backupWhere", "backupRestore"})
            QVERIFY2(!stage.isEnabled(name), name);
        stage.click("backupStop");
        QCOMPARE(stage.session.calls.last(), u"cancelBackup"_s);
        stage.release();
        QVERIFY(!stage.isShown("backupStop"));
        QVERIFY(stage.isShown("backupNow"));
        QVERIFY(stage.isEnabled("backupPractise"));
        QVERIFY(stage.told().isEmpty()); // the sheet shows it
    }

    void sheetThatIsOpenedAgain_seesTheEnd_data()
    {
        QTest::addColumn<int>("trouble");
        QTest::newRow("whole") << int(TroubleCode::None);
        QTest::newRow("disk full") << int(TroubleCode::DiskFull);
    }
    void sheetThatIsOpenedAgain_seesTheEnd()
    {
        QFETCH(int, trouble);
        BackupStage stage;
        stage.session.failNext(TroubleCode(trouble));
        stage.begin();
        stage.escape("backupSheet");
        stage.open();
        QVERIFY(stage.isShown("backupStop"));
        stage.release();
        QVERIFY(!stage.isShown("backupStop"));
        QVERIFY(stage.isShown("backupNow"));
        QCOMPARE(stage.problem().startsWith(u"The disk is full."_s), trouble != int(TroubleCode::None));
        QVERIFY(stage.told().isEmpty());
    }

    void endThatNoSheetShows_isTold_data()
    {
        QTest::addColumn<int>("trouble");
        QTest::addColumn<QString>("told");
        QTest::newRow("whole") << int(TroubleCode::None) << u"The backup \u2068a.tacet\u2069 is written and was read back."_s;
        QTest::newRow("disk full") << int(TroubleCode::DiskFull)
                                   << u"The backup did not succeed. The disk is full. What you wrote is still here; make room and try again."_s;
        QTest::newRow("stopped by hand") << int(TroubleCode::Cancelled) << QString();
    }
    void endThatNoSheetShows_isTold()
    {
        QFETCH(int, trouble);
        QFETCH(QString, told);
        BackupStage stage;
        stage.session.failNext(TroubleCode(trouble));
        stage.begin();
        stage.escape("backupSheet");
        QVERIFY(stage.told().isEmpty());
        stage.release();
        QCOMPARE(stage.told(), told);
    }

    void checkThatIsClosed_isStopped()
    {
        BackupStage stage;
        stage.beginCheck();
        stage.escape("backupCheckSheet");
        QCOMPARE(stage.session.calls.last(), u"cancelBackup"_s);
        stage.release();

        stage.session.calls.clear();
        stage.beginCheck();
        stage.release();
        stage.escape("backupCheckSheet"); // it was done
        QVERIFY(!stage.session.calls.contains(u"cancelBackup"_s));
    }

    void anotherOne_isToldToWait()
    {
        BackupStage stage;
        stage.session.failNext(TroubleCode::BackupBusy);
        stage.begin();
        stage.release();
        QCOMPARE(stage.problem(), u"A backup is being written or checked. Wait for its end, or stop it."_s);
        QVERIFY(stage.isShown("backupStop")); // the one that runs
        stage.session.backup.running = false;
        Q_EMIT stage.session.backupEnded({true, u"/media/stick/a.tacet"_s, {}});
        settle();
        QVERIFY(stage.isShown("backupNow"));
        QVERIFY(stage.problem().isEmpty());
    }
};

TACET_TEST_UNIT("t_backup_sheet", TestBackupSheet)
#include "t_backup_sheet.moc"
