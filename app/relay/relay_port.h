#pragma once
// The boundary between the synchronous chat engine and the network. The engine asks through
// RelayPort and implements RelayListener; `Pool` is the real port, tests/support/scripted_relay.h
// the one of the engine's tests. Every call and every callback happens on the thread the port lives
// in, and no callback is made from inside a call: asking is never re-entrant.
//
// What is promised: each publish() and fetch() and test() is answered exactly once, whatever the relay
// does, unless the port is destroyed first. What arrives through arrived() has the right size, id,
// signature, kind and `p` tag. Nothing is promised about honesty: a relay may still lose, repeat, hold
// back and invent envelopes (PROTOCOL §6).
#include "app/relay/proxy.h"
#include "app/relay/relay_url.h"
#include "crypto/gift_wrap.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tacet::relay {

/// Numbers that RelayPort::nextRequest() gave, unique among the requests that are under way.
enum class PublishId : std::uint64_t {};
enum class FetchId : std::uint64_t {};
enum class TestId : std::uint64_t {};

/// For relays that refuse old dates and do not say how old: all of them take ten minutes.
inline constexpr std::int64_t kFreshSpread = 10 * 60;

/// How envelopes are dated for one relay.
struct WrapDates {
    std::int64_t aheadSeconds = 0; ///< the relay's clock minus ours, where ours would be refused
    std::int64_t spreadSeconds = crypto::kWrapSpread;
    friend bool operator==(const WrapDates &, const WrapDates &) = default;
};

struct PublishOutcome {
    enum class Kind {
        Accepted, ///< OK true: "on a relay", no more than that
        Retry, ///< not taken now (no connection, time-out, rate limit): make a fresh wrap after retryAfterMs
        Refused, ///< this relay will not take this event: trying again changes nothing
        Redate, ///< the date alone is wrong for it: make a fresh wrap with `dates` at once, and of later ones for this relay
    };
    Kind kind = Kind::Retry;
    std::int64_t retryAfterMs = 0; ///< a lower bound, for Retry
    std::string reason; ///< the relay's words or ours; UTF-8 plain text from outside, at most 500 bytes
    WrapDates dates = {}; ///< for Redate

    friend bool operator==(const PublishOutcome &, const PublishOutcome &) = default;
};

/// A cursor above this was stored while our clock was ahead: it tells nothing of what was read since it was set right.
constexpr std::int64_t latestCursor(std::int64_t nowSeconds)
{
    return nowSeconds + 3600; // less than an hour is made up for by the allowed skew
}

/// Where reading a mailbox begins.
struct SyncFrom {
    /// `SyncReport::syncedUntil` of the last complete pass at that relay, as it was reported: the port
    /// itself steps back two days and the allowed skew. Nothing, or above latestCursor(): read all there is.
    std::optional<std::int64_t> lastSyncSeconds;
    /// When a report with `everything` last came, seconds by our clock: a day later a sweep is due again.
    /// Nothing: the day begins now.
    std::optional<std::int64_t> lastSweepSeconds = std::nullopt;
};

/// One complete pass over the stored history of a mailbox at a relay.
struct SyncReport {
    std::int64_t syncedUntil = 0; ///< seconds since 1970 UTC by our clock, taken when the pass began; store it
    /// A sweep, or all there is: whatever would be opened was asked for, and a gap that is still open now is one at this relay.
    bool everything = false;
};

struct FetchOutcome {
    enum class Kind {
        Complete, ///< the relay answered to the end; `events` may be empty
        Unreachable, ///< no connection or no answer in time
        Refused, ///< it answered and would not serve this
    };
    Kind kind = Kind::Unreachable;
    std::string reason;
    std::vector<crypto::NostrEvent> events; ///< checked like arrived(); at most kMaximumFetched, newest first
    bool truncated = false; ///< there were more
    bool proxyDown = false; ///< Unreachable because nothing serves at the proxy: it says nothing about the relay

    static constexpr std::size_t kMaximumFetched = 200;
};

enum class RelayState {
    Idle, ///< known, nothing to do there now
    Connecting,
    Connected,
    Slow, ///< connected, round trip above two seconds
    Unreachable, ///< next try at nextTryWallMs
    Refused, ///< it answered and does not want us: lastError holds its words
};

struct RelayStatus {
    RelayUrl url;
    RelayState state = RelayState::Idle;
    std::string lastError; ///< plain text from outside or the network, at most 500 bytes
    std::optional<std::int64_t> roundTripMs;
    std::optional<std::int64_t> nextTryWallMs;
    std::optional<std::int64_t> lastEventWallMs; ///< when an envelope last came in or was accepted
    bool wantsAuth = false; ///< it asks for NIP-42 before it serves
    int sockets = 0; ///< open ones
    /// The relay's clock minus ours, as its answer to the information request said; a relay may lie.
    std::optional<std::int64_t> clockAheadSeconds = std::nullopt;
    bool refusesOurDates = false; ///< what our clock says was too old or too new for it
    /// Reached without any network, whatever its address: what it says of network and time is no witness.
    bool thisComputer = false;
    bool proxyDown = false; ///< the last try ended at the proxy; `lastError` says how
};

/// What a relay did with a throwaway mailbox. It may go into an invitation when `usable` holds.
struct SelfTestReport {
    RelayUrl url;
    bool wrote = false;
    bool readBack = false;
    bool deleted = false; ///< a courtesy, not needed
    bool wantsAuth = false;
    bool usable = false; ///< wrote and readBack
    std::optional<std::int64_t> roundTripMs;
    std::optional<std::int64_t> largestEventBytes; ///< from NIP-11, where it says
    std::string name; ///< NIP-11, plain text from outside
    std::string reason; ///< why it is not usable
    bool proxyDown = false; ///< that reason is the proxy's
};

class RelayListener {
public:
    enum class Kept {
        Yes, ///< stored for good, or looked at and not wanted
        /// Cannot be stored now (disk full, spool full). The port forgets that these were delivered, reports no
        /// caughtUp for that pass, and reads the mailbox again later from the same place.
        NotNow,
    };

    virtual ~RelayListener() = default;
    /// Envelopes of one mailbox in the order in which they came, never none and at most kMaximumArrived: one from a live
    /// subscription, several of a stored history, which come newest first. `more`: a pass over that history is under way
    /// here; caughtUp or flooded follows it, unless the connection ends, and then the pass begins anew.
    virtual Kept arrived(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox, std::span<const crypto::NostrEvent> events,
                         bool more) = 0;
    /// One transaction of a listener: long enough that a disk hardly counts, short enough that nobody waits for it.
    static constexpr std::size_t kMaximumArrived = 128;
    virtual void published(PublishId id, const PublishOutcome &outcome) = 0;
    virtual void fetched(FetchId id, const FetchOutcome &outcome) = 0;
    virtual void tested(TestId id, const SelfTestReport &report) = 0;
    virtual void caughtUp(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox, const SyncReport &report) = 0;
    /// One second of this mailbox holds more envelopes than a page: someone floods it or the relay lies.
    /// Reading went on below it; no caughtUp follows for that pass.
    virtual void flooded(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox) = 0;
    /// A good moment to send what waits for this relay: `status.state` became Connected.
    virtual void relayChanged(const RelayStatus &status) = 0;
};

class RelayPort {
public:
    virtual ~RelayPort() = default;

    /// Must outlive the port or be replaced by nullptr; without one nothing is delivered and nothing answered.
    virtual void setListener(RelayListener *listener) = 0;

    /// A number that no request at this port had before: what a former listener asked is answered to the one of now, who must
    /// not take it for an answer to a question of its own.
    std::uint64_t nextRequest() { return ++m_lastRequest; }

    virtual void publish(PublishId id, const RelayUrl &relay, const crypto::NostrEvent &event) = 0;

    /// Keeps reading a mailbox over all reconnects until unwatch(); history first, then live. Once a day
    /// (counted from SyncFrom), and when asked by sweep(), the history of the month before the last complete pass
    /// (sync_cursor.h). Watching again replaces the starting point.
    virtual void watch(const RelayUrl &relay, const crypto::NostrKeyPair &mailbox, SyncFrom from) = 0;
    virtual void unwatch(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox) = 0;
    /// That at once (before a gap is reported). Ends in caughtUp with `everything`.
    virtual void sweep(const RelayUrl &relay, const crypto::NostrPublicKey &mailbox) = 0;

    /// All that a relay stores for this key, once.
    virtual void fetch(FetchId id, const RelayUrl &relay, const crypto::NostrKeyPair &mailbox) = 0;

    /// Writes to, reads from and deletes from a throwaway mailbox.
    virtual void test(TestId id, const RelayUrl &relay) = 0;

    /// Closes every socket and opens what is needed again through the new setting. Nothing: direct connections.
    virtual void setProxy(const std::optional<ProxySettings> &proxy) = 0;

    /// One per relay that was named in this run.
    virtual std::vector<RelayStatus> statuses() const = 0;

private:
    std::uint64_t m_lastRequest = 0;
};

} // namespace tacet::relay
