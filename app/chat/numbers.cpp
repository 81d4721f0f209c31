#include "app/chat/numbers.h"

#include "app/chat/limits.h"

namespace tacet::chat {
namespace {

ReceivedEpoch epochOf(const vault::ReceivedRow &row)
{
    ReceivedEpoch numbers;
    numbers.epoch = row.epoch;
    numbers.received = NumberRanges::parse(row.ranges).value_or(NumberRanges());
    numbers.closed = NumberRanges::parse(row.closed).value_or(NumberRanges());
    numbers.readUpTo = row.readUpTo;
    return numbers;
}

} // namespace

NumberRanges ReceivedEpoch::settled() const
{
    NumberRanges both = received;
    both.add(closed);
    return both;
}

std::vector<ReceivedEpoch> Numbers::all(vault::Database &db, const ContactId &contact)
{
    std::vector<ReceivedEpoch> epochs;
    for (const vault::ReceivedRow &row : vault::readReceived(db, contact.bytes))
        epochs.push_back(epochOf(row));
    return epochs;
}

ReceivedEpoch Numbers::inEpoch(vault::Database &db, const ContactId &contact, std::int64_t epoch)
{
    const auto row = vault::readReceivedIn(db, contact.bytes, epoch);
    if (row)
        return epochOf(*row);
    ReceivedEpoch fresh;
    fresh.epoch = epoch;
    return fresh;
}

void Numbers::store(vault::Database &db, const ContactId &contact, const ReceivedEpoch &numbers)
{
    vault::writeReceived(db, contact.bytes,
                         {numbers.epoch, numbers.received.serialise(), numbers.closed.serialise(), numbers.readUpTo});
}

bool Numbers::note(Step &step, const ContactId &contact, std::int64_t epoch, std::int64_t sequence)
{
    ReceivedEpoch numbers = inEpoch(step.db(), contact, epoch);
    if (numbers.received.isEmpty()) {
        // A new epoch; a writer who starts them without end is not kept company in memory.
        const auto epochs = vault::readReceived(step.db(), contact.bytes);
        if (int(epochs.size()) >= kMaxEpochs && epoch < epochs.front().epoch)
            return true;
        if (int(epochs.size()) >= kMaxEpochs)
            vault::deleteReceivedIn(step.db(), contact.bytes, epochs.front().epoch);
    }
    if (!note(numbers, sequence))
        return false;
    store(step.db(), contact, numbers);
    return true;
}

bool Numbers::note(ReceivedEpoch &numbers, std::int64_t sequence)
{
    const std::int64_t before = numbers.received.greatest();
    if (!numbers.received.add(sequence))
        return false;
    if (sequence - before > kMaxNumberJump)
        numbers.closed.add({before + 1, sequence - 1});
    NumberRanges settled = numbers.settled();
    while (int(settled.ranges().size()) > kMaxRanges) {
        const auto hole = settled.missing().front();
        numbers.closed.add(hole);
        settled.add(hole);
    }
    return true;
}

void Numbers::close(Step &step, const ContactId &contact, const EpochRanges &gone)
{
    ReceivedEpoch numbers = inEpoch(step.db(), contact, gone.epoch);
    if (numbers.received.isEmpty())
        return; // nothing came in that epoch, so it has no holes
    for (const NumberRanges::Range &range : gone.ranges.ranges()) {
        if (range.first <= numbers.settled().greatest()) // only holes can be closed
            numbers.closed.add({range.first, std::min(range.last, numbers.settled().greatest())});
    }
    store(step.db(), contact, numbers);
}

void Numbers::markRead(Step &step, const ContactId &contact, const vault::WriterPlace &place)
{
    for (ReceivedEpoch &numbers : all(step.db(), contact)) {
        const std::int64_t upTo = numbers.epoch == place.epoch ? place.sequence : numbers.received.greatest();
        if (numbers.epoch > place.epoch || numbers.readUpTo >= upTo)
            continue;
        numbers.readUpTo = upTo;
        store(step.db(), contact, numbers);
    }
}

} // namespace tacet::chat
