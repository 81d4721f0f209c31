#pragma once
// Relays made of memory, for tests of the engine: no sockets, no threads, no waiting. A ScriptedNetwork
// holds named relays and a queue of what is under way; each engine gets its own ScriptedPort on it.
//
//     ScriptedNetwork network(clock, seed);
//     auto relay = network.addRelay("wss://one.example");
//     auto port = network.makePort();          // give *port to an engine
//     relay.behaviour().refuse = "blocked: no";
//     network.runUntilIdle();
//
// Destroying a port drops everything that was under way for it, as kill -9 would; what a relay had
// already stored stays stored.
#include "app/relay/clock.h"
#include "app/relay/relay_port.h"
#include "tests/support/seeded_random.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace tacet::test {

/// How one relay misbehaves. Chances are in percent, drawn from the seed.
struct RelayBehaviour {
    bool down = false; ///< no connection: Retry, Unreachable, no deliveries until it is up again
    bool proxyDown = false; ///< while it is down: because of the proxy
    std::string refuse; ///< not empty: every publish is Refused with this text
    std::string retry; ///< not empty: every publish gets Retry with this text ("rate-limited: …")
    std::int64_t retryAfterMs = 30'000;
    bool loseOk = false; ///< stores, then the socket dies before OK: Retry
    bool lieInOk = false; ///< says Accepted and stores nothing
    int dropPercent = 0; ///< a live delivery is lost (stored; the next pass finds it)
    int duplicatePercent = 0; ///< a delivery comes twice
    bool reorder = false; ///< deliveries of this relay come in random order
    std::int64_t delayMs = 0; ///< deliveries and answers wait until the clock has moved this far
    bool newestFirst = false; ///< what is stored comes newest first and in this order, as from a real one
    bool holdsBack = false; ///< answers every read with nothing and calls it complete
    bool noSync = false; ///< never completes a pass (no caughtUp)
    std::size_t largestEventBytes = 0; ///< not 0: larger ones are refused
    std::int64_t oldestSeconds = 0; ///< not 0: what is dated further back by the relay's clock is to be dated anew
    std::int64_t newestSeconds = 0; ///< not 0: the same for the future
    std::int64_t clockAheadSeconds = 0; ///< the relay's clock minus that of the world
    bool tellsTheTime = false; ///< and says so in its status, as the pool learns it
    bool isLeft = false; ///< whoever has done its work there holds no connection, and says so in its status
    bool onThisComputer = false; ///< the small relay of whoever asks, as the pool knows it, whatever its address
};

class ScriptedNetwork;

class ScriptedRelay {
public:
    explicit ScriptedRelay(relay::RelayUrl url) : m_url(std::move(url)) { }

    const relay::RelayUrl &url() const { return m_url; }
    RelayBehaviour &behaviour() { return m_behaviour; }
    const std::vector<crypto::NostrEvent> &stored() const { return m_stored; }
    std::size_t storedFor(const crypto::NostrPublicKey &mailbox) const;
    /// Publishes that reached this relay, accepted or not.
    std::size_t attempts() const { return m_attempts; }
    void loseHistory() { m_stored.clear(); }
    /// How an event of this date must be dated instead; nothing when it is taken.
    std::optional<relay::WrapDates> redate(std::int64_t createdAt, std::int64_t now) const;

private:
    friend class ScriptedNetwork;
    friend class ScriptedPort;
    relay::RelayUrl m_url;
    RelayBehaviour m_behaviour;
    std::vector<crypto::NostrEvent> m_stored;
    std::size_t m_attempts = 0;
    bool m_wasDown = false;
};

class ScriptedPort final : public relay::RelayPort {
public:
    ~ScriptedPort() override;

    void setListener(relay::RelayListener *listener) override { m_listener = listener; }
    void publish(relay::PublishId id, const relay::RelayUrl &relay, const crypto::NostrEvent &event) override;
    void watch(const relay::RelayUrl &relay, const crypto::NostrKeyPair &mailbox, relay::SyncFrom from) override;
    void unwatch(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailbox) override;
    void sweep(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailbox) override;
    void fetch(relay::FetchId id, const relay::RelayUrl &relay, const crypto::NostrKeyPair &mailbox) override;
    void test(relay::TestId id, const relay::RelayUrl &relay) override;
    void setProxy(const std::optional<relay::ProxySettings> &proxy) override { m_proxy = proxy; }
    std::vector<relay::RelayStatus> statuses() const override;

    const std::optional<relay::ProxySettings> &proxy() const { return m_proxy; }
    bool isWatching(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailbox) const;

private:
    friend class ScriptedNetwork;
    struct Watch {
        std::optional<std::int64_t> lastSync;
        std::set<crypto::NostrEventId> delivered;
        bool incomplete = false; ///< the listener said NotNow since the pass began
        bool inPass = false; ///< what is stored comes; caughtUp follows
        std::uint64_t generation = 0;
    };
    using WatchKey = std::pair<relay::RelayUrl, crypto::NostrPublicKey>;

    explicit ScriptedPort(ScriptedNetwork &network) : m_network(network) { }
    void deliver(const WatchKey &key, const std::vector<crypto::NostrEvent> &events);
    void startPass(const WatchKey &key, bool everything);
    void announce(const relay::RelayUrl &relay);

    ScriptedNetwork &m_network;
    relay::RelayListener *m_listener = nullptr;
    std::map<WatchKey, Watch> m_watches;
    std::set<relay::RelayUrl> m_known;
    std::optional<relay::ProxySettings> m_proxy;
    std::uint64_t m_generations = 0;
};

class ScriptedNetwork {
public:
    /// `clock` is the test's; the network never moves it.
    ScriptedNetwork(const Clock &clock, std::uint64_t seed) : m_clock(clock), m_random(seed) { }
    ~ScriptedNetwork();
    ScriptedNetwork(const ScriptedNetwork &) = delete;
    ScriptedNetwork &operator=(const ScriptedNetwork &) = delete;

    ScriptedRelay &addRelay(std::string_view url);
    ScriptedRelay &relay(const relay::RelayUrl &url); ///< precondition: it was added
    std::unique_ptr<ScriptedPort> makePort();

    /// As if a stranger had published it: stored and delivered, without any check of `behaviour().refuse`.
    void inject(const relay::RelayUrl &url, const crypto::NostrEvent &event);

    /// Does the next thing that is due; false when nothing is.
    bool step();
    /// Until nothing is due; answers how many steps it took. Aborts the test after a million.
    std::size_t runUntilIdle();
    /// What waits, due or not.
    std::size_t underWay() const { return m_queue.size(); }

private:
    friend class ScriptedPort;
    struct Step {
        ScriptedPort *owner; ///< dropped when this port goes
        std::int64_t notBeforeMs; ///< steady
        bool shuffles; ///< may overtake others
        std::function<void()> run;
    };

    void later(ScriptedPort *owner, const relay::RelayUrl &url, bool isDelivery, std::function<void()> run);
    bool chance(int percent);
    void store(ScriptedRelay &at, const crypto::NostrEvent &event);
    void noticeRecoveries();

    const Clock &m_clock;
    SeededRandom m_random;
    std::map<relay::RelayUrl, ScriptedRelay> m_relays;
    std::vector<ScriptedPort *> m_ports;
    std::deque<Step> m_queue;
};

/// The `p` tag of an envelope; nothing when it has none or more than one.
std::optional<crypto::NostrPublicKey> mailboxOf(const crypto::NostrEvent &event);

} // namespace tacet::test
