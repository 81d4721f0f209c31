#include "app/chat/contacts.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"
#include "crypto/safety_number.h"

namespace tacet::chat {

template<typename Change>
Outcome<Done> Contacts::change(const ContactId &chat, Change change)
{
    Step step(m_context);
    auto row = vault::readContact(step.db(), chat.bytes);
    if (!row && !step.failed())
        return trouble(TroubleCode::UnknownContact);
    if (row) {
        if (const Outcome<Done> changed = change(step, *row); !changed)
            return changed;
        vault::updateContact(step.db(), *row);
        step.touched(chat);
    }
    return step.commit();
}

// --- Writing ---

Outcome<MessageId> Contacts::sendText(const ContactId &chat, const QString &text)
{
    if (text.trimmed().isEmpty())
        return trouble(TroubleCode::TextEmpty);
    if (text.size() > kMaxTextBytes)
        return trouble(TroubleCode::TextTooLong, {}, kMaxTextBytes); // before anything is copied
    std::string utf8 = toUtf8(text);
    if (qsizetype(utf8.size()) > kMaxTextBytes)
        return trouble(TroubleCode::TextTooLong, {}, kMaxTextBytes);

    Step step(m_context);
    auto contact = vault::readContact(step.db(), chat.bytes);
    if (!contact) {
        if (const auto ended = step.commit(); !ended)
            return fail(ended.error());
        return trouble(TroubleCode::UnknownContact);
    }
    if (contact->blocked)
        return trouble(TroubleCode::ContactBlocked);
    if (contact->request)
        return trouble(TroubleCode::RequestNotAccepted);
    if (Trust(contact->trust) == Trust::KeyChanged)
        return trouble(TroubleCode::KeyChangedBlocks);

    const MessageId id = newMessageId(step.now(), step.random());
    vault::MessageRow row;
    row.id = id.bytes;
    row.contact = contact->id;
    row.own = true;
    row.body = std::move(utf8);
    row.sentMs = step.now();
    row.arrivedMs = step.now();
    row.sortMs = nextSort(step.db(), chat, step.now());
    row.epoch = contact->ownEpoch;
    row.sequence = contact->ownSequence + 1; // what Outbox::enqueue gives it
    row.state = int(MessageState::Queued);
    row.stateMs = step.now();
    vault::insertMessage(step.db(), row);
    step.stored(id);

    contact->draft.clear();
    Payload payload;
    payload.kind = PayloadKind::Text;
    payload.messageId = id.bytes;
    payload.text = row.body;
    m_outbox.enqueue(step, *contact, std::move(payload));
    if (const auto committed = step.commit(); !committed)
        return fail(committed.error());
    return id;
}

Outcome<Done> Contacts::deleteForMe(const MessageId &message)
{
    Step step(m_context);
    const auto row = vault::readMessage(step.db(), message.bytes);
    if (!row && !step.failed())
        return trouble(TroubleCode::UnknownMessage);
    if (row) {
        if (row->own && row->system == 0)
            m_outbox.withdraw(step, *row);
        vault::deleteMessage(step.db(), row->id);
        step.removed(contactId(row->contact), message);
    }
    return step.commit();
}

Outcome<Done> Contacts::setOpenChat(const ContactId &chat, bool windowActive)
{
    m_context.openChat = windowActive ? chat : ContactId();
    if (!windowActive || chat.isNull())
        return Done{};
    Step step(m_context);
    const auto contact = vault::readContact(step.db(), chat.bytes);
    if (!contact && !step.failed())
        return trouble(TroubleCode::UnknownContact);
    if (contact && !contact->request)
        markSeen(step, *contact);
    return step.commit();
}

void Contacts::markSeen(Step &step, const vault::ContactRow &contact)
{
    const ContactId chat = contactId(contact.id);
    if (const auto newest = vault::markAllRead(step.db(), contact.id)) {
        Numbers::markRead(step, chat, *newest);
        m_receipts.oweNow(step, contact);
        step.touched(chat);
    }
}

Outcome<Done> Contacts::setDraft(const ContactId &chat, const QString &text)
{
    return change(chat, [&](Step &, vault::ContactRow &row) -> Outcome<Done> {
        row.draft = toUtf8(text.left(kMaxDraftCharacters));
        return Done{};
    });
}

Outcome<Done> Contacts::setTyping(const ContactId &chat, bool typing)
{
    const qint64 now = m_context.clock.steadyMs();
    if (typing && m_typingSaid.contains(chat) && now - m_typingSaid[chat] < kTypingEveryMs)
        return Done{};
    Step step(m_context);
    const auto contact = vault::readContact(step.db(), chat.bytes);
    if (!contact && !step.failed())
        return trouble(TroubleCode::UnknownContact);
    if (!contact || contact->request || contact->blocked || !contact->peerMailbox || Link(contact->link) != Link::Live
        || Trust(contact->trust) == Trust::KeyChanged || !loadSettings(step.db()).typing)
        return Done{};
    const auto relays = m_relays.usable(step.db(), vault::readContactRelays(step.db(), contact->id));
    auto session = Sessions::active(step, chat);
    if (!session || !session->session.answered() || relays.empty())
        return step.commit();
    Payload payload;
    payload.kind = PayloadKind::Typing;
    payload.device = m_context.device;
    payload.sentMs = step.now();
    payload.typing = typing;
    auto sealed = session->session.encrypt(encodePayload(payload), step.random());
    if (!sealed)
        return step.commit();
    Sessions::store(step, *session); // the ratchet moved; the words themselves are kept nowhere
    step.afterwards([this, bytes = std::move(*sealed), mailbox = *contact->peerMailbox, relays] {
        if (m_context.running)
            m_outbox.publishOnce(bytes, mailbox, relays);
    });
    m_typingSaid[chat] = typing ? now : now - kTypingEveryMs;
    return step.commit();
}

// --- The chat itself ---

Outcome<Done> Contacts::setMuted(const ContactId &chat, bool muted)
{
    return change(chat, [&](Step &, vault::ContactRow &row) -> Outcome<Done> {
        row.muted = muted;
        return Done{};
    });
}

Outcome<Done> Contacts::setPinned(const ContactId &chat, bool pinned)
{
    return change(chat, [&](Step &, vault::ContactRow &row) -> Outcome<Done> {
        row.pinned = pinned;
        return Done{};
    });
}

Outcome<Done> Contacts::rename(const ContactId &chat, const QString &name)
{
    const std::string utf8 = toUtf8(name.trimmed());
    if (utf8.size() > std::size_t(kMaxLabelBytes))
        return trouble(TroubleCode::NameTooLong, {}, kMaxLabelBytes);
    return change(chat, [&](Step &, vault::ContactRow &row) -> Outcome<Done> {
        row.name = utf8;
        return Done{};
    });
}

Outcome<Done> Contacts::block(const ContactId &chat, bool blocked)
{
    return change(chat, [&](Step &step, vault::ContactRow &row) -> Outcome<Done> {
        if (row.blocked == blocked)
            return Done{};
        row.blocked = blocked;
        vault::updateContact(step.db(), row);
        addSystemLine(step, chat, blocked ? SystemLine::Blocked : SystemLine::Unblocked);
        if (blocked) {
            m_mailboxes.abandonAll(step, row.id);
            vault::deleteReceiptDue(step.db(), row.id);
        } else {
            // The same mailboxes, from where they were left: what was sent meanwhile still comes (README, Blocking).
            m_mailboxes.resumeAll(step, row.id);
            m_greeting.announceMailbox(step, row); // relays may have come, gone or died meanwhile
            if (row.invitation)
                m_mailboxes.readAgain(step, *row.invitation);
            m_outbox.seal(step, row);
            step.wake();
        }
        return Done{};
    });
}

Outcome<Done> Contacts::acceptRequest(const ContactId &chat)
{
    return change(chat, [&](Step &step, vault::ContactRow &row) -> Outcome<Done> {
        if (!row.request)
            return Done{};
        row.request = false;
        vault::updateContact(step.db(), row);
        // What they wrote was there and not shown: it is told of now, and seen if the chat is in view.
        if (const auto page = readPage(step.db(), chat, {}, PageDirection::Older, 2 * int(kMaxRequestTexts))) {
            for (const Message &message : page->messages) {
                if (!message.own && message.system == SystemLine::None)
                    step.stored(message.id, false);
            }
        }
        addSystemLine(step, chat, SystemLine::RequestAccepted);
        if (m_context.inView(chat))
            markSeen(step, row);
        m_greeting.sendHello(step, row);
        m_greeting.offerRendezvous(step, row);
        m_receipts.oweNow(step, row);
        for (const vault::ReceivedRow &numbers : vault::readReceived(step.db(), row.id))
            m_gaps.look(step, row, numbers.epoch);
        if (row.invitation)
            m_mailboxes.readAgain(step, *row.invitation); // what was held back beyond the cap
        return Done{};
    });
}

Outcome<Done> Contacts::declineRequest(const ContactId &chat)
{
    Step step(m_context);
    const auto row = vault::readContact(step.db(), chat.bytes);
    if (!row && !step.failed())
        return trouble(TroubleCode::UnknownContact);
    if (row && !row->request)
        return trouble(TroubleCode::UnknownContact);
    m_mailboxes.abandonAll(step, chat.bytes);
    vault::deleteContact(step.db(), chat.bytes);
    step.tell(ChatRemoved{chat});
    return step.commit();
}

Outcome<Done> Contacts::clearHistory(const ContactId &chat)
{
    return change(chat, [&](Step &step, vault::ContactRow &row) -> Outcome<Done> {
        for (const vault::OutboxRow &waiting : vault::readOutboxOf(step.db(), row.id)) {
            if (!waiting.message)
                continue;
            if (const auto message = vault::readMessage(step.db(), *waiting.message))
                m_outbox.withdraw(step, *message);
        }
        vault::deleteMessagesOf(step.db(), row.id);
        return Done{};
    });
}

// --- Safety number ---

Outcome<crypto::IdentityKey> Contacts::identityOf(const ContactId &chat)
{
    return readOnly<crypto::IdentityKey>(m_context, [&](vault::Database &db) -> Outcome<crypto::IdentityKey> {
        const auto row = vault::readContact(db, chat.bytes);
        if (!row)
            return trouble(TroubleCode::UnknownContact);
        if (!row->identity)
            return trouble(TroubleCode::NotConnectedYet);
        return crypto::IdentityKey{*row->identity};
    });
}

Outcome<SafetyNumber> Contacts::safetyNumber(const ContactId &chat)
{
    const auto peer = identityOf(chat);
    if (!peer)
        return fail(peer.error());
    const crypto::SafetyNumber number(m_context.identity->publicKey(), *peer);
    SafetyNumber out;
    for (std::size_t i = 0; i < crypto::kSafetyGroups; ++i)
        out.groups.append(fromUtf8(number.digits().group(i)));
    out.qrPayload = QByteArray::fromStdString(number.qrText());
    return out;
}

Outcome<Compared> Contacts::compareNumber(const ContactId &chat, const QString &digits)
{
    const auto peer = identityOf(chat);
    if (!peer)
        return fail(peer.error());
    constexpr qsizetype kMaxPasted = 4096;
    const auto theirs = crypto::SafetyDigits::parse(toUtf8(digits.left(kMaxPasted)));
    if (!theirs)
        return trouble(TroubleCode::NumberUnreadable);
    const crypto::SafetyNumber number(m_context.identity->publicKey(), *peer);
    const auto different = crypto::firstDifference(number.digits(), *theirs);
    return Compared{!different, different ? int(*different) : -1};
}

Outcome<Compared> Contacts::compareScanned(const ContactId &chat, const QByteArray &payload)
{
    const auto peer = identityOf(chat);
    if (!peer)
        return fail(peer.error());
    const crypto::SafetyNumber number(m_context.identity->publicKey(), *peer);
    switch (number.scan(std::string_view(payload.constData(), std::size_t(payload.size())))) {
    case crypto::ScanResult::Same:
        return Compared{true, -1};
    case crypto::ScanResult::Different:
        return Compared{false, -1};
    default:
        return trouble(TroubleCode::NumberUnreadable);
    }
}

Outcome<Done> Contacts::setVerified(const ContactId &chat, const QString &digits)
{
    // Two people compared what a screen showed; the key may have been replaced since.
    const auto compared = compareNumber(chat, digits);
    if (!compared)
        return fail(compared.error());
    if (!compared->same)
        return trouble(TroubleCode::NumberChanged);
    return mark(chat, true);
}

Outcome<Done> Contacts::setUnverified(const ContactId &chat)
{
    return mark(chat, false);
}

Outcome<Done> Contacts::mark(const ContactId &chat, bool verified)
{
    return change(chat, [&](Step &step, vault::ContactRow &row) -> Outcome<Done> {
        if (!row.identity)
            return trouble(TroubleCode::NotConnectedYet);
        const auto before = Trust(row.trust);
        if (verified ? before == Trust::Verified : before == Trust::NotCompared)
            return Done{};
        if (!verified && before == Trust::KeyChanged)
            return Done{}; // the banner stands until compared or accepted
        row.trust = int(verified ? Trust::Verified : Trust::NotCompared);
        row.keyChangedMs = 0;
        vault::updateContact(step.db(), row);
        addSystemLine(step, chat, verified ? SystemLine::Verified : SystemLine::Unverified);
        m_outbox.seal(step, row); // what waited behind a changed key
        return Done{};
    });
}

Outcome<Done> Contacts::acceptNewKey(const ContactId &chat, qint64 keyChangedMs)
{
    return change(chat, [&](Step &step, vault::ContactRow &row) -> Outcome<Done> {
        if (Trust(row.trust) != Trust::KeyChanged)
            return Done{};
        if (row.keyChangedMs != keyChangedMs)
            return trouble(TroubleCode::NumberChanged); // another one came while they made up their mind
        row.trust = int(Trust::NotCompared);
        row.keyChangedMs = 0;
        vault::updateContact(step.db(), row);
        addSystemLine(step, chat, SystemLine::KeyAccepted);
        m_outbox.seal(step, row);
        return Done{};
    });
}

} // namespace tacet::chat
