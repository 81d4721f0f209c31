#include "app/chat/outbox.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/vault/profile_rows.h"
#include "crypto/hkdf.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>

namespace tacet::chat {

using vault::OutboxRow;
using vault::OutboxState;
using vault::TargetRow;
using vault::TargetState;

// --- Rows ---

void Outbox::fill(Payload &payload, qint64 nowMs) const
{
    payload.device = m_context.device;
    if (payload.sentMs == 0)
        payload.sentMs = nowMs;
}

void Outbox::number(Step &step, vault::ContactRow &contact, Payload &payload) const
{
    payload.epoch = contact.ownEpoch;
    payload.sequence = ++contact.ownSequence;
    vault::updateContact(step.db(), contact);
}

OutboxRow Outbox::rowOf(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs) const
{
    OutboxRow row;
    row.contact = contact.id;
    row.kind = int(payload.kind);
    row.epoch = payload.epoch;
    row.sequence = payload.sequence;
    row.payload = encodePayload(payload);
    row.createdMs = nowMs;
    if (payload.kind == PayloadKind::Text)
        row.message = payload.messageId;
    return row;
}

void Outbox::enqueue(Step &step, vault::ContactRow &contact, Payload payload)
{
    fill(payload, step.now());
    if (payload.sequence == 0)
        number(step, contact, payload);
    vault::insertOutbox(step.db(), rowOf(contact, payload, step.now()));
    if (payload.kind == PayloadKind::Text)
        step.touchedOutbox();
    seal(step, contact);
}

void Outbox::enqueueUnnumbered(Step &step, vault::ContactRow &contact, Payload payload)
{
    fill(payload, step.now());
    vault::deleteUnsentOfKind(step.db(), contact.id, int(payload.kind));
    vault::insertOutbox(step.db(), rowOf(contact, payload, step.now()));
    seal(step, contact);
}

void Outbox::enqueueIn(Step &step, vault::ContactRow &contact, Payload payload, LoadedSession &session)
{
    if (!contact.peerMailbox)
        return;
    fill(payload, step.now());
    OutboxRow row = rowOf(contact, payload, step.now());
    row.row = vault::insertOutbox(step.db(), row);
    sealRow(step, row, session, *contact.peerMailbox,
            m_relays.usable(step.db(), vault::readContactRelays(step.db(), contact.id)));
    Sessions::store(step, session);
    step.wake();
}

void Outbox::enqueueFirst(Step &step, vault::ContactRow &contact, Payload payload, LoadedSession &session,
                          const vault::Bytes32 &mailbox, const std::vector<std::string> &relays)
{
    fill(payload, step.now());
    number(step, contact, payload);
    OutboxRow row = rowOf(contact, payload, step.now());
    row.row = vault::insertOutbox(step.db(), row);
    sealRow(step, row, session, mailbox, relays);
    Sessions::store(step, session);
    step.wake();
}

std::int64_t Outbox::enqueueSealed(Step &step, const vault::Id16 &invitation, crypto::Bytes sealed,
                                   const vault::Bytes32 &mailbox, const std::vector<std::string> &relays)
{
    OutboxRow row;
    row.invitation = invitation;
    row.hash = crypto::sha256(sealed);
    row.sealed = std::move(sealed);
    row.mailbox = mailbox;
    row.state = OutboxState::Sending;
    row.createdMs = step.now();
    row.row = vault::insertOutbox(step.db(), row);
    vault::setTargets(step.db(), row.row, relays, step.now());
    step.wake();
    return row.row;
}

void Outbox::enqueueAgain(Step &step, vault::ContactRow &contact, const vault::MessageRow &message)
{
    Payload payload;
    payload.kind = PayloadKind::Text;
    payload.epoch = message.epoch;
    payload.sequence = message.sequence;
    payload.messageId = message.id;
    payload.text = message.body;
    payload.sentMs = message.sentMs;
    fill(payload, step.now());
    vault::insertOutbox(step.db(), rowOf(contact, payload, step.now()));
    step.touchedOutbox();
}

// --- Sealing ---

bool Outbox::mayLeave(const vault::ContactRow &contact, const OutboxRow &row, const LoadedSession &session) const
{
    if (contact.blocked)
        return false;
    if (row.kind != int(PayloadKind::Text))
        return true;
    // A changed key: nothing that a person wrote goes there before it was compared or accepted (PROTOCOL §3).
    if (Trust(contact.trust) == Trust::KeyChanged)
        return false;
    // After a restore or a lost session: first flight control data only (PROTOCOL §10).
    return Link(contact.link) != Link::Reconnecting || session.session.answered();
}

bool Outbox::sealRow(Step &step, OutboxRow &row, LoadedSession &session, const vault::Bytes32 &mailbox,
                     const std::vector<std::string> &relays)
{
    crypto::Bytes bytes = *row.payload;
    if (!session.session.answered()) {
        // First messages name their session, whichever of them comes first (PROTOCOL §5).
        auto payload = decodePayload(bytes);
        if (!payload)
            return false;
        payload->sessionNumber = session.row.number;
        payload->sessionBasis = session.row.basis;
        bytes = encodePayload(*payload);
    }
    auto sealed = session.session.encrypt(bytes, step.random());
    if (!sealed)
        return false;
    row.hash = crypto::sha256(*sealed);
    row.sealed = std::move(*sealed);
    row.session = session.row.id;
    row.mailbox = mailbox;
    row.state = OutboxState::Sending;
    vault::updateOutbox(step.db(), row);
    vault::setTargets(step.db(), row.row, relays, step.now());
    return true;
}

void Outbox::seal(Step &step, vault::ContactRow &contact)
{
    if (!contact.peerMailbox || contact.blocked)
        return;
    std::vector<OutboxRow> waiting;
    for (OutboxRow &row : vault::readOutboxUnsealed(step.db(), contact.id, kMaxSealedAtOnce))
        waiting.push_back(std::move(row));
    if (waiting.empty())
        return;
    auto session = Sessions::active(step, contactId(contact.id));
    if (!session)
        return;
    QStringList refused;
    const auto relays = m_relays.usable(step.db(), vault::readContactRelays(step.db(), contact.id), &refused);
    if (relays.empty()) {
        for (const QString &host : refused)
            step.notice(TroubleCode::NewHost, host, contactId(contact.id));
        return;
    }
    bool any = false;
    for (OutboxRow &row : waiting) {
        if (mayLeave(contact, row, *session))
            any = sealRow(step, row, *session, *contact.peerMailbox, relays) || any;
    }
    if (!any)
        return;
    Sessions::store(step, *session);
    step.wake();
    if (int(waiting.size()) == kMaxSealedAtOnce)
        step.afterwards([this, id = contactId(contact.id)] { sealMore(id); });
}

void Outbox::sealMore(const ContactId &id)
{
    Step step(m_context);
    if (auto contact = vault::readContact(step.db(), id.bytes))
        seal(step, *contact);
    static_cast<void>(step.commit()); // a failure leaves the rows as they are; the next step tries again
}

void Outbox::unseal(Step &step, OutboxRow &row)
{
    row.state = OutboxState::Unsealed;
    row.session.reset();
    row.sealed.reset();
    row.hash.reset();
    row.mailbox.reset();
    row.sentMs = row.resentMs = 0; // other bytes: they have not left
    vault::updateOutbox(step.db(), row);
    vault::setTargets(step.db(), row.row, {}, 0);
}

void Outbox::unsealAll(Step &step, vault::ContactRow &contact)
{
    for (OutboxRow &row : vault::readOutboxOf(step.db(), contact.id)) {
        if (row.sequence == 0)
            vault::deleteOutbox(step.db(), row.row); // receipts and questions are made anew when they are due
        else if (row.payload && row.state != OutboxState::Failed)
            unseal(step, row);
    }
}

bool Outbox::retarget(Step &step, OutboxRow &row, const vault::Bytes32 &mailbox, const std::vector<std::string> &relays)
{
    std::set<std::string> before;
    for (const TargetRow &target : vault::readTargets(step.db(), row.row))
        before.insert(target.relay);
    if (row.mailbox == mailbox && before == std::set(relays.begin(), relays.end()))
        return false;
    row.mailbox = mailbox;
    vault::updateOutbox(step.db(), row);
    vault::setTargets(step.db(), row.row, relays, step.now());
    return true;
}

void Outbox::retarget(Step &step, vault::ContactRow &contact)
{
    if (!contact.peerMailbox)
        return;
    const auto relays = m_relays.usable(step.db(), vault::readContactRelays(step.db(), contact.id));
    const auto session = vault::readActiveSession(step.db(), contact.id);
    if (relays.empty() || !session)
        return;
    for (OutboxRow &row : vault::readOutboxOf(step.db(), contact.id)) {
        // Also what a relay has and nobody acknowledged: it may never be read there. A first message of a handshake
        // that is still unanswered stays with the mailbox of its prekeys.
        const bool sealed = row.state == OutboxState::Sending || row.state == OutboxState::OnRelay;
        if (sealed && row.session == session->id && Link(contact.link) == Link::Live)
            retarget(step, row, *contact.peerMailbox, relays);
    }
    step.wake();
}

void Outbox::sendAgain(Step &step, OutboxRow &row)
{
    if (row.state != OutboxState::OnRelay || !row.sealed)
        return;
    // Encrypted anew once: what takes a program down must not come back in ever new bytes. From then on `resentMs` is when that
    // was, and `sentMs`, which is later, when those bytes left last; so the pauses grow on either way (acknowledged()).
    const bool anew = row.resentMs != 0 && row.resentMs <= row.sentMs;
    if (row.resentMs != 0 && !anew && row.payload) {
        unseal(step, row);
        row.sentMs = row.resentMs = step.now();
        vault::updateOutbox(step.db(), row);
        return;
    }
    // Neither lies in the future, where a clock that was ahead has put it: it would be sent again at every receipt until then.
    if (anew) {
        row.resentMs = std::min<std::int64_t>(row.resentMs, step.now());
        row.sentMs = step.now();
    } else {
        row.sentMs = std::min<std::int64_t>(row.sentMs, step.now() - 1);
        row.resentMs = step.now();
    }
    publishAgain(step, row);
}

void Outbox::publishAgain(Step &step, const OutboxRow &row)
{
    vault::updateOutbox(step.db(), row);
    for (TargetRow &target : vault::readTargets(step.db(), row.row)) {
        target.state = TargetState::Waiting;
        target.nextTryMs = step.now();
        vault::updateTarget(step.db(), row.row, target);
    }
    step.wake();
}

void Outbox::helloAgain(Step &step, const vault::ContactRow &contact)
{
    const auto sessions = vault::readSessions(step.db(), contact.id); // active first
    for (OutboxRow &row : vault::readOutboxOfKind(step.db(), contact.id, int(PayloadKind::Hello))) {
        const auto session = std::find_if(sessions.begin(), sessions.end(), [&](const auto &each) { return row.session == each.id; });
        if (session == sessions.end() || row.state != OutboxState::OnRelay)
            continue;
        if (!session->active && !Sessions::isBeside(*session, sessions.front()))
            continue;
        const bool early = row.sentMs <= step.now() && step.now() < row.sentMs + kTailResendMs; // later than now: the wall clock went back
        const bool late = row.createdMs + crypto::kRendezvousLifetime < step.now(); // the keys it is for are gone
        if (early || late || row.resentMs != 0) // once sent again, it goes the way of the rest
            continue;
        row.sentMs = step.now();
        publishAgain(step, row);
    }
}

std::optional<crypto::BundleId> Outbox::bundleAsked(Step &step, const vault::ContactRow &contact) const
{
    const auto active = Sessions::active(step, contactId(contact.id));
    if (!active || active->session.answered())
        return std::nullopt;
    for (const OutboxRow &row : vault::readOutboxOfKind(step.db(), contact.id, int(PayloadKind::Hello))) {
        const auto prefix = row.session == active->row.id && row.sealed ? crypto::peekPrefix(*row.sealed) : std::nullopt;
        if (prefix)
            return prefix->bundle;
    }
    return std::nullopt;
}

bool Outbox::isHelloBesideWaiting(Step &step, const vault::ContactRow &contact)
{
    const auto sessions = vault::readSessions(step.db(), contact.id); // active first
    const auto hellos = vault::readOutboxOfKind(step.db(), contact.id, int(PayloadKind::Hello));
    return std::any_of(sessions.begin(), sessions.end(), [&](const vault::SessionRow &session) {
        return Sessions::isBeside(session, sessions.front())
            && std::any_of(hellos.begin(), hellos.end(), [&](const OutboxRow &hello) { return hello.session == session.id; });
    });
}

// --- What the other side says ---

void Outbox::acknowledged(Step &step, vault::ContactRow &contact, const EpochRanges &acks)
{
    constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
    bool again = false;
    for (const vault::NumberedRow &row : vault::readOutboxNumbered(step.db(), contact.id, acks.epoch, 1, kAll)) {
        if (!acks.ranges.contains(row.sequence)) {
            // The contact is alive and does not have it: a relay lost it, or lied.
            const qint64 shortest = row.sequence < acks.ranges.greatest() ? kResendMs : kTailResendMs;
            const qint64 lastPause = row.resentMs == 0 ? 0 : std::abs(row.resentMs - row.sentMs);
            const qint64 wait = std::clamp<qint64>(lastPause, shortest, kTailResendMs); // doubles
            const qint64 since = std::max<qint64>(row.sentMs, row.resentMs);
            const bool early = since <= step.now() && step.now() < since + wait; // later than now: the wall clock went back
            if (row.state != OutboxState::OnRelay || early)
                continue;
            if (auto whole = vault::readOutbox(step.db(), row.row)) {
                sendAgain(step, *whole);
                again = true;
            }
            continue;
        }
        if (row.message && row.state == OutboxState::Unsealed && Trust(contact.trust) == Trust::KeyChanged)
            continue; // it waits behind the new key and has gone to nobody: its holder cannot have it
        if (row.message) {
            const auto message = vault::readMessage(step.db(), *row.message);
            if (message
                && (message->state < int(MessageState::Delivered) || MessageState(message->state) == MessageState::Failed)) {
                vault::updateMessageState(step.db(), message->id, int(MessageState::Delivered), step.now(),
                                          message->relays);
                step.changed(messageId(message->id));
            }
            step.touchedOutbox();
        }
        vault::deleteOutbox(step.db(), row.row);
    }
    if (again)
        seal(step, contact);
    if (acks.readUpTo > 0) {
        // Nobody has read what has not come: below that number there may be holes, and texts that wait behind a new key.
        for (const vault::MessageRow &message :
             vault::readOwnDelivered(step.db(), contact.id, acks.epoch, std::min(acks.readUpTo, acks.ranges.greatest()))) {
            vault::updateMessageState(step.db(), message.id, int(MessageState::Read), step.now(), message.relays);
            step.changed(messageId(message.id));
        }
    }
}

Outcome<Done> Outbox::retry(const MessageId &message)
{
    Step step(m_context);
    const auto row = vault::readMessage(step.db(), message.bytes);
    if (!row || !row->own || row->system != 0)
        return trouble(TroubleCode::UnknownMessage);
    if (MessageState(row->state) != MessageState::Failed)
        return Done{}; // it is on its way
    auto contact = vault::readContact(step.db(), row->contact);
    auto waiting = vault::readOutboxByMessage(step.db(), row->id);
    if (!contact)
        return trouble(TroubleCode::UnknownContact);
    if (contact->blocked)
        return trouble(TroubleCode::ContactBlocked);
    if (!waiting)
        enqueueAgain(step, *contact, *row);
    else if (waiting->sealed && waiting->mailbox == contact->peerMailbox) {
        waiting->state = OutboxState::Sending; // the same bytes in fresh wraps
        vault::updateOutbox(step.db(), *waiting);
        vault::setTargets(step.db(), waiting->row,
                          m_relays.usable(step.db(), vault::readContactRelays(step.db(), contact->id)), step.now());
    } else {
        unseal(step, *waiting);
    }
    vault::updateMessageState(step.db(), row->id, int(MessageState::Queued), step.now(), row->relays);
    step.changed(message);
    step.touchedOutbox();
    seal(step, *contact);
    step.wake();
    return step.commit();
}

void Outbox::withdraw(Step &step, const vault::MessageRow &message)
{
    auto row = vault::readOutboxByMessage(step.db(), message.id);
    if (!row)
        return;
    if (row->state == OutboxState::OnRelay || row->sentMs != 0) {
        row->message.reset(); // it left; only the history forgets it
        vault::updateOutbox(step.db(), *row);
        return;
    }
    Payload nothing;
    nothing.kind = PayloadKind::Nothing;
    nothing.epoch = row->epoch;
    nothing.sequence = row->sequence;
    fill(nothing, step.now());
    row->kind = int(nothing.kind);
    row->message.reset();
    row->payload = encodePayload(nothing);
    unseal(step, *row);
    if (auto contact = vault::readContact(step.db(), message.contact))
        seal(step, *contact);
    step.touchedOutbox();
}

} // namespace tacet::chat
