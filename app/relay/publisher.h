#pragma once
// Publishing over one line: each event is sent once, waits for its OK, and is answered exactly once whatever
// happens to the line. What the words after OK mean (NIP-01, NIP-13, NIP-42) is decided here.
#include "app/relay/auth_refusal.h"
#include "app/relay/backoff.h"
#include "app/relay/environment.h"
#include "app/relay/frames.h"
#include "app/relay/relay_port.h"

#include <list>

namespace tacet::relay {

class Publisher {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void publisherAnswered(PublishId id, const PublishOutcome &outcome) = 0;
        virtual void publisherRoundTrip(std::int64_t ms) = 0;
    };

    Publisher(const Environment &environment, Owner &owner) : m_environment(environment), m_owner(owner) { }

    /// Goes out now or when the line opens. While the relay wants to be left alone it is answered Retry soon.
    void publish(PublishId id, const crypto::NostrEvent &event);

    void lineOpened(Line &line);
    /// The line ended or could not be opened: all that waits gets Retry.
    void lineClosed(const std::string &why, std::int64_t retryAfterMs);
    void authAccepted();
    void authRefused(AuthRefusal refusal, const std::string &words);

    /// Answers whether the frame was for an event of ours.
    bool ok(const OkFrame &frame);
    bool isIdle() const { return m_waiting.empty(); }

    static constexpr std::int64_t kAnswerTimeoutMs = 20'000;
    /// No more than this is handed to the socket at once: the rest waits for answers.
    static constexpr std::size_t kMaximumUnsent = 1024 * 1024;
    static constexpr std::size_t kMaximumInFlight = 32;

private:
    struct Item {
        PublishId id;
        crypto::NostrEventId eventId;
        std::string frame;
        bool sent = false;
        bool waitsForAuth = false;
        bool triedAfterAuth = false;
        std::int64_t sentAtMs = 0;
        TimerHandle timeout;
    };
    using Items = std::list<Item>;

    void pump();
    void answer(Items::iterator item, PublishOutcome outcome);
    void deferRetry(PublishId id, std::int64_t afterMs, std::string reason);
    PublishOutcome meaningOf(const OkFrame &frame);

    const Environment &m_environment;
    Owner &m_owner;
    Line *m_line = nullptr;
    Items m_waiting;
    Backoff m_rate{5'000, 10 * 60'000};
    std::int64_t m_quietUntilMs = 0; ///< steady: the relay asked for it
    std::string m_quietReason;
    std::list<std::pair<PublishId, PublishOutcome>> m_late; ///< answers that must not come from inside publish()
    TimerHandle m_lateTimer;
};

} // namespace tacet::relay
