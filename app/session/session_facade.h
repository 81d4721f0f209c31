#pragma once
// All that a window knows of the messenger: values in, values out, never a pointer, never a wait. Calls return at
// once; answers and facts arrive on the thread that owns this object (the GUI thread). The one implementation that
// people run is EngineThread; tests of the window use a scripted one.
#include "app/chat/facts.h"
#include "app/chat/trouble.h"
#include "app/tor/tor_status.h"
#include "crypto/secret.h"

#include <QObject>

#include <functional>

namespace tacet::session {

template<typename T>
using Reply = std::function<void(chat::Outcome<T>)>;

enum class ProfileState {
    Absent,  ///< nothing in the profile folder: onboarding
    Locked,
    Open,
};

struct ProfileStatus {
    ProfileState state = ProfileState::Absent;
    QString folder;
    bool hasPassphrase = true;
    bool hasKeychain = false;         ///< a keychain slot exists
    bool keychainAvailable = false;   ///< a keychain service answers on this desktop
    bool receivingWhileLocked = false; ///< this process was unlocked before: sealed messages still arrive
    bool recoveryUnproved = false;    ///< open, and nobody showed yet that the newest recovery code was kept
    chat::Trouble trouble;            ///< why the profile cannot be opened at all (in use, newer, damaged)
};

struct CreateProfile {
    QString name;
    crypto::SecretBuffer passphrase;  ///< UTF-8; empty only together with withoutLock
    bool useKeychain = false;
    bool withoutLock = false;
    QString proxy;                    ///< empty, "tor" or socks5://HOST:PORT
    QStringList relays;               ///< empty: tested ones are chosen, or the small relay of this computer
};

struct Created {
    QStringList recoveryCode;         ///< 12 groups, shown once
};

enum class BackupStep { Writing, ReadingBack, Comparing, Done };

struct BackupSummary {
    QString file;
    qint64 verifiedMs = 0;
    qint64 messages = 0;
    qint64 contacts = 0;
    qint64 files = 0;
    qint64 bytes = 0;
};

/// The last thing that did not succeed, until a backup does. The numbers are stored in vaults.
enum class BackupFailure {
    None = 0,
    Writing = 1, ///< no new file came into place; the one before is as it was
    Check = 2,   ///< the one there is could not be read
};

struct BackupState {
    BackupSummary last;               ///< verifiedMs 0: never backed up
    BackupFailure lastFailure = BackupFailure::None;
    bool running = false;
    bool hasPassphrase = false;       ///< a backup passphrase was chosen before
    qint64 passphraseTypedMs = 0;
};

/// What became of a backup that was written or checked.
struct BackupEnd {
    bool wasWritten = false;          ///< a new one was to be written; else one was checked
    QString file;
    chat::Trouble trouble;            ///< None: it is whole
};

struct StartedChat {
    chat::ContactId chat;
    bool waiting = false;             ///< nothing could be sent yet; it will be
};

struct Compared {
    bool same = false;
    int firstDifferentGroup = -1;     ///< 0 to 11
};

/// What there is of Tor on this computer, beside what this program starts itself.
struct TorHere {
    quint16 port = 0;                 ///< a running one takes SOCKS5 there, on 127.0.0.1; 0: none was found
    bool installed = false;           ///< the program `tor` is here to be started
};

class SessionFacade : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    // --- Profile: create, unlock, lock ---
    virtual ProfileStatus profile() const = 0;
    /// While ProfileStatus::trouble stands: takes the profile as at the start; profileChanged follows, whatever came of it.
    virtual void tryProfileAgain() = 0;
    virtual void createProfile(CreateProfile request, Reply<Created> reply) = 0;
    virtual void unlock(crypto::SecretBuffer passphrase, Reply<Done> reply) = 0;
    virtual void unlockWithKeychain(Reply<Done> reply) = 0;
    virtual void unlockWithRecoveryCode(crypto::SecretBuffer code, Reply<Done> reply) = 0;
    /// Closes the vault, wipes keys; profileChanged follows.
    virtual void lock() = 0;
    /// Renames the profile folder and starts with an empty one; answers the folder it is kept as.
    virtual void setProfileAside(Reply<QString> reply) = 0;
    virtual void changePassphrase(crypto::SecretBuffer current, crypto::SecretBuffer next, Reply<Done> reply) = 0;
    virtual void setKeychainUnlock(bool on, Reply<Done> reply) = 0;
    /// Replaces the recovery code; the old one stops working.
    virtual void renewRecoveryCode(Reply<QStringList> reply) = 0;
    /// The newest recovery code was kept: recoveryUnproved ends. Unlocking with it says the same.
    virtual void confirmRecoveryCode(Reply<Done> reply) = 0;

    // --- Chats ---
    virtual void chats(Reply<QList<chat::ChatSummary>> reply) = 0;
    virtual void page(chat::ContactId chat, chat::Anchor anchor, chat::PageDirection direction, int count,
                      Reply<chat::Page> reply) = 0;
    virtual void sendText(chat::ContactId chat, QString text, Reply<chat::MessageId> reply) = 0;
    virtual void retryMessage(chat::MessageId message, Reply<Done> reply) = 0;
    virtual void deleteForMe(chat::MessageId message, Reply<Done> reply) = 0;
    /// The chat is open and in view (null: none): read marks and immediate receipts follow from it.
    virtual void setOpenChat(chat::ContactId chat, bool windowActive) = 0;
    virtual void setDraft(chat::ContactId chat, QString text) = 0;
    virtual void setTyping(chat::ContactId chat, bool typing) = 0;
    virtual void setMuted(chat::ContactId chat, bool muted, Reply<Done> reply) = 0;
    virtual void setPinned(chat::ContactId chat, bool pinned, Reply<Done> reply) = 0;
    virtual void renameContact(chat::ContactId chat, QString name, Reply<Done> reply) = 0;
    virtual void block(chat::ContactId chat, bool blocked, Reply<Done> reply) = 0;
    virtual void acceptRequest(chat::ContactId chat, Reply<Done> reply) = 0;
    virtual void declineRequest(chat::ContactId chat, Reply<Done> reply) = 0;
    virtual void clearHistory(chat::ContactId chat, Reply<Done> reply) = 0;

    // --- Safety number ---
    virtual void safetyNumber(chat::ContactId chat, Reply<chat::SafetyNumber> reply) = 0;
    /// Digits in any spacing. Marks nothing.
    virtual void compareNumber(chat::ContactId chat, QString digits, Reply<Compared> reply) = 0;
    /// The bytes of a scanned QR code. Marks nothing.
    virtual void compareScanned(chat::ContactId chat, QByteArray payload, Reply<Compared> reply) = 0;
    /// `digits`: the number that was compared. NumberChanged when the contact's key is another one by now.
    virtual void setVerified(chat::ContactId chat, QString digits, Reply<Done> reply) = 0;
    virtual void setUnverified(chat::ContactId chat, Reply<Done> reply) = 0;
    /// `keyChangedMs` names the key that was seen (ChatSummary). NumberChanged when it is another one by now.
    virtual void acceptNewKey(chat::ContactId chat, qint64 keyChangedMs, Reply<Done> reply) = 0;

    // --- Invitations ---
    virtual void createInvitation(chat::InvitationKind kind, QString label, Reply<chat::Invitation> reply) = 0;
    virtual void labelInvitation(chat::InvitationId id, QString label, Reply<Done> reply) = 0;
    virtual void revokeInvitation(chat::InvitationId id, Reply<Done> reply) = 0;
    virtual void invitations(Reply<QList<chat::Invitation>> reply) = 0;
    /// Reads the link alone (no network): kind, hosts, damage.
    virtual void readLink(QString link, Reply<chat::LinkPreview> reply) = 0;
    /// Contacts the link's relays (the user agreed to new hosts) and opens the sealed bundle; sends nothing.
    virtual void fetchLink(QString link, Reply<chat::LinkPreview> reply) = 0;
    /// Opens the chat at once. `into`: put the new key into this existing chat.
    virtual void startChat(QString link, std::optional<chat::ContactId> into, Reply<StartedChat> reply) = 0;

    // --- Relays ---
    virtual void relays(Reply<QList<chat::RelayInfo>> reply) = 0;
    virtual void addRelay(QString url, Reply<chat::RelayInfo> reply) = 0; ///< tested before it is used
    virtual void removeRelay(QString url, Reply<Done> reply) = 0;
    virtual void testRelay(QString url, Reply<chat::RelayInfo> reply) = 0;
    /// Starts the small relay of this computer and reads there: whoever is meant to write needs to reach this computer.
    virtual void useOwnRelay(Reply<chat::RelayInfo> reply) = 0;
    /// Agrees to a host that a contact moved to (chat::TroubleCode::NewHost).
    virtual void allowHost(QString host, Reply<Done> reply) = 0;
    virtual void disclosure(Reply<chat::Disclosure> reply) = 0;
    virtual void outbox(Reply<chat::OutboxInfo> reply) = 0;

    // --- Tor ---
    /// Of the Tor that starts with this program; TorState::Off where the profile uses none.
    virtual tor::TorStatus tor() const = 0;
    /// Hosts the small relay of this computer, gives it an address that leads to it through Tor alone, and reads there: two
    /// people then need nobody else. Troubles: TorNotReady, and what useOwnRelay has.
    virtual void publishOwnRelay(Reply<chat::RelayInfo> reply) = 0;
    /// Asks this computer alone; works without a profile.
    virtual void findTor(Reply<TorHere> reply) = 0;

    // --- Settings ---
    virtual void settings(Reply<chat::Settings> reply) = 0;
    virtual void changeSettings(chat::Settings settings, Reply<Done> reply) = 0;

    // --- Backup ---
    virtual void backupState(Reply<BackupState> reply) = 0;
    /// One at a time, written or checked: BackupBusy.
    virtual void backupNow(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply) = 0;
    virtual void verifyBackup(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply) = 0;
    /// Into an empty profile, which gets `passphrase` as its own too.
    virtual void restoreBackup(QString file, crypto::SecretBuffer backupPassphrase, CreateProfile profile,
                               Reply<BackupSummary> reply) = 0;
    /// Stops what was asked for until now, also what has not begun yet.
    virtual void cancelBackup() = 0;

Q_SIGNALS:
    void factStored(const tacet::chat::Fact &fact);
    void profileChanged(const tacet::session::ProfileStatus &status);
    void torChanged(const tacet::tor::TorStatus &status);
    void backupProgressed(tacet::session::BackupStep step, qint64 done, qint64 total);
    /// For whoever shows it, asked or not: follows each backupNow and verifyBackup that was not refused as BackupBusy.
    void backupEnded(const tacet::session::BackupEnd &end);
    /// While locked: something arrived and was sealed. Nothing more is known.
    void sealedMessageArrived();
};

} // namespace tacet::session

Q_DECLARE_METATYPE(tacet::session::ProfileStatus)
