// Notifications and the desktop's appearance over a bus of this test's own, with services that answer when they are told to.
#include "tests/support/unit_registry.h"
#include "ui/desktop/bus_notifier.h"
#include "ui/desktop/portal_appearance.h"

#include <QDBusContext>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <utility>

using namespace Qt::StringLiterals;
using namespace tacet::ui;

namespace {

/// org.freedesktop.Notifications of a desktop that takes its time.
class SlowNotifications final : public QObject, protected QDBusContext {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    QHash<uint, QString> up;
    int waiting() const { return static_cast<int>(m_waiting.size()); }
    void answer()
    {
        for (const auto &[question, id] : std::exchange(m_waiting, {}))
            m_bus->send(question.createReply(id));
    }

public Q_SLOTS:
    uint Notify(const QString &, uint replaces, const QString &, const QString &title, const QString &body,
        const QStringList &, const QVariantMap &, int)
    {
        const uint id = replaces != 0 ? replaces : ++m_last;
        up.insert(id, title + u'|' + body);
        setDelayedReply(true);
        m_bus = connection();
        m_waiting.append({message(), id});
        return 0;
    }
    void CloseNotification(uint id) { up.remove(id); }
    QStringList GetCapabilities() { return {u"body"_s}; }

private:
    std::optional<QDBusConnection> m_bus;
    QList<std::pair<QDBusMessage, uint>> m_waiting;
    uint m_last = 0;
};

const QString kPortal = u"/org/freedesktop/portal/desktop"_s;

/// org.freedesktop.portal.Settings of a desktop without wishes.
class Portal final : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

public:
    int asked = 0;

public Q_SLOTS:
    QDBusVariant Read(const QString &, const QString &key)
    {
        ++asked;
        return QDBusVariant(key == u"enable-animations"_s ? QVariant(true) : QVariant(0U));
    }
};

} // namespace

class TestBus : public QObject {
    Q_OBJECT

private:
    QDBusConnection connect(const QString &name) { return QDBusConnection::connectToBus(m_address, name); }
    void serve(QObject &object, const QString &service, const QString &path)
    {
        QDBusConnection bus = connect(u"service"_s);
        QVERIFY(bus.registerObject(path, &object, QDBusConnection::ExportAllSlots));
        QVERIFY(bus.registerService(service));
    }

    QProcess m_daemon;
    QString m_address;

private Q_SLOTS:
    void init()
    {
        if (QStandardPaths::findExecutable(u"dbus-daemon"_s).isEmpty())
            QSKIP("skipped: dbus-daemon is not installed");
        m_daemon.start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
        QVERIFY(m_daemon.waitForReadyRead());
        m_address = QString::fromUtf8(m_daemon.readLine()).trimmed();
    }
    void cleanup()
    {
        for (const QString &name : {u"service"_s, u"window"_s})
            QDBusConnection::disconnectFromBus(name);
        m_daemon.kill();
        m_daemon.waitForFinished();
    }

    void notification_thatWasOvertaken_doesNotStay()
    {
        SlowNotifications service;
        serve(service, u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s);
        const auto notifier = desktop::makeNotifier(connect(u"window"_s));
        notifier->show(u"chat"_s, u"Ines"_s, u"first secret"_s);
        notifier->show(u"chat"_s, u"Ines"_s, u"second secret"_s); // before the first is answered
        notifier->show(u"chat"_s, u"Ines"_s, u"third secret"_s);
        QTRY_COMPARE(service.waiting(), 1);
        service.answer();
        QTRY_COMPARE(service.waiting(), 1);
        QCOMPARE(service.up.values(), QStringList{u"Ines|third secret"_s}); // in place of the first
        notifier->withdrawAll(); // locked
        service.answer();
        QTRY_VERIFY(service.up.isEmpty());
        QCOMPARE(service.waiting(), 0);
    }

    void notification_afterOneThatWasWithdrawn_isShown()
    {
        SlowNotifications service;
        serve(service, u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s);
        const auto notifier = desktop::makeNotifier(connect(u"window"_s));
        notifier->show(u"chat"_s, u"Ines"_s, u"read elsewhere"_s);
        QTRY_COMPARE(service.waiting(), 1);
        notifier->withdraw(u"chat"_s);
        notifier->show(u"chat"_s, u"Ines"_s, u"new"_s);
        service.answer();
        QTRY_COMPARE(service.waiting(), 1);
        service.answer();
        QTRY_COMPARE(service.up.values(), QStringList{u"Ines|new"_s});
        notifier->withdraw(u"chat"_s);
        QTRY_VERIFY(service.up.isEmpty());
    }

    void appearance_speaksOnlyWhenSomethingIsDifferent()
    {
        Portal portal;
        serve(portal, u"org.freedesktop.portal.Desktop"_s, kPortal);
        const auto appearance = desktop::followPortal(connect(u"window"_s));
        QSignalSpy changed(appearance.get(), &Appearance::changed);
        QTRY_COMPARE(portal.asked, 4);
        QDBusMessage dark = QDBusMessage::createSignal(kPortal, u"org.freedesktop.portal.Settings"_s, u"SettingChanged"_s);
        dark << u"org.freedesktop.appearance"_s << u"color-scheme"_s << QVariant::fromValue(QDBusVariant(1U));
        QVERIFY(connect(u"service"_s).send(dark)); // comes after the four answers
        QTRY_COMPARE(appearance->colourScheme(), Appearance::ColourScheme::Dark);
        QCOMPARE(changed.count(), 1);
    }
};

TACET_TEST_UNIT("t_bus", TestBus)
#include "t_bus.moc"
