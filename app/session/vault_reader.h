#pragma once
// Paging beside the writer: a read-only connection on a thread of its own, so that opening a chat never waits behind a
// bulk of arriving messages (architecture: Threads).
#include "app/chat/facts.h"
#include "app/chat/trouble.h"
#include "app/vault/database.h"

#include <QObject>

namespace tacet::session {

class VaultReader : public QObject {
    Q_OBJECT

public:
    void open(std::unique_ptr<vault::Database> database) { m_database = std::move(database); }
    void close() { m_database.reset(); }

    /// Errors: Locked while closed, disk.
    chat::Outcome<chat::Page> page(const chat::ContactId &chat, const chat::Anchor &anchor, chat::PageDirection direction,
                                   int count);

private:
    std::unique_ptr<vault::Database> m_database;
};

} // namespace tacet::session
