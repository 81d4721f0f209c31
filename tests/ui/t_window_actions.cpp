// What stands around the chats: settings, and what is left once the profile is locked. It locks by
// itself, at any moment: while somebody types, with a menu open, in the middle of a file dialog.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/chat_page.h"
#include "ui/closing.h"
#include "ui/composer.h"
#include "ui/controls.h"
#include "ui/message_view.h"
#include "ui/settings_store.h"
#include "ui/toast.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QTest>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

class TestWindowActions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    // ---- Locking with something open

    void locking_whileAFileDialogIsOpen_closesIt_data()
    {
        QTest::addColumn<QByteArray>("button");
        for (const char *button : {"backupWhere", "inviteSaveImage", "disclosureSave"})
            QTest::newRow(button) << QByteArray(button);
    }
    void locking_whileAFileDialogIsOpen_closesIt()
    {
        QFETCH(QByteArray, button);
        ActionStage stage;
        if (button.startsWith("backup"))
            stage.actions.showBackup();
        else if (button.startsWith("invite"))
            stage.actions.showInvite();
        else
            stage.actions.showDisclosure();
        settle();
        QTimer::singleShot(0, stage.window.get(), [&] { stage.click(button.constData()); });
        settle();
        QCOMPARE(stage.files.asked, 1);
        QCOMPARE(stage.files.closedByOthers, 1);
        QVERIFY(stage.isLocked());
    }

    void locking_whileAFileDialogOfAMenuIsOpen_closesIt()
    {
        ActionStage stage;
        stage.actions.showOpenLink({});
        settle();
        stage.click("openLinkScan");
        QPointer<QWidget> menu = QApplication::activePopupWidget();
        QVERIFY(menu);
        QTest::keyClick(menu, Qt::Key_Down);
        QTest::keyClick(menu, Qt::Key_Return);
        settle();
        QCOMPARE(stage.files.asked, 1);
        QCOMPARE(stage.files.closedByOthers, 1);
        QVERIFY(stage.isLocked());
        QVERIFY(!menu);
    }

    void locking_whileAMenuIsOpen_closesIt_data()
    {
        QTest::addColumn<QByteArray>("button");
        for (const char *button : {"inviteForm", "openLinkScan", "headerMore"})
            QTest::newRow(button) << QByteArray(button);
    }
    void locking_whileAMenuIsOpen_closesIt()
    {
        QFETCH(QByteArray, button);
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        if (button.startsWith("invite"))
            stage.actions.showInvite();
        else if (button.startsWith("open"))
            stage.actions.showOpenLink({});
        settle();
        QTimer::singleShot(0, stage.window.get(), [&] { stage.click(button.constData()); });
        QTimer::singleShot(1, stage.window.get(), [&] { stage.session.lock(); });
        QTRY_VERIFY(stage.isLocked());
        settle();
        QVERIFY(!QApplication::activePopupWidget());
    }

    void locking_whileTheMenuOfAMessageIsOpen_closesIt()
    {
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        MessageView *view = stage.window->chatPage()->view();
        view->menuFor(view->count() - 1, QUrl(u"https://example.org/"_s))->popup(view->mapToGlobal(QPoint(5, 5)));
        QVERIFY(QApplication::activePopupWidget());
        stage.session.lock();
        settle();
        QVERIFY(!QApplication::activePopupWidget());
    }

    void unlocking_whileTheMenuOfThePassphraseIsOpen_closesIt()
    {
        ActionStage stage;
        stage.session.lock();
        settle();
        auto *field = stage.find<QWidget>("lockPassphrase");
        QTimer::singleShot(0, stage.window.get(), [&] {
            QContextMenuEvent menu(QContextMenuEvent::Keyboard, {5, 5}, field->mapToGlobal(QPoint(5, 5)));
            QApplication::sendEvent(field, &menu);
        });
        QTimer::singleShot(1, stage.window.get(), [&] { stage.unlock(); });
        QTRY_VERIFY(stage.window->isShowingChats());
        settle();
        QVERIFY(!QApplication::activePopupWidget());
    }

    void choice_takesWhatIsChosenInItsMenu()
    {
        ActionStage stage;
        stage.actions.showInvite();
        settle();
        auto *form = stage.find<Choice>("inviteForm");
        const QVariant before = form->current();
        form->click();
        QPointer<QWidget> menu = QApplication::activePopupWidget();
        QVERIFY(menu);
        QTest::keyClick(menu, Qt::Key_Up);
        QTest::keyClick(menu, Qt::Key_Return);
        settle();
        QVERIFY(form->current() != before);
        QVERIFY(!menu);
    }

    // ---- What was being typed

    void locking_keepsWhatWasTyped_data()
    {
        QTest::addColumn<bool>("byTray");
        QTest::newRow("Ctrl+L") << false;
        QTest::newRow("tray") << true;
    }
    void locking_keepsWhatWasTyped()
    {
        QFETCH(bool, byTray);
        ActionStage stage;
        SilentTray tray;
        Closing closing(stage.parts, *stage.window, tray);
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"half a thought"_s);
        if (byTray)
            Q_EMIT tray.lockRequested();
        else
            QTest::keyClick(edit, Qt::Key_L, Qt::ControlModifier);
        settle();
        // After the lock the engine would answer "locked": the draft has to be there before.
        const qsizetype draft = stage.session.calls.indexOf(u"setDraft half a thought"_s);
        QVERIFY(draft >= 0);
        QCOMPARE(stage.session.calls.count(u"lock"_s), 1);
        QVERIFY(draft < stage.session.calls.indexOf(u"lock"_s));
    }

    void sending_thatTheLockOvertook_keepsNoWord()
    {
        ActionStage stage;
        const auto papa = stage.session.idOf(u"Papa"_s);
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"secret"_s);
        stage.window->saveDraft(); // as every lock begins
        settle();
        stage.session.holdAnswers(true);
        stage.session.failNext(chat::TroubleCode::Locked);
        QTest::keyClick(edit, Qt::Key_Return);
        stage.session.lock();
        stage.session.calls.clear();
        stage.session.release();
        settle();
        QCOMPARE(stage.session.calls, QStringList()); // nothing was left of it to be written
        QVERIFY(stage.window->chatPage()->toast()->sentence().isEmpty());
        stage.session.holdAnswers(false);
        stage.session.summary(papa).draft = u"as it is in the vault"_s;
        stage.unlock();
        stage.openChat(u"Papa"_s);
        QCOMPARE(edit->toPlainText(), u"as it is in the vault"_s);
    }

    // ---- At once

    void locking_showsTheLockBeforeTheVaultIsClosed()
    {
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        stage.session.holdAnswers(true); // the engine is busy
        stage.session.lockIsSlow = true;
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"half a thought"_s);
        QTest::keyClick(edit, Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(stage.session.profile().state, session::ProfileState::Open);
        const QPointer<LockScreen> shown = stage.window->findChild<LockScreen *>();
        QVERIFY(shown && shown->isVisible());
        const qsizetype draft = stage.session.calls.indexOf(u"setDraft half a thought"_s);
        QVERIFY(draft >= 0 && draft < stage.session.calls.indexOf(u"lock"_s));

        // What the engine still tells opens nothing, and is gone when it has closed.
        const chat::ContactId papa = stage.session.idOf(u"Papa"_s);
        stage.session.setProfile(stage.session.profile());
        stage.session.announce(
            chat::Noticed{static_cast<int>(chat::TroubleCode::NewHost), u"elsewhere.example"_s, papa});
        stage.session.changeChat(papa);
        QVERIFY(shown->isVisible());
        QVERIFY(!stage.window->isSheetOpen());
        Q_EMIT stage.window->lockRequested(); // the screen locks too
        stage.session.release();
        settle();
        QCOMPARE(stage.window->findChildren<LockScreen *>(), QList<LockScreen *>{shown});
        const QStringList left = stage.spokenAnywhere({u"Papa"_s, u"half a thought"_s, u"elsewhere.example"_s});
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
        stage.session.holdAnswers(false);
        stage.unlock();
        QVERIFY(stage.window->isShowingChats());
        QVERIFY(!stage.isLocked());
    }

    void lockThatTakesTheQuestionAway_isNoAnswerToIt()
    {
        ActionStage stage;
        SilentTray tray(false);
        Closing closing(stage.parts, *stage.window, tray);
        stage.window->close();
        settle();
        QVERIFY(stage.find<QWidget>("closeQuestion")->isVisible());
        Q_EMIT stage.window->lockRequested();
        settle();
        QVERIFY(stage.isLocked());
        QVERIFY(stage.window->isVisible());
        QVERIFY(!stage.session.calls.contains(u"changeSettings"_s));
        stage.unlock();
        stage.window->close(); // Esc is one
        settle();
        QTest::keyClick(stage.find<QWidget>("closeQuestion"), Qt::Key_Escape);
        settle();
        QVERIFY(!stage.window->isVisible());
        QVERIFY(stage.session.currentSettings.trayAsked && stage.session.currentSettings.keepInTray);
    }

    // ---- What is left afterwards

    void locking_leavesNoWordInAnyWidget_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("a chat") << u"Ines Okafor"_s;
        QTest::newRow("a new key") << u"ليلى حدّاد"_s;
        QTest::newRow("a request") << u"Ragnhild Moe"_s;
    }
    void locking_leavesNoWordInAnyWidget()
    {
        QFETCH(QString, name);
        ActionStage stage;
        stage.openChat(name);
        stage.window->say(name);
        const QStringList words{name, stage.session.currentSettings.displayName};
        QVERIFY(!stage.spokenAnywhere({name}).isEmpty());
        stage.session.lock();
        settle();
        const QStringList left = stage.spokenAnywhere(words);
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
        QVERIFY(stage.window->chatPage()->view()->model().name().isEmpty());
    }

    void locking_forgetsWhatWasLookedFor_data()
    {
        QTest::addColumn<bool>("cleared");
        QTest::newRow("while it is searched") << false;
        QTest::newRow("cleared before") << true;
    }
    void locking_forgetsWhatWasLookedFor()
    {
        QFETCH(bool, cleared);
        ActionStage stage;
        auto *search = stage.find<QLineEdit>("chatSearch");
        QTest::keyClicks(search, u"zebulon"_s);
        settle();
        QVERIFY(!stage.spokenAnywhere({u"zebulon"_s}).isEmpty());
        if (cleared)
            search->clear();
        stage.session.lock();
        settle();
        const QStringList left = stage.spokenAnywhere({u"zebulon"_s});
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
        search->undo();
        QVERIFY(search->text().isEmpty());
    }

    void onionAddress_isShownWhileUnlockedAlone()
    {
        ActionStage stage;
        session::ProfileStatus status = stage.session.profile();
        status.state = session::ProfileState::Locked;
        stage.session.setProfile(status); // as at the start
        settle();
        chat::RelayInfo onion;
        onion.host = QString(56, u'q') + u".onion"_s;
        onion.url = u"ws://"_s + onion.host;
        onion.own = true;
        onion.thisComputer = true;
        stage.session.relayList.append(onion);
        auto *publish = stage.find<QWidget>("settingsOnion");
        stage.unlock();
        QVERIFY(publish->isHidden());
        QVERIFY(!stage.spokenAnywhere({onion.host}).isEmpty());
        stage.session.lock();
        settle();
        const QStringList left = stage.spokenAnywhere({onion.host});
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));

        stage.session.relayList.removeLast();
        stage.unlock();
        QVERIFY(!publish->isHidden());
        stage.session.relayList.append(onion); // published, but not from this page
        stage.session.announce(chat::RelayChanged{onion});
        settle();
        QVERIFY(publish->isHidden());
        stage.session.relayList.removeLast();
        stage.session.announce(chat::RelayRemoved{onion.url});
        settle();
        QVERIFY(!publish->isHidden());
    }

    void tray_isToldOfChangesAlone()
    {
        ActionStage stage;
        SilentTray tray;
        Closing closing(stage.parts, *stage.window, tray);
        const chat::ContactId papa = stage.session.idOf(u"Papa"_s);
        stage.session.receive(papa, u"one"_s);
        settle();
        const int told = tray.told;
        for (int i = 0; i < 20; ++i)
            stage.session.receive(papa, u"one more"_s);
        settle();
        QCOMPARE(tray.told, told);
        stage.session.lock();
        settle();
        QCOMPARE(tray.told, told + 1);
    }

    void lockScreen_thatIsShownStays()
    {
        ActionStage stage;
        stage.session.lock();
        settle();
        const QPointer<LockScreen> shown = stage.window->findChild<LockScreen *>();
        session::ProfileStatus status = stage.session.profile();
        status.hasKeychain = status.keychainAvailable = true;
        stage.session.setProfile(status);
        settle();
        QCOMPARE(stage.window->findChildren<LockScreen *>(), QList<LockScreen *>{shown});

        // At the start of the program the keychain is asked before the profile is announced.
        stage.session.failNext(chat::TroubleCode::KeychainGone);
        stage.actions.tryKeychain();
        stage.session.setProfile(status);
        settle();
        QVERIFY(stage.find<QWidget>("lockProblem")->isVisible());

        stage.unlock();
        stage.session.lock();
        settle();
        QCOMPARE(stage.window->findChildren<LockScreen *>().size(), 1);
        QVERIFY(!shown);
    }

    // ---- Settings

    void sheet_whoseFocusedButtonGoes_keepsTheKeyboard()
    {
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        stage.window->activateWindow();
        const QPointer<Question> question
            = new Question(sharedLook(), stage.window->sheetHost(), u"Well?"_s, u"Words"_s, u"well"_s);
        question->setSafeAnswer(u"No"_s);
        question->addAct(u"Yes"_s, ButtonKind::Secondary, u"wellYes"_s);
        question->open();
        settle();
        auto *yes = stage.find<Button>("wellYes");
        yes->setFocus();
        yes->hide();
        settle();
        QVERIFY(question->isAncestorOf(QApplication::focusWidget()));
        stage.find<Button>("wellSafe")->setEnabled(false);
        settle();
        QVERIFY(question->isAncestorOf(QApplication::focusWidget()));
        stage.window->chatPage()->takeFocus(); // whoever takes it away
        settle();
        QVERIFY(question->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        settle();
        QVERIFY(!question || !question->isVisible()); // deleted, when its turn came
    }

    void settings_changedBeforeTheyWereRead_keepTheRest()
    {
        FakeSession session;
        session.currentSettings.proxy = u"tor"_s;
        session.currentSettings.displayName = u"Mara"_s;
        const bool typing = session.currentSettings.typing;
        session.holdAnswers(true); // the engine is busy
        SettingsStore store(session);
        store.change([](chat::Settings &settings) { settings.typing = !settings.typing; });
        session.release();
        session.release();
        QCOMPARE(session.currentSettings.typing, !typing);
        QCOMPARE(session.currentSettings.proxy, u"tor"_s);
        QCOMPARE(session.currentSettings.displayName, u"Mara"_s);

        // A new passphrase, the keychain switched on: the same profile.
        session.setProfile(session.profile());
        QCOMPARE(store.now().displayName, u"Mara"_s);
        store.change([](chat::Settings &settings) { settings.readReceipts = !settings.readReceipts; });
        session.release();
        QCOMPARE(session.currentSettings.proxy, u"tor"_s);
        QCOMPARE(store.now().proxy, u"tor"_s);
        session.lock();
        QVERIFY(store.now().displayName.isEmpty());
    }

    // ---- Links from outside

    void linkToANewHost_isNotAgreedToByTyping_data()
    {
        QTest::addColumn<int>("key");
        QTest::newRow("Enter") << int(Qt::Key_Return);
        QTest::newRow("space") << int(Qt::Key_Space);
    }
    void linkToANewHost_isNotAgreedToByTyping()
    {
        QFETCH(int, key);
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        stage.session.preview.newHosts = {u"relay.example"_s};
        stage.actions.openLink(u"tacet:whatever"_s);
        settle();
        QTest::keyClick(QApplication::focusWidget(), static_cast<Qt::Key>(key));
        settle();
        QVERIFY(stage.session.calls.filter(u"startChat"_s).isEmpty());
        QVERIFY(stage.session.calls.filter(u"fetchLink"_s).isEmpty());
    }

    void linkFromOutside_startsNoChatByTyping_data()
    {
        QTest::addColumn<int>("answers"); // that came before the key: contacts, the link, the name behind it
        QTest::addColumn<int>("key");
        for (const int answers : {0, 2, 3}) {
            QTest::addRow("Enter after %d", answers) << answers << int(Qt::Key_Return);
            QTest::addRow("space after %d", answers) << answers << int(Qt::Key_Space);
        }
    }
    void linkFromOutside_startsNoChatByTyping()
    {
        QFETCH(int, answers);
        QFETCH(int, key);
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        stage.session.holdAnswers(true);
        stage.actions.openLink(u"tacet:whatever"_s);
        stage.session.release(answers);
        settle();
        QCOMPARE(stage.session.calls.filter(u"fetchLink"_s).size(), answers > 0 ? 1 : 0); // its host is known
        QCOMPARE(QApplication::focusWidget()->objectName(), u"openLinkNotNow"_s);
        QTest::keyClick(QApplication::focusWidget(), static_cast<Qt::Key>(key));
        stage.session.release();
        settle();
        QVERIFY(stage.session.calls.filter(u"startChat"_s).isEmpty());
        QVERIFY(!stage.window->findChild<QWidget *>(u"openLinkSheet"_s));
    }

    void linkFromOutside_leavesTheFocusWhereItIs()
    {
        ActionStage stage;
        stage.session.holdAnswers(true);
        stage.actions.openLink(u"tacet:whatever"_s);
        stage.session.release(2);
        auto *close = stage.find<QWidget>("openLinkSheetClose");
        close->setFocus(Qt::TabFocusReason);
        stage.session.release(); // the name
        settle();
        QVERIFY(close->hasFocus());
        QVERIFY(stage.find<QAbstractButton>("openLinkStart")->isEnabled());
    }

    void linkThatIsPasted_isReadyToStart()
    {
        ActionStage stage;
        Q_EMIT stage.window->openLinkRequested();
        settle();
        auto *field = stage.find<Field>("openLinkField");
        QVERIFY(field->hasFocus());
        field->setText(u"tacet:whatever"_s);
        settle();
        QCOMPARE(QApplication::focusWidget()->objectName(), u"openLinkStart"_s);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        settle();
        QCOMPARE(stage.session.calls.filter(u"startChat"_s).size(), 1);
    }
};

TACET_TEST_UNIT("t_window_actions", TestWindowActions)
#include "t_window_actions.moc"
