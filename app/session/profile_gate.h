#pragma once
// The way into a profile: its lock, its key slots, its vault file. Everything here is synchronous and some of it slow by
// design (Argon2id): the command line calls it on its main thread, the window on a worker. What comes out is a vault key
// and, with openWriter(), a database; nothing here talks to a network.
#include "app/chat/chat_engine.h"
#include "app/vault/key_slots.h"
#include "app/vault/profile_lock.h"
#include "app/vault/profile_paths.h"
#include "app/vault/vault_file.h"

namespace tacet::session {

/// What a folder looks like before anything in it was opened.
struct GateStatus {
    bool exists = false;
    bool hasPassphrase = false;
    bool hasKeychain = false;
    bool hasRecovery = false;
    bool opensWithoutLock = false;
    chat::Trouble trouble; ///< why it cannot be opened at all: damaged, newer, no rights
};

/// How a new profile is locked. Exactly one of passphrase and withoutLock; the keychain comes on top of a passphrase.
struct LockChoice {
    crypto::SecretBuffer passphrase;                     ///< UTF-8
    std::optional<crypto::SecretBytes<32>> keychainSecret; ///< what the desktop keychain keeps
    bool withoutLock = false;
};

struct NewProfileKeys {
    vault::VaultKey key;
    crypto::SecretBuffer recoveryCode; ///< 12 groups joined by dashes; empty without a lock
};

class ProfileGate {
public:
    /// Fills a new vault inside one transaction of its own: a new identity, or a backup.
    using Fill = std::function<chat::Outcome<Done>(vault::Database &)>;

    ProfileGate(vault::ProfilePaths paths, crypto::Random &random);

    const vault::ProfilePaths &paths() const { return m_paths; }
    GateStatus status() const;

    /// Held until this object ends or release(). Errors: ProfileInUse, FolderUnusable, ReadOnly, disk.
    chat::Outcome<Done> takeLock();
    void releaseLock() { m_lock.reset(); }
    bool holdsLock() const { return m_lock.has_value(); }

    /// Key slots and vault appear together at the end or not at all.
    /// Errors: ProfileExists, PassphraseTooShort, disk, and whatever `fill` answers.
    chat::Outcome<NewProfileKeys> create(const LockChoice &choice, const Fill &fill);

    // Errors: WrongPassphrase, WrongRecoveryCode, KeychainGone, NoProfile, ProfileDamaged, ProfileNewer, disk.
    chat::Outcome<vault::VaultKey> unlock(const crypto::SecretBuffer &passphrase) const;
    chat::Outcome<vault::VaultKey> unlockWithRecoveryCode(const crypto::SecretBuffer &typed) const;
    chat::Outcome<vault::VaultKey> unlockWithKeychain(crypto::FixedView<32> secret) const;
    chat::Outcome<vault::VaultKey> unlockWithoutLock() const;
    /// Names this profile's entry in the desktop keychain.
    chat::Outcome<std::string> keychainEntry() const;

    chat::Outcome<Done> changePassphrase(const crypto::SecretBuffer &current, const crypto::SecretBuffer &next) const;
    /// Nothing: takes the keychain slot away.
    chat::Outcome<Done> setKeychain(const vault::VaultKey &key, const std::optional<crypto::SecretBytes<32>> &secret) const;
    chat::Outcome<crypto::SecretBuffer> renewRecoveryCode(const vault::VaultKey &key) const;

    /// The writing connection; creates nothing. Errors: ProfileDamaged, ProfileNewer, disk.
    chat::Outcome<std::unique_ptr<vault::Database>> openWriter(const vault::VaultKey &key) const;
    chat::Outcome<std::unique_ptr<vault::Database>> openReader(const vault::VaultKey &key) const;

    /// Renames the folder, never deletes it. Precondition: holdsLock(), vault closed. Answers the new folder's name.
    chat::Outcome<QString> setAside(const Clock &clock);

private:
    vault::ProfilePaths m_paths;
    crypto::Random &m_random;
    std::optional<vault::ProfileLock> m_lock;
};

/// Shorter than this is refused; the window's meter says more.
inline constexpr std::size_t kMinPassphraseBytes = 8;

// What a vault's failures mean for people.
chat::Trouble troubleFrom(vault::DbError error);
chat::Trouble troubleFrom(vault::SlotError error);
chat::Trouble troubleFrom(vault::FileError error);

/// Same letters, same bytes: NFC, so that a passphrase typed on another keyboard layout still fits. ASCII passes through
/// untouched; other text goes through a QString for the moment of normalising (the second written exception), wiped after.
crypto::SecretBuffer normalised(const crypto::SecretBuffer &passphrase);

} // namespace tacet::session
