#pragma once
// Rates by processor time of this thread, so that neighbours on the machine do not count. Median of five windows.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <vector>

namespace tacet::bench {

inline double threadSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

inline double wallMs()
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// How often a second `step` runs.
template<typename Step>
double perSecond(Step step)
{
    std::array<double, 5> rates{};
    for (double &rate : rates) {
        const double begun = threadSeconds();
        double spent = 0;
        long runs = 0;
        do {
            step();
            ++runs;
            spent = threadSeconds() - begun;
        } while (spent < 0.3);
        rate = double(runs) / spent;
    }
    std::sort(rates.begin(), rates.end());
    return rates[2];
}

/// The value below which `share` (0 to 1) of the samples lie.
inline double quantile(std::vector<double> samples, double share)
{
    std::sort(samples.begin(), samples.end());
    return samples.empty() ? 0 : samples[std::size_t(double(samples.size() - 1) * share)];
}

/// One figure a line, for packaging/bench to read: name, value, unit, separated by tabs.
inline void report(const char *name, double value, const char *unit)
{
    std::printf("%s\t%.6g\t%s\n", name, value, unit);
    std::fflush(stdout);
}

} // namespace tacet::bench
