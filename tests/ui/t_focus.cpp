// Where the keys go when the control that had them is disabled or hidden: a click on Send, a new key in the middle of a
// word, Enter pressed twice while something is on its way.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/chat_page.h"
#include "ui/composer.h"
#include "ui/controls.h"
#include "ui/passphrase_field.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

namespace {

struct FocusStage : ActionStage {
    QWidget *focused() const { return window->focusWidget() ? window->focusWidget() : window.get(); }
    bool isButtonFocused() const { return qobject_cast<QAbstractButton *>(focused()) != nullptr; }
    /// As the keyboard does: each key goes to what has the focus by then.
    void type(const QString &letters)
    {
        for (const QChar letter : letters) {
            if (letter == u'\n')
                press(Qt::Key_Return);
            else
                QTest::keyClick(focused(), letter.toLatin1());
        }
    }
    void press(Qt::Key key)
    {
        QTest::keyClick(focused(), key);
        settle();
    }
    void changeKey()
    {
        session.summary(papa).trust = chat::Trust::KeyChanged;
        session.summary(papa).keyChangedMs = session.now;
        session.changeChat(papa);
        settle();
    }
    QString lastOf(const chat::ContactId &chat)
    {
        const auto &last = session.summary(chat).last;
        return last && last->own ? last->text : QString();
    }

    const chat::ContactId papa = session.idOf(u"Papa"_s);
};

} // namespace

class TestFocus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    // ---- Writing

    void wordsAfterAClickOnSend_goToTheSameContact_data()
    {
        QTest::addColumn<int>("width");
        QTest::newRow("one column") << 420;
        QTest::newRow("three") << 1280;
    }
    void wordsAfterAClickOnSend_goToTheSameContact()
    {
        QFETCH(int, width);
        FocusStage stage;
        stage.window->resize(width, 800);
        stage.openChat(u"Papa"_s);
        stage.type(u"one"_s);
        QTest::mouseClick(stage.find<QWidget>("send"), Qt::LeftButton);
        settle();
        QCOMPARE(stage.lastOf(stage.papa), u"one"_s);
        QVERIFY(stage.find<QWidget>("composerField")->hasFocus());
        stage.type(u"x y\n"_s);
        settle();
        QCOMPARE(stage.window->chatPage()->chat(), stage.papa);
        QCOMPARE(stage.lastOf(stage.papa), u"x y"_s);
        QCOMPARE(stage.session.calls.filter(u"sendText"_s).size(), 2);
    }

    void newKey_inTheMiddleOfAWord_isNotAnsweredByIt_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<bool>("away");
        for (const int width : {420, 1280}) {
            QTest::addRow("%d", width) << width << false;
            QTest::addRow("%d, in another program", width) << width << true;
        }
    }
    void newKey_inTheMiddleOfAWord_isNotAnsweredByIt()
    {
        QFETCH(int, width);
        QFETCH(bool, away);
        FocusStage stage;
        stage.window->resize(width, 800);
        stage.openChat(u"Papa"_s);
        stage.type(u"half a"_s);
        QWidget other;
        if (away) {
            other.show();
            other.activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(&other));
        }
        stage.changeKey();
        if (away) {
            stage.window->activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(stage.window.get()));
        }
        QVERIFY(!stage.isButtonFocused());
        stage.session.calls.clear();
        QSignalSpy compare(stage.window.get(), &MainWindow::safetyNumberRequested);
        for (const Qt::Key key : {Qt::Key_Space, Qt::Key_Return, Qt::Key_T, Qt::Key_Return})
            stage.press(key);
        QCOMPARE(compare.count(), 0);
        QVERIFY2(stage.session.calls.isEmpty(), qPrintable(stage.session.calls.join(u'|')));
        QVERIFY(!stage.window->isSheetOpen());
        QCOMPARE(stage.window->chatPage()->chat(), stage.papa);
        stage.press(Qt::Key_Tab); // and from there to what can be done
        QVERIFY(stage.isButtonFocused());
        stage.find<QWidget>("acceptNewKey")->setFocus(Qt::TabFocusReason);
        stage.press(Qt::Key_Return);
        stage.click("acceptKeyAct");
        settle();
        QVERIFY(stage.find<QWidget>("composerField")->hasFocus());
        stage.type(u" word\n"_s);
        settle();
        QCOMPARE(stage.lastOf(stage.papa), u"half a word"_s);
    }

    // ---- While something is on its way

    void passphrase_enteredTwice_opensNothingElse_data()
    {
        QTest::addColumn<bool>("byMouse");
        QTest::newRow("Enter") << false;
        QTest::newRow("button") << true;
    }
    void passphrase_enteredTwice_opensNothingElse()
    {
        QFETCH(bool, byMouse);
        FocusStage stage;
        session::ProfileStatus status = stage.session.profile();
        status.state = session::ProfileState::Locked;
        status.hasPassphrase = true;
        status.hasKeychain = false; // what comes next is "I forgot the passphrase"
        stage.session.setProfile(status);
        settle();
        stage.session.holdAnswers(true);
        stage.session.calls.clear();
        stage.type(u"wrong"_s);
        if (byMouse)
            QTest::mouseClick(stage.find<QWidget>("lockSubmit"), Qt::LeftButton);
        else
            stage.press(Qt::Key_Return);
        stage.type(u" more\n"_s);
        QCOMPARE(stage.session.calls, QStringList{u"unlock"_s});
        QVERIFY(!stage.find<QWidget>("lockScreen")->findChild<Sheet *>());
        auto *field = stage.find<PassphraseField>("lockPassphrase");
        QCOMPARE(field->text(), u"wrong"_s);
        QVERIFY(field->hasFocus());
        stage.session.release();
        settle();
        QVERIFY(stage.find<QWidget>("lockProblem")->isVisible());
        QVERIFY(field->hasFocus() && !field->isReadOnly());
    }

    void recoveryCode_enteredTwice_isAnswered()
    {
        FocusStage stage;
        stage.session.lock();
        settle();
        stage.click("lockForgot");
        stage.click("forgotCode");
        settle();
        stage.type(u"abcd"_s);
        stage.session.holdAnswers(true);
        stage.session.failNext(chat::TroubleCode::WrongPassphrase);
        stage.type(u"\n\n "_s);
        auto *sheet = stage.find<Sheet>("recoveryEntry");
        QVERIFY(sheet->isVisible());
        QCOMPARE(stage.session.calls.count(u"unlockWithRecoveryCode"_s), 1);
        stage.session.release();
        settle();
        QVERIFY(sheet->isVisible());
        QVERIFY(stage.find<QWidget>("recoveryEntryProblem")->isVisible());
        QCOMPARE(stage.focused()->objectName(), u"recoveryEntryField"_s);
    }

    void relay_enteredTwice_isAnswered_data()
    {
        QTest::addColumn<QByteArray>("button"); // empty: Enter
        QTest::newRow("Enter") << QByteArray();
        QTest::newRow("add") << QByteArray("addRelayAdd");
        QTest::newRow("own") << QByteArray("addRelayOwn");
    }
    void relay_enteredTwice_isAnswered()
    {
        QFETCH(QByteArray, button);
        FocusStage stage;
        stage.actions.showLedger();
        settle();
        stage.click("ledgerAdd");
        settle();
        auto *sheet = stage.find<Sheet>("addRelaySheet");
        stage.find<Field>("addRelayUrl")->setText(u"wss://relay.example"_s);
        stage.session.holdAnswers(true);
        stage.session.failNext(chat::TroubleCode::NoRelayReachable);
        if (button.isEmpty())
            stage.press(Qt::Key_Return);
        else
            QTest::mouseClick(stage.find<QWidget>(button.constData()), Qt::LeftButton);
        stage.type(u"\n "_s);
        QVERIFY(sheet->isVisible());
        stage.session.release();
        settle();
        QVERIFY(sheet->isVisible());
        QVERIFY(stage.find<QWidget>("addRelayProblem")->isVisible());
        QCOMPARE(stage.focused()->objectName(), u"addRelayUrl"_s);
    }

    void buttonOfASheet_pressedTwice_closesNothing()
    {
        FocusStage stage;
        stage.session.summary(stage.papa).trust = chat::Trust::NotCompared;
        stage.session.changeChat(stage.papa);
        stage.actions.showSafetyNumber(stage.papa);
        settle();
        auto *sheet = stage.find<Sheet>("safetySheet");
        auto *mark = stage.find<QAbstractButton>("safetyMark");
        stage.session.holdAnswers(true);
        stage.session.failNext(chat::TroubleCode::DiskFull);
        mark->setFocus(Qt::TabFocusReason);
        stage.type(u"\n"_s);
        QVERIFY(!mark->isEnabled());
        stage.type(u"\n "_s);
        QVERIFY(sheet->isVisible());
        stage.session.release();
        settle();
        QVERIFY(sheet->isVisible());
        stage.press(Qt::Key_Tab);
        QCOMPARE(stage.focused(), mark); // where one was, not at the first of the sheet
    }

    void newProfile_createdTwice_staysOnItsPage_data()
    {
        QTest::addColumn<bool>("byMouse");
        QTest::newRow("Enter") << false;
        QTest::newRow("button") << true;
    }
    void newProfile_createdTwice_staysOnItsPage()
    {
        QFETCH(bool, byMouse);
        FocusStage stage;
        session::ProfileStatus status = stage.session.profile();
        status.state = session::ProfileState::Absent;
        stage.session.setProfile(status);
        settle();
        stage.click("welcomeStart");
        stage.find<QLineEdit>("profileName")->setText(u"Mara"_s);
        auto *passphrase = stage.find<PassphraseField>("profilePassphrase");
        passphrase->setText(u"nine quiet herons at noon"_s);
        passphrase->setFocus(Qt::TabFocusReason);
        stage.session.holdAnswers(true);
        stage.session.failNext(chat::TroubleCode::DiskFull);
        if (byMouse)
            QTest::mouseClick(stage.find<QWidget>("profileCreate"), Qt::LeftButton);
        else
            stage.press(Qt::Key_Return);
        stage.type(u"\n x"_s);
        QVERIFY(stage.find<QWidget>("profilePage")->isVisible());
        QCOMPARE(passphrase->text(), u"nine quiet herons at noon"_s);
        QCOMPARE(stage.session.calls.filter(u"createProfile"_s).size(), 1);
        stage.session.release();
        settle();
        QVERIFY(stage.find<QWidget>("profilePage")->isVisible());
        QVERIFY(stage.find<QWidget>("profileProblem")->isVisible());
        QVERIFY(!passphrase->isReadOnly());
    }
};

TACET_TEST_UNIT("t_focus", TestFocus)
#include "t_focus.moc"
