#pragma once
// A relay that means well and is strict, as the most used one is: private kinds are read by their recipient alone, after AUTH;
// one key a socket; the challenge comes after the refusal; limits on subscriptions, filters and sizes; live events come in
// batches; and its words are its own.
#include "app/relay/relay_url.h"
#include "tests/hostile/relay_half.h"
#include "tests/support/manual_clock.h"

namespace tacet::test {

class StrictRelay final : public RelayOfTest {
public:
    StrictRelay(relay::RelayUrl url, const Clock &clock, Timers &timers)
        : m_url(std::move(url)), m_clock(clock), m_timers(timers)
    {
    }
    std::unique_ptr<RelayHalf> welcome(Mouth &mouth) override;

    const std::vector<crypto::NostrEvent> &stored() const { return m_stored; }
    std::int64_t now() const { return m_clock.wallSeconds() + clockAheadSeconds; }

    std::int64_t clockAheadSeconds = 0; ///< its clock minus the world's
    std::int64_t newestSeconds = 900;
    std::int64_t oldestSeconds = 94'608'000;
    bool authToPublish = false;

    static constexpr std::size_t kMaximumSubscriptions = 20;
    static constexpr std::int64_t kMaximumLimit = 500;
    static constexpr std::size_t kMaximumEvent = 65'536; ///< bytes of its JSON
    static constexpr std::size_t kMaximumFrame = 131'072;
    static constexpr std::int64_t kAuthSeconds = 600;
    static constexpr std::int64_t kBatchMs = 100;

    // What clients did, for tests to look at.
    int authed = 0;
    int secondKeys = 0;
    int refusedReads = 0;
    int tooMany = 0; ///< subscriptions
    std::size_t sockets() const { return m_halves.size(); }

private:
    class Half;
    void tellLive();

    relay::RelayUrl m_url;
    const Clock &m_clock;
    Timers &m_timers;
    std::vector<crypto::NostrEvent> m_stored;
    std::vector<crypto::NostrEvent> m_fresh; ///< stored and not told yet
    std::vector<Half *> m_halves;
    TimerHandle m_batch;
    int m_challenges = 0;
};

/// Takes every socket and says nothing, ever.
class SilentRelay final : public RelayOfTest {
public:
    std::unique_ptr<RelayHalf> welcome(Mouth &) override
    {
        ++opened;
        return std::make_unique<Half>();
    }
    int opened = 0;

private:
    class Half final : public RelayHalf {
        void opened() override { }
        void heard(const std::string &) override { }
    };
};

} // namespace tacet::test
