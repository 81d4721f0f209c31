// Desktop Notifications Specification 1.2 (freedesktop.org). Linux only.
#include "ui/desktop/bus_notifier.h"

#include <QDBusAbstractInterface>
#include <QDBusConnection>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QHash>
#include <QSet>
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
    explicit BusNotifier(const QDBusConnection &bus)
    {
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
        m_wanted.insert(tag);
        // The service names what it shows when it answers. Until then nothing could replace or close that.
        if (m_underWay.contains(tag))
            m_next.insert(tag, {title, body});
        else
            send(tag, {title, body});
    }

    void withdraw(const QString &tag) override
    {
        m_wanted.remove(tag);
        m_next.remove(tag);
        if (const quint32 id = m_up.take(tag); id != 0)
            m_service->close(id);
    }

    void withdrawAll() override
    {
        m_wanted.clear();
        m_next.clear();
        for (const quint32 id : std::as_const(m_up))
            m_service->close(id);
        m_up.clear();
    }

private:
    struct Words {
        QString title;
        QString body;
    };

    void send(const QString &tag, const Words &words)
    {
        m_underWay.insert(tag);
        // The title is never markup by the specification. The body may be: unless the service says no, it is escaped.
        const QString safe = m_plainBody ? words.body : words.body.toHtmlEscaped();
        auto *watcher = new QDBusPendingCallWatcher(m_service->notify(m_up.value(tag), words.title, safe), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, tag](QDBusPendingCallWatcher *done) {
            const QDBusPendingReply<uint> reply = *done;
            done->deleteLater();
            m_underWay.remove(tag);
            if (!reply.isError()) {
                if (m_wanted.contains(tag))
                    m_up.insert(tag, reply.value());
                else
                    m_service->close(reply.value()); // read or locked meanwhile: it must not stay
            }
            if (m_next.contains(tag))
                send(tag, m_next.take(tag));
        });
    }

private:
    std::unique_ptr<NotificationService> m_service;
    QHash<QString, quint32> m_up;  ///< what the desktop shows now
    QSet<QString> m_wanted;        ///< what it should show
    QSet<QString> m_underWay;      ///< asked for, not answered
    QHash<QString, Words> m_next;  ///< the newest words for what is under way
    bool m_plainBody = false;
};

} // namespace

std::unique_ptr<Notifier> makeNotifier(const QDBusConnection &bus)
{
    return std::make_unique<BusNotifier>(bus);
}

} // namespace tacet::ui::desktop

#include "bus_notifier.moc"
