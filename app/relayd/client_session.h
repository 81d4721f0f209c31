#pragma once
// One client of the small relay: what it may read, what it has subscribed to, what waits to be sent to it.
// Knows NIP-01, NIP-42 and NIP-77; knows no sockets, so that tests speak to it in plain strings.
#include "app/relay/clock.h"
#include "app/relay/frames.h"
#include "app/relayd/limits.h"
#include "app/relayd/reconciliations.h"
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
        /// A verified, unexpired event of this client and its JSON. Answered later through finishPublish(), after
        /// the commit.
        virtual void sessionPublished(ClientSession &session, const crypto::NostrEvent &event, const std::string &json) = 0;
        /// Rate limit of its address: one more message; for a publication also its bytes.
        virtual bool sessionMayAct(ClientSession &session, std::size_t publishedBytes) = 0;
        /// It had a question to the store, which took so much of SQLite's machine: its address pays for that.
        virtual void sessionAsked(ClientSession &session, std::int64_t operations) = 0;
        virtual void sessionProved(ClientSession &session, const crypto::NostrPublicKey &key) = 0;
    };
    struct Context {
        const Clock &clock;
        crypto::Random &random;
        const Limits &limits;
        Store &store;
        SnapshotBudget &snapshots;
        std::uint64_t id = 0; ///< the owner's name for this session
        bool readingNeedsAuth = true; ///< envelopes are given only to who proves the mailbox's key
        std::string address = {}; ///< whose share of `snapshots` it takes; empty: limits by address do not hold for it
        std::vector<std::string> hosts = {}; ///< RelayServerOptions::hosts
    };

    /// `host` is the Host header. The relay tag of an AUTH must name one of context.hosts; where there are none, this one. That finds
    /// wrong addresses and no more: who connects chooses the header, and so can a relay in between, which then passes our challenge
    /// on to its own visitor and the answer to us.
    ClientSession(Context context, std::string host, Outlet &outlet, Owner &owner);

    std::uint64_t id() const { return m_context.id; }

    void opened(); ///< sends the challenge
    void received(std::string_view text);
    void finishPublish(const crypto::NostrEventId &id, bool accepted, std::string_view words);
    /// A new event of any client.
    void offer(const crypto::NostrEvent &event, const std::string &json);
    /// From time to time: takes back what is not used any more.
    void tend();
    /// Room in the socket again: goes on with stored events that wait.
    void drained();
    /// The store was asked since turnEnded(), or stored events of its last request still wait: its next messages should wait, too.
    bool isBusy() const { return m_asked || !m_replays.empty(); }
    /// One question to the store is enough for one turn of the event loop: others have theirs in between.
    bool hasAsked() const { return m_asked; }
    void turnEnded() { m_asked = false; }
    const std::set<crypto::NostrPublicKey> &keys() const { return m_keys; }

private:
    struct Subscription {
        std::vector<relay::Filter> filters;
        std::size_t bytes = 0; ///< of its request: memory that this client takes
    };
    struct Replay {
        std::string subscription;
        std::vector<std::int64_t> rows;
        std::size_t next = 0;
    };

    void publish(const crypto::NostrEvent &event);
    void request(const relay::RequestFrame &frame, std::size_t bytes);
    void close(const std::string &subscription);
    void noteQuestion();
    void reconcile(const relay::ReconcileOpenFrame &frame);
    void reconcile(const relay::ReconcileFrame &frame);
    void refuseToReconcile(const std::string &subscription, std::string_view words);
    void authenticate(const crypto::NostrEvent &event);
    void refuse(const std::string &subscription, std::string_view words);
    void refuseUnreadable(std::string_view text, relay::FrameError error, const relay::JsonLimits &json);
    std::optional<std::string> objection(const relay::RequestFrame &frame, std::size_t bytes) const;
    std::optional<std::string> objection(const relay::Filter &filter) const;
    std::optional<std::string> objection(const crypto::NostrEvent &event) const;
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
    Reconciliations m_reconciliations;
    std::size_t m_garbage = 0;
    bool m_asked = false;
};

} // namespace tacet::relayd
