#pragma once
// One's own mailboxes: a fresh key pair for each contact, each invitation and each rendezvous record, so that no
// relay can tell from two of them that they have one owner. Watching them is asking the port, for relays that may be contacted
// alone; how far each was read is in the vault.
#include "app/chat/relay_book.h"
#include "app/vault/contact_rows.h"
#include "app/vault/mailbox_rows.h"

namespace tacet::chat {

class Mailboxes {
public:
    Mailboxes(Context &context, RelayBook &relays) : m_context(context), m_relays(relays) { }

    using Which = std::function<bool(const relay::RelayUrl &)>;
    /// Every mailbox that is still read, at each of its relays that is meant and may be contacted.
    void watchAll(vault::Database &db, const Which &which);
    /// They are read no longer at the relays that are meant, and keep their cursors.
    void leaveAll(Step &step, const Which &which);

    /// Stores a fresh pair; it is watched after the commit. Precondition: relays is not empty.
    vault::MailboxRow create(Step &step, vault::MailboxPurpose purpose, const vault::Id16 &owner, std::int64_t number,
                             const std::vector<std::string> &relays);
    /// The same with a pair that exists (a rendezvous record brings its own).
    void keep(Step &step, const vault::MailboxRow &row, const std::vector<std::string> &relays);
    /// The live mailbox of a contact, with its relays; nothing before one was made.
    struct Address {
        vault::MailboxRow mailbox;
        std::vector<std::string> relays;
    };
    std::optional<Address> ofContact(vault::Database &db, const ContactId &contact) const;

    void abandon(Step &step, const vault::MailboxRow &row);
    /// Abandons all that belongs to this contact or invitation.
    void abandonAll(Step &step, const vault::Id16 &owner);
    /// Nothing names it any more.
    void remove(Step &step, const vault::MailboxRow &row);
    /// After unblocking: reads them again from where they were left.
    void resumeAll(Step &step, const vault::Id16 &owner);
    /// Reads everything once more, as if for the first time: what was held back is opened now.
    void readAgain(Step &step, const vault::Id16 &owner);
    void retire(Step &step, const vault::MailboxRow &row, qint64 untilMs);
    /// Reads everything again at every relay of the contact's mailboxes (before a gap is reported).
    void sweep(Step &step, const vault::Id16 &owner);
    /// Own relays changed: live mailboxes are read there, too.
    void relayAdded(Step &step, const std::string &url);
    /// Nothing is read there any more, but what is read nowhere else. Answers the mailboxes that lost a place.
    std::set<vault::Bytes32> relayRemoved(Step &step, const std::string &url);
    /// What is stored there is read again from where the mailbox was read to.
    void readOn(vault::Database &db, const vault::MailboxRow &row, const relay::RelayUrl &url);
    /// One mailbox is read at one more place.
    void readAlsoAt(Step &step, const vault::MailboxRow &row, const std::string &url);

    void caughtUp(Step &step, const std::string &relay, const vault::Bytes32 &mailbox, const relay::SyncReport &report);
    /// Retired ones whose time has passed are abandoned.
    void upkeep(Step &step);

private:
    void watchLater(Step &step, const vault::MailboxRow &row, const std::vector<vault::MailboxRelayRow> &relays);
    void watch(const relay::RelayUrl &url, const vault::MailboxRow &row, const vault::MailboxRelayRow &at);

    Context &m_context;
    RelayBook &m_relays;
};

crypto::NostrKeyPair keyPairOf(const vault::MailboxRow &row);

/// Where to go on reading at this relay.
relay::SyncFrom readFrom(const vault::MailboxRelayRow &at);

/// Up to when every relay of the mailbox was read; nothing while that is not known, as after a clock that was ahead.
std::optional<std::int64_t> readUntil(Step &step, const vault::Bytes32 &mailbox);
/// The same of every mailbox.
std::optional<std::int64_t> allReadUntil(Step &step);

/// A stored history is being read in which this contact's messages may be.
bool isHistoryRead(const Context &context, vault::Database &db, const vault::ContactRow &contact);

/// Whose messages may come to it: its contact; at an invitation's, those who came through that and know of no other yet.
std::vector<vault::ContactRow> writersTo(vault::Database &db, const vault::MailboxRow &mailbox);

} // namespace tacet::chat
