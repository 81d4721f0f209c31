#include "app/vault/profile_lock.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace tacet::vault {
namespace {

std::optional<int> readHolder(int descriptor)
{
    char text[16] = {};
    const ssize_t size = ::pread(descriptor, text, sizeof text - 1, 0);
    int pid = 0;
    if (size <= 0 || std::from_chars(text, text + size, pid).ec != std::errc() || pid <= 0)
        return std::nullopt;
    return pid;
}

} // namespace

Result<ProfileLock, LockFailure> ProfileLock::take(const std::filesystem::path &lockFile)
{
    const int descriptor = ::open(lockFile.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fail(LockFailure{false, std::nullopt, fileErrorFromErrno(errno)});
    ProfileLock lock(descriptor);
    int code = 0;
    do
        code = ::flock(descriptor, LOCK_EX | LOCK_NB);
    while (code != 0 && errno == EINTR);
    if (code != 0) {
        if (errno == EWOULDBLOCK)
            return fail(LockFailure{true, readHolder(descriptor), FileError::Io});
        return fail(LockFailure{false, std::nullopt, fileErrorFromErrno(errno)});
    }
    // The hint is a comfort: a full disk must not keep anyone from their vault.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, pid.data(), pid.size(), 0) < 0)
        std::fprintf(stderr, "vault: the lock file has no room for a hint\n");
    return lock;
}

ProfileLock::ProfileLock(ProfileLock &&other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) { }

ProfileLock &ProfileLock::operator=(ProfileLock &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

ProfileLock::~ProfileLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor); // and with the last descriptor the kernel's lock
}

} // namespace tacet::vault
