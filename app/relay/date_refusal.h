#pragma once
// Relays that refuse an event for its date say so in words of their own. Nothing is standardised but "invalid:", so the
// words of known relays are recognised; whoever is misread gets one fresh wrap too many.
#include <optional>
#include <string_view>

namespace tacet::relay {

enum class DateRefusal {
    TooOld,
    TooNew, ///< the relay's clock is behind the date: ours is ahead
    TooFar, ///< one of the two
};

/// What the words after OK false say about the date; nothing when they speak of something else.
std::optional<DateRefusal> dateRefusalOf(std::string_view words);
/// The same after an AUTH, which has no end of its own: an expired one was dated too far back. strfry says so after a minute.
std::optional<DateRefusal> authDateRefusalOf(std::string_view words);

} // namespace tacet::relay
