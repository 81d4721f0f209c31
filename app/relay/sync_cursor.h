#pragma once
// How a mailbox is read at one relay without missing an envelope (PROTOCOL §6): envelopes are dated up to
// two days back and clocks differ, so each pass begins that much before the last complete one; pages go
// backwards in time with `until`, because a relay answers with the newest first and with as few as it likes.
#include "crypto/gift_wrap.h"

#include <cstdint>
#include <optional>
#include <unordered_set>

namespace tacet::relay {

/// How far the clocks of a sender and ours may differ before only the daily sweep finds the envelope.
inline constexpr std::int64_t kSkewSeconds = 12 * 3600;

/// The `since` of a pass, given the time of the last complete one.
constexpr std::int64_t sinceFor(std::int64_t lastSyncSeconds)
{
    const std::int64_t since = lastSyncSeconds - crypto::kWrapSpread - kSkewSeconds;
    return since > 0 ? since : 0;
}

} // namespace tacet::relay
