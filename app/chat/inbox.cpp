#include "app/chat/inbox.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/openings.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"
#include "app/vault/inbox_rows.h"
#include "crypto/gift_wrap.h"
#include "crypto/hkdf.h"
#include "crypto/rendezvous.h"

#include <algorithm>

namespace tacet::chat {

using Kept = relay::RelayListener::Kept;

Kept Inbox::event(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailboxKey, const crypto::NostrEvent &event)
{
    std::optional<vault::MailboxRow> mailbox;
    {
        vault::Snapshot snapshot(m_context.db);
        mailbox = vault::readMailbox(m_context.db, mailboxKey.bytes);
        if (!snapshot.finish())
            return Kept::NotNow;
    }
    if (!mailbox || mailbox->state == vault::MailboxState::Abandoned)
        return Kept::Yes;
    const auto inner = crypto::unwrap(event, keyPairOf(*mailbox));
    if (!inner)
        return Kept::Yes; // anybody can write rubbish to a mailbox
    return openMarked(*mailbox, event.createdAt, *inner, &relay) ? Kept::Yes : Kept::NotNow;
}

Outcome<Done> Inbox::openSpooled(const SpoolRecord &record)
{
    std::optional<vault::MailboxRow> mailbox;
    {
        vault::Snapshot snapshot(m_context.db);
        mailbox = vault::readMailbox(m_context.db, record.mailbox.bytes);
        if (const auto ended = snapshot.finish(); !ended)
            return fail(troubleOf(ended.error()));
    }
    if (!mailbox)
        return Done{};
    return openMarked(*mailbox, record.createdAtSeconds, record.inner, nullptr);
}

Outcome<Done> Inbox::openMarked(const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner,
                                const relay::RelayUrl *relay)
{
    const vault::Bytes32 hash = crypto::sha256(inner);
    {
        // The mark comes before the first look at the message: should it take the program down, the next start knows
        // which it was. Its hash is the same in every wrap and at every relay.
        Step mark(m_context);
        if (relay)
            m_relays.counted(mark, relay->text(), false, inner.size());
        const bool known = vault::hasSeen(mark.db(), hash);
        const bool aside = m_aside.contains(hash);
        if (aside && !known)
            keepAside(mark, mailbox, createdAtSeconds, inner, hash);
        if (!known && !aside)
            vault::writeProcessing(mark.db(), hash);
        if (const auto marked = mark.commit(); !marked || known || aside)
            return marked;
    }
    Step step(m_context);
    vault::clearProcessing(step.db());
    open(step, mailbox, createdAtSeconds, inner);
    return step.commit();
}

void Inbox::keepAside(Step &step, const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner,
                      const vault::Bytes32 &hash)
{
    auto row = vault::readSetAside(step.db(), hash);
    if (!row || row->crashes >= kCrashesBeforeAside || row->inner)
        return;
    row->mailbox = mailbox.publicKey;
    row->createdSeconds = createdAtSeconds;
    row->inner.emplace(inner.begin(), inner.end());
    vault::writeSetAside(step.db(), *row);
}

void Inbox::open(Step &step, const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner)
{
    const vault::Bytes32 hash = crypto::sha256(inner);
    if (vault::hasSeen(step.db(), hash))
        return;
    const auto cursor = vault::readSlowestCursor(step.db(), mailbox.publicKey);
    if (cursor && createdAtSeconds < *cursor - kStaleMs / kSecondMs)
        return; // was known once; its hash went when every relay was read far past it
    if (mailbox.purpose != vault::MailboxPurpose::Invitation) {
        const auto owner = vault::readContact(step.db(), mailbox.owner);
        if (!owner || owner->blocked)
            return; // not even marked as seen: it is read again after unblocking
    }
    const auto prefix = crypto::peekPrefix(inner);
    const bool looked = prefix ? openFirst(step, *prefix, inner) : openLater(step, mailbox, inner, hash);
    if (looked)
        vault::writeSeen(step.db(), hash, std::max<qint64>(step.now(), createdAtSeconds * kSecondMs));
}

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
            // Well-formed and for this very bundle, whose keys are gone: a second opener.
            vault::writeHandshake(step.db(), handshake.bytes, prefix.bundle.bytes, step.now());
            m_invitations.triedAgain(step, *invitation);
            return true;
        }
        if (const auto prekeys = crypto::OwnPrekeys::parse(row->state->view()))
            accept(step, *prekeys, inner, prefix, &*invitation, &*row, {});
        return true;
    }
    if (const auto row = vault::readOwnRendezvous(step.db(), prefix.bundle.bytes)) {
        const auto record = crypto::OwnRendezvous::parse(row->state.view());
        if (record && !vault::hasHandshake(step.db(), crypto::handshakeId(record->prekeys().body(), prefix).bytes))
            accept(step, record->prekeys(), inner, prefix, nullptr, nullptr, contactId(row->contact));
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

void Inbox::accept(Step &step, const crypto::OwnPrekeys &prekeys, crypto::ByteView inner, const crypto::Prefix &prefix,
                   vault::InvitationRow *invitation, const vault::PrekeyRow *row, const ContactId &owner)
{
    auto accepted = crypto::Session::accept(*m_context.identity, prekeys, inner, step.now());
    if (!accepted)
        return; // proves nothing about anybody: not shown, not answered
    const crypto::IdentityKey peer = accepted->session.peerIdentity();
    std::optional<vault::ContactRow> contact;
    if (invitation) {
        contact = contactFor(step, peer, invitation);
    } else {
        contact = vault::readContact(step.db(), owner.bytes);
        if (contact && contact->identity != peer.bytes)
            return; // a rendezvous record is for one person
    }
    if (!contact || contact->blocked)
        return;
    vault::writeHandshake(step.db(), accepted->session.handshake().bytes, prefix.bundle.bytes, step.now());
    if (invitation && row)
        m_invitations.used(step, *invitation, *row, contactId(contact->id));

    std::int64_t number = 0;
    std::int64_t basis = 0;
    bool restored = false;
    if (const auto payload = decodePayload(accepted->payload.view())) {
        number = payload->sessionNumber;
        basis = payload->sessionBasis;
        restored = payload->restoredMs > contact->peerRestoredMs; // takeRestored has its own line
        if (payload->kind == PayloadKind::Hello && payload->restoredMs < contact->peerRestoredMs) {
            alarm(step, *contact); // a copy of the vault from before the restore: it must not take over
            number = 0;
        }
    }
    // An unanswered one of ours beside it means that both started at once, not that one was lost.
    const auto before = Sessions::active(step, contactId(contact->id));
    const bool hadOne = before && before->row.retiredMs == 0 && before->session.answered();
    auto session = Sessions::add(step, *contact, std::move(accepted->session), number, basis, true);
    if (session.row.active) {
        const auto link = Link(contact->link);
        contact->link = int(Link::Live);
        contact->linkTrouble = 0;
        vault::updateContact(step.db(), *contact);
        if (link == Link::FetchingInvitation || link == Link::InvitationDead || link == Link::WaitingForPeer)
            vault::deleteOpening(step.db(), contact->id);
    }
    opened(step, *contact, session, accepted->payload.view(), true);
    if (contact->request) {
        step.touched(contactId(contact->id));
        return; // nothing goes back before the user accepts
    }
    if (session.row.active) {
        if (hadOne && !restored)
            m_reunion.replacedByPeer(step, *contact);
        m_greeting.sendHello(step, *contact); // so that the other side leaves its first flight
        m_greeting.offerRendezvous(step, *contact);
    } else if (number != 0) {
        // Not sent on from here. Either it comes too late, and its writer learns which number to go above; or both
        // started at once, and the writer learns where to write should ours not have reached it.
        Payload answer = m_greeting.hello(step, *contact);
        answer.useHigher = session.row.number == 0;
        m_outbox.enqueueIn(step, *contact, std::move(answer), session);
    }
    step.touched(contactId(contact->id));
}

std::vector<vault::ContactRow> Inbox::writersTo(Step &step, const vault::MailboxRow &mailbox) const
{
    std::vector<vault::ContactRow> writers;
    if (mailbox.purpose != vault::MailboxPurpose::Invitation) {
        if (auto owner = vault::readContact(step.db(), mailbox.owner))
            writers.push_back(std::move(*owner));
        return writers;
    }
    // Who came through an invitation writes to its mailbox until our hello told of another.
    const auto invitation = vault::readInvitation(step.db(), mailbox.owner);
    for (vault::ContactRow &contact : vault::readContacts(step.db())) {
        if (contact.invitation == mailbox.owner || (invitation && invitation->usedBy == contact.id))
            writers.push_back(std::move(contact));
    }
    return writers;
}

bool Inbox::openLater(Step &step, const vault::MailboxRow &mailbox, crypto::ByteView inner, const vault::Bytes32 &hash)
{
    auto writers = writersTo(step, mailbox);
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
    if (heldBack)
        return false; // perhaps theirs
    if (writers.size() == 1) {
        // Perhaps rubbish, perhaps a message whose keys are lost. Remembered, so that a question about a gap can name
        // it; nothing is shown or sent because of it.
        vault::writeUnopened(step.db(), writers[0].id, hash, step.now(), kMaxUnopened);
        m_reunion.considerLost(step, writers[0]);
    }
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
            if (contact.renewalMs + kRenewalEveryMs <= step.now()) {
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
    if (!session.row.active && session.row.number != 0 && session.row.retiredMs == 0 && !crypto::peekPrefix(inner))
        preferAnswered(step, contact, session);
    if (!answered && session.session.answered() && session.row.active)
        m_reunion.answered(step, contact);
    return Opened::Yes;
}

void Inbox::preferAnswered(Step &step, vault::ContactRow &contact, LoadedSession &session)
{
    auto active = Sessions::active(step, contactId(contact.id));
    if (!active || active->session.answered())
        return;
    // Both started at once and ours won, but the other side goes on in its own: ours never reached it (a restored
    // backup that does not have the keys of our rendezvous). Theirs is the one that both can read.
    active->row.number = 0;
    Sessions::store(step, *active);
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

void Inbox::opened(Step &step, vault::ContactRow &contact, LoadedSession &session, crypto::ByteView bytes,
                   bool newSession)
{
    contact.heardMs = step.now();
    vault::updateContact(step.db(), contact);
    const auto payload = decodePayload(bytes);
    if (!payload)
        return; // authentic nonsense, or a newer program's: opened, counted, nothing to show
    if (!newSession)
        Sessions::named(step, contact, session, payload->sessionNumber, payload->sessionBasis);
    watchOldSession(step, contact, session, *payload);
    dispatch(step, contact, session, *payload);
}

void Inbox::watchOldSession(Step &step, vault::ContactRow &contact, const LoadedSession &session, const Payload &payload)
{
    if (session.row.retiredMs == 0)
        return;
    // The other side restored a backup and gave this session up. What was on its way then is fine; what is written
    // later comes from somebody who holds the old keys.
    const bool writtenLater = payload.sentMs > contact.peerRestoredMs;
    const bool longAfter = step.now() > session.row.retiredMs + kOldSessionGraceMs;
    if (writtenLater || longAfter)
        alarm(step, contact);
}

void Inbox::dispatch(Step &step, vault::ContactRow &contact, LoadedSession &session, const Payload &payload)
{
    const ContactId id = contactId(contact.id);
    const bool numbered = payload.sequence > 0;
    const bool fresh = !numbered || Numbers::note(step, id, payload.epoch, payload.sequence);
    switch (payload.kind) {
    case PayloadKind::Text:
        takeText(step, contact, payload);
        break;
    case PayloadKind::Hello:
        m_greeting.takeName(step, contact, payload);
        m_greeting.takeMailbox(step, contact, payload);
        m_reunion.takeRestored(step, contact, session, payload);
        m_reunion.takeUseHigher(step, contact, session, payload);
        m_outbox.seal(step, contact); // now there is an address
        break;
    case PayloadKind::Name:
        m_greeting.takeName(step, contact, payload);
        break;
    case PayloadKind::Mailbox:
        m_greeting.takeMailbox(step, contact, payload);
        break;
    case PayloadKind::Rendezvous:
        m_greeting.takeRendezvous(step, contact, payload);
        break;
    case PayloadKind::Receipt:
        m_receipts.take(step, contact, payload);
        break;
    case PayloadKind::Resync:
        m_gaps.answer(step, contact, payload);
        break;
    case PayloadKind::Gone:
        m_gaps.takeGone(step, contact, payload);
        break;
    case PayloadKind::Typing:
        takeTyping(step, contact, payload.typing);
        break;
    case PayloadKind::Nothing:
        break;
    default:
        break; // of a newer program: acknowledged, ignored
    }
    if (!numbered)
        return;
    if (fresh)
        m_gaps.look(step, contact, payload.epoch);
    m_receipts.owe(step, contact); // also for what came again: the receipt may have been lost
}

void Inbox::takeText(Step &step, vault::ContactRow &contact, const Payload &payload)
{
    if (vault::hasMessage(step.db(), payload.messageId))
        return; // exactly once, however often it comes
    const ContactId id = contactId(contact.id);
    vault::MessageRow row;
    row.id = payload.messageId;
    row.contact = contact.id;
    row.body = payload.text;
    row.sentMs = payload.sentMs;
    row.arrivedMs = step.now();
    row.sortMs = sortOfReceived(step.db(), id, payload.epoch, payload.sequence, step.now());
    row.epoch = payload.epoch;
    row.sequence = payload.sequence;
    row.state = int(MessageState::Received);
    row.stateMs = step.now();
    row.unread = !m_context.inView(id);
    vault::insertMessage(step.db(), row);
    if (!row.unread)
        Numbers::markRead(step, id, {row.epoch, row.sequence});
    step.stored(messageId(row.id));
    if (m_context.typing.erase(id) > 0)
        m_typingTimers.erase(id);
}

void Inbox::takeTyping(Step &step, vault::ContactRow &contact, bool typing)
{
    const ContactId id = contactId(contact.id);
    if (contact.request || !loadSettings(step.db()).typing)
        return; // symmetrical: who does not tell is not told
    if (!typing) {
        m_context.typing.erase(id);
        m_typingTimers.erase(id);
    } else {
        m_context.typing.insert(id);
        m_typingTimers[id] = m_context.timers.after(kTypingShownMs, [this, id] {
            m_context.typing.erase(id);
            Step later(m_context);
            later.touched(id);
            static_cast<void>(later.commit());
        });
    }
    step.touched(id);
}

// --- Crashes ---

void Inbox::noticeCrash(Step &step)
{
    for (const vault::SetAsideRow &row : vault::readAllSetAside(step.db()))
        m_aside.insert(row.hash);
    if (const auto hash = vault::readProcessing(step.db())) {
        vault::SetAsideRow row = vault::readSetAside(step.db(), *hash).value_or(vault::SetAsideRow{});
        row.hash = *hash;
        ++row.crashes;
        row.sinceMs = step.now();
        if (row.crashes >= kCrashesBeforeAside) {
            row.inner.reset();
            step.notice(TroubleCode::MessageSetAside);
        }
        vault::writeSetAside(step.db(), row);
        vault::clearProcessing(step.db());
        m_aside.insert(*hash);
    }
    const auto rows = vault::readAllSetAside(step.db());
    if (std::any_of(rows.begin(), rows.end(), [](const auto &row) { return row.crashes < kCrashesBeforeAside; }))
        step.afterwards([this] { m_asideTimer = m_context.timers.after(kRetryAsideMs, [this] { retryAside(); }); });
}

void Inbox::retryAside()
{
    std::vector<vault::SetAsideRow> rows;
    {
        vault::Snapshot snapshot(m_context.db);
        rows = vault::readAllSetAside(m_context.db);
        if (!snapshot.finish())
            rows.clear();
    }
    bool waiting = false;
    for (vault::SetAsideRow &row : rows) {
        if (row.crashes >= kCrashesBeforeAside)
            continue;
        if (!row.inner || !row.mailbox) {
            waiting = true; // the relay has not brought it again yet
            continue;
        }
        {
            Step mark(m_context);
            vault::writeProcessing(mark.db(), row.hash);
            if (!mark.commit())
                return;
        }
        Step step(m_context);
        vault::clearProcessing(step.db());
        vault::deleteSetAside(step.db(), row.hash);
        if (const auto mailbox = vault::readMailbox(step.db(), *row.mailbox))
            open(step, *mailbox, row.createdSeconds, *row.inner);
        if (step.commit())
            m_aside.erase(row.hash);
    }
    if (waiting)
        m_asideTimer = m_context.timers.after(kRetryAsideMs, [this] { retryAside(); });
}

void Inbox::stop()
{
    m_asideTimer.cancel();
    m_typingTimers.clear();
}

} // namespace tacet::chat
