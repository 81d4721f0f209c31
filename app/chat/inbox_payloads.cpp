// Inbox, the part that knows the kinds of payloads: what an opened message does.
#include "app/chat/history.h"
#include "app/chat/inbox.h"
#include "app/chat/limits.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"

namespace tacet::chat {

void Inbox::opened(Step &step, vault::ContactRow &contact, LoadedSession &session, crypto::ByteView bytes,
                   bool newSession)
{
    contact.heardMs = step.now();
    vault::updateContact(step.db(), contact);
    const auto payload = decodePayload(bytes);
    if (!payload)
        return; // authentic nonsense, or a newer program's: opened, counted, nothing to show
    std::optional<Beginning> beginning;
    const bool isNameless = !newSession && session.row.number == 0 && session.row.byPeer && session.row.retiredMs == 0;
    if (isNameless && payload->sessionNumber != 0 && mayNumber(contact, *payload, step.now())) {
        // Something else of its first flight came before what names it.
        beginning = before(step, contact, Reunion::isRestored(contact, *payload, step.now()));
        Sessions::named(step, contact, session, payload->sessionNumber, payload->sessionBasis);
        if (session.row.active)
            beginning->link = m_reunion.live(step, contact);
        // Which session is sent on stays as it was, and its writer was answered when it was accepted.
        if (beginning->active == session.row.id || (!session.row.active && contact.peerRestoredMs == 0))
            beginning.reset();
    }
    dispatch(step, contact, session, *payload);
    if (beginning)
        begin(step, contact, session, true, *beginning);
}

bool Inbox::isOfOlderCopy(const vault::ContactRow &contact, const LoadedSession &session, const Payload &payload)
{
    if (session.row.retiredMs == 0)
        return false;
    // The one who came back answers in it, because we began it.
    const bool isLatest = payload.restoredMs >= contact.peerRestoredMs && payload.restoredMs != 0;
    return payload.kind != PayloadKind::Hello || !isLatest;
}

void Inbox::watchOldSession(Step &step, vault::ContactRow &contact, const LoadedSession &session, const Payload &payload)
{
    if (!isOfOlderCopy(contact, session, payload))
        return;
    // The other side restored a backup, and this session was given up. What was on its way then is fine; what is written
    // later comes from somebody who holds the old keys.
    const bool writtenLater = payload.sentMs > contact.peerRestoredMs;
    const bool longAfter = step.now() > session.row.retiredMs + kOldSessionGraceMs;
    if (writtenLater || longAfter)
        alarm(step, contact);
}

void Inbox::dispatch(Step &step, vault::ContactRow &contact, LoadedSession &session, const Payload &payload)
{
    if (Reunion::isFromBefore(contact, payload, step.now()))
        m_reunion.giveUp(step, contact, session, payload);
    watchOldSession(step, contact, session, payload);
    const bool isOlder = isOfOlderCopy(contact, session, payload);
    const ContactId id = contactId(contact.id);
    const bool numbered = payload.sequence > 0;
    const bool fresh = !numbered || Numbers::note(step, id, payload.epoch, payload.sequence);
    switch (payload.kind) {
    case PayloadKind::Text:
        if (fresh) // what came before and is not there was deleted here
            takeText(step, contact, payload);
        break;
    case PayloadKind::Hello:
        if (isOlder)
            break;
        m_greeting.takeName(step, contact, payload);
        if (session.row.active && Reunion::isRestored(contact, payload, step.now())) // its clock may be behind that of the copy that is gone
            contact.peerMailboxNumber = std::min(contact.peerMailboxNumber, payload.mailboxNumber - 1);
        m_greeting.takeMailbox(step, contact, payload);
        m_reunion.takeRestored(step, contact, session, payload);
        m_reunion.takeUseHigher(step, contact, session, payload);
        m_outbox.seal(step, contact); // now there is an address
        break;
    case PayloadKind::Name:
        if (!isOlder)
            m_greeting.takeName(step, contact, payload);
        break;
    case PayloadKind::Mailbox:
        if (!isOlder)
            m_greeting.takeMailbox(step, contact, payload);
        break;
    case PayloadKind::Rendezvous:
        if (!isOlder)
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
    if (const auto read = storeText(step, contact, payload))
        Numbers::markRead(step, contactId(contact.id), *read);
}

std::optional<vault::WriterPlace> Inbox::storeText(Step &step, vault::ContactRow &contact, const Payload &payload)
{
    if (vault::hasMessage(step.db(), payload.messageId))
        return std::nullopt; // exactly once, however often it comes
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
    step.stored(messageId(row.id));
    if (m_context.passing.typing.erase(id) > 0)
        m_typingTimers.erase(id);
    return row.unread ? std::nullopt : std::optional(vault::WriterPlace{row.epoch, row.sequence});
}

void Inbox::takeTyping(Step &step, vault::ContactRow &contact, bool typing)
{
    const ContactId id = contactId(contact.id);
    if (contact.request || !loadSettings(step.db()).typing)
        return; // symmetrical: who does not tell is not told
    if (!typing) {
        m_context.passing.typing.erase(id);
        m_typingTimers.erase(id);
    } else {
        m_context.passing.typing.insert(id);
        m_typingTimers[id] = m_context.timers.after(kTypingShownMs, [this, id] {
            m_context.passing.typing.erase(id);
            Step later(m_context);
            later.touched(id);
            static_cast<void>(later.commit());
        });
    }
    step.touched(id);
}

} // namespace tacet::chat
