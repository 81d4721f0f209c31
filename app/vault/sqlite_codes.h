#pragma once
// SQLite's result codes as DbError. Internal to app/vault.
#include "app/vault/db_error.h"

namespace tacet::vault {

/// `systemErrno` is sqlite3_system_errno(): SQLite folds EDQUOT, EROFS and friends into one I/O error.
/// `proven`: the first page was read with this key before, so "not a database" means damage.
DbError errorFromSqlite(int extendedCode, int systemErrno, bool proven);

} // namespace tacet::vault
