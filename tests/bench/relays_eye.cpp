#include "tests/bench/relays_eye.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tacet::bench {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kAnswerMs = 150 * kSecond; ///< an answer or a receipt follows within
constexpr std::int64_t kNewMailboxMs = 60 * kSecond;
constexpr std::int64_t kNobodyMs = 2 * kSecond; ///< so soon nobody reads and writes
constexpr std::int64_t kFirstReceiptMs = 10 * kSecond; ///< receipts.h says so, and it is no secret
constexpr std::int64_t kLastReceiptMs = 120 * kSecond;
constexpr std::size_t kEnoughEvents = 4;
constexpr double kSurprising = 3; ///< standard deviations above chance

using Times = std::map<int, std::vector<std::int64_t>>; ///< mailbox → when it was written to

Times writtenTo(const std::vector<LogLine> &log)
{
    Times times;
    for (const LogLine &line : log) {
        if (line.what == LogLine::What::Publish)
            times[line.mailbox].push_back(line.ms);
    }
    return times;
}

/// How many of `first` are followed by one of `then`.
int followed(const std::vector<std::int64_t> &first, const std::vector<std::int64_t> &then)
{
    int count = 0;
    for (const std::int64_t at : first) {
        const auto next = std::upper_bound(then.begin(), then.end(), at);
        count += next != then.end() && *next - at <= kAnswerMs ? 1 : 0;
    }
    return count;
}

/// How much more often than by chance two mailboxes answer each other.
double surprise(const std::vector<std::int64_t> &one, const std::vector<std::int64_t> &other, double spanMs)
{
    const auto half = [&](const auto &first, const auto &then) {
        const double byChance = 1 - std::exp(-double(then.size()) * double(kAnswerMs) / spanMs);
        const double expected = double(first.size()) * byChance;
        return (followed(first, then) - expected) / std::sqrt(expected + 1);
    };
    return std::min(half(one, other), half(other, one));
}

/// The surest first, and no mailbox twice.
std::set<Pair> best(std::vector<std::pair<double, Pair>> candidates)
{
    std::sort(candidates.rbegin(), candidates.rend());
    std::set<int> taken;
    std::set<Pair> pairs;
    for (const auto &[score, pair] : candidates) {
        if (taken.contains(pair.first) || taken.contains(pair.second))
            continue;
        taken.insert({pair.first, pair.second});
        pairs.insert(pair);
    }
    return pairs;
}

/// Addresses that stay the same: A writes where B reads, and B where A reads.
std::vector<std::pair<double, Pair>> byAddress(const std::vector<LogLine> &log)
{
    std::map<int, std::set<int>> readers;
    std::map<int, std::map<int, int>> writers;
    for (const LogLine &line : log) {
        if (line.what == LogLine::What::Read)
            readers[line.mailbox].insert(line.circuit);
        else
            ++writers[line.mailbox][line.circuit];
    }
    const auto writes = [&](int from, int to) {
        int count = 0;
        for (const int circuit : readers[from]) {
            const auto found = writers[to].find(circuit);
            count += found == writers[to].end() ? 0 : found->second;
        }
        return count;
    };
    std::map<std::pair<std::set<int>, std::set<int>>, std::pair<double, Pair>> busiest; ///< of two people: an invitation's mailbox ends soon
    for (auto one = readers.begin(); one != readers.end(); ++one) {
        for (auto other = std::next(one); other != readers.end(); ++other) {
            const int there = writes(one->first, other->first);
            const int back = writes(other->first, one->first);
            if (there == 0 || back == 0 || one->second == other->second)
                continue;
            const std::pair<double, Pair> candidate{double(std::min(there, back)) * 1000, {one->first, other->first}}; // proof beats timing
            auto &best = busiest[std::minmax(one->second, other->second)];
            best = std::max(best, candidate);
        }
    }
    std::vector<std::pair<double, Pair>> found;
    for (const auto &[people, candidate] : busiest)
        found.push_back(candidate);
    return found;
}

std::vector<std::pair<double, Pair>> byTiming(const std::vector<LogLine> &log)
{
    std::vector<std::pair<double, Pair>> found;
    if (log.empty())
        return found;
    const Times times = writtenTo(log);
    const double span = double(log.back().ms - log.front().ms) + 1;
    for (auto one = times.begin(); one != times.end(); ++one) {
        for (auto other = std::next(one); other != times.end(); ++other) {
            if (std::min(one->second.size(), other->second.size()) < kEnoughEvents)
                continue;
            const double score = surprise(one->second, other->second, span);
            if (score > kSurprising)
                found.push_back({score, {one->first, other->first}});
        }
    }
    return found;
}

} // namespace

std::set<Pair> guessPairs(const std::vector<LogLine> &log)
{
    auto candidates = byAddress(log);
    for (const auto &candidate : byTiming(log))
        candidates.push_back(candidate);
    return best(std::move(candidates));
}

std::set<std::size_t> guessHandshakes(const std::vector<LogLine> &log)
{
    std::map<int, std::int64_t> born;
    std::set<std::size_t> found;
    for (std::size_t i = 0; i < log.size(); ++i) {
        const auto [at, isNew] = born.try_emplace(log[i].mailbox, log[i].ms);
        if (log[i].what == LogLine::What::Publish && log[i].ms - at->second <= kNewMailboxMs)
            found.insert(i);
    }
    return found;
}

std::set<std::size_t> guessReceipts(const std::vector<LogLine> &log, const std::set<Pair> &pairs)
{
    std::map<int, int> partner;
    for (const auto &[one, other] : pairs) {
        partner[one] = other;
        partner[other] = one;
    }
    std::size_t smallest = SIZE_MAX;
    for (const LogLine &line : log) {
        if (line.what == LogLine::What::Publish)
            smallest = std::min(smallest, line.bytes);
    }
    const std::set<std::size_t> beginnings = guessHandshakes(log);
    std::map<int, std::int64_t> unanswered; ///< mailbox → its first envelope since the partner's last one
    std::set<std::size_t> found;
    for (std::size_t i = 0; i < log.size(); ++i) {
        const LogLine &line = log[i];
        const auto other = partner.find(line.mailbox);
        if (line.what != LogLine::What::Publish || other == partner.end() || beginnings.contains(i))
            continue;
        // The first envelope back, small, after a receipt's delay or at once.
        const auto asked = unanswered.find(other->second);
        const std::int64_t after = asked == unanswered.end() ? INT64_MAX : line.ms - asked->second;
        const bool isSmall = line.bytes < smallest + 200;
        if (isSmall && (after <= kNobodyMs || (after >= kFirstReceiptMs && after <= kLastReceiptMs)))
            found.insert(i);
        else
            unanswered.try_emplace(line.mailbox, line.ms); // a receipt is never answered with one
        unanswered.erase(other->second);
    }
    return found;
}

} // namespace tacet::bench
