#pragma once
// A token bucket per network address, in memory only and forgotten when idle: limits need no log.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace tacet::relayd {

class RateLimiter {
public:
    RateLimiter(double perSecond, double burst) : m_perSecond(perSecond), m_burst(burst) { }

    /// True when this address may do one more thing now (steady milliseconds).
    bool take(const std::string &address, std::int64_t nowMs)
    {
        if (m_buckets.size() > kManyAddresses)
            forgetFull(nowMs);
        auto [found, isNew] = m_buckets.try_emplace(address, Bucket{m_burst, nowMs});
        Bucket &bucket = found->second;
        bucket.tokens = refilled(bucket, nowMs);
        bucket.atMs = nowMs;
        if (bucket.tokens < 1)
            return false;
        bucket.tokens -= 1;
        return true;
    }
    std::size_t addresses() const { return m_buckets.size(); }

private:
    struct Bucket {
        double tokens;
        std::int64_t atMs;
    };
    static constexpr std::size_t kManyAddresses = 10'000;

    double refilled(const Bucket &bucket, std::int64_t nowMs) const
    {
        return std::min(m_burst, bucket.tokens + m_perSecond * double(nowMs - bucket.atMs) / 1000);
    }
    /// A full bucket says nothing: its address need not be remembered.
    void forgetFull(std::int64_t nowMs)
    {
        std::erase_if(m_buckets, [&](const auto &entry) { return refilled(entry.second, nowMs) >= m_burst; });
    }

    double m_perSecond;
    double m_burst;
    std::map<std::string, Bucket> m_buckets;
};

} // namespace tacet::relayd
