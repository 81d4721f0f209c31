#pragma once
// The messenger without window, threads, sockets or sleep: commands in, facts out. One engine works on the one
// writing connection of an open vault, on the thread that owns both.
//
// Every step reads, computes and writes inside ONE transaction. Facts leave and relays are asked only after that
// transaction is on the disk ("persist before publish"), so a process that dies between any two instructions is
// repaired by start() from rows alone: what was stored is sent again (same ratchet bytes, fresh wrap), what was
// not stored is read again from the relays. Errors of the disk come back as Trouble and leave everything as it was.
#include "app/chat/facts.h"
#include "app/chat/locked_receiver.h"
#include "app/chat/trouble.h"
#include "app/relay/clock.h"
#include "app/relay/relay_port.h"
#include "app/relay/timers.h"
#include "app/vault/database.h"
#include "crypto/random.h"

#include <filesystem>
#include <functional>
#include <memory>

namespace tacet::chat {

using FactSink = std::function<void(const Fact &)>;
template<typename T>
using Answer = std::function<void(Outcome<T>)>;

struct NewProfile {
    QString name;
    QStringList relays; ///< addresses that a person typed or agreed to; the first three go into invitations
    QString proxy;      ///< empty, "tor" or socks5://HOST:PORT
};

struct StartedChat {
    ContactId chat;
    bool waiting = false; ///< nothing could be sent yet; it will be
};

struct Compared {
    bool same = false;
    int firstDifferentGroup = -1; ///< 0 to 11
};

class ChatEngine final {
public:
    /// Everything must outlive the engine. `sink` is called after each commit, never from inside a command that
    /// then fails; it must not call back into the engine.
    ChatEngine(vault::Database &database, relay::RelayPort &port, const Clock &clock, Timers &timers,
               crypto::Random &random, FactSink sink);
    /// Drops timers and stops listening; nothing has to be saved.
    ~ChatEngine();
    ChatEngine(const ChatEngine &) = delete;
    ChatEngine &operator=(const ChatEngine &) = delete;

    /// Writes identity, settings and relays into a vault whose schema is there and whose profile is not.
    /// Errors: NameEmpty, NameTooLong, BadRelayUrl, BadProxy, ProfileNotEmpty, disk.
    static Outcome<Done> createProfile(vault::Database &database, const NewProfile &profile, const Clock &clock,
                                       crypto::Random &random);
    /// The same for a vault into which a backup was read: identity and contacts are there already. Each contact
    /// is marked to be met again; start() does it. Called by app/backup inside its own transaction.
    static void markRestored(vault::Database &database, qint64 nowMs, crypto::Random &random);
    /// Before start(), inside a transaction: `to` takes the place of `from` among one's own relays and at one's mailboxes,
    /// and what is announced of those counts as newer than what was announced before.
    static void replaceOwnRelay(vault::Database &database, std::string_view from, std::string_view to, qint64 nowMs);

    /// Reads whose profile this is; before any command. Errors: NoProfile, disk.
    Outcome<Done> load();
    /// load(), then listens, watches every mailbox, sends what waits. Errors: NoProfile, disk.
    Outcome<Done> start();
    /// Stops asking relays and drops timers; commands still work and wait for the next start().
    void stop();
    bool isRunning() const;

    // --- Chats ---
    Outcome<QList<ChatSummary>> chats();
    Outcome<ChatSummary> chat(const ContactId &chat);
    /// `count` is clamped to 1..200.
    Outcome<Page> page(const ContactId &chat, const Anchor &anchor, PageDirection direction, int count);
    Outcome<Message> message(const MessageId &message);
    /// Returns when the message is safely in the outbox. Errors: TextEmpty, TextTooLong (number: the limit in
    /// bytes), UnknownContact, ContactBlocked, RequestNotAccepted, disk. While a new key is not accepted
    /// (KeyChangedBlocks) nothing is taken.
    Outcome<MessageId> sendText(const ContactId &chat, const QString &text);
    Outcome<Done> retryMessage(const MessageId &message);
    Outcome<Done> deleteForMe(const MessageId &message);
    /// The chat in view (null: none): what is unread there is read, receipts go without delay.
    Outcome<Done> setOpenChat(const ContactId &chat, bool windowActive);
    Outcome<Done> setDraft(const ContactId &chat, const QString &text);
    Outcome<Done> setTyping(const ContactId &chat, bool typing);
    Outcome<Done> setMuted(const ContactId &chat, bool muted);
    Outcome<Done> setPinned(const ContactId &chat, bool pinned);
    /// An empty name gives back the contact's own. Errors: NameTooLong.
    Outcome<Done> renameContact(const ContactId &chat, const QString &name);
    Outcome<Done> block(const ContactId &chat, bool blocked);
    Outcome<Done> acceptRequest(const ContactId &chat);
    /// Forgets the request and everything that came with it; the stranger is told nothing.
    Outcome<Done> declineRequest(const ContactId &chat);
    Outcome<Done> clearHistory(const ContactId &chat);

    // --- Safety number ---
    Outcome<SafetyNumber> safetyNumber(const ContactId &chat);
    Outcome<Compared> compareNumber(const ContactId &chat, const QString &digits); ///< marks nothing
    Outcome<Compared> compareScanned(const ContactId &chat, const QByteArray &payload); ///< marks nothing
    /// `digits`: the number that was compared. Refused with NumberChanged when it is not that of the present key.
    Outcome<Done> setVerified(const ContactId &chat, const QString &digits);
    Outcome<Done> setUnverified(const ContactId &chat);
    Outcome<Done> acceptNewKey(const ContactId &chat, qint64 keyChangedMs);

    // --- Invitations ---
    Outcome<Invitation> createInvitation(InvitationKind kind, const QString &label);
    Outcome<Done> labelInvitation(const InvitationId &id, const QString &label);
    Outcome<Done> revokeInvitation(const InvitationId &id);
    Outcome<QList<Invitation>> invitations();
    /// The link alone, no network. Errors: NotALink, LinkDamaged, LinkNewer, OwnInvitation.
    Outcome<LinkPreview> readLink(const QString &link);
    /// Asks the link's relays (calling this is the user's consent to its hosts for this one look) and opens
    /// the sealed bundle; sends nothing. The answer comes once, later. Errors beside readLink's: InviteNotFound,
    /// InviteExpired, InviteNotYetValid, InviteAltered, InviteUsed, NoRelayReachable, ProxyDown, PrivateHost.
    void fetchLink(const QString &link, Answer<LinkPreview> answer);
    /// Opens the chat at once; consent to the link's hosts. `into`: the new key goes into that chat.
    /// Errors: readLink's, AlreadyContact, UnknownContact, PrivateHost, disk.
    Outcome<StartedChat> startChat(const QString &link, std::optional<ContactId> into);

    // --- Relays ---
    Outcome<QList<RelayInfo>> relays();
    /// Tests the relay first; what passes is used from then on. The answer comes once, later.
    void addRelay(const QString &url, Answer<RelayInfo> answer);
    /// Takes the relay without a test (`tacet-cli init`, the small relay of this computer).
    Outcome<Done> addRelayUntested(const QString &url);
    Outcome<Done> removeRelay(const QString &url); ///< Errors: BadRelayUrl, LastRelay
    void testRelay(const QString &url, Answer<RelayInfo> answer);
    /// The user agrees to a host that a contact chose (TroubleCode::NewHost).
    Outcome<Done> allowHost(const QString &host);
    Outcome<Disclosure> disclosure();
    Outcome<OutboxInfo> outbox();

    // --- Settings ---
    Outcome<Settings> settings();
    Outcome<Done> changeSettings(const Settings &settings); ///< Errors: NameEmpty, NameTooLong, BadProxy

    // --- Receipts ---
    /// `tacet-cli listen`: counts as an open chat for every contact ("delivered" without delay), reads nothing.
    void setListening(bool listening);
    /// Sends every receipt that is due now or later, before a clean end.
    Outcome<Done> flushReceipts();
    /// Nothing is under way at a relay and no message waits for one that is reachable: a good moment to end.
    bool isSettled() const;

    // --- Locked ---
    /// What a LockedReceiver needs while the vault is closed. Call before stop() and closing.
    Outcome<LockedState> lockedState();
    /// After unlocking: opens what was sealed meanwhile, then empties the file. Answers how many records.
    /// On a failure of the disk the file stays.
    Outcome<int> drainSpool(const std::filesystem::path &spoolFile);

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace tacet::chat
