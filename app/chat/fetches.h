#pragma once
// Questions to relays that are answered once: the numbers of requests under way, and the bundle behind a link
// gathered from all of its relays (PROTOCOL §3: the newest valid one counts, a tombstone outweighs all).
#include "app/chat/step.h"
#include "crypto/bundle.h"

#include <map>
#include <memory>
#include <set>

namespace tacet::chat {

class Fetches {
public:
    using Then = std::function<void(const relay::FetchOutcome &)>;

    explicit Fetches(Context &context) : m_context(context) { }

    void fetch(const relay::RelayUrl &url, const crypto::NostrKeyPair &mailbox, Then then);
    void fetched(relay::FetchId id, const relay::FetchOutcome &outcome);
    void stop();
    bool isIdle() const { return m_waiting.empty(); }

    using BundleThen = std::function<void(Outcome<crypto::VerifiedBundle>)>;
    /// Errors: InviteUsed, InviteAltered, InviteExpired, InviteNotYetValid, LinkNewer, InviteNotFound (every relay
    /// answered to the end and none has it), NoRelayReachable, ProxyDown. `then` is called once, never from inside this call.
    void fetchBundle(const crypto::Link &link, const std::vector<relay::RelayUrl> &relays, BundleThen then);

private:
    struct Gathering;
    void take(const std::shared_ptr<Gathering> &gathering, const relay::FetchOutcome &outcome);
    void finishLater(const std::shared_ptr<Gathering> &gathering, qint64 ms);
    void finish(const std::shared_ptr<Gathering> &gathering);

    Context &m_context;
    std::map<std::uint64_t, Then> m_waiting;
    std::set<std::shared_ptr<Gathering>> m_gatherings; ///< not finished
};

} // namespace tacet::chat
