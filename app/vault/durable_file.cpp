#include "app/vault/durable_file.h"

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/fs.h> // RENAME_NOREPLACE
#endif

namespace tacet::vault {
namespace {

namespace fs = std::filesystem;

/// The planned errno, or 0.
int planned(FaultPlan *faults, FileStep step, const fs::path &path)
{
    return faults ? faults->before(step, path.native(), 0).error : 0;
}

FileResult failWith(int error)
{
    return fail(fileErrorFromErrno(error));
}

fs::path folderOf(const fs::path &file)
{
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

} // namespace

FileError fileErrorFromErrno(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR: return FileError::Missing;
    case EEXIST:
    case ENOTEMPTY: return FileError::Exists;
    case ENOSPC:
    case EDQUOT: return FileError::DiskFull;
    case EACCES:
    case EPERM:
    case EROFS: return FileError::ReadOnly;
    case EFBIG: return FileError::TooLarge;
    default: return FileError::Io;
    }
}

DbError dbErrorFrom(FileError error)
{
    switch (error) {
    case FileError::Missing: return DbError::Missing;
    case FileError::DiskFull: return DbError::DiskFull;
    case FileError::ReadOnly: return DbError::ReadOnly;
    case FileError::Exists:
    case FileError::TooLarge:
    case FileError::Io: break;
    }
    return DbError::Io;
}

fs::path DurableFile::temporaryPathOf(const fs::path &target)
{
    return folderOf(target) / ("." + target.filename().native() + ".tacet-new");
}

DurableFile::DurableFile(fs::path target, int descriptor, FaultPlan *faults)
    : m_target(std::move(target)), m_temporary(temporaryPathOf(m_target)), m_descriptor(descriptor), m_faults(faults)
{
}

DurableFile::DurableFile(DurableFile &&other) noexcept
    : m_target(std::move(other.m_target)), m_temporary(std::move(other.m_temporary)),
      m_descriptor(std::exchange(other.m_descriptor, -1)), m_faults(other.m_faults), m_synced(other.m_synced)
{
}

DurableFile::~DurableFile()
{
    abandon();
}

void DurableFile::abandon()
{
    if (m_descriptor < 0)
        return;
    ::close(std::exchange(m_descriptor, -1));
    ::unlink(m_temporary.c_str());
}

Result<DurableFile, FileError> DurableFile::create(fs::path target, FaultPlan *faults)
{
    const fs::path temporary = temporaryPathOf(target);
    if (const int error = planned(faults, FileStep::Create, temporary))
        return fail(fileErrorFromErrno(error));
    ::unlink(temporary.c_str());
    // O_EXCL: nobody can have put a link to somewhere else in its place meanwhile.
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fail(fileErrorFromErrno(errno));
    return DurableFile(std::move(target), descriptor, faults);
}

FileResult DurableFile::write(crypto::ByteView bytes)
{
    assert(m_descriptor >= 0);
    m_synced = false;
    int plannedError = 0;
    if (m_faults) {
        const Fault fault = m_faults->before(FileStep::Write, m_temporary.native(), bytes.size());
        plannedError = fault.error;
        if (plannedError)
            bytes = bytes.first(std::min(fault.written, bytes.size()));
    }
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failWith(errno);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    if (plannedError)
        return failWith(plannedError);
    return Done{};
}

FileResult DurableFile::sync()
{
    assert(m_descriptor >= 0);
    if (const int error = planned(m_faults, FileStep::Sync, m_temporary))
        return failWith(error);
    if (::fsync(m_descriptor) != 0)
        return failWith(errno);
    m_synced = true;
    return Done{};
}

FileResult DurableFile::commit()
{
    if (!m_synced) {
        if (const FileResult synced = sync(); !synced)
            return synced;
    }
    if (const int error = planned(m_faults, FileStep::Rename, m_target))
        return failWith(error);
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0)
        return failWith(errno);
    ::close(std::exchange(m_descriptor, -1));
    return syncFolder(folderOf(m_target), m_faults);
}

FileResult writeDurably(const fs::path &target, crypto::ByteView bytes, FaultPlan *faults)
{
    auto file = DurableFile::create(target, faults);
    if (!file)
        return fail(file.error());
    if (const FileResult written = file->write(bytes); !written)
        return written;
    return file->commit();
}

Result<crypto::Bytes, FileError> readWhole(const fs::path &file, std::size_t maximum)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0)
        return fail(fileErrorFromErrno(errno));
    struct stat info{};
    int error = ::fstat(descriptor, &info) == 0 ? 0 : errno;
    if (!error && !S_ISREG(info.st_mode))
        error = EINVAL;
    if (!error && static_cast<std::uintmax_t>(info.st_size) > maximum)
        error = EFBIG;
    crypto::Bytes bytes(error ? 0 : static_cast<std::size_t>(info.st_size));
    std::size_t have = 0;
    while (!error && have < bytes.size()) {
        const ssize_t count = ::read(descriptor, bytes.data() + have, bytes.size() - have);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            error = errno;
        else if (count == 0)
            bytes.resize(have); // became shorter while it was read
        else
            have += static_cast<std::size_t>(count);
    }
    ::close(descriptor);
    if (error)
        return fail(fileErrorFromErrno(error));
    return bytes;
}

FileResult renameDurably(const fs::path &from, const fs::path &to, FaultPlan *faults)
{
    if (const int error = planned(faults, FileStep::Rename, to))
        return failWith(error);
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno != EINVAL && errno != ENOSYS)
            return failWith(errno);
        // A file system without RENAME_NOREPLACE. The profile lock keeps other Tacets away meanwhile.
        std::error_code ignored;
        if (fs::exists(fs::symlink_status(to, ignored)))
            return fail(FileError::Exists);
        if (::rename(from.c_str(), to.c_str()) != 0)
            return failWith(errno);
    }
    if (folderOf(from) != folderOf(to)) {
        if (const FileResult synced = syncFolder(folderOf(from), faults); !synced)
            return synced;
    }
    return syncFolder(folderOf(to), faults);
}

FileResult replaceDurably(const fs::path &from, const fs::path &to, FaultPlan *faults)
{
    if (const int error = planned(faults, FileStep::Rename, to))
        return failWith(error);
    if (::rename(from.c_str(), to.c_str()) != 0)
        return failWith(errno);
    return syncFolder(folderOf(to), faults);
}

FileResult copyDurably(const fs::path &from, const fs::path &to, FaultPlan *faults)
{
    auto copy = DurableFile::create(to, faults);
    if (!copy)
        return fail(copy.error());
    const int descriptor = ::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return failWith(errno);
    crypto::Bytes chunk(256 * 1024);
    FileResult result = Done{};
    while (result) {
        const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            result = failWith(errno);
        else if (count > 0)
            result = copy->write(crypto::ByteView(chunk).first(static_cast<std::size_t>(count)));
        else
            break;
    }
    ::close(descriptor);
    return result ? copy->commit() : result;
}

FileResult syncFile(const fs::path &file, FaultPlan *faults)
{
    if (const int error = planned(faults, FileStep::Sync, file))
        return failWith(error);
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return failWith(errno);
    const int error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    return error ? failWith(error) : FileResult(Done{});
}

FileResult removeDurably(const fs::path &file, FaultPlan *faults)
{
    if (const int error = planned(faults, FileStep::Remove, file))
        return failWith(error);
    if (::unlink(file.c_str()) != 0)
        return failWith(errno);
    return syncFolder(folderOf(file), faults);
}

FileResult syncFolder(const fs::path &folder, FaultPlan *faults)
{
    if (const int error = planned(faults, FileStep::SyncFolder, folder))
        return failWith(error);
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return failWith(errno);
    const int error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    // Some file systems (network shares, FUSE) cannot sync a folder at all; that is not a failed write.
    if (error && error != EINVAL && error != ENOTSUP)
        return failWith(error);
    return Done{};
}

} // namespace tacet::vault
