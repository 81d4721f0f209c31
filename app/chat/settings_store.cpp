#include "app/chat/settings_store.h"

#include "app/chat/text.h"
#include "app/relay/proxy.h"
#include "app/vault/profile_rows.h"
#include "crypto/bundle.h"

#include <algorithm>

namespace tacet::chat {
namespace {

bool flag(vault::Database &db, std::string_view name, bool otherwise)
{
    return vault::readSettingInteger(db, name).value_or(otherwise ? 1 : 0) != 0;
}

} // namespace

Settings loadSettings(vault::Database &db)
{
    const Settings defaults;
    Settings settings;
    settings.displayName = fromUtf8(vault::readSettingText(db, "display_name").value_or(""));
    settings.readReceipts = flag(db, "read_receipts", defaults.readReceipts);
    settings.typing = flag(db, "typing", defaults.typing);
    settings.lockAfterMinutes = int(vault::readSettingInteger(db, "lock_after_minutes").value_or(defaults.lockAfterMinutes));
    settings.lockWithScreen = flag(db, "lock_with_screen", defaults.lockWithScreen);
    settings.notifications = int(vault::readSettingInteger(db, "notifications").value_or(defaults.notifications));
    settings.sendWithCtrlEnter = flag(db, "send_with_ctrl_enter", defaults.sendWithCtrlEnter);
    settings.acceptRequests = flag(db, "accept_requests", defaults.acceptRequests);
    settings.keepInTray = flag(db, "keep_in_tray", defaults.keepInTray);
    settings.trayAsked = flag(db, "tray_asked", defaults.trayAsked);
    settings.proxy = fromUtf8(vault::readSettingText(db, "proxy").value_or(""));
    settings.shareOwnRelay = flag(db, "share_own_relay", defaults.shareOwnRelay);
    return settings;
}

void storeSettings(vault::Database &db, const Settings &settings)
{
    vault::writeSetting(db, "display_name", std::string_view(toUtf8(settings.displayName)));
    vault::writeSetting(db, "read_receipts", std::int64_t(settings.readReceipts));
    vault::writeSetting(db, "typing", std::int64_t(settings.typing));
    vault::writeSetting(db, "lock_after_minutes", std::int64_t(settings.lockAfterMinutes));
    vault::writeSetting(db, "lock_with_screen", std::int64_t(settings.lockWithScreen));
    vault::writeSetting(db, "notifications", std::int64_t(settings.notifications));
    vault::writeSetting(db, "send_with_ctrl_enter", std::int64_t(settings.sendWithCtrlEnter));
    vault::writeSetting(db, "accept_requests", std::int64_t(settings.acceptRequests));
    vault::writeSetting(db, "keep_in_tray", std::int64_t(settings.keepInTray));
    vault::writeSetting(db, "tray_asked", std::int64_t(settings.trayAsked));
    vault::writeSetting(db, "proxy", std::string_view(toUtf8(settings.proxy)));
    vault::writeSetting(db, "share_own_relay", std::int64_t(settings.shareOwnRelay));
}

Outcome<std::string> checkedName(const QString &name)
{
    QString clean;
    for (const QChar c : name.trimmed()) {
        if (c.category() != QChar::Other_Control)
            clean.append(c);
    }
    const std::string utf8 = toUtf8(clean);
    if (utf8.empty())
        return trouble(TroubleCode::NameEmpty);
    if (utf8.size() > crypto::kMaxNameLength || !crypto::isDisplayName(utf8))
        return trouble(TroubleCode::NameTooLong, {}, qint64(crypto::kMaxNameLength));
    return utf8;
}

Outcome<Settings> checkedSettings(Settings settings)
{
    auto name = checkedName(settings.displayName);
    if (!name)
        return fail(name.error());
    settings.displayName = fromUtf8(*name);
    settings.lockAfterMinutes = std::clamp(settings.lockAfterMinutes, 0, 24 * 60);
    settings.notifications = std::clamp(settings.notifications, 0, 2);
    if (!settings.proxy.isEmpty() && !relay::ProxySettings::parse(toUtf8(settings.proxy)))
        return trouble(TroubleCode::BadProxy, settings.proxy);
    return settings;
}

} // namespace tacet::chat
