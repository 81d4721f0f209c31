#include "app/vault/migrations.h"

#include <cassert>

namespace tacet::vault {
namespace {

bool isContiguous(const Schema &schema)
{
    int version = 1;
    for (const Migration &migration : schema.migrations) {
        if (migration.version != ++version)
            return false;
    }
    return version == schema.version;
}

std::string levelled(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!space)
            out.push_back(c);
        else if (!out.empty() && out.back() != ' ')
            out.push_back(' ');
    }
    return out;
}

} // namespace

struct MigrationRun {
    static DbResult run(Database &database, const Schema &schema);
    /// Has no effect within a transaction, so it comes before and after.
    static DbResult foreignKeys(Database &database, bool on)
    {
        return database.direct(on ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF");
    }
};

/// The one transaction. Foreign keys are off meanwhile, as SQLite's procedure for rebuilding a table wants
/// (dropping the old one would count as deleting its rows); foreign_key_check looks at all of them at the end.
DbResult MigrationRun::run(Database &database, const Schema &schema)
{
    Transaction transaction(database);
    const int found = database.schemaVersion();
    if (found > schema.version)
        database.keepError(DbError::Newer);
    if (found == schema.version || database.failed())
        return transaction.commit(); // nothing to do, or nothing that may be done

    if (found == 0) {
        if (database.integer("SELECT count(*) FROM sqlite_master") != 0)
            database.keepError(DbError::Corrupt); // tables without a version: not ours
        else
            schema.create(database);
    } else {
        for (const Migration &migration : schema.migrations) {
            if (migration.version > found && !database.failed())
                migration.apply(database);
        }
    }
    if (database.query("PRAGMA foreign_key_check").step())
        database.keepError(DbError::Corrupt);
    if (!database.failed()) {
        if (const DbResult checked = database.check(); !checked)
            database.keepError(checked.error());
    }
    database.setSchemaVersion(schema.version);
    return transaction.commit();
}

DbResult bringToDate(Database &database, const Schema &schema)
{
    assert(schema.version >= 1 && isContiguous(schema));
    if (const DbResult off = MigrationRun::foreignKeys(database, false); !off)
        return off;
    const DbResult done = MigrationRun::run(database, schema);
    const DbResult on = MigrationRun::foreignKeys(database, true);
    return done ? on : done;
}

std::string describeSchema(Database &database)
{
    std::string out;
    // Automatic indexes have no SQL; the constraint that makes them is in their table's.
    auto row = database.query("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name");
    while (row.step())
        out += row.text(0) + ' ' + row.text(1) + ": " + levelled(row.textView(2)) + '\n';
    return out;
}

} // namespace tacet::vault
