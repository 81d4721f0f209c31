#pragma once
// Sockets made of memory between a real Pool and relays of tests: texts both ways, by the manual timers alone.
#include "app/relay/transport.h"
#include "tests/hostile/relay_half.h"
#include "tests/support/manual_clock.h"
#include "tests/support/seeded_random.h"

#include <map>

namespace tacet::test {

class MemoryNetwork {
public:
    MemoryNetwork(ManualTimers &timers, std::uint64_t seed) : m_timers(timers), m_random(seed) { }

    void add(const relay::RelayUrl &url, RelayOfTest &relay) { m_relays[url] = &relay; }
    relay::TransportFactory factory();
    std::size_t opened() const { return m_opened; }

private:
    class Wire;
    ManualTimers &m_timers;
    SeededRandom m_random;
    std::map<relay::RelayUrl, RelayOfTest *> m_relays;
    std::size_t m_opened = 0;
};

} // namespace tacet::test
