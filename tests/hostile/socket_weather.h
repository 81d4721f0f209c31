#pragma once
// A storm over real sockets on loopback: the real transport, the real HTTP. The people's clock is still moved by hand; between
// two moves everything that lies in the kernel is read.
#include "app/relay/web_socket_transport.h"
#include "tests/hostile/loopback_hop.h"
#include "tests/hostile/raw_relay.h"
#include "tests/hostile/storm.h"

#include <algorithm>

namespace tacet::test {

class SocketWeather final : public StormWeather {
public:
    SocketWeather(ManualClock &clock, ManualTimers &timers, std::uint64_t seed)
        : m_timers(timers), m_hostile(seed + 2, [&clock] { return clock.wallSeconds(); }),
          m_honestSockets(m_honest, RawRelay::Manners::Correct, seed + 3),
          m_hostileSockets(m_hostile, RawRelay::Manners::Hostile, seed + 4)
    {
    }
    relay::TransportFactory transports() override { return relay::webSocketTransports(); }
    relay::InfoSource infoSource() override { return relay::httpInfoSource(); }
    QString honestUrl() const override { return m_honestSockets.url(); }
    QString hostileUrl() const override { return m_hostileSockets.url(); }
    void run(std::int64_t ms) override
    {
        drain();
        while (ms > 0) {
            // Short enough that no time-out ends while an answer lies in the kernel.
            const std::int64_t next = m_timers.nextDelay();
            const std::int64_t step = std::min(ms, std::clamp<std::int64_t>(next < 0 ? ms : next, 1, 5'000));
            m_timers.advance(step);
            ms -= step;
            drain();
        }
    }
    HostileRelay &hostile() override { return m_hostile; }
    int rudeGreetings() const { return m_hostileSockets.rudeGreetings(); }

private:
    void drain()
    {
        // A greeting, its answer, a question, its answer, and one more each way.
        for (int i = 0; i < 6; ++i)
            m_hop.wait();
    }

    ManualTimers &m_timers;
    LoopbackHop m_hop;
    HonestRelay m_honest;
    HostileRelay m_hostile;
    RawRelay m_honestSockets;
    RawRelay m_hostileSockets;
};

} // namespace tacet::test
