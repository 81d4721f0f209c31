#pragma once
// What leaves (PROTOCOL §7). A payload becomes a row; the row gets its ratchet bytes once, as soon as there is a
// session and an address; every attempt at every relay wraps those bytes anew. Numbered rows stay until the other
// side acknowledges their number, so that they can be sent again; others go as soon as a relay has them.
#include "app/chat/payload.h"
#include "app/chat/relay_book.h"
#include "app/chat/sessions.h"
#include "app/vault/outbox_rows.h"

#include <map>
#include <set>

namespace tacet::chat {

class Outbox {
public:
    Outbox(Context &context, RelayBook &relays) : m_context(context), m_relays(relays) { }

    /// Gives the payload its numbers, device and time, stores it and seals what can be sealed.
    void enqueue(Step &step, vault::ContactRow &contact, Payload payload);
    /// Without a number (receipts, questions): a row that no relay has yet of the same kind is replaced.
    void enqueueUnnumbered(Step &step, vault::ContactRow &contact, Payload payload);
    /// The same, in a session of the caller's choice (an answer that only that session's peer can read).
    void enqueueIn(Step &step, vault::ContactRow &contact, Payload payload, LoadedSession &session);
    /// The first message of a session goes to the mailbox that its prekeys name.
    void enqueueFirst(Step &step, vault::ContactRow &contact, Payload payload, LoadedSession &session,
                      const vault::Bytes32 &mailbox, const std::vector<std::string> &relays);
    /// Bundles and tombstones: sealed bytes as they are, to the key of a link.
    std::int64_t enqueueSealed(Step &step, const vault::Id16 &invitation, crypto::Bytes sealed,
                               const vault::Bytes32 &mailbox, const std::vector<std::string> &relays);
    /// A message out of the history, again under its id and numbers.
    void enqueueAgain(Step &step, vault::ContactRow &contact, const vault::MessageRow &message);

    /// Encrypts what waits for a session, an address or the acceptance of a key.
    void seal(Step &step, vault::ContactRow &contact);
    /// The last session is lost: every unacknowledged message will be encrypted anew, under its own id.
    void unsealAll(Step &step, vault::ContactRow &contact);
    void unseal(Step &step, vault::OutboxRow &row);
    /// The contact reads elsewhere now: what is not acknowledged goes there.
    void retarget(Step &step, vault::ContactRow &contact);
    /// The contact does not have what a relay took. The first time the same bytes go out in fresh wraps, in case relays lost
    /// them; the second time they are encrypted anew (seal() follows), in case they came and their key was gone: the contact
    /// drops those bytes by their hash, and cannot name what it never learnt.
    void sendAgain(Step &step, vault::OutboxRow &row);
    /// The hello of a session that nobody has acknowledged: once a day its bytes go out in fresh wraps, because nothing else
    /// comes when relays lost it.
    void helloAgain(Step &step, const vault::ContactRow &contact);
    /// The prekeys that the hello is for, while nobody has answered it.
    std::optional<crypto::BundleId> bundleAsked(Step &step, const vault::ContactRow &contact) const;
    /// A session of ours stands beside the one that is sent on, and its hello was not acknowledged yet.
    static bool isHelloBesideWaiting(Step &step, const vault::ContactRow &contact);

    void acknowledged(Step &step, vault::ContactRow &contact, const EpochRanges &acks);
    Outcome<Done> retry(const MessageId &message);
    /// An own message that no relay has is withdrawn, and its number is filled with nothing.
    void withdraw(Step &step, const vault::MessageRow &message);

    // The pump, outside of steps.
    void pump();
    void published(relay::PublishId id, const relay::PublishOutcome &outcome);
    void relayConnected(const std::string &url);
    /// Not persisted, not queued, tried once: typing.
    void publishOnce(const crypto::Bytes &sealed, const vault::Bytes32 &mailbox, const std::vector<std::string> &relays);
    void stop();
    bool isIdle() const { return m_underWay.empty(); }
    /// Nothing is under way, and nothing waits for a relay that answers.
    bool isSettled(vault::Database &db) const;

private:
    struct UnderWay {
        std::int64_t row = 0; ///< 0: publishOnce
        std::string relay;
        std::size_t size = 0;
        std::optional<vault::Bytes32> hash = {}; ///< of these bytes: the row may have been encrypted anew meanwhile
    };
    void number(Step &step, vault::ContactRow &contact, Payload &payload) const;
    void fill(Payload &payload, qint64 nowMs) const;
    vault::OutboxRow rowOf(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs) const;
    bool sealRow(Step &step, vault::OutboxRow &row, LoadedSession &session, const vault::Bytes32 &mailbox,
                 const std::vector<std::string> &relays);
    bool mayLeave(const vault::ContactRow &contact, const vault::OutboxRow &row, const LoadedSession &session) const;
    static bool retarget(Step &step, vault::OutboxRow &row, const vault::Bytes32 &mailbox,
                         const std::vector<std::string> &relays);
    static void publishAgain(Step &step, const vault::OutboxRow &row);
    std::optional<crypto::NostrEvent> wrapFor(const std::string &url, const crypto::Bytes &sealed,
                                              const crypto::NostrPublicKey &mailbox) const;
    int underWayAt(const std::string &relay) const;
    void hastenMore();
    void schedule();
    void writeLater(std::uint64_t id, UnderWay letter, const relay::PublishOutcome &outcome);
    void sealMore(const ContactId &id);
    void accepted(Step &step, vault::OutboxRow &row, vault::TargetRow &target, std::size_t size);
    void refused(Step &step, vault::OutboxRow &row, vault::TargetRow &target, const std::string &reason);

    Context &m_context;
    RelayBook &m_relays;
    std::map<std::uint64_t, UnderWay> m_underWay;
    std::set<std::pair<std::int64_t, std::string>> m_busy;
    std::map<std::string, relay::WrapDates> m_dates; ///< of relays that refuse others
    /// Answers that the disk would not take yet: written later, never asked for again.
    std::vector<std::pair<std::uint64_t, relay::PublishOutcome>> m_unwritten;
    std::map<std::string, std::int64_t> m_hastened; ///< up to which row, for relays that answer again
    TimerHandle m_timer;
    TimerHandle m_hastenTimer;
    TimerHandle m_unwrittenTimer;
};

} // namespace tacet::chat
