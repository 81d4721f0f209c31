#pragma once
// The backup file as a stream of bytes (PROTOCOL §10.1): a header, then secretstream chunks of one size. What is
// inside is app/backup's affair; reading and writing files too. Both ends hold one chunk in memory, no more.
#include "crypto/limits.h"
#include "crypto/random.h"
#include "crypto/result.h"

#include <memory>

namespace tacet::crypto {

/// Argon2id (RFC 9106), one lane.
struct BackupCost {
    std::uint32_t passes = 3;
    std::uint32_t memoryKib = 256 * 1024;
};

inline constexpr std::size_t kBackupHeaderSize = 109;
inline constexpr std::size_t kBackupChunkSize = 64 * 1024;                       ///< plaintext bytes of a chunk
inline constexpr std::size_t kBackupSealedChunkSize = kBackupChunkSize + 17; ///< on disk

enum class BackupError {
    NotABackup,      ///< another kind of file
    NewerVersion,    ///< a backup, of a later program
    WrongPassphrase, ///< the header is whole, the key commitment does not fit
    Damaged,         ///< at least one byte is not as written
    CutShort,        ///< whole as far as it goes, but the end is missing
    TooCostly,       ///< Argon2id parameters beyond the bounds of limits.h
    OutOfMemory,     ///< Argon2id got no memory
};

class BackupWriter {
public:
    /// Derives the key (slow by design) and appends the header to `out`.
    /// Errors: TooCostly, OutOfMemory.
    static Result<BackupWriter, BackupError> begin(ByteView passphrase, BackupCost cost, Random &random, Bytes &out);

    BackupWriter(BackupWriter &&) noexcept;
    BackupWriter &operator=(BackupWriter &&) noexcept;
    ~BackupWriter();

    /// Takes any number of bytes; appends the chunks that became full to `out`.
    void write(ByteView plaintext, Bytes &out);
    /// Appends the last chunk, padded to full size. Nothing may be written afterwards.
    void finish(Bytes &out);

private:
    struct State;
    explicit BackupWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

class BackupReader {
public:
    /// Checks everything that can be checked without the passphrase: for "is this a backup at all?".
    static Result<BackupCost, BackupError> inspect(ByteView header);

    /// `header`: the first kBackupHeaderSize bytes of the file, or all of a shorter one.
    static Result<BackupReader, BackupError> begin(ByteView header, ByteView passphrase);

    BackupReader(BackupReader &&) noexcept;
    BackupReader &operator=(BackupReader &&) noexcept;
    ~BackupReader();

    /// Takes the bytes after the header in pieces of any size and appends what they open to `out`. After an
    /// error nothing more may be read; what was opened before it is authentic, but not complete.
    Result<Done, BackupError> read(ByteView sealed, SecretBuffer &out);
    /// At the end of the file: CutShort unless the last chunk was seen.
    Result<Done, BackupError> finish() const;

private:
    struct State;
    explicit BackupReader(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace tacet::crypto
