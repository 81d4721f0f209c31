#pragma once
// The least that the store needs from SQLite: a prepared statement that ends itself. SQLite comes from the
// statically linked SQLCipher library, used without a key (ground rule: Qt's QSQLITE is not loaded).
#include "crypto/bytes.h"

#include <sqlite3.h>

#include <string_view>
#include <unordered_map>

namespace tacet::relayd {

class Query {
public:
    Query(sqlite3 *database, std::string_view sql)
    {
        m_code = sqlite3_prepare_v2(database, sql.data(), int(sql.size()), &m_statement, nullptr);
    }
    /// A statement that somebody keeps: made ready again instead of ended.
    explicit Query(sqlite3_stmt *kept) : m_statement(kept), m_isKept(true)
    {
        if (!kept)
            m_code = SQLITE_ERROR;
    }
    ~Query()
    {
        if (!m_isKept) {
            sqlite3_finalize(m_statement);
        } else {
            sqlite3_reset(m_statement);
            sqlite3_clear_bindings(m_statement); // no event's text stays in it
        }
    }
    Query(const Query &) = delete;
    Query &operator=(const Query &) = delete;

    Query &bind(std::int64_t value)
    {
        note(sqlite3_bind_int64(m_statement, ++m_bound, value));
        return *this;
    }
    Query &bind(crypto::ByteView blob)
    {
        // A null pointer would bind NULL.
        note(sqlite3_bind_blob64(m_statement, ++m_bound, blob.empty() ? reinterpret_cast<const std::uint8_t *>("") : blob.data(),
                                 blob.size(), SQLITE_TRANSIENT));
        return *this;
    }
    Query &bindText(std::string_view text) { return bind(crypto::asBytes(text)); }
    Query &bindNull()
    {
        note(sqlite3_bind_null(m_statement, ++m_bound));
        return *this;
    }

    /// True while there is a row.
    bool step()
    {
        if (m_code != SQLITE_OK && m_code != SQLITE_ROW)
            return false;
        m_code = sqlite3_step(m_statement);
        return m_code == SQLITE_ROW;
    }
    /// Runs to the end; true when nothing failed.
    bool run()
    {
        while (step()) { }
        return m_code == SQLITE_DONE;
    }
    bool wasInterrupted() const { return m_code == SQLITE_INTERRUPT; }
    bool failed() const { return m_code != SQLITE_OK && m_code != SQLITE_ROW && m_code != SQLITE_DONE; }

    /// Of SQLite's machine, so far.
    std::int64_t operations() const { return m_statement ? sqlite3_stmt_status(m_statement, SQLITE_STMTSTATUS_VM_STEP, 0) : 0; }

    std::int64_t integer(int column) const { return sqlite3_column_int64(m_statement, column); }
    bool isNull(int column) const { return sqlite3_column_type(m_statement, column) == SQLITE_NULL; }
    crypto::ByteView blob(int column) const
    {
        const auto *data = static_cast<const std::uint8_t *>(sqlite3_column_blob(m_statement, column));
        return {data, std::size_t(sqlite3_column_bytes(m_statement, column))};
    }
    std::string text(int column) const
    {
        const auto bytes = blob(column);
        return std::string(bytes.begin(), bytes.end());
    }

private:
    void note(int code)
    {
        if (code != SQLITE_OK)
            m_code = code;
    }
    sqlite3_stmt *m_statement = nullptr;
    bool m_isKept = false;
    int m_code = SQLITE_OK;
    int m_bound = 0;
};

/// Statements that are used for every event, compiled once.
class KeptStatements {
public:
    KeptStatements() = default;
    ~KeptStatements() { clear(); }
    KeptStatements(const KeptStatements &) = delete;
    KeptStatements &operator=(const KeptStatements &) = delete;

    /// `sql`: a string literal, one place in the code each. One at a time: its Query ends before it is asked for again.
    sqlite3_stmt *get(sqlite3 *database, const char *sql)
    {
        const auto [found, isNew] = m_statements.try_emplace(sql, nullptr);
        if (isNew && sqlite3_prepare_v2(database, sql, -1, &found->second, nullptr) != SQLITE_OK) {
            m_statements.erase(found);
            return nullptr;
        }
        return found->second;
    }
    void clear()
    {
        for (const auto &[sql, statement] : m_statements)
            sqlite3_finalize(statement);
        m_statements.clear();
    }

private:
    std::unordered_map<const char *, sqlite3_stmt *> m_statements;
};

} // namespace tacet::relayd
