#pragma once
// The records of a backup file, one after the other: u32 big-endian length, then the record, inside the encrypted
// stream of crypto/backup_stream.h. Reading holds one chunk and one record in memory.
#include "app/backup/backup.h"
#include "app/backup/rows.h"

#include <memory>

namespace tacet::backup {

class BackupFileReader {
public:
    /// Opens and derives the key (slow by design).
    static Outcome<BackupFileReader> open(const std::filesystem::path &file, crypto::ByteView passphrase);
    BackupFileReader(BackupFileReader &&) noexcept;
    BackupFileReader &operator=(BackupFileReader &&) = delete;
    ~BackupFileReader();

    /// The next record, undecoded; nothing at the end of a whole, authenticated file. Valid until the next call.
    /// Errors: Damaged, CutShort, DiskError.
    Outcome<std::optional<crypto::ByteView>> next();

    std::int64_t size() const { return m_size; }
    std::int64_t bytesRead() const { return m_read; }

private:
    BackupFileReader(int descriptor, std::int64_t size, crypto::BackupReader stream);
    Outcome<bool> fill(); ///< one chunk more; false at the end of the file

    int m_descriptor = -1;
    std::int64_t m_size = 0;
    std::int64_t m_read = 0;
    crypto::BackupReader m_stream;
    crypto::Bytes m_sealed;
    crypto::SecretBuffer m_opened;
    std::size_t m_used = 0; ///< of m_opened
};

/// Reads the whole file and hands every row to `take`, having checked that the head comes first and the end last, with
/// the right counts. Unknown records are counted and not handed on. `take` may be empty.
/// Errors: those of BackupFileReader, Newer, Cancelled, and what `take` answers.
Outcome<Summary> readRows(BackupFileReader &file, const std::function<Outcome<Done>(const Row &)> &take, Step step,
                          const Control &control);

} // namespace tacet::backup
