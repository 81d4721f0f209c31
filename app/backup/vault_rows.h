#pragma once
// The vault as the sequence of rows that a backup holds, always in the same order.
#include "app/backup/rows.h"
#include "app/vault/database.h"

#include <functional>

namespace tacet::backup {

/// Walks all rows, HeadRow first and EndRow last, until `take` answers false. Reads a page of messages at a
/// time. Precondition: inside a Snapshot; its end tells whether everything could be read. False: `take` said so.
bool walkRows(vault::Database &database, std::int64_t createdMs, const std::function<bool(const Row &)> &take);

/// How many rows that will be, about: for progress.
std::int64_t countRows(vault::Database &database);

} // namespace tacet::backup
