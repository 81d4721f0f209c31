#pragma once
// Why the small relay does not run, in plain English: for standard error and the settings page's details.
#include "app/relayd/store.h"

namespace tacet::relayd {

enum class RelayServerError {
    Store, ///< see storeError()
    Tls, ///< see tlsWords()
    PortInUse,
    NotAllowed, ///< a port or address that this user may not use
    NoSuchAddress,
    Network,
};

std::string wordsFor(RelayServerError error, std::optional<StoreError> store);
std::string wordsFor(StoreError error);

} // namespace tacet::relayd
