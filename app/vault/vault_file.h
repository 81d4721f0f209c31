#pragma once
// A profile's vault from its first byte to every later start, so that no interruption leaves half of one:
//
//   new profile:  createVault() makes `vault.db.new`  →  KeySlots::save()  →  finishVault() renames it.
//   every start:  openVault() finishes an interrupted creation, rewrites a file of SQLCipher 3 on 4,
//                 migrates an older schema (a copy is kept until the result was checked), opens, and removes
//                 what an interrupted start left: such copies, and pages in the log.
//
// Precondition everywhere: the caller holds the profile's lock (profile_lock.h).
#include "app/vault/migrations.h"
#include "app/vault/profile_paths.h"

namespace tacet::vault {

struct VaultOptions {
    DatabaseOptions database;
    FaultPlan *faults = nullptr;
};

/// Makes the vault under its interim name, complete and on the disk. One left by an earlier interrupted
/// start is replaced: without key slots nobody has its key, and nothing was in it.
/// Precondition: stateOf(paths) == Empty.
DbResult createVault(const ProfilePaths &paths, crypto::FixedView<32> key, const Schema &schema,
                     const VaultOptions &options = {});
/// Precondition: the key slots are saved.
DbResult finishVault(const ProfilePaths &paths, const VaultOptions &options = {});

/// The Writer. Errors of Database::open, but WrongKey: `key` came out of authenticated key slots, so a first
/// page that it does not open is Corrupt (or was written by a newer SQLCipher). Newer: a newer schema.
Result<std::unique_ptr<Database>, DbError> openVault(const ProfilePaths &paths, crypto::FixedView<32> key,
                                                     const Schema &schema, const VaultOptions &options = {});
/// A further, read-only connection beside it.
Result<std::unique_ptr<Database>, DbError> openReader(const ProfilePaths &paths, crypto::FixedView<32> key,
                                                      const VaultOptions &options = {});

} // namespace tacet::vault
