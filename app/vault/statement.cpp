#include "app/vault/statement.h"

#include "app/vault/database.h"

#include <sqlite3.h>

#include <utility>

namespace tacet::vault {

Statement::Statement(Database *database, sqlite3_stmt *handle, const char *sql)
    : m_database(database), m_handle(handle), m_sql(sql)
{
}

Statement::Statement(Statement &&other) noexcept
    : m_database(other.m_database), m_handle(std::exchange(other.m_handle, nullptr)), m_sql(other.m_sql),
      m_row(std::exchange(other.m_row, false))
{
}

Statement::~Statement()
{
    if (m_handle)
        m_database->release(m_handle, m_sql);
}

bool Statement::step()
{
    m_row = false;
    if (!m_handle || m_database->failed())
        return false;
    assert(m_database->inTransaction());
    const int code = sqlite3_step(m_handle);
    m_row = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        m_database->keepSqlite(code);
    return m_row;
}

std::int64_t Statement::run()
{
    const bool row = step();
    assert(!row && "run() is for statements without rows");
    static_cast<void>(row);
    if (!m_handle || m_database->failed())
        return 0;
    // Read before the next statement; sqlite3_changes() speaks of the last INSERT, UPDATE or DELETE.
    const std::int64_t changed = sqlite3_stmt_readonly(m_handle) ? 0 : sqlite3_changes(sqlite3_db_handle(m_handle));
    sqlite3_reset(m_handle);
    return changed;
}

Statement &Statement::reset()
{
    m_row = false;
    if (m_handle)
        sqlite3_reset(m_handle);
    return *this;
}

void Statement::bindNull(int place)
{
    if (!m_handle)
        return;
    const int code = sqlite3_bind_null(m_handle, place);
    assert(code == SQLITE_OK);
    if (code != SQLITE_OK)
        m_database->keepSqlite(code);
}

void Statement::bindInteger(int place, std::int64_t value)
{
    if (!m_handle)
        return;
    const int code = sqlite3_bind_int64(m_handle, place, value);
    assert(code == SQLITE_OK);
    if (code != SQLITE_OK)
        m_database->keepSqlite(code);
}

void Statement::bindText(int place, std::string_view value)
{
    if (!m_handle)
        return;
    // A null pointer would bind NULL, and an empty view may have one.
    const char *data = value.empty() ? "" : value.data();
    const int code = sqlite3_bind_text64(m_handle, place, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    assert(code == SQLITE_OK || code == SQLITE_TOOBIG || code == SQLITE_NOMEM);
    if (code != SQLITE_OK)
        m_database->keepSqlite(code);
}

void Statement::bindBlob(int place, crypto::ByteView value)
{
    if (!m_handle)
        return;
    const int code = value.empty() ? sqlite3_bind_zeroblob(m_handle, place, 0)
                                   : sqlite3_bind_blob64(m_handle, place, value.data(), value.size(), SQLITE_TRANSIENT);
    assert(code == SQLITE_OK || code == SQLITE_TOOBIG || code == SQLITE_NOMEM);
    if (code != SQLITE_OK)
        m_database->keepSqlite(code);
}

bool Statement::holds(int column, int type) const
{
    if (!m_handle || m_database->failed())
        return false;
    assert(m_row && "read only after step() answered true");
    assert(column >= 0 && column < sqlite3_column_count(m_handle));
    if (!m_row)
        return false;
    if (sqlite3_column_type(m_handle, column) == type)
        return true;
    corrupt();
    return false;
}

bool Statement::isNull(int column) const
{
    return !m_handle || !m_row || sqlite3_column_type(m_handle, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const
{
    return holds(column, SQLITE_INTEGER) ? sqlite3_column_int64(m_handle, column) : 0;
}

std::string_view Statement::textView(int column) const
{
    if (!holds(column, SQLITE_TEXT))
        return {};
    // The pointer first: asking for the size may convert.
    const auto *data = reinterpret_cast<const char *>(sqlite3_column_text(m_handle, column));
    if (!data) {
        m_database->keepError(DbError::NoMemory);
        return {};
    }
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column))};
}

std::string Statement::text(int column) const
{
    return std::string(textView(column));
}

crypto::ByteView Statement::blobView(int column) const
{
    if (!holds(column, SQLITE_BLOB))
        return {};
    const auto *data = static_cast<const std::uint8_t *>(sqlite3_column_blob(m_handle, column));
    const int size = sqlite3_column_bytes(m_handle, column);
    return data ? crypto::ByteView(data, static_cast<std::size_t>(size)) : crypto::ByteView();
}

crypto::Bytes Statement::blob(int column) const
{
    const crypto::ByteView view = blobView(column);
    return crypto::Bytes(view.begin(), view.end());
}

std::optional<std::int64_t> Statement::optionalInteger(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> Statement::optionalText(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(text(column));
}

std::optional<crypto::Bytes> Statement::optionalBlob(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(blob(column));
}

void Statement::corrupt() const
{
    if (m_database)
        m_database->keepError(DbError::Corrupt);
}

} // namespace tacet::vault
