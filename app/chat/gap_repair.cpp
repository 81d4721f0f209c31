#include "app/chat/gap_repair.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/vault/inbox_rows.h"

#include <algorithm>

namespace tacet::chat {
namespace {

/// Stages of a gap, kept in `asked`.
enum Stage { kPatient = 0, kSwept = 1, kFirstQuestion = 2 };

/// How long the next stage is waited for.
qint64 pauseOf(int asked)
{
    switch (asked) {
    case kPatient:
        return kGapGraceMs;
    case kSwept:
        return kGapSweepMs;
    case kFirstQuestion:
        return kGapAnswerMs;
    default:
        return kGapAskAgainMs << std::min(asked - kFirstQuestion - 1, 10);
    }
}

} // namespace

void GapRepair::look(Step &step, const vault::ContactRow &contact, std::int64_t epoch)
{
    const ReceivedEpoch numbers = Numbers::inEpoch(step.db(), contactId(contact.id), epoch);
    const std::int64_t missing = numbers.settled().missingCount();
    auto gap = vault::readGap(step.db(), contact.id, epoch);
    if (missing == 0) {
        if (gap) {
            dropLine(step, *gap);
            vault::deleteGap(step.db(), contact.id, epoch);
        }
        return;
    }
    if (!gap) {
        if (contact.request || contact.blocked)
            return; // strangers are asked nothing
        vault::writeGap(step.db(), {contact.id, epoch, step.now(), kPatient, step.now() + kGapGraceMs, std::nullopt});
        step.afterwards([this] { schedule(); });
    } else if (gap->line) {
        showLine(step, *gap, missing); // fewer or more than before
        vault::writeGap(step.db(), *gap);
    }
}

void GapRepair::showLine(Step &step, vault::GapRow &gap, std::int64_t count)
{
    const QString argument = QString::number(count);
    if (gap.line && vault::hasMessage(step.db(), *gap.line)) {
        vault::updateMessageBody(step.db(), *gap.line, toUtf8(argument));
        step.changed(messageId(*gap.line));
        return;
    }
    gap.line = addSystemLine(step, contactId(gap.contact), SystemLine::Gap, argument).bytes;
}

void GapRepair::dropLine(Step &step, vault::GapRow &gap)
{
    if (!gap.line || !vault::hasMessage(step.db(), *gap.line))
        return;
    vault::deleteMessage(step.db(), *gap.line);
    step.removed(contactId(gap.contact), messageId(*gap.line));
    gap.line.reset();
}

void GapRepair::next(Step &step, vault::GapRow gap)
{
    auto contact = vault::readContact(step.db(), gap.contact);
    if (!contact || contact->blocked || contact->request) {
        vault::deleteGap(step.db(), gap.contact, gap.epoch); // comes again with the next number
        return;
    }
    ReceivedEpoch numbers = Numbers::inEpoch(step.db(), contactId(contact->id), gap.epoch);
    const std::int64_t missing = numbers.settled().missingCount();
    if (missing == 0) {
        dropLine(step, gap);
        vault::deleteGap(step.db(), gap.contact, gap.epoch);
        return;
    }
    if (step.now() < gap.sinceMs + kGapHistoryMs && isHistoryRead(m_context, step.db(), *contact)) {
        gap.nextMs = step.now() + kGapGraceMs; // what is missing is probably just coming
        vault::writeGap(step.db(), gap);
        return;
    }
    ++gap.asked;
    if (gap.asked == kSwept) {
        m_mailboxes.sweep(step, contact->id);
    } else if (gap.asked == kFirstQuestion) {
        ask(step, *contact, numbers);
    } else if (gap.asked <= kFirstQuestion + kMaxGapQuestions) {
        showLine(step, gap, missing);
        ask(step, *contact, numbers);
        m_mailboxes.sweep(step, contact->id);
    } else {
        // Nobody answers: the line stays, the question ends. A late message still finds its place.
        EpochRanges rest{gap.epoch, {}, 0};
        for (const NumberRanges::Range &hole : numbers.settled().missing())
            rest.ranges.add(hole);
        Numbers::close(step, contactId(contact->id), rest);
        vault::deleteGap(step.db(), gap.contact, gap.epoch);
        return;
    }
    gap.nextMs = step.now() + pauseOf(gap.asked);
    vault::writeGap(step.db(), gap);
}

void GapRepair::ask(Step &step, vault::ContactRow &contact, const ReceivedEpoch &numbers)
{
    Payload question;
    question.kind = PayloadKind::Resync;
    std::vector<NumberRanges::Range> holes = numbers.settled().missing();
    if (holes.size() > std::size_t(kMaxRangesSent))
        holes.resize(kMaxRangesSent);
    auto ranges = NumberRanges::fromRanges(std::move(holes));
    if (!ranges)
        return;
    question.epochs.push_back({numbers.epoch, std::move(*ranges), 0});
    question.unopened = vault::readUnopened(step.db(), contact.id);
    if (question.unopened.size() > std::size_t(kMaxUnopened))
        question.unopened.resize(kMaxUnopened);
    // Named once, unless it is what tells that the session is lost (Reunion).
    if (vault::readUnopenedSince(step.db(), contact.id, contact.heardMs + 1).count < kUnopenedMeansLost)
        vault::deleteUnopened(step.db(), contact.id);
    m_outbox.enqueueUnnumbered(step, contact, std::move(question));
}

void GapRepair::answerRange(Step &step, vault::ContactRow &contact, std::int64_t epoch, NumberRanges::Range range,
                            int &left, NumberRanges &gone)
{
    if (epoch == contact.ownEpoch)
        range.last = std::min<std::int64_t>(range.last, contact.ownSequence); // the rest was never written
    if (range.last < range.first)
        return;
    NumberRanges there;
    for (const vault::NumberedRow &row : vault::readOutboxNumbered(step.db(), contact.id, epoch, range.first, range.last)) {
        there.add(row.sequence);
        if (row.state != vault::OutboxState::OnRelay || left <= 0)
            continue;
        --left;
        if (auto whole = vault::readOutbox(step.db(), row.row))
            m_outbox.sendAgain(step, *whole);
    }
    for (const vault::MessageRow &message :
         vault::readOwnBetween(step.db(), contact.id, epoch, range.first, range.last, kMaxResent)) {
        if (!there.add(message.sequence))
            continue;
        if (left > 0) {
            --left;
            m_outbox.enqueueAgain(step, contact, message);
        }
    }
    if (left <= 0)
        return; // asked again later, the rest follows
    std::int64_t next = range.first;
    for (const NumberRanges::Range &found : there.ranges()) {
        if (found.first > next)
            gone.add({next, found.first - 1});
        next = found.last + 1;
    }
    if (next <= range.last)
        gone.add({next, range.last});
}

void GapRepair::answer(Step &step, vault::ContactRow &contact, const Payload &question)
{
    if (contact.blocked || contact.request)
        return;
    const qint64 now = m_context.clock.steadyMs();
    if (const auto last = m_lastQuestion.find(contactId(contact.id));
        last != m_lastQuestion.end() && now - last->second < kQuestionEveryMs)
        return;
    m_lastQuestion[contactId(contact.id)] = now;

    // What could not be opened is encrypted anew; what perhaps only got lost goes out again as it is, once (Outbox::sendAgain).
    for (const vault::Bytes32 &hash : question.unopened) {
        if (auto row = vault::readOutboxByHash(step.db(), contact.id, hash); row && row->payload && row->sequence > 0)
            m_outbox.unseal(step, *row);
    }
    int left = kMaxResent;
    Payload gone;
    gone.kind = PayloadKind::Gone;
    for (const EpochRanges &asked : question.epochs) {
        NumberRanges missing;
        for (const NumberRanges::Range &range : asked.ranges.ranges())
            answerRange(step, contact, asked.epoch, range, left, missing);
        if (missing.ranges().size() > std::size_t(kMaxRangesSent))
            missing = *NumberRanges::fromRanges({missing.ranges().begin(), missing.ranges().begin() + kMaxRangesSent});
        if (!missing.isEmpty())
            gone.epochs.push_back({asked.epoch, std::move(missing), 0});
    }
    if (!gone.epochs.empty())
        m_outbox.enqueueUnnumbered(step, contact, std::move(gone));
    m_outbox.seal(step, contact);
}

void GapRepair::takeGone(Step &step, vault::ContactRow &contact, const Payload &gone)
{
    if (contact.request)
        return; // strangers were asked nothing
    for (const EpochRanges &each : gone.epochs) {
        const std::int64_t before = Numbers::inEpoch(step.db(), contactId(contact.id), each.epoch).settled().missingCount();
        Numbers::close(step, contactId(contact.id), each);
        const std::int64_t after = Numbers::inEpoch(step.db(), contactId(contact.id), each.epoch).settled().missingCount();
        if (before == after)
            continue;
        // They will never come: the line that says so stays.
        auto gap = vault::readGap(step.db(), contact.id, each.epoch)
                       .value_or(vault::GapRow{contact.id, each.epoch, step.now(), 0, step.now(), std::nullopt});
        if (!gap.line)
            showLine(step, gap, before - after);
        if (after == 0)
            vault::deleteGap(step.db(), contact.id, each.epoch);
        else
            vault::writeGap(step.db(), gap);
    }
}

void GapRepair::runDue()
{
    {
        Step step(m_context);
        for (vault::GapRow &gap : vault::readGaps(step.db())) {
            // A time that is further ahead than any pause means that the wall clock went back.
            if (gap.nextMs > step.now() && gap.nextMs <= step.now() + pauseOf(gap.asked))
                continue;
            gap.sinceMs = std::min<std::int64_t>(gap.sinceMs, step.now());
            next(step, std::move(gap));
        }
        static_cast<void>(step.commit()); // a failure leaves them due
    }
    schedule();
}

void GapRepair::schedule()
{
    if (!m_context.running)
        return;
    std::optional<std::int64_t> next;
    {
        vault::Snapshot snapshot(m_context.db);
        next = vault::readNextGapTime(m_context.db);
        if (!snapshot.finish())
            next = m_context.now() + kFirstRetryMs; // not known: looked at again
    }
    if (!next)
        return m_timer.cancel();
    m_timer = m_context.timers.after(std::clamp<qint64>(*next - m_context.now(), 1000, kHourMs), [this] { runDue(); });
}

} // namespace tacet::chat
