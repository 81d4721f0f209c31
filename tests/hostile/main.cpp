// packaging/hostile: the storms of t_storm and t_socket_storm, as long as one likes, with their figures.
//   hostile_storm memory|sockets EVENTS SEED
#include "tests/hostile/memory_weather.h"
#include "tests/hostile/socket_weather.h"

#include "crypto/random.h"

#include <QElapsedTimer>

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace tacet;
using namespace tacet::test;

namespace {

int report(const HostileRelay &hostile, const StormFigures &figures, double hours, double seconds)
{
    for (int deed = 0; deed < int(Deed::Last); ++deed)
        std::printf("%10llu %s\n", static_cast<unsigned long long>(hostile.deeds(Deed(deed))), nameOf(Deed(deed)));
    std::printf("%10llu hostile events in %.0f s, %.1f hours of the people's clock\n",
                static_cast<unsigned long long>(figures.deeds), seconds, hours);
    std::printf("%d texts: %d lost, %d doubled, %s\n", figures.texts, figures.lost, figures.doubled,
                figures.inOrder ? "in order" : "OUT OF ORDER");
    const auto megabytes = [](qint64 bytes) { return double(bytes) / 1e6; };
    std::printf("memory: %.1f MB after a tenth, %.1f MB at the end, peak %.1f MB; both vaults %.1f MB\n",
                megabytes(figures.residentAtStart), megabytes(figures.residentAtEnd), megabytes(figures.residentPeak),
                megabytes(figures.vaultBytes));
    if (!figures.trouble.isEmpty())
        std::printf("FAILED: %s\n", qPrintable(figures.trouble));
    const bool grew = figures.residentAtEnd - figures.residentAtStart > 64'000'000;
    if (grew)
        std::printf("FAILED: memory grows with what a relay sends\n");
    std::fflush(stdout);
    return figures.trouble.isEmpty() && !grew ? 0 : 1;
}

template<typename Weather>
int rage(std::uint64_t events, std::uint64_t seed)
{
    QElapsedTimer elapsed;
    elapsed.start();
    ManualClock clock;
    ManualTimers timers(clock);
    Weather weather(clock, timers, seed);
    const std::int64_t begun = clock.wallMs();
    StormFigures figures;
    {
        Storm storm(clock, timers, weather, seed);
        figures = storm.rage(events, 250);
    }
    return report(weather.hostile(), figures, double(clock.wallMs() - begun) / 3.6e6, double(elapsed.elapsed()) / 1000);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc != 4 || !crypto::initialise()) {
        std::fprintf(stderr, "hostile_storm memory|sockets EVENTS SEED\n");
        return 2;
    }
    const std::uint64_t events = std::strtoull(argv[2], nullptr, 10);
    const std::uint64_t seed = std::strtoull(argv[3], nullptr, 10);
    return std::strcmp(argv[1], "sockets") == 0 ? rage<SocketWeather>(events, seed) : rage<MemoryWeather>(events, seed);
}
