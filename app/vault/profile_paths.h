#pragma once
// Where a profile lives, and in what state it was left. Names on disk say nothing about their owner.
#include "app/vault/durable_file.h"

#include <optional>
#include <string>
#include <vector>

namespace tacet::vault {

struct ProfilePaths {
    std::filesystem::path folder;

    std::filesystem::path keySlots() const { return folder / "keyslots"; }
    std::filesystem::path vault() const { return folder / "vault.db"; }
    /// A vault in the making; becomes vault() once the key slots are safely on disk (vault_file.h).
    std::filesystem::path newVault() const { return folder / "vault.db.new"; }
    std::filesystem::path spool() const { return folder / "spool"; }
    std::filesystem::path files() const { return folder / "files"; }
    /// Data of a Tor that starts with the profile: nothing of it is secret to who may read the folder, and nothing is lost with it.
    std::filesystem::path tor() const { return folder / "tor"; }
    std::filesystem::path lock() const { return folder / "lock"; }
};

enum class ProfileState {
    Empty,           ///< nothing yet (perhaps a start that was interrupted before it held anything)
    Ready,           ///< key slots and vault are there
    KeySlotsMissing, ///< a vault without its key slots: cannot be opened; never offer to start over it
    VaultMissing,    ///< key slots without a vault
};

/// $XDG_DATA_HOME/tacet, or ~/.local/share/tacet. Relative values of the variable are ignored, as the
/// XDG base directory specification wants. Nothing when there is no home folder at all.
std::optional<std::filesystem::path> dataFolder();

/// `default` first, then `profile-2`, `profile-3` ... as far as they exist. Never empty.
std::vector<ProfilePaths> listProfiles(const std::filesystem::path &dataFolder);
/// The first of those names that is free.
ProfilePaths nextProfile(const std::filesystem::path &dataFolder);

/// Makes the folder and its parents; only its owner may look inside afterwards (0700, even if it was wider).
FileResult prepareFolder(const ProfilePaths &paths);

ProfileState stateOf(const ProfilePaths &paths);

/// "I forgot the passphrase": the whole folder is renamed beside itself, never deleted, and opens again
/// with its passphrase. Answers its new place. `stamp` is YYYYMMDD-HHMMSS of the caller's clock.
/// Precondition: the caller holds the ProfileLock (it moves along) and has closed the vault.
Result<std::filesystem::path, FileError> setAside(const ProfilePaths &paths, const std::string &stamp,
                                                  FaultPlan *faults = nullptr);

} // namespace tacet::vault
