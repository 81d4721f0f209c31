#pragma once
// Reads one mailbox over one line: a live subscription, pages of history behind it, time-outs, and what a
// relay's CLOSED means. Lives across reconnects; what has been read completely is remembered here. Where the relay offers
// it and much is known already, a pass compares instead of paging (catch_up.h); whatever goes wrong with that, it pages.
#include "app/relay/backoff.h"
#include "app/relay/catch_up.h"
#include "app/relay/environment.h"
#include "app/relay/frames.h"
#include "app/relay/recent_ids.h"
#include "app/relay/relay_port.h"
#include "app/relay/sync_cursor.h"

#include <set>
#include <span>
#include <vector>

namespace tacet::relay {

class MailboxReader {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        /// As RelayListener::arrived().
        virtual RelayListener::Kept readerGot(MailboxReader &reader, std::span<const crypto::NostrEvent> events, bool more) = 0;
        virtual void readerCaughtUp(MailboxReader &reader, const SyncReport &report) = 0;
        virtual void readerFlooded(MailboxReader &reader) = 0;
        /// The relay will not serve this mailbox; asked again much later.
        virtual void readerRefused(MailboxReader &reader, const std::string &words) = 0;
        /// The relay answers nothing, or without end.
        virtual void readerStuck(MailboxReader &reader, const std::string &words) = 0;
        /// Does the relay offer NIP-77?
        virtual bool relayReconciles() const { return false; }
    };

    MailboxReader(const Environment &environment, crypto::NostrKeyPair mailbox, SyncFrom from, Owner &owner);

    const crypto::NostrKeyPair &mailbox() const { return m_mailbox; }

    void lineOpened(Line &line);
    void lineClosed();
    /// A line of its own follows, because this one may have left out what is ours.
    void linePartedBeforeAuth();
    void authSent();
    /// Not told: no answer came, and it is assumed.
    void authAccepted(bool isTold);
    /// Open: what the relay has for us is as unknown as before. Who waits for AUTH tries it again, and a pass that is over waits.
    void authRefused(bool isOpen);
    /// The line serves all by now: what was read before counts.
    void endHeldPass();
    /// Now and then while the line is open: our clock may have been set back behind what is subscribed to.
    void lookAtTheClock();

    /// The history of the last month again (sweepSinceFor), beside the live subscription.
    void sweep();
    /// Stops asking for the rest of this connection's life (a one-shot fetch that has enough).
    void stop();

    /// Each answers whether the frame was for this reader.
    bool event(const EventFrame &frame);
    /// An event that cannot be read came for this subscription, ours or not.
    void unreadable(std::string_view subscription);
    bool endOfStored(const EoseFrame &frame);
    bool closed(const ClosedFrame &frame);
    bool compared(const ReconcileFrame &frame);
    bool notCompared(const ReconcileErrorFrame &frame);

    bool isReading() const { return m_pass && !m_isHeld; }
    bool isHeld() const { return m_isHeld; }
    /// An envelope came on this line that needed no AUTH for this mailbox.
    bool cameWithoutAuth() const { return m_cameWithoutAuth; }

    /// So much is known that a reconciliation would spare something.
    bool isWorthReconciling() const { return m_delivered.size() >= CatchUp::kWorthwhile; }

    /// Events on this line that nobody asked for, or forged: a measure of the relay's manners. What strangers laid into the
    /// mailbox is not counted.
    std::size_t uselessEvents() const { return m_useless; }
    /// Those of them whose id or signature is wrong. A live feed that ignores #p has none.
    std::size_t forgedEvents() const { return m_forged; }

    static constexpr std::int64_t kAnswerTimeoutMs = 30'000;
    static constexpr std::int64_t kSweepEverySeconds = 24 * 3600;
    /// How long envelopes of a page wait for others to be handed on together.
    static constexpr std::int64_t kGatherMs = 20;
    /// A relay that failed at a reconciliation is read in pages for so long.
    static constexpr std::int64_t kPagesAloneMs = 24 * 3600 * 1000;
    /// The longest waits after what could not be kept: the first, and what it doubles up to. A disk or a spool that is full stays
    /// so for hours.
    static constexpr std::int64_t kAgainAfterNotKeptMs = 60'000;
    static constexpr std::int64_t kLongestAfterNotKeptMs = 15 * 60'000;
    static constexpr std::int64_t kAgainAfterRefusalMs = 15 * 60'000;
    /// Larger envelopes do not exist (PROTOCOL §6): the largest makes an event of about 55,000 bytes.
    static constexpr std::size_t kMaximumContent = 64 * 1024;

private:
    void beginPass(bool everything);
    void requestPage();
    void requestLiveAlone();
    void beginCatchUp();
    void goOnCatchingUp(CatchUp::Next next);
    void pageInstead();
    void sendCatchUp();
    bool mayCatchUp() const;
    void endPass();
    void handOver();
    void forgetGathered();
    void again(std::int64_t delayMs);
    void askLater(std::int64_t delayMs);
    void forgetThisLine();
    void dropPass();
    void noteServed(bool isStored);
    bool isEnvelopeForUs(const crypto::NostrEvent &event) const;
    bool isAskedFor(const crypto::NostrEvent &event) const;
    Filter filter() const;
    void armTimeout();

    const Environment &m_environment;
    crypto::NostrKeyPair m_mailbox;
    std::optional<std::int64_t> m_lastSync;
    std::optional<std::int64_t> m_lastSyncBefore; ///< this line
    std::optional<std::int64_t> m_lastSweepBefore;
    Owner &m_owner;
    Line *m_line = nullptr;

    std::string m_live; ///< subscription ids; empty: none
    std::string m_page;
    std::optional<std::int64_t> m_liveSince; ///< of the live request
    bool m_liveIsPage = false; ///< the live request's stored part is the page being read
    std::optional<SyncPass> m_pass;
    std::optional<CatchUp> m_catchUp; ///< the pass that is under way, instead of pages
    bool m_catchUpFollowsLive = false; ///< it begins when the live request is answered: nothing may fall between them
    std::optional<std::int64_t> m_pagesUntilMs; ///< steady
    bool m_passIsEverything = false; ///< or all that a sweep looks at
    bool m_sweepWanted = false;
    bool m_waitsForAuth = false;
    bool m_isHeld = false; ///< the pass is over, but AUTH may show more
    bool m_authSent = false; ///< on this line, and not refused: some relays accept it without a word
    bool m_authAccepted = false; ///< on this line
    bool m_askedBeforeAuth = false; ///< the last request
    bool m_cameWithoutAuth = false;
    bool m_cameDuringAuth = false; ///< sent and not answered yet: the answer tells whether it was needed
    bool m_stopped = false;
    std::optional<std::int64_t> m_lastSweep; ///< by the wall clock: the program may have been closed since
    RecentIds m_delivered;
    std::vector<crypto::NostrEvent> m_gathered; ///< of the page being read, checked
    std::set<crypto::NostrEventId> m_gatheredIds;
    Backoff m_backoff{5'000, 10 * 60'000};
    Backoff m_notKept{kAgainAfterNotKeptMs, kLongestAfterNotKeptMs};
    TimerHandle m_timeout;
    TimerHandle m_retry;
    TimerHandle m_gathering;
    TimerHandle m_daily;
    std::size_t m_useless = 0;
    std::size_t m_forged = 0;
};

} // namespace tacet::relay
