#include "app/vault/database.h"

#include "app/vault/sqlite_codes.h"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <cstdlib>

namespace tacet::vault {

void Database::keepError(DbError error)
{
    if (!m_error)
        m_error = error;
}

void Database::keepSqlite(int code)
{
    keepError(errorFromSqlite(code, sqlite3_system_errno(m_handle), m_proven));
}

Statement Database::prepare(Sql sql)
{
    assert(m_inTransaction && "statements run inside a Transaction or a Snapshot");
    if (failed())
        return Statement(this, nullptr, sql.text());
    const auto idle = m_idle.find(sql.text());
    if (idle != m_idle.end() && !idle->second.empty()) {
        sqlite3_stmt *handle = idle->second.back();
        idle->second.pop_back();
        return Statement(this, handle, sql.text());
    }
    sqlite3_stmt *handle = nullptr;
    const int code = sqlite3_prepare_v2(m_handle, sql.text(), -1, &handle, nullptr);
    if (code != SQLITE_OK) {
        if ((code & 0xFF) == SQLITE_ERROR) { // a bug of ours; the text is a constant and names nobody
            std::fprintf(stderr, "vault: %s\n  in: %s\n", sqlite3_errmsg(m_handle), sql.text());
            assert(false && "SQL that does not parse");
        }
        keepSqlite(code);
    }
    return Statement(this, handle, sql.text());
}

void Database::release(sqlite3_stmt *handle, const char *sql)
{
    sqlite3_reset(handle);
    sqlite3_clear_bindings(handle);
    m_idle[sql].push_back(handle);
}

void Database::script(Sql sql)
{
    assert(m_inTransaction && "statements run inside a Transaction");
    if (failed())
        return;
    const char *rest = sql.text();
    while (*rest) {
        sqlite3_stmt *handle = nullptr;
        int code = sqlite3_prepare_v2(m_handle, rest, -1, &handle, &rest);
        if (code == SQLITE_OK && handle) {
            do
                code = sqlite3_step(handle);
            while (code == SQLITE_ROW);
            sqlite3_finalize(handle);
            if (code == SQLITE_DONE)
                continue;
        }
        if (code == SQLITE_OK)
            continue; // white space or a comment
        if ((code & 0xFF) == SQLITE_ERROR) {
            std::fprintf(stderr, "vault: %s\n  in: %.200s\n", sqlite3_errmsg(m_handle), sql.text());
            assert(false && "a schema that does not parse");
        }
        return keepSqlite(code);
    }
}

std::int64_t Database::lastInsertRowId() const
{
    return sqlite3_last_insert_rowid(m_handle);
}

DbResult Database::direct(const std::string &sql)
{
    const int code = sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return fail(errorFromSqlite(sqlite3_extended_errcode(m_handle), sqlite3_system_errno(m_handle), m_proven));
    return Done{};
}

Result<std::int64_t, DbError> Database::directInteger(const std::string &sql)
{
    sqlite3_stmt *handle = nullptr;
    int code = sqlite3_prepare_v2(m_handle, sql.c_str(), -1, &handle, nullptr);
    std::int64_t value = 0;
    if (code == SQLITE_OK) {
        code = sqlite3_step(handle);
        value = code == SQLITE_ROW ? sqlite3_column_int64(handle, 0) : 0;
    }
    const auto error = errorFromSqlite(code, sqlite3_system_errno(m_handle), m_proven);
    sqlite3_finalize(handle);
    if (code != SQLITE_ROW)
        return fail(error);
    return value;
}

void Database::begin(bool writing, Outlives outlives)
{
    assert(!m_inTransaction && "transactions do not nest");
    assert(!(writing && m_mode == OpenMode::Reader) && "a Reader has Snapshots only");
    m_inTransaction = true;
    m_writing = writing;
    m_clearsLog = false;
    m_error.reset();
    if (writing && outlives != m_outlives) {
        if (const auto set = direct(outlives == Outlives::PowerCut ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"); !set)
            return keepError(set.error());
        m_outlives = outlives;
    }
    DbResult begun = direct(writing ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED");
    if (begun && !writing) // DEFERRED takes its snapshot at the first read: make it now
        begun = [&]() -> DbResult {
            const auto rows = directInteger("SELECT count(*) FROM sqlite_master");
            return rows ? DbResult(Done{}) : DbResult(fail(rows.error()));
        }();
    if (!begun)
        keepError(begun.error());
}

DbResult Database::end(bool commit)
{
    assert(m_inTransaction);
    if (commit && !failed()) {
        if (m_writing && m_options.commitHook)
            m_options.commitHook(CommitPoint::Before); // may throw: the transaction is still open then
        const DbResult done = direct("COMMIT");
        if (!done)
            keepError(done.error());
    }
    // SQLite has already rolled back by itself after some failures (full disk, I/O).
    if (!sqlite3_get_autocommit(m_handle))
        static_cast<void>(direct("ROLLBACK"));
    m_inTransaction = false;
    if (failed())
        return fail(*m_error);
    if (commit && m_writing && m_options.commitHook)
        m_options.commitHook(CommitPoint::After);
    if (commit && m_clearsLog)
        clearLog();
    return Done{};
}

int Database::schemaVersion()
{
    const auto version = directInteger("PRAGMA user_version");
    if (!version)
        keepError(version.error());
    return version ? static_cast<int>(*version) : 0;
}

void Database::setSchemaVersion(int version)
{
    assert(m_inTransaction);
    if (failed())
        return;
    const DbResult done = direct("PRAGMA user_version=" + std::to_string(version));
    if (!done)
        keepError(done.error());
}

void Database::leaveNoResidue()
{
    assert(m_inTransaction && m_writing);
    m_clearsLog = true;
}

void Database::interrupt()
{
    sqlite3_interrupt(m_handle);
}

DbResult Database::checkpoint()
{
    assert(!m_inTransaction && m_mode != OpenMode::Reader);
    const int code = sqlite3_wal_checkpoint_v2(m_handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK)
        return fail(errorFromSqlite(code, sqlite3_system_errno(m_handle), m_proven));
    return Done{};
}

void Database::clearLog()
{
    constexpr int kPatienceMs = 20; // a page being read takes less; a backup takes minutes
    sqlite3_busy_timeout(m_handle, std::min(kPatienceMs, m_options.busyTimeoutMs));
    static_cast<void>(checkpoint());
    sqlite3_busy_timeout(m_handle, m_options.busyTimeoutMs);
}

DbResult Database::check()
{
    // cipher_integrity_check (4.x) authenticates every page of the file, free ones too; 3.x knows no such pragma. It reads
    // the file beside the log: a page that a crash left half copied counts only once the log is in. Where that cannot be
    // (a full disk), integrity_check below still authenticates every page in use, as the log has it.
    if (libraryGeneration() >= 4 && !m_inTransaction && m_mode != OpenMode::Reader && checkpoint()) {
        const auto damaged = firstText("PRAGMA cipher_integrity_check");
        if (!damaged)
            return fail(damaged.error());
        if (!damaged->empty())
            return fail(DbError::Corrupt);
    }
    const auto verdict = firstText("PRAGMA integrity_check(1)");
    if (!verdict)
        return fail(verdict.error());
    if (*verdict != "ok")
        return fail(DbError::Corrupt);
    return Done{};
}

Result<std::string, DbError> Database::firstText(const char *sql)
{
    sqlite3_stmt *handle = nullptr;
    int code = sqlite3_prepare_v2(m_handle, sql, -1, &handle, nullptr);
    std::string text;
    if (code == SQLITE_OK) {
        code = sqlite3_step(handle);
        if (code == SQLITE_ROW) {
            if (const auto *first = reinterpret_cast<const char *>(sqlite3_column_text(handle, 0)))
                text = first;
        }
    }
    const auto error = errorFromSqlite(code, sqlite3_system_errno(m_handle), m_proven);
    sqlite3_finalize(handle);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail(error);
    return text;
}

DbResult Database::attach(const std::filesystem::path &file, crypto::ByteView spelledKey)
{
    sqlite3_stmt *handle = nullptr;
    int code = sqlite3_prepare_v2(m_handle, "ATTACH DATABASE ?1 AS fresh KEY ?2", -1, &handle, nullptr);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(handle, 1, file.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_blob64(handle, 2, spelledKey.data(), spelledKey.size(), SQLITE_TRANSIENT);
        code = sqlite3_step(handle);
    }
    const auto error = errorFromSqlite(code, sqlite3_system_errno(m_handle), m_proven);
    sqlite3_finalize(handle);
    return code == SQLITE_DONE ? DbResult(Done{}) : DbResult(fail(error));
}

Database::Database(std::filesystem::path file, OpenMode mode, DatabaseOptions options)
    : m_file(std::move(file)), m_mode(mode), m_options(std::move(options))
{
}

Database::~Database()
{
    for (auto &[sql, handles] : m_idle) {
        for (sqlite3_stmt *handle : handles)
            sqlite3_finalize(handle);
    }
    const int code = sqlite3_close(m_handle);
    assert(code == SQLITE_OK && "a Statement outlived its Database");
    static_cast<void>(code);
}

} // namespace tacet::vault
