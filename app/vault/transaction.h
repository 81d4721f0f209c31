#pragma once
// All or nothing. Whatever fails inside, the end answers the first failure and nothing was written:
//
//     Transaction transaction(db);
//     storeRatchet(db, session);
//     storeMessage(db, message);
//     return transaction.commit();
//
// After a failure the remaining statements do nothing, so call sites check once, at the end.
// Leaving the scope without commit() rolls back. Transactions do not nest (asserted).
#include "app/vault/database.h"

namespace tacet::vault {

class TransactionBase {
public:
    TransactionBase(const TransactionBase &) = delete;
    TransactionBase &operator=(const TransactionBase &) = delete;

    bool failed() const { return m_database.failed(); }

protected:
    TransactionBase(Database &database, bool writing, Outlives outlives);
    ~TransactionBase();
    DbResult finish(bool commit);

    Database &m_database;
    bool m_open = true;
};

/// Takes the write lock at its beginning: two read-compute-write steps can never interleave.
class Transaction : public TransactionBase {
public:
    explicit Transaction(Database &database, Outlives outlives = Outlives::PowerCut) : TransactionBase(database, true, outlives) { }
    /// On success everything is on the disk (synchronous=FULL), surviving a power cut; with Outlives::Kill it is with the
    /// next commit that is (README: settings).
    /// On failure everything since the beginning is undone. Call once.
    DbResult commit() { return finish(true); }
};

/// A consistent view for reading, unmoved by what the Writer commits meanwhile.
class Snapshot : public TransactionBase {
public:
    explicit Snapshot(Database &database) : TransactionBase(database, false, Outlives::PowerCut) { }
    /// The first failure of any read in this snapshot. What was read counts only when this is ok.
    DbResult finish() { return TransactionBase::finish(true); }
};

} // namespace tacet::vault
