// What counts as read: only what is in view, while the window is in use.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/chat_page.h"
#include "ui/message_view.h"
#include "ui/sheet.h"

#include <QPointer>
#include <QScrollBar>
#include <QTest>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

class TestReading : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void scrolledUp_whatArrivesIsNotRead()
    {
        ActionStage stage;
        const chat::ContactId papa = stage.session.idOf(u"Papa"_s);
        for (int i = 0; i < 60; ++i)
            stage.session.receive(papa, u"line %1"_s.arg(i));
        stage.openChat(u"Papa"_s);
        stage.window->chatPage()->setWindowActive(true);
        auto *view = stage.window->findChild<MessageView *>();
        view->scrollToEnd();
        settle();
        QVERIFY(stage.session.openChatActive);
        view->verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMinimum);
        settle();
        QVERIFY(!view->isAtEnd());
        QVERIFY(!stage.session.openChatActive);
        view->scrollToEnd();
        settle();
        QVERIFY(stage.session.openChatActive);
    }

    void settingsOverAChat_areNotReadingIt_data()
    {
        QTest::addColumn<int>("width");
        QTest::newRow("columns") << 1080;
        QTest::newRow("one column") << 420;
    }
    void settingsOverAChat_areNotReadingIt()
    {
        QFETCH(int, width);
        ActionStage stage;
        stage.window->resize(width, 720);
        stage.openChat(u"Papa"_s);
        stage.window->chatPage()->setWindowActive(true);
        QVERIFY(stage.session.openChatActive);
        stage.window->openSettings();
        settle();
        QVERIFY(!stage.session.openChatActive);
        QVERIFY(!stage.actions.viewedChat());
        // Another chat opens instead: at no moment did the one behind the settings count as read.
        const chat::ContactId papa = stage.session.idOf(u"Papa"_s);
        stage.session.receive(papa, u"unseen"_s);
        stage.session.setUnread(papa, 1);
        stage.session.changeChat(papa);
        stage.openChat(u"Anouk Lefèvre"_s);
        QCOMPARE(stage.session.summary(papa).unread, 1);
        QVERIFY(stage.session.openChatActive);
        stage.openChat(u"Papa"_s);
        QCOMPARE(stage.session.summary(papa).unread, 0);
    }

    void sheetOverAChat_isNotReadingIt()
    {
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        stage.window->chatPage()->setWindowActive(true);
        stage.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage.window.get()));
        const chat::ContactId papa = stage.session.idOf(u"Papa"_s);
        QVERIFY(stage.session.openChatActive);
        QVERIFY(stage.actions.viewedChat() == papa);

        const auto ask = [&] {
            auto *question = new Question(sharedLook(), stage.window->sheetHost(), u"Well?"_s, u"Words"_s, u"well"_s);
            question->open();
            return question;
        };
        QPointer<Question> over = ask();
        QVERIFY(!stage.session.openChatActive);
        QVERIFY(!stage.actions.viewedChat());
        stage.session.receive(papa, u"unseen"_s);
        QCOMPARE(stage.session.summary(papa).unread, 1);
        over->dismiss();
        over = ask(); // one led to the other: between them nothing was read
        settle();
        QVERIFY(!stage.session.openChatActive);
        QCOMPARE(stage.session.summary(papa).unread, 1);
        over->dismiss();
        settle();
        QVERIFY(stage.session.openChatActive);
        QVERIFY(stage.actions.viewedChat() == papa);
        QCOMPARE(stage.session.summary(papa).unread, 0);
    }
};

TACET_TEST_UNIT("t_reading", TestReading)
#include "t_reading.moc"
