// Outbox, the part that talks to relays: what is due, what is under way, what came of it.
#include "app/chat/limits.h"
#include "app/chat/outbox.h"
#include "app/chat/text.h"
#include "app/vault/profile_rows.h"
#include "crypto/gift_wrap.h"

#include <algorithm>
#include <utility>

namespace tacet::chat {

using relay::PublishOutcome;
using relay::WrapDates;
using vault::OutboxRow;
using vault::OutboxState;
using vault::TargetRow;
using vault::TargetState;

void Outbox::pump()
{
    if (!m_context.running)
        return;
    struct Letter {
        std::int64_t row;
        relay::RelayUrl url;
        crypto::NostrPublicKey mailbox;
        crypto::Bytes sealed;
        std::optional<vault::Bytes32> hash;
    };
    std::vector<Letter> letters;
    {
        vault::Snapshot snapshot(m_context.db);
        for (const std::string &relay : vault::readRelaysWaitedFor(m_context.db)) {
            const auto url = relay::RelayUrl::parse(relay);
            const int underWay = underWayAt(relay);
            int room = kMaxUnderWay - underWay;
            if (!url || room <= 0 || !m_relays.mayContact(m_context.db, *url))
                continue; // sealed while a proxy allowed it, say
            // Those under way are due, too: read past them.
            for (const std::int64_t due : vault::readDueAt(m_context.db, relay, m_context.now(), room + underWay)) {
                if (room <= 0 || m_busy.contains({due, relay}))
                    continue;
                auto row = vault::readOutbox(m_context.db, due);
                if (!row || !row->sealed || !row->mailbox)
                    continue;
                letters.push_back({due, *url, crypto::NostrPublicKey{*row->mailbox}, std::move(*row->sealed), row->hash});
                --room;
            }
        }
        if (!snapshot.finish()) {
            m_timer = m_context.timers.after(kFirstRetryMs, [this] { pump(); });
            return;
        }
    }
    for (const Letter &letter : letters) {
        const auto event = wrapFor(letter.url.text(), letter.sealed, letter.mailbox);
        if (!event)
            continue;
        const std::uint64_t id = m_context.port.nextRequest();
        m_underWay[id] = {letter.row, letter.url.text(), letter.sealed.size(), letter.hash};
        m_busy.insert({letter.row, letter.url.text()});
        m_context.port.publish(relay::PublishId{id}, letter.url, *event);
    }
    schedule();
}

int Outbox::underWayAt(const std::string &relay) const
{
    return int(std::count_if(m_busy.begin(), m_busy.end(), [&](const auto &busy) { return busy.second == relay; }));
}

std::optional<crypto::NostrEvent> Outbox::wrapFor(const std::string &url, const crypto::Bytes &sealed,
                                                  const crypto::NostrPublicKey &mailbox) const
{
    // A fresh wrap for each attempt and relay: a wrap that waited would carry an old date and fall behind the reader's
    // cursor (PROTOCOL §6).
    const auto at = m_dates.find(url);
    const WrapDates dates = at == m_dates.end() ? WrapDates{} : at->second;
    auto event = crypto::wrap(sealed, mailbox, m_context.clock.wallSeconds() + dates.aheadSeconds, m_context.random,
                              dates.spreadSeconds);
    return event ? std::optional(std::move(*event)) : std::nullopt;
}

void Outbox::schedule()
{
    if (!m_context.running)
        return;
    std::optional<std::int64_t> next;
    {
        vault::Snapshot snapshot(m_context.db);
        next = vault::readNextTry(m_context.db, m_context.now());
        if (!snapshot.finish())
            next = m_context.now() + kFirstRetryMs; // not known: looked at again
    }
    if (!next)
        return m_timer.cancel();
    m_timer = m_context.timers.after(std::max<qint64>(1, *next - m_context.now()), [this] { pump(); });
}

void Outbox::published(relay::PublishId id, const PublishOutcome &outcome)
{
    const auto at = m_underWay.find(std::uint64_t(id));
    if (at == m_underWay.end())
        return;
    const UnderWay letter = at->second;
    m_underWay.erase(at);
    m_busy.erase({letter.row, letter.relay});
    if (outcome.kind == PublishOutcome::Kind::Redate)
        m_dates[letter.relay] = outcome.dates;
    if (letter.row == 0)
        return;

    {
        // A power cut may take what a relay said: it is sent once more then, and known at the other end.
        Step step(m_context, vault::Outlives::Kill);
        auto row = vault::readOutbox(step.db(), letter.row);
        const bool same = row && row->hash == letter.hash; // else the answer is about bytes that nobody needs any more
        auto targets = same ? vault::readTargets(step.db(), letter.row) : std::vector<TargetRow>{};
        const auto target = std::find_if(targets.begin(), targets.end(),
                                         [&](const TargetRow &each) { return each.relay == letter.relay; });
        if (target != targets.end() && target->state == TargetState::Waiting) {
            ++target->attempts;
            switch (outcome.kind) {
            case PublishOutcome::Kind::Accepted:
                accepted(step, *row, *target, letter.size);
                break;
            case PublishOutcome::Kind::Refused:
                refused(step, *row, *target, outcome.reason);
                break;
            case PublishOutcome::Kind::Redate:
                target->nextTryMs = step.now();
                target->reason = outcome.reason;
                vault::updateTarget(step.db(), row->row, *target);
                step.wake();
                break;
            case PublishOutcome::Kind::Retry: {
                const int doublings = std::min(target->attempts - 1, 12);
                qint64 wait = std::min(kFirstRetryMs << doublings, kLastRetryMs);
                wait = wait * 3 / 4 + qint64(step.random().below(std::uint64_t(wait / 2)));
                target->nextTryMs = step.now() + std::max<qint64>(wait, outcome.retryAfterMs);
                target->reason = outcome.reason;
                vault::updateTarget(step.db(), row->row, *target);
                break;
            }
            }
        } else if (row && outcome.kind == PublishOutcome::Kind::Accepted) {
            m_relays.counted(step, letter.relay, true, letter.size);
        }
        if (!step.commit())
            return writeLater(std::uint64_t(id), letter, outcome);
    }
    if (underWayAt(letter.relay) < kMaxUnderWay / 2)
        pump();
    else
        schedule();
}

void Outbox::writeLater(std::uint64_t id, UnderWay letter, const PublishOutcome &outcome)
{
    // Still under way as far as the rows tell, so that nothing is published twice while the disk is full.
    m_busy.insert({letter.row, letter.relay});
    m_underWay.emplace(id, std::move(letter));
    m_unwritten.emplace_back(id, outcome);
    m_unwrittenTimer = m_context.timers.after(kFirstRetryMs, [this] {
        for (const auto &[waiting, answer] : std::exchange(m_unwritten, {}))
            published(relay::PublishId{waiting}, answer);
    });
}

void Outbox::accepted(Step &step, OutboxRow &row, TargetRow &target, std::size_t size)
{
    m_relays.counted(step, target.relay, true, size);
    target.state = TargetState::Accepted;
    target.reason.clear();
    vault::updateTarget(step.db(), row.row, target);
    if (row.invitation)
        step.touched(invitationId(*row.invitation));
    if (row.contact && row.sequence == 0) {
        vault::deleteOutbox(step.db(), row.row); // a receipt that got lost is made good by the next one
        return;
    }
    const bool first = row.state != OutboxState::OnRelay;
    if (first) {
        row.state = OutboxState::OnRelay;
        if (row.sentMs == 0)
            row.sentMs = step.now();
        vault::updateOutbox(step.db(), row);
    }
    if (!row.message)
        return;
    if (const auto message = vault::readMessage(step.db(), *row.message)) {
        int holding = 0;
        for (const TargetRow &each : vault::readTargets(step.db(), row.row))
            holding += each.state == TargetState::Accepted ? 1 : 0;
        const auto state = MessageState(message->state);
        const bool rises = state == MessageState::Queued || state == MessageState::Failed;
        vault::updateMessageState(step.db(), message->id, rises ? int(MessageState::OnRelay) : message->state,
                                  rises ? step.now() : message->stateMs, std::max(holding, message->relays));
        step.changed(messageId(message->id));
        if (first) {
            vault::writeSetting(step.db(), "last_left_ms", step.now());
            step.touchedOutbox();
        }
    }
}

void Outbox::refused(Step &step, OutboxRow &row, TargetRow &target, const std::string &reason)
{
    target.reason = reason;
    if (!row.message) {
        // Control data must arrive some day: the relay may change its mind, the contact its relays.
        target.nextTryMs = step.now() + kControlRetryMs;
        vault::updateTarget(step.db(), row.row, target);
        return;
    }
    target.state = TargetState::Refused;
    vault::updateTarget(step.db(), row.row, target);
    const auto targets = vault::readTargets(step.db(), row.row);
    const bool allRefused = std::all_of(targets.begin(), targets.end(),
                                        [](const TargetRow &each) { return each.state == TargetState::Refused; });
    if (!allRefused || row.state == OutboxState::OnRelay)
        return;
    row.state = OutboxState::Failed;
    vault::updateOutbox(step.db(), row);
    if (const auto message = vault::readMessage(step.db(), *row.message)) {
        vault::updateMessageState(step.db(), message->id, int(MessageState::Failed), step.now(), message->relays);
        step.changed(messageId(message->id));
    }
    step.touchedOutbox();
}

void Outbox::relayConnected(const std::string &url)
{
    m_hastened[url] = 0;
    hastenMore();
}

void Outbox::hastenMore()
{
    {
        Step step(m_context);
        auto next = m_hastened;
        for (const auto &[url, row] : m_hastened) {
            if (const auto last = vault::hastenTargets(step.db(), url, step.now(), row, kHastenedAtOnce))
                next[url] = *last;
            else
                next.erase(url);
        }
        step.wake();
        if (step.commit())
            m_hastened = std::move(next);
        else
            m_hastened.clear(); // the rows keep their times
    }
    if (!m_hastened.empty())
        m_hastenTimer = m_context.timers.after(0, [this] { hastenMore(); });
}

void Outbox::publishOnce(const crypto::Bytes &sealed, const vault::Bytes32 &mailbox,
                         const std::vector<std::string> &relays)
{
    for (const std::string &text : relays) {
        const auto url = relay::RelayUrl::parse(text);
        const auto event = wrapFor(text, sealed, crypto::NostrPublicKey{mailbox});
        if (!url || !event)
            continue;
        const std::uint64_t id = m_context.port.nextRequest();
        m_underWay[id] = {0, text, sealed.size()};
        m_context.port.publish(relay::PublishId{id}, *url, *event);
    }
}

void Outbox::stop()
{
    m_timer.cancel();
    m_hastenTimer.cancel();
    m_hastened.clear();
    m_unwrittenTimer.cancel();
    m_unwritten.clear();
    m_underWay.clear();
    m_busy.clear();
}

bool Outbox::isSettled(vault::Database &db) const
{
    if (!m_underWay.empty())
        return false;
    for (const std::string &relay : vault::readRelaysWaitedFor(db)) {
        if (m_relays.isConnected(relay) && !vault::readDueAt(db, relay, m_context.now() + kLastRetryMs * 24, 1).empty())
            return false;
    }
    return true;
}

} // namespace tacet::chat
