#include "app/vault/key_slots.h"

#include <algorithm>
#include <cassert>

namespace tacet::vault {
namespace {

// 8 magic bytes, u16 version, 16 bytes profile id, u8 number of slots; slots of 97 bytes; 32 bytes seal
// (HMAC under the vault key); 32 bytes SHA-256 over all before it. Integers are big-endian.
constexpr std::string_view kMagic = "TacetKey";
constexpr std::size_t kSealSize = 32;
constexpr std::size_t kChecksumSize = 32;
constexpr std::size_t kLargestFile = 64 * 1024; // of any version: bounds the reading of a foreign file

// Read before use, so that a foreign file cannot ask for all memory or for hours.
constexpr std::uint32_t kMaxPasses = 64;
constexpr std::uint32_t kMinMemoryKib = 8;
constexpr std::uint32_t kMaxMemoryKib = 1024 * 1024;

} // namespace

SlotError slotErrorFrom(FileError error)
{
    switch (error) {
    case FileError::Missing: return SlotError::Missing;
    case FileError::DiskFull: return SlotError::DiskFull;
    case FileError::ReadOnly: return SlotError::ReadOnly;
    case FileError::TooLarge: return SlotError::Damaged;
    case FileError::Exists:
    case FileError::Io: break;
    }
    return SlotError::Io;
}

bool SlotCost::withinBounds() const
{
    return passes >= 1 && passes <= kMaxPasses && memoryKib >= kMinMemoryKib && memoryKib <= kMaxMemoryKib;
}

KeySlots KeySlots::fresh(std::filesystem::path file, crypto::Random &random, FaultPlan *faults)
{
    KeySlots slots;
    slots.m_file = std::move(file);
    slots.m_faults = faults;
    random.fill(slots.m_profileId);
    return slots;
}

Result<KeySlots, SlotError> KeySlots::load(const std::filesystem::path &file, FaultPlan *faults)
{
    const auto bytes = readWhole(file, kLargestFile);
    if (!bytes)
        return fail(slotErrorFrom(bytes.error()));
    auto slots = parse(*bytes);
    if (slots) {
        slots->m_file = file;
        slots->m_faults = faults;
    }
    return slots;
}

Result<KeySlots, SlotError> KeySlots::parse(crypto::ByteView bytes)
{
    // The checksum first, at the same place in every version: a flipped bit is never taken for a newer
    // version or for a wrong passphrase.
    if (bytes.size() < kMagic.size() + 2 + kChecksumSize)
        return fail(SlotError::Damaged);
    const crypto::ByteView body = bytes.first(bytes.size() - kChecksumSize);
    const crypto::Hash32 checksum = crypto::sha256(body);
    if (!std::ranges::equal(checksum, bytes.last(kChecksumSize)))
        return fail(SlotError::Damaged);

    crypto::ByteReader reader(body);
    if (!std::ranges::equal(*reader.take(kMagic.size()), crypto::asBytes(kMagic)))
        return fail(SlotError::Damaged);
    const std::uint16_t version = *reader.be16();
    if (version > kVersion)
        return fail(SlotError::Newer);
    const auto profileId = reader.fixed<16>();
    const auto count = reader.u8();
    if (version == 0 || !profileId || !count || *count == 0 || *count > kMaxSlots)
        return fail(SlotError::Damaged);
    KeySlots slots;
    slots.m_profileId = *profileId;
    for (std::uint8_t i = 0; i < *count; ++i) {
        auto slot = parseSlot(reader);
        if (!slot)
            return fail(slot.error());
        if (slots.has(slot->kind)) // one of each kind
            return fail(SlotError::Damaged);
        slots.m_slots.push_back(*slot);
    }
    if (reader.remaining() != kSealSize)
        return fail(SlotError::Damaged);
    slots.m_stored.assign(bytes.begin(), bytes.end());
    return slots;
}

Result<KeySlots::Slot, SlotError> KeySlots::parseSlot(crypto::ByteReader &reader)
{
    const auto kind = reader.u8();
    const auto passes = reader.be32();
    const auto memory = reader.be32();
    const auto salt = reader.fixed<16>();
    const auto nonce = reader.fixed<crypto::kAeadNonceSize>();
    const auto wrapped = reader.fixed<32 + crypto::kAeadTagSize>();
    if (!wrapped || *kind < std::uint8_t(SlotKind::Passphrase) || *kind > std::uint8_t(SlotKind::NoLock))
        return fail(SlotError::Damaged);
    const Slot slot{static_cast<SlotKind>(*kind), {*passes, *memory}, *salt, *nonce, *wrapped};
    const bool costFits = slot.kind == SlotKind::Passphrase ? slot.cost.withinBounds() : *passes == 0 && *memory == 0;
    if (!costFits)
        return fail(SlotError::Damaged);
    return slot;
}

crypto::Bytes KeySlots::header() const
{
    crypto::Bytes out;
    crypto::append(out, kMagic);
    crypto::appendBe16(out, kVersion);
    crypto::append(out, m_profileId);
    return out;
}

/// What of a slot is not secret and not the wrapped key itself.
crypto::Bytes KeySlots::describe(const Slot &slot)
{
    crypto::Bytes out{static_cast<std::uint8_t>(slot.kind)};
    crypto::appendBe32(out, slot.cost.passes);
    crypto::appendBe32(out, slot.cost.memoryKib);
    crypto::append(out, slot.salt);
    return out;
}

/// Binds a wrapped key to its profile, kind and cost: a slot copied elsewhere or made cheaper does not open.
crypto::Bytes KeySlots::associatedData(const Slot &slot) const
{
    crypto::Bytes out = header();
    crypto::append(out, describe(slot));
    return out;
}

crypto::Bytes KeySlots::serialise(const VaultKey &key) const
{
    crypto::Bytes out = header();
    out.push_back(static_cast<std::uint8_t>(m_slots.size()));
    for (const Slot &slot : m_slots) {
        crypto::append(out, describe(slot));
        crypto::append(out, slot.nonce);
        crypto::append(out, slot.wrapped);
    }
    crypto::append(out, sealOf(key, out));
    crypto::append(out, crypto::sha256(out));
    return out;
}

/// Only a holder of the vault key can make it: nobody else can add, swap or drop slots unnoticed.
crypto::Hash32 KeySlots::sealOf(const VaultKey &key, crypto::ByteView body) const
{
    const auto sealKey = crypto::hkdf<32>(m_profileId, key.view(), crypto::asBytes("Tacet1 keyslots seal"));
    crypto::Hash32 seal{};
    crypto::hmacSha256(seal, sealKey.view(), {body});
    return seal;
}

/// A file that was never saved has nothing to contradict.
bool KeySlots::sealFits(const VaultKey &key) const
{
    if (m_stored.empty())
        return true;
    const crypto::ByteView sealed = crypto::ByteView(m_stored).first(m_stored.size() - kChecksumSize);
    const crypto::Hash32 seal = sealOf(key, sealed.first(sealed.size() - kSealSize));
    return sodium_memcmp(seal.data(), sealed.last(kSealSize).data(), kSealSize) == 0;
}

/// The key that wraps: slow for what people remember, plain HKDF for what is random anyway.
Result<KeySlots::SlotKey, SlotError> KeySlots::slotKey(const Slot &slot, crypto::ByteView secret)
{
    if (slot.kind != SlotKind::Passphrase)
        return crypto::hkdf<32>(slot.salt, secret, crypto::asBytes("Tacet1 keyslots slot"));
    assert(slot.cost.withinBounds());
    static_assert(crypto_pwhash_argon2id_SALTBYTES == sizeof slot.salt);
    SlotKey key;
    const int status = crypto_pwhash_argon2id(key.writable().data(), key.writable().size(),
        reinterpret_cast<const char *>(secret.data()), secret.size(), slot.salt.data(), slot.cost.passes,
        std::size_t{slot.cost.memoryKib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    crypto::wipeStackBelow();
    if (status != 0)
        return fail(SlotError::NoMemory);
    return key;
}

bool KeySlots::has(SlotKind kind) const
{
    return find(kind) != nullptr;
}

const KeySlots::Slot *KeySlots::find(SlotKind kind) const
{
    const auto at = std::ranges::find(m_slots, kind, &Slot::kind);
    return at == m_slots.end() ? nullptr : &*at;
}

std::string KeySlots::profileId() const
{
    return crypto::toHex(m_profileId);
}

Result<VaultKey, SlotError> KeySlots::unlock(SlotKind kind, crypto::ByteView secret) const
{
    const Slot *slot = find(kind);
    if (!slot)
        return fail(SlotError::NoSuchSlot);
    const auto wrapping = slotKey(*slot, secret);
    if (!wrapping)
        return fail(wrapping.error());
    VaultKey key;
    if (!crypto::aeadOpen(key.writable(), wrapping->view(), slot->nonce, associatedData(*slot), slot->wrapped))
        return fail(SlotError::WrongSecret);
    if (!sealFits(key))
        return fail(SlotError::Damaged);
    return key;
}

Result<VaultKey, SlotError> KeySlots::unlockWithPassphrase(crypto::ByteView passphrase) const
{
    return unlock(SlotKind::Passphrase, passphrase);
}

Result<VaultKey, SlotError> KeySlots::unlockWithKeychain(crypto::FixedView<32> secret) const
{
    return unlock(SlotKind::Keychain, secret);
}

Result<VaultKey, SlotError> KeySlots::unlockWithRecovery(const RecoveryCode &code) const
{
    return unlock(SlotKind::Recovery, code.secret());
}

Result<VaultKey, SlotError> KeySlots::unlockWithoutLock() const
{
    return unlock(SlotKind::NoLock, {});
}

Result<Done, SlotError> KeySlots::put(SlotKind kind, SlotCost cost, crypto::ByteView secret, const VaultKey &key,
                                      crypto::Random &random)
{
    Slot slot;
    slot.kind = kind;
    slot.cost = cost;
    random.fill(slot.salt);
    // Fresh salt and fresh nonce each time: no wrapping key ever meets a second nonce or plaintext.
    random.fill(slot.nonce);
    const auto wrapping = slotKey(slot, secret);
    if (!wrapping)
        return fail(wrapping.error());
    crypto::aeadSeal(slot.wrapped, wrapping->view(), slot.nonce, associatedData(slot), key.view());
    remove(kind);
    m_slots.push_back(slot);
    return Done{};
}

Result<Done, SlotError> KeySlots::setPassphrase(const VaultKey &key, crypto::ByteView passphrase, SlotCost cost,
                                                crypto::Random &random)
{
    assert(cost.withinBounds());
    if (passphrase.empty())
        return fail(SlotError::EmptySecret);
    const auto put = this->put(SlotKind::Passphrase, cost, passphrase, key, random);
    if (put)
        remove(SlotKind::NoLock);
    return put;
}

void KeySlots::setKeychain(const VaultKey &key, crypto::FixedView<32> secret, crypto::Random &random)
{
    static_cast<void>(put(SlotKind::Keychain, {0, 0}, secret, key, random)); // HKDF cannot fail
}

void KeySlots::setRecovery(const VaultKey &key, const RecoveryCode &code, crypto::Random &random)
{
    static_cast<void>(put(SlotKind::Recovery, {0, 0}, code.secret(), key, random));
}

void KeySlots::setNoLock(const VaultKey &key, crypto::Random &random)
{
    static_cast<void>(put(SlotKind::NoLock, {0, 0}, {}, key, random));
}

void KeySlots::remove(SlotKind kind)
{
    std::erase_if(m_slots, [kind](const Slot &slot) { return slot.kind == kind; });
}

Result<Done, SlotError> KeySlots::save(const VaultKey &key)
{
    const auto written = write(key);
    if (!written && !m_stored.empty())
        m_slots = parse(m_stored).value().m_slots; // it parsed when it was stored
    return written;
}

Result<Done, SlotError> KeySlots::write(const VaultKey &key)
{
    const bool opensWithoutKeychain
        = std::ranges::any_of(m_slots, [](const Slot &slot) { return slot.kind != SlotKind::Keychain; });
    if (!opensWithoutKeychain)
        return fail(SlotError::LastSlot);
    if (!sealFits(key))
        return fail(SlotError::WrongSecret);
    crypto::Bytes bytes = serialise(key);
    const FileResult written = writeDurably(m_file, bytes, m_faults);
    if (!written) {
        // A failure after the rename: the new file is in place and only a power cut could undo it. Saying
        // "not changed" would leave the user with a passphrase that no longer opens.
        const auto inPlace = readWhole(m_file, kLargestFile);
        if (!inPlace || *inPlace != bytes)
            return fail(slotErrorFrom(written.error()));
    }
    m_stored = std::move(bytes);
    return Done{};
}

} // namespace tacet::vault
