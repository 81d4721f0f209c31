#include "app/session/onion_address.h"

#include "app/relay/proxy.h"
#include "app/vault/profile_rows.h"
#include "app/vault/relay_rows.h"
#include "app/vault/transaction.h"

#include <algorithm>

namespace tacet::session {

QString onionAddressOf(vault::Database &database)
{
    vault::Snapshot snapshot(database);
    const auto address = vault::readSettingText(database, kOnionAddressSetting);
    return snapshot.finish() && address ? QString::fromStdString(*address) : QString();
}

QString onionWithoutTor(vault::Database &database)
{
    const QString onion = onionAddressOf(database);
    vault::Snapshot snapshot(database);
    const auto proxy = relay::ProxySettings::parse(vault::readSettingText(database, "proxy").value_or(""));
    const auto own = vault::readRelays(database);
    if (!snapshot.finish() || onion.isEmpty() || (proxy && proxy->ownTor))
        return {};
    return std::find(own.begin(), own.end(), onion.toStdString()) == own.end() ? QString() : onion;
}

} // namespace tacet::session
