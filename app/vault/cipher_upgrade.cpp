#include "app/vault/cipher_upgrade.h"

#include "app/vault/transaction.h"

#include <cassert>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace tacet::vault {
namespace {

namespace fs = std::filesystem;

fs::path upgradedFile(const fs::path &file)
{
    return fs::path(file.native() + ".sqlcipher4");
}

} // namespace

/// The one user of Database's SQL that is not constant: table names out of the vault's own, authenticated schema.
struct CipherUpgrade {
    Database &database;

    DbResult exportTo(const fs::path &target, crypto::FixedView<32> key)
    {
        crypto::SecretBuffer spelled = Database::spellKey(key);
        {
            // Outside a transaction: ATTACH cannot run within one. A new file gets the library's own format.
            const DbResult attached = database.attach(target, spelled.view());
            if (!attached)
                return attached;
        }
        if (const DbResult exported = database.direct("SELECT sqlcipher_export('fresh')"); !exported)
            return exported;
        const auto version = database.directInteger("PRAGMA main.user_version");
        if (!version)
            return fail(version.error());
        if (const DbResult set = database.direct("PRAGMA fresh.user_version=" + std::to_string(*version)); !set)
            return set;
        if (const DbResult same = compare(); !same)
            return same;
        return database.direct("DETACH DATABASE fresh");
    }

    /// Every table, every row, both ways: EXCEPT finds what is missing or altered, the counts find what is double.
    DbResult compare()
    {
        const auto objects = database.directInteger(
            "SELECT (SELECT count(*) FROM main.sqlite_master) - (SELECT count(*) FROM fresh.sqlite_master)");
        if (!objects || *objects != 0)
            return fail(objects ? DbError::Corrupt : objects.error());
        const auto tables = names();
        if (!tables)
            return fail(tables.error());
        for (const std::string &table : *tables) {
            const std::string a = "main.\"" + table + "\"";
            const std::string b = "fresh.\"" + table + "\"";
            const auto differences = database.directInteger(
                "SELECT (SELECT count(*) FROM (SELECT * FROM " + a + " EXCEPT SELECT * FROM " + b + "))"
                " + (SELECT count(*) FROM (SELECT * FROM " + b + " EXCEPT SELECT * FROM " + a + "))"
                " + ((SELECT count(*) FROM " + a + ") <> (SELECT count(*) FROM " + b + "))");
            if (!differences)
                return fail(differences.error());
            if (*differences != 0)
                return fail(DbError::Corrupt);
        }
        return Done{};
    }

    Result<std::vector<std::string>, DbError> names()
    {
        std::vector<std::string> tables;
        Snapshot snapshot(database);
        auto row = database.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'");
        while (row.step()) {
            assert(row.textView(0).find('"') == std::string_view::npos);
            tables.push_back(row.text(0));
        }
        if (const DbResult read = snapshot.finish(); !read)
            return fail(read.error());
        return tables;
    }
};

fs::path keptFile(const fs::path &file)
{
    return fs::path(file.native() + ".sqlcipher3");
}

void forgetKeptFile(const fs::path &file, FaultPlan *faults)
{
    static_cast<void>(removeDurably(keptFile(file), faults));
}

void removeDatabase(const fs::path &file)
{
    for (const char *suffix : {"", "-wal", "-shm", "-journal"})
        ::unlink((file.native() + suffix).c_str());
}

DbResult upgradeCipher(const fs::path &file, crypto::FixedView<32> key, const DatabaseOptions &options, FaultPlan *faults)
{
    assert(Database::libraryGeneration() >= 4);
    const fs::path target = upgradedFile(file);
    removeDatabase(target); // left by an interrupted attempt; the vault itself is whole
    // ATTACH makes no files on a connection that may not make them, and this one shall be 0600 anyway.
    const int made = ::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (made < 0)
        return fail(dbErrorFrom(fileErrorFromErrno(errno)));
    ::close(made);
    const DbResult exported = [&]() -> DbResult {
        const auto old = Database::open(file, OpenMode::Writer, key, options);
        if (!old)
            return fail(old.error());
        return CipherUpgrade{**old}.exportTo(target, key);
    }();
    const DbResult checked = [&]() -> DbResult {
        if (!exported)
            return exported;
        const auto fresh = Database::open(target, OpenMode::Writer, key, options);
        if (!fresh)
            return fail(fresh.error());
        if ((*fresh)->cipherGeneration() != Database::libraryGeneration())
            return fail(DbError::Corrupt);
        if (const DbResult whole = (*fresh)->check(); !whole)
            return whole;
        return (*fresh)->checkpoint();
    }();
    const auto swapped = [&]() -> FileResult {
        if (!checked)
            return Done{};
        if (const FileResult synced = syncFile(target, faults); !synced)
            return synced;
        // A second name for the old file, then the new one over the first name: at every instant there is a
        // whole vault called `file`.
        const fs::path kept = keptFile(file);
        ::unlink(kept.c_str());
        if (::link(file.c_str(), kept.c_str()) != 0)
            return fail(fileErrorFromErrno(errno));
        return replaceDurably(target, file, faults);
    }();
    if (!checked || !swapped) {
        removeDatabase(target);
        return checked ? DbResult(fail(dbErrorFrom(swapped.error()))) : checked;
    }
    return Done{};
}

} // namespace tacet::vault
