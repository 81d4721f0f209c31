#pragma once
// Files that are either the old one or the new one, whole, whenever the power goes: written under a
// temporary name in the same folder, synced, renamed over the old one, and the folder synced.
#include "app/vault/db_error.h"
#include "app/vault/fault_plan.h"
#include "crypto/bytes.h"
#include "crypto/result.h"

#include <filesystem>

namespace tacet::vault {

enum class FileError {
    Missing,  ///< no such file or folder
    Exists,   ///< something is already there
    DiskFull, ///< ENOSPC, EDQUOT
    ReadOnly, ///< EACCES, EPERM, EROFS
    TooLarge, ///< more bytes than the reader allows
    Io,       ///< any other failure of the disk
};

using FileResult = Result<Done, FileError>;

FileError fileErrorFromErrno(int error);
DbError dbErrorFrom(FileError error);

class DurableFile {
public:
    /// Opens the temporary file (0600) beside `target`; one left by a crash is replaced.
    static Result<DurableFile, FileError> create(std::filesystem::path target, FaultPlan *faults = nullptr);
    DurableFile(DurableFile &&other) noexcept;
    DurableFile &operator=(DurableFile &&) = delete;
    /// Without commit() the temporary file goes away; the target was never touched.
    ~DurableFile();

    FileResult write(crypto::ByteView bytes);
    /// Everything written so far is on the disk; it can be read back at temporaryPath() now.
    FileResult sync();
    /// Syncs, renames over the target, syncs the folder. Io after the rename means: the new content is in
    /// place, but the disk did not confirm it, and a power cut may bring the old one back.
    FileResult commit();

    const std::filesystem::path &temporaryPath() const { return m_temporary; }
    static std::filesystem::path temporaryPathOf(const std::filesystem::path &target);

private:
    DurableFile(std::filesystem::path target, int descriptor, FaultPlan *faults);
    void abandon();

    std::filesystem::path m_target;
    std::filesystem::path m_temporary;
    int m_descriptor = -1;
    FaultPlan *m_faults = nullptr;
    bool m_synced = false;
};

FileResult writeDurably(const std::filesystem::path &target, crypto::ByteView bytes, FaultPlan *faults = nullptr);

/// A whole regular file of at most `maximum` bytes; symbolic links are not followed.
Result<crypto::Bytes, FileError> readWhole(const std::filesystem::path &file, std::size_t maximum);

/// Renames on the same file system and syncs the folder(s). Refuses to replace a file: Exists.
FileResult renameDurably(const std::filesystem::path &from, const std::filesystem::path &to, FaultPlan *faults = nullptr);
/// The same, but over an existing file.
FileResult replaceDurably(const std::filesystem::path &from, const std::filesystem::path &to, FaultPlan *faults = nullptr);
/// A second file with the same bytes (0600); an older one of that name is replaced once the copy is whole.
FileResult copyDurably(const std::filesystem::path &from, const std::filesystem::path &to, FaultPlan *faults = nullptr);
FileResult syncFile(const std::filesystem::path &file, FaultPlan *faults = nullptr);
FileResult removeDurably(const std::filesystem::path &file, FaultPlan *faults = nullptr);
FileResult syncFolder(const std::filesystem::path &folder, FaultPlan *faults = nullptr);

} // namespace tacet::vault
