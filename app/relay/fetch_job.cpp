#include "app/relay/fetch_job.h"

#include <algorithm>

namespace tacet::relay {

using Kind = FetchOutcome::Kind;

FetchJob::FetchJob(const Environment &environment, ConnectionSettings settings, crypto::NostrKeyPair mailbox, Done done)
    : m_reader(environment, std::move(mailbox), SyncFrom{}, *this), m_connection(environment, std::move(settings), *this),
      m_done(std::move(done))
{
    const bool throughProxy = m_connection.settings().proxy.has_value();
    m_timeout = environment.timers.after(throughProxy ? kTimeoutThroughProxyMs : kTimeoutMs, [this] {
        const bool opened = m_connection.phase() == ConnectionPhase::Open;
        finish(Kind::Unreachable, opened ? "it did not finish answering" : "it did not answer in time");
    });
    m_connection.attach(m_reader);
    m_connection.open();
}

void FetchJob::finish(FetchOutcome::Kind kind, std::string reason)
{
    if (!m_done)
        return;
    const Done done = std::exchange(m_done, nullptr);
    m_timeout.cancel();
    m_outcome.proxyDown = kind == Kind::Unreachable && m_connection.error() == TransportError::ProxyDown;
    m_reader.stop();
    m_connection.detach(m_reader);
    m_connection.close();
    m_outcome.kind = kind;
    m_outcome.reason = std::move(reason);
    std::stable_sort(m_outcome.events.begin(), m_outcome.events.end(),
                     [](const crypto::NostrEvent &a, const crypto::NostrEvent &b) { return a.createdAt > b.createdAt; });
    done(std::move(m_outcome));
}

RelayListener::Kept FetchJob::readerGot(MailboxReader &, std::span<const crypto::NostrEvent> events, bool)
{
    m_looked += events.size();
    for (const crypto::NostrEvent &event : events) {
        // Anybody can lay envelopes there: what opens in nothing must not push out what is looked for.
        if (!crypto::unwrapVerified(event, m_reader.mailbox()))
            continue;
        if (m_outcome.events.size() < FetchOutcome::kMaximumFetched)
            m_outcome.events.push_back(event);
        else
            m_outcome.truncated = true; // a relay answers with the newest first: what is left out is older
    }
    m_outcome.truncated = m_outcome.truncated || m_looked >= kMaximumLooked;
    if (m_outcome.truncated)
        finish(Kind::Complete, {});
    return RelayListener::Kept::Yes;
}

void FetchJob::readerCaughtUp(MailboxReader &, const SyncReport &)
{
    finish(Kind::Complete, {});
}

void FetchJob::readerFlooded(MailboxReader &)
{
    m_outcome.truncated = true;
    finish(Kind::Complete, {});
}

void FetchJob::readerRefused(MailboxReader &, const std::string &words)
{
    finish(Kind::Refused, words);
}

void FetchJob::readerStuck(MailboxReader &, const std::string &words)
{
    finish(Kind::Unreachable, words);
}

void FetchJob::connectionChanged(Connection &connection)
{
    if (connection.authRefused())
        finish(Kind::Refused, connection.words());
    else if (connection.phase() == ConnectionPhase::Waiting && !std::exchange(m_circuitRetry, false))
        finish(Kind::Unreachable, connection.words());
}

void FetchJob::connectionMustSplit(Connection &) { } // one reader only: cannot happen

void FetchJob::connectionCircuitRefused(Connection &connection)
{
    ConnectionSettings settings = connection.settings();
    settings.circuit.clear();
    connection.setSettings(std::move(settings));
    m_circuitRetry = true; // the connection tries again by itself, without a user name
}

} // namespace tacet::relay
