#pragma once
// The client side in a test tube: a pool over scripted sockets, a clock that stands still, a listener that
// writes everything down.
#include "app/relay/pool.h"
#include "tests/support/envelopes.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_clock.h"
#include "tests/support/seeded_random.h"

#include <algorithm>
#include <map>

namespace tacet::test {

class RecordingListener final : public relay::RelayListener {
public:
    Kept arrived(const relay::RelayUrl &, const crypto::NostrPublicKey &, std::span<const crypto::NostrEvent> some, bool more) override
    {
        if (keepNothing)
            return Kept::NotNow;
        events.insert(events.end(), some.begin(), some.end());
        batches.push_back({some.size(), more});
        if (onEvent)
            onEvent();
        return Kept::Yes;
    }
    void published(relay::PublishId id, const relay::PublishOutcome &outcome) override
    {
        ++answers[id];
        outcomes[id] = outcome;
    }
    void fetched(relay::FetchId id, const relay::FetchOutcome &outcome) override { fetches[id].push_back(outcome); }
    void tested(relay::TestId, const relay::SelfTestReport &report) override { tests.push_back(report); }
    void caughtUp(const relay::RelayUrl &, const crypto::NostrPublicKey &, const relay::SyncReport &report) override
    {
        reports.push_back(report);
    }
    void flooded(const relay::RelayUrl &, const crypto::NostrPublicKey &) override { ++floods; }
    void relayChanged(const relay::RelayStatus &status) override { states.push_back(status); }

    bool has(const crypto::NostrEvent &event) const { return std::find(events.begin(), events.end(), event) != events.end(); }

    bool keepNothing = false;
    std::function<void()> onEvent;
    std::vector<crypto::NostrEvent> events;
    std::vector<std::pair<std::size_t, bool>> batches; ///< how many came together, and whether the pass went on
    std::map<relay::PublishId, int> answers;
    std::map<relay::PublishId, relay::PublishOutcome> outcomes;
    std::map<relay::FetchId, std::vector<relay::FetchOutcome>> fetches;
    std::vector<relay::SelfTestReport> tests;
    std::vector<relay::SyncReport> reports;
    std::vector<relay::RelayStatus> states;
    int floods = 0;
};

struct Rig {
    explicit Rig(std::uint64_t seed = 1, relay::InfoSource infoSource = {})
        : random(seed), pool({clock, timers, random, transports.factory()}, std::move(infoSource))
    {
        pool.setListener(&listener);
    }

    ManualClock clock;
    ManualTimers timers{clock};
    SeededRandom random;
    FakeTransports transports;
    RecordingListener listener;
    relay::Pool pool;
    const relay::RelayUrl url = *relay::RelayUrl::parse("wss://relay.example");

    std::int64_t now() const { return clock.wallSeconds(); }
    void settle() { timers.advance(0); }
    crypto::NostrKeyPair key() { return crypto::NostrKeyPair::generate(random); }
    crypto::NostrEvent envelope(const crypto::NostrKeyPair &mailbox) { return datedEnvelope(mailbox.publicKey(), now() - 100, random); }

    FakeTransports::Socket &openSocket()
    {
        timers.advance(0);
        transports.last().open();
        return transports.last();
    }
    relay::RelayStatus status() { return pool.statuses().at(0); }

    /// Answers the requests that are waiting from `stored`, newest first, `cap` events a page; false: there were none.
    bool answer(FakeTransports::Socket &socket, const std::vector<crypto::NostrEvent> &stored, std::size_t cap = 100)
    {
        bool any = false;
        for (const auto &request : socket.take<relay::RequestFrame>()) {
            any = true;
            std::vector<crypto::NostrEvent> page;
            for (const auto &event : stored) {
                if (request.filters.at(0).matches(event))
                    page.push_back(event);
            }
            std::stable_sort(page.begin(), page.end(), [](const auto &a, const auto &b) {
                return a.createdAt > b.createdAt || (a.createdAt == b.createdAt && a.id < b.id);
            });
            if (page.size() > cap)
                page.resize(cap);
            for (const auto &event : page)
                socket.say(relay::writeEvent(request.subscription, event));
            socket.say(relay::writeEose(request.subscription));
        }
        return any;
    }
    /// Until the client asks no more.
    void serve(FakeTransports::Socket &socket, const std::vector<crypto::NostrEvent> &stored, std::size_t cap = 100)
    {
        while (answer(socket, stored, cap)) { }
    }
};

} // namespace tacet::test
