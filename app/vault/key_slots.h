#pragma once
// The file `keyslots`: the vault's 32-byte key, wrapped once per way to unlock it (README: layout).
// Changing a passphrase rewrites this small file, durably and as a whole; the vault is never touched.
// What is damaged, what is newer and what is merely a wrong passphrase are told apart.
#include "app/vault/durable_file.h"
#include "app/vault/recovery_code.h"
#include "crypto/aead.h"
#include "crypto/hkdf.h"

#include <vector>

namespace tacet::vault {

/// Long-lived: guarded, locked memory.
using VaultKey = crypto::GuardedBytes<32>;

enum class SlotKind : std::uint8_t {
    Passphrase = 1,
    Keychain = 2, ///< opened by 32 random bytes that the desktop keychain keeps (secret_store.h)
    Recovery = 3, ///< opened by the printed code
    NoLock = 4,   ///< the user chose "without a lock": opens for anyone who reads this file
};

/// Argon2id (RFC 9106), one lane, as libsodium runs it.
struct SlotCost {
    std::uint32_t passes = 3;
    std::uint32_t memoryKib = 256 * 1024; // with 3 passes: libsodium's MODERATE, half a second here

    bool withinBounds() const;
};

enum class SlotError {
    Missing,       ///< no such file
    Damaged,       ///< not as it was written: a flipped byte, cut short, foreign
    Newer,         ///< written by a newer Tacet; left untouched
    WrongSecret,   ///< the passphrase, code, keychain entry or vault key is not the one of this file
    NoSuchSlot,    ///< this way to unlock was never set up
    LastSlot,      ///< would leave nothing, or nothing but the keychain, to unlock with
    EmptySecret,   ///< an empty passphrase: without a lock is its own, explicit slot
    NoMemory,      ///< Argon2id got no memory
    DiskFull, ReadOnly, Io,
};

class KeySlots {
public:
    static constexpr std::uint16_t kVersion = 1;
    static constexpr std::size_t kMaxSlots = 8;

    /// Errors: Missing, Damaged, Newer, ReadOnly (may not be read), Io.
    static Result<KeySlots, SlotError> load(const std::filesystem::path &file, FaultPlan *faults = nullptr);

    /// For a new profile: no slot yet, nothing on disk. Collect the slots, then save() once.
    static KeySlots fresh(std::filesystem::path file, crypto::Random &random, FaultPlan *faults = nullptr);

    bool has(SlotKind kind) const;
    /// Random, made with the profile, 32 hexadecimal digits: names the entry in the keychain.
    std::string profileId() const;

    // --- Unlocking. Errors: NoSuchSlot, WrongSecret, NoMemory, Damaged (the slot opens, but other parts of
    // the file are not those that the holder of the key wrote). ---

    /// Slow by design; not for the GUI thread. `passphrase`: UTF-8, normalised (NFC) by the caller.
    Result<VaultKey, SlotError> unlockWithPassphrase(crypto::ByteView passphrase) const;
    Result<VaultKey, SlotError> unlockWithKeychain(crypto::FixedView<32> secret) const;
    Result<VaultKey, SlotError> unlockWithRecovery(const RecoveryCode &code) const;
    Result<VaultKey, SlotError> unlockWithoutLock() const;

    // --- Changing, in memory; nothing holds until save(). A slot of the same kind is replaced. ---

    /// Takes a NoLock slot away: it would make the passphrase pointless.
    Result<Done, SlotError> setPassphrase(const VaultKey &key, crypto::ByteView passphrase, SlotCost cost,
                                          crypto::Random &random);
    void setKeychain(const VaultKey &key, crypto::FixedView<32> secret, crypto::Random &random);
    void setRecovery(const VaultKey &key, const RecoveryCode &code, crypto::Random &random);
    void setNoLock(const VaultKey &key, crypto::Random &random);
    void remove(SlotKind kind);

    /// Writes the file durably. On failure the old file is in place, whole, and still unlocks as before,
    /// and this object is back to what that file says.
    /// Errors: LastSlot, WrongSecret (`key` is not this file's key), DiskFull, ReadOnly, Io.
    Result<Done, SlotError> save(const VaultKey &key);

private:
    struct Slot {
        SlotKind kind = SlotKind::Passphrase;
        SlotCost cost{0, 0}; ///< zero for slots whose secret is random already
        crypto::FixedBytes<16> salt{};
        crypto::FixedBytes<crypto::kAeadNonceSize> nonce{};
        crypto::FixedBytes<32 + crypto::kAeadTagSize> wrapped{};
    };
    using SlotKey = crypto::SecretBytes<32>;

    KeySlots() = default;
    static Result<KeySlots, SlotError> parse(crypto::ByteView bytes);
    static Result<Slot, SlotError> parseSlot(crypto::ByteReader &reader);
    crypto::Bytes serialise(const VaultKey &key) const;
    crypto::Bytes header() const;
    static crypto::Bytes describe(const Slot &slot);
    crypto::Bytes associatedData(const Slot &slot) const;
    static Result<SlotKey, SlotError> slotKey(const Slot &slot, crypto::ByteView secret);

    const Slot *find(SlotKind kind) const;
    Result<Done, SlotError> put(SlotKind kind, SlotCost cost, crypto::ByteView secret, const VaultKey &key,
                                crypto::Random &random);
    Result<VaultKey, SlotError> unlock(SlotKind kind, crypto::ByteView secret) const;
    crypto::Hash32 sealOf(const VaultKey &key, crypto::ByteView body) const;
    bool sealFits(const VaultKey &key) const;
    Result<Done, SlotError> write(const VaultKey &key);

    std::filesystem::path m_file;
    FaultPlan *m_faults = nullptr;
    crypto::FixedBytes<16> m_profileId{};
    std::vector<Slot> m_slots;
    crypto::Bytes m_stored; ///< the file as it was read or last written; empty for a new one
};

/// WrongSecret and NoSuchSlot excepted, what a file error means here.
SlotError slotErrorFrom(FileError error);

} // namespace tacet::vault
