#pragma once
// One step of the engine: read, compute, write, all in one transaction; then, and only if it is on the disk, the
// facts leave and the relays are asked ("persist before publish", architecture: Data on its way).
#include "app/chat/facts.h"
#include "app/chat/history.h"
#include "app/chat/trouble.h"
#include "app/relay/clock.h"
#include "app/relay/relay_port.h"
#include "app/relay/timers.h"
#include "app/vault/contact_rows.h"
#include "app/vault/message_rows.h"
#include "app/vault/transaction.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace tacet::chat {

/// What every part of the engine works with. Lives as long as the engine.
struct Context {
    vault::Database &db;
    relay::RelayPort &port;
    const Clock &clock;
    Timers &timers;
    crypto::Random &random;
    std::function<void(const Fact &)> sink;

    // Since start():
    std::optional<crypto::OwnIdentity> identity = std::nullopt;
    vault::Id16 device{};
    bool running = false;
    ContactId openChat = {}; ///< in view, window active
    bool listening = false;
    Passing passing = {};
    std::set<vault::Bytes32> histories = {}; ///< mailboxes whose stored history is being read
    std::function<void()> wake = {}; ///< something waits to be sent: look at the outbox soon

    qint64 now() const { return clock.wallMs(); }
    bool inView(const ContactId &chat) const { return chat == openChat && !chat.isNull(); }
    /// "Delivered" goes without delay: the chat is in view, or the command line listens.
    bool answersAtOnce(const ContactId &chat) const { return listening || inView(chat); }
};

class Step {
public:
    explicit Step(Context &context, vault::Outlives outlives = vault::Outlives::PowerCut);
    Step(const Step &) = delete;
    Step &operator=(const Step &) = delete;

    Context &context() { return m_context; }
    vault::Database &db() { return m_context.db; }
    crypto::Random &random() { return m_context.random; }
    qint64 now() const { return m_now; } ///< one instant for the whole step

    // What the step did; facts are made from the rows just before the commit, one for each thing.
    void stored(const MessageId &message, bool live = true) { m_stored.emplace_back(message, live); }
    void changed(const MessageId &message) { m_changed.insert(message); }
    void removed(const ContactId &chat, const MessageId &message) { m_removed.emplace_back(chat, message); }
    void touched(const ContactId &chat) { m_chats.insert(chat); }
    void touched(const InvitationId &invitation) { m_invitations.insert(invitation); }
    void touchedOutbox() { m_outbox = true; }
    void tell(Fact fact) { m_facts.push_back(std::move(fact)); }
    void notice(TroubleCode code, QString detail = {}, std::optional<ContactId> chat = std::nullopt)
    {
        tell(Noticed{int(code), std::move(detail), chat});
    }

    /// After the commit, after the facts; in order.
    void afterwards(std::function<void()> action) { m_actions.push_back(std::move(action)); }
    /// The outbox has something new.
    void wake() { m_wake = true; }

    /// On a failure everything is undone, and no fact and no action happens.
    Outcome<Done> commit();
    bool failed() const { return m_transaction.failed(); }

private:
    void gather();

    Context &m_context;
    vault::Transaction m_transaction;
    qint64 m_now;
    std::vector<std::pair<MessageId, bool>> m_stored;
    std::set<MessageId> m_changed;
    std::vector<std::pair<ContactId, MessageId>> m_removed;
    std::set<ContactId> m_chats;
    std::set<InvitationId> m_invitations;
    bool m_outbox = false;
    bool m_wake = false;
    std::vector<Fact> m_facts;
    std::vector<std::function<void()>> m_actions;
};

/// Reads alone: a consistent view, checked at its end.
template<typename T, typename Read>
Outcome<T> readOnly(Context &context, Read read);

} // namespace tacet::chat

#include "app/chat/text.h"

namespace tacet::chat {

template<typename T, typename Read>
Outcome<T> readOnly(Context &context, Read read)
{
    vault::Snapshot snapshot(context.db);
    Outcome<T> value = read(context.db);
    const vault::DbResult ended = snapshot.finish();
    if (!ended)
        return fail(troubleOf(ended.error()));
    return value;
}

} // namespace tacet::chat
