#pragma once
// Reads once all that a relay stores for one key and that opens with it, on a socket of its own, and ends.
#include "app/relay/connection.h"

namespace tacet::relay {

class FetchJob final : private MailboxReader::Owner, private Connection::Owner {
public:
    /// Called once, from a timer or the socket; may destroy the job only later (Graveyard).
    using Done = std::function<void(FetchOutcome)>;

    FetchJob(const Environment &environment, ConnectionSettings settings, crypto::NostrKeyPair mailbox, Done done);

    /// Its socket closes now; it is answered Unreachable. Not from inside a callback of the job.
    void giveUp(std::string reason) { finish(FetchOutcome::Kind::Unreachable, std::move(reason)); }

    bool relayAskedAuth() const { return m_connection.authAsked(); }
    std::optional<std::int64_t> roundTripMs() const { return m_connection.roundTripMs(); }

    static constexpr std::int64_t kTimeoutMs = 60'000;
    static constexpr std::int64_t kTimeoutThroughProxyMs = 120'000;
    /// Envelopes looked at, whether they open or not: about a second's work.
    static constexpr std::size_t kMaximumLooked = 5'000;

private:
    RelayListener::Kept readerGot(MailboxReader &reader, std::span<const crypto::NostrEvent> events, bool more) override;
    void readerCaughtUp(MailboxReader &reader, const SyncReport &report) override;
    void readerFlooded(MailboxReader &reader) override;
    void readerRefused(MailboxReader &reader, const std::string &words) override;
    void readerStuck(MailboxReader &reader, const std::string &words) override;
    void connectionChanged(Connection &connection) override;
    void connectionMustSplit(Connection &connection) override;
    void connectionCircuitRefused(Connection &connection) override;
    void finish(FetchOutcome::Kind kind, std::string reason);

    MailboxReader m_reader;
    Connection m_connection;
    FetchOutcome m_outcome;
    std::size_t m_looked = 0;
    Done m_done;
    TimerHandle m_timeout;
    bool m_circuitRetry = false;
};

} // namespace tacet::relay
