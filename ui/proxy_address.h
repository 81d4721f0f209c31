#pragma once
// What a person types into the field for a proxy.
#include <QString>

#include <optional>

namespace tacet::ui {

/// "socks5://HOST:PORT" as the engine wants it; the scheme may be left out. Nothing when it is no such address: another
/// scheme, no port, a name and password, a path.
std::optional<QString> proxyAddress(const QString &typed);

/// The setting for a Tor that starts with Tacet.
QString ownTor();

} // namespace tacet::ui
