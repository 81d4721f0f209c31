#include "app/chat/reunion.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/vault/inbox_rows.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/profile_rows.h"
#include "crypto/rendezvous.h"

#include <algorithm>

namespace tacet::chat {
namespace {

/// The contact's latest restore was on a computer whose clock was ahead, and this one after that clock was set right.
bool wasSetRight(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs)
{
    return contact.peerRestoredMs > nowMs && payload.restoredMs < contact.peerRestoredMs
        && payload.restoredMs > contact.peerRestoredMs - crypto::kClockTolerance;
}

} // namespace

bool Reunion::initiate(Step &step, vault::ContactRow &contact, Place place)
{
    const auto row = vault::readPeerRendezvous(step.db(), contact.id);
    if (!row || !contact.identity)
        return false;
    const auto record = crypto::PeerRendezvous::parse(row->record, crypto::IdentityKey{*contact.identity});
    if (!record)
        return false;
    const auto relays = m_relays.usable(step.db(), row->relays);
    if (relays.empty())
        return false;
    auto session = crypto::Session::initiate(*m_context.identity, record->prekeys(), step.random());
    if (!session)
        return false;
    const std::int64_t basis = contact.highestSession;
    const std::int64_t number = std::max<std::int64_t>(basis + 1, step.now());
    auto loaded = Sessions::add(step, contact, std::move(*session), number, basis, false, place);
    if (place == Place::Instead) {
        contact.link = int(Link::Reconnecting);
        vault::updateContact(step.db(), contact);
        m_outbox.unsealAll(step, contact); // what nobody acknowledged waits for the answer, under the same ids
        step.touched(contactId(contact.id));
    }
    Payload hello = m_greeting.hello(step, contact);
    m_outbox.enqueueFirst(step, contact, std::move(hello), loaded, record->mailbox().bytes, relays);
    return true;
}

void Reunion::upkeep(Step &step)
{
    for (vault::ContactRow &contact : vault::readContacts(step.db())) {
        if (contact.blocked)
            continue;
        if (Link(contact.link) != Link::InvitationDead)
            m_outbox.helloAgain(step, contact);
        if (!contact.identity)
            enqueueMissing(step, contact); // written before a restore, behind a link that was not fetched yet
        if (Link(contact.link) == Link::Reconnecting) {
            const auto active = Sessions::active(step, contactId(contact.id));
            if (!active && mayRenew(contact, step.now()))
                initiate(step, contact);
        } else if (Link(contact.link) == Link::Live) {
            considerLost(step, contact);
            m_greeting.offerRendezvous(step, contact);
        }
    }
}

bool Reunion::mayRenew(const vault::ContactRow &contact, qint64 nowMs)
{
    return contact.renewalMs == 0 || contact.renewalMs + kRenewalEveryMs <= nowMs
        || contact.renewalMs > nowMs + kRenewalEveryMs; // the wall clock went back
}

void Reunion::considerLost(Step &step, vault::ContactRow &contact)
{
    if (Link(contact.link) != Link::Live || contact.request || contact.blocked)
        return;
    const auto active = Sessions::active(step, contactId(contact.id));
    const bool gone = !active && !vault::readActiveSession(step.db(), contact.id); // that of a later program is not
    if (!mayRenew(contact, step.now()) || (!gone && !isDeaf(step, contact)))
        return;
    if (active && m_outbox.isHelloBesideWaiting(step, contact))
        return; // the last one is not answered yet
    // Rubbish that a relay puts into the mailbox can cause this once a day, and no more.
    contact.renewalMs = step.now();
    vault::updateContact(step.db(), contact);
    vault::deleteUnopened(step.db(), contact.id);
    initiate(step, contact, active && active->session.answered() ? Place::Beside : Place::Instead);
}

bool Reunion::isDeaf(Step &step, const vault::ContactRow &contact)
{
    const vault::UnopenedSince unopened = vault::readUnopenedSince(step.db(), contact.id, contact.heardMs + 1);
    if (unopened.count < kUnopenedMeansLost || contact.heardMs + kUnopenedWaitMs > step.now())
        return false;
    // By chance: who writes rubbish into the mailbox and watches what leaves shall not see one follow the other.
    const qint64 waited = step.now() - unopened.firstMs;
    return waited >= kRenewalLatestMs || (waited >= kRenewalSoonestMs && step.random().below(kRenewalLooks) == 0);
}

void Reunion::sendAllAgain(Step &step, vault::ContactRow &contact)
{
    m_outbox.unsealAll(step, contact);
    enqueueMissing(step, contact);
    m_outbox.seal(step, contact);
}

void Reunion::enqueueMissing(Step &step, vault::ContactRow &contact)
{
    for (const vault::MessageRow &message : vault::readOwnBelow(step.db(), contact.id, int(MessageState::Delivered))) {
        if (!vault::readOutboxByMessage(step.db(), message.id))
            m_outbox.enqueueAgain(step, contact, message);
    }
}

Link Reunion::live(Step &step, vault::ContactRow &contact)
{
    const auto before = Link(contact.link);
    contact.link = int(Link::Live);
    contact.linkTrouble = 0;
    vault::updateContact(step.db(), contact);
    // A link that the user gave for a new key is still to be fetched, whoever speaks with the old one meanwhile.
    if (const auto opening = vault::readOpening(step.db(), contact.id); opening && (!opening->replacesKey || opening->fetchedMs != 0))
        vault::deleteOpening(step.db(), contact.id);
    step.touched(contactId(contact.id));
    return before;
}

void Reunion::answered(Step &step, vault::ContactRow &contact)
{
    if (live(step, contact) == Link::Reconnecting)
        metAgain(step, contact);
    else
        m_outbox.seal(step, contact);
    m_greeting.offerRendezvous(step, contact);
}

void Reunion::metAgain(Step &step, vault::ContactRow &contact)
{
    const auto profile = vault::readProfile(step.db());
    const bool restored = profile && profile->restoredMs > contact.renewalMs;
    addSystemLine(step, contactId(contact.id), restored ? SystemLine::Restored : SystemLine::SessionRenewed);
    sendAllAgain(step, contact);
}

void Reunion::replaced(Step &step, vault::ContactRow &contact)
{
    addSystemLine(step, contactId(contact.id), SystemLine::SessionRenewed);
    sendAllAgain(step, contact); // what the lost session carried may never be opened there
}

bool Reunion::isRestored(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs)
{
    // A day that is still to come says nothing: it would make every later word of the true contact one from before it.
    const bool later = payload.restoredMs > contact.peerRestoredMs && payload.restoredMs <= nowMs + crypto::kClockTolerance;
    return later || wasSetRight(contact, payload, nowMs);
}

bool Reunion::isFromBefore(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs)
{
    return payload.kind == PayloadKind::Hello && payload.restoredMs < contact.peerRestoredMs
        && !wasSetRight(contact, payload, nowMs);
}

void Reunion::giveUp(Step &step, vault::ContactRow &contact, LoadedSession &session, const Payload &payload)
{
    if (session.row.retiredMs != 0)
        return;
    const bool wasSentOn = session.row.active;
    const auto opening = wasSentOn && !session.row.byPeer ? vault::readOpening(step.db(), contact.id) : std::nullopt;
    if (opening && opening->fetchedMs != 0) {
        contact.peerRestoredMs = payload.restoredMs; // the user was given its link: whatever clocks say, this copy counts
        vault::updateContact(step.db(), contact);
        return;
    }
    session.row.retiredMs = step.now();
    session.row.active = false;
    Sessions::store(step, session);
    if (!wasSentOn)
        return;
    contact.renewalMs = step.now(); // the next one is begun in a day: the older copy may be the first again
    vault::updateContact(step.db(), contact);
    Sessions::chooseAnother(step, contactId(contact.id));
    sendAllAgain(step, contact);
}

void Reunion::takeRestored(Step &step, vault::ContactRow &contact, const LoadedSession &session, const Payload &payload)
{
    // Whoever made the session: where both came back at once, ours may be the one that is answered.
    if (!session.row.active || !isRestored(contact, payload, step.now()))
        return;
    contact.peerRestoredMs = payload.restoredMs;
    vault::updateContact(step.db(), contact);
    for (vault::SessionRow &old : vault::readSessions(step.db(), contact.id)) {
        if (old.id == session.row.id || old.retiredMs != 0 || old.createdMs > session.row.createdMs)
            continue;
        old.retiredMs = step.now();
        old.active = false;
        vault::writeSession(step.db(), old);
    }
    // The keys of the record that we have may be gone: the next one counts, whatever clock dated it.
    if (auto record = vault::readPeerRendezvous(step.db(), contact.id)) {
        record->createdMs = 0;
        vault::writePeerRendezvous(step.db(), contact.id, *record);
    }
    addSystemLine(step, contactId(contact.id), SystemLine::PeerRestored);
    sendAllAgain(step, contact);
}

void Reunion::takeUseHigher(Step &step, vault::ContactRow &contact, const LoadedSession &session, const Payload &payload)
{
    // The same number is too low as well: another restore of the same backup has used it, with a clock that was behind.
    if (!payload.useHigher || session.row.byPeer || payload.highestSession < session.row.number
        || !Sessions::isWithinReach(contact, payload.highestSession))
        return;
    const auto active = vault::readActiveSession(step.db(), contact.id);
    const bool beside = active && Sessions::isBeside(session.row, *active);
    if ((!session.row.active && !beside) || session.row.retiredMs != 0)
        return; // another is sent on meanwhile, so that nothing depends on this one
    const qint64 now = m_context.clock.steadyMs();
    Asked asked = m_asked[contactId(contact.id)];
    if (asked.times == 0 || now - asked.sinceMs >= kDayMs)
        asked = {now, 0};
    if (++asked.times > kMaxHigherEachDay)
        return; // it names the highest that it saw, so it need not ask again and again
    step.afterwards([this, id = contactId(contact.id), asked] { m_asked[id] = asked; }); // what a full disk undoes does not count
    contact.highestSession = std::max(contact.highestSession, payload.highestSession);
    vault::updateContact(step.db(), contact);
    // Without another, one that the other side does not send on but reads is better than nothing.
    if (initiate(step, contact, beside ? Place::Beside : Place::Instead))
        vault::deleteSession(step.db(), session.row.id);
}

} // namespace tacet::chat
