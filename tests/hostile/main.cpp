// packaging/hostile: the storm of t_storm, as long as one likes, with its figures.
//   hostile_storm EVENTS SEED
#include "tests/hostile/memory_weather.h"

#include "crypto/random.h"

#include <cstdio>
#include <cstdlib>

using namespace tacet;
using namespace tacet::test;

int main(int argc, char **argv)
{
    if (!crypto::initialise())
        return 1;
    const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    ManualClock clock;
    ManualTimers timers(clock);
    MemoryWeather weather(clock, timers, seed);
    const std::int64_t begun = clock.wallMs();
    StormFigures figures;
    {
        Storm storm(clock, timers, weather, seed);
        figures = storm.rage(events, 250);
    }
    for (int deed = 0; deed < int(Deed::Last); ++deed)
        std::printf("%10llu %s\n", static_cast<unsigned long long>(weather.hostile().deeds(Deed(deed))), nameOf(Deed(deed)));
    std::printf("%10llu hostile events over %.1f hours of the people's clock, seed %llu\n",
                static_cast<unsigned long long>(figures.deeds), double(clock.wallMs() - begun) / 3.6e6,
                static_cast<unsigned long long>(seed));
    std::printf("%d texts: %d lost, %d doubled, %s\n", figures.texts, figures.lost, figures.doubled,
                figures.inOrder ? "in order" : "OUT OF ORDER");
    const auto megabytes = [](qint64 bytes) { return double(bytes) / 1e6; };
    std::printf("memory: %.1f MB after a tenth, %.1f MB at the end, peak %.1f MB; both vaults %.1f MB\n",
                megabytes(figures.residentAtStart), megabytes(figures.residentAtEnd), megabytes(figures.residentPeak),
                megabytes(figures.vaultBytes));
    if (!figures.trouble.isEmpty()) {
        std::printf("FAILED: %s\n", qPrintable(figures.trouble));
        return 1;
    }
    if (figures.residentAtEnd - figures.residentAtStart > 64'000'000) {
        std::printf("FAILED: memory grows with what a relay sends\n");
        return 1;
    }
    return 0;
}
