#pragma once
// Control messages between two who talk: who I am, where I read, what to do should I come back from a backup. None of
// them changes anything silently: a new name, another mailbox or other relays leave their line in the chat.
#include "app/chat/mailboxes.h"
#include "app/chat/outbox.h"
#include "app/chat/relay_book.h"

namespace tacet::chat {

class Greeting {
public:
    Greeting(Context &context, RelayBook &relays, Mailboxes &mailboxes, Outbox &outbox)
        : m_context(context), m_relays(relays), m_mailboxes(mailboxes), m_outbox(outbox)
    {
    }

    /// Name and mailbox for this contact; makes the mailbox if there is none. Precondition: a relay to read at.
    Payload hello(Step &step, vault::ContactRow &contact);
    void sendHello(Step &step, vault::ContactRow &contact);
    /// A rendezvous record when there is none, or the last is older than 30 days and the contact has it (PROTOCOL §10).
    void offerRendezvous(Step &step, vault::ContactRow &contact);
    /// To everybody who knows me.
    void announceName(Step &step);
    /// To everybody: where their mailbox is read now.
    void announceMailboxes(Step &step);
    /// To one. Also a new rendezvous record, where nothing lives that the last one names.
    void announceMailbox(Step &step, vault::ContactRow &contact);
    /// New records for those whose last one names one of these mailboxes: it is not read any more at all places that it names.
    void replaceRendezvous(Step &step, const std::set<vault::Bytes32> &mailboxes);
    /// Replaced records are kept for a year, for a contact that restores an old backup (PROTOCOL §10); a mailbox goes with the
    /// last record that names it.
    void forgetOldRendezvous(Step &step);

    void takeName(Step &step, vault::ContactRow &contact, const Payload &payload);
    void takeMailbox(Step &step, vault::ContactRow &contact, const Payload &payload);
    void takeRendezvous(Step &step, vault::ContactRow &contact, const Payload &payload);

private:
    void newRendezvous(Step &step, vault::ContactRow &contact);
    bool isRendezvousDead(vault::Database &db, const vault::ContactRow &contact) const;
    /// The mailbox of the last record, if it is read at these places and no others.
    static std::optional<vault::MailboxRow> rendezvousAt(vault::Database &db, const vault::ContactRow &contact,
                                                         const std::vector<std::string> &relays);

    Context &m_context;
    RelayBook &m_relays;
    Mailboxes &m_mailboxes;
    Outbox &m_outbox;
};

} // namespace tacet::chat
