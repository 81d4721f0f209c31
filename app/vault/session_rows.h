#pragma once
// Ratchet states (at most crypto::kMaxSessionsPerContact a contact), and what recognises handshakes that were
// answered before (PROTOCOL §5.5).
#include "app/vault/row_ids.h"

namespace tacet::vault {

struct SessionRow {
    Bytes32 id{};     ///< th
    Id16 contact{};
    Bytes32 prefix{}; ///< what its first messages carry
    std::int64_t number = 0;
    std::int64_t basis = 0;
    bool byPeer = false;
    bool active = false;
    std::int64_t retiredMs = 0;
    crypto::SecretBuffer state;
    std::int64_t createdMs = 0;
    std::int64_t heardMs = 0;
};

/// Inserts or replaces.
void writeSession(Database &db, const SessionRow &row);
/// Of the contact's sessions, exactly this one is active.
void activateSession(Database &db, const Id16 &contact, const Bytes32 &id);
void retireSessions(Database &db, const Id16 &contact, std::int64_t nowMs);
void deleteSession(Database &db, const Bytes32 &id);
void deleteSessionsOf(Database &db, const Id16 &contact);
std::optional<SessionRow> readSession(Database &db, const Bytes32 &id);
std::optional<SessionRow> readActiveSession(Database &db, const Id16 &contact);
std::optional<SessionRow> readSessionByPrefix(Database &db, const Bytes32 &prefix);
/// Active first, then newest first.
std::vector<SessionRow> readSessions(Database &db, const Id16 &contact);

void writeHandshake(Database &db, const Bytes32 &handshake, const Bytes8 &bundle, std::int64_t seenMs);
bool hasHandshake(Database &db, const Bytes32 &handshake);
void deleteHandshakesOf(Database &db, const Bytes8 &bundle);

} // namespace tacet::vault
