#pragma once
// What backups answer with, written, checked or restored (PROTOCOL §10). The parts: backup_writer.h and
// backup_restore.h; what is in a file: README.
#include "app/vault/db_error.h"
#include "app/vault/durable_file.h"
#include "crypto/backup_stream.h"

#include <atomic>
#include <functional>

namespace tacet::backup {

enum class BackupTrouble {
    // the file
    Missing,         ///< no such file, or its folder is gone
    NotABackup,      ///< another kind of file
    Newer,           ///< a backup of a later program
    WrongPassphrase, ///< a whole backup, another passphrase
    Damaged,         ///< at least one byte is not as written
    CutShort,        ///< whole as far as it goes, but its end is missing
    // the disk
    DiskFull,
    ReadOnly,
    DiskError,
    NotVerified, ///< what was read back is not what the vault holds; the file was not kept
    // this side
    VaultDamaged,  ///< the vault could not be read (or, restoring, not be written): see the vault
    VaultNotEmpty, ///< a backup is restored into an empty profile only
    NoMemory,      ///< Argon2id got no memory
    Cancelled,
};

template<typename T>
using Outcome = Result<T, BackupTrouble>;

enum class Step { Writing, ReadingBack, Comparing, Restoring, Done };

/// How a long piece of work is watched and stopped. Both may be left empty.
struct Control {
    /// Called on the working thread, a few hundred times at most for each step. `done` and `total` share one
    /// unit within a step: rows while writing and comparing, bytes while reading back and restoring.
    std::function<void(Step step, std::int64_t done, std::int64_t total)> progress;
    const std::atomic<bool> *cancelled = nullptr;

    bool isCancelled() const { return cancelled && cancelled->load(std::memory_order_relaxed); }
    void report(Step step, std::int64_t done, std::int64_t total) const
    {
        if (progress)
            progress(step, done, total);
    }
};

/// What a backup holds, counted while it was read.
struct Summary {
    std::int64_t messages = 0;  ///< texts and system lines
    std::int64_t contacts = 0;
    std::int64_t bytes = 0;     ///< size of the file
    std::int64_t createdMs = 0; ///< when it was written, by its writer's clock
};

BackupTrouble troubleFrom(crypto::BackupError error);
BackupTrouble troubleFrom(vault::FileError error);
BackupTrouble troubleFrom(vault::DbError error);

} // namespace tacet::backup
