#pragma once
// Locked: the vault is closed and its key wiped, receiving goes on. Arriving envelopes are sealed to a public key
// whose private half is in the vault (Spool); messages that were ready before go out from memory. Nothing can be
// opened, named or counted beyond "something arrived" (architecture: Key slots, profile, locked).
#include "app/chat/spool.h"
#include "app/relay/clock.h"
#include "app/relay/relay_port.h"
#include "app/relay/timers.h"
#include "crypto/nostr_event.h"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace tacet::chat {

/// Held in memory alone, by the process that was unlocked before. Mailbox keys open envelopes, not messages.
struct LockedState {
    struct Reading {
        relay::RelayUrl relay;
        crypto::NostrKeyPair mailbox;
        relay::SyncFrom from;
    };
    struct Sending {
        relay::RelayUrl relay;
        crypto::NostrPublicKey mailbox;
        crypto::Bytes sealed; ///< ratchet bytes, made and stored before
    };
    SpoolKey spoolKey;
    std::vector<Reading> reading;
    /// SHA-256 of the inner bytes of what was opened before, ascending: relays bring the days before the lock again. They tell
    /// no more than the envelopes themselves to whoever has these and the mailbox keys: that they came here.
    std::vector<crypto::FixedBytes<32>> known;
    std::vector<Sending> sending;
};

class LockedReceiver final : public relay::RelayListener {
public:
    /// Takes over the port's listener until it ends. `arrived` is called for every message that is sealed: once, however many
    /// relays bring it in envelopes of their own, and for none that was known before.
    LockedReceiver(LockedState state, const std::filesystem::path &spoolFile, relay::RelayPort &port, const Clock &clock,
                   Timers &timers, crypto::Random &random, std::function<void()> arrived);
    ~LockedReceiver() override;

    /// Watches and publishes.
    void start();

    Kept arrived(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailbox, std::span<const crypto::NostrEvent> events,
                 bool more) override;
    void published(relay::PublishId id, const relay::PublishOutcome &outcome) override;
    void fetched(relay::FetchId, const relay::FetchOutcome &) override { }
    void tested(relay::TestId, const relay::SelfTestReport &) override { }
    void caughtUp(const relay::RelayUrl &, const crypto::NostrPublicKey &, const relay::SyncReport &) override { }
    void flooded(const relay::RelayUrl &, const crypto::NostrPublicKey &) override { }
    void relayChanged(const relay::RelayStatus &status) override;

private:
    struct Letter {
        LockedState::Sending what;
        int attempts = 0;
        bool inFlight = false;
        bool done = false;
        relay::WrapDates dates = {};
        TimerHandle retry;
    };
    void publish(std::size_t index);
    bool isKnown(const crypto::FixedBytes<32> &hash) const;

    LockedState m_state;
    Spool m_spool;
    relay::RelayPort &m_port;
    const Clock &m_clock;
    Timers &m_timers;
    crypto::Random &m_random;
    std::function<void()> m_arrived;
    std::vector<Letter> m_letters;
    std::map<std::uint64_t, std::size_t> m_underWay;
    std::set<crypto::FixedBytes<32>> m_sealed; ///< hashes as in LockedState::known
};

} // namespace tacet::chat
