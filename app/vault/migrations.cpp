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

DbResult bringToDate(Database &database, const Schema &schema)
{
    assert(schema.version >= 1 && isContiguous(schema));
    Transaction transaction(database);
    const int found = database.schemaVersion();
    if (found > schema.version)
        database.keepError(DbError::Newer);
    if (found == schema.version || database.failed())
        return transaction.commit(); // nothing to do, or nothing that may be done

    // A table that is rebuilt breaks and mends its references within the transaction.
    database.script("PRAGMA defer_foreign_keys=ON");
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
