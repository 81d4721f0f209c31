#pragma once
// Catching up with a mailbox by reconciliation (NIP-77): the relay and we find out which of its envelopes we have not,
// and those alone are fetched. Pure, as SyncPass is: it is told what came and says what to send next.
//
// What is compared are the envelopes that this relay gave to this reader before, which a page would bring again to be thrown
// away. So the relay learns nothing of other relays, and whatever it says, no more is left out than by its leaving it out of a page.
#include "app/relay/frames.h"
#include "app/relay/negentropy.h"
#include "app/relay/recent_ids.h"

#include <utility>

namespace tacet::relay {

class CatchUp {
public:
    /// With fewer known envelopes in the range a page or two are sooner there than an answer and then what is missing.
    static constexpr std::size_t kWorthwhile = 16;
    /// Of our messages: in hexadecimal below 64 KiB, which relays commonly take.
    static constexpr std::size_t kFrame = 30'000;
    /// Asked for by their ids in one request: relays limit the length of a filter.
    static constexpr std::size_t kIdsAtOnce = 100;

    /// `filter` without `limit`; the two names are of subscriptions.
    CatchUp(std::string comparing, std::string fetching, Filter filter, NegentropySet known);

    bool isComparing(const std::string &subscription) const { return !m_fetchingNow && subscription == m_comparing; }
    bool isFetching(const std::string &subscription) const { return m_fetchingNow && subscription == m_fetching; }

    enum class Next {
        Send, ///< see frames()
        Complete, ///< all that it has and we had not was fetched; frames() ends what is open
        Failed, ///< read it in pages; frames() ends what is open
    };
    Next begin();
    Next compared(const ReconcileFrame &frame);
    /// An event of the request that is being answered; false: more than was asked for.
    [[nodiscard]] bool took() { return ++m_taken <= 2 * kIdsAtOnce; }
    /// The request is answered. What it was to bring must be among `delivered` now.
    Next fetched(const RecentIds &delivered);
    Next giveUp();

    /// To be sent now, in this order.
    std::vector<std::string> frames() { return std::exchange(m_frames, {}); }

private:
    bool deniesWhatItGave() const;
    Next fetchMore();

    std::string m_comparing;
    std::string m_fetching;
    Filter m_filter;
    std::size_t m_known;
    NegentropyClient m_client;
    bool m_fetchingNow = false;
    std::vector<crypto::NostrEventId> m_needed; ///< not yet asked for
    std::vector<crypto::NostrEventId> m_asked;
    std::size_t m_taken = 0;
    std::vector<std::string> m_frames;
};

} // namespace tacet::relay
