#include "app/relayd/information.h"

#include "app/relay/frames.h"

namespace tacet::relayd {

std::string informationDocument(const std::string &name, const Limits &limits)
{
    std::string out = "{\"name\":";
    relay::appendJsonString(out, name);
    out += ",\"description\":\"A small relay for Tacet mailboxes. It keeps envelopes it cannot open, and no addresses.\"";
    out += ",\"software\":\"tacet-relay\",\"version\":\"" TACET_VERSION "\",\"supported_nips\":[1,9,11,40,42,77]";
    const auto number = [&](const char *key, std::int64_t value) { out += std::string(",\"") + key + "\":" + std::to_string(value); };
    // auth_required is about every action; here only reading kind 1059 wants it.
    out += ",\"limitation\":{\"auth_required\":false,\"payment_required\":false,\"restricted_writes\":false,\"min_pow_difficulty\":0";
    number("max_message_length", std::int64_t(limits.frameBytes));
    number("max_content_length", std::int64_t(limits.contentCharacters));
    number("max_subscriptions", std::int64_t(limits.subscriptions));
    number("max_filters", std::int64_t(limits.filters));
    number("max_limit", limits.pageLimit);
    number("default_limit", limits.pageLimit);
    number("max_subid_length", std::int64_t(relay::kMaximumSubscriptionId));
    number("max_event_tags", std::int64_t(limits.tagsPerEvent));
    if (limits.keepSeconds > 0) {
        number("created_at_lower_limit", limits.keepSeconds); // seconds before now, as clients and relays read it
        number("created_at_upper_limit", limits.keepSeconds);
    }
    out += "}";
    if (limits.keepSeconds > 0)
        out += ",\"retention\":[{\"time\":" + std::to_string(limits.keepSeconds) + "}]";
    out += "}";
    return out;
}

} // namespace tacet::relayd
