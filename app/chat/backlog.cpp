#include "app/chat/backlog.h"

#include "app/vault/session_rows.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace tacet::chat {
namespace {

std::vector<crypto::Session> sessionsOf(vault::Database &db, const vault::MailboxRow &mailbox)
{
    std::vector<crypto::Session> sessions;
    for (const vault::ContactRow &contact : writersTo(db, mailbox)) {
        if (contact.blocked || contact.request)
            continue; // opened one by one or not at all
        for (const vault::SessionRow &row : vault::readSessions(db, contact.id)) {
            if (auto session = crypto::Session::parse(row.state.view()))
                sessions.push_back(std::move(*session));
        }
    }
    return sessions;
}

/// Where it stands in its session, and how many keys that session keeps already.
std::size_t place(Arrived &message, const std::vector<crypto::Session> &sessions)
{
    message.missing.reset();
    for (const crypto::Session &session : sessions) {
        message.missing = session.missingBefore(message.inner);
        if (!message.missing)
            continue;
        message.session = session.id();
        return session.skippedKeyCount();
    }
    return 0;
}

bool isReady(const Arrived &message, std::size_t keptKeys)
{
    return !message.missing || *message.missing + keptKeys <= crypto::kMaxSkippedPerGap;
}

bool comesBefore(const Arrived &a, const Arrived &b)
{
    return a.missing < b.missing; // nothing is less than anything
}

} // namespace

std::size_t lineUp(vault::Database &db, const vault::MailboxRow &mailbox, std::vector<Arrived> &messages)
{
    const auto sessions = sessionsOf(db, mailbox);
    std::vector<Arrived> ready;
    std::vector<Arrived> others;
    for (Arrived &message : messages) {
        const std::size_t kept = place(message, sessions);
        (isReady(message, kept) ? ready : others).push_back(std::move(message));
    }
    std::stable_sort(ready.begin(), ready.end(), comesBefore);
    messages = std::move(ready);
    messages.insert(messages.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
    return messages.size() - others.size();
}

void Backlog::reading(const vault::Bytes32 &mailbox, const std::string &relay, qint64 now)
{
    const auto [at, fresh] = m_mailboxes.try_emplace(mailbox);
    if (fresh)
        at->second.newsSinceMs = at->second.lastMs = now;
    if (relay.empty())
        return;
    at->second.reading.insert(relay);
    at->second.relays.insert(relay);
}

void Backlog::keepBack(vault::Database &db, const vault::MailboxRow &mailbox, std::vector<Arrived> &messages, bool history,
                       qint64 nowMs)
{
    const auto at = m_mailboxes.find(mailbox.publicKey);
    if (at == m_mailboxes.end())
        return;
    Waiting &waiting = at->second;
    const auto sessions = sessionsOf(db, mailbox);
    for (auto &[session, fence] : waiting.fences)
        place(fence, sessions);
    std::vector<Arrived> now;
    for (Arrived &message : messages) {
        const std::size_t kept = place(message, sessions);
        if (message.missing && history)
            waiting.lastMs = nowMs;
        if (isReady(message, kept)) {
            now.push_back(std::move(message));
        } else if (isFencedOff(waiting, message)) {
            waiting.relays.insert(message.relay); // also one that came live is to be read again
        } else if (waiting.hashes.insert(message.hash).second) {
            m_bytes += message.inner.size();
            waiting.messages.push_back(std::move(message));
            waiting.linedUp = false;
            if (history && ++waiting.news >= kBacklogProgress) {
                waiting.news = 0;
                waiting.newsSinceMs = nowMs;
            }
        }
    }
    while (m_bytes > m_maximumBytes && !waiting.messages.empty())
        makeRoom(waiting, sessions);
    std::stable_sort(now.begin(), now.end(), comesBefore);
    messages = std::move(now);
}

bool Backlog::isFencedOff(const Waiting &waiting, const Arrived &message)
{
    const auto fence = waiting.fences.find(message.session);
    return fence != waiting.fences.end() && message.missing && fence->second.missing < message.missing;
}

void Backlog::fenceOff(Waiting &waiting, Arrived message)
{
    const auto fence = waiting.fences.find(message.session);
    if (fence == waiting.fences.end())
        waiting.fences.emplace(message.session, std::move(message));
    else if (message.missing < fence->second.missing)
        fence->second = std::move(message);
}

void Backlog::makeRoom(Waiting &waiting, const std::vector<crypto::Session> &sessions)
{
    // The last of the line come again from their relays; a quarter at once, so that this is rare.
    for (Arrived &message : waiting.messages)
        place(message, sessions); // the session has moved on since
    const auto stay = std::ptrdiff_t(waiting.messages.size() * 3 / 4);
    std::nth_element(waiting.messages.begin(), waiting.messages.begin() + stay, waiting.messages.end(), comesBefore);
    for (auto each = waiting.messages.begin() + stay; each != waiting.messages.end(); ++each) {
        m_bytes -= each->inner.size();
        waiting.hashes.erase(each->hash);
        fenceOff(waiting, std::move(*each));
    }
    waiting.messages.erase(waiting.messages.begin() + stay, waiting.messages.end());
    waiting.linedUp = false;
}

bool Backlog::ended(const vault::Bytes32 &mailbox, const relay::RelayUrl &relay, const std::optional<relay::SyncReport> &report)
{
    const auto at = m_mailboxes.find(mailbox);
    if (at == m_mailboxes.end())
        return false;
    at->second.reading.erase(relay.text());
    if (report)
        at->second.reports.emplace_back(relay, *report);
    return at->second.reading.empty();
}

std::vector<vault::Bytes32> Backlog::unread() const
{
    std::vector<vault::Bytes32> mailboxes;
    for (const auto &[mailbox, waiting] : m_mailboxes) {
        if (waiting.reading.empty())
            mailboxes.push_back(mailbox);
    }
    return mailboxes;
}

std::vector<vault::Bytes32> Backlog::forsaken(qint64 now) const
{
    std::vector<vault::Bytes32> mailboxes;
    for (const auto &[mailbox, waiting] : m_mailboxes) {
        if (waiting.patienceEnds() <= now)
            mailboxes.push_back(mailbox);
    }
    return mailboxes;
}

qint64 Backlog::patienceEnds() const
{
    qint64 first = std::numeric_limits<qint64>::max();
    for (const auto &[mailbox, waiting] : m_mailboxes)
        first = std::min(first, waiting.patienceEnds());
    return first;
}

std::vector<Arrived> Backlog::next(vault::Database &db, const vault::MailboxRow &mailbox)
{
    const auto at = m_mailboxes.find(mailbox.publicKey);
    if (at == m_mailboxes.end())
        return {};
    Waiting &waiting = at->second;
    if (!waiting.linedUp) {
        const auto sessions = sessionsOf(db, mailbox);
        for (auto &[session, fence] : waiting.fences)
            place(fence, sessions);
        for (Arrived &message : waiting.messages)
            place(message, sessions);
        std::erase_if(waiting.messages, [&](const Arrived &message) {
            const bool fenced = isFencedOff(waiting, message);
            if (fenced) {
                m_bytes -= message.inner.size();
                waiting.hashes.erase(message.hash);
            }
            return fenced;
        });
        std::stable_sort(waiting.messages.begin(), waiting.messages.end(), comesBefore);
        std::reverse(waiting.messages.begin(), waiting.messages.end());
        waiting.linedUp = true;
    }
    std::vector<Arrived> taken;
    while (!waiting.messages.empty() && taken.size() < relay::RelayListener::kMaximumArrived) {
        taken.push_back(std::move(waiting.messages.back()));
        waiting.messages.pop_back();
        waiting.hashes.erase(taken.back().hash);
        m_bytes -= taken.back().inner.size();
    }
    return taken;
}

void Backlog::putBack(const vault::Bytes32 &mailbox, std::vector<Arrived> messages)
{
    Waiting &waiting = m_mailboxes[mailbox];
    for (Arrived &message : messages) {
        m_bytes += message.inner.size();
        waiting.hashes.insert(message.hash);
        waiting.messages.push_back(std::move(message));
    }
    waiting.linedUp = false;
}

Backlog::Finished Backlog::finish(const vault::Bytes32 &mailbox)
{
    auto node = m_mailboxes.extract(mailbox);
    if (node.empty())
        return {};
    Waiting &waiting = node.mapped();
    for (const Arrived &message : waiting.messages)
        m_bytes -= message.inner.size();
    if (!waiting.fences.empty())
        return {{}, std::move(waiting.relays)};
    return {std::move(waiting.reports), {}};
}

std::size_t Backlog::waiting(const vault::Bytes32 &mailbox) const
{
    const auto at = m_mailboxes.find(mailbox);
    return at == m_mailboxes.end() ? 0 : at->second.messages.size();
}

void Backlog::clear()
{
    m_mailboxes.clear();
    m_bytes = 0;
}

} // namespace tacet::chat
