#pragma once
// One socket to one relay, as a state machine of NIP-01 and NIP-42: opens, keeps itself alive, answers
// challenges, hands frames to the readers and the publisher on top of it, and comes back after a jittered,
// capped wait. It never decides what to read or write: that is Peer's business.
#include "app/relay/auth_refusal.h"
#include "app/relay/backoff.h"
#include "app/relay/environment.h"
#include "app/relay/mailbox_reader.h"
#include "app/relay/publisher.h"

#include <vector>

namespace tacet::relay {

enum class ConnectionPhase {
    Idle, ///< nothing wanted
    Opening,
    Open,
    Waiting, ///< for the next try
};

struct ConnectionSettings {
    RelayUrl url;
    std::optional<ProxySettings> proxy;
    std::string circuit; ///< SOCKS user name; empty: none
    bool refusePrivateAddresses = false;
    std::int64_t clockAheadSeconds = 0; ///< AUTH is dated by the relay's clock, which refuses what is minutes off
};

class Connection final : private Transport::Listener, private Line {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        /// Phase, error, round trip or AUTH changed.
        virtual void connectionChanged(Connection &connection) = 0;
        /// AUTH is wanted and several mailboxes share the socket: a relay takes one key a socket (strfry), and two keys
        /// on one socket would tie the mailboxes together. The owner gives each its own.
        virtual void connectionMustSplit(Connection &connection) = 0;
        /// The proxy takes no user name; the next try should come without one.
        virtual void connectionCircuitRefused(Connection &connection) = 0;
        /// AUTH was refused in words that name no date. May its date be the reason nevertheless? Then it is tried again, until
        /// settleRefusal() tells that the date was right.
        virtual bool connectionMayBeMisdated(Connection &) { return false; }
    };

    Connection(const Environment &environment, ConnectionSettings settings, Owner &owner);
    ~Connection() override;

    /// What rides on the socket. A publisher and readers never share one: whoever sees both would know which
    /// mailbox writes to which (PROTOCOL §1).
    void attach(MailboxReader &reader);
    void detach(MailboxReader &reader);
    void attach(Publisher &publisher);
    /// A split: the first reader stays, the others are let go and returned. continueAlone() follows.
    std::vector<MailboxReader *> partFromFirst();
    /// After a split: the one reader left asks again as soon as its AUTH is accepted.
    void continueAlone();
    const std::vector<MailboxReader *> &readers() const { return m_readers; }

    /// Opens now unless it is open or opening, or waits for the next try already.
    void open();
    /// Drops the socket without a new try.
    void close();
    void setSettings(ConnectionSettings settings); ///< used from the next opening on
    const ConnectionSettings &settings() const { return m_settings; }

    ConnectionPhase phase() const { return m_phase; }
    std::optional<TransportError> error() const { return m_error; } ///< of the last failure
    const std::string &words() const { return m_words; } ///< the relay's or the network's, plain text
    std::optional<std::int64_t> roundTripMs() const { return m_roundTripMs; }
    /// Steady time of the next try while Waiting.
    std::int64_t nextTryMs() const { return m_nextTryMs; }
    bool authAsked() const { return m_authAsked; }
    bool authRefused() const { return m_authRefused; }
    bool authRefusedForDate() const { return m_authRefusedForDate; } ///< in so many words, which tells of our clock and not of us
    /// A refusal that may have been for its date was not: it stands.
    void settleRefusal();

    /// Ends this socket as broken and waits for the next try (a reader got stuck).
    void drop(TransportError error, const std::string &words);
    void noteRoundTrip(std::int64_t ms);

    static constexpr std::int64_t kOpenTimeoutMs = 30'000;
    static constexpr std::int64_t kOpenTimeoutThroughProxyMs = 90'000; ///< Tor builds circuits
    static constexpr std::int64_t kPingEveryMs = 50'000;
    static constexpr std::int64_t kPongTimeoutMs = 20'000;
    static constexpr std::int64_t kAuthTimeoutMs = 10'000;
    /// A relay that always has trouble with AUTH would hold a mailbox for ever: so often is that believed, for some minutes.
    static constexpr int kMaximumAuthTroubles = 6;
    static constexpr std::int64_t kFirstWaitMs = 2'000;
    static constexpr std::int64_t kLongestWaitMs = 5 * 60'000;
    /// A socket that lived this long was a success: the next wait is short again.
    static constexpr std::int64_t kStableMs = 60'000;
    static constexpr int kMaximumGarbage = 50; ///< unreadable frames
    static constexpr std::size_t kMaximumUseless = 5'000; ///< readable ones that nobody asked for, and events that are none
    static constexpr int kMaximumChallenges = 8;

private:
    void transportOpened() override;
    void transportReceived(std::string_view text) override;
    void transportPonged() override;
    void transportEnded(std::optional<TransportError> error, std::string_view reason) override;
    void sendFrame(const std::string &text) override;
    bool isLineOpen() const override { return m_phase == ConnectionPhase::Open; }
    std::size_t unsentBytes() const override { return m_transport ? m_transport->unsentBytes() : 0; }
    void authWanted() override;
    bool servesAll() const override;
    void passHeld() override;
    void passGivenUp() override;

    void start();
    void end();
    void waitAndRetry();
    void schedulePing();
    void handle(const RelayFrame &frame);
    void useless();
    void forged();
    void answerChallenge();
    void answerAgainIfRefused();
    enum class AuthAnswer {
        Accepted,
        Assumed, ///< no OK came
        Refused,
    };
    void authAnswered(AuthAnswer answer, const std::string &words);
    AuthRefusal meaningOfRefusal(const std::string &words);
    void noteServed();
    void endHeldPasses();
    bool hasOneKey() const { return m_publisher || m_readers.size() == 1; }
    bool isWanted() const { return m_publisher || !m_readers.empty(); }

    const Environment &m_environment;
    ConnectionSettings m_settings;
    Owner &m_owner;
    std::vector<MailboxReader *> m_readers;
    Publisher *m_publisher = nullptr;

    std::unique_ptr<Transport> m_transport;
    ConnectionPhase m_phase = ConnectionPhase::Idle;
    std::optional<TransportError> m_error;
    std::string m_words;
    std::optional<std::int64_t> m_roundTripMs;
    std::int64_t m_nextTryMs = 0;
    std::int64_t m_openedAtMs = 0;
    Backoff m_backoff{kFirstWaitMs, kLongestWaitMs};
    TimerHandle m_openTimer; ///< opening time-out, or the wait for the next try
    TimerHandle m_pingTimer;
    TimerHandle m_authTimer;
    std::optional<std::int64_t> m_pingSentMs;
    bool m_heardSincePing = false;

    std::string m_challenge; ///< the last one
    std::optional<crypto::NostrPublicKey> m_answeredAs; ///< it was answered with this key
    std::optional<crypto::NostrPublicKey> m_authSettledFor; ///< and that accepted or refused for good
    bool m_served = false; ///< an envelope came without AUTH: none are left out
    std::optional<crypto::NostrKeyPair> m_oneTimeKey; ///< AUTH of a publishing socket: lives as long as it
    std::optional<crypto::NostrEventId> m_authId; ///< AUTH sent, OK awaited
    bool m_authAsked = false;
    bool m_authRefused = false;
    bool m_authRefusedForDate = false;
    bool m_mayBeMisdated = false; ///< refused in words that would settle it
    int m_authTroubles = 0;
    int m_challenges = 0;
    int m_garbage = 0;
    std::size_t m_useless = 0;
};

} // namespace tacet::relay
