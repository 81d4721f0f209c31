#include "app/vault/profile_paths.h"

#include <cerrno>
#include <cstdlib>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tacet::vault {
namespace {

namespace fs = std::filesystem;

bool isThere(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

fs::path numbered(const fs::path &dataFolder, int number)
{
    return dataFolder / (number == 1 ? std::string("default") : "profile-" + std::to_string(number));
}

/// A folder given with a slash at its end is the same folder.
fs::path trimmed(const fs::path &folder)
{
    return folder.has_filename() ? folder : folder.parent_path();
}

} // namespace

std::optional<fs::path> dataFolder()
{
    if (const char *data = std::getenv("XDG_DATA_HOME"); data && *data == '/')
        return fs::path(data) / "tacet";
    const char *home = std::getenv("HOME");
    if (!home || *home != '/') {
        const passwd *entry = ::getpwuid(::getuid());
        home = entry ? entry->pw_dir : nullptr;
    }
    if (!home || *home != '/')
        return std::nullopt;
    return fs::path(home) / ".local" / "share" / "tacet";
}

std::vector<ProfilePaths> listProfiles(const fs::path &dataFolder)
{
    std::vector<ProfilePaths> profiles{{numbered(dataFolder, 1)}};
    for (int number = 2; isThere(numbered(dataFolder, number)); ++number)
        profiles.push_back({numbered(dataFolder, number)});
    return profiles;
}

ProfilePaths nextProfile(const fs::path &dataFolder)
{
    int number = 1;
    while (isThere(numbered(dataFolder, number)))
        ++number;
    return {numbered(dataFolder, number)};
}

FileResult prepareFolder(const ProfilePaths &paths)
{
    const fs::path folder = trimmed(paths.folder);
    std::error_code error;
    if (folder.has_parent_path())
        fs::create_directories(folder.parent_path(), error);
    if (error)
        return fail(fileErrorFromErrno(error.value()));
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(fileErrorFromErrno(errno));
    struct stat info{};
    if (::stat(folder.c_str(), &info) != 0)
        return fail(fileErrorFromErrno(errno));
    if (!S_ISDIR(info.st_mode))
        return fail(FileError::Exists);
    if ((info.st_mode & 0077) != 0 && ::chmod(folder.c_str(), 0700) != 0)
        return fail(fileErrorFromErrno(errno));
    return Done{};
}

ProfileState stateOf(const ProfilePaths &paths)
{
    const bool slots = isThere(paths.keySlots());
    const bool vault = isThere(paths.vault());
    if (slots)
        return vault || isThere(paths.newVault()) ? ProfileState::Ready : ProfileState::VaultMissing;
    // A new vault without key slots was never finished: its key is gone and nothing was in it.
    return vault ? ProfileState::KeySlotsMissing : ProfileState::Empty;
}

Result<fs::path, FileError> setAside(const ProfilePaths &paths, const std::string &stamp, FaultPlan *faults)
{
    const fs::path folder = trimmed(paths.folder);
    const std::string base = folder.native() + ".set-aside-" + stamp;
    for (int attempt = 1; attempt <= 100; ++attempt) {
        const fs::path target = attempt == 1 ? base : base + "-" + std::to_string(attempt);
        const FileResult renamed = renameDurably(folder, target, faults);
        if (renamed)
            return target;
        if (renamed.error() != FileError::Exists)
            return fail(renamed.error());
    }
    return fail(FileError::Exists);
}

} // namespace tacet::vault
