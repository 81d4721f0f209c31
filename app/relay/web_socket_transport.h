#pragma once
// Transport over QWebSocket.
#include "app/relay/transport.h"

namespace tacet::relay {

/// The factory of the real program.
TransportFactory webSocketTransports();

} // namespace tacet::relay
