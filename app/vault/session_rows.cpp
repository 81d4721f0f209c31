#include "app/vault/session_rows.h"

namespace tacet::vault {
namespace {

SessionRow sessionOf(Statement &row)
{
    SessionRow session;
    session.id = row.fixed<32>(0);
    session.contact = row.fixed<16>(1);
    session.prefix = row.fixed<32>(2);
    session.number = row.integer(3);
    session.basis = row.integer(4);
    session.byPeer = row.boolean(5);
    session.active = row.boolean(6);
    session.retiredMs = row.integer(7);
    session.state = row.secretBuffer(8);
    session.createdMs = row.integer(9);
    session.heardMs = row.integer(10);
    return session;
}

std::optional<SessionRow> one(Statement row)
{
    return row.step() ? std::optional(sessionOf(row)) : std::nullopt;
}

} // namespace

void writeSession(Database &db, const SessionRow &row)
{
    db.exec("INSERT OR REPLACE INTO sessions(id, contact, prefix, number, basis, by_peer, active, retired_ms, state, "
            "created_ms, heard_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            row.id, row.contact, row.prefix, row.number, row.basis, row.byPeer, row.active, row.retiredMs, row.state,
            row.createdMs, row.heardMs);
}

void activateSession(Database &db, const Id16 &contact, const Bytes32 &id)
{
    db.exec("UPDATE sessions SET active = (id = ?2) WHERE contact = ?1", contact, id);
}

void retireSessions(Database &db, const Id16 &contact, std::int64_t nowMs)
{
    db.exec("UPDATE sessions SET active = 0, retired_ms = ?2 WHERE contact = ?1 AND retired_ms = 0", contact, nowMs);
}

void deleteSession(Database &db, const Bytes32 &id)
{
    db.leaveNoResidue();
    db.exec("DELETE FROM sessions WHERE id = ?1", id);
}

void deleteSessionsOf(Database &db, const Id16 &contact)
{
    db.leaveNoResidue();
    db.exec("DELETE FROM sessions WHERE contact = ?1", contact);
}

#define TACET_SESSION_COLUMNS                                                                                          \
    "SELECT id, contact, prefix, number, basis, by_peer, active, retired_ms, state, created_ms, heard_ms "             \
    "FROM sessions "

std::optional<SessionRow> readSession(Database &db, const Bytes32 &id)
{
    return one(db.query(TACET_SESSION_COLUMNS "WHERE id = ?1", id));
}

std::optional<SessionRow> readActiveSession(Database &db, const Id16 &contact)
{
    return one(db.query(TACET_SESSION_COLUMNS "WHERE contact = ?1 AND active = 1", contact));
}

std::optional<SessionRow> readSessionByPrefix(Database &db, const Bytes32 &prefix)
{
    return one(db.query(TACET_SESSION_COLUMNS "WHERE prefix = ?1", prefix));
}

std::vector<SessionRow> readSessions(Database &db, const Id16 &contact)
{
    std::vector<SessionRow> sessions;
    auto row = db.query(TACET_SESSION_COLUMNS "WHERE contact = ?1 ORDER BY active DESC, created_ms DESC, id", contact);
    while (row.step())
        sessions.push_back(sessionOf(row));
    return sessions;
}

#undef TACET_SESSION_COLUMNS

void writeHandshake(Database &db, const Bytes32 &handshake, const Bytes8 &bundle, std::int64_t seenMs)
{
    db.exec("INSERT OR REPLACE INTO handshakes(handshake, bundle, seen_ms) VALUES (?1, ?2, ?3)", handshake, bundle,
            seenMs);
}

bool hasHandshake(Database &db, const Bytes32 &handshake)
{
    return db.integer("SELECT 1 FROM handshakes WHERE handshake = ?1", handshake).has_value();
}

void deleteHandshakesOf(Database &db, const Bytes8 &bundle)
{
    db.exec("DELETE FROM handshakes WHERE bundle = ?1", bundle);
}

} // namespace tacet::vault
