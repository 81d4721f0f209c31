#pragma once
// What leaves the engine: plain values, copied across threads. A fact is something that is already
// committed to the vault; nothing here can be acted on to change state, ids are passed back for that.
// All times are milliseconds since 1970 UTC. All texts from outside are plain text and unsafe to render as
// anything else.
#include "app/chat/ids.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>
#include <variant>

namespace tacet::chat {

/// Own messages go Queued → OnRelay → Delivered → Read, or Failed when every relay refused for good.
/// The numbers are stored in the vault.
enum class MessageState : int { Received = 0, Queued = 1, OnRelay = 2, Delivered = 3, Read = 4, Failed = 5 };

/// System lines: what happened to the chat itself. The numbers are stored in the vault; the window and the
/// command line own the words. `Message::text` holds the argument where one is named here.
enum class SystemLine : int {
    None = 0,
    ChatStarted = 1,        ///< this side opened the other's invitation
    PeerJoined = 2,         ///< the other side opened this side's invitation
    NameChanged = 3,        ///< argument: the new name
    KeyChanged = 4,         ///< a new identity key, put into this chat by a click
    KeyAccepted = 5,        ///< the new key was accepted without comparing
    Verified = 6,           ///< the safety number was compared and fits
    Unverified = 7,         ///< the mark was taken away
    PeerRestored = 8,       ///< the other side restored a backup; same safety number
    Restored = 9,           ///< this side restored a backup
    MailboxMoved = 10,      ///< the other side reads another mailbox now, or at other relays
    SessionRenewed = 11,    ///< a new session replaced a lost one
    Gap = 12,               ///< argument: how many messages have not arrived yet
    Undecryptable = 13,     ///< one message could not be opened; the other side was asked to send it again
    InvitationTriedTwice = 14, ///< someone else tried the invitation of this contact
    OldSessionSpoke = 15,   ///< after a restore, the session that should be dead was used: an alarm
    Blocked = 16,
    Unblocked = 17,
    RequestAccepted = 18,
};

struct Message {
    MessageId id;
    ContactId chat;
    bool own = false;
    SystemLine system = SystemLine::None; ///< None: a text message
    QString text;
    qint64 sentMs = 0;    ///< the writer's clock; shown, never sorted by
    qint64 arrivedMs = 0; ///< when this computer stored it
    /// History order: (sortMs, own, sequence, id). A late message keeps its writer's order.
    qint64 sortMs = 0;
    qint64 sequence = 0;
    MessageState state = MessageState::Received;
    qint64 stateMs = 0;   ///< when the state was reached
    int relays = 0;       ///< how many relays took it (own)
};

/// A place in a history, for paging; the default is its end.
struct Anchor {
    qint64 sortMs = 0;
    bool own = false;
    qint64 sequence = 0;
    MessageId id;
    bool isEnd = true;

    static Anchor of(const Message &message)
    {
        return {message.sortMs, message.own, message.sequence, message.id, false};
    }
};

enum class PageDirection { Older, Newer, Around };

struct Page {
    ContactId chat;
    QList<Message> messages; ///< oldest first
    bool reachesStart = false;
    bool reachesEnd = false;
    MessageId firstUnread;   ///< null when nothing is unread
    int unread = 0;
};

enum class Trust : int {
    NotCompared = 0,
    Verified = 1,
    VerifiedBeforeRestore = 2,
    KeyChanged = 3, ///< sending is blocked until compared or accepted
};

/// How far a conversation has come; every one of them has its sentence and none has a screen of its own.
enum class Link : int {
    FetchingInvitation = 0, ///< the invitation is not fetched yet; what is written waits
    WaitingForPeer = 1,     ///< first message sent, the other side has not answered
    Live = 2,
    InvitationDead = 3,     ///< used, expired, altered or not found: `ChatSummary::linkTrouble` says which
    Reconnecting = 4,       ///< after a restore: a new session is being made
};

struct ChatSummary {
    ContactId id;
    QString name;          ///< what the user calls them
    QString givenName;     ///< what they call themselves
    int colour = 0;        ///< 0 to 9, identity colour (ui/tokens.h)
    Trust trust = Trust::NotCompared;
    qint64 keyChangedMs = 0;
    Link link = Link::FetchingInvitation;
    int linkTrouble = 0;   ///< a TroubleCode when link is InvitationDead, else 0
    bool request = false;  ///< a stranger who opened the reusable address; not accepted yet
    bool blocked = false;
    bool muted = false;
    bool pinned = false;
    bool typing = false;
    int waiting = 0;       ///< messages that are here and wait for those written before them (a long absence)
    int unread = 0;
    QString draft;
    qint64 addedMs = 0;
    qint64 peerRestoredMs = 0;
    std::optional<Message> last; ///< newest message or system line; texts of requests are not shown
};

enum class InvitationKind : int { OneTime = 0, Reusable = 1 };
enum class InvitationState : int { Open = 0, Used = 1, Expired = 2, Revoked = 3 };

struct Invitation {
    InvitationId id;
    InvitationKind kind = InvitationKind::OneTime;
    InvitationState state = InvitationState::Open;
    QString label;       ///< "Who is it for?", only the owner sees it
    QString link;        ///< tacet:… (while open)
    qint64 createdMs = 0;
    qint64 untilMs = 0;
    int relaysHolding = 0; ///< relays that accepted the sealed bundle
    int secondAttempts = 0;
    std::optional<ContactId> usedBy;
};

/// What opening a link shows before anything is sent.
struct LinkPreview {
    QString link;
    InvitationKind kind = InvitationKind::OneTime;
    bool fetched = false;   ///< the sealed bundle was found and opened
    QString name;           ///< from the sealed bundle, empty until fetched
    int colour = 0;
    QStringList newHosts;   ///< hosts never used before: agreed to by "Start chat"
    std::optional<ContactId> existing; ///< the same identity is a contact already
};

struct SafetyNumber {
    QStringList groups;   ///< 12 groups of five digits
    QByteArray qrPayload; ///< version and both fingerprints, for the QR code
};

/// Idle: nothing is to be done there now, and no connection is held for it.
enum class RelayCondition : int { Connecting = 0, Connected = 1, Slow = 2, Unreachable = 3, Refused = 4, Off = 5, Idle = 6 };

struct RelayInfo {
    QString url;
    QString host;
    RelayCondition condition = RelayCondition::Connecting;
    QString reason;          ///< the relay's own words or the network's, plain text
    int roundTripMs = -1;    ///< -1: not known
    qint64 lastEventMs = 0;
    qint64 nextTryMs = 0;
    bool reads = true;
    bool writes = true;
    bool thisComputer = false; ///< the small relay inside this process
    bool own = false;          ///< one of this profile's relays (else only used to reach a contact)
    bool givenUp = false;      ///< silent for days while others answered: contacts are told to write elsewhere
};

/// What a relay could hand over, in real counts of this profile (PROTOCOL §1).
struct RelayDisclosure {
    QString url;
    qint64 envelopesOut = 0; ///< that the relay took: a fresh one for each attempt
    /// Messages that came to mailboxes here, each counted when it is opened first and once for every living place of its mailbox: its
    /// writer sends to all of them, and which relay brought it first says nothing of what the others hold. Reading again, from another
    /// relay, too, counts nothing. A relay that was away holds fewer; one that was given a message several times, more.
    qint64 envelopesIn = 0;
    QList<qint64> bySize;    ///< five counts, smallest size first
    qint64 mailboxes = 0;
    qint64 firstMs = 0;
    qint64 lastMs = 0;
};

struct Disclosure {
    bool throughProxy = false;
    QList<RelayDisclosure> relays;
};

struct OutboxInfo {
    int waiting = 0;
    int failed = 0;
    qint64 lastLeftMs = 0;
};

/// Settings that live in the vault. What must be known before unlocking is in tacet.conf (ui/).
struct Settings {
    QString displayName;
    bool readReceipts = true;
    bool typing = false;
    int lockAfterMinutes = 10;     ///< 0: never
    bool lockWithScreen = true;
    int notifications = 1;         ///< 0 off, 1 "New message", 2 name and text
    bool sendWithCtrlEnter = false;
    bool acceptRequests = true;
    bool keepInTray = true;
    bool trayAsked = false;
    QString proxy;                 ///< empty, "tor" (started with this program) or socks5://HOST:PORT
    bool shareOwnRelay = false;    ///< open the small relay to the local network
};

// --- Facts ---
struct MessageStored { Message message; bool live = true; };
struct MessageChanged { Message message; };
struct MessageRemoved { ContactId chat; MessageId id; };
struct ChatChanged { ChatSummary chat; };
struct ChatRemoved { ContactId chat; };
struct InvitationChanged { Invitation invitation; };
struct RelayChanged { RelayInfo relay; };
struct RelayRemoved { QString url; };
struct OutboxChanged { OutboxInfo outbox; };
struct SettingsChanged { Settings settings; };
struct ClockSeemsWrong { qint64 offByMs; };
/// Something for a toast or a banner; code is a TroubleCode.
struct Noticed { int code; QString detail; std::optional<ContactId> chat; };

using Fact = std::variant<MessageStored, MessageChanged, MessageRemoved, ChatChanged, ChatRemoved, InvitationChanged,
                          RelayChanged, RelayRemoved, OutboxChanged, SettingsChanged, ClockSeemsWrong, Noticed>;

} // namespace tacet::chat

Q_DECLARE_METATYPE(tacet::chat::Fact)
