// What a relay says, and what a client says to ours (NIP-01): read strictly, written again, read the same; and what is told of
// those that cannot be read.
#include "app/relay/frames.h"
#include "app/relayd/unreadable_frame.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using namespace tacet::relay;

void demandSame(const tacet::crypto::NostrEvent &event)
{
    const auto again = readClientFrame(writePublish(event), {.bytes = 8 << 20, .depth = 8, .values = kRelayLimits.values});
    FUZZ_DEMAND(again && std::get_if<PublishFrame>(&*again) && std::get<PublishFrame>(*again).event == event);
    FUZZ_DEMAND(isValidUtf8(event.content));
    FUZZ_DEMAND(event.createdAt >= 0 && event.kind >= 0);
    (void)onlyRecipient(event);
    (void)tacet::crypto::computeId(event);
}

} // namespace

TACET_FUZZ_TARGET(relay_frame, input)
{
    const std::string_view text(reinterpret_cast<const char *>(input.data()), input.size());
    const auto subscription = subscriptionOfUnreadable(text);
    FUZZ_DEMAND(!subscription || (!subscription->empty() && subscription->size() <= kMaximumSubscriptionId));
    if (const auto frame = readRelayFrame(text)) {
        if (const auto *event = std::get_if<EventFrame>(&*frame)) {
            demandSame(event->event);
            FUZZ_DEMAND(!subscription || *subscription == event->subscription);
            FUZZ_DEMAND(subscriptionOfUnreadable(writeEvent("a", event->event)) == "a");
        }
        if (const auto *ok = std::get_if<OkFrame>(&*frame))
            (void)prefixOf(ok->text);
    }
    const auto frame = readClientFrame(text);
    if (!frame && (frame.error() == FrameError::BadFilter || frame.error() == FrameError::BadEvent)) {
        const auto unreadable = tacet::relayd::readUnreadableFrame(text, {});
        FUZZ_DEMAND(!unreadable || bool(unreadable->event) == unreadable->subscription.empty());
        FUZZ_DEMAND(!unreadable || (unreadable->subscription.size() <= kMaximumSubscriptionId && isValidUtf8(unreadable->subscription)));
    }
    if (frame) {
        if (const auto *publish = std::get_if<PublishFrame>(&*frame))
            demandSame(publish->event);
        if (const auto *request = std::get_if<RequestFrame>(&*frame)) {
            FUZZ_DEMAND(request->subscription.size() <= kMaximumSubscriptionId);
            for (const Filter &filter : request->filters) {
                const auto again = readClientFrame(writeRequest(request->subscription, filter));
                FUZZ_DEMAND(bool(again));
            }
        }
        if (const auto *open = std::get_if<ReconcileOpenFrame>(&*frame)) {
            const auto again = readClientFrame(writeReconcileOpen(open->subscription, open->filter, open->message));
            FUZZ_DEMAND(again && std::get<ReconcileOpenFrame>(*again).message == open->message);
        }
    }
    const std::string words = plainWords(text, 100);
    FUZZ_DEMAND(words.size() <= 100 && isValidUtf8(words));
    if (isValidUtf8(text)) {
        std::string quoted;
        appendJsonString(quoted, text);
        const auto read = readJson(quoted, {.bytes = 8 << 20, .depth = 2, .values = 2});
        FUZZ_DEMAND(read && read->string() && *read->string() == text);
    }
}
