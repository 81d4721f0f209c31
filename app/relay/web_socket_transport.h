#pragma once
// Transport over QWebSocket.
#include "app/relay/name_lookup.h"
#include "app/relay/transport.h"

namespace tacet::relay {

/// The factory of the real program.
TransportFactory webSocketTransports(NameLookup names = systemNames());

} // namespace tacet::relay
