#pragma once
// Everything at one relay: which sockets there are, what rides on each, and what the relay's state is as a
// whole. Publishing has its own socket; mailboxes share one only where the relay asks for no AUTH and no
// circuits are kept apart.
#include "app/relay/connection.h"
#include "app/relay/fetch_job.h"
#include "app/relay/graveyard.h"
#include "app/relay/relay_info.h"
#include "app/relay/self_test.h"

#include <map>

namespace tacet::relay {

class Peer final : private Connection::Owner, private MailboxReader::Owner, private Publisher::Owner {
public:
    /// The pool. Event, caught-up and flooded are called at once, from the socket's callback; answers and changes
    /// may come from inside a call and are queued by the pool.
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual RelayListener::Kept peerGot(Peer &peer, const crypto::NostrPublicKey &mailbox, std::span<const crypto::NostrEvent> events, bool more) = 0;
        virtual void peerCaughtUp(Peer &peer, const crypto::NostrPublicKey &mailbox, const SyncReport &report) = 0;
        virtual void peerFlooded(Peer &peer, const crypto::NostrPublicKey &mailbox) = 0;
        virtual void peerPublished(PublishId id, const PublishOutcome &outcome) = 0;
        virtual void peerFetched(FetchId id, FetchOutcome outcome) = 0;
        virtual void peerTested(TestId id, SelfTestReport report) = 0;
        virtual void peerChanged(Peer &peer) = 0;
        virtual void peerCircuitRefused() = 0;
        virtual std::optional<ProxySettings> proxyFor(const RelayUrl &url) const = 0;
        /// Where the socket really goes.
        virtual RelayUrl addressOf(const RelayUrl &url) const = 0;
        /// A fresh SOCKS user name; empty where circuits are not kept apart.
        virtual std::string freshCircuit() = 0;
    };

    Peer(const Environment &environment, const InfoSource &infoSource, Graveyard &graveyard, RelayUrl url, Owner &owner);

    const RelayUrl &url() const { return m_url; }

    void publish(PublishId id, const crypto::NostrEvent &event);
    void watch(const crypto::NostrKeyPair &mailbox, SyncFrom from);
    void unwatch(const crypto::NostrPublicKey &mailbox);
    void sweep(const crypto::NostrPublicKey &mailbox);
    void fetch(FetchId id, const crypto::NostrKeyPair &mailbox);
    void test(TestId id);
    /// Another proxy, or none: every socket is closed and what is needed opens again through the new setting.
    void reopen();

    RelayStatus status() const;

    static constexpr std::size_t kMailboxesPerSocket = 20; ///< relays commonly allow 20 subscriptions
    static constexpr std::int64_t kIdleMs = 60'000; ///< a publishing socket without work is closed
    static constexpr std::int64_t kOpeningGapMs = 120; ///< between two sockets to the same relay
    static constexpr std::int64_t kSlowMs = 2'000;
    static constexpr std::int64_t kInfoEveryMs = 24 * 3600 * 1000;
    static constexpr std::int64_t kInfoAgainMs = 60'000; ///< a relay finds our dates wrong: what is its clock?
    static constexpr std::int64_t kDateRetryMs = 60'000; ///< wrong by our clock and by what is known of the relay's
    static constexpr std::int64_t kClockNoiseSeconds = 120; ///< clocks that agree so well need no correction
    static constexpr std::int64_t kAuthNoiseSeconds = 20; ///< nor for AUTH, once one was refused for its date

private:
    struct Mailbox {
        std::unique_ptr<MailboxReader> reader;
        Connection *connection = nullptr;
    };
    using Job = std::uint64_t;

    void connectionChanged(Connection &connection) override;
    void connectionMustSplit(Connection &connection) override;
    void connectionCircuitRefused(Connection &connection) override;
    bool connectionMayBeMisdated(Connection &connection) override;
    RelayListener::Kept readerGot(MailboxReader &reader, std::span<const crypto::NostrEvent> events, bool more) override;
    void readerCaughtUp(MailboxReader &reader, const SyncReport &report) override;
    void readerFlooded(MailboxReader &reader) override;
    void readerRefused(MailboxReader &reader, const std::string &words) override;
    void readerStuck(MailboxReader &reader, const std::string &words) override;
    bool relayReconciles() const override { return m_info && m_info->reconciles; }
    void publisherAnswered(PublishId id, const PublishOutcome &outcome) override;
    void publisherRoundTrip(std::int64_t ms) override;

    bool sharesSockets() const;
    TransportOptions newWay(); ///< a circuit of its own, too
    ConnectionSettings newSettings();
    Connection &newConnection();
    void openSoon(Connection &connection);
    void place(Mailbox &mailbox);
    void retire(Connection &connection);
    std::optional<PublishOutcome> refusalByLimits(const crypto::NostrEvent &event);
    /// What to do about a date that the relay refused, or is known to refuse.
    PublishOutcome redated(std::int64_t createdAt, std::string reason);
    WrapDates datesWanted() const;
    bool isDatedAsWanted(std::int64_t createdAt) const;
    void askForItsClock();
    /// What refusals told about dates holds for the clock that they were given by: forgotten when ours is set.
    void lookAtTheClock();
    std::int64_t authAheadSeconds() const;
    bool dateAuth(Connection &connection) const;
    bool isMisdated(const Connection &connection) const;
    void reopenRefused(Connection &connection);
    void reopenRefusedSoon();
    std::vector<Connection *> connections() const;
    void learnLimits(std::int64_t everyMs = kInfoEveryMs);
    void learned(std::optional<RelayInfo> info);
    void startWaitingTests();
    void startTest(TestId id);
    void endJobs(const std::string &why);
    void armIdle();
    Connection *connectionOf(const MailboxReader &reader) const;

    const Environment &m_environment;
    const InfoSource &m_infoSource;
    Graveyard &m_graveyard;
    RelayUrl m_url;
    Owner &m_owner;

    std::map<crypto::NostrPublicKey, Mailbox> m_mailboxes;
    std::vector<std::unique_ptr<Connection>> m_connections; ///< the reading ones
    Publisher m_publisher;
    std::unique_ptr<Connection> m_publishing;
    std::map<Job, std::unique_ptr<FetchJob>> m_fetches;
    std::map<Job, std::unique_ptr<SelfTest>> m_tests;
    Job m_jobs = 0;
    std::vector<TestId> m_testsWaiting;

    std::unique_ptr<InfoRequest> m_infoRequest;
    std::optional<RelayInfo> m_info;
    std::optional<std::int64_t> m_infoAskedMs; ///< steady
    std::map<Connection *, TimerHandle> m_opening;
    std::int64_t m_nextOpeningMs = 0; ///< steady
    TimerHandle m_idle;
    TimerHandle m_reopening;

    bool m_wantsAuth = false;
    std::string m_silence; ///< it opens and does not answer: what was waited for
    std::string m_refusal; ///< the relay's words while it refuses us
    std::map<PublishId, std::int64_t> m_dates; ///< of what is under way
    std::optional<std::int64_t> m_clockAheadSeconds;
    bool m_wasAskedForItsClock = false; ///< and answered, or did not, since ours was set
    bool m_refusesOldDates = false;
    bool m_followsItsClock = false; ///< it refused a date of our clock
    bool m_authFollowsItsClock = false; ///< and that of an AUTH, closely
    bool m_refusesOurDates = false; ///< also those of the last ten minutes
    bool m_toldDates = false; ///< who publishes here dates as he was told last
    std::int64_t m_wallAheadMs; ///< of the steady clock, at the last look
    std::optional<std::int64_t> m_lastEventWallMs;
};

} // namespace tacet::relay
