#pragma once
// Two people, each with a real vault, engine and pool, who read at an honest relay and at a hostile one, and write to each other
// while the hostile one does its worst. What is demanded at the end: every text, once, in order, on the other side.
#include "app/chat/chat_engine.h"
#include "app/relay/pool.h"
#include "tests/hostile/hostile_relay.h"
#include "tests/support/manual_clock.h"

#include <QTemporaryDir>

namespace tacet::test {

/// Where the relays of a storm are, and how what is under way gets there.
class StormWeather {
public:
    virtual ~StormWeather() = default;
    virtual relay::TransportFactory transports() = 0;
    virtual relay::InfoSource infoSource() = 0;
    virtual QString honestUrl() const = 0;
    virtual QString hostileUrl() const = 0;
    /// Lets everything happen that is due, and moves the clock on.
    virtual void run(std::int64_t ms) = 0;
    virtual HostileRelay &hostile() = 0;
};

struct StormFigures {
    std::uint64_t deeds = 0;
    int texts = 0;
    int lost = 0;
    int doubled = 0;
    bool inOrder = true;
    qint64 residentAtStart = 0; ///< bytes, after a tenth of the storm
    qint64 residentAtEnd = 0;
    qint64 residentPeak = 0;
    qint64 vaultBytes = 0; ///< both
    int chats = 0; ///< both; two when nobody was invented
    QString trouble; ///< the first demand that was not met; empty: none
};

class Storm {
public:
    Storm(ManualClock &clock, ManualTimers &timers, StormWeather &weather, std::uint64_t seed);
    ~Storm();

    /// Until the hostile relay has done `deeds`; at least one text each way a `deedsPerText`.
    StormFigures rage(std::uint64_t deeds, std::uint64_t deedsPerText);

private:
    class Person;
    bool meet();
    void wave(int stirs);
    QString check(StormFigures &figures);

    ManualClock &m_clock;
    ManualTimers &m_timers;
    StormWeather &m_weather;
    SeededRandom m_random;
    QTemporaryDir m_folder;
    std::unique_ptr<Person> m_alice;
    std::unique_ptr<Person> m_bob;
};

/// Resident memory of this process, bytes.
qint64 residentBytes();

} // namespace tacet::test
