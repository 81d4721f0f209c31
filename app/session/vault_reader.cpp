#include "app/session/vault_reader.h"

#include "app/chat/history.h"
#include "app/session/profile_gate.h"

namespace tacet::session {

chat::Outcome<chat::Page> VaultReader::page(const chat::ContactId &chat, const chat::Anchor &anchor,
                                            chat::PageDirection direction, int count)
{
    if (!m_database)
        return chat::trouble(chat::TroubleCode::Locked);
    vault::Snapshot snapshot(*m_database);
    auto page = chat::readPage(*m_database, chat, anchor, direction, count);
    if (const auto read = snapshot.finish(); !read)
        return fail(troubleFrom(read.error()));
    if (!page)
        return chat::trouble(chat::TroubleCode::UnknownContact);
    return std::move(*page);
}

} // namespace tacet::session
