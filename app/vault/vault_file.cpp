#include "app/vault/vault_file.h"

#include "app/vault/cipher_upgrade.h"

#include <vector>

namespace tacet::vault {
namespace {

namespace fs = std::filesystem;

bool isThere(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

DbResult asDbResult(const FileResult &result)
{
    return result ? DbResult(Done{}) : DbResult(fail(dbErrorFrom(result.error())));
}

/// The copy that stands by while an older schema is migrated.
fs::path copyBefore(const fs::path &vault, int version)
{
    return fs::path(vault.native() + ".before-version-" + std::to_string(version + 1));
}

DbResult migrateWithCopy(Database &database, const Schema &schema, int found, const VaultOptions &options)
{
    if (const DbResult folded = database.checkpoint(); !folded) // now the one file is everything
        return folded;
    const fs::path copy = copyBefore(database.file(), found);
    if (const FileResult copied = copyDurably(database.file(), copy, options.faults); !copied)
        return asDbResult(copied);
    const DbResult migrated = bringToDate(database, schema);
    if (migrated) {
        if (const DbResult checked = database.check(); !checked)
            return checked; // the copy stays
    }
    // Checked, or rolled back and untouched: either way the copy has done its work. One that cannot be
    // removed is no reason to refuse the vault; the next start removes it.
    static_cast<void>(removeDurably(copy, options.faults));
    return migrated;
}

/// Copies that an interrupted migration or upgrade left. The vault's key opens them, and they hold what is deleted later.
void forgetLeftCopies(Database &database, const Schema &schema, const VaultOptions &options)
{
    std::vector<fs::path> copies{keptFile(database.file())};
    for (int version = 1; version < schema.version; ++version)
        copies.push_back(copyBefore(database.file(), version));
    std::erase_if(copies, [](const fs::path &copy) { return !isThere(copy); });
    if (copies.empty() || !database.check()) // a damaged vault keeps them: they may be all there is
        return;
    for (const fs::path &copy : copies)
        static_cast<void>(removeDurably(copy, options.faults));
}

} // namespace

DbResult createVault(const ProfilePaths &paths, crypto::FixedView<32> key, const Schema &schema, const VaultOptions &options)
{
    removeDatabase(paths.newVault());
    DbResult result = [&]() -> DbResult {
        const auto database = Database::open(paths.newVault(), OpenMode::Create, key, options.database);
        if (!database)
            return fail(database.error());
        if (const DbResult created = bringToDate(**database, schema); !created)
            return created;
        return (*database)->checkpoint(); // no WAL beside it when it is renamed
    }();
    if (result)
        result = asDbResult(syncFolder(paths.folder, options.faults));
    if (!result)
        removeDatabase(paths.newVault());
    return result;
}

DbResult finishVault(const ProfilePaths &paths, const VaultOptions &options)
{
    return asDbResult(renameDurably(paths.newVault(), paths.vault(), options.faults));
}

Result<std::unique_ptr<Database>, DbError> openVault(const ProfilePaths &paths, crypto::FixedView<32> key,
                                                     const Schema &schema, const VaultOptions &options)
{
    if (!isThere(paths.vault()) && isThere(paths.newVault())) {
        if (const DbResult finished = finishVault(paths, options); !finished)
            return fail(finished.error());
    }
    const auto open = [&]() -> Result<std::unique_ptr<Database>, DbError> {
        auto opened = Database::open(paths.vault(), OpenMode::Writer, key, options.database);
        if (!opened && opened.error() == DbError::WrongKey)
            return fail(DbError::Corrupt);
        return opened;
    };
    auto database = open();
    if (!database)
        return database;

    Snapshot peek(**database);
    const int found = (*database)->schemaVersion();
    if (const DbResult peeked = peek.finish(); !peeked)
        return fail(peeked.error());
    if (found > schema.version)
        return fail(DbError::Newer);

    if ((*database)->cipherGeneration() < Database::libraryGeneration()) {
        *database = nullptr; // closed: the file is whole without its WAL
        if (const DbResult upgraded = upgradeCipher(paths.vault(), key, options.database, options.faults); !upgraded)
            return fail(upgraded.error());
        database = open();
        if (!database)
            return database;
        forgetKeptFile(paths.vault(), options.faults);
    }
    if (found < schema.version) {
        const DbResult migrated = found == 0 ? bringToDate(**database, schema)
                                             : migrateWithCopy(**database, schema, found, options);
        if (!migrated)
            return fail(migrated.error());
    }
    forgetLeftCopies(**database, schema, options);
    (*database)->clearLog(); // of a program that was killed
    return database;
}

Result<std::unique_ptr<Database>, DbError> openReader(const ProfilePaths &paths, crypto::FixedView<32> key,
                                                      const VaultOptions &options)
{
    auto opened = Database::open(paths.vault(), OpenMode::Reader, key, options.database);
    if (!opened && opened.error() == DbError::WrongKey)
        return fail(DbError::Corrupt);
    return opened;
}

} // namespace tacet::vault
