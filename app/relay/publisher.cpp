#include "app/relay/publisher.h"

#include "app/relay/date_refusal.h"

#include <algorithm>

namespace tacet::relay {

using Kind = PublishOutcome::Kind;

void Publisher::publish(PublishId id, const crypto::NostrEvent &event)
{
    const std::int64_t quiet = m_quietUntilMs - m_environment.clock.steadyMs();
    if (quiet > 0)
        return deferRetry(id, quiet, m_quietReason);
    m_waiting.push_back({id, event.id, writePublish(event), false, false, false, 0, {}});
    pump();
}

void Publisher::deferRetry(PublishId id, std::int64_t afterMs, std::string reason)
{
    m_late.push_back({id, {Kind::Retry, afterMs, std::move(reason)}});
    if (m_lateTimer.isSet())
        return;
    m_lateTimer = m_environment.timers.after(0, [this] {
        m_lateTimer.cancel();
        auto late = std::move(m_late);
        m_late.clear();
        for (const auto &[publish, outcome] : late)
            m_owner.publisherAnswered(publish, outcome);
    });
}

void Publisher::lineOpened(Line &line)
{
    m_line = &line;
    pump();
}

void Publisher::lineClosed(const std::string &why, std::int64_t retryAfterMs)
{
    m_line = nullptr;
    Items ended;
    ended.swap(m_waiting);
    for (const Item &item : ended)
        m_owner.publisherAnswered(item.id, {Kind::Retry, retryAfterMs, why});
}

void Publisher::pump()
{
    if (!m_line || !m_line->isLineOpen())
        return;
    auto inFlight = std::size_t(std::count_if(m_waiting.begin(), m_waiting.end(), [](const Item &i) { return i.sent; }));
    for (auto item = m_waiting.begin(); item != m_waiting.end(); ++item) {
        if (item->sent || item->waitsForAuth)
            continue;
        if (inFlight >= kMaximumInFlight || m_line->unsentBytes() > kMaximumUnsent)
            return;
        ++inFlight;
        item->sent = true;
        item->sentAtMs = m_environment.clock.steadyMs();
        item->timeout = m_environment.timers.after(kAnswerTimeoutMs, [this, item] {
            answer(item, {Kind::Retry, kAnswerTimeoutMs, "it did not answer"});
        });
        m_line->sendFrame(item->frame);
        if (!m_line)
            return; // a socket may end at any word, and all that waited is answered then
    }
}

void Publisher::answer(Items::iterator item, PublishOutcome outcome)
{
    const PublishId id = item->id;
    m_waiting.erase(item);
    pump();
    m_owner.publisherAnswered(id, outcome);
}

PublishOutcome Publisher::meaningOf(const OkFrame &frame)
{
    const Prefix prefix = prefixOf(frame.text);
    if (frame.accepted || prefix == Prefix::Duplicate) {
        m_rate.reset();
        return {Kind::Accepted, 0, frame.text};
    }
    if (prefix != Prefix::RateLimited && prefix != Prefix::Pow && dateRefusalOf(frame.text))
        return {Kind::Redate, 0, frame.text};
    switch (prefix) {
    case Prefix::RateLimited: {
        // The relay is left alone altogether: one more event would only lengthen the limit.
        const std::int64_t wait = m_rate.next(m_environment.random);
        m_quietUntilMs = m_environment.clock.steadyMs() + wait;
        m_quietReason = frame.text;
        return {Kind::Retry, wait, frame.text};
    }
    case Prefix::Pow:
        // Obeyed by not sending what it will not take; the demand may be gone in an hour.
        return {Kind::Retry, 3600 * 1000, frame.text};
    case Prefix::Blocked:
    case Prefix::Invalid:
    case Prefix::Restricted:
    case Prefix::Unsupported:
    case Prefix::Mute:
        return {Kind::Refused, 0, frame.text};
    default:
        // "error:" and words without a prefix are the relay's trouble, not a judgement of this event.
        return {Kind::Retry, m_rate.next(m_environment.random), frame.text};
    }
}

bool Publisher::ok(const OkFrame &frame)
{
    const auto item = std::find_if(m_waiting.begin(), m_waiting.end(),
                                   [&](const Item &i) { return i.sent && i.eventId == frame.id; });
    if (item == m_waiting.end())
        return false; // for something we never sent, or answered already
    m_owner.publisherRoundTrip(m_environment.clock.steadyMs() - item->sentAtMs);
    if (!frame.accepted && prefixOf(frame.text) == Prefix::AuthRequired && !item->triedAfterAuth) {
        item->sent = false;
        item->waitsForAuth = true;
        item->timeout = m_environment.timers.after(kAnswerTimeoutMs, [this, item] {
            answer(item, {Kind::Retry, 60'000, "it wants AUTH and does not take it"});
        });
        m_line->authWanted();
        return true;
    }
    answer(item, meaningOf(frame));
    return true;
}

void Publisher::authAccepted()
{
    for (Item &item : m_waiting) {
        if (!item.waitsForAuth)
            continue;
        item.waitsForAuth = false;
        item.triedAfterAuth = true;
        item.timeout.cancel();
    }
    pump();
}

void Publisher::authRefused(AuthRefusal refusal, const std::string &words)
{
    Items refused;
    for (auto item = m_waiting.begin(); item != m_waiting.end();) {
        const auto next = std::next(item);
        if (item->waitsForAuth)
            refused.splice(refused.end(), m_waiting, item);
        item = next;
    }
    if (refused.empty())
        return;
    PublishOutcome outcome{Kind::Refused, 0, words};
    if (refusal == AuthRefusal::Date)
        outcome = {Kind::Retry, kAnswerTimeoutMs, words};
    else if (refusal != AuthRefusal::Judgement)
        outcome = meaningOf({{}, false, words}); // as when they refuse an event
    for (const Item &item : refused)
        m_owner.publisherAnswered(item.id, outcome);
}

} // namespace tacet::relay
