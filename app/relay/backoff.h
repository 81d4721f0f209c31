#pragma once
// Growing, capped, jittered waits, so that a thousand clients do not come back to a restarted relay at once.
#include "crypto/random.h"

#include <algorithm>
#include <cstdint>

namespace tacet::relay {

class Backoff {
public:
    constexpr Backoff(std::int64_t firstMs, std::int64_t longestMs) : m_first(firstMs), m_longest(longestMs) { }

    /// Between half and all of first · 2^n, capped.
    std::int64_t next(crypto::Random &random)
    {
        const std::int64_t whole = std::min(m_longest, m_first << std::min(m_failures, 20));
        ++m_failures;
        return whole / 2 + std::int64_t(random.below(std::uint64_t(whole / 2 + 1)));
    }
    void reset() { m_failures = 0; }
    int failures() const { return m_failures; }

private:
    std::int64_t m_first;
    std::int64_t m_longest;
    int m_failures = 0;
};

} // namespace tacet::relay
