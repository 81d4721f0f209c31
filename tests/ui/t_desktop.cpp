// What reaches the desktop: notifications that say little and go away, a lock that comes by itself, a clipboard that
// forgets, and none of it in need of a session bus.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/auto_lock.h"
#include "ui/desktop/bus_notifier.h"
#include "ui/desktop/bus_screen_watcher.h"
#include "ui/desktop/system_tray.h"
#include "ui/link_clipboard.h"
#include "ui/notifications.h"

#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::ui;
using tacet::test::FakeSession;

namespace {

class RecordingNotifier final : public Notifier {
public:
    void show(const QString &tag, const QString &title, const QString &body) override
    {
        up.insert(tag, title + u'|' + body);
        ++times;
    }
    void withdraw(const QString &tag) override { up.remove(tag); }
    void withdrawAll() override { up.clear(); }

    QHash<QString, QString> up;
    int times = 0;
};

std::optional<chat::ContactId> nobody()
{
    return std::nullopt;
}

chat::InvitationId invitationId()
{
    chat::InvitationId id;
    id.bytes[0] = 9;
    return id;
}

} // namespace

class TestDesktop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void notification_saysNewMessageByDefault()
    {
        FakeSession session;
        const auto ines = session.addContact(u"Ines <b>Okafor</b>"_s, 1);
        RecordingNotifier notifier;
        Notifications notifications(session, notifier, nobody);
        QCoreApplication::processEvents();
        session.receive(ines, u"the secret recipe"_s);
        QCOMPARE(notifier.up.value(ines.toHex()), u"New message|"_s);

        // Read: withdrawn.
        session.summary(ines).unread = 0;
        session.changeChat(ines);
        QVERIFY(notifier.up.isEmpty());
    }

    void notification_namesOnlyWhenAsked()
    {
        FakeSession session;
        session.currentSettings.notifications = 2;
        const auto ines = session.addContact(u"Ines \u202EOkafor"_s, 1);
        const auto stranger = session.addContact(u"Stranger"_s, 2);
        session.summary(stranger).request = true;
        RecordingNotifier notifier;
        Notifications notifications(session, notifier, nobody);
        QTRY_VERIFY((session.receive(ines, u"hello\nthere"_s), notifier.up.value(ines.toHex()).startsWith(u"Ines")));
        QVERIFY(!notifier.up.value(ines.toHex()).contains(QChar(0x202e)));
        QVERIFY(!notifier.up.value(ines.toHex()).contains(u'\n'));
        session.receive(stranger, u"look at http://evil.example"_s);
        QCOMPARE(notifier.up.value(stranger.toHex()), u"New message|"_s);

        // Switched to less: what stands on the screen goes.
        session.currentSettings.notifications = 1;
        session.announce(chat::SettingsChanged{session.currentSettings});
        QVERIFY(notifier.up.isEmpty());
    }

    void notification_ofARowOfMessages_isOneMore()
    {
        FakeSession session;
        session.currentSettings.notifications = 2;
        const auto ines = session.addContact(u"Ines"_s, 1);
        const auto other = session.addContact(u"Other"_s, 2);
        RecordingNotifier notifier;
        Notifications notifications(session, notifier, nobody);
        QCoreApplication::processEvents();
        for (int i = 0; i < 500; ++i)
            session.receive(ines, u"number %1"_s.arg(i));
        session.receive(other, u"hello"_s); // at once: nobody waits for somebody else's storm
        QCOMPARE(notifier.times, 2);
        QCOMPARE(notifier.up.value(ines.toHex()), u"Ines|number 0"_s);
        QCOMPARE(notifier.up.value(other.toHex()), u"Other|hello"_s);
        QTRY_COMPARE(notifier.up.value(ines.toHex()), u"Ines|number 499"_s);
        QCOMPARE(notifier.times, 3);
        // What waits goes with what is shown.
        session.receive(ines, u"seen at once"_s);
        session.summary(ines).unread = 0;
        session.changeChat(ines);
        QCoreApplication::processEvents();
        QVERIFY(!notifier.up.contains(ines.toHex()));
        session.receive(other, u"one"_s);
        session.lock();
        QVERIFY(notifier.up.isEmpty());
    }

    void notification_isSilentForMutedViewedAndOff()
    {
        FakeSession session;
        const auto muted = session.addContact(u"Muted"_s, 1);
        session.summary(muted).muted = true;
        const auto viewed = session.addContact(u"Viewed"_s, 2);
        RecordingNotifier notifier;
        std::optional<chat::ContactId> inView = viewed;
        Notifications notifications(session, notifier, [&inView] { return inView; });
        QCoreApplication::processEvents();
        session.receive(muted, u"a"_s);
        session.receive(viewed, u"b"_s);
        QVERIFY(notifier.up.isEmpty());
        inView.reset();
        session.receive(viewed, u"b"_s);
        QCOMPARE(notifier.up.size(), 1);
        session.announce(chat::MessageRemoved{viewed, {}}); // perhaps the one that is shown
        QVERIFY(notifier.up.isEmpty());
        session.currentSettings.notifications = 0;
        session.announce(chat::SettingsChanged{session.currentSettings});
        session.receive(viewed, u"c"_s);
        QVERIFY(notifier.up.isEmpty());
    }

    void notification_isWithdrawnOnLock()
    {
        FakeSession session;
        session.currentSettings.notifications = 2;
        const auto ines = session.addContact(u"Ines"_s, 1);
        RecordingNotifier notifier;
        Notifications notifications(session, notifier, nobody);
        QCoreApplication::processEvents();
        session.receive(ines, u"a"_s);
        QVERIFY(!notifier.up.isEmpty());
        session.lock();
        QVERIFY(notifier.up.isEmpty());
        Q_EMIT session.sealedMessageArrived();
        QCOMPARE(notifier.up.values(), QStringList{u"New message|"_s});
        QSignalSpy wanted(&notifications, &Notifications::chatWanted);
        Q_EMIT notifier.activated(notifier.up.keys().first());
        QVERIFY(wanted.first().first().value<chat::ContactId>().isNull());
    }

    void notification_namesNobodyOnceTheLockIsShown()
    {
        test::ActionStage stage;
        stage.session.currentSettings.notifications = 2;
        const auto ines = stage.session.idOf(u"Ines Okafor"_s);
        const auto papa = stage.session.idOf(u"Papa"_s);
        RecordingNotifier notifier;
        Notifications notifications(stage.session, notifier, nobody);
        connect(&stage.actions, &WindowActions::lockShown, &notifications, &Notifications::hideNames);
        test::settle();
        stage.session.receive(ines, u"one"_s);
        stage.session.receive(ines, u"two"_s); // waits for its moment
        QCOMPARE(notifier.up.values(), QStringList{u"Ines Okafor|one"_s});
        stage.session.lockIsSlow = true; // the engine is busy
        Q_EMIT stage.window->lockRequested();
        QVERIFY(notifier.up.isEmpty());
        stage.session.receive(papa, u"three"_s);
        stage.session.setProfile(stage.session.profile()); // only something small changed
        test::settle();
        stage.session.receive(papa, u"four"_s);
        stage.session.receive(ines, u"five"_s);
        QTRY_COMPARE(notifier.up.values(), QStringList{u"New message|"_s});
        QSignalSpy wanted(&notifications, &Notifications::chatWanted);
        Q_EMIT notifier.activated(notifier.up.keys().first());
        QVERIFY(wanted.first().first().value<chat::ContactId>().isNull());
        stage.session.release();
        QCOMPARE(stage.session.profile().state, session::ProfileState::Locked);
        stage.unlock();
        stage.session.receive(stage.session.idOf(u"Jonas Weber"_s), u"six"_s);
        QTRY_COMPARE(notifier.up.values(), QStringList{u"Jonas Weber|six"_s});
    }

    void autoLock_comesAfterTheTimeAndWithTheScreen()
    {
        FakeSession session;
        session.currentSettings.lockAfterMinutes = 10;
        ScreenWatcher screen;
        qint64 now = 1'000'000;
        AutoLock lock(
            session, screen, [&now] { return now; }, *qApp);
        connect(&lock, &AutoLock::lockRequested, &session, &FakeSession::lock);
        QCoreApplication::processEvents();
        now += 9 * 60'000;
        lock.check();
        QVERIFY(!session.calls.contains(u"lock"_s));
        QWidget window;
        QTest::keyClick(&window, Qt::Key_A); // a key: the time begins anew
        now += 9 * 60'000;
        lock.check();
        QVERIFY(!session.calls.contains(u"lock"_s));
        now += 60'000;
        lock.check();
        QCOMPARE(session.calls.count(u"lock"_s), 1);
        lock.check();
        Q_EMIT screen.screenLocked();
        QCOMPARE(session.calls.count(u"lock"_s), 1); // it is locked already

        session::ProfileStatus open = session.profile();
        open.state = session::ProfileState::Open;
        session.setProfile(open);
        QCoreApplication::processEvents();
        Q_EMIT screen.goingToSleep();
        QCOMPARE(session.calls.count(u"lock"_s), 2);
    }

    void autoLock_isQuietWhenSwitchedOff()
    {
        FakeSession session;
        session.currentSettings.lockAfterMinutes = 0;
        session.currentSettings.lockWithScreen = false;
        ScreenWatcher screen;
        qint64 now = 1'000'000;
        AutoLock lock(
            session, screen, [&now] { return now; }, *qApp);
        connect(&lock, &AutoLock::lockRequested, &session, &FakeSession::lock);
        QCoreApplication::processEvents();
        now += 1'000'000'000;
        lock.check();
        Q_EMIT screen.screenLocked();
        QVERIFY(!session.calls.contains(u"lock"_s));
    }

    void clipboard_forgetsUsedLinks()
    {
        FakeSession session;
        LinkClipboard clipboard(session);
        QClipboard *system = QGuiApplication::clipboard();
        clipboard.copy(u"tacet:one"_s, invitationId());
        QCOMPARE(system->text(), u"tacet:one"_s);
        QCOMPARE(system->mimeData()->data(u"x-kde-passwordManagerHint"_s), QByteArray("secret"));
        chat::Invitation invitation;
        invitation.id = invitationId();
        session.announce(chat::InvitationChanged{invitation}); // still open
        QCOMPARE(system->text(), u"tacet:one"_s);
        invitation.state = chat::InvitationState::Used;
        session.announce(chat::InvitationChanged{invitation});
        QVERIFY(system->text().isEmpty());
    }

    void clipboard_leavesWhatIsNotItsOwn()
    {
        FakeSession session;
        QClipboard *system = QGuiApplication::clipboard();
        {
            LinkClipboard clipboard(session);
            clipboard.copy(u"tacet:one"_s, invitationId());
            system->setText(u"something else"_s);
        }
        QCOMPARE(system->text(), u"something else"_s);
        {
            LinkClipboard clipboard(session);
            clipboard.copy(u"tacet:reusable"_s, std::nullopt);
        }
        QCOMPARE(system->text(), u"tacet:reusable"_s);
        {
            LinkClipboard clipboard(session);
            clipboard.copy(u"tacet:two"_s, invitationId());
        }
        QVERIFY(system->text().isEmpty()); // at the end of the program
    }

    void clipboard_forgetsAfterItsTime()
    {
        FakeSession session;
        LinkClipboard clipboard(session, std::chrono::milliseconds(1));
        clipboard.copy(u"tacet:one"_s, invitationId());
        QTRY_VERIFY(QGuiApplication::clipboard()->text().isEmpty());
    }

    void desktopParts_workWithoutABus()
    {
        // The test may run with or without one: neither may hang or say anything.
        const auto notifier = desktop::makeNotifier();
        notifier->show(u"t"_s, u"New message"_s, {});
        notifier->withdraw(u"t"_s);
        notifier->withdrawAll();
        const auto screen = desktop::watchScreen();
        QVERIFY(screen);
        FixedAppearance appearance;
        Look look(Tokens::builtIn(), appearance);
        const auto tray = desktop::makeTray(look);
        tray->setState(true, false);
        tray->setState(false, true);
        if (!tray->isAvailable())
            return;
        tray->show();
    }
};

TACET_TEST_UNIT("t_desktop", TestDesktop)
#include "t_desktop.moc"
