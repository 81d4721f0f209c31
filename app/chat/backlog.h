#pragma once
// Envelopes on their way into the inbox, and those that have to wait there for their predecessors: relays bring a stored
// history newest first, and a chain that is opened from its end loses the keys of its beginning (PROTOCOL §5.9).
// What waits is in memory alone. Until it is open, no cursor moves past it, so that a crash or a lock costs reading it again.
#include "app/chat/limits.h"
#include "app/chat/mailboxes.h"
#include "crypto/session.h"

#include <algorithm>
#include <map>
#include <set>

namespace tacet::chat {

/// One unwrapped envelope.
struct Arrived {
    vault::Bytes32 hash{}; ///< SHA-256 of `inner`: the same in every wrap and at every relay
    std::int64_t createdAtSeconds = 0;
    crypto::Bytes inner;
    std::string relay; ///< where it came from; empty: from the spool
    // Set where it is lined up:
    std::optional<std::uint64_t> missing; ///< how many come before it
    crypto::SessionId session{}; ///< in this session
};

/// Puts those of each session in the order in which they were written; what belongs to no known session comes first. Answers how
/// many of them, from the first, can be opened now: before the others so much is missing that its keys would be lost.
std::size_t lineUp(vault::Database &db, const vault::MailboxRow &mailbox, std::vector<Arrived> &messages);

class Backlog {
public:
    explicit Backlog(std::size_t maximumBytes = kMaxBacklogBytes) : m_maximumBytes(maximumBytes) { }

    /// A history is being read at this relay; an empty one: came from the spool, and relays may have the rest of it. `now`, here
    /// and below: by the steady clock.
    void reading(const vault::Bytes32 &mailbox, const std::string &relay, qint64 now);
    /// True while some history of the mailbox is being read, or what waits of it is being opened.
    bool isBusy(const vault::Bytes32 &mailbox) const { return m_mailboxes.contains(mailbox); }
    /// Takes those that have to wait out of `messages` and lines up the rest. What the contact really wrote shows that the history
    /// goes on, when it is of a `history`; rubbish, which a relay can make, does not, nor does what the contact writes meanwhile.
    void keepBack(vault::Database &db, const vault::MailboxRow &mailbox, std::vector<Arrived> &messages, bool history, qint64 now);

    /// The pass at this relay is over; without a report it was not complete. True: nobody else is still reading, so what waits
    /// is to be opened now.
    bool ended(const vault::Bytes32 &mailbox, const relay::RelayUrl &relay, const std::optional<relay::SyncReport> &report);
    /// Mailboxes whose history nobody is reading just now: relays that may still bring more of it are waited for.
    std::vector<vault::Bytes32> unread() const;
    /// Mailboxes about which nothing has come for so long, or so little that was new, that what waits is opened without the rest.
    std::vector<vault::Bytes32> forsaken(qint64 now) const;
    /// When the first of them will be. Precondition: !isEmpty().
    qint64 patienceEnds() const;

    /// The next to be opened, lined up, and taken out.
    std::vector<Arrived> next(vault::Database &db, const vault::MailboxRow &mailbox);
    void putBack(const vault::Bytes32 &mailbox, std::vector<Arrived> messages);

    /// Everything of the mailbox is open.
    struct Finished {
        std::vector<std::pair<relay::RelayUrl, relay::SyncReport>> reports; ///< to be written now
        std::set<std::string> readAgain; ///< not everything fitted: these bring it once more
    };
    Finished finish(const vault::Bytes32 &mailbox);
    /// How many of the mailbox wait.
    std::size_t waiting(const vault::Bytes32 &mailbox) const;
    std::size_t bytes() const { return m_bytes; }
    bool isEmpty() const { return m_mailboxes.empty(); }
    void clear();

private:
    struct Waiting {
        std::vector<Arrived> messages;
        std::set<vault::Bytes32> hashes;
        std::set<std::string> reading;
        std::set<std::string> relays; ///< all that brought something
        std::vector<std::pair<relay::RelayUrl, relay::SyncReport>> reports;
        int news = 0; ///< of the history and not here before, since
        qint64 newsSinceMs = 0;
        qint64 lastMs = 0;
        qint64 patienceEnds() const { return std::min(lastMs + kBacklogPatienceMs, newsSinceMs + kBacklogLongestMs); }
        bool linedUp = false; ///< `messages`, the next to be opened last
        /// The first of each session that found no room: nothing behind it may be opened before it has come again.
        std::map<crypto::SessionId, Arrived> fences;
    };
    static bool isFencedOff(const Waiting &waiting, const Arrived &message);
    static void fenceOff(Waiting &waiting, Arrived message);
    void makeRoom(Waiting &waiting, const std::vector<crypto::Session> &sessions);

    std::map<vault::Bytes32, Waiting> m_mailboxes;
    std::size_t m_maximumBytes;
    std::size_t m_bytes = 0;
};

} // namespace tacet::chat
