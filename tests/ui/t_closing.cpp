// What locking, closing and quitting mean: the lock waits for the passphrase at once; Ctrl+Q ends the program although the
// window answers every close with a question.
#include "tests/support/unit_registry.h"
#include "tests/ui/window_stage.h"
#include "ui/closing.h"
#include "ui/lock_screen.h"
#include "ui/sheet.h"

#include <QApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSessionManager>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <cstddef>
#include <functional>
#include <memory>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::ui;
using namespace tacet::test;

namespace {

class ScriptedTray final : public Tray {
public:
    explicit ScriptedTray(bool available) : m_available(available) { }
    bool isAvailable() const override { return m_available; }
    void show() override { }
    void setState(bool, bool) override { }

private:
    bool m_available;
};

class NoFiles final : public FileChooser {
public:
    QString open(QWidget *, const QString &, const QString &) override { return {}; }
    QString save(QWidget *, const QString &, const QString &, const QString &) override { return {}; }
};

struct Stage {
    explicit Stage(bool tray)
        : clipboard(window.session)
        , preferences(folder.filePath(u"tacet.conf"_s))
        , parts{sharedLook(), window.session, window.calendar, clipboard, files, preferences}
        , trayIcon(tray)
        , closing(parts, *window.window, trayIcon)
    {
    }

    QTemporaryDir folder;
    WindowStage window;
    NoFiles files;
    LinkClipboard clipboard;
    Preferences preferences;
    Parts parts;
    ScriptedTray trayIcon;
    Closing closing;
};

/// After so many rounds of the event loop: by then everything that `act` posted has happened.
void later(int rounds, std::function<void()> act)
{
    QTimer::singleShot(0, qApp, [rounds, act = std::move(act)] { rounds > 0 ? later(rounds - 1, act) : act(); });
}

/// Runs the program's own event loop while `act` happens; whether it ended because of it.
bool ends(std::function<void()> act)
{
    constexpr int kStayed = 77;
    constexpr int kRounds = 10;
    const auto over = std::make_shared<bool>(false); // outlives rounds that are still to come
    later(0, [act = std::move(act), over] {
        act();
        later(kRounds, [over] {
            if (!*over)
                QCoreApplication::exit(kStayed);
        });
    });
    const int code = QApplication::exec();
    *over = true;
    return code != kStayed;
}

} // namespace

class TestClosing : public QObject {
    Q_OBJECT

private:
    /// What Qt says when the desktop's session ends. Only Qt can make a manager, and nobody here asks it anything.
    static void commit()
    {
        alignas(QSessionManager) std::byte nothing[sizeof(QSessionManager)] = {};
        Q_EMIT qGuiApp->commitDataRequest(reinterpret_cast<QSessionManager &>(nothing));
    }

private Q_SLOTS:
    void quitKey_endsTheProgram_withAndWithoutTray()
    {
        for (const bool tray : {true, false}) {
            Stage stage(tray);
            QVERIFY(ends([&] { QTest::keyClick(stage.window.window.get(), Qt::Key_Q, Qt::ControlModifier); }));
        }
    }

    void close_withoutTray_asksOnce_andQuitEnds()
    {
        Stage stage(false);
        QVERIFY(!ends([&] { stage.window.window->close(); }));
        auto *yes = stage.window.find<QPushButton>("closeQuit");
        QVERIFY(stage.window.window->isVisible());
        QVERIFY(ends([&] { yes->click(); }));
    }

    void closeTwice_withoutTray_asksOnce()
    {
        Stage stage(false);
        QVERIFY(!ends([&] {
            stage.window.window->close();
            stage.window.window->close();
        }));
        QCOMPARE(stage.window.window->findChildren<Question *>(u"closeQuestion"_s).size(), 1);
        QTest::keyClick(stage.window.find<Question>("closeQuestion"), Qt::Key_Escape);
        settle();
        QVERIFY(!stage.window.window->isSheetOpen());
    }

    void lock_takesTheNextKeys()
    {
        Stage stage(true);
        stage.window.openChat(u"Papa"_s);
        stage.window.window->showScreen(new LockScreen(stage.parts));
        settle();
        QWidget *focused = QApplication::focusWidget();
        QVERIFY(focused);
        QCOMPARE(focused->objectName(), u"lockPassphrase"_s);
    }

    void close_withTray_hides()
    {
        Stage stage(true);
        QVERIFY(!ends([&] { stage.window.window->close(); }));
        QVERIFY(!stage.window.window->isVisible());
        QCOMPARE(stage.preferences.windowLayout(), stage.window.window->saveLayout());
    }

    void close_ofAProfileThatCannotBeOpened_ends()
    {
        Stage stage(true);
        session::ProfileStatus status;
        status.state = session::ProfileState::Locked;
        status.trouble.code = chat::TroubleCode::ProfileInUse;
        stage.window.session.setProfile(status);
        settle();
        QVERIFY(ends([&] { stage.window.window->close(); }));
    }

    void endOfTheDesktopSession_asksNothing_data()
    {
        QTest::addColumn<bool>("tray");
        QTest::newRow("with a tray") << true;
        QTest::newRow("without") << false;
    }
    void endOfTheDesktopSession_asksNothing()
    {
        QFETCH(bool, tray);
        Stage stage(tray);
        stage.window.openChat(u"Papa"_s);
        QTest::keyClicks(stage.window.find<QPlainTextEdit>("composerField"), u"half a thought"_s);
        commit();
        QVERIFY(stage.window.session.calls.contains(u"setDraft half a thought"_s));
        QVERIFY(!stage.preferences.windowLayout().isEmpty());
        QVERIFY(ends([&] { stage.window.window->close(); }));
        QVERIFY(!stage.window.window->isSheetOpen());
    }

    void endOfTheDesktopSession_thatDoesNotCome_isForgotten()
    {
        Stage stage(true);
        commit();
        stage.window.session.now += 60'000;
        QVERIFY(!ends([&] { stage.window.window->close(); }));
        QVERIFY(!stage.window.window->isVisible());
    }
};

TACET_TEST_UNIT("t_closing", TestClosing)
#include "t_closing.moc"
