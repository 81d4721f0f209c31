// Inbox, the part that finds the session of a message: one that is there, or a handshake that begins one.
#include "app/chat/history.h"
#include "app/chat/inbox.h"
#include "app/chat/limits.h"
#include "app/chat/openings.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"
#include "app/vault/inbox_rows.h"
#include "crypto/rendezvous.h"

namespace tacet::chat {

bool Inbox::isHeldBack(Step &step, const vault::ContactRow &contact)
{
    // Left on the relays unopened, and read again from the beginning after unblocking or accepting.
    return contact.blocked
        || (contact.request && vault::countReceivedTexts(step.db(), contact.id) >= kMaxRequestTexts);
}

bool Inbox::openFirst(Step &step, const crypto::Prefix &prefix, crypto::ByteView inner)
{
    if (auto session = Sessions::byPrefix(step, prefix.id())) {
        auto contact = vault::readContact(step.db(), session->row.contact);
        if (!contact || isHeldBack(step, *contact))
            return false;
        tryOpen(step, *contact, *session, inner);
        return true;
    }
    if (const auto row = vault::readPrekeys(step.db(), prefix.bundle.bytes)) {
        auto invitation = vault::readInvitation(step.db(), row->invitation);
        const auto handshake = crypto::handshakeId(row->body, prefix);
        if (!invitation || vault::hasHandshake(step.db(), handshake.bytes))
            return true; // a replay
        if (!row->state) {
            // Well-formed and for this very bundle, whose keys are gone. Those of a reusable link only grow old.
            vault::writeHandshake(step.db(), handshake.bytes, prefix.bundle.bytes, step.now());
            if (InvitationKind(invitation->kind) == InvitationKind::OneTime)
                m_invitations.openedInVain(step, *invitation);
            return true;
        }
        if (const auto prekeys = crypto::OwnPrekeys::parse(row->state->view()))
            return accept(step, *prekeys, inner, prefix, &*invitation, &*row, {});
        return true;
    }
    if (const auto row = vault::readOwnRendezvous(step.db(), prefix.bundle.bytes)) {
        const auto record = crypto::OwnRendezvous::parse(row->state.view());
        if (record && !vault::hasHandshake(step.db(), crypto::handshakeId(record->prekeys().body(), prefix).bytes))
            return accept(step, record->prekeys(), inner, prefix, nullptr, nullptr, contactId(row->contact));
    }
    return true;
}

std::optional<vault::ContactRow> Inbox::contactFor(Step &step, const crypto::IdentityKey &peer,
                                                   const vault::InvitationRow *invitation)
{
    if (auto known = vault::readContactByIdentity(step.db(), peer.bytes))
        return known;
    if (const auto waiting = Openings::waitingFor(step.db(), peer)) {
        // Both opened each other's link at once; this side has not fetched the other's yet.
        auto contact = vault::readContact(step.db(), waiting->bytes);
        if (contact && !contact->identity) {
            contact->identity = peer.bytes;
            contact->colour = colourOf(peer.view());
            vault::updateContact(step.db(), *contact);
            return contact;
        }
    }
    if (!invitation)
        return std::nullopt;
    const bool stranger = InvitationKind(invitation->kind) == InvitationKind::Reusable;
    if (stranger
        && (!loadSettings(step.db()).acceptRequests || vault::countRequests(step.db()) >= kMaxRequests))
        return std::nullopt;
    if (vault::countContacts(step.db()) >= kMaxContacts)
        return std::nullopt;
    vault::ContactRow contact;
    contact.id = step.random().bytes<16>();
    contact.identity = peer.bytes;
    contact.colour = colourOf(peer.view());
    contact.name = stranger ? std::string() : invitation->label;
    contact.request = stranger;
    contact.link = int(Link::Live);
    contact.addedMs = step.now();
    contact.ownEpoch = step.now();
    contact.invitation = invitation->id;
    vault::insertContact(step.db(), contact);
    addSystemLine(step, contactId(contact.id), SystemLine::PeerJoined);
    return contact;
}

// Of somebody who came back from a backup only a hello tells which copy of the vault is speaking. Until it came, no other
// message makes a session count: one from before the restore must not take over, whatever of it arrives first.
bool Inbox::mayNumber(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs)
{
    return contact.peerRestoredMs == 0
        || (payload.kind == PayloadKind::Hello && !Reunion::isFromBefore(contact, payload, nowMs));
}

bool Inbox::accept(Step &step, const crypto::OwnPrekeys &prekeys, crypto::ByteView inner, const crypto::Prefix &prefix,
                   vault::InvitationRow *invitation, const vault::PrekeyRow *row, const ContactId &owner)
{
    auto accepted = crypto::Session::accept(*m_context.identity, prekeys, inner, step.now());
    if (!accepted)
        return true; // proves nothing about anybody: not shown, not answered
    const crypto::IdentityKey peer = accepted->session.peerIdentity();
    std::optional<vault::ContactRow> contact;
    if (invitation) {
        contact = contactFor(step, peer, invitation);
    } else {
        contact = vault::readContact(step.db(), owner.bytes);
        if (contact && contact->identity != peer.bytes)
            return true; // a rendezvous record is for one person
    }
    if (!contact || contact->blocked)
        return false; // a handshake each time that it is read again: once a day at most, until it is too old (isStale)
    vault::writeHandshake(step.db(), accepted->session.handshake().bytes, prefix.bundle.bytes, step.now());
    if (invitation && row)
        m_invitations.used(step, *invitation, *row, contactId(contact->id));

    std::optional<std::int64_t> number; // nothing: what may name it has not come
    std::int64_t basis = 0;
    bool restored = false;
    if (const auto payload = decodePayload(accepted->payload.view())) {
        if (mayNumber(*contact, *payload, step.now())) {
            number = payload->sessionNumber;
            basis = payload->sessionBasis;
        }
        restored = Reunion::isRestored(*contact, *payload, step.now());
    }
    Beginning beginning = before(step, *contact, restored);
    auto session = Sessions::add(step, *contact, std::move(accepted->session), number.value_or(0), basis, true,
                                 number ? Place::Instead : Place::Beside);
    if (session.row.active)
        beginning.link = m_reunion.live(step, *contact);
    opened(step, *contact, session, accepted->payload.view(), true);
    begin(step, *contact, session, number.has_value(), beginning);
    return true;
}

Inbox::Beginning Inbox::before(Step &step, const vault::ContactRow &contact, bool restored)
{
    // An unanswered one of ours beside it means that both started at once, not that one was lost.
    const auto active = Sessions::active(step, contactId(contact.id));
    const bool hadOne = active && active->row.retiredMs == 0 && active->session.answered();
    return {active ? std::optional(active->row.id) : std::nullopt, hadOne, restored, Link(contact.link)};
}

// What follows when the number of a session that the other side began is known or void, and its first payload has been taken.
void Inbox::begin(Step &step, vault::ContactRow &contact, const LoadedSession &session, bool isNamed, const Beginning &beginning)
{
    step.touched(contactId(contact.id));
    if (contact.request)
        return; // nothing goes back before the user accepts
    const bool isVoid = isNamed && session.row.number == 0;
    if (isVoid || (isNamed && !session.row.active)) {
        // Either it comes too late, and its writer learns which number to go above; or both started at once, and the writer learns
        // where to write should ours not have reached it. From the disk: what waited may have been sealed in it just now.
        if (auto stored = Sessions::byPrefix(step, crypto::PrefixId{session.row.prefix})) {
            Payload answer = m_greeting.hello(step, contact);
            answer.useHigher = isVoid;
            m_outbox.enqueueIn(step, contact, std::move(answer), *stored);
        }
    }
    if (session.row.active) {
        // Where its writer was restored, takeRestored has its own line, and has sent everything again.
        if (!beginning.restored && beginning.link == Link::Reconnecting)
            m_reunion.metAgain(step, contact);
        else if (!beginning.restored && beginning.hadOne)
            m_reunion.replaced(step, contact);
        m_greeting.sendHello(step, contact); // so that the other side leaves its first flight
        m_greeting.offerRendezvous(step, contact);
    }
}

bool Inbox::openLater(Step &step, const vault::MailboxRow &mailbox, crypto::ByteView inner, const vault::Bytes32 &hash,
                      std::int64_t createdAtSeconds)
{
    auto writers = writersTo(step.db(), mailbox);
    bool heldBack = false;
    for (vault::ContactRow &contact : writers) {
        if (isHeldBack(step, contact)) {
            heldBack = true;
            continue;
        }
        for (LoadedSession &session : Sessions::all(step, contactId(contact.id))) {
            if (tryOpen(step, contact, session, inner) != Opened::No)
                return true;
        }
    }
    // Perhaps theirs; or, at an invitation's mailbox, a late copy of what its writer has sent to another meanwhile: not to be
    // known there by its hash.
    if (heldBack || mailbox.purpose == vault::MailboxPurpose::Invitation)
        return false;
    // Perhaps rubbish, perhaps a message whose keys are lost. Remembered, so that a question about a gap can name it; nothing
    // is shown or sent because of it now, and what may be hours later stands at Reunion::isDeaf(). What is so old may have
    // been opened long ago, and its hash forgotten since: where a relay's cursor is not known, nothing counts as stale.
    const bool mayBeForgotten = createdAtSeconds < (step.now() - kSeenMs) / kSecondMs;
    if (writers.size() == 1 && !mayBeForgotten)
        vault::writeUnopened(step.db(), writers[0].id, hash, step.now(), kMaxUnopened, writers[0].heardMs);
    return true;
}

Inbox::Opened Inbox::tryOpen(Step &step, vault::ContactRow &contact, LoadedSession &session, crypto::ByteView inner)
{
    const bool answered = session.session.answered();
    auto payload = session.session.decrypt(inner, step.now());
    if (!payload) {
        switch (payload.error()) {
        case crypto::DecryptError::Duplicate:
            return Opened::Duplicate;
        case crypto::DecryptError::TooFarAhead:
        case crypto::DecryptError::PeerBroken:
            // Authentic, and this session cannot go on: every later message would say the same.
            if (Reunion::mayRenew(contact, step.now())) {
                contact.renewalMs = step.now();
                vault::updateContact(step.db(), contact);
                addSystemLine(step, contactId(contact.id), SystemLine::Undecryptable);
                m_reunion.initiate(step, contact);
            }
            return Opened::Duplicate;
        default:
            return Opened::No;
        }
    }
    session.row.heardMs = step.now();
    Sessions::store(step, session);
    opened(step, contact, session, payload->view(), false);
    if (!vault::readSession(step.db(), session.row.id))
        return Opened::Yes; // given up for another (takeUseHigher): nothing here goes on with it
    if (!session.row.active && session.row.number != 0 && session.row.retiredMs == 0 && !crypto::peekPrefix(inner))
        preferAnswered(step, contact, session);
    if (!answered && session.session.answered() && session.row.active)
        m_reunion.answered(step, contact);
    return Opened::Yes;
}

void Inbox::preferAnswered(Step &step, vault::ContactRow &contact, LoadedSession &session)
{
    auto active = Sessions::active(step, contactId(contact.id));
    if (!active || active->session.answered()) {
        const bool waited = active ? Sessions::isBeside(session.row, active->row) : !session.row.byPeer;
        if (!waited)
            return;
        // Ours was begun on a suspicion, and the other side has it.
        vault::activateSession(step.db(), contact.id, session.row.id);
        session.row.active = true;
        m_reunion.replaced(step, contact);
        return;
    }
    // Both started at once and ours won, but the other side goes on in its own: ours never reached it (a restored
    // backup that does not have the keys of our rendezvous), or not yet. Theirs is the one that both can read; ours stands beside.
    vault::activateSession(step.db(), contact.id, session.row.id);
    session.row.active = true;
    m_reunion.answered(step, contact);
}

void Inbox::alarm(Step &step, const vault::ContactRow &contact)
{
    const auto last = vault::readLastMessage(step.db(), contact.id, false);
    if (!last || last->system != int(SystemLine::OldSessionSpoke)) // one line for a row of them
        addSystemLine(step, contactId(contact.id), SystemLine::OldSessionSpoke);
}

} // namespace tacet::chat
