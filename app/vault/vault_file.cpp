#include "app/vault/vault_file.h"

#include "app/vault/cipher_upgrade.h"

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
    // removed is no reason to refuse the vault; the next migration replaces it.
    static_cast<void>(removeDurably(copy, options.faults));
    return migrated;
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
