#include "app/relay/self_test.h"

#include "crypto/gift_wrap.h"
#include "crypto/limits.h"

#include <algorithm>

namespace tacet::relay {

namespace {
constexpr PublishId kEnvelope{1};
constexpr PublishId kDeletion{2};
} // namespace

SelfTest::SelfTest(const Environment &environment, ConnectionSettings settings, ConnectionSettings readSettings,
                   std::optional<RelayInfo> info, Done done)
    : m_environment(environment), m_readSettings(std::move(readSettings)),
      m_mailbox(crypto::NostrKeyPair::generate(environment.random)),
      m_report{settings.url, false, false, false, false, false, {}, {}, {}, {}}, m_done(std::move(done)),
      m_publisher(environment, *this), m_connection(environment, std::move(settings), *this)
{
    if (info) {
        m_report.name = info->name;
        m_report.largestEventBytes = info->largestMessage;
        m_report.wantsAuth = info->authRequired;
    }
    m_timeout = environment.timers.after(kTimeoutMs, [this] { finish("it did not answer in time"); });
    if (info && info->paymentRequired) {
        m_next = environment.timers.after(0, [this] { finish("it serves paying members only"); });
        return;
    }
    const crypto::NostrEvent envelope = oldEnvelope();
    m_written = envelope.id;
    m_connection.attach(m_publisher);
    m_publisher.publish(kEnvelope, envelope);
    m_connection.open();
}

crypto::NostrEvent SelfTest::oldEnvelope() const
{
    // Dated in the older half of the two days: some relays refuse what is more than an hour old (snstr). These get
    // fresh dates, and the test must find out that they do take them.
    const std::int64_t now = m_environment.clock.wallSeconds();
    crypto::Bytes inner(crypto::kMessageSizes[1]);
    m_environment.random.fill(inner);
    crypto::NostrEvent envelope;
    for (int tries = 0; tries < 64; ++tries) { // each has an even chance
        auto event = crypto::wrap(inner, m_mailbox.publicKey(), now, m_environment.random);
        if (event)
            envelope = std::move(*event);
        if (envelope.createdAt < now - crypto::kWrapSpread / 2)
            break;
    }
    return envelope;
}

bool SelfTest::writeFresh()
{
    if (std::exchange(m_wroteFresh, true))
        return false;
    crypto::Bytes inner(crypto::kMessageSizes[1]);
    m_environment.random.fill(inner);
    const std::int64_t now = m_environment.clock.wallSeconds() + m_connection.settings().clockAheadSeconds;
    const auto event = crypto::wrap(inner, m_mailbox.publicKey(), now, m_environment.random, kFreshSpread);
    if (!event)
        return false;
    m_written = event->id;
    m_publisher.publish(kEnvelope, *event);
    return true;
}

void SelfTest::publisherAnswered(PublishId id, const PublishOutcome &outcome)
{
    if (m_step == Step::Finished)
        return;
    m_report.wantsAuth = m_report.wantsAuth || m_connection.authAsked();
    if (id == kDeletion) {
        m_step = Step::Checking;
        if (outcome.kind == PublishOutcome::Kind::Accepted)
            return read();
        return finish({});
    }
    if (outcome.kind == PublishOutcome::Kind::Redate && writeFresh())
        return;
    if (outcome.kind != PublishOutcome::Kind::Accepted) {
        m_report.proxyDown = m_connection.error() == TransportError::ProxyDown;
        return finish(outcome.reason);
    }
    m_report.wrote = true;
    m_step = Step::Reading;
    read();
}

void SelfTest::read()
{
    m_formerFetch = std::move(m_fetch);
    m_fetch = std::make_unique<FetchJob>(m_environment, m_readSettings, m_mailbox.clone(), [this](FetchOutcome outcome) {
        // Later: the job that calls must not be replaced from inside.
        m_next = m_environment.timers.after(0, [this, outcome = std::move(outcome)] { didRead(outcome); });
    });
}

void SelfTest::didRead(const FetchOutcome &outcome)
{
    if (m_step == Step::Finished)
        return;
    m_report.wantsAuth = m_report.wantsAuth || m_fetch->relayAskedAuth();
    const bool found = std::any_of(outcome.events.begin(), outcome.events.end(),
                                   [this](const crypto::NostrEvent &event) { return event.id == m_written; });
    if (m_step == Step::Checking) {
        m_report.deleted = outcome.kind == FetchOutcome::Kind::Complete && !found;
        return finish({});
    }
    if (outcome.kind != FetchOutcome::Kind::Complete) {
        m_report.proxyDown = outcome.proxyDown;
        return finish(outcome.reason);
    }
    if (!found)
        return finish("it took an envelope and did not give it back");
    m_report.readBack = true;
    requestDeletion();
}

void SelfTest::requestDeletion()
{
    m_step = Step::Deleting;
    crypto::NostrEvent deletion;
    deletion.kind = crypto::kKindDeletion;
    deletion.createdAt = m_environment.clock.wallSeconds();
    deletion.tags = {{"e", crypto::toHex(m_written.bytes)}, {"k", std::to_string(crypto::kKindGiftWrap)}};
    crypto::sign(deletion, m_mailbox, m_environment.random);
    if (m_connection.phase() != ConnectionPhase::Open)
        return finish({}); // a courtesy only
    m_publisher.publish(kDeletion, deletion);
}

void SelfTest::publisherRoundTrip(std::int64_t ms)
{
    if (!m_report.roundTripMs)
        m_report.roundTripMs = ms;
}

void SelfTest::connectionChanged(Connection &connection)
{
    if (m_step == Step::Writing && connection.authRefused())
        m_report.wantsAuth = true;
}

void SelfTest::connectionMustSplit(Connection &) { } // carries a publisher only: cannot happen

void SelfTest::connectionCircuitRefused(Connection &connection)
{
    if (m_writeTries++ > 0)
        return;
    ConnectionSettings settings = connection.settings();
    settings.circuit.clear();
    m_readSettings.circuit.clear();
    connection.setSettings(std::move(settings));
}

void SelfTest::giveUp(std::string reason)
{
    finish(std::move(reason));
    m_formerFetch.reset();
    m_fetch.reset();
    m_connection.close();
}

void SelfTest::finish(std::string reason)
{
    if (m_step == Step::Finished)
        return;
    m_step = Step::Finished;
    m_timeout.cancel();
    m_report.usable = m_report.wrote && m_report.readBack;
    m_report.reason = m_report.usable ? std::string() : std::move(reason);
    m_next = m_environment.timers.after(0, [this] {
        m_fetch.reset();
        m_connection.close();
        m_done(m_report);
    });
}

} // namespace tacet::relay
