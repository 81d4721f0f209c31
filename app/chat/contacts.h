#pragma once
// What a person does to a chat: writes, renames, accepts, blocks, compares. Each is one step.
#include "app/chat/chat_engine.h"
#include "app/chat/gap_repair.h"
#include "app/chat/greeting.h"
#include "app/chat/receipts.h"

namespace tacet::chat {

class Contacts {
public:
    Contacts(Context &context, RelayBook &relays, Mailboxes &mailboxes, Outbox &outbox, Greeting &greeting,
             Receipts &receipts, GapRepair &gaps)
        : m_context(context), m_relays(relays), m_mailboxes(mailboxes), m_outbox(outbox), m_greeting(greeting),
          m_receipts(receipts), m_gaps(gaps)
    {
    }

    Outcome<MessageId> sendText(const ContactId &chat, const QString &text);
    Outcome<Done> deleteForMe(const MessageId &message);
    Outcome<Done> setOpenChat(const ContactId &chat, bool windowActive);
    Outcome<Done> setDraft(const ContactId &chat, const QString &text);
    Outcome<Done> setTyping(const ContactId &chat, bool typing);
    Outcome<Done> setMuted(const ContactId &chat, bool muted);
    Outcome<Done> setPinned(const ContactId &chat, bool pinned);
    Outcome<Done> rename(const ContactId &chat, const QString &name);
    Outcome<Done> block(const ContactId &chat, bool blocked);
    Outcome<Done> acceptRequest(const ContactId &chat);
    Outcome<Done> declineRequest(const ContactId &chat);
    Outcome<Done> clearHistory(const ContactId &chat);

    Outcome<SafetyNumber> safetyNumber(const ContactId &chat);
    Outcome<Compared> compareNumber(const ContactId &chat, const QString &digits);
    Outcome<Compared> compareScanned(const ContactId &chat, const QByteArray &payload);
    Outcome<Done> setVerified(const ContactId &chat, const QString &digits);
    Outcome<Done> setUnverified(const ContactId &chat);
    Outcome<Done> acceptNewKey(const ContactId &chat, qint64 keyChangedMs);

private:
    void markSeen(Step &step, const vault::ContactRow &contact);
    template<typename Change>
    Outcome<Done> change(const ContactId &chat, Change change);
    Outcome<Done> mark(const ContactId &chat, bool verified);
    Outcome<crypto::IdentityKey> identityOf(const ContactId &chat);

    Context &m_context;
    RelayBook &m_relays;
    Mailboxes &m_mailboxes;
    Outbox &m_outbox;
    Greeting &m_greeting;
    Receipts &m_receipts;
    GapRepair &m_gaps;
    std::map<ContactId, qint64> m_typingSaid; ///< steady
};

} // namespace tacet::chat
