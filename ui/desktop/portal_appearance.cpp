// The settings portal, https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
// Qt 6.4 has no colour scheme of its own, so the portal is asked directly. Linux only.
#include "ui/desktop/portal_appearance.h"

#include <QDBusAbstractInterface>
#include <QDBusConnection>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

#include <tuple>

namespace tacet::ui::desktop {

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView kService = "org.freedesktop.portal.Desktop"_L1;
constexpr QLatin1StringView kPath = "/org/freedesktop/portal/desktop"_L1;
constexpr const char *kInterface = "org.freedesktop.portal.Settings";
constexpr QLatin1StringView kAppearance = "org.freedesktop.appearance"_L1;
constexpr QLatin1StringView kGnome = "org.gnome.desktop.interface"_L1;

/// Old portals wrap the value in one variant too many.
QVariant unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value;
}

/// The portal's settings as an object; connecting to its signal subscribes on the bus.
class SettingsPortal final : public QDBusAbstractInterface {
    Q_OBJECT

public:
    explicit SettingsPortal(const QDBusConnection &bus)
        : QDBusAbstractInterface(kService, kPath, kInterface, bus, nullptr)
    {
    }

    QDBusPendingCall read(QLatin1StringView group, QLatin1StringView key)
    {
        return asyncCall(u"Read"_s, QString(group), QString(key));
    }

Q_SIGNALS:
    void SettingChanged(const QString &group, const QString &key, const QDBusVariant &value);
};

class PortalAppearance final : public Appearance {
    Q_OBJECT

public:
    explicit PortalAppearance(const QDBusConnection &bus)
    {
        if (!bus.isConnected())
            return;
        m_portal = std::make_unique<SettingsPortal>(bus);
        connect(m_portal.get(), &SettingsPortal::SettingChanged, this,
            [this](const QString &group, const QString &key, const QDBusVariant &value) {
                apply(group, key, unwrapped(value.variant()));
            });
        ask(kAppearance, "color-scheme"_L1);
        ask(kAppearance, "contrast"_L1);
        ask(kAppearance, "reduced-motion"_L1);
        ask(kGnome, "enable-animations"_L1);
    }

    ColourScheme colourScheme() const override { return m_scheme; }
    bool highContrast() const override { return m_highContrast; }
    bool reducedMotion() const override { return m_reducedMotion || !m_animations; }

private:
    void ask(QLatin1StringView group, QLatin1StringView key)
    {
        auto *watcher = new QDBusPendingCallWatcher(m_portal->read(group, key), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, group, key](QDBusPendingCallWatcher *done) {
            const QDBusPendingReply<QDBusVariant> reply = *done;
            if (!reply.isError())
                apply(group, key, unwrapped(reply.value().variant()));
            done->deleteLater();
        });
    }

    void apply(const QString &group, const QString &key, const QVariant &value)
    {
        const auto before = std::tuple(colourScheme(), highContrast(), reducedMotion());
        if (group == kAppearance && key == "color-scheme"_L1) {
            // 0 no preference, 1 dark, 2 light; other values read as 0 (portal documentation).
            const uint scheme = value.toUInt();
            m_scheme = scheme == 1 ? ColourScheme::Dark
                : scheme == 2      ? ColourScheme::Light
                                   : ColourScheme::NoPreference;
        } else if (group == kAppearance && key == "contrast"_L1) {
            m_highContrast = value.toUInt() == 1;
        } else if (group == kAppearance && key == "reduced-motion"_L1) {
            m_reducedMotion = value.toUInt() == 1;
        } else if (group == kGnome && key == "enable-animations"_L1) {
            m_animations = value.toBool();
        }
        if (before != std::tuple(colourScheme(), highContrast(), reducedMotion()))
            Q_EMIT changed(); // every widget is styled anew by it
    }

    std::unique_ptr<SettingsPortal> m_portal;
    ColourScheme m_scheme = ColourScheme::NoPreference;
    bool m_highContrast = false;
    bool m_reducedMotion = false;
    bool m_animations = true;
};

} // namespace

std::unique_ptr<Appearance> followPortal(const QDBusConnection &bus)
{
    return std::make_unique<PortalAppearance>(bus);
}

} // namespace tacet::ui::desktop

#include "portal_appearance.moc"
