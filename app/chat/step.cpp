#include "app/chat/step.h"

#include "app/chat/history.h"
#include "app/chat/text.h"
#include "app/vault/invitation_rows.h"

namespace tacet::chat {

Step::Step(Context &context, vault::Outlives outlives)
    : m_context(context), m_transaction(context.db, outlives), m_now(context.now())
{
}

void Step::gather()
{
    std::vector<Fact> facts;
    std::set<MessageId> told;
    for (const auto &[id, live] : m_stored) {
        if (const auto row = vault::readMessage(db(), id.bytes); row && told.insert(id).second) {
            m_chats.insert(contactId(row->contact));
            if (isShown(db(), *row))
                facts.push_back(MessageStored{messageOf(*row), live});
        }
    }
    for (const MessageId &id : m_changed) {
        if (told.contains(id))
            continue;
        if (const auto row = vault::readMessage(db(), id.bytes)) {
            m_chats.insert(contactId(row->contact));
            facts.push_back(MessageChanged{messageOf(*row)});
        }
    }
    for (const auto &[chat, id] : m_removed) {
        m_chats.insert(chat);
        facts.push_back(MessageRemoved{chat, id});
    }
    for (const ContactId &chat : m_chats) {
        if (const auto row = vault::readContact(db(), chat.bytes))
            facts.push_back(ChatChanged{summaryOf(db(), *row, m_context.passing)});
    }
    for (const InvitationId &id : m_invitations) {
        if (const auto row = vault::readInvitation(db(), id.bytes))
            facts.push_back(InvitationChanged{invitationOf(db(), *row)});
    }
    if (m_outbox)
        facts.push_back(OutboxChanged{outboxInfo(db())});
    for (Fact &fact : m_facts)
        facts.push_back(std::move(fact));
    m_facts = std::move(facts);
}

Outcome<Done> Step::commit()
{
    gather();
    const vault::DbResult result = m_transaction.commit();
    if (!result)
        return fail(troubleOf(result.error()));
    if (m_context.sink) {
        for (const Fact &fact : m_facts)
            m_context.sink(fact);
    }
    for (const auto &action : m_actions)
        action();
    if (m_wake && m_context.wake)
        m_context.wake();
    return Done{};
}

} // namespace tacet::chat
