#include "app/chat/locked_receiver.h"

#include "app/chat/limits.h"
#include "crypto/gift_wrap.h"
#include "crypto/hkdf.h"

#include <algorithm>

namespace tacet::chat {

LockedReceiver::LockedReceiver(LockedState state, const std::filesystem::path &spoolFile, relay::RelayPort &port,
                               const Clock &clock, Timers &timers, crypto::Random &random, std::function<void()> arrived)
    : m_state(std::move(state)), m_spool(spoolFile), m_port(port), m_clock(clock), m_timers(timers), m_random(random),
      m_arrived(std::move(arrived))
{
    for (LockedState::Sending &letter : m_state.sending)
        m_letters.push_back({std::move(letter), 0, false, false, {}, {}});
    m_state.sending.clear();
}

LockedReceiver::~LockedReceiver()
{
    m_port.setListener(nullptr);
}

void LockedReceiver::start()
{
    m_port.setListener(this);
    for (const LockedState::Reading &reading : m_state.reading)
        m_port.watch(reading.relay, reading.mailbox, reading.from);
    for (std::size_t i = 0; i < m_letters.size(); ++i)
        publish(i);
}

bool LockedReceiver::isKnown(const crypto::FixedBytes<32> &hash) const
{
    return m_sealed.contains(hash) || std::binary_search(m_state.known.begin(), m_state.known.end(), hash);
}

relay::RelayListener::Kept LockedReceiver::arrived(const relay::RelayUrl &, const crypto::NostrPublicKey &mailbox,
                                                   std::span<const crypto::NostrEvent> events, bool)
{
    const auto reading = std::find_if(m_state.reading.begin(), m_state.reading.end(), [&](const auto &each) {
        return each.mailbox.publicKey() == mailbox;
    });
    if (reading == m_state.reading.end())
        return Kept::Yes;
    for (const crypto::NostrEvent &event : events) {
        auto inner = crypto::unwrapVerified(event, reading->mailbox);
        if (!inner)
            continue;
        const auto hash = crypto::sha256(*inner);
        if (isKnown(hash))
            continue; // the writer wraps it anew for each relay
        if (m_spool.append({mailbox, event.createdAt, std::move(*inner)}, m_state.spoolKey) != Spool::Written::Yes)
            return Kept::NotNow; // the relay keeps it; nothing is lost, and no receipt was sent
        m_sealed.insert(hash);
        if (m_arrived)
            m_arrived();
    }
    return Kept::Yes;
}

void LockedReceiver::publish(std::size_t index)
{
    Letter &letter = m_letters[index];
    if (letter.inFlight || letter.done)
        return;
    const auto event = crypto::wrap(letter.what.sealed, letter.what.mailbox,
                                    m_clock.wallSeconds() + letter.dates.aheadSeconds, m_random, letter.dates.spreadSeconds);
    if (!event)
        return;
    letter.inFlight = true;
    const std::uint64_t id = m_port.nextRequest();
    m_underWay[id] = index;
    m_port.publish(relay::PublishId{id}, letter.what.relay, *event);
}

void LockedReceiver::published(relay::PublishId id, const relay::PublishOutcome &outcome)
{
    auto node = m_underWay.extract(std::uint64_t(id));
    if (node.empty())
        return;
    const std::size_t index = node.mapped();
    Letter &letter = m_letters[index];
    letter.inFlight = false;
    if (outcome.kind == relay::PublishOutcome::Kind::Redate) {
        letter.dates = outcome.dates;
        return publish(index);
    }
    // What came of it is not written anywhere: after unlocking the row goes out once more, and is known there.
    if (outcome.kind != relay::PublishOutcome::Kind::Retry) {
        letter.done = true;
        return;
    }
    const qint64 wait = std::min(kFirstRetryMs << std::min(letter.attempts++, 12), kLastRetryMs);
    letter.retry = m_timers.after(std::max<qint64>(wait, outcome.retryAfterMs), [this, index] { publish(index); });
}

void LockedReceiver::relayChanged(const relay::RelayStatus &status)
{
    if (status.state != relay::RelayState::Connected)
        return;
    for (std::size_t i = 0; i < m_letters.size(); ++i) {
        if (m_letters[i].what.relay == status.url && m_letters[i].attempts > 0)
            publish(i);
    }
}

} // namespace tacet::chat
