#pragma once
// A vault in a temporary folder, a fixed key, and the one table most tests need.
#include "app/vault/transaction.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <iterator>

namespace tacet::test {

namespace fs = std::filesystem;

struct Folder {
    QTemporaryDir holder;
    fs::path path{holder.path().toStdString()};
    fs::path operator/(const char *name) const { return path / name; }
};

inline crypto::FixedBytes<32> testKey(std::uint8_t first = 7)
{
    crypto::FixedBytes<32> key{};
    key.fill(0x42);
    key[0] = first;
    return key;
}

inline std::unique_ptr<vault::Database> mustOpen(const fs::path &file, vault::OpenMode mode,
                                                 vault::DatabaseOptions options = {})
{
    auto opened = vault::Database::open(file, mode, testKey(), std::move(options));
    if (!opened)
        qFatal("open: %s", vault::nameOf(opened.error()));
    return std::move(*opened);
}

/// A new vault with notes(id INTEGER PRIMARY KEY, words TEXT NOT NULL UNIQUE).
inline std::unique_ptr<vault::Database> vaultWithNotes(const fs::path &file, vault::DatabaseOptions options = {})
{
    auto db = mustOpen(file, vault::OpenMode::Create, std::move(options));
    vault::Transaction transaction(*db);
    db->script("CREATE TABLE notes(id INTEGER PRIMARY KEY, words TEXT NOT NULL UNIQUE);");
    if (!transaction.commit())
        qFatal("cannot make the table");
    return db;
}

inline vault::DbResult addNote(vault::Database &db, std::string_view words)
{
    vault::Transaction transaction(db);
    db.exec("INSERT INTO notes(words) VALUES(?1)", words);
    return transaction.commit();
}

/// -1 when it cannot be read.
inline std::int64_t countNotes(vault::Database &db)
{
    vault::Snapshot snapshot(db);
    const auto count = db.integer("SELECT count(words) FROM notes NOT INDEXED WHERE length(words) > 0");
    return snapshot.finish() ? count.value_or(-1) : -1;
}

inline std::string readFile(const fs::path &file)
{
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

inline void writeFile(const fs::path &file, std::string_view bytes)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(bytes.data(), std::streamsize(bytes.size()));
}

} // namespace tacet::test
