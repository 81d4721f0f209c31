// Inbox, the part that takes a row of texts at once: after an absence most of what comes is texts of one settled session, and
// what these share (ratchet state, contact, numbers, receipt) is read and written once for all of them.
#include "app/chat/history.h"
#include "app/chat/inbox.h"
#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/vault/inbox_rows.h"

namespace tacet::chat {

std::size_t Inbox::openTexts(Step &step, const vault::MailboxRow &mailbox, std::span<const Arrived *const> messages)
{
    if (messages.size() < 2 || mailbox.purpose != vault::MailboxPurpose::Contact)
        return 0;
    auto contact = vault::readContact(step.db(), mailbox.owner);
    if (!contact || contact->blocked || contact->request)
        return 0;
    const ContactId id = contactId(contact->id);
    auto session = Sessions::active(step, id);
    // Whatever could change which session is the active one goes the long way (inbox_sessions.cpp).
    if (!session || session->row.retiredMs != 0 || session->row.number == 0 || !session->session.answered())
        return 0;
    const auto cursor = readUntil(step, mailbox.publicKey);

    std::optional<ReceivedEpoch> numbers;
    std::optional<vault::WriterPlace> read;
    std::optional<Payload> other; ///< not a text: ends the row
    bool opened = false;
    bool fresh = false;
    std::size_t taken = 0;
    for (; taken < messages.size() && !other; ++taken) {
        const Arrived &message = *messages[taken];
        if (crypto::peekPrefix(message.inner))
            break;
        if (vault::hasSeen(step.db(), message.hash) || isStale(message.createdAtSeconds, cursor))
            continue;
        const auto bytes = session->session.decrypt(message.inner, step.now());
        if (!bytes)
            break; // another session's, late, damaged: nothing has changed, the long way tells
        opened = true;
        vault::writeSeen(step.db(), message.hash, seenMs(message.createdAtSeconds, step.now()));
        auto payload = decodePayload(bytes->view());
        if (!payload)
            continue; // as in opened()
        if (payload->kind != PayloadKind::Text || payload->sequence <= 0 || (numbers && numbers->epoch != payload->epoch)) {
            other = std::move(*payload);
            continue;
        }
        if (!numbers)
            numbers = Numbers::inEpoch(step.db(), id, payload->epoch);
        if (numbers->received.isEmpty()) { // a new epoch may displace an old one
            other = std::move(*payload);
            numbers.reset();
            continue;
        }
        if (!Numbers::note(*numbers, payload->sequence))
            continue; // as in dispatch()
        fresh = true;
        if (auto place = storeText(step, *contact, *payload))
            read = place;
    }
    if (!opened)
        return taken;
    session->row.heardMs = contact->heardMs = step.now();
    Sessions::store(step, *session);
    vault::updateContact(step.db(), *contact);
    if (numbers) {
        if (fresh) {
            Numbers::store(step.db(), id, *numbers);
            m_gaps.look(step, *contact, numbers->epoch);
        }
        if (read)
            Numbers::markRead(step, id, *read);
        m_receipts.owe(step, *contact);
    }
    if (other)
        dispatch(step, *contact, *session, *other);
    return taken;
}

} // namespace tacet::chat
