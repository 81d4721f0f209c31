// tacet: the messenger. The composition root: every part is made here, once, and knows only what it is given.
#include "app/session/engine_thread.h"
#include "app/session/hardening.h"
#include "app/session/keychain.h"
#include "app/session/single_instance.h"
#include "crypto/random.h"
#include "ui/auto_lock.h"
#include "ui/closing.h"
#include "ui/desktop/bus_notifier.h"
#include "ui/desktop/bus_screen_watcher.h"
#include "ui/desktop/portal_appearance.h"
#include "ui/desktop/system_tray.h"
#include "ui/main_window.h"
#include "ui/notifications.h"
#include "ui/window_actions.h"

#include <QApplication>
#include <QFile>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace tacet;

namespace {

struct Wanted {
    QString profile;
    QString link;
    QString wrong; ///< a sentence, exit code 2
    bool help = false;
    bool version = false;
};

QStringList wordsOf(int argc, char **argv)
{
    QStringList words;
    for (int i = 1; i < argc; ++i)
        words.append(QString::fromLocal8Bit(argv[i]));
    return words;
}

Wanted readArguments(const QStringList &words)
{
    Wanted wanted;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words.at(i);
        if (word == "--help"_L1)
            wanted.help = true;
        else if (word == "--version"_L1)
            wanted.version = true;
        else if (word == "--profile"_L1 || word.startsWith("--profile="_L1)) {
            wanted.profile = word == "--profile"_L1 ? words.value(++i) : word.mid(word.indexOf(u'=') + 1);
            if (wanted.profile.isEmpty())
                wanted.wrong = u"--profile wants a folder. Usage: tacet [--profile DIR] [LINK]"_s;
        } else if (word.startsWith("--"_L1))
            wanted.wrong = u"There is no option %1. Usage: tacet [--profile DIR] [LINK]"_s.arg(word);
        else if (!wanted.link.isEmpty())
            wanted.wrong = u"One link at a time. Usage: tacet [--profile DIR] [LINK]"_s;
        else
            wanted.link = word;
    }
    return wanted;
}

std::optional<vault::ProfilePaths> profilePaths(const QString &profile)
{
    if (!profile.isEmpty())
        return vault::ProfilePaths{std::filesystem::path(QFile::encodeName(profile).toStdString())};
    if (const auto data = vault::dataFolder())
        return vault::listProfiles(*data).front();
    return std::nullopt;
}

int refuse(int code, const QString &sentence)
{
    std::fprintf(stderr, "%s\n", sentence.toUtf8().constData());
    return code;
}

void raise(QWidget &window)
{
    window.show();
    window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
    window.raise();
    window.activateWindow();
}

} // namespace

int main(int argc, char **argv)
{
    session::harden();
    // Help is also for those without a display, which QApplication ends at. Everything else waits for it: it takes its own
    // options (-platform) from among the words.
    const Wanted asked = readArguments(wordsOf(argc, argv));
    if (asked.help || asked.version) {
        std::puts(asked.help ? "tacet [--profile DIR] [LINK]" : "tacet " TACET_VERSION);
        return 0;
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"tacet"_s);
    QApplication::setApplicationDisplayName(u"Tacet"_s);
    QApplication::setApplicationVersion(QStringLiteral(TACET_VERSION));
    QApplication::setDesktopFileName(u"tacet"_s);
    QApplication::setQuitOnLastWindowClosed(false); // closing is a question of its own: ui/closing.h

    const Wanted wanted = readArguments(QApplication::arguments().mid(1));
    if (!wanted.wrong.isEmpty())
        return refuse(2, wanted.wrong);
    if (!crypto::initialise())
        return refuse(1, u"This computer gives no random numbers. Tacet does not start without them."_s);
    const auto paths = profilePaths(wanted.profile);
    if (!paths)
        return refuse(1, u"There is no home folder to keep a profile in. Name one: tacet --profile DIR"_s);

    session::SingleInstance instance(QString::fromStdString(paths->folder.string()));
    if (instance.handOver(wanted.link))
        return 0;
    instance.listen();

    session::Keychain keychain;
    session::EngineThread session(*paths, keychain);

    ui::Preferences preferences;
    const auto appearance = ui::desktop::followPortal();
    ui::Look look(ui::Tokens::builtIn(), *appearance);
    preferences.applyTo(look);
    look.applyTo(application);

    const ui::Calendar calendar = ui::Calendar::ofThisComputer();
    ui::LinkClipboard clipboard(session);
    ui::DesktopFileChooser files;
    const ui::Parts parts{look, session, calendar, clipboard, files, preferences};
    ui::MainWindow window(look, session, calendar);
    ui::WindowActions actions(parts, window);

    const auto notifier = ui::desktop::makeNotifier();
    ui::Notifications notifications(session, *notifier, [&actions] { return actions.viewedChat(); });
    QObject::connect(&actions, &ui::WindowActions::lockShown, &notifications, &ui::Notifications::hideNames);
    const auto screen = ui::desktop::watchScreen();
    const ui::AutoLock autoLock(session, *screen, [&calendar] { return calendar.now(); }, application);
    QObject::connect(&autoLock, &ui::AutoLock::lockRequested, &window, &ui::MainWindow::lockRequested);
    const auto tray = ui::desktop::makeTray(look);
    ui::Closing closing(parts, window, *tray);

    QObject::connect(&notifications, &ui::Notifications::chatWanted, &window, [&window](const chat::ContactId &chat) {
        raise(window);
        if (!chat.isNull())
            window.openChat(chat);
    });
    QObject::connect(&instance, &session::SingleInstance::linkHandedOver, &window, [&](const QString &link) {
        raise(window);
        actions.startedAgain(link);
    });
    QObject::connect(&closing, &ui::Closing::openRequested, &window, [&window] { raise(window); });

    session.begin();
    window.restoreLayout(preferences.windowLayout());
    window.show();
    actions.tryKeychain();
    if (!wanted.link.isEmpty())
        actions.openLink(wanted.link);
    const int code = QApplication::exec();
    preferences.setWindowLayout(window.saveLayout());
    return code;
}
