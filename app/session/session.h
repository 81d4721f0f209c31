#pragma once
// One open profile: the writing connection and the engine on it. The command line makes one on its main thread, the
// window one on its engine thread; when it ends the vault is closed.
#include "app/chat/chat_engine.h"
#include "app/session/machinery.h"

namespace tacet::session {

class Session {
public:
    Session(std::unique_ptr<vault::Database> database, Machinery &machinery, chat::FactSink sink)
        : m_database(std::move(database)),
          m_engine(*m_database, machinery.relays, machinery.clock, machinery.timers, machinery.random, std::move(sink))
    {
    }

    chat::ChatEngine &engine() { return m_engine; }
    vault::Database &database() { return *m_database; }

private:
    std::unique_ptr<vault::Database> m_database;
    chat::ChatEngine m_engine;
};

} // namespace tacet::session
