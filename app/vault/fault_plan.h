#pragma once
// The seam through which tests make writes fail: "nothing is lost at any failing write" is proved by
// failing each of them once. The program itself passes none. DurableFile asks before every step;
// for SQLite, tests/support/fault_vfs.h asks the same plan (DatabaseOptions::vfs).
#include <cstddef>
#include <string>

namespace tacet::vault {

enum class FileStep { Create, Write, Truncate, Sync, Rename, SyncFolder, Remove };

struct Fault {
    int error = 0;           ///< an errno (ENOSPC, EIO, EROFS ...); 0 means: go on
    std::size_t written = 0; ///< for Write: so many bytes still arrive before it fails (a short write)
};

class FaultPlan {
public:
    virtual ~FaultPlan() = default;
    virtual Fault before(FileStep step, const std::string &path, std::size_t bytes) = 0;
};

} // namespace tacet::vault
