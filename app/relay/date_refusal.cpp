#include "app/relay/date_refusal.h"

#include <algorithm>
#include <array>
#include <string>

namespace tacet::relay {
namespace {

using namespace std::string_view_literals;

// strfry calls an old event "too early" and a new one "too late": it speaks of created_at, not of the arrival.
constexpr std::array kOld{"too old"sv, "too early"sv, "in the past"sv, "older than"sv};
constexpr std::array kNew{"too late"sv, "too new"sv, "in the future"sv, "newer than"sv, "ahead of"sv};
constexpr std::array kFar{"too far"sv, "out of range"sv, "not within"sv, "out of bounds"sv, "not acceptable"sv};
constexpr std::array kDate{"created_at"sv, "created at"sv, "timestamp"sv, "date"sv, "event"sv, "time"sv};

template<std::size_t N>
bool hasAny(const std::string &words, const std::array<std::string_view, N> &wanted)
{
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](std::string_view each) { return words.find(each) != std::string::npos; });
}

std::string inLowerCase(std::string_view outside)
{
    std::string words(outside);
    std::transform(words.begin(), words.end(), words.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return words;
}

} // namespace

std::optional<DateRefusal> dateRefusalOf(std::string_view outside)
{
    const std::string words = inLowerCase(outside);
    if (!hasAny(words, kDate))
        return std::nullopt;
    const bool old = hasAny(words, kOld);
    const bool late = hasAny(words, kNew);
    if (old != late)
        return old ? DateRefusal::TooOld : DateRefusal::TooNew;
    const bool ofDate = words.find("created") != std::string::npos || words.find("date") != std::string::npos
        || words.find("timestamp") != std::string::npos;
    return (old || hasAny(words, kFar)) && ofDate ? std::optional(DateRefusal::TooFar) : std::nullopt;
}

std::optional<DateRefusal> authDateRefusalOf(std::string_view outside)
{
    if (const auto refusal = dateRefusalOf(outside))
        return refusal;
    const std::string words = inLowerCase(outside);
    return words.find("expired") != std::string::npos && hasAny(words, kDate) ? std::optional(DateRefusal::TooOld) : std::nullopt;
}

} // namespace tacet::relay
