#include "app/vault/sqlite_codes.h"

#include <sqlite3.h>

#include <cerrno>

namespace tacet::vault {

DbError errorFromSqlite(int extendedCode, int systemErrno, bool proven)
{
    const bool full = systemErrno == ENOSPC || systemErrno == EDQUOT;
    const bool refused = systemErrno == EROFS || systemErrno == EACCES || systemErrno == EPERM;
    switch (extendedCode & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return DbError::Busy;
    case SQLITE_FULL: return DbError::DiskFull;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return DbError::ReadOnly;
    case SQLITE_NOTADB: return proven ? DbError::Corrupt : DbError::WrongKey;
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA: return DbError::Corrupt;
    // A page that does not authenticate surfaces as a plain SQLITE_ERROR from some statements
    // (measured with integrity_check on SQLCipher 3.4.1). SQL that does not parse never gets here.
    case SQLITE_ERROR: return DbError::Corrupt;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return DbError::Constraint;
    case SQLITE_NOMEM: return DbError::NoMemory;
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT: return DbError::Cancelled;
    case SQLITE_CANTOPEN:
        // That the file is there was looked at before. What is missing here is a -wal or -shm that the
        // folder did not let us make (SQLite tries again without O_CREAT, hence ENOENT).
        return full ? DbError::DiskFull : refused || systemErrno == ENOENT ? DbError::ReadOnly : DbError::Io;
    default: return full ? DbError::DiskFull : refused ? DbError::ReadOnly : DbError::Io;
    }
}

} // namespace tacet::vault
