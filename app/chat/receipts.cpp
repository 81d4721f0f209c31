#include "app/chat/receipts.h"

#include "app/chat/limits.h"
#include "app/chat/mailboxes.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"
#include "app/vault/message_rows.h"

#include <algorithm>
#include <limits>

namespace tacet::chat {
namespace {

/// As many ranges as fit: the newest, and others each time, so that holes which are never filled do not hide what came later.
std::vector<NumberRanges::Range> someOf(std::vector<NumberRanges::Range> ranges, crypto::Random &random)
{
    constexpr std::ptrdiff_t kHalf = kMaxRangesSent / 2;
    const std::ptrdiff_t left = std::ptrdiff_t(ranges.size()) - 2 * kHalf;
    if (left <= 0)
        return ranges;
    const auto from = std::ptrdiff_t(random.below(std::uint64_t(left) + 1));
    ranges.erase(ranges.begin() + from + kHalf, ranges.end() - kHalf);
    ranges.erase(ranges.begin(), ranges.begin() + from);
    return ranges;
}

constexpr qint64 kAll = std::numeric_limits<qint64>::max();

/// Epochs that one receipt names: the newest. Older ones were acknowledged long ago.
constexpr std::size_t kEpochsSent = 3;

/// Below what was read, a text may have come since that nobody has looked at.
std::int64_t readUpTo(vault::Database &db, const vault::ContactRow &contact, const ReceivedEpoch &numbers)
{
    const auto unread = numbers.readUpTo > 0 ? vault::readFirstUnreadNumber(db, contact.id, numbers.epoch) : std::nullopt;
    return unread ? std::min(numbers.readUpTo, *unread - 1) : numbers.readUpTo;
}

bool maySendTo(const vault::ContactRow &contact)
{
    return !contact.request && !contact.blocked;
}

} // namespace

void Receipts::owe(Step &step, const vault::ContactRow &contact)
{
    if (!maySendTo(contact))
        return;
    if (m_context.answersAtOnce(contactId(contact.id)))
        return oweNow(step, contact);
    const qint64 spread = kReceiptMaxMs - kReceiptMinMs;
    const qint64 delay = kReceiptMinMs + qint64(step.random().below(std::uint64_t(spread) + 1));
    vault::writeReceiptDue(step.db(), contact.id, step.now() + delay);
    step.afterwards([this] { schedule(); });
}

void Receipts::oweNow(Step &step, const vault::ContactRow &contact)
{
    if (!maySendTo(contact))
        return;
    vault::writeReceiptDue(step.db(), contact.id, step.now() + kReceiptGatherMs);
    step.afterwards([this] { schedule(); });
}

void Receipts::take(Step &step, vault::ContactRow &contact, const Payload &receipt)
{
    const bool reading = loadSettings(step.db()).readReceipts; // symmetrical: who says nothing is told nothing
    for (EpochRanges acks : receipt.epochs) {
        if (!reading)
            acks.readUpTo = 0;
        m_outbox.acknowledged(step, contact, acks);
    }
}

void Receipts::send(Step &step, vault::ContactRow &contact)
{
    vault::deleteReceiptDue(step.db(), contact.id);
    if (!maySendTo(contact))
        return;
    const bool reading = loadSettings(step.db()).readReceipts;
    Payload receipt;
    receipt.kind = PayloadKind::Receipt;
    auto epochs = Numbers::all(step.db(), contactId(contact.id));
    if (epochs.size() > kEpochsSent)
        epochs.erase(epochs.begin(), epochs.end() - kEpochsSent);
    for (const ReceivedEpoch &numbers : epochs) {
        receipt.epochs.push_back({numbers.epoch, *NumberRanges::fromRanges(someOf(numbers.received.ranges(), step.random())),
                                  reading ? readUpTo(step.db(), contact, numbers) : 0});
    }
    if (!receipt.epochs.empty())
        m_outbox.enqueueUnnumbered(step, contact, std::move(receipt));
}

Outcome<Done> Receipts::flush(qint64 dueBeforeMs, qint64 dueAfterMs, qint64 historiesBeforeMs)
{
    Step step(m_context);
    const auto late = vault::readReceiptsDue(step.db(), historiesBeforeMs, kAll);
    for (const vault::Id16 &id : vault::readReceiptsDue(step.db(), dueBeforeMs, dueAfterMs)) {
        auto contact = vault::readContact(step.db(), id);
        const bool isLate = std::find(late.begin(), late.end(), id) != late.end();
        if (contact && (isLate || !isHistoryRead(m_context, step.db(), *contact)))
            send(step, *contact);
    }
    return step.commit();
}

Outcome<Done> Receipts::flushDue()
{
    // Nothing waits longer than the longest delay: a due time beyond it means that the wall clock went back. In the
    // middle of a history there are holes that are about to be filled: their writer would send it all once more.
    const qint64 now = m_context.now();
    auto result = flush(now, now + kReceiptMaxMs, now - kGapHistoryMs);
    schedule();
    return result;
}

Outcome<Done> Receipts::flushAll()
{
    return flush(kAll, kAll, kAll);
}

void Receipts::schedule()
{
    if (!m_context.running)
        return;
    std::optional<std::int64_t> next;
    {
        vault::Snapshot snapshot(m_context.db);
        next = vault::readNextReceiptTime(m_context.db);
        if (!snapshot.finish())
            next = m_context.now() + kFirstRetryMs; // not known: looked at again
    }
    if (!next)
        return m_timer.cancel();
    // Still due after a flush: a history is being read, or the disk would not take it.
    const qint64 again = m_context.histories.empty() ? kFirstRetryMs : kSecondMs;
    const qint64 wait = *next <= m_context.now() ? again : std::min<qint64>(*next - m_context.now(), kReceiptMaxMs);
    m_timer = m_context.timers.after(wait, [this] { static_cast<void>(flushDue()); });
}

} // namespace tacet::chat
