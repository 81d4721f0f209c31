#pragma once
// How a mailbox is read at one relay without missing an envelope (PROTOCOL §6): envelopes are dated up to
// two days back and clocks differ, so each pass begins that much before the last complete one; pages go
// backwards in time with `until`, because a relay answers with the newest first and with as few as it likes.
#include "crypto/gift_wrap.h"

#include <cstdint>
#include <optional>
#include <set>

namespace tacet::relay {

/// How far the clocks of a sender and ours may differ before only the daily sweep finds the envelope.
inline constexpr std::int64_t kSkewSeconds = 12 * 3600;

/// The `since` of a pass, given the time of the last complete one.
constexpr std::int64_t sinceFor(std::int64_t lastSyncSeconds)
{
    const std::int64_t since = lastSyncSeconds - crypto::kWrapSpread - kSkewSeconds;
    return since > 0 ? since : 0;
}

/// How far before the last complete pass a sweep looks for what was dated wrongly. Whatever is older the engine drops unopened,
/// because the hash by which it would be known may be gone (app/chat/limits.h, kStaleMs): to read it again daily would cost a
/// year's mail each day.
inline constexpr std::int64_t kSweepBackSeconds = 30 * 24 * 3600;

/// The `since` of a sweep.
constexpr std::int64_t sweepSinceFor(std::int64_t lastSyncSeconds)
{
    const std::int64_t since = lastSyncSeconds - kSweepBackSeconds;
    return since > 0 ? since : 0;
}

/// One pass through the history, newest to oldest. Pure: it is told what came and says what to ask next.
///
/// A relay may cap pages below the asked limit without saying so, hence a short page proves nothing: the pass
/// ends with an empty one. `until` is inclusive, because a second may be split between two pages.
class SyncPass {
public:
    /// Asked for in each page; relays commonly cap at this or less.
    static constexpr std::int64_t kPageLimit = 500;
    /// More than this before the end of a page, or of one second over pages: the relay ignores limits or floods.
    static constexpr std::size_t kMaximumPage = 20'000;
    /// So many of one second, on the largest page of a pass, fill a page: what else that second holds cannot be asked for. Dates
    /// are random, so honest envelopes never meet like that.
    static constexpr std::size_t kOverfullSecond = 100;
    /// So many that cannot be read, and none that can: they fill a page, and what is behind it cannot be asked for.
    static constexpr std::size_t kUnreadablePage = 100;
    /// A history longer than this is not read to its end in one pass.
    static constexpr std::size_t kMaximumPages = 2'000;

    SyncPass(std::optional<std::int64_t> since, std::int64_t nowSeconds) : m_since(since), m_beganAt(nowSeconds) { }

    std::optional<std::int64_t> since() const { return m_since; }
    std::optional<std::int64_t> until() const { return m_until; } ///< of the page being read
    std::int64_t beganAt() const { return m_beganAt; }

    /// Counts an event of this page, duplicates included; false: the page is too long to be honest.
    [[nodiscard]] bool took(const crypto::NostrEventId &id, std::int64_t createdAt);

    /// One came that cannot be read, so that its date is not known.
    void tookUnreadable() { ++m_unreadable; }

    enum class Next {
        Page, ///< ask again with since() and until()
        Complete,
        Flooded, ///< done, but a second or what cannot be read filled a page, or there was no end: not complete
    };
    Next endOfPage();
    bool wasFlooded() const { return m_flooded; }

private:
    Next pageBefore(std::int64_t until);

    std::optional<std::int64_t> m_since;
    std::int64_t m_beganAt;
    std::optional<std::int64_t> m_until;
    std::size_t m_pages = 0;
    std::size_t m_rawCount = 0;
    std::size_t m_unreadable = 0;
    std::size_t m_inRange = 0;
    std::size_t m_fresh = 0;
    std::size_t m_largestPage = 0;
    std::optional<std::int64_t> m_oldest;
    std::set<crypto::NostrEventId> m_atOldest; ///< seen in the oldest second of this page
    std::set<crypto::NostrEventId> m_boundary; ///< seen in the second m_until
    bool m_secondWasFull = false; ///< the last page held one second only and nothing new
    bool m_flooded = false;
};

} // namespace tacet::relay
