#include "app/session/profile_gate.h"

#include "app/vault/schema.h"

#include <QDateTime>
#include <QString>

#include <algorithm>

namespace tacet::session {
namespace {

using chat::Outcome;
using chat::trouble;
using chat::TroubleCode;

template<typename T, typename E>
Outcome<T> orTrouble(Result<T, E> result)
{
    if (!result)
        return fail(troubleFrom(result.error()));
    return std::move(result).value();
}

/// WrongSecret means something else for each way in.
Outcome<vault::VaultKey> orTrouble(Result<vault::VaultKey, vault::SlotError> result, TroubleCode wrong)
{
    if (!result)
        return result.error() == vault::SlotError::WrongSecret || result.error() == vault::SlotError::NoSuchSlot
                   ? trouble(wrong)
                   : fail(troubleFrom(result.error()));
    return std::move(result).value();
}

} // namespace

chat::Trouble troubleFrom(vault::DbError error)
{
    using enum vault::DbError;
    switch (error) {
    case DiskFull:
        return {TroubleCode::DiskFull, {}, 0};
    case ReadOnly:
        return {TroubleCode::ReadOnly, {}, 0};
    case Missing:
        return {TroubleCode::NoProfile, {}, 0};
    case WrongKey:
    case Corrupt:
    case Constraint:
        return {TroubleCode::ProfileDamaged, {}, 0};
    case Newer:
        return {TroubleCode::ProfileNewer, {}, 0};
    case Cancelled:
        return {TroubleCode::Cancelled, {}, 0};
    case Busy:
    case NoMemory:
    case Io:
        break;
    }
    return {TroubleCode::DiskError, {}, 0};
}

chat::Trouble troubleFrom(vault::SlotError error)
{
    using enum vault::SlotError;
    switch (error) {
    case Missing:
        return {TroubleCode::NoProfile, {}, 0};
    case Damaged:
        return {TroubleCode::ProfileDamaged, {}, 0};
    case Newer:
        return {TroubleCode::ProfileNewer, {}, 0};
    case WrongSecret:
    case NoSuchSlot:
        return {TroubleCode::WrongPassphrase, {}, 0};
    case EmptySecret:
        return {TroubleCode::PassphraseTooShort, {}, static_cast<qint64>(kMinPassphraseBytes)};
    case DiskFull:
        return {TroubleCode::DiskFull, {}, 0};
    case ReadOnly:
        return {TroubleCode::ReadOnly, {}, 0};
    case LastSlot:
    case NoMemory:
    case Io:
        break;
    }
    return {TroubleCode::DiskError, {}, 0};
}

chat::Trouble troubleFrom(vault::FileError error)
{
    using enum vault::FileError;
    switch (error) {
    case DiskFull:
        return {TroubleCode::DiskFull, {}, 0};
    case ReadOnly:
        return {TroubleCode::ReadOnly, {}, 0};
    case Missing:
        return {TroubleCode::NoProfile, {}, 0};
    case Exists:
        return {TroubleCode::ProfileExists, {}, 0};
    case TooLarge:
    case Io:
        break;
    }
    return {TroubleCode::DiskError, {}, 0};
}

crypto::SecretBuffer normalised(const crypto::SecretBuffer &passphrase)
{
    const crypto::ByteView bytes = passphrase.view();
    if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte < 0x80; }))
        return passphrase.clone();
    QString typed = QString::fromUtf8(reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    QString composed = typed.normalized(QString::NormalizationForm_C);
    QByteArray utf8 = composed.toUtf8();
    crypto::SecretBuffer result(
        crypto::ByteView(reinterpret_cast<const std::uint8_t *>(utf8.constData()), static_cast<std::size_t>(utf8.size())));
    for (QString *text : {&typed, &composed})
        sodium_memzero(text->data(), static_cast<std::size_t>(text->size()) * sizeof(QChar));
    sodium_memzero(utf8.data(), static_cast<std::size_t>(utf8.size()));
    return result;
}

ProfileGate::ProfileGate(vault::ProfilePaths paths, crypto::Random &random) : m_paths(std::move(paths)), m_random(random) { }

GateStatus ProfileGate::status() const
{
    GateStatus status;
    switch (vault::stateOf(m_paths)) {
    case vault::ProfileState::Empty:
        return status;
    case vault::ProfileState::KeySlotsMissing:
    case vault::ProfileState::VaultMissing:
        status.exists = true;
        status.trouble.code = TroubleCode::ProfileDamaged;
        return status;
    case vault::ProfileState::Ready:
        break;
    }
    status.exists = true;
    const auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots) {
        status.trouble = troubleFrom(slots.error());
        return status;
    }
    status.hasPassphrase = slots->has(vault::SlotKind::Passphrase);
    status.hasKeychain = slots->has(vault::SlotKind::Keychain);
    status.hasRecovery = slots->has(vault::SlotKind::Recovery);
    status.opensWithoutLock = slots->has(vault::SlotKind::NoLock);
    return status;
}

Outcome<Done> ProfileGate::takeLock()
{
    if (m_lock)
        return Done{};
    if (const auto prepared = vault::prepareFolder(m_paths); !prepared) {
        // A path below something that is no folder, or that is a file: what is wrong is the place, whatever the disk calls it.
        const bool noPlace = prepared.error() != vault::FileError::DiskFull && prepared.error() != vault::FileError::ReadOnly;
        const QString folder = QString::fromStdString(m_paths.folder.string());
        return noPlace ? trouble(TroubleCode::FolderUnusable, folder) : fail(troubleFrom(prepared.error()));
    }
    auto lock = vault::ProfileLock::take(m_paths.lock());
    if (!lock)
        return lock.error().inUse ? trouble(TroubleCode::ProfileInUse) : fail(troubleFrom(lock.error().error));
    m_lock.emplace(std::move(lock).value());
    return Done{};
}

Outcome<NewProfileKeys> ProfileGate::create(const LockChoice &choice, const Fill &fill)
{
    if (vault::stateOf(m_paths) != vault::ProfileState::Empty)
        return trouble(TroubleCode::ProfileExists);
    if (!choice.withoutLock && choice.passphrase.size() < kMinPassphraseBytes)
        return trouble(TroubleCode::PassphraseTooShort, {}, static_cast<qint64>(kMinPassphraseBytes));

    NewProfileKeys keys;
    m_random.fill(keys.key.writable());
    if (const auto made = vault::createVault(m_paths, keys.key.view(), vault::currentSchema()); !made)
        return fail(troubleFrom(made.error()));
    {
        auto database = vault::Database::open(m_paths.newVault(), vault::OpenMode::Writer, keys.key.view());
        if (!database)
            return fail(troubleFrom(database.error()));
        if (auto filled = fill(**database); !filled)
            return fail(filled.error());
        if (const auto folded = (*database)->checkpoint(); !folded)
            return fail(troubleFrom(folded.error()));
    }

    auto slots = vault::KeySlots::fresh(m_paths.keySlots(), m_random);
    if (choice.withoutLock) {
        slots.setNoLock(keys.key, m_random);
    } else {
        const auto passphrase = normalised(choice.passphrase);
        if (const auto set = slots.setPassphrase(keys.key, passphrase.view(), vault::SlotCost{}, m_random); !set)
            return fail(troubleFrom(set.error()));
        const auto code = vault::RecoveryCode::generate(m_random);
        slots.setRecovery(keys.key, code, m_random);
        keys.recoveryCode = code.text();
        if (choice.keychainSecret)
            slots.setKeychain(keys.key, choice.keychainSecret->view(), m_random);
    }
    if (const auto saved = slots.save(keys.key); !saved)
        return fail(troubleFrom(saved.error()));
    if (const auto finished = vault::finishVault(m_paths); !finished)
        return fail(troubleFrom(finished.error()));
    return keys;
}

Outcome<vault::VaultKey> ProfileGate::unlock(const crypto::SecretBuffer &passphrase) const
{
    const auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    return orTrouble(slots->unlockWithPassphrase(normalised(passphrase).view()), TroubleCode::WrongPassphrase);
}

Outcome<vault::VaultKey> ProfileGate::unlockWithRecoveryCode(const crypto::SecretBuffer &typed) const
{
    const auto code = vault::RecoveryCode::parse(typed.view());
    if (!code)
        return trouble(TroubleCode::WrongRecoveryCode, {}, code.error().group);
    const auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    return orTrouble(slots->unlockWithRecovery(*code), TroubleCode::WrongRecoveryCode);
}

Outcome<vault::VaultKey> ProfileGate::unlockWithKeychain(crypto::FixedView<32> secret) const
{
    const auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    return orTrouble(slots->unlockWithKeychain(secret), TroubleCode::KeychainGone);
}

Outcome<vault::VaultKey> ProfileGate::unlockWithoutLock() const
{
    const auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    return orTrouble(slots->unlockWithoutLock(), TroubleCode::Locked);
}

Outcome<std::string> ProfileGate::keychainEntry() const
{
    const auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    return slots->profileId();
}

Outcome<Done> ProfileGate::changePassphrase(const crypto::SecretBuffer &current, const crypto::SecretBuffer &next) const
{
    if (next.size() < kMinPassphraseBytes)
        return trouble(TroubleCode::PassphraseTooShort, {}, static_cast<qint64>(kMinPassphraseBytes));
    auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    const auto key = slots->has(vault::SlotKind::Passphrase)
                         ? orTrouble(slots->unlockWithPassphrase(normalised(current).view()), TroubleCode::WrongPassphrase)
                         : orTrouble(slots->unlockWithoutLock(), TroubleCode::WrongPassphrase);
    if (!key)
        return fail(key.error());
    if (const auto set = slots->setPassphrase(*key, normalised(next).view(), vault::SlotCost{}, m_random); !set)
        return fail(troubleFrom(set.error()));
    return orTrouble(slots->save(*key));
}

Outcome<Done> ProfileGate::setKeychain(const vault::VaultKey &key, const std::optional<crypto::SecretBytes<32>> &secret) const
{
    auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    if (secret)
        slots->setKeychain(key, secret->view(), m_random);
    else
        slots->remove(vault::SlotKind::Keychain);
    return orTrouble(slots->save(key));
}

Outcome<crypto::SecretBuffer> ProfileGate::renewRecoveryCode(const vault::VaultKey &key) const
{
    auto slots = vault::KeySlots::load(m_paths.keySlots());
    if (!slots)
        return fail(troubleFrom(slots.error()));
    const auto code = vault::RecoveryCode::generate(m_random);
    slots->setRecovery(key, code, m_random);
    if (const auto saved = slots->save(key); !saved)
        return fail(troubleFrom(saved.error()));
    return code.text();
}

Outcome<std::unique_ptr<vault::Database>> ProfileGate::openWriter(const vault::VaultKey &key) const
{
    return orTrouble(vault::openVault(m_paths, key.view(), vault::currentSchema()));
}

Outcome<std::unique_ptr<vault::Database>> ProfileGate::openReader(const vault::VaultKey &key) const
{
    return orTrouble(vault::openReader(m_paths, key.view()));
}

Outcome<QString> ProfileGate::setAside(const Clock &clock)
{
    const QString stamp = QDateTime::fromMSecsSinceEpoch(clock.wallMs()).toString(QStringLiteral("yyyyMMdd-HHmmss"));
    const auto moved = vault::setAside(m_paths, stamp.toStdString());
    if (!moved)
        return fail(troubleFrom(moved.error()));
    m_lock.reset();
    return QString::fromStdString(moved->filename().string());
}

} // namespace tacet::session
