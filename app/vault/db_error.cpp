#include "app/vault/db_error.h"

namespace tacet::vault {

const char *nameOf(DbError error)
{
    switch (error) {
    case DbError::Missing: return "Missing";
    case DbError::Busy: return "Busy";
    case DbError::DiskFull: return "DiskFull";
    case DbError::ReadOnly: return "ReadOnly";
    case DbError::WrongKey: return "WrongKey";
    case DbError::Corrupt: return "Corrupt";
    case DbError::Newer: return "Newer";
    case DbError::Constraint: return "Constraint";
    case DbError::NoMemory: return "NoMemory";
    case DbError::Cancelled: return "Cancelled";
    case DbError::Io: return "Io";
    }
    return "Unknown";
}

} // namespace tacet::vault
