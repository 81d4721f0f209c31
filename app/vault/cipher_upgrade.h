#pragma once
// A vault written by SQLCipher 3 (Debian 12), rewritten in the format of SQLCipher 4 (Debian 13).
// SQLCipher's own cipher_migrate fails on our page size (measured with 4.6.1), so every table is exported
// into a new file, compared row by row, and only then put in the old one's place.
#include "app/vault/database.h"
#include "app/vault/durable_file.h"

namespace tacet::vault {

/// Precondition: the linked library is of generation 4, the file of generation 3, and nobody has it open.
/// Afterwards the new file is in place and the old one beside it (keptFile) until forgetKeptFile().
/// On failure the old file is in place, untouched.
DbResult upgradeCipher(const std::filesystem::path &file, crypto::FixedView<32> key, const DatabaseOptions &options,
                       FaultPlan *faults);

std::filesystem::path keptFile(const std::filesystem::path &file);
/// Once the new file was opened. A failure leaves a spare, encrypted file behind and is not reported.
void forgetKeptFile(const std::filesystem::path &file, FaultPlan *faults);

/// A database file that holds nothing anybody could miss, with its -wal and -shm.
void removeDatabase(const std::filesystem::path &file);

} // namespace tacet::vault
