#include "app/vault/transaction.h"

namespace tacet::vault {

TransactionBase::TransactionBase(Database &database, bool writing, Outlives outlives) : m_database(database)
{
    m_database.begin(writing, outlives);
}

TransactionBase::~TransactionBase()
{
    if (m_open && m_database.inTransaction())
        static_cast<void>(m_database.end(false));
}

DbResult TransactionBase::finish(bool commit)
{
    assert(m_open && "a transaction ends once");
    // A commit hook that throws leaves m_open set: unwinding then rolls back what was not committed yet,
    // as a kill would.
    const DbResult result = m_database.end(commit);
    m_open = false;
    return result;
}

} // namespace tacet::vault
