#include "app/chat/inbox.h"

#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/relay/sync_cursor.h"
#include "app/vault/inbox_rows.h"
#include "crypto/gift_wrap.h"
#include "crypto/hkdf.h"

#include <algorithm>
#include <iterator>

namespace tacet::chat {

static_assert(kStaleMs == relay::kSweepBackSeconds * kSecondMs, "a sweep asks for what would be opened, and for nothing else");

using Kept = relay::RelayListener::Kept;

Kept Inbox::arrived(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailboxKey,
                    std::span<const crypto::NostrEvent> events, bool more)
{
    vault::Snapshot snapshot(m_context.db);
    const auto mailbox = vault::readMailbox(m_context.db, mailboxKey.bytes);
    std::vector<Arrived> messages;
    if (mailbox && mailbox->state != vault::MailboxState::Abandoned) {
        const crypto::NostrKeyPair keys = keyPairOf(*mailbox);
        for (const crypto::NostrEvent &event : events) {
            // The port has checked the signature. Anybody can write rubbish to a mailbox.
            if (auto inner = crypto::unwrapVerified(event, keys))
                messages.push_back({crypto::sha256(*inner), event.createdAt, std::move(*inner), relay.text(), {}});
        }
        if (more)
            awaitRest(mailboxKey.bytes, relay.text());
        if (m_backlog.isBusy(mailboxKey.bytes))
            m_backlog.keepBack(m_context.db, *mailbox, messages, more, m_context.clock.steadyMs());
    }
    if (!snapshot.finish())
        return Kept::NotNow;
    if (m_backlog.isBusy(mailboxKey.bytes))
        tellWaiting(*mailbox);
    return messages.empty() || openMarked(*mailbox, messages) ? Kept::Yes : Kept::NotNow;
}

void Inbox::awaitRest(const vault::Bytes32 &mailbox, const std::string &relay)
{
    m_backlog.reading(mailbox, relay, m_context.clock.steadyMs());
    m_context.histories.insert(mailbox);
    if (!m_backlogTimer.isSet())
        m_backlogTimer = m_context.timers.after(kBacklogPatienceMs, [this] { openForsaken(); });
}

Outcome<Done> Inbox::openSpooled(std::vector<SpoolRecord> records)
{
    std::map<vault::Bytes32, std::vector<Arrived>> byMailbox;
    for (SpoolRecord &record : records) {
        const vault::Bytes32 hash = crypto::sha256(record.inner);
        byMailbox[record.mailbox.bytes].push_back({hash, record.createdAtSeconds, std::move(record.inner), {}, {}});
    }
    for (auto &[key, messages] : byMailbox) {
        if (const auto opened = openSpooled(key, std::move(messages)); !opened)
            return opened;
    }
    return Done{};
}

Outcome<Done> Inbox::openSpooled(const vault::Bytes32 &key, std::vector<Arrived> messages)
{
    while (!messages.empty()) {
        std::size_t ready = 0;
        std::optional<vault::MailboxRow> mailbox;
        {
            vault::Snapshot snapshot(m_context.db);
            mailbox = vault::readMailbox(m_context.db, key);
            if (mailbox)
                ready = lineUp(m_context.db, *mailbox, messages);
            if (mailbox && ready == 0) {
                // The end of a history alone had come: its beginning would lose its keys. Relays bring it, and all of this once
                // more should it not be open by then, for no cursor moved while locked.
                awaitRest(key, {});
                m_backlog.keepBack(m_context.db, *mailbox, messages, true, m_context.clock.steadyMs());
            }
            if (const auto ended = snapshot.finish(); !ended)
                return fail(troubleOf(ended.error()));
        }
        if (!mailbox)
            return Done{};
        if (ready == 0) {
            tellWaiting(*mailbox);
            return Done{};
        }
        for (std::size_t from = 0; from < ready; from += relay::RelayListener::kMaximumArrived) {
            const std::size_t to = std::min(ready, from + relay::RelayListener::kMaximumArrived);
            const std::vector<Arrived> some(std::make_move_iterator(messages.begin() + std::ptrdiff_t(from)),
                                            std::make_move_iterator(messages.begin() + std::ptrdiff_t(to)));
            if (auto opened = openMarked(*mailbox, some); !opened)
                return opened;
        }
        messages.erase(messages.begin(), messages.begin() + std::ptrdiff_t(ready));
    }
    return Done{};
}

Outcome<Done> Inbox::openMarked(const vault::MailboxRow &mailbox, const std::vector<Arrived> &messages)
{
    std::vector<const Arrived *> fresh;
    {
        // The marks come before the first look at the messages: should one take the program down, the next start knows which
        // they were. They have to outlive the program alone: where the power goes, nothing was opened. What is kept aside for
        // later is kept for good.
        const bool anyAside = std::any_of(messages.begin(), messages.end(),
                                          [this](const Arrived &message) { return m_aside.contains(message.hash); });
        Step mark(m_context, anyAside ? vault::Outlives::PowerCut : vault::Outlives::Kill);
        for (const Arrived &message : messages) {
            if (vault::hasSeen(mark.db(), message.hash))
                continue;
            if (m_aside.contains(message.hash)) {
                keepAside(mark, mailbox, message);
                continue;
            }
            vault::writeProcessing(mark.db(), message.hash);
            fresh.push_back(&message);
        }
        if (const auto marked = mark.commit(); !marked || fresh.empty())
            return marked;
    }
    Step step(m_context);
    vault::clearProcessing(step.db());
    Sizes sizes;
    for (const Arrived *message : fresh)
        sizes.emplace(message->hash, message->inner.size());
    for (std::size_t at = 0; at < fresh.size();) {
        at += openTexts(step, mailbox, std::span(fresh).subspan(at));
        if (at == fresh.size())
            break;
        open(step, mailbox, fresh[at]->createdAtSeconds, fresh[at]->inner);
        ++at;
    }
    countSeen(step, mailbox, sizes);
    auto kept = step.commit();
    if (!kept)
        clearMarks();
    return kept;
}

void Inbox::clearMarks()
{
    // The disk would not take the result, which says nothing against a message: a mark that stays would count as a crash.
    Step step(m_context, vault::Outlives::Kill);
    vault::clearProcessing(step.db());
    m_marksLeft = !step.commit(); // then stop() tries it again
}

void Inbox::countSeen(Step &step, const vault::MailboxRow &mailbox, const Sizes &opened) const
{
    std::map<std::size_t, int> bySize;
    for (const auto &[hash, size] : opened) {
        if (vault::hasSeen(step.db(), hash)) // else held back or stale, and so again each time it comes
            ++bySize[size];
    }
    if (bySize.empty())
        return;
    std::vector<std::string> places;
    for (vault::MailboxRelayRow &at : vault::readMailboxRelays(step.db(), mailbox.publicKey))
        places.push_back(std::move(at.relay));
    for (const std::string &place : m_relays.listed(step.db(), places)) {
        for (const auto &[size, count] : bySize)
            m_relays.counted(step, place, false, size, count);
    }
}

void Inbox::keepAside(Step &step, const vault::MailboxRow &mailbox, const Arrived &message)
{
    auto row = vault::readSetAside(step.db(), message.hash);
    if (!row || row->crashes >= kCrashesBeforeAside || row->inner)
        return;
    row->mailbox = mailbox.publicKey;
    row->createdSeconds = message.createdAtSeconds;
    row->inner = message.inner;
    vault::writeSetAside(step.db(), *row);
}

// --- Histories ---

void Inbox::passEnded(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailbox,
                      const std::optional<relay::SyncReport> &report)
{
    m_read.insert({relay.text(), mailbox.bytes});
    if (m_backlog.isBusy(mailbox.bytes)) {
        if (m_backlog.ended(mailbox.bytes, relay, report) && !isExpectedFromOthers(mailbox.bytes))
            openBacklog(mailbox.bytes);
        return;
    }
    if (!report)
        return;
    Step step(m_context);
    m_mailboxes.caughtUp(step, relay.text(), mailbox.bytes, *report);
    static_cast<void>(step.commit()); // a failure: the same stretch is read again, and known
}

void Inbox::relayChanged(const std::string &relay)
{
    if (!m_relays.isConnected(relay))
        std::erase_if(m_read, [&](const auto &each) { return each.first == relay; }); // its next pass is a new one
    if (m_relays.isAnswering(relay))
        return;
    // Who waited for this one alone waits for nobody now.
    for (const vault::Bytes32 &mailbox : m_backlog.unread()) {
        if (!m_backlogSteps.contains(mailbox) && !isExpectedFromOthers(mailbox))
            m_backlogSteps[mailbox] = m_context.timers.after(0, [this, mailbox] { openBacklog(mailbox); });
    }
}

bool Inbox::isExpectedFromOthers(const vault::Bytes32 &key) const
{
    // A quick relay that has the end of a chain alone must not cost the beginning, which a slow one is about to bring.
    if (m_backlog.waiting(key) == 0)
        return false;
    vault::Snapshot snapshot(m_context.db);
    bool expected = false;
    for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(m_context.db, key)) {
        const auto url = relay::RelayUrl::parse(at.relay);
        expected = expected
            || (url && !m_read.contains({at.relay, key}) && m_relays.isAnswering(at.relay)
                && m_relays.mayContact(m_context.db, *url));
    }
    return snapshot.finish() && expected;
}

void Inbox::openBacklog(vault::Bytes32 key)
{
    m_backlogSteps.erase(key);
    std::vector<Arrived> messages;
    std::optional<vault::MailboxRow> mailbox;
    bool abandoned = true;
    {
        vault::Snapshot snapshot(m_context.db);
        mailbox = vault::readMailbox(m_context.db, key);
        abandoned = !mailbox || mailbox->state == vault::MailboxState::Abandoned;
        if (!abandoned)
            messages = m_backlog.next(m_context.db, *mailbox);
        if (!snapshot.finish()) {
            m_backlog.putBack(key, std::move(messages));
            m_backlogSteps[key] = m_context.timers.after(kFirstRetryMs, [this, key] { openBacklog(key); });
            return;
        }
    }
    if (messages.empty()) {
        finishBacklog(key, abandoned);
        if (mailbox)
            tellWaiting(*mailbox);
        return;
    }
    const bool opened = openMarked(*mailbox, messages).ok();
    if (!opened)
        m_backlog.putBack(key, std::move(messages)); // the disk would not take them
    tellWaiting(*mailbox);
    // One transaction a turn of the event loop, so that commands come between.
    m_backlogSteps[key] = m_context.timers.after(opened ? 0 : kFirstRetryMs, [this, key] { openBacklog(key); });
}

void Inbox::finishBacklog(const vault::Bytes32 &key, bool abandoned)
{
    const Backlog::Finished finished = m_backlog.finish(key);
    m_context.histories.erase(key);
    if (abandoned)
        return; // what waited is not open: the cursors stay, for the day on which the block is undone
    if (!finished.reports.empty()) {
        Step step(m_context);
        for (const auto &[relay, report] : finished.reports)
            m_mailboxes.caughtUp(step, relay.text(), key, report);
        static_cast<void>(step.commit()); // a failure: the same stretch is read again, and known
    }
    if (finished.readAgain.empty())
        return;
    vault::Snapshot snapshot(m_context.db);
    if (const auto mailbox = vault::readMailbox(m_context.db, key); mailbox && mailbox->state != vault::MailboxState::Abandoned) {
        for (const std::string &relay : finished.readAgain) {
            if (const auto url = relay::RelayUrl::parse(relay))
                m_mailboxes.readOn(m_context.db, *mailbox, *url);
        }
    }
    static_cast<void>(snapshot.finish()); // a failure: the next start reads it
}

void Inbox::tellWaiting(const vault::MailboxRow &mailbox)
{
    if (mailbox.purpose != vault::MailboxPurpose::Contact)
        return;
    Step step(m_context, vault::Outlives::Kill);
    std::size_t waiting = 0;
    for (const vault::MailboxRow &each : vault::readMailboxesOf(step.db(), mailbox.owner))
        waiting += m_backlog.waiting(each.publicKey);
    std::map<ContactId, int> &all = m_context.passing.waiting;
    const ContactId contact = contactId(mailbox.owner);
    const auto told = all.find(contact);
    const int before = told == all.end() ? 0 : told->second;
    const int now = int(waiting);
    if (now / kWaitingToldEvery == before / kWaitingToldEvery && (now == 0) == (before == 0))
        return;
    if (now == 0)
        all.erase(contact);
    else
        all[contact] = now;
    step.touched(contact);
    static_cast<void>(step.commit()); // a failure: the next change tells it
}

void Inbox::openForsaken()
{
    m_backlogTimer.cancel();
    for (const vault::Bytes32 &mailbox : m_backlog.forsaken(m_context.clock.steadyMs()))
        openBacklog(mailbox);
    if (m_backlog.isEmpty())
        return;
    // What is being opened may take longer than its history was waited for: it is looked at again, but not at once.
    const qint64 wait = std::max(m_backlog.patienceEnds() - m_context.clock.steadyMs(), kSecondMs);
    m_backlogTimer = m_context.timers.after(wait, [this] { openForsaken(); });
}

bool Inbox::isStale(std::int64_t createdAtSeconds, const std::optional<std::int64_t> &slowestCursor)
{
    // Was known once; its hash went when every relay was read far past it.
    return slowestCursor && createdAtSeconds < *slowestCursor - kStaleMs / kSecondMs;
}

qint64 Inbox::seenMs(std::int64_t createdAtSeconds, qint64 nowMs)
{
    return std::clamp<std::int64_t>(createdAtSeconds, nowMs / kSecondMs, (nowMs + kMaxAheadMs) / kSecondMs) * kSecondMs;
}

void Inbox::open(Step &step, const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner)
{
    const vault::Bytes32 hash = crypto::sha256(inner);
    if (vault::hasSeen(step.db(), hash))
        return;
    if (isStale(createdAtSeconds, readUntil(step, mailbox.publicKey)))
        return;
    if (mailbox.purpose != vault::MailboxPurpose::Invitation) {
        const auto owner = vault::readContact(step.db(), mailbox.owner);
        if (!owner || owner->blocked)
            return; // not even marked as seen: it is read again after unblocking
    }
    const auto prefix = crypto::peekPrefix(inner);
    const bool looked = prefix ? openFirst(step, *prefix, inner)
                               : openLater(step, mailbox, inner, hash, createdAtSeconds);
    if (looked)
        vault::writeSeen(step.db(), hash, seenMs(createdAtSeconds, step.now()));
}

// --- Crashes ---

void Inbox::noticeCrash(Step &step)
{
    for (const vault::SetAsideRow &row : vault::readAllSetAside(step.db()))
        m_aside.insert(row.hash);
    bool setAside = false;
    for (const vault::Bytes32 &hash : vault::readProcessing(step.db())) {
        vault::SetAsideRow row = vault::readSetAside(step.db(), hash).value_or(vault::SetAsideRow{});
        row.hash = hash;
        ++row.crashes;
        row.sinceMs = step.now();
        if (row.crashes >= kCrashesBeforeAside) {
            row.inner.reset();
            setAside = true;
        }
        vault::writeSetAside(step.db(), row);
        m_aside.insert(hash);
    }
    vault::clearProcessing(step.db());
    if (setAside)
        step.notice(TroubleCode::MessageSetAside);
    const auto rows = vault::readAllSetAside(step.db());
    if (std::any_of(rows.begin(), rows.end(), [](const auto &row) { return row.crashes < kCrashesBeforeAside; }))
        step.afterwards([this] { m_asideTimer = m_context.timers.after(kRetryAsideMs, [this] { retryAside(); }); });
}

void Inbox::retryAside()
{
    std::vector<vault::SetAsideRow> rows;
    {
        vault::Snapshot snapshot(m_context.db);
        rows = vault::readAllSetAside(m_context.db);
        if (!snapshot.finish())
            rows.clear();
    }
    bool waiting = false;
    for (vault::SetAsideRow &row : rows) {
        if (row.crashes >= kCrashesBeforeAside)
            continue;
        if (!row.inner || !row.mailbox) {
            waiting = true; // the relay has not brought it again yet
            continue;
        }
        {
            Step mark(m_context);
            vault::writeProcessing(mark.db(), row.hash);
            if (!mark.commit()) {
                waiting = true;
                break;
            }
        }
        Step step(m_context);
        vault::clearProcessing(step.db());
        vault::deleteSetAside(step.db(), row.hash);
        if (const auto mailbox = vault::readMailbox(step.db(), *row.mailbox)) {
            open(step, *mailbox, row.createdSeconds, *row.inner);
            countSeen(step, *mailbox, {{row.hash, row.inner->size()}});
        }
        if (step.commit()) {
            m_aside.erase(row.hash);
        } else {
            clearMarks();
            waiting = true;
        }
    }
    if (waiting)
        m_asideTimer = m_context.timers.after(kRetryAsideMs, [this] { retryAside(); });
}

void Inbox::stop()
{
    if (m_marksLeft)
        clearMarks();
    m_asideTimer.cancel();
    m_typingTimers.clear();
    m_backlogTimer.cancel();
    m_backlogSteps.clear();
    m_backlog.clear(); // no cursor moved past it
    m_read.clear();
    m_context.histories.clear();
    m_context.passing.waiting.clear();
}

} // namespace tacet::chat
