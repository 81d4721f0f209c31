#pragma once
// One connection to a vault: a SQLCipher file under a raw 32-byte key (README: settings and reasons).
// One thread at a time. The engine thread holds the one Writer; paging, search and backup hold Readers.
#include "app/vault/sql.h"
#include "app/vault/statement.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct sqlite3;

namespace tacet::vault {

enum class OpenMode {
    Create, ///< Writer of a file that must not exist yet
    Writer, ///< the one connection that writes
    Reader, ///< read-only beside a Writer; sees what was committed when its Snapshot began
};

enum class CommitPoint { Before, After };

/// What a commit survives.
enum class Outlives {
    PowerCut, ///< it is on the disk
    Kill, ///< the system has it: a power cut may take it, together with nothing that came before it
};

struct DatabaseOptions {
    /// Name of the SQLite VFS; null is the operating system's. Tests pass one whose writes fail.
    const char *vfs = nullptr;
    /// Called around every commit. Crash tests throw from it: what they unwind is a killed process.
    std::function<void(CommitPoint)> commitHook;
    /// How long a statement waits for another connection's lock, in milliseconds.
    int busyTimeoutMs = 5000;
};

class Database {
public:
    /// Opens and proves the key by reading the first page.
    /// Errors: Missing, WrongKey (also a damaged first page: who has the key from an authenticated key
    /// slot knows which), Corrupt, Busy, ReadOnly, DiskFull, NoMemory, Io.
    static Result<std::unique_ptr<Database>, DbError> open(const std::filesystem::path &file, OpenMode mode,
                                                           crypto::FixedView<32> key, DatabaseOptions options = {});
    ~Database(); ///< the last connection folds the WAL into the file
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    // Everything below runs inside a Transaction or Snapshot (asserted): so no failure goes unnoticed.

    /// A cached statement with its values bound, ready to step.
    template<typename... Values>
    Statement query(Sql sql, const Values &...values)
    {
        Statement statement = prepare(sql);
        statement.bind(values...);
        return statement;
    }
    /// Runs a statement without rows; the number of rows changed (0 after a failure).
    template<typename... Values>
    std::int64_t exec(Sql sql, const Values &...values)
    {
        return query(sql, values...).run();
    }
    /// First column of the first row; nothing when there is no row or it is NULL.
    template<typename... Values>
    std::optional<std::int64_t> integer(Sql sql, const Values &...values)
    {
        Statement row = query(sql, values...);
        return row.step() ? row.optionalInteger(0) : std::nullopt;
    }
    Statement prepare(Sql sql);
    /// Several statements separated by semicolons, without values: schemas.
    void script(Sql sql);

    std::int64_t lastInsertRowId() const;

    /// PRAGMA user_version: the schema's version, 0 in a fresh file.
    int schemaVersion();
    void setSchemaVersion(int version);

    /// Keeps the first failure of the running transaction. Rows files use it for rules of their own.
    void keepError(DbError error);
    bool failed() const { return m_error.has_value(); }
    std::optional<DbError> error() const { return m_error; }

    /// This transaction deletes what nobody shall find again, a text or a spent key: clearLog() follows its commit.
    void leaveNoResidue();

    /// Thread-safe: the running statement of this connection ends with Cancelled.
    void interrupt();

    // Outside transactions:

    /// Folds the WAL into the file and cuts it to nothing (after deleting what must leave no residue).
    /// Busy when a Reader still looks at old pages; nothing is lost then.
    DbResult checkpoint();
    /// The same, hardly waiting for a Reader. What it cannot clear now goes with the next one: the engine does this every hour.
    void clearLog();
    /// Reads and authenticates every page and checks the structure of every table and index. May also run
    /// inside a transaction, where it sees what was written so far.
    DbResult check();

    bool inTransaction() const { return m_inTransaction; }
    OpenMode mode() const { return m_mode; }
    const std::filesystem::path &file() const { return m_file; }
    /// "3.4.1": the SQLCipher that this program runs on.
    static std::string cipherVersion();
    /// Its major version, 3 or 4: the two write pages differently.
    static int libraryGeneration();
    /// The generation of this file; smaller than the library's until cipher_upgrade.h rewrote it.
    int cipherGeneration() const { return m_cipherGeneration; }

private:
    friend class Statement;
    friend class TransactionBase;
    friend struct CipherUpgrade;
    friend struct MigrationRun;

    Database(std::filesystem::path file, OpenMode mode, DatabaseOptions options);
    DbResult connect(crypto::FixedView<32> key, int generation);
    /// A statement of our own making (pragmas, BEGIN): never cached, may run outside transactions.
    DbResult direct(const std::string &sql);
    Result<std::int64_t, DbError> directInteger(const std::string &sql);
    Result<std::string, DbError> firstText(const char *sql);
    /// A raw key as SQLCipher wants it spelled: x'64 hexadecimal digits' (it then skips its own PBKDF2).
    static crypto::SecretBuffer spellKey(crypto::FixedView<32> key);
    /// ATTACH as `fresh`; both values are bound, never pasted.
    DbResult attach(const std::filesystem::path &file, crypto::ByteView spelledKey);
    void begin(bool writing, Outlives outlives = Outlives::PowerCut);
    DbResult end(bool commit);
    void release(sqlite3_stmt *handle, const char *sql);
    void keepSqlite(int code);

    std::filesystem::path m_file;
    OpenMode m_mode;
    DatabaseOptions m_options;
    sqlite3 *m_handle = nullptr;
    /// Idle statements by their text; a second user of the same text at one time gets a second one.
    std::unordered_map<std::string_view, std::vector<sqlite3_stmt *>> m_idle;
    std::optional<DbError> m_error;
    int m_cipherGeneration = 0;
    bool m_inTransaction = false;
    bool m_writing = false;
    bool m_clearsLog = false; ///< see leaveNoResidue()
    Outlives m_outlives = Outlives::PowerCut; ///< of the last writing transaction
    bool m_proven = false; ///< the first page was read: from now on an unreadable page is damage
};

} // namespace tacet::vault
