#pragma once
// The address of the small relay through Tor, as the vault has it, and whether somebody can answer there.
#include "app/vault/database.h"

#include <QString>

namespace tacet::session {

inline constexpr std::string_view kOnionKeySetting = "onion_key"; ///< whoever has it can be this address
inline constexpr std::string_view kOnionAddressSetting = "onion_address";

/// Empty: it never had one.
QString onionAddressOf(vault::Database &database);

/// The same where the profile reads there and does not go through the Tor that starts with this program, which alone makes
/// it reachable: contacts write to an address that nobody reads. Else empty.
QString onionWithoutTor(vault::Database &database);

} // namespace tacet::session
