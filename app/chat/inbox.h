#pragma once
// What arrives (session.h gives the order of trials). Everybody who knows a mailbox can send rubbish to it: nothing
// but a message that opened may change anything, show anything or be answered. What came together is one transaction:
// hashes seen, new ratchet states, message rows, receipts due.
#include "app/chat/backlog.h"
#include "app/chat/gap_repair.h"
#include "app/chat/greeting.h"
#include "app/chat/invitations.h"
#include "app/chat/receipts.h"
#include "app/chat/reunion.h"
#include "app/chat/spool.h"

namespace tacet::chat {

class Inbox {
public:
    Inbox(Context &context, RelayBook &relays, Mailboxes &mailboxes, Outbox &outbox, Greeting &greeting,
          Invitations &invitations, Receipts &receipts, GapRepair &gaps, Reunion &reunion)
        : m_context(context), m_relays(relays), m_mailboxes(mailboxes), m_outbox(outbox), m_greeting(greeting),
          m_invitations(invitations), m_receipts(receipts), m_gaps(gaps), m_reunion(reunion)
    {
    }

    /// As RelayListener. NotNow when the disk would not take it.
    relay::RelayListener::Kept arrived(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailbox,
                                       std::span<const crypto::NostrEvent> events, bool more);
    /// A pass is over; with a report, the cursor moves as soon as everything that it brought is open.
    void passEnded(const relay::RelayUrl &relay, const crypto::NostrPublicKey &mailbox,
                   const std::optional<relay::SyncReport> &report);
    void relayChanged(const std::string &relay);
    /// One unwrapped message, inside the caller's step.
    void open(Step &step, const vault::MailboxRow &mailbox, std::int64_t createdAtSeconds, crypto::ByteView inner);

    /// The same from the spool.
    Outcome<Done> openSpooled(std::vector<SpoolRecord> records);

    /// After a start: what was open when the program died (limits.h, kCrashesBeforeAside).
    void noticeCrash(Step &step);
    /// Tries once more what was set aside after a first crash.
    void retryAside();
    void stop();

private:
    Outcome<Done> openSpooled(const vault::Bytes32 &mailbox, std::vector<Arrived> messages);
    void awaitRest(const vault::Bytes32 &mailbox, const std::string &relay);
    Outcome<Done> openMarked(const vault::MailboxRow &mailbox, const std::vector<Arrived> &messages);
    void openBacklog(vault::Bytes32 mailbox);
    void finishBacklog(const vault::Bytes32 &mailbox, bool abandoned);
    void openForsaken();
    bool isExpectedFromOthers(const vault::Bytes32 &mailbox) const;
    void tellWaiting(const vault::MailboxRow &mailbox);
    void clearMarks();
    void keepAside(Step &step, const vault::MailboxRow &mailbox, const Arrived &message);
    // Those of them that are remembered as seen now, for RelayBook::counted(): by hash, with their sizes.
    using Sizes = std::map<vault::Bytes32, std::size_t>;
    void countSeen(Step &step, const vault::MailboxRow &mailbox, const Sizes &opened) const;
    enum class Opened { Yes, Duplicate, No };
    static bool mayNumber(const vault::ContactRow &contact, const Payload &payload, qint64 nowMs);
    static bool isHeldBack(Step &step, const vault::ContactRow &contact);
    // False: held back; not to be remembered as seen.
    bool openFirst(Step &step, const crypto::Prefix &prefix, crypto::ByteView inner);
    bool openLater(Step &step, const vault::MailboxRow &mailbox, crypto::ByteView inner, const vault::Bytes32 &hash,
                   std::int64_t createdAtSeconds);
    Opened tryOpen(Step &step, vault::ContactRow &contact, LoadedSession &session, crypto::ByteView inner);
    // The same: nobody was there to take it, and its writer says it again once a day.
    bool accept(Step &step, const crypto::OwnPrekeys &prekeys, crypto::ByteView inner, const crypto::Prefix &prefix,
                vault::InvitationRow *invitation, const vault::PrekeyRow *row, const ContactId &owner);
    std::optional<vault::ContactRow> contactFor(Step &step, const crypto::IdentityKey &peer,
                                                const vault::InvitationRow *invitation);
    // How things stood before a session of the other side's got its number.
    struct Beginning {
        std::optional<vault::Bytes32> active; ///< the session that was sent on
        bool hadOne = false; ///< and it was in use on both sides
        bool restored = false; ///< the new one's writer restored a backup since
        Link link = Link::Live;
    };
    static Beginning before(Step &step, const vault::ContactRow &contact, bool restored);
    void begin(Step &step, vault::ContactRow &contact, const LoadedSession &session, bool isNamed, const Beginning &beginning);
    void opened(Step &step, vault::ContactRow &contact, LoadedSession &session, crypto::ByteView payload,
                bool newSession);
    void dispatch(Step &step, vault::ContactRow &contact, LoadedSession &session, const Payload &payload);
    // How many of them it took; none when the first needs another way.
    std::size_t openTexts(Step &step, const vault::MailboxRow &mailbox, std::span<const Arrived *const> messages);
    // When an envelope is taken to have been made, for how long its hash is kept. Its date is anybody's word.
    static qint64 seenMs(std::int64_t createdAtSeconds, qint64 nowMs);
    static bool isStale(std::int64_t createdAtSeconds, const std::optional<std::int64_t> &slowestCursor);
    void takeText(Step &step, vault::ContactRow &contact, const Payload &payload);
    // Answers what is read up to with it, if the chat is in view.
    std::optional<vault::WriterPlace> storeText(Step &step, vault::ContactRow &contact, const Payload &payload);
    void takeTyping(Step &step, vault::ContactRow &contact, bool typing);
    void preferAnswered(Step &step, vault::ContactRow &contact, LoadedSession &session);
    void alarm(Step &step, const vault::ContactRow &contact);
    // Not by the one who came back: of where to write and who is who it says nothing that counts.
    static bool isOfOlderCopy(const vault::ContactRow &contact, const LoadedSession &session, const Payload &payload);
    void watchOldSession(Step &step, vault::ContactRow &contact, const LoadedSession &session, const Payload &payload);

    Context &m_context;
    RelayBook &m_relays;
    Mailboxes &m_mailboxes;
    Outbox &m_outbox;
    Greeting &m_greeting;
    Invitations &m_invitations;
    Receipts &m_receipts;
    GapRepair &m_gaps;
    Reunion &m_reunion;
    std::set<vault::Bytes32> m_aside; ///< messages that are not opened now
    bool m_marksLeft = false; ///< those of a result that the disk would not take
    TimerHandle m_asideTimer;
    Backlog m_backlog;
    std::set<std::pair<std::string, vault::Bytes32>> m_read; ///< which relay has ended a pass over which mailbox since it connected
    TimerHandle m_backlogTimer; ///< looks for forsaken ones
    std::map<vault::Bytes32, TimerHandle> m_backlogSteps;
    std::map<ContactId, TimerHandle> m_typingTimers;
};

} // namespace tacet::chat
