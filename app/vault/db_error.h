#pragma once
// What can go wrong between the program and its vault. Programming errors (SQL that does not parse,
// a value bound to a place that does not exist) are asserts; everything here happens to correct code.
#include "crypto/result.h"

namespace tacet::vault {

enum class DbError {
    Missing,    ///< no such file, or its folder is gone
    Busy,       ///< another connection held the lock longer than the busy time-out
    DiskFull,   ///< no room; the transaction was rolled back
    ReadOnly,   ///< file, folder or file system refuses writes (EACCES, EROFS, EPERM)
    WrongKey,   ///< the first page does not authenticate under this key
    Corrupt,    ///< a page does not authenticate, or a row is not what its writer wrote
    Newer,      ///< written by a newer Tacet; left untouched
    Constraint, ///< a UNIQUE, NOT NULL, CHECK or foreign key rule refused the row
    NoMemory,   ///< the machine would not give memory
    Cancelled,  ///< Database::interrupt()
    Io,         ///< any other failure of the disk
};

using DbResult = Result<Done, DbError>;

/// For logs only (never shown to people): the name of the enumerator.
const char *nameOf(DbError error);

} // namespace tacet::vault
