#pragma once
// One process per profile. The kernel holds the lock (flock) and drops it when the process ends in any
// way, kill -9 included: a stale lock cannot exist, and the file itself is never removed. The number in
// it is a hint for people ("process 4711"), never looked at to decide.
#include "app/vault/durable_file.h"

#include <optional>

namespace tacet::vault {

struct LockFailure {
    bool inUse = false;            ///< another process holds the profile; otherwise `error` says why not
    std::optional<int> holder;     ///< its process id, when it could be read
    FileError error = FileError::Io;
};

class ProfileLock {
public:
    /// Takes the lock without waiting; makes the file (0600) when it is not there.
    static Result<ProfileLock, LockFailure> take(const std::filesystem::path &lockFile);
    ProfileLock(ProfileLock &&other) noexcept;
    ProfileLock &operator=(ProfileLock &&other) noexcept;
    ~ProfileLock();

private:
    explicit ProfileLock(int descriptor) : m_descriptor(descriptor) { }
    int m_descriptor = -1;
};

} // namespace tacet::vault
