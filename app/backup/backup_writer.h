#pragma once
// Writing a backup: from one consistent view of the vault into a temporary file beside the target, synced, read
// back from the disk, compared with the vault row by row, and only then renamed over the last one. Whatever
// fails or is cancelled before that leaves the last backup where it was.
#include "app/backup/backup.h"
#include "app/vault/database.h"

namespace tacet::backup {

struct WriteRequest {
    std::filesystem::path target;
    crypto::ByteView passphrase; ///< UTF-8, normalised (NFC) by the caller
    std::int64_t nowMs = 0;      ///< stands in the file
    crypto::BackupCost cost = {};
    vault::FaultPlan *faults = nullptr;
};

/// `reader`: a read-only connection, so that the messenger goes on meanwhile; no transaction may be open on it.
/// Errors: Missing (no such folder), DiskFull, ReadOnly, DiskError, NotVerified, VaultDamaged, NoMemory, Cancelled.
Outcome<Summary> writeBackup(vault::Database &reader, const WriteRequest &request, crypto::Random &random,
                             const Control &control = {});

} // namespace tacet::backup
