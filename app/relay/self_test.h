#pragma once
// Does a relay do what a mailbox needs? Writes an envelope to a throwaway mailbox, reads it back with the
// mailbox's key, deletes it. Only a relay that passed goes into an invitation (PROTOCOL §6).
#include "app/relay/fetch_job.h"
#include "app/relay/relay_info.h"

namespace tacet::relay {

class SelfTest final : private Publisher::Owner, private Connection::Owner {
public:
    /// Called once; must not destroy the test from inside.
    using Done = std::function<void(SelfTestReport)>;

    /// `settings` for the publishing socket, `readSettings` for the reading ones (their own circuits).
    SelfTest(const Environment &environment, ConnectionSettings settings, ConnectionSettings readSettings,
             std::optional<RelayInfo> info, Done done);

    /// Its sockets close now; it is answered later, as not usable. Not from inside a callback of the test.
    void giveUp(std::string reason);

    static constexpr std::int64_t kTimeoutMs = 180'000;

private:
    enum class Step { Writing, Reading, Deleting, Checking, Finished };

    void publisherAnswered(PublishId id, const PublishOutcome &outcome) override;
    void publisherRoundTrip(std::int64_t ms) override;
    void connectionChanged(Connection &connection) override;
    void connectionMustSplit(Connection &connection) override;
    void connectionCircuitRefused(Connection &connection) override;
    crypto::NostrEvent oldEnvelope() const;
    bool writeFresh();
    void read();
    void didRead(const FetchOutcome &outcome);
    void requestDeletion();
    void finish(std::string reason);

    const Environment &m_environment;
    ConnectionSettings m_readSettings;
    crypto::NostrKeyPair m_mailbox;
    SelfTestReport m_report;
    Done m_done;
    Step m_step = Step::Writing;
    Publisher m_publisher;
    Connection m_connection;
    std::unique_ptr<FetchJob> m_fetch;
    std::unique_ptr<FetchJob> m_formerFetch;
    crypto::NostrEventId m_written;
    TimerHandle m_timeout;
    TimerHandle m_next;
    int m_writeTries = 0;
    bool m_wroteFresh = false;
};

} // namespace tacet::relay
