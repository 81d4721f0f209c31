#pragma once
// A token bucket per network address, in memory only and forgotten when idle: limits need no log.
#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace tacet::relayd {

class RateLimiter {
public:
    RateLimiter(double perSecond, double burst) : m_perSecond(perSecond), m_burst(burst) { }

    /// True when this address may do one more thing, or one that costs `tokens`, now (steady milliseconds).
    bool take(const std::string &address, std::int64_t nowMs, double tokens = 1)
    {
        Bucket &bucket = bucketOf(address, nowMs);
        if (bucket.tokens < tokens)
            return false;
        bucket.tokens -= tokens;
        return true;
    }
    /// What is done, and cost more than was known before: paid off before this address may do more.
    void charge(const std::string &address, std::int64_t nowMs, double tokens) { bucketOf(address, nowMs).tokens -= tokens; }
    std::size_t addresses() const { return m_buckets.size(); }
    static constexpr std::size_t kManyAddresses = 10'000; ///< about 1 MB

private:
    struct Bucket {
        double tokens;
        std::int64_t atMs;
    };

    Bucket &bucketOf(const std::string &address, std::int64_t nowMs)
    {
        if (m_buckets.size() >= kManyAddresses && !m_buckets.contains(address))
            makeRoom(nowMs);
        Bucket &bucket = m_buckets.try_emplace(address, Bucket{m_burst, nowMs}).first->second;
        bucket.tokens = refilled(bucket, nowMs);
        bucket.atMs = nowMs;
        return bucket;
    }
    double refilled(const Bucket &bucket, std::int64_t nowMs) const
    {
        return std::min(m_burst, bucket.tokens + m_perSecond * double(nowMs - bucket.atMs) / 1000);
    }
    /// A full bucket says nothing: its address need not be remembered. When none is full, one of them is forgotten, so
    /// that somebody with many addresses costs neither memory nor a walk through all of them for each message.
    void makeRoom(std::int64_t nowMs)
    {
        if (nowMs - m_sweptMs >= 1000 || nowMs < m_sweptMs) {
            m_sweptMs = nowMs;
            std::erase_if(m_buckets, [&](const auto &entry) { return refilled(entry.second, nowMs) >= m_burst; });
        }
        if (m_buckets.size() >= kManyAddresses)
            m_buckets.erase(m_buckets.begin());
    }

    double m_perSecond;
    double m_burst;
    std::int64_t m_sweptMs = -1000;
    std::unordered_map<std::string, Bucket> m_buckets;
};

} // namespace tacet::relayd
