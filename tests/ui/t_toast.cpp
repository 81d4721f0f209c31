// What the window says by itself is seen wherever one is: over a chat, over the settings, over the list.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/chat_column.h"
#include "ui/chat_page.h"
#include "ui/composer.h"
#include "ui/message_view.h"
#include "ui/rail.h"
#include "ui/settings_content.h"
#include "ui/toast.h"

#include <QSignalSpy>
#include <QTest>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

namespace {

QRect inWindow(const QWidget &widget)
{
    return {widget.mapTo(widget.window(), QPoint(0, 0)), widget.size()};
}

} // namespace

class TestToast : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void isSeen_whereverOneIs_data()
    {
        QTest::addColumn<int>("width");
        QTest::newRow("one column") << 420;
        QTest::newRow("three") << 790; // no wider than the screen of the offscreen platform
    }
    void isSeen_whereverOneIs()
    {
        QFETCH(int, width);
        ActionStage stage;
        stage.window->resize(width, 780);
        settle();
        Toast *toast = stage.window->chatPage()->toast();
        const auto liesOver = [&](const QWidget &place) {
            const QRect box = inWindow(*toast);
            return toast->isVisible() && inWindow(place).contains(box)
                && box.bottom() > inWindow(place).bottom() - 60
                && std::abs(box.center().x() - inWindow(place).center().x()) <= 1
                && stage.window->childAt(box.center()) == toast;
        };
        const bool one = stage.window->isOneColumn();
        stage.window->say(u"Told."_s);
        settle();
        QVERIFY(liesOver(one ? static_cast<QWidget &>(*stage.window->listColumn()) : *stage.window->chatPage()));
        stage.openChat(u"Papa"_s); // it moves with what is shown
        QVERIFY(liesOver(*stage.window->chatPage()->view()));
        stage.window->chatPage()->composer()->setText(u"a\nb\nc\nd"_s);
        settle();
        QVERIFY(liesOver(*stage.window->chatPage()->view()));
        stage.window->openSettings();
        settle();
        QVERIFY(toast->isVisible());
        stage.window->showSettingsContent();
        settle();
        QVERIFY(liesOver(*stage.find<SettingsContent>("settingsContent")));
        toast->clear();
        stage.window->say(u"Told again."_s);
        settle();
        QVERIFY(liesOver(*stage.find<SettingsContent>("settingsContent")));
    }

    void whatWaitedForTheChats_isSeenInOneColumn()
    {
        ActionStage stage;
        stage.window->resize(420, 780);
        stage.session.lock();
        settle();
        stage.session.announce(chat::ClockSeemsWrong{3 * 3600 * 1000});
        stage.unlock();
        QVERIFY(stage.window->listColumn()->isVisible());
        QVERIFY(stage.window->chatPage()->toast()->isVisible());
        QVERIFY(stage.window->chatPage()->toast()->sentence().contains(u"clock"_s));
    }

    void answerThatTheLockOvertook_isNotSaid()
    {
        ActionStage stage;
        stage.openChat(u"Papa"_s);
        stage.session.holdAnswers(true);
        stage.session.lockIsSlow = true;
        stage.find<QWidget>("composerField")->setFocus();
        QTest::keyClick(stage.find<QWidget>("composerField"), Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        Q_EMIT stage.window->lockRequested();
        stage.session.release(stage.session.heldAnswers() - 1); // all but the closing
        QCOMPARE(stage.session.profile().state, session::ProfileState::Open);
        QVERIFY(stage.window->chatPage()->toast()->sentence().isEmpty());
    }

    void muting_isSaid_andMeansTheChatThatIsSeen()
    {
        ActionStage stage;
        const chat::ContactId papa = stage.session.idOf(u"Papa"_s);
        stage.openChat(u"Papa"_s);
        const auto mute = [&] {
            QTest::keyClick(stage.window.get(), Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
            settle();
        };
        mute();
        QVERIFY(stage.session.summary(papa).muted);
        QCOMPARE(stage.window->chatPage()->toast()->sentence(), u"Muted."_s);
        mute();
        QVERIFY(!stage.session.summary(papa).muted);
        QCOMPARE(stage.window->chatPage()->toast()->sentence(), u"Not muted."_s);
        stage.window->openSettings();
        settle();
        QSignalSpy compare(stage.window.get(), &MainWindow::safetyNumberRequested);
        mute();
        QTest::keyClick(stage.window.get(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!stage.session.summary(papa).muted);
        QCOMPARE(compare.count(), 0);
    }
};

TACET_TEST_UNIT("t_toast", TestToast)
#include "t_toast.moc"
