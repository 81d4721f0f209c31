// What a screen reader says by itself, where it finds the focus, and what it is told of sheets and bars.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "tests/ui/heard.h"
#include "ui/backup_steps.h"
#include "ui/chat_column.h"
#include "ui/chat_page.h"
#include "ui/form.h"
#include "ui/message_sheets.h"
#include "ui/message_view.h"
#include "ui/onboarding_pages.h"
#include "ui/passphrase_sheet.h"
#include "ui/settings_sheets.h"
#include "ui/sheet.h"

#include <QAbstractButton>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPlainTextEdit>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

namespace {

/// The window of somebody who listens to it.
struct Listened : WindowStage {
    Listened() { (void)QTest::qWaitForWindowActive(window.get()); }
};

} // namespace

#define NEEDS_EARS()                                                                                                   \
    if (!Heard::possible())                                                                                            \
    QSKIP("skipped: nothing listens on this platform")

class TestAnnounced : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void message_thatArrivesInTheOpenChat_isSaid()
    {
        Listened stage;
        stage.openChat(u"Papa"_s);
        NEEDS_EARS();
        Heard heard;
        stage.session.receive(stage.session.idOf(u"Papa"_s), u"the boat is in"_s);
        QCOMPARE(heard.words.size(), 1);
        QVERIFY2(heard.any(u"the boat is in"_s), qPrintable(heard.words.join(u'|')));
        for (int i = 0; i < 40; ++i) // a row of them is one sentence
            stage.session.receive(stage.session.idOf(u"Papa"_s), u"number %1"_s.arg(i));
        QTRY_COMPARE(heard.words.size(), 2);
        QCOMPARE(heard.words.last(), u"40 new messages"_s);
        stage.session.receive(stage.session.idOf(u"Anouk Lefèvre"_s), u"elsewhere"_s);
        QVERIFY(!heard.any(u"elsewhere"_s));
    }

    void whatIsShownBesideTheFocus_isSaid()
    {
        Listened stage;
        stage.openChat(u"Ines Okafor"_s);
        NEEDS_EARS();
        Heard heard;
        stage.window->say(u"Copied."_s);
        QCOMPARE(heard.words, QStringList{u"Copied."_s});
        const auto ines = stage.session.idOf(u"Ines Okafor"_s);
        stage.session.summary(ines).trust = chat::Trust::KeyChanged;
        stage.session.changeChat(ines);
        QVERIFY(heard.any(u"key is new"_s));
        Problem problem(sharedLook(), u"problem"_s, stage.window.get());
        problem.say(u"That is not the passphrase."_s);
        QCOMPARE(heard.words.last(), u"That is not the passphrase."_s);
        problem.sayQuietly(u"Next try in 4 seconds."_s);
        QVERIFY(!heard.any(u"Next try"_s));
    }

    void newKeyOfAnotherChat_isSaid()
    {
        Listened stage;
        const auto ines = stage.session.idOf(u"Ines Okafor"_s);
        const auto papa = stage.session.idOf(u"Papa"_s);
        for (const auto &chat : {ines, papa})
            stage.session.summary(chat).trust = chat::Trust::KeyChanged;
        stage.session.changeChat(ines);
        stage.session.changeChat(papa);
        stage.openChat(u"Ines Okafor"_s);
        NEEDS_EARS();
        Heard heard;
        stage.openChat(u"Papa"_s);
        QCOMPARE(heard.words.filter(u"key is new"_s).size(), 1);
        QVERIFY(heard.any(u"Papa"_s));
        stage.session.changeChat(papa);
        QCOMPARE(heard.words.filter(u"key is new"_s).size(), 1);
        stage.session.summary(papa).keyChangedMs = stage.session.now - 3 * 24 * 3600 * 1000LL; // yet another one
        stage.session.changeChat(papa);
        QCOMPARE(heard.words.filter(u"key is new"_s).size(), 2);
    }

    void whatSheetsAnswerBesideTheFocus_isSaid()
    {
        ActionStage stage;
        (void)QTest::qWaitForWindowActive(stage.window.get());
        NEEDS_EARS();
        Heard heard;
        auto *check = new PassphraseSheet(stage.parts, *stage.window, u"Check"_s, {}, u"Check"_s,
            PassphraseSheet::Purpose::Enter, u"check"_s);
        check->open();
        check->showGood(u"Backup checked."_s);
        QVERIFY(heard.any(u"Backup checked."_s));
        check->dismiss();

        QStringList groups;
        for (int i = 0; i < 12; ++i)
            groups.append(u"KD%1-3PMV"_s.arg(10 + i));
        auto *code = new RecoverySheet(stage.parts, *stage.window, groups);
        code->open();
        stage.click("recoveryCopy");
        QVERIFY(heard.any(u"It leaves the clipboard"_s));
        QVERIFY(!heard.any(u"3PMV"_s));
        code->withdraw();

        stage.session.createInvitation(chat::InvitationKind::OneTime, u"Elif"_s, [](const auto &) { });
        settle();
        stage.actions.showInvitations();
        settle();
        const QByteArray copy = "invitationCopy_" + stage.session.invitationList.last().id.toHex().toLatin1();
        stage.click(copy.constData());
        QVERIFY(heard.any(u"Link copied."_s));
    }

    void linkThatIsOpened_saysWhoseItIsAndWhereItLeads()
    {
        ActionStage stage;
        (void)QTest::qWaitForWindowActive(stage.window.get());
        NEEDS_EARS();
        Heard heard;
        stage.session.preview.newHosts = {u"relay.example"_s};
        stage.actions.openLink(u"tacet:whatever"_s);
        settle();
        QCOMPARE(heard.words.size(), 1);
        QVERIFY(heard.any(u"Name not known yet"_s) && heard.any(u"From a link you opened"_s));
        QVERIFY(heard.any(u"relay.example"_s) && heard.any(u"never used"_s));
        stage.click("openLinkLookUp");
        settle();
        QCOMPARE(heard.words.size(), 2);
        QVERIFY2(heard.words.last().startsWith(u"Elif Demir"_s), qPrintable(heard.words.last()));
        QVERIFY(!heard.words.last().contains(u"relay.example"_s)); // agreed to
        stage.click("openLinkLookUp");
        settle();
        QCOMPARE(heard.words.size(), 2); // the same again
    }

    void restore_isSaidInQuarters()
    {
        ActionStage stage;
        (void)QTest::qWaitForWindowActive(stage.window.get());
        NEEDS_EARS();
        auto *page = new RestorePage(stage.parts);
        page->setParent(stage.window.get());
        page->show();
        page->setBusy(true);
        Heard heard;
        for (const auto step : {session::BackupStep::ReadingBack, session::BackupStep::Comparing}) {
            for (int done = 0; done <= 400; ++done)
                page->showStep(step, done, 400);
        }
        QCOMPARE(heard.words,
            (QStringList{u"Reading the backup… 0 %"_s, u"Reading the backup… 25 %"_s, u"Reading the backup… 50 %"_s,
                u"Reading the backup… 75 %"_s, u"Reading the backup… 100 %"_s, u"Comparing… 0 %"_s, u"Comparing… 25 %"_s,
                u"Comparing… 50 %"_s, u"Comparing… 75 %"_s, u"Comparing… 100 %"_s}));
    }

    void whatWasSaid_goesWithTheProfile()
    {
        Listened stage;
        stage.openChat(u"Papa"_s);
        NEEDS_EARS();
        Heard heard;
        stage.session.receive(stage.session.idOf(u"Papa"_s), u"a secret"_s);
        QVERIFY(heard.any(u"a secret"_s));
        stage.window->forgetProfile();
        for (const QWidget *widget : stage.window->findChildren<QWidget *>())
            QVERIFY(!widget->accessibleName().contains(u"a secret"_s));
    }

    void chatThatIsOpened_isSaid()
    {
        Listened stage;
        const auto ines = stage.session.idOf(u"Ines Okafor"_s);
        stage.openChat(u"Papa"_s);
        auto *field = stage.find<QWidget>("composerField");
        QCOMPARE(field->accessibleName(), u"Message to Papa"_s);
        stage.session.setUnread(ines, 2);
        stage.session.changeChat(ines);
        {
            Heard heard;
            stage.openChat(u"Ines Okafor"_s);
            QVERIFY(field->hasFocus()); // as before: the focus alone tells nothing
            if (Heard::possible()) {
                QVERIFY2(heard.words.value(0).startsWith(u"Ines Okafor, "_s), qPrintable(heard.words.join(u'|')));
                QVERIFY(heard.words.value(0).endsWith(u"2 new messages"_s));
            }
        }
        QCOMPARE(field->accessibleName(), u"Message to Ines Okafor"_s);
        stage.session.summary(ines).name = u"Ines O."_s;
        stage.session.changeChat(ines);
        QCOMPARE(field->accessibleName(), u"Message to Ines O."_s);
        stage.window->forgetProfile();
        QCOMPARE(field->accessibleName(), u"Message"_s);
    }

    void messageThatWasNotSent_isSaid()
    {
        Listened stage;
        const auto papa = stage.session.idOf(u"Papa"_s);
        const auto ines = stage.session.idOf(u"Ines Okafor"_s);
        const auto mine = stage.session.addMessage(papa, u"the boat is in"_s, stage.session.now, true, chat::MessageState::Queued);
        const auto other = stage.session.addMessage(ines, u"elsewhere"_s, stage.session.now, true, chat::MessageState::Queued);
        stage.openChat(u"Papa"_s);
        NEEDS_EARS();
        MessageView *view = stage.window->chatPage()->view();
        view->setFocus(Qt::TabFocusReason);
        view->setCurrentRow(view->model().rowOf(mine));
        settle();
        Heard heard;
        stage.session.setMessageState(other, chat::MessageState::Failed);
        QCOMPARE(heard.words, QStringList());
        stage.session.setMessageState(mine, chat::MessageState::Failed);
        QCOMPARE(heard.words.size(), 1);
        QVERIFY2(heard.any(u"Not sent: "_s) && heard.any(u"the boat is in"_s), qPrintable(heard.words.join(u'|')));
        QVERIFY2(heard.renamed.value(0).endsWith(u"not sent"_s), qPrintable(heard.renamed.join(u'|')));
        stage.session.setMessageState(mine, chat::MessageState::Failed); // the same again
        QCOMPARE(heard.words.size(), 1);
    }

    void focus_isToldWhereItIs()
    {
        Listened stage;
        stage.openChat(u"Ines Okafor"_s);
        NEEDS_EARS();
        Heard heard;
        stage.openChat(u"Papa"_s);
        const QString field = stage.find<QWidget>("composerField")->accessibleName();
        QCOMPARE(heard.focused.value(heard.focused.size() - 1, field), field);
        auto *search = stage.window->listColumn()->searchField();
        search->setFocus(Qt::TabFocusReason);
        search->insert(u"t"_s);
        settle();
        QCOMPARE(heard.focused.last(), search->accessibleName());
        search->clear();
        MessageView *view = stage.window->chatPage()->view();
        view->setFocus(Qt::TabFocusReason);
        settle();
        QCOMPARE(heard.focused.last(), view->spoken(view->count() - 1));
        QTest::keyClick(view, Qt::Key_Up); // goes by the bus first
        QTRY_COMPARE(heard.focused.last(), view->spoken(view->count() - 2));
        ChatListView *chats = stage.window->listColumn()->list();
        chats->setFocus(Qt::TabFocusReason);
        QTest::keyClick(chats, Qt::Key_Down);
        QTRY_VERIFY(heard.focused.last().startsWith(chats->currentIndex().data().toString()));
    }

    void focus_isToldOfTheNeighbourOfWhatWasDeleted()
    {
        Listened stage;
        stage.openChat(u"Ines Okafor"_s);
        NEEDS_EARS();
        MessageView *view = stage.window->chatPage()->view();
        view->setFocus(Qt::TabFocusReason);
        view->setCurrentRow(2);
        settle();
        Heard heard;
        const QString before = view->spoken(2);
        stage.session.removeMessage(view->model().at(2).id);
        settle();
        QVERIFY(view->spoken(2) != before);
        QCOMPARE(heard.focused.value(heard.focused.size() - 1), view->spoken(2));
        view->setCurrentRow(view->count() - 1);
        stage.session.removeMessage(view->model().at(view->count() - 1).id);
        settle();
        QCOMPARE(heard.focused.last(), view->spoken(view->count() - 1));
    }

    void sheets_areModalDialogs()
    {
        Listened stage;
        QAccessibleInterface *window = QAccessible::queryAccessibleInterface(stage.window.get());
        QCOMPARE(window->role(), QAccessible::Window);
        auto *question = new Question(sharedLook(), *stage.window, u"Delete this?"_s, u"It goes for good."_s, u"question"_s);
        question->setSafeAnswer(u"Cancel"_s);
        question->open();
        QAccessibleInterface *dialog = QAccessible::queryAccessibleInterface(question);
        QCOMPARE(dialog->role(), QAccessible::Dialog);
        QVERIFY(dialog->state().modal);
        QCOMPARE(dialog->text(QAccessible::Name), u"Delete this?"_s);
        QCOMPARE(dialog->text(QAccessible::Description), u"It goes for good."_s);
    }

    void backupSteps_areAProgressBar()
    {
        Listened stage;
        BackupSteps steps(sharedLook(), stage.window.get());
        static_cast<QWidget &>(steps).show();
        Heard heard;
        steps.show(session::BackupStep::Writing, 0, 200);
        QAccessibleInterface *bar = QAccessible::queryAccessibleInterface(&steps);
        QCOMPARE(bar->role(), QAccessible::ProgressBar);
        QVERIFY(bar->valueInterface());
        QCOMPARE(bar->valueInterface()->maximumValue().toInt(), 100);
        steps.show(session::BackupStep::Writing, 50, 200);
        steps.show(session::BackupStep::Writing, 50, 200);
        QCOMPARE(bar->valueInterface()->currentValue().toInt(), 25);
        steps.show(session::BackupStep::ReadingBack, 0, 0);
        NEEDS_EARS();
        QCOMPARE(heard.values, (QList<int>{25, 0}));
        QCOMPARE(heard.words, (QStringList{u"Step 1 of 4: Writing"_s, u"Step 2 of 4: Reading back"_s}));
    }

    void messages_sayTheirDayOnce()
    {
        Listened stage;
        stage.openChat(u"Ines Okafor"_s);
        MessageView *view = stage.window->chatPage()->view();
        QStringList spoken;
        for (int row = 0; row < view->count(); ++row)
            spoken.append(view->spoken(row));
        QCOMPARE(spoken.filter(u"Yesterday, "_s).size(), 1);
        QCOMPARE(spoken.filter(u"Today, "_s).size(), 1);
        QCOMPARE(spoken.filter(u"2 new messages, "_s).size(), 1);
    }

    void longMessages_areWholeInTheirDetails()
    {
        Listened stage;
        stage.openChat(u"Papa"_s);
        const QString text = u"See https://one.example/a and http://two.example. "_s + QString(2500, u'x') + u" THE END"_s;
        stage.session.receive(stage.session.idOf(u"Papa"_s), text);
        settle();
        MessageView *view = stage.window->chatPage()->view();
        const int row = view->count() - 1;
        QVERIFY(view->spoken(row).contains(u"Message details have all of it"_s)); // not cut without a word
        view->setFocus(Qt::TabFocusReason);
        view->setCurrentRow(row);
        QTest::keyClick(view, Qt::Key_Return);
        QTRY_VERIFY(stage.window->findChild<QPlainTextEdit *>(u"detailsText"_s));
        auto *whole = stage.find<QPlainTextEdit>("detailsText");
        QCOMPARE(whole->toPlainText(), text);
        QVERIFY(whole->textInteractionFlags() & Qt::TextSelectableByKeyboard);
        QVERIFY(whole->focusPolicy() & Qt::TabFocus);
        const auto buttons = stage.window->findChildren<QAbstractButton *>(u"detailsOpenAddress"_s);
        QCOMPARE(buttons.size(), 2);
        QVERIFY(buttons.at(0)->accessibleName().contains(u"one.example"_s));
        buttons.at(1)->click();
        settle();
        QVERIFY(stage.find<QWidget>("openAddressSheet")->isVisible());
    }

    void addresses_areInTheKeyboardsMenu()
    {
        Listened stage;
        stage.openChat(u"Papa"_s);
        stage.session.receive(stage.session.idOf(u"Papa"_s), u"look at https://example.org/page please"_s);
        settle();
        MessageView *view = stage.window->chatPage()->view();
        view->setFocus(Qt::TabFocusReason);
        view->setCurrentRow(view->count() - 1);
        QContextMenuEvent event(QContextMenuEvent::Keyboard, {}, {});
        QApplication::sendEvent(view->viewport(), &event);
        auto *menu = view->findChild<QMenu *>(u"messageMenu"_s);
        QVERIFY(menu);
        QStringList acts;
        for (const QAction *act : menu->actions())
            acts.append(act->objectName());
        QVERIFY2(acts.contains(u"openAddress"_s) && acts.contains(u"copyAddress"_s), qPrintable(acts.join(u' ')));
        menu->close();
    }
};

TACET_TEST_UNIT("t_announced", TestAnnounced)
#include "t_announced.moc"
