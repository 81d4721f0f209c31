#pragma once
// A session of the small relay over plain strings: no sockets, and every publication is committed at once.
#include "app/relay/auth.h"
#include "app/relayd/client_session.h"
#include "tests/support/manual_clock.h"
#include "tests/support/seeded_random.h"

namespace tacet::test {

using namespace relayd;
using namespace relay;
using namespace crypto;

class Talk final : public Outlet, public ClientSession::Owner {
public:
    Talk(const Clock &clock, Random &random, const Limits &limits, Store &store, bool readingNeedsAuth = true,
         SnapshotBudget *shared = nullptr, std::string address = {}, std::vector<std::string> hosts = {})
        : m_store(store), session({clock, random, limits, store, shared ? *shared : m_snapshots, 1, readingNeedsAuth, std::move(address),
                                   std::move(hosts)},
                                  "relay.example:7447", *this, *this)
    {
        session.opened();
        challenge = std::get<ChallengeFrame>(*readRelayFrame(sent.at(0))).challenge;
        sent.clear();
    }
    void send(const std::string &frame) override
    {
        sent.push_back(frame);
        unsent += countUnsent ? frame.size() : 0;
    }
    std::size_t unsentBytes() const override { return unsent; }
    void drop(const std::string &reason) override { dropped = reason; }
    void sessionPublished(ClientSession &from, const NostrEvent &event, const std::string &) override
    {
        const bool good = m_store.add(event).ok() && m_store.commit().ok();
        from.finishPublish(event.id, good, "");
        from.offer(event, toJson(event));
    }
    bool sessionMayAct(ClientSession &, std::size_t) override { return mayAct; }
    void sessionAsked(ClientSession &, std::int64_t operations) override { asked += operations; }
    void sessionProved(ClientSession &, const NostrPublicKey &) override { }

    template<typename Frame>
    std::vector<Frame> take()
    {
        std::vector<Frame> wanted;
        for (const std::string &text : std::exchange(sent, {})) {
            const auto frame = readRelayFrame(text);
            if (const auto *found = frame ? std::get_if<Frame>(&*frame) : nullptr)
                wanted.push_back(*found);
        }
        return wanted;
    }
    /// The words of the single OK, CLOSED or NEG-ERR.
    std::string words(const std::string &frame)
    {
        sent.clear();
        session.received(frame);
        const auto answer = readRelayFrame(sent.at(0));
        if (const auto *ok = std::get_if<OkFrame>(&*answer))
            return ok->accepted ? "accepted" : ok->text;
        if (const auto *closed = std::get_if<ClosedFrame>(&*answer))
            return closed->text;
        if (const auto *refused = std::get_if<ReconcileErrorFrame>(&*answer))
            return refused->text;
        return "served";
    }

private:
    Store &m_store;
    SnapshotBudget m_snapshots;

public:
    std::vector<std::string> sent;
    std::size_t unsent = 0;
    bool countUnsent = false;
    bool mayAct = true;
    std::int64_t asked = 0; ///< of SQLite's machine
    std::string dropped;
    std::string challenge;
    ClientSession session;
};

} // namespace tacet::test
