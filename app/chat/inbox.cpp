#include "app/chat/inbox.h"

#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/vault/inbox_rows.h"
#include "crypto/gift_wrap.h"
#include "crypto/hkdf.h"

#include <algorithm>

namespace tacet::chat {

using Kept = relay::RelayListener::Kept;

Kept Inbox::event(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailboxKey, const crypto::NostrEvent &event)
{
    std::optional<vault::MailboxRow> mailbox;
    {
        vault::Snapshot snapshot(m_context.db);
        mailbox = vault::readMailbox(m_context.db, mailboxKey.bytes);
        if (!snapshot.finish())
            return Kept::NotNow;
    }
    if (!mailbox || mailbox->state == vault::MailboxState::Abandoned)
        return Kept::Yes;
    const auto inner = crypto::unwrap(event, keyPairOf(*mailbox));
    if (!inner)
        return Kept::Yes; // anybody can write rubbish to a mailbox
    return openMarked(*mailbox, event.createdAt, *inner, &relay) ? Kept::Yes : Kept::NotNow;
}

Outcome<Done> Inbox::openSpooled(const SpoolRecord &record)
{
    std::optional<vault::MailboxRow> mailbox;
    {
        vault::Snapshot snapshot(m_context.db);
        mailbox = vault::readMailbox(m_context.db, record.mailbox.bytes);
        if (const auto ended = snapshot.finish(); !ended)
            return fail(troubleOf(ended.error()));
    }
    if (!mailbox)
        return Done{};
    return openMarked(*mailbox, record.createdAtSeconds, record.inner, nullptr);
}

Outcome<Done> Inbox::openMarked(const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner,
                                const relay::RelayUrl *relay)
{
    const vault::Bytes32 hash = crypto::sha256(inner);
    {
        // The mark comes before the first look at the message: should it take the program down, the next start knows
        // which it was. Its hash is the same in every wrap and at every relay. It has to outlive the program alone: where the
        // power goes, nothing was opened. What is kept aside for later is kept for good.
        const bool aside = m_aside.contains(hash);
        Step mark(m_context, aside ? vault::Outlives::PowerCut : vault::Outlives::Kill);
        if (relay)
            m_relays.counted(mark, relay->text(), false, inner.size());
        const bool known = vault::hasSeen(mark.db(), hash);
        if (aside && !known)
            keepAside(mark, mailbox, createdAtSeconds, inner, hash);
        if (!known && !aside)
            vault::writeProcessing(mark.db(), hash);
        if (const auto marked = mark.commit(); !marked || known || aside)
            return marked;
    }
    Step step(m_context);
    vault::clearProcessing(step.db());
    open(step, mailbox, createdAtSeconds, inner);
    return step.commit();
}

void Inbox::keepAside(Step &step, const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner,
                      const vault::Bytes32 &hash)
{
    auto row = vault::readSetAside(step.db(), hash);
    if (!row || row->crashes >= kCrashesBeforeAside || row->inner)
        return;
    row->mailbox = mailbox.publicKey;
    row->createdSeconds = createdAtSeconds;
    row->inner.emplace(inner.begin(), inner.end());
    vault::writeSetAside(step.db(), *row);
}

void Inbox::open(Step &step, const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner)
{
    const vault::Bytes32 hash = crypto::sha256(inner);
    if (vault::hasSeen(step.db(), hash))
        return;
    const auto cursor = vault::readSlowestCursor(step.db(), mailbox.publicKey);
    if (cursor && createdAtSeconds < *cursor - kStaleMs / kSecondMs)
        return; // was known once; its hash went when every relay was read far past it
    if (mailbox.purpose != vault::MailboxPurpose::Invitation) {
        const auto owner = vault::readContact(step.db(), mailbox.owner);
        if (!owner || owner->blocked)
            return; // not even marked as seen: it is read again after unblocking
    }
    const auto prefix = crypto::peekPrefix(inner);
    const bool looked = prefix ? openFirst(step, *prefix, inner) : openLater(step, mailbox, inner, hash);
    if (looked)
        vault::writeSeen(step.db(), hash, std::max<qint64>(step.now(), createdAtSeconds * kSecondMs));
}

// --- Crashes ---

void Inbox::noticeCrash(Step &step)
{
    for (const vault::SetAsideRow &row : vault::readAllSetAside(step.db()))
        m_aside.insert(row.hash);
    if (const auto hash = vault::readProcessing(step.db())) {
        vault::SetAsideRow row = vault::readSetAside(step.db(), *hash).value_or(vault::SetAsideRow{});
        row.hash = *hash;
        ++row.crashes;
        row.sinceMs = step.now();
        if (row.crashes >= kCrashesBeforeAside) {
            row.inner.reset();
            step.notice(TroubleCode::MessageSetAside);
        }
        vault::writeSetAside(step.db(), row);
        vault::clearProcessing(step.db());
        m_aside.insert(*hash);
    }
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
            if (!mark.commit())
                return;
        }
        Step step(m_context);
        vault::clearProcessing(step.db());
        vault::deleteSetAside(step.db(), row.hash);
        if (const auto mailbox = vault::readMailbox(step.db(), *row.mailbox))
            open(step, *mailbox, row.createdSeconds, *row.inner);
        if (step.commit())
            m_aside.erase(row.hash);
    }
    if (waiting)
        m_asideTimer = m_context.timers.after(kRetryAsideMs, [this] { retryAside(); });
}

void Inbox::stop()
{
    m_asideTimer.cancel();
    m_typingTimers.clear();
}

} // namespace tacet::chat
