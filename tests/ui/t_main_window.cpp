// The window as a whole, by real key events: opening, writing, drafts, blocked lines, columns, focus.
#include "tests/support/unit_registry.h"
#include "tests/ui/window_stage.h"
#include "ui/banner.h"
#include "ui/chat_column.h"
#include "ui/chat_page.h"
#include "ui/composer.h"
#include "ui/message_view.h"
#include "ui/rail.h"
#include "ui/sheet.h"
#include "ui/toast.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

class TestMainWindow : public QObject {
    Q_OBJECT

private:
    static QWidget *focused() { return QApplication::focusWidget(); }

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void enter_sendsAndShiftEnterBreaksTheLine()
    {
        WindowStage stage;
        stage.openChat(u"Tomás Rivera"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QCOMPARE(focused(), edit);
        QTest::keyClicks(edit, u"Four floors"_s);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClicks(edit, u"are fine"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        settle();
        QVERIFY(stage.session.calls.contains(u"sendText Four floors\nare fine"_s));
        QVERIFY(edit->toPlainText().isEmpty());
        MessageView *view = stage.window->chatPage()->view();
        QCOMPARE(view->model().at(view->count() - 1).text, u"Four floors\nare fine"_s);
        QVERIFY(view->isAtEnd());
    }

    void ctrlEnter_sendsWhenChosen()
    {
        WindowStage stage;
        stage.window->setSendWithCtrlEnter(true);
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"a"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(edit->toPlainText(), u"a\n"_s);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(edit->toPlainText().isEmpty());
    }

    void emptyText_isNotSent()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"   "_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(stage.session.calls.filter(u"sendText"_s).isEmpty());
        QVERIFY(!stage.find<QAbstractButton>("send")->isEnabled());
    }

    void failedSend_givesTheWordsBack()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"precious words"_s);
        stage.session.failNext(chat::TroubleCode::DiskFull);
        QTest::keyClick(edit, Qt::Key_Return);
        settle();
        QCOMPARE(edit->toPlainText(), u"precious words"_s);
        QVERIFY(stage.window->chatPage()->toast()->isVisible());
        QVERIFY(!stage.window->chatPage()->toast()->sentence().isEmpty());
        // And they stay there, as every draft does.
        stage.openChat(u"Anouk Lefèvre"_s);
        stage.openChat(u"Papa"_s);
        QCOMPARE(edit->toPlainText(), u"precious words"_s);
    }

    void failedSend_givesTheWordsBack_beforeWhatWasBegunSince_data()
    {
        QTest::addColumn<bool>("leaves");
        QTest::newRow("in the chat") << false;
        QTest::newRow("in another chat") << true;
    }
    void failedSend_givesTheWordsBack_beforeWhatWasBegunSince()
    {
        QFETCH(bool, leaves);
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"precious words"_s);
        stage.session.holdAnswers(true);
        stage.session.failNext(chat::TroubleCode::DiskFull);
        QTest::keyClick(edit, Qt::Key_Return);
        QTest::keyClicks(edit, u"next"_s);
        if (leaves)
            stage.window->openChat(stage.session.idOf(u"Anouk Lefèvre"_s));
        stage.session.release();
        stage.session.holdAnswers(false);
        settle();
        stage.openChat(u"Anouk Lefèvre"_s);
        QCOMPARE(edit->toPlainText(), u"On se retrouve devant le kiosque à dix heures"_s);
        stage.openChat(u"Papa"_s);
        QCOMPARE(edit->toPlainText(), u"precious words\nnext"_s);
    }

    void failedSend_keepsTheDraftThatWasStored()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"precious words"_s);
        stage.window->saveDraft();
        settle();
        stage.session.holdAnswers(true);
        stage.session.failNext(chat::TroubleCode::DiskFull);
        QTest::keyClick(edit, Qt::Key_Return); // the computer stops here: the answer never comes
        QCOMPARE(stage.session.summary(stage.session.idOf(u"Papa"_s)).draft, u"precious words"_s);
    }

    void drafts_stayWithTheirChat()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"half a thought"_s);
        stage.openChat(u"Anouk Lefèvre"_s);
        QCOMPARE(stage.session.summary(stage.session.idOf(u"Papa"_s)).draft, u"half a thought"_s);
        QCOMPARE(edit->toPlainText(), u"On se retrouve devant le kiosque à dix heures"_s);
        stage.openChat(u"Papa"_s);
        QCOMPARE(edit->toPlainText(), u"half a thought"_s);
    }

    void draft_whoseFactIsOnItsWay_isNotOverwritten()
    {
        WindowStage stage;
        const auto papa = stage.session.idOf(u"Papa"_s);
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"old"_s);
        stage.window->saveDraft();
        settle();
        stage.session.holdAnswers(true); // the engine is busy
        QTest::keyClicks(edit, u" and new"_s);
        stage.window->openChat(stage.session.idOf(u"Anouk Lefèvre"_s));
        stage.window->openChat(papa);
        QCOMPARE(edit->toPlainText(), u"old and new"_s);
        QTest::keyClicks(edit, u"er"_s);
        stage.window->saveDraft();
        stage.session.release();
        settle();
        QCOMPARE(edit->toPlainText(), u"old and newer"_s);
        QCOMPARE(stage.session.summary(papa).draft, u"old and newer"_s);
    }

    void draft_thatWasSent_doesNotComeBack()
    {
        WindowStage stage;
        const auto papa = stage.session.idOf(u"Papa"_s);
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"once"_s);
        stage.window->saveDraft();
        settle();
        QCOMPARE(stage.session.summary(papa).draft, u"once"_s);
        stage.session.holdAnswers(true);
        QTest::keyClick(edit, Qt::Key_Return);
        stage.window->openChat(stage.session.idOf(u"Anouk Lefèvre"_s));
        stage.window->openChat(papa);
        QCOMPARE(edit->toPlainText(), QString());
        stage.session.release();
        settle();
        stage.session.holdAnswers(false);
        stage.openChat(u"Anouk Lefèvre"_s);
        stage.openChat(u"Papa"_s);
        QCOMPARE(edit->toPlainText(), QString());
    }

    void deleting_asksWithTheBeginningOfTheMessage()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        MessageView *view = stage.window->chatPage()->view();
        view->setFocus();
        view->setCurrentRow(view->count() - 1);
        const chat::MessageId meant = view->model().at(view->count() - 1).id;
        QTest::keyClick(view, Qt::Key_Delete);
        settle();
        const QString asked = stage.find<QWidget>("deleteMessage")->accessibleDescription();
        QVERIFY2(asked.startsWith(u"“\u2068Here’s the recipe I promised her."_s), qPrintable(asked));
        QVERIFY2(asked.contains(u"…\u2069”"_s) && !asked.contains(u"be kind"_s), qPrintable(asked));
        QTest::mouseClick(stage.find<QWidget>("deleteMessageAct"), Qt::LeftButton);
        settle();
        QVERIFY(stage.session.calls.contains(u"deleteForMe"_s));
        QVERIFY(view->model().rowOf(meant) < 0);
    }

    void deleting_saysWhoKeepsACopy_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("waits");
        QTest::newRow("read") << u"Papa"_s << false;
        QTest::newRow("on a relay") << u"Elif Demir"_s << false;
        QTest::newRow("received") << u"Ines Okafor"_s << false;
        QTest::newRow("waiting") << u"Jonas Weber"_s << true;
        QTest::newRow("not sent") << u"Wen Zhao"_s << true;
    }
    void deleting_saysWhoKeepsACopy()
    {
        QFETCH(QString, name);
        QFETCH(bool, waits);
        WindowStage stage;
        stage.openChat(name);
        MessageView *view = stage.window->chatPage()->view();
        view->setFocus();
        view->setCurrentRow(view->count() - 1);
        QTest::keyClick(view, Qt::Key_Delete);
        settle();
        const QString asked = stage.find<QWidget>("deleteMessage")->accessibleDescription();
        QVERIFY2(asked.contains(u"The other side keeps its copy"_s) == !waits, qPrintable(asked));
        QVERIFY2(asked.contains(u"it is not sent any more"_s) == waits, qPrintable(asked));
    }

    void hugePaste_isRefusedWithASentence()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"before "_s);
        QApplication::clipboard()->setText(QString(4 * 1024 * 1024, u'x'));
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(edit->toPlainText(), u"before "_s);
        QVERIFY(stage.window->chatPage()->toast()->isVisible());
        QApplication::clipboard()->setText(u"a little"_s);
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(edit->toPlainText(), u"before a little"_s);
    }

    void paste_thatReplacesWhatIsThere_isCountedWithoutIt()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        edit->setPlainText(QString(kComposerMaxBytes, u'x'));
        QApplication::clipboard()->setText(QString(kComposerMaxBytes - 1, u'y'));
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QVERIFY(edit->words().startsWith(u'x'));
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(edit->words(), QString(kComposerMaxBytes - 1, u'y'));
    }

    void noBreakSpaces_areSentAsTheyAre()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QApplication::clipboard()->setText(u"12\u00a0km\nà 10\u202fh\u00a0?"_s);
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(stage.session.calls.contains(u"sendText 12\u00a0km\nà 10\u202fh\u00a0?"_s));
    }

    void pastedMarkup_arrivesAsItsWords()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        auto *mime = new QMimeData;
        mime->setHtml(u"<b>bold</b><img src=http://x.example/a.png>"_s);
        mime->setText(u"bold"_s);
        QApplication::clipboard()->setMimeData(mime);
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(edit->toPlainText(), u"bold"_s);
        // Markup without words beside it is nothing that anybody wrote: it is left, and neither read nor drawn.
        const auto formats = edit->document()->allFormats();
        auto *onlyMarkup = new QMimeData;
        onlyMarkup->setData(u"text/html"_s, "<b>loud</b><img src=http://x.example/a.png>");
        QApplication::clipboard()->setMimeData(onlyMarkup);
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(edit->toPlainText(), u"bold"_s);
        QVERIFY(edit->document()->allFormats() == formats);
    }

    void composer_growsFromOneToEightLines()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        Composer *composer = stage.window->chatPage()->composer();
        const int one = composer->height();
        QVERIFY(one >= 60);
        composer->setText(u"a\nb\nc"_s);
        settle();
        const int three = composer->height();
        QVERIFY(three > one);
        composer->setText(u"a\n"_s.repeated(8));
        settle();
        const int eight = composer->height();
        composer->setText(u"a\n"_s.repeated(60));
        settle();
        QCOMPARE(composer->height(), eight);
        composer->clear();
        settle();
        QCOMPARE(composer->height(), one);
    }

    void newKey_blocksUntilAcceptedTwice()
    {
        WindowStage stage;
        stage.openChat(u"ليلى حدّاد"_s);
        QVERIFY(stage.find<Banner>("keyChangedBanner")->isVisible());
        QVERIFY(stage.window->chatPage()->composer()->isBlocked());
        QSignalSpy compare(stage.window.get(), &MainWindow::safetyNumberRequested);
        QTest::mouseClick(stage.find<QWidget>("compareNow"), Qt::LeftButton);
        QCOMPARE(compare.count(), 1);

        QTest::mouseClick(stage.find<QWidget>("acceptNewKey"), Qt::LeftButton);
        settle();
        // The default of the question is to leave things as they are: Enter changes nothing.
        QTest::keyClick(focused(), Qt::Key_Return);
        settle();
        QVERIFY(!stage.session.calls.contains(u"acceptNewKey"_s));
        QTest::mouseClick(stage.find<QWidget>("acceptNewKey"), Qt::LeftButton);
        settle();
        QTest::mouseClick(stage.find<QWidget>("acceptKeyAct"), Qt::LeftButton);
        settle();
        QVERIFY(stage.session.calls.contains(u"acceptNewKey"_s));
        QVERIFY(!stage.window->chatPage()->composer()->isBlocked());
        QVERIFY(!stage.find<Banner>("keyChangedBanner")->isVisible());
    }

    void request_showsNoTextUntilAccepted()
    {
        WindowStage stage;
        stage.openChat(u"Ragnhild Moe"_s);
        QVERIFY(stage.window->chatPage()->composer()->isBlocked());
        QTest::mouseClick(stage.find<QWidget>("acceptRequest"), Qt::LeftButton);
        settle();
        QVERIFY(!stage.window->chatPage()->composer()->isBlocked());
        QVERIFY(stage.session.calls.contains(u"acceptRequest"_s));
    }

    void opening_tellsTheSessionOnlyWhileInUse()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        QCOMPARE(stage.session.openChat, std::optional(stage.session.idOf(u"Papa"_s)));
        stage.window->chatPage()->setWindowActive(false);
        QVERIFY(!stage.session.openChatActive);
        stage.window->chatPage()->setWindowActive(true);
        QVERIFY(stage.session.openChatActive);
    }

    void narrow_showsOneColumnAndTheWayBack()
    {
        WindowStage stage(true, {420, 800});
        QVERIFY(stage.window->isOneColumn());
        QVERIFY(stage.window->listColumn()->isVisible());
        QVERIFY(stage.window->rail()->isVisible());
        QVERIFY(!stage.window->chatPage()->isVisible());
        stage.openChat(u"Papa"_s);
        QVERIFY(!stage.window->listColumn()->isVisible());
        QVERIFY(!stage.window->rail()->isVisible());
        QVERIFY(stage.window->chatPage()->isVisible());
        QTest::keyClick(focused(), Qt::Key_Escape);
        settle();
        QVERIFY(stage.window->listColumn()->isVisible());
        QVERIFY(!stage.session.openChat.has_value());
        stage.openChat(u"Papa"_s);
        QTest::mouseClick(stage.find<QWidget>("backToList"), Qt::LeftButton);
        settle();
        QVERIFY(stage.window->listColumn()->isVisible());
    }

    void escape_leavesTheSettings()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *pages = new QWidget;
        stage.window->setSettings(pages, new QWidget);
        stage.window->openSettings();
        settle();
        QVERIFY(pages->isVisible());
        QTest::keyClick(stage.window.get(), Qt::Key_Escape);
        settle();
        QVERIFY(!pages->isVisible());
        QVERIFY(stage.window->listColumn()->isVisible());
        QVERIFY(stage.window->chatPage()->isVisible());
    }

    void widths_keepColumnsInTheirLimits_data()
    {
        QTest::addColumn<int>("width");
        for (const int width : {680, 800, 1059, 1060, 1600})
            QTest::addRow("%d", width) << width;
    }
    void widths_keepColumnsInTheirLimits()
    {
        QFETCH(int, width);
        WindowStage stage(true, {width, 720});
        stage.openChat(u"Ines Okafor"_s);
        QCOMPARE(stage.window->width(), width);
        const int list = stage.window->listColumn()->width();
        QVERIFY2(list >= 264 && list <= 420, qPrintable(QString::number(list)));
        QVERIFY(stage.window->chatPage()->width() >= 356);
        QCOMPARE(stage.window->rail()->width(), 60);
    }

    void layout_isRemembered()
    {
        QByteArray state;
        {
            WindowStage stage(true, {790, 700}); // no wider than the screen of the offscreen platform
            state = stage.window->saveLayout();
        }
        WindowStage stage(true, {700, 600});
        QVERIFY(stage.window->restoreLayout(state));
        settle();
        QCOMPARE(stage.window->size(), QSize(790, 700));
        QVERIFY(!stage.window->restoreLayout(QByteArray("nonsense")));
        QVERIFY(!stage.window->restoreLayout(state.left(9)));
    }

    void shortcuts_reachEverything()
    {
        WindowStage stage;
        QWidget *window = stage.window.get();
        QSignalSpy invite(stage.window.get(), &MainWindow::inviteRequested);
        QSignalSpy lock(stage.window.get(), &MainWindow::lockRequested);
        QSignalSpy ledger(stage.window.get(), &MainWindow::ledgerRequested);
        QSignalSpy quit(stage.window.get(), &MainWindow::quitRequested);
        QTest::keyClick(window, Qt::Key_K, Qt::ControlModifier);
        QCOMPARE(focused()->objectName(), u"chatSearch"_s);
        QTest::keyClick(focused(), Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(invite.count(), 1);
        QTest::keyClick(focused(), Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(ledger.count(), 1);
        QTest::keyClick(focused(), Qt::Key_Down, Qt::AltModifier);
        settle();
        QCOMPARE(stage.window->chatPage()->chat(), stage.session.idOf(u"Ines Okafor"_s));
        QTest::keyClick(focused(), Qt::Key_Tab, Qt::ControlModifier);
        settle();
        QCOMPARE(stage.window->chatPage()->chat(), stage.session.idOf(u"ليلى حدّاد"_s)); // the next unread one
        QTest::keyClick(focused(), Qt::Key_1, Qt::ControlModifier);
        settle();
        QCOMPARE(stage.window->chatPage()->chat(), stage.session.idOf(u"Ines Okafor"_s));
        QTest::keyClick(focused(), Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        settle();
        QVERIFY(stage.session.summary(stage.session.idOf(u"Ines Okafor"_s)).muted);
        QTest::keyClick(focused(), Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(lock.count(), 1);
        QTest::keyClick(focused(), Qt::Key_Q, Qt::ControlModifier);
        QCOMPARE(quit.count(), 1);
        QTest::keyClick(focused(), Qt::Key_Slash, Qt::ControlModifier);
        settle();
        auto *keys = stage.find<Sheet>("keysSheet");
        QVERIFY(keys->isVisible());
        // While a sheet is open, its window's shortcuts sleep.
        QTest::keyClick(focused(), Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(lock.count(), 1);
    }

    void f6_goesRoundTheRegions()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        QStringList visited;
        for (int i = 0; i < 5; ++i) {
            QTest::keyClick(focused(), Qt::Key_F6);
            visited.append(focused()->objectName());
        }
        QCOMPARE(visited,
            (QStringList{u"railChats"_s, u"chatList"_s, u"headerSafetyNumber"_s, u"messages"_s, u"composerField"_s}));
        QTest::keyClick(focused(), Qt::Key_F6, Qt::ShiftModifier);
        QCOMPARE(focused()->objectName(), u"messages"_s);
    }

    void sheet_holdsTheFocusAndGivesItBack()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        QWidget *before = focused();
        auto *question = new Question(sharedLook(), *stage.window, u"Sure?"_s, u"Think."_s, u"q"_s);
        question->addAct(u"Do it"_s, ButtonKind::Danger, u"doIt"_s);
        question->setSafeAnswer(u"Cancel"_s);
        QSignalSpy closed(question, &Sheet::closed);
        QSignalSpy taken(question, &Question::taken);
        question->open();
        settle();
        QCOMPARE(focused()->objectName(), u"qSafe"_s);
        QStringList round;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(focused(), Qt::Key_Tab);
            QVERIFY(question->isAncestorOf(focused()));
            round.append(focused()->objectName());
        }
        QVERIFY(round.contains(u"doIt"_s) && round.contains(u"qSafe"_s) && round.contains(u"qClose"_s));
        QTest::keyClick(focused(), Qt::Key_Escape);
        settle();
        QCOMPARE(closed.count(), 1);
        QCOMPARE(taken.count(), 0);
        QCOMPARE(focused(), before);
    }

    void forgettingTheProfile_leavesNothingInWidgets()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        QTest::keyClicks(edit, u"secret"_s);
        stage.window->forgetProfile();
        QVERIFY(edit->toPlainText().isEmpty());
        QCOMPARE(stage.window->chats().rowCount(), 0);
        QCOMPARE(stage.window->chatPage()->view()->count(), 0);
        QVERIFY(!edit->document()->isUndoAvailable());
        QCOMPARE(stage.window->windowTitle(), u"Tacet"_s);
    }

    void offline_isSaidOnce()
    {
        WindowStage stage;
        stage.openChat(u"Papa"_s);
        auto *banner = stage.find<Banner>("offlineBanner");
        QVERIFY(!banner->isVisible());
        for (chat::RelayInfo relay : stage.session.relayList) {
            relay.condition = chat::RelayCondition::Unreachable;
            stage.session.announce(chat::RelayChanged{relay});
        }
        QVERIFY(banner->isVisible());
        QVERIFY(stage.find<QWidget>("railRelays")->accessibleName().contains(u"none answers"_s));
        chat::RelayInfo back = stage.session.relayList.first();
        back.condition = chat::RelayCondition::Connected;
        stage.session.announce(chat::RelayChanged{back});
        QVERIFY(!banner->isVisible());
    }

    void theme_changesLive()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        const QColor light = stage.window->grab().toImage().pixelColor(stage.window->width() - 40, 200);
        sharedLook().setChoice(ThemeChoice::Dark);
        settle();
        const QColor dark = stage.window->grab().toImage().pixelColor(stage.window->width() - 40, 200);
        QVERIFY(light.lightness() > 200);
        QVERIFY(dark.lightness() < 60);
    }
};

TACET_TEST_UNIT("t_main_window", TestMainWindow)
#include "t_main_window.moc"
