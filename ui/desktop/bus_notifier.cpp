// Desktop Notifications Specification 1.2 (freedesktop.org). Linux only.
#include "ui/desktop/bus_notifier.h"

#include <QDBusAbstractInterface>
#include <QDBusConnection>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QHash>
#include <QVariantMap>

namespace tacet::ui::desktop {

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView kService = "org.freedesktop.Notifications"_L1;
constexpr QLatin1StringView kPath = "/org/freedesktop/Notifications"_L1;
constexpr const char *kInterface = "org.freedesktop.Notifications";

class NotificationService final : public QDBusAbstractInterface {
    Q_OBJECT

public:
    explicit NotificationService(const QDBusConnection &bus)
        : QDBusAbstractInterface(kService, kPath, kInterface, bus, nullptr)
    {
    }

    QDBusPendingCall notify(quint32 replaces, const QString &title, const QString &body)
    {
        // "default" is what a click on the notification means. Transient: the desktop keeps no list of it.
        const QStringList actions{u"default"_s, {}};
        const QVariantMap hints{{u"desktop-entry"_s, u"tacet"_s}, {u"category"_s, u"im.received"_s},
            {u"transient"_s, true}};
        return asyncCall(u"Notify"_s, u"Tacet"_s, replaces, u"tacet"_s, title, body, actions, hints, -1);
    }
    void close(quint32 id) { asyncCall(u"CloseNotification"_s, id); }
    QDBusPendingCall capabilities() { return asyncCall(u"GetCapabilities"_s); }

Q_SIGNALS:
    void ActionInvoked(uint id, const QString &key);
    void NotificationClosed(uint id, uint reason);
};

class BusNotifier final : public Notifier {
    Q_OBJECT

public:
    BusNotifier()
    {
        const QDBusConnection bus = QDBusConnection::sessionBus();
        if (!bus.isConnected())
            return;
        m_service = std::make_unique<NotificationService>(bus);
        connect(m_service.get(), &NotificationService::ActionInvoked, this, [this](uint id) {
            const QString tag = m_up.key(id);
            if (!tag.isEmpty())
                Q_EMIT activated(tag);
        });
        connect(m_service.get(), &NotificationService::NotificationClosed, this, [this](uint id) {
            m_up.remove(m_up.key(id));
        });
        auto *watcher = new QDBusPendingCallWatcher(m_service->capabilities(), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher *done) {
            const QDBusPendingReply<QStringList> reply = *done;
            m_plainBody = !reply.isError() && !reply.value().contains(u"body-markup"_s);
            done->deleteLater();
        });
    }

    ~BusNotifier() override { withdrawAll(); }

    void show(const QString &tag, const QString &title, const QString &body) override
    {
        if (!m_service)
            return;
        const quint64 turn = ++m_turn;
        m_wanted.insert(tag, turn);
        // The title is never markup by the specification. The body may be: unless the service says no, it is escaped.
        const QString safe = m_plainBody ? body : body.toHtmlEscaped();
        auto *watcher = new QDBusPendingCallWatcher(m_service->notify(m_up.value(tag), title, safe), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, tag, turn](QDBusPendingCallWatcher *done) {
            const QDBusPendingReply<uint> reply = *done;
            done->deleteLater();
            if (reply.isError())
                return;
            // Read or locked while the call was under way: it must not stay.
            if (m_wanted.value(tag) < turn)
                m_service->close(reply.value());
            else
                m_up.insert(tag, reply.value());
        });
    }

    void withdraw(const QString &tag) override
    {
        m_wanted.remove(tag);
        if (const quint32 id = m_up.take(tag); id != 0)
            m_service->close(id);
    }

    void withdrawAll() override
    {
        m_wanted.clear();
        for (const quint32 id : std::as_const(m_up))
            m_service->close(id);
        m_up.clear();
    }

private:
    std::unique_ptr<NotificationService> m_service;
    QHash<QString, quint32> m_up;     ///< what the desktop shows now
    QHash<QString, quint64> m_wanted; ///< what it should show; the turn in which it was asked for
    quint64 m_turn = 0;
    bool m_plainBody = false;
};

} // namespace

std::unique_ptr<Notifier> makeNotifier()
{
    return std::make_unique<BusNotifier>();
}

} // namespace tacet::ui::desktop

#include "bus_notifier.moc"
