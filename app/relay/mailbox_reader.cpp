#include "app/relay/mailbox_reader.h"

#include <algorithm>
#include <utility>

namespace tacet::relay {

using crypto::NostrEvent;

MailboxReader::MailboxReader(const Environment &environment, crypto::NostrKeyPair mailbox, SyncFrom from, Owner &owner)
    : m_environment(environment), m_mailbox(std::move(mailbox)), m_lastSync(from.lastSyncSeconds), m_owner(owner),
      m_lastSweep(from.lastSweepSeconds)
{
}

void MailboxReader::lineOpened(Line &line)
{
    lineClosed();
    m_line = &line;
    m_lastSyncBefore = m_lastSync;
    m_lastSweepBefore = m_lastSweep;
    m_useless = m_forged = 0;
    beginPass(false); // a wanted sweep follows: where none ever gets through, what is new comes all the same, and cursors move
}

void MailboxReader::lineClosed()
{
    // Perhaps because of what was asked, and then it would end so each time.
    if (m_catchUp || m_catchUpFollowsLive)
        m_pagesUntilMs = m_environment.clock.steadyMs() + kPagesAloneMs;
    m_sweepWanted = m_sweepWanted || (m_pass && m_passIsEverything);
    m_catchUp.reset();
    m_catchUpFollowsLive = false;
    m_line = nullptr;
    m_live.clear();
    m_page.clear();
    m_pass.reset();
    m_liveIsPage = false;
    m_waitsForAuth = false;
    m_isHeld = false;
    m_authSent = false;
    m_authAccepted = false;
    m_cameWithoutAuth = false;
    m_cameDuringAuth = false;
    m_timeout.cancel();
    m_retry.cancel();
    m_daily.cancel();
    forgetGathered(); // read again with the next pass
}

void MailboxReader::linePartedBeforeAuth()
{
    if (m_line && !m_cameWithoutAuth)
        forgetThisLine();
    lineClosed();
}

/// What was read on this line does not count.
void MailboxReader::forgetThisLine()
{
    m_lastSync = m_lastSyncBefore;
    m_lastSweep = m_lastSweepBefore;
    if (m_pass && m_passIsEverything)
        m_sweepWanted = true;
}

void MailboxReader::authSent()
{
    m_authSent = true;
}

void MailboxReader::authAccepted(bool isTold)
{
    if (!m_line)
        return;
    // The OK follows what came before AUTH was known. Without one, the relay may have known it in the middle of its answer.
    m_cameWithoutAuth = m_cameWithoutAuth || (m_cameDuringAuth && isTold);
    m_cameDuringAuth = false;
    const bool isFirst = !std::exchange(m_authAccepted, true);
    if (!m_waitsForAuth && (!isFirst || m_cameWithoutAuth))
        return;
    // Refused until now, or perhaps given nothing without a word: what was read on this line does not count.
    m_waitsForAuth = false;
    if (isFirst)
        forgetThisLine();
    dropPass();
    beginPass(false);
}

void MailboxReader::authRefused(bool isOpen)
{
    m_authSent = false;
    m_cameWithoutAuth = m_cameWithoutAuth || std::exchange(m_cameDuringAuth, false);
    if (!isOpen || (!m_isHeld && !m_waitsForAuth))
        return; // AUTH is tried again when the pass is over
    m_retry = m_environment.timers.after(m_backoff.next(m_environment.random), [this] {
        if (m_isHeld)
            m_line->passHeld();
        else if (m_waitsForAuth)
            beginPass(false);
    });
}

void MailboxReader::endHeldPass()
{
    if (m_isHeld)
        endPass();
}

void MailboxReader::lookAtTheClock()
{
    if (m_line && !m_live.empty() && m_liveSince && *m_liveSince > sinceFor(latestCursor(m_environment.clock.wallSeconds())))
        again(0);
}

void MailboxReader::sweep()
{
    m_sweepWanted = true;
    // A pass that is under way ends first; the sweep follows it.
    if (m_line && !m_pass && !m_waitsForAuth && !m_live.empty())
        beginPass(true);
}

void MailboxReader::stop()
{
    m_stopped = true;
    if (m_line && !m_live.empty())
        m_line->sendFrame(writeClose(m_live));
    if (m_line && !m_page.empty())
        m_line->sendFrame(writeClose(m_page));
    if (m_line && m_catchUp) {
        (void)m_catchUp->giveUp();
        sendCatchUp();
    }
    lineClosed();
}

Filter MailboxReader::filter() const
{
    Filter filter;
    // This kind alone: strfry answers a request that mixes in others without the restricted ones, silently.
    filter.kinds = {crypto::kKindGiftWrap};
    filter.tags['p'] = {crypto::toHex(m_mailbox.publicKey().bytes)};
    filter.since = m_pass->since();
    filter.until = m_pass->until();
    filter.limit = SyncPass::kPageLimit;
    return filter;
}

void MailboxReader::beginPass(bool everything)
{
    if (!m_line || m_stopped)
        return;
    m_retry.cancel();
    const std::int64_t now = m_environment.clock.wallSeconds();
    if (m_lastSync && *m_lastSync > latestCursor(now))
        m_lastSync.reset();
    m_passIsEverything = everything || !m_lastSync;
    if (m_passIsEverything)
        m_sweepWanted = false;
    std::optional<std::int64_t> since; // where nothing is known of what was read, all there is
    if (m_lastSync)
        since = everything ? sweepSinceFor(std::min(*m_lastSync, now)) : sinceFor(std::min(*m_lastSync, now));
    m_pass.emplace(since, now);
    if (!mayCatchUp())
        requestPage();
    else if (m_live.empty())
        requestLiveAlone();
    else
        beginCatchUp();
}

void MailboxReader::requestPage()
{
    std::string subscription = crypto::toHex(m_environment.random.bytes<8>());
    const std::string request = writeRequest(subscription, filter());
    if (m_live.empty()) {
        m_live = std::move(subscription);
        m_liveSince = m_pass->since();
        m_liveIsPage = true;
    } else {
        m_page = std::move(subscription);
    }
    m_askedBeforeAuth = !m_authSent;
    armTimeout();
    m_line->sendFrame(request);
}

void MailboxReader::armTimeout()
{
    m_timeout = m_environment.timers.after(kAnswerTimeoutMs, [this] {
        m_timeout.cancel();
        if (m_catchUp)
            return pageInstead();
        m_owner.readerStuck(*this, "it did not finish answering");
    });
}

// --- a pass that compares ---

bool MailboxReader::mayCatchUp() const
{
    const bool pagesAlone = m_pagesUntilMs && m_environment.clock.steadyMs() < *m_pagesUntilMs;
    return !pagesAlone && isWorthReconciling() && m_owner.relayReconciles()
        && m_delivered.items(m_pass->since()).size() >= CatchUp::kWorthwhile;
}

void MailboxReader::requestLiveAlone()
{
    m_live = crypto::toHex(m_environment.random.bytes<8>());
    m_liveSince = m_pass->since();
    m_liveIsPage = false;
    m_catchUpFollowsLive = true;
    m_askedBeforeAuth = !m_authSent;
    Filter live = filter();
    live.limit = 1; // none would be enough, but some relays take 0 for no limit
    armTimeout();
    m_line->sendFrame(writeRequest(m_live, live));
}

void MailboxReader::beginCatchUp()
{
    Filter wanted = filter();
    wanted.limit.reset();
    m_catchUp.emplace(crypto::toHex(m_environment.random.bytes<8>()), crypto::toHex(m_environment.random.bytes<8>()), std::move(wanted),
                      NegentropySet(m_delivered.items(m_pass->since())));
    goOnCatchingUp(m_catchUp->begin());
}

void MailboxReader::sendCatchUp()
{
    for (const std::string &frame : m_catchUp->frames()) {
        if (m_line) // a socket may end at any word
            m_line->sendFrame(frame);
    }
}

void MailboxReader::goOnCatchingUp(CatchUp::Next next)
{
    if (next == CatchUp::Next::Failed)
        return pageInstead();
    if (next == CatchUp::Next::Send)
        armTimeout();
    sendCatchUp();
    if (next != CatchUp::Next::Complete || !m_catchUp)
        return;
    m_catchUp.reset();
    endPass();
}

/// The same pass in pages: the relay failed at comparing, or would not.
void MailboxReader::pageInstead()
{
    m_pagesUntilMs = m_environment.clock.steadyMs() + kPagesAloneMs;
    handOver();
    if (!m_catchUp)
        return; // they could not be kept, or the connection ended meanwhile
    (void)m_catchUp->giveUp();
    sendCatchUp();
    m_catchUp.reset();
    if (m_line)
        requestPage();
}

bool MailboxReader::compared(const ReconcileFrame &frame)
{
    if (!m_catchUp || !m_catchUp->isComparing(frame.subscription))
        return false;
    goOnCatchingUp(m_catchUp->compared(frame));
    return true;
}

bool MailboxReader::notCompared(const ReconcileErrorFrame &frame)
{
    if (!m_catchUp || !m_catchUp->isComparing(frame.subscription))
        return false;
    pageInstead();
    return true;
}

// --- what comes ---

bool MailboxReader::isEnvelopeForUs(const NostrEvent &event) const
{
    return event.kind == crypto::kKindGiftWrap && event.content.size() <= kMaximumContent
        && onlyRecipient(event) == m_mailbox.publicKey();
}

/// Does it fit our request? What fits and is no envelope was laid there by somebody, and an honest relay has to give it.
bool MailboxReader::isAskedFor(const NostrEvent &event) const
{
    const std::string mailbox = crypto::toHex(m_mailbox.publicKey().bytes);
    return event.kind == crypto::kKindGiftWrap && std::any_of(event.tags.begin(), event.tags.end(), [&](const auto &tag) {
        return tag.size() >= 2 && tag[0] == "p" && tag[1] == mailbox;
    });
}

/// An envelope came. It needed no AUTH when none was sent. The rest of an answer that was asked for before it may have needed one,
/// where a relay looks when it sends; a live one may be there because of an AUTH that was accepted without a word.
void MailboxReader::noteServed(bool isStored)
{
    if (m_authAccepted)
        return;
    m_cameWithoutAuth = m_cameWithoutAuth || !m_authSent;
    m_cameDuringAuth = m_cameDuringAuth || (isStored && m_askedBeforeAuth);
}

bool MailboxReader::event(const EventFrame &frame)
{
    const bool isLive = !m_live.empty() && frame.subscription == m_live;
    const bool isPage = !m_page.empty() && frame.subscription == m_page;
    const bool isFetched = m_catchUp && m_catchUp->isFetching(frame.subscription);
    if (!isLive && !isPage && !isFetched)
        return false;
    if (isFetched && !m_catchUp->took()) {
        pageInstead();
        return true;
    }
    const bool isStored = (m_pass && (isPage || m_liveIsPage)) || (isLive && m_catchUpFollowsLive);
    const NostrEvent &event = frame.event;
    // Whatever it is, it took room on this page, and what it pushed out is behind it.
    if (m_pass && (isPage || m_liveIsPage)) {
        armTimeout();
        if (!m_pass->took(event.id, event.createdAt)) {
            m_pass.reset();
            m_timeout.cancel();
            m_owner.readerStuck(*this, "it sends events without end");
            return true;
        }
    }
    if (isFetched)
        armTimeout();
    if (!isEnvelopeForUs(event)) {
        if (!isAskedFor(event))
            ++m_useless; // some relays' live feed ignores #p, others lie
        return true;
    }
    if (m_delivered.contains(event.id) || m_gatheredIds.contains(event.id)) {
        noteServed(isStored);
        return true;
    }
    // After the look into the set, which costs less, and before the id may enter it: a forged event must not
    // keep the true one out.
    if (!crypto::verify(event)) {
        ++m_useless;
        ++m_forged;
        return true;
    }
    noteServed(isStored);
    if (m_stopped)
        return true;
    m_gathered.push_back(event);
    m_gatheredIds.insert(event.id);
    const bool ofHistory = m_pass && (isPage || m_liveIsPage || isFetched);
    if (!ofHistory || m_gathered.size() >= RelayListener::kMaximumArrived)
        handOver();
    else if (!m_gathering.isSet())
        m_gathering = m_environment.timers.after(kGatherMs, [this] { handOver(); });
    return true;
}

void MailboxReader::unreadable(std::string_view subscription)
{
    const bool isOfPage = !subscription.empty() && (subscription == m_page || (m_liveIsPage && subscription == m_live));
    if (!m_pass || !isOfPage)
        return;
    armTimeout();
    m_pass->tookUnreadable();
}

void MailboxReader::forgetGathered()
{
    m_gathering.cancel();
    m_gathered.clear();
    m_gatheredIds.clear();
}

void MailboxReader::handOver()
{
    m_gathering.cancel();
    if (m_gathered.empty() || m_stopped)
        return;
    const auto events = std::exchange(m_gathered, {});
    m_gatheredIds.clear();
    // The owner may end this connection, or us (a graveyard keeps us until the stack has unwound).
    if (m_owner.readerGot(*this, events, m_pass.has_value()) == RelayListener::Kept::NotNow)
        return again(m_notKept.next(m_environment.random));
    for (const NostrEvent &event : events)
        m_delivered.insert(event.id, event.createdAt);
}

bool MailboxReader::endOfStored(const EoseFrame &frame)
{
    if (m_catchUp && m_catchUp->isFetching(frame.subscription)) {
        handOver();
        if (m_catchUp)
            goOnCatchingUp(m_catchUp->fetched(m_delivered));
        return true;
    }
    const bool isLive = !m_live.empty() && frame.subscription == m_live;
    const bool isPage = !m_page.empty() && frame.subscription == m_page;
    if (!isLive && !isPage)
        return false;
    if (isLive && std::exchange(m_catchUpFollowsLive, false)) {
        beginCatchUp();
        return true;
    }
    if (!m_pass || (isLive && !m_liveIsPage))
        return true; // said once more than it was asked
    handOver();
    if (!m_pass)
        return true; // they could not be kept, or the connection ended meanwhile
    if (isPage) {
        m_line->sendFrame(writeClose(std::exchange(m_page, {})));
        if (!m_pass)
            return true; // a socket may end at any word
    }
    m_liveIsPage = false;
    if (m_pass->endOfPage() == SyncPass::Next::Page) {
        requestPage();
        return true;
    }
    endPass();
    return true;
}

void MailboxReader::endPass()
{
    m_timeout.cancel();
    const std::int64_t now = m_environment.clock.wallSeconds();
    if (m_pass->beganAt() > latestCursor(now))
        return again(0); // our clock was set back meanwhile: up to when this counts is not known
    m_isHeld = !m_line->servesAll();
    if (m_isHeld)
        return m_line->passHeld(); // may detach us from the line
    const bool flooded = m_pass->wasFlooded();
    const SyncReport report{m_pass->beganAt(), m_passIsEverything};
    m_pass.reset();
    m_backoff.reset();
    m_notKept.reset(); // not before: some of a pass may be kept, and not the rest
    if (m_passIsEverything || !m_lastSweep)
        m_lastSweep = now;
    const bool isOfTheFuture = *m_lastSweep > latestCursor(now);
    const std::int64_t due = isOfTheFuture ? now : *m_lastSweep + kSweepEverySeconds;
    m_daily = m_environment.timers.after(std::max<std::int64_t>(0, due - now) * 1000, [this] { sweep(); });
    if (!flooded)
        m_lastSync = report.syncedUntil;
    if (m_sweepWanted)
        beginPass(true);
    if (flooded)
        m_owner.readerFlooded(*this); // the owner may end us: nothing after this
    else
        m_owner.readerCaughtUp(*this, report);
}

void MailboxReader::again(std::int64_t delayMs)
{
    askLater(delayMs);
    if (m_line && delayMs > 0)
        m_line->passGivenUp(); // may detach us from the line
}

void MailboxReader::askLater(std::int64_t delayMs)
{
    if (!m_line)
        return;
    dropPass();
    if (!m_line)
        return;
    m_retry = m_environment.timers.after(delayMs, [this] { beginPass(false); });
}

void MailboxReader::dropPass()
{
    if (m_passIsEverything && m_pass)
        m_sweepWanted = true;
    for (std::string *subscription : {&m_live, &m_page}) {
        if (m_line && !subscription->empty()) // a socket may end at any word
            m_line->sendFrame(writeClose(*subscription));
        subscription->clear();
    }
    if (m_catchUp) {
        (void)m_catchUp->giveUp();
        sendCatchUp();
        m_catchUp.reset();
    }
    m_catchUpFollowsLive = false;
    m_pass.reset();
    m_isHeld = false;
    m_liveIsPage = false;
    m_timeout.cancel();
}

bool MailboxReader::closed(const ClosedFrame &frame)
{
    if (m_catchUp && (m_catchUp->isComparing(frame.subscription) || m_catchUp->isFetching(frame.subscription))) {
        pageInstead();
        return true;
    }
    const bool isLive = !m_live.empty() && frame.subscription == m_live;
    const bool isPage = !m_page.empty() && frame.subscription == m_page;
    if (!isLive && !isPage)
        return false;
    (isLive ? m_live : m_page).clear();
    handOver();
    if (!m_line)
        return true; // they could not be kept, and the reading was given up meanwhile
    switch (prefixOf(frame.text)) {
    case Prefix::AuthRequired:
        askLater(kAgainAfterRefusalMs); // unless AUTH is accepted before
        m_waitsForAuth = true;
        m_line->authWanted(); // may detach us from the line
        break;
    case Prefix::Restricted:
    case Prefix::Blocked:
    case Prefix::Invalid:
    case Prefix::Unsupported:
    case Prefix::Mute:
    case Prefix::Pow:
        again(kAgainAfterRefusalMs);
        m_owner.readerRefused(*this, frame.text);
        break;
    default: // rate-limited, errors, words without a prefix: later
        again(m_backoff.next(m_environment.random));
        break;
    }
    return true;
}

} // namespace tacet::relay
