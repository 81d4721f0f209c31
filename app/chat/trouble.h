#pragma once
// Why something could not be done, for people: a code, and the few words a sentence needs. The sentences are in
// app/session/trouble_text.cpp, shared by the window and the command line.
#include "crypto/result.h"

#include <QString>

namespace tacet::chat {

enum class TroubleCode : int {
    None = 0,
    // profile
    NoProfile, ProfileExists, ProfileInUse, ProfileNewer, ProfileDamaged, ProfileNotEmpty, Locked,
    WrongPassphrase, WrongRecoveryCode, KeychainGone, SlowDown, ///< number: seconds until the next try
    PassphraseTooShort, NameEmpty, NameTooLong,
    // disk
    DiskFull, ReadOnly, DiskError, ///< detail: the path of the file, or nothing
    // invitations
    NotALink, LinkDamaged, LinkNewer, InviteNotFound, InviteExpired, InviteNotYetValid, InviteAltered, InviteUsed,
    OwnInvitation, AlreadyContact, InviteNotFetchedYet, TooManyRequests, NewHost, ///< detail: host
    // chat
    UnknownContact, UnknownMessage, TextEmpty, TextTooLong, KeyChangedBlocks, ContactBlocked, RequestNotAccepted,
    NumbersDiffer, NumberUnreadable, NotConnectedYet, ///< no safety number before the key is known
    // relays
    NoRelayReachable, NoRelayConfigured, BadRelayUrl, RelayRefused, RelayTestFailed, ///< detail: host or the relay's words; nothing was to be added
    BadProxy, ProxyDown, LastRelay, ///< detail of ProxyDown: what happened there
    // backup
    NotABackup, BackupWrongPassphrase, BackupDamaged, BackupCutShort, BackupNewer, BackupNotWritten,
    Cancelled,
    Internal,
    // The numbers above are stored in vaults: new codes go below.
    PrivateHost, ///< detail: host; an address of this computer or a local network in a stranger's link
    TooManyContacts,
    MessageSetAside, ///< an envelope crashed the program before; it is not opened again
    SessionRenewing, ///< safety net: the session with this contact is being made anew
    RelayGivenUp, ///< detail: host; silent for days, contacts are told to write to the other relays
    RelayGivenUpAlone, ///< detail: host; the same, and there is no other
    TorNotReady, ///< no onion address without it; detail: Tor's words, or none
    OnionWithoutTor, ///< detail: the onion address at which one reads, and which nobody reaches without Tor
    NumberChanged, ///< the number that was compared belongs to a key that is not the contact's any more
    InviteTriedAgain, ///< detail: the label of one's own invitation, which somebody opened after it was used
    InviteOpenedLate, ///< detail: the label of one's own invitation, which somebody opened after it had ended unused
    RelayNotAdded, ///< its test did not pass; detail as of RelayTestFailed
    OwnRelayNotStarted, ///< the small relay of this computer; detail: why
    FolderUnusable, ///< detail: path; no profile can be kept there
    PassphrasesDiffer, ///< a new one, typed twice
    NoTerminal, ///< for a passphrase; detail: the option that names a file instead
    FileMissing, FolderMissing, ///< detail: its path, as it was given
    NotAFile, ///< detail: the path; a folder is there
    BackupStopped, ///< detail: path; locking ended it
    TooManyInvitations, ///< number: how many may be open at once
    BackupBusy, ///< another backup is being written or checked
};

struct Trouble {
    TroubleCode code = TroubleCode::None;
    QString detail = {};
    qint64 number = 0;
};

template<typename T>
using Outcome = Result<T, Trouble>;

inline Failure<Trouble> trouble(TroubleCode code, QString detail = {}, qint64 number = 0)
{
    return Failure<Trouble>(Trouble{code, std::move(detail), number});
}

} // namespace tacet::chat
