#include "tests/support/scripted_relay.h"

#include "app/relay/sync_cursor.h"

#include <QtGlobal>

#include <algorithm>

namespace tacet::test {

using namespace relay;
using crypto::NostrEvent;
using crypto::NostrPublicKey;

namespace {

/// At most so many stored envelopes are handed on at once.
constexpr std::uint64_t kTogether = 6;

} // namespace

std::optional<NostrPublicKey> mailboxOf(const NostrEvent &event)
{
    std::optional<NostrPublicKey> found;
    for (const auto &tag : event.tags) {
        if (tag.size() < 2 || tag[0] != "p")
            continue;
        const auto bytes = crypto::fromHex(tag[1]);
        const auto key = bytes ? NostrPublicKey::from(*bytes) : std::nullopt;
        if (!key || found)
            return std::nullopt;
        found = key;
    }
    return found;
}

std::size_t ScriptedRelay::storedFor(const NostrPublicKey &mailbox) const
{
    return std::size_t(std::count_if(m_stored.begin(), m_stored.end(),
                                     [&](const NostrEvent &event) { return mailboxOf(event) == mailbox; }));
}

std::optional<WrapDates> ScriptedRelay::redate(std::int64_t createdAt, std::int64_t now) const
{
    const std::int64_t clock = now + m_behaviour.clockAheadSeconds;
    const bool old = m_behaviour.oldestSeconds && createdAt < clock - m_behaviour.oldestSeconds;
    const bool young = m_behaviour.newestSeconds && createdAt > clock + m_behaviour.newestSeconds;
    if (!old && !young)
        return std::nullopt;
    return WrapDates{m_behaviour.clockAheadSeconds, old ? m_behaviour.oldestSeconds / 2 : crypto::kWrapSpread};
}

// --- the network ---

ScriptedNetwork::~ScriptedNetwork()
{
    Q_ASSERT_X(m_ports.empty(), "ScriptedNetwork", "destroy the ports first");
}

ScriptedRelay &ScriptedNetwork::addRelay(std::string_view url)
{
    auto parsed = RelayUrl::parse(url);
    if (!parsed)
        qFatal("not a relay address: %s", std::string(url).c_str());
    return m_relays.try_emplace(*parsed, *parsed).first->second;
}

ScriptedRelay &ScriptedNetwork::relay(const RelayUrl &url)
{
    return m_relays.at(url);
}

std::unique_ptr<ScriptedPort> ScriptedNetwork::makePort()
{
    std::unique_ptr<ScriptedPort> port(new ScriptedPort(*this));
    m_ports.push_back(port.get());
    return port;
}

bool ScriptedNetwork::chance(int percent)
{
    return percent > 0 && m_random.below(100) < std::uint64_t(percent);
}

void ScriptedNetwork::later(ScriptedPort *owner, const RelayUrl &url, bool isDelivery, std::function<void()> run)
{
    const auto at = m_relays.find(url);
    const bool known = at != m_relays.end();
    const std::int64_t delay = known ? at->second.m_behaviour.delayMs : 0;
    const bool shuffles = known && isDelivery && at->second.m_behaviour.reorder;
    m_queue.push_back({owner, m_clock.steadyMs() + delay, shuffles, std::move(run)});
}

void ScriptedNetwork::store(ScriptedRelay &at, const NostrEvent &event)
{
    for (const NostrEvent &known : at.m_stored) {
        if (known.id == event.id)
            return;
    }
    at.m_stored.push_back(event);
    const auto mailbox = mailboxOf(event);
    if (!mailbox || at.m_behaviour.holdsBack)
        return;
    for (ScriptedPort *port : m_ports) {
        const ScriptedPort::WatchKey key{at.m_url, *mailbox};
        if (!port->m_watches.contains(key) || at.m_behaviour.down || chance(at.m_behaviour.dropPercent))
            continue;
        later(port, at.m_url, true, [port, key, event] { port->deliver(key, {event}); });
        if (chance(at.m_behaviour.duplicatePercent))
            later(port, at.m_url, true, [port, key, event] { port->deliver(key, {event}); });
    }
}

void ScriptedNetwork::inject(const RelayUrl &url, const NostrEvent &event)
{
    store(relay(url), event);
}

void ScriptedNetwork::noticeRecoveries()
{
    for (auto &[url, relay] : m_relays) {
        if (relay.m_wasDown == relay.m_behaviour.down)
            continue;
        relay.m_wasDown = relay.m_behaviour.down;
        for (ScriptedPort *port : m_ports) {
            if (!port->m_known.contains(url))
                continue;
            port->announce(url);
            if (relay.m_behaviour.down)
                continue;
            for (const auto &[key, watch] : port->m_watches) {
                if (key.first == url)
                    port->startPass(key, !watch.lastSync);
            }
        }
    }
}

bool ScriptedNetwork::step()
{
    noticeRecoveries();
    const std::int64_t now = m_clock.steadyMs();
    std::vector<std::size_t> due;
    bool onlyShuffled = false;
    for (std::size_t i = 0; i < m_queue.size(); ++i) {
        if (m_queue[i].notBeforeMs > now)
            continue;
        if (due.empty())
            onlyShuffled = m_queue[i].shuffles;
        if (due.empty() || (onlyShuffled && m_queue[i].shuffles))
            due.push_back(i);
    }
    if (due.empty())
        return false;
    const std::size_t chosen = due.size() == 1 ? due[0] : due[m_random.below(due.size())];
    const Step next = std::move(m_queue[chosen]);
    m_queue.erase(m_queue.begin() + std::ptrdiff_t(chosen));
    next.run();
    return true;
}

std::size_t ScriptedNetwork::runUntilIdle()
{
    std::size_t steps = 0;
    while (step()) {
        if (++steps > 1'000'000)
            qFatal("the scripted relays never come to rest");
    }
    return steps;
}

// --- one engine's port ---

ScriptedPort::~ScriptedPort()
{
    std::erase_if(m_network.m_queue, [this](const ScriptedNetwork::Step &step) { return step.owner == this; });
    std::erase(m_network.m_ports, this);
}

void ScriptedPort::publish(PublishId id, const RelayUrl &url, const NostrEvent &event)
{
    announce(url);
    m_network.later(this, url, false, [this, id, url, event] {
        const auto answer = [&](PublishOutcome::Kind kind, std::string reason, std::int64_t afterMs = 0) {
            if (m_listener)
                m_listener->published(id, {kind, afterMs, std::move(reason)});
        };
        using Kind = PublishOutcome::Kind;
        const auto at = m_network.m_relays.find(url);
        if (at == m_network.m_relays.end() || at->second.m_behaviour.down)
            return answer(Kind::Retry, "no connection", 15'000);
        ScriptedRelay &relay = at->second;
        const RelayBehaviour &behaviour = relay.m_behaviour;
        ++relay.m_attempts;
        if (!behaviour.refuse.empty())
            return answer(Kind::Refused, behaviour.refuse);
        if (!behaviour.retry.empty())
            return answer(Kind::Retry, behaviour.retry, behaviour.retryAfterMs);
        if (const auto dates = relay.redate(event.createdAt, m_network.m_clock.wallSeconds())) {
            if (m_listener)
                m_listener->published(id, {Kind::Redate, 0, "invalid: created_at is not to its liking", *dates});
            return;
        }
        if (behaviour.largestEventBytes && crypto::toJson(event).size() > behaviour.largestEventBytes)
            return answer(Kind::Refused, "invalid: event too large");
        if (!crypto::verify(event))
            return answer(Kind::Refused, "invalid: bad signature");
        if (!behaviour.lieInOk)
            m_network.store(relay, event);
        if (behaviour.loseOk)
            return answer(Kind::Retry, "the connection ended before an answer", 5'000);
        answer(Kind::Accepted, {});
    });
}

void ScriptedPort::watch(const RelayUrl &url, const crypto::NostrKeyPair &mailbox, SyncFrom from)
{
    const WatchKey key{url, mailbox.publicKey()};
    Watch watch;
    if (from.lastSyncSeconds && *from.lastSyncSeconds <= latestCursor(m_network.m_clock.wallSeconds()))
        watch.lastSync = from.lastSyncSeconds;
    const bool everything = !watch.lastSync;
    watch.generation = ++m_generations;
    m_watches[key] = std::move(watch);
    announce(url);
    startPass(key, everything);
    constexpr std::int64_t kDaySeconds = 24 * 3600;
    if (!everything && from.lastSweepSeconds && m_network.m_clock.wallSeconds() - *from.lastSweepSeconds >= kDaySeconds)
        startPass(key, true);
}

void ScriptedPort::unwatch(const RelayUrl &url, const NostrPublicKey &mailbox)
{
    m_watches.erase({url, mailbox});
}

void ScriptedPort::sweep(const RelayUrl &url, const NostrPublicKey &mailbox)
{
    startPass({url, mailbox}, true);
}

void ScriptedPort::startPass(const WatchKey &key, bool everything)
{
    const auto found = m_watches.find(key);
    if (found == m_watches.end())
        return;
    const std::uint64_t generation = found->second.generation;
    m_network.later(this, key.first, false, [this, key, everything, generation] {
        const auto at = m_network.m_relays.find(key.first);
        const auto current = m_watches.find(key);
        if (current == m_watches.end() || current->second.generation != generation)
            return;
        if (at == m_network.m_relays.end() || at->second.m_behaviour.down)
            return; // begins again when it is back
        Watch &watch = current->second;
        watch.incomplete = false;
        watch.inPass = true;
        const std::int64_t began = m_network.m_clock.wallSeconds();
        const ScriptedRelay &relay = at->second;
        if (!relay.m_behaviour.holdsBack) {
            std::optional<std::int64_t> since; // stepped back, as the real pool asks
            if (watch.lastSync)
                since = everything ? sweepSinceFor(*watch.lastSync) : sinceFor(*watch.lastSync);
            std::vector<NostrEvent> together; // as the port hands a page over: some at a time
            std::size_t size = 1;
            const auto send = [&] {
                if (!together.empty())
                    m_network.later(this, key.first, true, [this, key, together] { deliver(key, together); });
                together.clear();
                size = 1 + std::size_t(m_network.m_random.below(kTogether));
            };
            std::vector<NostrEvent> stored = relay.m_stored;
            if (relay.m_behaviour.newestFirst)
                std::reverse(stored.begin(), stored.end());
            for (const NostrEvent &event : stored) {
                const bool wanted = !since || event.createdAt >= *since;
                if (!wanted || mailboxOf(event) != key.second)
                    continue;
                together.push_back(event);
                if (m_network.chance(relay.m_behaviour.duplicatePercent))
                    together.push_back(event);
                if (together.size() >= size)
                    send();
            }
            send();
        }
        if (relay.m_behaviour.noSync)
            return;
        m_network.later(this, key.first, false, [this, key, everything, generation, began] {
            const auto now = m_watches.find(key);
            if (now == m_watches.end() || now->second.generation != generation)
                return;
            if (now->second.incomplete) // the listener could not keep something: read again from the same place
                return;
            now->second.lastSync = began;
            now->second.inPass = false;
            if (m_listener)
                m_listener->caughtUp(key.first, key.second, {began, everything});
        });
    });
}

void ScriptedPort::deliver(const WatchKey &key, const std::vector<NostrEvent> &events)
{
    const auto found = m_watches.find(key);
    if (found == m_watches.end() || !m_listener)
        return;
    const auto at = m_network.m_relays.find(key.first);
    if (at == m_network.m_relays.end() || at->second.m_behaviour.down)
        return; // lost on the way; the pass after the recovery brings it
    std::vector<NostrEvent> fresh;
    for (const NostrEvent &event : events) {
        if (event.kind == crypto::kKindGiftWrap && crypto::verify(event) && found->second.delivered.insert(event.id).second)
            fresh.push_back(event);
    }
    if (fresh.empty())
        return;
    const std::uint64_t generation = found->second.generation;
    if (m_listener->arrived(key.first, key.second, fresh, found->second.inPass) == RelayListener::Kept::Yes)
        return;
    const auto still = m_watches.find(key); // the listener may have unwatched
    if (still != m_watches.end() && still->second.generation == generation) {
        for (const NostrEvent &event : fresh)
            still->second.delivered.erase(event.id);
        still->second.incomplete = true;
    }
}

void ScriptedPort::fetch(FetchId id, const RelayUrl &url, const crypto::NostrKeyPair &mailbox)
{
    announce(url);
    m_network.later(this, url, false, [this, id, url, key = mailbox.publicKey()] {
        if (!m_listener)
            return;
        FetchOutcome outcome;
        const auto at = m_network.m_relays.find(url);
        if (at == m_network.m_relays.end() || at->second.m_behaviour.down) {
            outcome.proxyDown = at != m_network.m_relays.end() && at->second.m_behaviour.proxyDown;
            outcome.reason = outcome.proxyDown ? "nobody listens at the proxy" : "no connection";
            m_listener->fetched(id, outcome);
            return;
        }
        outcome.kind = FetchOutcome::Kind::Complete;
        if (!at->second.m_behaviour.holdsBack) {
            for (const NostrEvent &event : at->second.m_stored) {
                if (mailboxOf(event) == key && crypto::verify(event))
                    outcome.events.push_back(event);
            }
        }
        std::stable_sort(outcome.events.begin(), outcome.events.end(),
                         [](const NostrEvent &a, const NostrEvent &b) { return a.createdAt > b.createdAt; });
        if (outcome.events.size() > FetchOutcome::kMaximumFetched) {
            outcome.events.resize(FetchOutcome::kMaximumFetched);
            outcome.truncated = true;
        }
        m_listener->fetched(id, outcome);
    });
}

void ScriptedPort::test(TestId id, const RelayUrl &url)
{
    announce(url);
    m_network.later(this, url, false, [this, id, url] {
        if (!m_listener)
            return;
        SelfTestReport report{url, false, false, false, false, false, {}, {}, {}, {}};
        const auto at = m_network.m_relays.find(url);
        if (at == m_network.m_relays.end() || at->second.m_behaviour.down) {
            report.proxyDown = at != m_network.m_relays.end() && at->second.m_behaviour.proxyDown;
            report.reason = report.proxyDown ? "nobody listens at the proxy" : "no connection";
        } else {
            const RelayBehaviour &behaviour = at->second.m_behaviour;
            report.wrote = behaviour.refuse.empty() && behaviour.retry.empty();
            report.readBack = report.wrote && !behaviour.lieInOk && !behaviour.holdsBack;
            report.usable = report.readBack;
            report.roundTripMs = 1;
            if (!report.wrote)
                report.reason = behaviour.refuse + behaviour.retry;
            else if (!report.readBack)
                report.reason = "it took an envelope and did not give it back";
        }
        m_listener->tested(id, report);
    });
}

void ScriptedPort::announce(const RelayUrl &url)
{
    m_known.insert(url);
    m_network.later(this, url, false, [this, url] {
        if (!m_listener)
            return;
        for (const RelayStatus &status : statuses()) {
            if (status.url == url)
                m_listener->relayChanged(status);
        }
    });
}

std::vector<RelayStatus> ScriptedPort::statuses() const
{
    std::vector<RelayStatus> all;
    for (const RelayUrl &url : m_known) {
        const auto at = m_network.m_relays.find(url);
        const bool down = at == m_network.m_relays.end() || at->second.m_behaviour.down;
        RelayStatus status{url, down ? RelayState::Unreachable : RelayState::Connected, {}, {}, {}, {}, false, down ? 0 : 1, {},
                           false};
        if (!down && at->second.m_behaviour.tellsTheTime)
            status.clockAheadSeconds = at->second.m_behaviour.clockAheadSeconds;
        if (!down && at->second.m_behaviour.isLeft) {
            status.state = RelayState::Idle;
            status.sockets = 0;
        }
        status.thisComputer = url.hostKind() == relay::HostKind::Loopback
            || (at != m_network.m_relays.end() && at->second.m_behaviour.onThisComputer);
        if (down)
            status.lastError = "no connection";
        else
            status.roundTripMs = 1;
        all.push_back(std::move(status));
    }
    return all;
}

bool ScriptedPort::isWatching(const RelayUrl &url, const NostrPublicKey &mailbox) const
{
    return m_watches.contains({url, mailbox});
}

} // namespace tacet::test
