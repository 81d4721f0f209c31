#pragma once
// Power cuts: at chosen steps of a piece of work, what a disk could hold if the current went away there. Pages of a file that were
// written and not synced are there or not, each for itself; a file that was made or renamed since its folder was synced has its
// new name or not, and one that was renamed has the old name then; what was synced is there. The work itself goes on and notices nothing.
#include "app/vault/fault_plan.h"
#include "tests/support/seeded_random.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace tacet::test {

class PowerCuts final : public vault::FaultPlan {
public:
    /// About one step in `every` is a cut; `cut` gets the number of the step and a folder that it may keep, below `images`.
    PowerCuts(std::filesystem::path folder, std::filesystem::path images, int every, std::uint64_t seed,
              std::function<void(int step, const std::filesystem::path &image)> cut);

    vault::Fault before(vault::FileStep step, const std::string &path, std::size_t bytes) override;
    int steps() const { return m_steps; }

private:
    using Content = std::optional<std::string>; ///< nothing: no such file
    Content torn(const std::string &path);
    std::optional<std::string> formerName(const std::string &path) const;
    void takeImage();

    std::filesystem::path m_folder;
    std::filesystem::path m_images;
    int m_every;
    SeededRandom m_random;
    std::function<void(int, const std::filesystem::path &)> m_cut;
    int m_steps = 0;
    std::map<std::string, std::string> m_synced; ///< path → what its last sync covered
    /// Renamed since their folder was synced; which files were beside them just before: the one that is gone since has the old name.
    std::map<std::string, std::set<std::string>> m_renamed;
    std::map<std::string, Content> m_underOldName; ///< what the path showed when its folder was last synced, if that changed since
};

} // namespace tacet::test
