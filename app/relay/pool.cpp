#include "app/relay/pool.h"

namespace tacet::relay {

Pool::Pool(Environment environment, InfoSource infoSource)
    : m_environment(std::move(environment)), m_infoSource(std::move(infoSource)), m_graveyard(m_environment.timers)
{
}

Pool::~Pool()
{
    m_listener = nullptr; // what ends now is answered to nobody
}

void Pool::setListener(RelayListener *listener)
{
    m_listener = listener;
    flush();
}

Peer &Pool::peer(const RelayUrl &url)
{
    auto &entry = m_peers[url];
    if (!entry) {
        Peer::Owner &self = *this;
        entry = std::make_unique<Peer>(m_environment, m_infoSource, m_graveyard, url, self);
    }
    return *entry;
}

void Pool::publish(PublishId id, const RelayUrl &relay, const crypto::NostrEvent &event)
{
    peer(relay).publish(id, event);
}

void Pool::watch(const RelayUrl &relay, const crypto::NostrKeyPair &mailbox, SyncFrom from)
{
    peer(relay).watch(mailbox, from);
}

void Pool::unwatch(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox)
{
    peer(relay).unwatch(mailbox);
}

void Pool::sweep(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox)
{
    peer(relay).sweep(mailbox);
}

void Pool::fetch(FetchId id, const RelayUrl &relay, const crypto::NostrKeyPair &mailbox)
{
    peer(relay).fetch(id, mailbox);
}

void Pool::test(TestId id, const RelayUrl &relay)
{
    peer(relay).test(id);
}

void Pool::setProxy(const std::optional<ProxySettings> &proxy)
{
    if (m_proxy == proxy)
        return;
    m_proxy = proxy;
    m_circuitsRefused = false;
    for (auto &[url, peer] : m_peers)
        peer->reopen();
}

void Pool::setOwnTorPort(std::optional<std::uint16_t> port)
{
    if (m_ownTorPort == port)
        return;
    m_ownTorPort = port;
    if (!m_proxy || !m_proxy->ownTor)
        return;
    m_circuitsRefused = false;
    for (auto &[url, peer] : m_peers)
        peer->reopen();
}

void Pool::setOwnRelay(const std::optional<OwnRelay> &relay)
{
    if (m_ownRelay == relay)
        return;
    const auto former = std::exchange(m_ownRelay, relay);
    for (auto &[url, peer] : m_peers) {
        const bool was = former && (url == former->local || url == former->onion);
        if (was != isOwnRelay(url) && (m_proxy || url.hostKind() == HostKind::Onion)) // else the way is the same as before
            peer->reopen();
    }
}

bool Pool::isOwnRelay(const RelayUrl &url) const
{
    return m_ownRelay && (url == m_ownRelay->local || url == m_ownRelay->onion);
}

RelayUrl Pool::addressOf(const RelayUrl &url) const
{
    return isOwnRelay(url) ? m_ownRelay->local : url;
}

std::optional<ProxySettings> Pool::proxyFor(const RelayUrl &url) const
{
    if (isOwnRelay(url))
        return std::nullopt;
    auto proxy = m_proxy;
    if (proxy && proxy->ownTor && m_ownTorPort) {
        proxy->host = "127.0.0.1";
        proxy->port = *m_ownTorPort;
    }
    return proxy;
}

std::vector<RelayStatus> Pool::statuses() const
{
    std::vector<RelayStatus> all;
    for (const auto &[url, peer] : m_peers)
        all.push_back(statusOf(*peer));
    return all;
}

RelayStatus Pool::statusOf(const Peer &peer) const
{
    RelayStatus status = peer.status();
    status.thisComputer = isOwnRelay(status.url) || status.url.hostKind() == HostKind::Loopback;
    return status;
}

std::string Pool::freshCircuit()
{
    if (!m_proxy || !m_proxy->separateCircuits || m_circuitsRefused)
        return {};
    return crypto::toHex(m_environment.random.bytes<8>());
}

void Pool::peerCircuitRefused()
{
    m_circuitsRefused = true;
}

// --- to the listener ---

RelayListener::Kept Pool::peerGot(Peer &peer, const crypto::NostrPublicKey &mailbox, std::span<const crypto::NostrEvent> events,
                                  bool more)
{
    return m_listener ? m_listener->arrived(peer.url(), mailbox, events, more) : RelayListener::Kept::NotNow;
}

void Pool::peerCaughtUp(Peer &peer, const crypto::NostrPublicKey &mailbox, const SyncReport &report)
{
    if (m_listener)
        m_listener->caughtUp(peer.url(), mailbox, report);
}

void Pool::peerFlooded(Peer &peer, const crypto::NostrPublicKey &mailbox)
{
    if (m_listener)
        m_listener->flooded(peer.url(), mailbox);
}

void Pool::peerPublished(PublishId id, const PublishOutcome &outcome)
{
    post([id, outcome](RelayListener &listener) { listener.published(id, outcome); });
}

void Pool::peerFetched(FetchId id, FetchOutcome outcome)
{
    post([id, outcome = std::move(outcome)](RelayListener &listener) { listener.fetched(id, outcome); });
}

void Pool::peerTested(TestId id, SelfTestReport report)
{
    post([id, report = std::move(report)](RelayListener &listener) { listener.tested(id, report); });
}

void Pool::peerChanged(Peer &peer)
{
    m_changed.insert(peer.url());
    flush();
}

void Pool::post(std::function<void(RelayListener &)> call)
{
    m_queue.push_back(std::move(call));
    flush();
}

void Pool::flush()
{
    if (!m_listener || m_flush.isSet() || (m_queue.empty() && m_changed.empty()))
        return;
    m_flush = m_environment.timers.after(0, [this] {
        m_flush.cancel();
        const auto queue = std::exchange(m_queue, {});
        const auto changed = std::exchange(m_changed, {});
        for (const auto &call : queue) {
            if (m_listener)
                call(*m_listener);
        }
        for (const RelayUrl &url : changed) {
            const auto found = m_peers.find(url);
            if (m_listener && found != m_peers.end())
                m_listener->relayChanged(statusOf(*found->second));
        }
    });
}

} // namespace tacet::relay
