#pragma once
// What every part of the client borrows from its composition root. All of it outlives the borrowers.
#include "app/relay/clock.h"
#include "app/relay/timers.h"
#include "app/relay/transport.h"
#include "crypto/random.h"

namespace tacet::relay {

struct Environment {
    const Clock &clock;
    Timers &timers;
    crypto::Random &random;
    TransportFactory transports;
};

/// The open socket as the parts on top of it see it. Sending on a closed line does nothing.
class Line {
public:
    virtual ~Line() = default;
    virtual void sendFrame(const std::string &text) = 0;
    virtual bool isLineOpen() const = 0;
    virtual std::size_t unsentBytes() const = 0;
    /// A reply said auth-required: and no AUTH has been accepted.
    virtual void authWanted() = 0;
    /// False while AUTH may still show more: some relays leave envelopes out until then, and do not say so.
    virtual bool servesAll() const = 0;
    /// A pass ended while the line did not serve all.
    virtual void passHeld() = 0;
    /// A pass was given up for a while: others need not wait for its end.
    virtual void passGivenUp() = 0;
};

} // namespace tacet::relay
