#include "app/chat/sessions.h"

#include "app/chat/limits.h"
#include "app/vault/invitation_rows.h"
#include "crypto/limits.h"

#include <algorithm>
#include <cstdlib>

namespace tacet::chat {

bool Sessions::atOnce(const vault::SessionRow &one, const vault::SessionRow &other)
{
    const bool bothSides = one.byPeer != other.byPeer;
    const bool unseen = one.basis < other.number && other.basis < one.number;
    return bothSides && unseen && std::llabs(one.number - other.number) <= kAtOnceMs;
}

bool Sessions::winsOver(const vault::SessionRow &one, const vault::SessionRow &other)
{
    // A session whose number is not known yet (its first payload is still on the way) wins over none.
    if (one.number == 0 || other.number == 0)
        return one.number != 0;
    if (atOnce(one, other) || one.number == other.number)
        return crypto::winsOver(crypto::SessionId{one.id}, crypto::SessionId{other.id});
    return one.number > other.number;
}

bool Sessions::isWithinReach(const vault::ContactRow &contact, std::int64_t number)
{
    return number <= std::max<std::int64_t>(contact.highestSession, crypto::kEndOfTime) + kMaxSessionStep;
}

bool Sessions::isBeside(const vault::SessionRow &one, const vault::SessionRow &active)
{
    return !one.active && !one.byPeer && one.retiredMs == 0 && winsOver(one, active);
}

std::optional<LoadedSession> Sessions::load(Step &step, vault::SessionRow row)
{
    auto session = crypto::Session::parse(row.state.view());
    if (!session) {
        // Nothing in here can be opened any more; a new session will be made (reunion). What a later program wrote is for that
        // program.
        if (session.error() == crypto::StateError::Damaged)
            vault::deleteSession(step.db(), row.id);
        return std::nullopt;
    }
    return LoadedSession{std::move(row), std::move(*session)};
}

std::optional<LoadedSession> Sessions::active(Step &step, const ContactId &contact)
{
    auto row = vault::readActiveSession(step.db(), contact.bytes);
    return row ? load(step, std::move(*row)) : std::nullopt;
}

std::optional<LoadedSession> Sessions::byPrefix(Step &step, const crypto::PrefixId &prefix)
{
    auto row = vault::readSessionByPrefix(step.db(), prefix.bytes);
    return row ? load(step, std::move(*row)) : std::nullopt;
}

std::vector<LoadedSession> Sessions::all(Step &step, const ContactId &contact)
{
    std::vector<LoadedSession> sessions;
    for (vault::SessionRow &row : vault::readSessions(step.db(), contact.bytes)) {
        if (auto loaded = load(step, std::move(row)))
            sessions.push_back(std::move(*loaded));
    }
    return sessions;
}

void Sessions::store(Step &step, LoadedSession &loaded)
{
    loaded.row.state = loaded.session.serialise();
    vault::writeSession(step.db(), loaded.row);
}

void Sessions::choose(Step &step, const ContactId &contact, const std::optional<vault::Bytes32> &named)
{
    // One of ours that lost, or stands beside, is looked at again when something is heard in it (Inbox::preferAnswered).
    const auto waits = [&](const vault::SessionRow &row) {
        return !row.byPeer && !row.active && row.heardMs == 0 && row.id != named;
    };
    auto rows = vault::readSessions(step.db(), contact.bytes);
    std::erase_if(rows, [&](const auto &row) { return row.retiredMs != 0 || row.number == 0 || waits(row); });
    if (rows.empty()) {
        // A void one is better than nothing, where another could not be begun either.
        if (named && !vault::readActiveSession(step.db(), contact.bytes) && !vault::readPeerRendezvous(step.db(), contact.bytes))
            vault::activateSession(step.db(), contact.bytes, *named);
        return;
    }
    const auto best = std::max_element(rows.begin(), rows.end(),
                                       [](const auto &a, const auto &b) { return winsOver(b, a); });
    vault::activateSession(step.db(), contact.bytes, best->id);
}

bool Sessions::hasCrossed(Step &step, const vault::ContactRow &contact, const vault::SessionRow &one)
{
    const auto rows = vault::readSessions(step.db(), contact.id); // active first
    return std::any_of(rows.begin(), rows.end(), [&](const vault::SessionRow &row) {
        return row.id != one.id && atOnce(one, row) && (row.active || (rows.front().active && isBeside(row, rows.front())));
    });
}

void Sessions::number(Step &step, vault::ContactRow &contact, LoadedSession &loaded, std::int64_t number,
                      std::int64_t basis, Place place)
{
    loaded.row.number = isWithinReach(contact, number) ? number : 0;
    loaded.row.basis = basis;
    number = loaded.row.number;
    if (number > contact.highestSession) {
        contact.highestSession = number;
        vault::updateContact(step.db(), contact);
    } else if (number != 0 && !hasCrossed(step, contact, loaded.row)) {
        loaded.row.number = 0; // not above what was seen: a late or replayed handshake, unless both sides started at once
    }
    store(step, loaded);
    if (place == Place::Instead)
        choose(step, contactId(contact.id), loaded.row.id);
}

LoadedSession Sessions::add(Step &step, vault::ContactRow &contact, crypto::Session session, std::int64_t number,
                            std::int64_t basis, bool byPeer, Place place)
{
    LoadedSession loaded{vault::SessionRow{}, std::move(session)};
    loaded.row.id = loaded.session.id().bytes;
    loaded.row.contact = contact.id;
    loaded.row.prefix = loaded.session.prefixId().bytes;
    loaded.row.byPeer = byPeer;
    loaded.row.createdMs = step.now();
    Sessions::number(step, contact, loaded, number, basis, place);

    auto rows = vault::readSessions(step.db(), contact.id); // active first, then newest
    std::erase_if(rows, [&](const auto &row) { return row.id == loaded.row.id; }); // the wall clock may have gone back
    while (rows.size() + 1 > crypto::kMaxSessionsPerContact) {
        vault::deleteSession(step.db(), rows.back().id);
        rows.pop_back();
    }
    refresh(step, loaded);
    return loaded;
}

void Sessions::named(Step &step, vault::ContactRow &contact, LoadedSession &loaded, std::int64_t number,
                     std::int64_t basis)
{
    if (loaded.row.number != 0 || number == 0)
        return;
    Sessions::number(step, contact, loaded, number, basis, Place::Instead);
    refresh(step, loaded);
}

void Sessions::refresh(Step &step, LoadedSession &loaded)
{
    if (const auto stored = vault::readSession(step.db(), loaded.row.id))
        loaded.row.active = stored->active;
}

} // namespace tacet::chat
