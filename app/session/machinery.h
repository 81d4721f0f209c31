#pragma once
// What a running messenger stands on: time, timers, randomness and the relays' sockets. One per process, made on the
// thread that runs the engine, and older than any open profile: receiving goes on in it while the vault is locked.
#include "app/relay/pool.h"
#include "app/relay/web_socket_transport.h"
#include "crypto/random.h"

namespace tacet::session {

struct Machinery {
    SystemClock clock;
    QtTimers timers;
    crypto::SystemRandom random;
    relay::Pool relays{relay::Environment{clock, timers, random, relay::webSocketTransports()}, relay::httpInfoSource()};
};

} // namespace tacet::session
