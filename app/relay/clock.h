#pragma once
// Time is passed in, so that no test waits and a test can live through ten days in a millisecond.
#include <cstdint>

namespace tacet {

class Clock {
public:
    virtual ~Clock() = default;
    /// Milliseconds since 1970 UTC, as the desktop believes; may jump in both directions.
    virtual std::int64_t wallMs() const = 0;
    /// Milliseconds since some instant of this run; never goes back. For intervals.
    virtual std::int64_t steadyMs() const = 0;

    std::int64_t wallSeconds() const { return wallMs() / 1000; }
};

class SystemClock final : public Clock {
public:
    std::int64_t wallMs() const override;
    std::int64_t steadyMs() const override;
};

} // namespace tacet
