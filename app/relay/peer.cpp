#include "app/relay/peer.h"

#include "app/relay/date_refusal.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace tacet::relay {

using crypto::NostrEvent;
using crypto::NostrPublicKey;

Peer::Peer(const Environment &environment, const InfoSource &infoSource, Graveyard &graveyard, RelayUrl url, Owner &owner)
    : m_environment(environment), m_infoSource(infoSource), m_graveyard(graveyard), m_url(std::move(url)), m_owner(owner),
      m_publisher(environment, *this), m_wallAheadMs(environment.clock.wallMs() - environment.clock.steadyMs())
{
}

// --- sockets ---

bool Peer::sharesSockets() const
{
    const auto proxy = m_owner.proxyFor(m_url);
    return !m_wantsAuth && !(proxy && proxy->separateCircuits);
}

TransportOptions Peer::newWay()
{
    // A name that someone else chose must not lead into the local network; one that is spelled as local was put
    // there by the user, or kept out by the engine.
    return {m_owner.addressOf(m_url), m_owner.proxyFor(m_url), m_owner.freshCircuit(), m_url.hostKind() == HostKind::Public};
}

ConnectionSettings Peer::newSettings()
{
    lookAtTheClock();
    const TransportOptions way = newWay();
    return {way.url, way.proxy, way.circuit, way.refusePrivateAddresses, authAheadSeconds()};
}

Connection &Peer::newConnection()
{
    Connection::Owner &self = *this;
    m_connections.push_back(std::make_unique<Connection>(m_environment, newSettings(), self));
    return *m_connections.back();
}

void Peer::openSoon(Connection &connection)
{
    const std::int64_t now = m_environment.clock.steadyMs();
    const std::int64_t at = std::max(now, m_nextOpeningMs);
    m_nextOpeningMs = at + kOpeningGapMs;
    Connection *target = &connection;
    m_opening[target] = m_environment.timers.after(at - now, [this, target] {
        m_opening.erase(target);
        target->open();
    });
}

void Peer::place(Mailbox &mailbox)
{
    if (sharesSockets()) {
        for (const auto &connection : m_connections) {
            if (connection->readers().size() < kMailboxesPerSocket) {
                mailbox.connection = connection.get();
                connection->attach(*mailbox.reader);
                return;
            }
        }
    }
    Connection &own = newConnection();
    mailbox.connection = &own;
    own.attach(*mailbox.reader);
    openSoon(own);
}

void Peer::retire(Connection &connection)
{
    m_opening.erase(&connection);
    const auto found = std::find_if(m_connections.begin(), m_connections.end(),
                                    [&](const auto &candidate) { return candidate.get() == &connection; });
    if (found == m_connections.end())
        return;
    std::unique_ptr<Connection> ended = std::move(*found);
    m_connections.erase(found);
    ended->close();
    m_graveyard.bury(std::move(ended));
}

Connection *Peer::connectionOf(const MailboxReader &reader) const
{
    const auto found = m_mailboxes.find(reader.mailbox().publicKey());
    return found == m_mailboxes.end() ? nullptr : found->second.connection;
}

void Peer::connectionMustSplit(Connection &connection)
{
    m_wantsAuth = true;
    // The first mailbox keeps the socket, which may then answer its challenge; each other one gets its own.
    for (const MailboxReader *reader : connection.partFromFirst())
        place(m_mailboxes.at(reader->mailbox().publicKey()));
    connection.continueAlone();
    m_owner.peerChanged(*this);
}

void Peer::connectionCircuitRefused(Connection &connection)
{
    ConnectionSettings settings = connection.settings();
    settings.circuit.clear();
    connection.setSettings(std::move(settings));
    m_owner.peerCircuitRefused();
}

void Peer::reopen()
{
    std::vector<std::unique_ptr<Connection>> ended;
    ended.swap(m_connections);
    for (auto &connection : ended) {
        m_opening.erase(connection.get());
        connection->close(); // first: readers that leave an open one would have it parted
        const auto readers = connection->readers();
        for (MailboxReader *reader : readers)
            connection->detach(*reader);
        m_graveyard.bury(std::move(connection));
    }
    if (m_publishing) {
        m_publishing->close(); // answers Retry
        m_graveyard.bury(std::move(m_publishing));
    }
    m_infoRequest.reset(); // now, not when the stack has unwound: its socket takes the old way
    m_infoAskedMs.reset();
    endJobs("the way to the relays was changed meanwhile");
    startWaitingTests();
    m_nextOpeningMs = 0;
    for (auto &[key, mailbox] : m_mailboxes)
        place(mailbox);
    m_owner.peerChanged(*this);
}

void Peer::endJobs(const std::string &why)
{
    std::vector<Job> fetches;
    for (const auto &[job, fetch] : m_fetches)
        fetches.push_back(job);
    for (const Job job : fetches)
        m_fetches.at(job)->giveUp(why); // leaves the map from inside
    for (const auto &[job, test] : m_tests)
        test->giveUp(why); // answers later
}

void Peer::connectionChanged(Connection &connection)
{
    lookAtTheClock();
    m_wantsAuth = m_wantsAuth || connection.authAsked();
    if (connection.authRefused()) {
        m_refusal = connection.words();
        if (connection.authRefusedForDate()) {
            m_authFollowsItsClock = true;
            askForItsClock();
        }
    }
    m_owner.peerChanged(*this);
}

// --- mailboxes ---

void Peer::watch(const crypto::NostrKeyPair &mailbox, SyncFrom from)
{
    unwatch(mailbox.publicKey());
    Mailbox &entry = m_mailboxes[mailbox.publicKey()];
    MailboxReader::Owner &self = *this;
    entry.reader = std::make_unique<MailboxReader>(m_environment, mailbox.clone(), from, self);
    place(entry);
    m_owner.peerChanged(*this);
}

void Peer::unwatch(const NostrPublicKey &mailbox)
{
    const auto found = m_mailboxes.find(mailbox);
    if (found == m_mailboxes.end())
        return;
    Mailbox entry = std::move(found->second);
    m_mailboxes.erase(found);
    entry.reader->stop();
    entry.connection->detach(*entry.reader);
    if (entry.connection->readers().empty())
        retire(*entry.connection);
    m_graveyard.bury(std::move(entry.reader));
    m_owner.peerChanged(*this);
}

void Peer::sweep(const NostrPublicKey &mailbox)
{
    const auto found = m_mailboxes.find(mailbox);
    if (found != m_mailboxes.end())
        found->second.reader->sweep();
}

RelayListener::Kept Peer::readerGot(MailboxReader &reader, std::span<const NostrEvent> events, bool more)
{
    m_lastEventWallMs = m_environment.clock.wallMs();
    m_owner.peerChanged(*this);
    return m_owner.peerGot(*this, reader.mailbox().publicKey(), events, more);
}

void Peer::readerCaughtUp(MailboxReader &reader, const SyncReport &report)
{
    if (!m_refusal.empty() || !m_silence.empty() || m_refusesOurDates) {
        m_refusal.clear();
        m_silence.clear();
        m_refusesOurDates = false;
        m_owner.peerChanged(*this);
    }
    if (reader.isWorthReconciling())
        learnLimits(); // does it offer that?
    m_owner.peerCaughtUp(*this, reader.mailbox().publicKey(), report);
}

void Peer::readerFlooded(MailboxReader &reader)
{
    m_owner.peerFlooded(*this, reader.mailbox().publicKey());
}

void Peer::readerRefused(MailboxReader &, const std::string &words)
{
    m_refusal = words.empty() ? "it gave no reason" : words;
    m_owner.peerChanged(*this);
}

void Peer::readerStuck(MailboxReader &reader, const std::string &words)
{
    m_silence = words;
    if (Connection *connection = connectionOf(reader))
        connection->drop(TransportError::Misbehaved, words);
}

// --- publishing ---

std::optional<PublishOutcome> Peer::refusalByLimits(const NostrEvent &event)
{
    const bool minds = m_refusesOldDates || m_toldDates || (m_info && m_info->oldestSeconds);
    if (minds && !isDatedAsWanted(event.createdAt)) {
        m_toldDates = true;
        return PublishOutcome{PublishOutcome::Kind::Redate, 0, "not dated as this relay takes it", datesWanted()};
    }
    if (!m_info)
        return std::nullopt;
    const bool frameTooLarge = m_info->largestMessage && std::int64_t(writePublish(event).size()) > *m_info->largestMessage;
    const bool contentTooLarge = m_info->largestContent && std::int64_t(event.content.size()) > *m_info->largestContent;
    if (frameTooLarge || contentTooLarge)
        return PublishOutcome{PublishOutcome::Kind::Refused, 0, "larger than this relay takes"};
    return std::nullopt;
}

WrapDates Peer::datesWanted() const
{
    WrapDates dates;
    // The relay's clock counts for this relay alone, where ours is far from it, and not before it refused ours: a date that
    // it could choose would mark our envelopes.
    if (m_followsItsClock && m_clockAheadSeconds && std::abs(*m_clockAheadSeconds) > kClockNoiseSeconds)
        dates.aheadSeconds = *m_clockAheadSeconds;
    if (m_info && m_info->oldestSeconds)
        dates.spreadSeconds = std::min(dates.spreadSeconds, *m_info->oldestSeconds / 2); // half: clocks differ
    else if (m_refusesOldDates)
        dates.spreadSeconds = kFreshSpread;
    return dates;
}

bool Peer::isDatedAsWanted(std::int64_t createdAt) const
{
    const WrapDates dates = datesWanted();
    const std::int64_t newest = m_environment.clock.wallSeconds() + dates.aheadSeconds;
    const std::int64_t waited = kFreshSpread; // it may have been made some minutes ago
    return createdAt <= newest + kClockNoiseSeconds && createdAt >= newest - dates.spreadSeconds - waited;
}

PublishOutcome Peer::redated(std::int64_t createdAt, std::string reason)
{
    lookAtTheClock();
    if (isDatedAsWanted(createdAt)) // else it tells nothing about what is wanted
        m_refusesOldDates = m_refusesOldDates || dateRefusalOf(reason) != DateRefusal::TooNew;
    if (!isDatedAsWanted(createdAt)) {
        m_toldDates = true;
        return {PublishOutcome::Kind::Redate, 0, std::move(reason), datesWanted()};
    }
    // As it should be, and refused: its clock and ours differ. It is asked for its own.
    askForItsClock();
    return {PublishOutcome::Kind::Retry, kDateRetryMs, std::move(reason)};
}

void Peer::askForItsClock()
{
    m_refusesOurDates = true;
    m_followsItsClock = true;
    learnLimits(kInfoAgainMs);
}

void Peer::lookAtTheClock()
{
    const std::int64_t ahead = m_environment.clock.wallMs() - m_environment.clock.steadyMs();
    const bool wasSet = std::abs(ahead - m_wallAheadMs) > kAuthNoiseSeconds * 1000; // or the computer has slept: asked once more
    m_wallAheadMs = ahead;
    if (!wasSet)
        return;
    m_clockAheadSeconds.reset();
    m_wasAskedForItsClock = false;
    m_followsItsClock = m_authFollowsItsClock = m_refusesOldDates = m_refusesOurDates = false;
    for (Connection *connection : connections())
        dateAuth(*connection);
    reopenRefusedSoon(); // not all that refuse a date name it
}

/// Later: who looks may be one of them, in the middle of something.
void Peer::reopenRefusedSoon()
{
    m_reopening = m_environment.timers.after(0, [this] {
        m_reopening.cancel();
        for (Connection *connection : connections()) {
            if (connection->authRefused())
                reopenRefused(*connection);
        }
    });
}

/// Its AUTH is refused: once more, by the clock that counts now.
void Peer::reopenRefused(Connection &connection)
{
    if (connection.phase() != ConnectionPhase::Open)
        return;
    if (&connection == m_publishing.get())
        connection.close(); // opens when it has work
    else
        connection.drop(TransportError::NoAnswer, connection.words());
}

/// AUTH is read by this relay alone and stored nowhere, so it may follow the relay's clock more closely than an envelope.
std::int64_t Peer::authAheadSeconds() const
{
    const std::int64_t noise = m_authFollowsItsClock ? kAuthNoiseSeconds : kClockNoiseSeconds;
    return (m_followsItsClock || m_authFollowsItsClock) && m_clockAheadSeconds && std::abs(*m_clockAheadSeconds) > noise ? *m_clockAheadSeconds : 0;
}

/// Answers whether it was dated otherwise before.
bool Peer::dateAuth(Connection &connection) const
{
    ConnectionSettings settings = connection.settings();
    const bool changes = std::exchange(settings.clockAheadSeconds, authAheadSeconds()) != authAheadSeconds();
    connection.setSettings(std::move(settings));
    return changes;
}

/// By the relay's clock, as far as it is known.
bool Peer::isMisdated(const Connection &connection) const
{
    return m_clockAheadSeconds && std::abs(*m_clockAheadSeconds - connection.settings().clockAheadSeconds) > kAuthNoiseSeconds;
}

/// nostr-rs-relay calls an AUTH of a wrong clock invalid, and no more: then its document tells the time.
bool Peer::connectionMayBeMisdated(Connection &connection)
{
    lookAtTheClock();
    learnLimits(kInfoAgainMs);
    if (isMisdated(connection)) {
        m_authFollowsItsClock = true;
        dateAuth(connection);
        reopenRefusedSoon();
    }
    return m_reopening.isSet() || (m_infoRequest && !m_wasAskedForItsClock);
}

void Peer::learnLimits(std::int64_t everyMs)
{
    const std::int64_t now = m_environment.clock.steadyMs();
    if (!m_infoSource || m_infoRequest || (m_infoAskedMs && now - *m_infoAskedMs < everyMs))
        return;
    m_infoAskedMs = now;
    m_infoRequest = m_infoSource(newWay(), [this](std::optional<RelayInfo> info) {
        m_graveyard.bury(std::move(m_infoRequest));
        learned(std::move(info));
        startWaitingTests();
    });
}

void Peer::learned(std::optional<RelayInfo> info)
{
    lookAtTheClock();
    m_wasAskedForItsClock = true;
    if (info) {
        m_clockAheadSeconds.reset();
        if (info->clockSeconds)
            m_clockAheadSeconds = *info->clockSeconds - m_environment.clock.wallSeconds();
        m_info = std::move(info);
    }
    const auto all = connections();
    const bool isOneMisdated = std::any_of(all.begin(), all.end(), [this](const Connection *connection) {
        return connection->authRefused() && isMisdated(*connection);
    });
    m_authFollowsItsClock = m_authFollowsItsClock || isOneMisdated;
    for (Connection *connection : all) {
        const bool isDatedAnew = dateAuth(*connection);
        if (connection->authRefused() && (isDatedAnew || connection == m_publishing.get()))
            reopenRefused(*connection);
        else
            connection->settleRefusal(); // the owner may end some of the others
    }
    if (info)
        m_owner.peerChanged(*this);
}

void Peer::publish(PublishId id, const NostrEvent &event)
{
    lookAtTheClock();
    if (auto refusal = refusalByLimits(event))
        return m_owner.peerPublished(id, std::move(*refusal));
    if (!m_publishing) {
        Connection::Owner &self = *this;
        m_publishing = std::make_unique<Connection>(m_environment, newSettings(), self);
        m_publishing->attach(m_publisher);
    }
    if (m_publishing->phase() == ConnectionPhase::Waiting) {
        const std::int64_t wait = std::max<std::int64_t>(0, m_publishing->nextTryMs() - m_environment.clock.steadyMs());
        return m_owner.peerPublished(id, {PublishOutcome::Kind::Retry, wait, m_publishing->words()});
    }
    m_idle.cancel();
    m_dates[id] = event.createdAt;
    m_publisher.publish(id, event);
    m_publishing->open();
    if (m_publishing->phase() == ConnectionPhase::Open)
        learnLimits(); // not before the relay answered at all
}

void Peer::publisherAnswered(PublishId id, const PublishOutcome &outcome)
{
    const auto dated = m_dates.extract(id);
    if (outcome.kind == PublishOutcome::Kind::Accepted) {
        m_lastEventWallMs = m_environment.clock.wallMs();
        m_refusal.clear();
        m_silence.clear();
        m_refusesOurDates = false;
    }
    armIdle();
    if (outcome.kind == PublishOutcome::Kind::Redate && !dated.empty())
        m_owner.peerPublished(id, redated(dated.mapped(), outcome.reason));
    else
        m_owner.peerPublished(id, outcome);
    m_owner.peerChanged(*this);
}

void Peer::publisherRoundTrip(std::int64_t ms)
{
    if (m_publishing)
        m_publishing->noteRoundTrip(ms);
}

void Peer::armIdle()
{
    if (!m_publisher.isIdle())
        return;
    m_idle = m_environment.timers.after(kIdleMs, [this] {
        m_idle.cancel();
        if (m_publishing && m_publisher.isIdle() && m_publishing->phase() == ConnectionPhase::Open)
            m_publishing->close();
    });
}

// --- one-shot work ---

void Peer::fetch(FetchId id, const crypto::NostrKeyPair &mailbox)
{
    const Job job = ++m_jobs;
    m_fetches[job] = std::make_unique<FetchJob>(m_environment, newSettings(), mailbox.clone(), [this, id, job](FetchOutcome outcome) {
        m_graveyard.bury(std::move(m_fetches[job]));
        m_fetches.erase(job);
        if (outcome.kind == FetchOutcome::Kind::Refused && authDateRefusalOf(outcome.reason)) {
            m_authFollowsItsClock = true;
            askForItsClock();
        }
        m_owner.peerFetched(id, std::move(outcome));
    });
}

void Peer::test(TestId id)
{
    learnLimits();
    m_testsWaiting.push_back(id); // for the information document
    if (!m_infoRequest)
        startWaitingTests();
}

void Peer::startWaitingTests()
{
    for (const TestId id : std::exchange(m_testsWaiting, {}))
        startTest(id);
}

void Peer::startTest(TestId id)
{
    const Job job = ++m_jobs;
    m_tests[job] = std::make_unique<SelfTest>(
        m_environment, newSettings(), newSettings(), m_info, [this, id, job](SelfTestReport report) {
            m_graveyard.bury(std::move(m_tests[job]));
            m_tests.erase(job);
            m_wantsAuth = m_wantsAuth || report.wantsAuth;
            report.url = m_url; // as it was asked for
            m_owner.peerTested(id, std::move(report));
        });
}

// --- the whole ---

std::vector<Connection *> Peer::connections() const
{
    std::vector<Connection *> all;
    for (const auto &connection : m_connections)
        all.push_back(connection.get());
    if (m_publishing)
        all.push_back(m_publishing.get());
    return all;
}

RelayStatus Peer::status() const
{
    RelayStatus status{m_url, RelayState::Idle, {}, {}, {}, m_lastEventWallMs, m_wantsAuth, 0, m_clockAheadSeconds,
                       m_refusesOurDates};
    bool opening = false;
    std::optional<std::int64_t> nextTry;
    for (const Connection *connection : connections()) {
        switch (connection->phase()) {
        case ConnectionPhase::Open:
            ++status.sockets;
            if (connection->roundTripMs() && (!status.roundTripMs || *connection->roundTripMs() > *status.roundTripMs))
                status.roundTripMs = connection->roundTripMs();
            break;
        case ConnectionPhase::Opening:
            opening = true;
            break;
        case ConnectionPhase::Waiting:
            nextTry = nextTry ? std::min(*nextTry, connection->nextTryMs()) : connection->nextTryMs();
            status.lastError = connection->words();
            status.proxyDown = connection->error() == TransportError::ProxyDown;
            break;
        case ConnectionPhase::Idle:
            break;
        }
    }
    if (status.sockets > 0)
        status.state = status.roundTripMs && *status.roundTripMs > kSlowMs ? RelayState::Slow : RelayState::Connected;
    else if (nextTry)
        status.state = RelayState::Unreachable;
    else if (opening || !m_opening.empty())
        status.state = RelayState::Connecting;
    if (status.state == RelayState::Unreachable)
        status.nextTryWallMs = m_environment.clock.wallMs() + std::max<std::int64_t>(0, *nextTry - m_environment.clock.steadyMs());
    if (!m_silence.empty() && status.sockets > 0) {
        status.state = RelayState::Unreachable; // an open socket alone is no relay
        status.lastError = m_silence;
    }
    if (!m_refusal.empty() && status.sockets > 0) {
        status.state = RelayState::Refused;
        status.lastError = m_refusal;
    }
    return status;
}

} // namespace tacet::relay
