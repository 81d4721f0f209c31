#include "app/relayd/unreadable_frame.h"

#include "app/relay/frames.h"

#include <algorithm>
#include <array>

namespace tacet::relayd {

using relay::JsonValue;

namespace {

bool isKnownCondition(const std::string &key)
{
    static constexpr std::array<std::string_view, 6> kKnown{"ids", "authors", "kinds", "since", "until", "limit"};
    return (key.size() == 2 && key[0] == '#') || std::find(kKnown.begin(), kKnown.end(), key) != kKnown.end();
}

bool hasUnknownCondition(const JsonValue &filter)
{
    const JsonValue::Object *members = filter.object();
    return members && std::any_of(members->begin(), members->end(), [](const auto &member) { return !isKnownCondition(member.first); });
}

} // namespace

std::optional<UnreadableFrame> readUnreadableFrame(std::string_view text, const relay::JsonLimits &limits)
{
    const auto document = relay::readJson(text, limits);
    const JsonValue::Array *items = document ? document->array() : nullptr;
    const std::string *type = items && items->size() > 1 ? items->front().string() : nullptr;
    if (!type)
        return std::nullopt;
    const JsonValue &second = (*items)[1];
    UnreadableFrame frame;
    if (*type == "EVENT" || *type == "AUTH") {
        const JsonValue *id = second.member("id");
        const auto bytes = id && id->string() ? crypto::fromHex(*id->string()) : std::nullopt;
        frame.event = bytes ? crypto::NostrEventId::from(*bytes) : std::nullopt;
        return frame.event ? std::optional(frame) : std::nullopt;
    }
    const std::string *subscription = second.string();
    if (!subscription || subscription->empty() || subscription->size() > relay::kMaximumSubscriptionId)
        return std::nullopt;
    frame.subscription = *subscription;
    frame.isReconciliation = *type == "NEG-OPEN";
    frame.hasUnknownCondition = std::any_of(items->begin() + 2, items->end(), hasUnknownCondition);
    return frame;
}

} // namespace tacet::relayd
