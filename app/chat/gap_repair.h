#pragma once
// Holes in a contact's numbers: named and repaired by asking (PROTOCOL §6, §7). First a moment of patience, then every
// relay of the mailbox is read from the beginning, then the contact is asked for the missing numbers; if they are
// still missing, a line in the chat says so until they come or the contact says that they never will.
// The same class answers such questions of the other side.
#include "app/chat/mailboxes.h"
#include "app/chat/numbers.h"
#include "app/chat/outbox.h"

namespace tacet::chat {

class GapRepair {
public:
    GapRepair(Context &context, Outbox &outbox, Mailboxes &mailboxes)
        : m_context(context), m_outbox(outbox), m_mailboxes(mailboxes)
    {
    }

    /// After a number of this epoch was noted.
    void look(Step &step, const vault::ContactRow &contact, std::int64_t epoch);
    /// The other side asks: send again what can be sent, say of the rest that it is gone.
    void answer(Step &step, vault::ContactRow &contact, const Payload &question);
    void takeGone(Step &step, vault::ContactRow &contact, const Payload &gone);

    void runDue();
    void schedule();
    void stop() { m_timer.cancel(); }

private:
    void next(Step &step, vault::GapRow gap);
    void ask(Step &step, vault::ContactRow &contact, const ReceivedEpoch &numbers);
    void showLine(Step &step, vault::GapRow &gap, std::int64_t count);
    void dropLine(Step &step, vault::GapRow &gap);
    void answerRange(Step &step, vault::ContactRow &contact, std::int64_t epoch, NumberRanges::Range range, int &left,
                     NumberRanges &gone);

    Context &m_context;
    Outbox &m_outbox;
    Mailboxes &m_mailboxes;
    TimerHandle m_timer;
    std::map<ContactId, qint64> m_lastQuestion; ///< steady clock; a limit, not a state
};

} // namespace tacet::chat
