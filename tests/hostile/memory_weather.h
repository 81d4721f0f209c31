#pragma once
// A storm over memory: no sockets, no event loop, the same at every run.
#include "tests/hostile/memory_network.h"
#include "tests/hostile/storm.h"

namespace tacet::test {

class MemoryWeather final : public StormWeather {
public:
    MemoryWeather(ManualClock &clock, ManualTimers &timers, std::uint64_t seed)
        : m_timers(timers), m_network(timers, seed + 1), m_hostile(seed + 2, [&clock] { return clock.wallSeconds(); })
    {
        m_network.add(*relay::RelayUrl::parse(hostileUrl().toStdString()), m_hostile);
        m_network.add(*relay::RelayUrl::parse(honestUrl().toStdString()), m_honest);
    }
    relay::TransportFactory transports() override { return m_network.factory(); }
    relay::InfoSource infoSource() override { return {}; }
    QString honestUrl() const override { return QStringLiteral("wss://honest.example"); }
    QString hostileUrl() const override { return QStringLiteral("wss://hostile.example"); }
    void run(std::int64_t ms) override { m_timers.advance(ms); }
    HostileRelay &hostile() override { return m_hostile; }

private:
    ManualTimers &m_timers;
    MemoryNetwork m_network;
    HonestRelay m_honest;
    HostileRelay m_hostile;
};

} // namespace tacet::test
