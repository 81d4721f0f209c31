#include "app/session/backup_jobs.h"

#include "app/chat/chat_engine.h"
#include "app/vault/profile_rows.h"

#include <QFile>
#include <QFileInfo>

namespace tacet::session {
namespace {

using chat::TroubleCode;

std::filesystem::path pathOf(const QString &file)
{
    return {QFile::encodeName(file).toStdString()};
}

bool isFolder(const QString &file)
{
    return QFileInfo(file).isDir();
}

} // namespace

chat::Trouble troubleFrom(backup::BackupTrouble trouble, const QString &file)
{
    using enum backup::BackupTrouble;
    switch (trouble) {
    case NotABackup:
        return {TroubleCode::NotABackup, file, 0};
    case Newer:
        return {TroubleCode::BackupNewer, file, 0};
    case WrongPassphrase:
        return {TroubleCode::BackupWrongPassphrase, file, 0};
    case Damaged:
        return {TroubleCode::BackupDamaged, file, 0};
    case CutShort:
        return {TroubleCode::BackupCutShort, file, 0};
    case DiskFull:
        return {TroubleCode::DiskFull, file, 0};
    case ReadOnly:
        return {TroubleCode::ReadOnly, file, 0};
    case NotVerified:
        return {TroubleCode::BackupNotWritten, file, 0};
    case VaultDamaged:
        return {TroubleCode::ProfileDamaged, {}, 0};
    case VaultNotEmpty:
        return {TroubleCode::ProfileNotEmpty, file, 0};
    case Cancelled:
        return {TroubleCode::Cancelled, file, 0};
    case Missing:
        return {TroubleCode::FileMissing, file, 0};
    case DiskError:
    case NoMemory:
        break;
    }
    return {TroubleCode::DiskError, file, 0};
}

chat::Outcome<backup::Summary> exportBackup(vault::Database &reader, const QString &file, const crypto::SecretBuffer &passphrase,
                                            const Clock &clock, crypto::Random &random, const backup::Control &control)
{
    if (passphrase.size() < kMinPassphraseBytes)
        return chat::trouble(TroubleCode::PassphraseTooShort, {}, static_cast<qint64>(kMinPassphraseBytes));
    if (isFolder(file))
        return chat::trouble(TroubleCode::NotAFile, file);
    const crypto::SecretBuffer secret = normalised(passphrase);
    backup::WriteRequest request;
    request.target = pathOf(file);
    request.passphrase = secret.view();
    request.nowMs = clock.wallMs();
    const auto written = backup::writeBackup(reader, request, random, control);
    if (!written && written.error() == backup::BackupTrouble::Missing) // a new file needs a folder alone
        return chat::trouble(TroubleCode::FolderMissing, QFileInfo(file).absolutePath());
    if (!written)
        return fail(troubleFrom(written.error(), file));
    return *written;
}

chat::Outcome<backup::Summary> checkBackup(const QString &file, const crypto::SecretBuffer &passphrase,
                                           const backup::Control &control)
{
    if (isFolder(file))
        return chat::trouble(TroubleCode::NotAFile, file);
    const crypto::SecretBuffer secret = normalised(passphrase);
    const auto checked = backup::verifyBackup(pathOf(file), secret.view(), control);
    if (!checked)
        return fail(troubleFrom(checked.error(), file));
    return *checked;
}

ProfileGate::Fill fillFromBackup(const QString &file, const crypto::SecretBuffer &passphrase, const QString &proxy,
                                 const Clock &clock, crypto::Random &random, backup::Summary &summary,
                                 const backup::Control &control)
{
    return [&, file, proxy, control](vault::Database &database) -> chat::Outcome<Done> {
        if (isFolder(file))
            return chat::trouble(TroubleCode::NotAFile, file);
        const crypto::SecretBuffer secret = normalised(passphrase);
        backup::RestoreRequest request;
        request.file = pathOf(file);
        request.passphrase = secret.view();
        request.nowMs = clock.wallMs();
        request.afterRows = [now = request.nowMs, proxy, &random](vault::Database &filled) {
            chat::ChatEngine::markRestored(filled, now, random);
            if (!proxy.isEmpty())
                vault::writeSetting(filled, "proxy", std::string_view(proxy.toStdString()));
        };
        const auto restored = backup::restoreBackup(database, request, random, control);
        if (!restored)
            return fail(troubleFrom(restored.error(), file));
        summary = *restored;
        return Done{};
    };
}

BackupRecord readBackupRecord(vault::Database &database)
{
    const auto number = [&](const char *name) { return vault::readSettingInteger(database, name).value_or(0); };
    BackupRecord record;
    record.file = QString::fromStdString(vault::readSettingText(database, "backup_file").value_or(std::string()));
    record.verifiedMs = number("backup_verified_ms");
    record.messages = number("backup_messages");
    record.contacts = number("backup_contacts");
    record.bytes = number("backup_bytes");
    const qint64 failure = number("backup_failed");
    record.lastFailure = failure == qint64(BackupFailure::Check) ? BackupFailure::Check
        : failure != 0                                           ? BackupFailure::Writing
                                                                 : BackupFailure::None;
    record.passphraseTypedMs = number("backup_typed_ms");
    return record;
}

void writeBackupRecord(vault::Database &database, const BackupRecord &record)
{
    vault::writeSetting(database, "backup_file", record.file.toStdString());
    vault::writeSetting(database, "backup_verified_ms", std::int64_t(record.verifiedMs));
    vault::writeSetting(database, "backup_messages", std::int64_t(record.messages));
    vault::writeSetting(database, "backup_contacts", std::int64_t(record.contacts));
    vault::writeSetting(database, "backup_bytes", std::int64_t(record.bytes));
    vault::writeSetting(database, "backup_failed", std::int64_t(record.lastFailure));
    vault::writeSetting(database, "backup_typed_ms", std::int64_t(record.passphraseTypedMs));
}

} // namespace tacet::session
