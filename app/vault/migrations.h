#pragma once
// The schema over time: what a new vault gets, and how older ones come to the same shape. A test proves
// that both ways end in the same schema.
#include "app/vault/transaction.h"

#include <span>
#include <string>

namespace tacet::vault {

/// Brings a vault of version - 1 to `version`. A plain function; runs inside the one transaction.
struct Migration {
    int version;
    void (*apply)(Database &);
};

struct Schema {
    int version;               ///< of this program, at least 1
    void (*create)(Database &); ///< everything, in a fresh vault
    std::span<const Migration> migrations; ///< to 2, 3, ... version; without gaps
};

/// Creates or migrates, all in one transaction that ends with a check of every table and foreign key:
/// after a failure the vault is what it was. Errors: Newer (untouched), Corrupt, and those of any write.
DbResult bringToDate(Database &database, const Schema &schema);

/// The schema as text, one object a line in a fixed order, white space levelled: for comparing.
std::string describeSchema(Database &database);

} // namespace tacet::vault
