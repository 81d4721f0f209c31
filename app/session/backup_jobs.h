#pragma once
// Backups as people ask for them: out of an open profile, checked, into an empty one. Synchronous; the command line runs
// them where it stands, the window on a worker.
#include "app/backup/backup_restore.h"
#include "app/backup/backup_writer.h"
#include "app/session/profile_gate.h"
#include "app/session/session_facade.h"

namespace tacet::session {

/// `reader`: a connection of this job alone. Errors: BackupNotWritten, FolderMissing, NotAFile, disk, Cancelled.
chat::Outcome<backup::Summary> exportBackup(vault::Database &reader, const QString &file, const crypto::SecretBuffer &passphrase,
                                            const Clock &clock, crypto::Random &random, const backup::Control &control = {});

/// Errors: NotABackup, BackupWrongPassphrase, BackupDamaged, BackupCutShort, BackupNewer, FileMissing, NotAFile, disk, Cancelled.
chat::Outcome<backup::Summary> checkBackup(const QString &file, const crypto::SecretBuffer &passphrase,
                                           const backup::Control &control = {});

/// The fill of ProfileGate::create(): identity, contacts and history out of `file`; the summary is left in `summary`.
/// `proxy`: what was chosen before the restore, and then wins over the backup's, which may have none; empty: the backup's.
ProfileGate::Fill fillFromBackup(const QString &file, const crypto::SecretBuffer &passphrase, const QString &proxy,
                                 const Clock &clock, crypto::Random &random, backup::Summary &summary,
                                 const backup::Control &control = {});

chat::Trouble troubleFrom(backup::BackupTrouble trouble, const QString &file);

// What the vault remembers of its backups.
struct BackupRecord {
    QString file;
    qint64 verifiedMs = 0; ///< 0: never
    qint64 messages = 0;
    qint64 contacts = 0;
    qint64 bytes = 0;
    BackupFailure lastFailure = BackupFailure::None;
    qint64 passphraseTypedMs = 0;
};
BackupRecord readBackupRecord(vault::Database &database);
void writeBackupRecord(vault::Database &database, const BackupRecord &record);

} // namespace tacet::session
