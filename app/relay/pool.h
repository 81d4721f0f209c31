#pragma once
// The real RelayPort: one Peer per relay, one listener, one proxy. Lives on the engine's thread and belongs to
// its event loop (or to the manual timers of a test).
#include "app/relay/peer.h"

#include <deque>

namespace tacet::relay {

class Pool final : public RelayPort, private Peer::Owner {
public:
    /// `infoSource` may be empty: then limits are learnt from refusals alone.
    Pool(Environment environment, InfoSource infoSource);
    ~Pool() override;

    void setListener(RelayListener *listener) override;
    void publish(PublishId id, const RelayUrl &relay, const crypto::NostrEvent &event) override;
    void watch(const RelayUrl &relay, const crypto::NostrKeyPair &mailbox, SyncFrom from) override;
    void unwatch(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox) override;
    void sweep(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox) override;
    void fetch(FetchId id, const RelayUrl &relay, const crypto::NostrKeyPair &mailbox) override;
    void test(TestId id, const RelayUrl &relay) override;
    void setProxy(const std::optional<ProxySettings> &proxy) override;
    std::vector<RelayStatus> statuses() const override;

    /// Where the Tor listens that was started with this program, once it is connected to its network; nothing: a profile
    /// that goes through it is silent.
    void setOwnTorPort(std::optional<std::uint16_t> port);

    /// The small relay inside this process, while it runs: reached over loopback whatever the proxy is, under its onion
    /// address too. Nothing leaves the computer, and Tor would refuse the first address.
    struct OwnRelay {
        RelayUrl local;
        std::optional<RelayUrl> onion;
        friend bool operator==(const OwnRelay &, const OwnRelay &) = default;
    };
    void setOwnRelay(const std::optional<OwnRelay> &relay);

private:
    RelayListener::Kept peerGot(Peer &peer, const crypto::NostrPublicKey &mailbox, std::span<const crypto::NostrEvent> events, bool more) override;
    void peerCaughtUp(Peer &peer, const crypto::NostrPublicKey &mailbox, const SyncReport &report) override;
    void peerFlooded(Peer &peer, const crypto::NostrPublicKey &mailbox) override;
    void peerPublished(PublishId id, const PublishOutcome &outcome) override;
    void peerFetched(FetchId id, FetchOutcome outcome) override;
    void peerTested(TestId id, SelfTestReport report) override;
    void peerChanged(Peer &peer) override;
    void peerCircuitRefused() override;
    std::optional<ProxySettings> proxyFor(const RelayUrl &url) const override;
    RelayUrl addressOf(const RelayUrl &url) const override;
    std::string freshCircuit() override;

    bool isOwnRelay(const RelayUrl &url) const;
    RelayStatus statusOf(const Peer &peer) const;
    Peer &peer(const RelayUrl &url);
    void post(std::function<void(RelayListener &)> call);
    void flush();

    Environment m_environment;
    InfoSource m_infoSource;
    RelayListener *m_listener = nullptr;
    std::optional<ProxySettings> m_proxy;
    std::optional<std::uint16_t> m_ownTorPort;
    std::optional<OwnRelay> m_ownRelay;
    bool m_circuitsRefused = false; ///< this proxy takes no user names
    Graveyard m_graveyard;
    std::map<RelayUrl, std::unique_ptr<Peer>> m_peers;
    std::deque<std::function<void(RelayListener &)>> m_queue;
    std::set<RelayUrl> m_changed;
    TimerHandle m_flush;
};

} // namespace tacet::relay
