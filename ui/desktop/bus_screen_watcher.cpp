// Desktops differ in whom they tell, so all are heard: org.freedesktop.ScreenSaver (KDE, Xfce, others),
// org.gnome.ScreenSaver, and org.freedesktop.login1 (man org.freedesktop.login1: Session.Lock, Manager.PrepareForSleep).
// Hearing the same lock twice is harmless. Linux only.
#include "ui/desktop/bus_screen_watcher.h"

#include <QDBusAbstractInterface>
#include <QDBusConnection>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace tacet::ui::desktop {

using namespace Qt::StringLiterals;

namespace {

/// A D-Bus object whose signals are connected by type; connecting subscribes on the bus.
class ScreenSaver final : public QDBusAbstractInterface {
    Q_OBJECT

public:
    ScreenSaver(const QString &service, const QString &path, const char *interface, const QDBusConnection &bus)
        : QDBusAbstractInterface(service, path, interface, bus, nullptr)
    {
    }

Q_SIGNALS:
    void ActiveChanged(bool active);
};

constexpr QLatin1StringView kLogin = "org.freedesktop.login1"_L1;

class LoginManager final : public QDBusAbstractInterface {
    Q_OBJECT

public:
    explicit LoginManager(const QDBusConnection &bus)
        : QDBusAbstractInterface(kLogin, u"/org/freedesktop/login1"_s, "org.freedesktop.login1.Manager", bus, nullptr)
    {
    }

    QDBusPendingCall ownSession() { return asyncCall(u"GetSession"_s, qEnvironmentVariable("XDG_SESSION_ID")); }

Q_SIGNALS:
    void PrepareForSleep(bool before);
};

class LoginSession final : public QDBusAbstractInterface {
    Q_OBJECT

public:
    LoginSession(const QString &path, const QDBusConnection &bus)
        : QDBusAbstractInterface(kLogin, path, "org.freedesktop.login1.Session", bus, nullptr)
    {
    }

Q_SIGNALS:
    void Lock();
};

class BusScreenWatcher final : public ScreenWatcher {
    Q_OBJECT

public:
    BusScreenWatcher()
    {
        if (const QDBusConnection session = QDBusConnection::sessionBus(); session.isConnected()) {
            listen(u"org.freedesktop.ScreenSaver"_s, u"/org/freedesktop/ScreenSaver"_s, "org.freedesktop.ScreenSaver", session);
            listen(u"org.freedesktop.ScreenSaver"_s, u"/ScreenSaver"_s, "org.freedesktop.ScreenSaver", session);
            listen(u"org.gnome.ScreenSaver"_s, u"/org/gnome/ScreenSaver"_s, "org.gnome.ScreenSaver", session);
        }
        const QDBusConnection system = QDBusConnection::systemBus();
        if (!system.isConnected())
            return;
        m_manager = std::make_unique<LoginManager>(system);
        connect(m_manager.get(), &LoginManager::PrepareForSleep, this, [this](bool before) {
            if (before)
                Q_EMIT goingToSleep();
        });
        if (qEnvironmentVariableIsEmpty("XDG_SESSION_ID"))
            return;
        auto *watcher = new QDBusPendingCallWatcher(m_manager->ownSession(), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, system](QDBusPendingCallWatcher *done) {
            const QDBusPendingReply<QDBusObjectPath> reply = *done;
            done->deleteLater();
            if (reply.isError())
                return;
            m_login = std::make_unique<LoginSession>(reply.value().path(), system);
            connect(m_login.get(), &LoginSession::Lock, this, &ScreenWatcher::screenLocked);
        });
    }

private:
    void listen(const QString &service, const QString &path, const char *interface, const QDBusConnection &bus)
    {
        auto saver = std::make_unique<ScreenSaver>(service, path, interface, bus);
        connect(saver.get(), &ScreenSaver::ActiveChanged, this, [this](bool active) {
            if (active)
                Q_EMIT screenLocked();
        });
        m_savers.push_back(std::move(saver));
    }

    std::vector<std::unique_ptr<ScreenSaver>> m_savers;
    std::unique_ptr<LoginManager> m_manager;
    std::unique_ptr<LoginSession> m_login;
};

} // namespace

std::unique_ptr<ScreenWatcher> watchScreen()
{
    return std::make_unique<BusScreenWatcher>();
}

} // namespace tacet::ui::desktop

#include "bus_screen_watcher.moc"
