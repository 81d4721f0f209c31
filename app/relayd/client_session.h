#pragma once
// One client of the small relay: what it may read, what it has subscribed to, what waits to be sent to it.
// Knows NIP-01 and NIP-42; knows no sockets, so that tests speak to it in plain strings.
#include "app/relay/clock.h"
#include "app/relay/frames.h"
#include "app/relayd/limits.h"
#include "app/relayd/store.h"
#include "crypto/random.h"

#include <deque>
#include <functional>

namespace tacet::relayd {

/// The socket below a session.
class Outlet {
public:
    virtual ~Outlet() = default;
    virtual void send(const std::string &frame) = 0;
    virtual std::size_t unsentBytes() const = 0;
    /// The client broke the rules; `reason` is a short English sentence for the close frame.
    virtual void drop(const std::string &reason) = 0;
};

class ClientSession {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        /// A verified, unexpired event of this client. Answered later through finishPublish(), after the commit.
        virtual void sessionPublished(ClientSession &session, const crypto::NostrEvent &event) = 0;
        virtual bool sessionMayAct(ClientSession &session) = 0; ///< rate limit of its address
    };
    struct Context {
        const Clock &clock;
        crypto::Random &random;
        const Limits &limits;
        Store &store;
        std::uint64_t id = 0; ///< the owner's name for this session
        bool readingNeedsAuth = true; ///< envelopes are given only to who proves the mailbox's key
    };

    /// `host` is what the client believes to talk to (the Host header): the relay tag of its AUTH must name it, or a
    /// relay in between could pass our challenge on.
    ClientSession(Context context, std::string host, Outlet &outlet, Owner &owner);

    std::uint64_t id() const { return m_context.id; }

    void opened(); ///< sends the challenge
    void received(std::string_view text);
    void finishPublish(const crypto::NostrEventId &id, bool accepted, std::string_view words);
    /// A new event of any client.
    void offer(const crypto::NostrEvent &event, const std::string &json);
    /// Room in the socket again: goes on with stored events that wait.
    void drained();

private:
    struct Subscription {
        std::vector<relay::Filter> filters;
    };
    struct Replay {
        std::string subscription;
        std::vector<std::int64_t> rows;
        std::size_t next = 0;
    };

    void publish(const crypto::NostrEvent &event);
    void request(const relay::RequestFrame &frame);
    void close(const std::string &subscription);
    void authenticate(const crypto::NostrEvent &event);
    void refuse(const relay::RequestFrame &frame, std::string_view words);
    std::optional<std::string> objection(const relay::RequestFrame &frame) const;
    bool mayRead(const crypto::NostrEvent &event) const;
    bool namesUs(std::string_view relayTag) const;
    void replay();

    Context m_context;
    std::string m_host;
    Outlet &m_outlet;
    Owner &m_owner;
    std::string m_challenge;
    std::set<crypto::NostrPublicKey> m_keys; ///< proven
    std::map<std::string, Subscription> m_subscriptions;
    std::deque<Replay> m_replays;
    std::size_t m_garbage = 0;
};

} // namespace tacet::relayd
