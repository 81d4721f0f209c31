#pragma once
// New sessions between two who know each other: after a restore, or because the old session is lost. They start
// through the rendezvous record that the other side gave (PROTOCOL §10); the first flight is control data only.
#include "app/chat/greeting.h"

namespace tacet::chat {

class Reunion {
public:
    Reunion(Context &context, RelayBook &relays, Greeting &greeting, Outbox &outbox)
        : m_context(context), m_relays(relays), m_greeting(greeting), m_outbox(outbox)
    {
    }

    /// Every contact that waits to be met again and has no handshake of ours under way.
    void upkeep(Step &step);
    /// A handshake through the contact's rendezvous; false when it gave none.
    bool initiate(Step &step, vault::ContactRow &contact, Place place = Place::Instead);
    /// A session is in use on both sides: nothing has to be opened or met any more. Answers what it was before.
    Link live(Step &step, vault::ContactRow &contact);
    /// A session of ours was answered for the first time.
    void answered(Step &step, vault::ContactRow &contact);
    /// What waited for a session, be it ours or theirs: the line in the chat, and everything that was not acknowledged.
    void metAgain(Step &step, vault::ContactRow &contact);
    /// A session became the active one, where there was another that both sides used.
    void replaced(Step &step, vault::ContactRow &contact);
    /// The writer was restored later than anybody of this contact's before.
    static bool isRestored(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs);
    /// A hello of a copy of the writer's vault that knows nothing of the latest restore.
    static bool isFromBefore(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs);
    /// A hello from before was read in `session`: it is sent on no more, and what it says of its writer counts for nothing.
    void giveUp(Step &step, vault::ContactRow &contact, LoadedSession &session, const Payload &payload);
    /// The other side says that it restored a backup; `session` carries the word.
    void takeRestored(Step &step, vault::ContactRow &contact, const LoadedSession &session, const Payload &payload);
    /// Once a day at most, whatever asks for it.
    static bool mayRenew(const vault::ContactRow &contact, qint64 nowMs);
    /// The other side does not use the session this came by.
    void takeUseHigher(Step &step, vault::ContactRow &contact, const LoadedSession &session, const Payload &payload);

private:
    /// Envelopes for this contact open in no session, and nothing else comes: is the session lost? Asked at the hourly looks
    /// alone, so that nothing leaves because of what arrives.
    void considerLost(Step &step, vault::ContactRow &contact);
    static bool isDeaf(Step &step, const vault::ContactRow &contact);
    void sendAllAgain(Step &step, vault::ContactRow &contact);
    /// Own texts that nobody acknowledged and no row would send: a restored history has no outbox.
    void enqueueMissing(Step &step, vault::ContactRow &contact);

    Context &m_context;
    RelayBook &m_relays;
    Greeting &m_greeting;
    Outbox &m_outbox;
    struct Asked {
        qint64 sinceMs = 0; ///< steady
        int times = 0;
    };
    std::map<ContactId, Asked> m_asked; ///< for sessions with a higher number; a limit, not a state
};

} // namespace tacet::chat
