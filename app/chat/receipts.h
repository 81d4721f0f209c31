#pragma once
// Encrypted receipts (PROTOCOL §7): cumulative, so that a lost one is made good by the next; at a random moment 10 to
// 120 seconds later, so that they do not tell a relay who answers whom, unless the chat is in view; never for
// strangers or blocked contacts, never in answer to a receipt.
#include "app/chat/numbers.h"
#include "app/chat/outbox.h"

namespace tacet::chat {

class Receipts {
public:
    Receipts(Context &context, Outbox &outbox) : m_context(context), m_outbox(outbox) { }

    /// Something numbered came from this contact.
    void owe(Step &step, const vault::ContactRow &contact);
    /// At once (the chat was opened, texts were read).
    void oweNow(Step &step, const vault::ContactRow &contact);
    void take(Step &step, vault::ContactRow &contact, const Payload &receipt);

    Outcome<Done> flushDue();
    Outcome<Done> flushAll();
    void schedule();
    void stop() { m_timer.cancel(); }

private:
    /// What is due by the one instant, or only after the other; while a contact's history is being read, by a third.
    Outcome<Done> flush(qint64 dueBeforeMs, qint64 dueAfterMs, qint64 historiesBeforeMs);
    void send(Step &step, vault::ContactRow &contact);

    Context &m_context;
    Outbox &m_outbox;
    TimerHandle m_timer;
};

} // namespace tacet::chat
