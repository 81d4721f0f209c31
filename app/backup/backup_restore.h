#pragma once
// Checking a backup, and bringing one back into an empty vault.
#include "app/backup/backup.h"
#include "app/vault/database.h"

namespace tacet::backup {

/// Reads the whole file, every byte authenticated, every record understood, and counts. Changes nothing.
/// Errors: Missing, NotABackup, Newer, WrongPassphrase, Damaged, CutShort, ReadOnly (may not be read), DiskError,
/// NoMemory, Cancelled.
Outcome<Summary> verifyBackup(const std::filesystem::path &file, crypto::ByteView passphrase, const Control &control = {});

struct RestoreRequest {
    std::filesystem::path file;
    crypto::ByteView passphrase;
    std::int64_t nowMs = 0;
    /// Runs inside the transaction, after the last row: chat::ChatEngine::markRestored(). It may fail the
    /// transaction through Database::keepError().
    std::function<void(vault::Database &)> afterRows;
};

/// All of it in one transaction: after any error the vault is as empty as before. The file is read to its end,
/// authenticated, before the transaction is committed. "Verified" becomes "verified before restore"; device id
/// and spool keys are new; no ratchet state and no prekey comes back, because none is in the file.
/// `database`: a Writer of a fresh vault of the current schema, no transaction open.
/// Errors: those of verifyBackup, VaultNotEmpty, VaultDamaged, DiskFull.
Outcome<Summary> restoreBackup(vault::Database &database, const RestoreRequest &request, crypto::Random &random,
                               const Control &control = {});

} // namespace tacet::backup
