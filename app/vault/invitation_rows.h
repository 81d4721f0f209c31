#pragma once
// One's own invitations and the prekeys behind them, and the rendezvous records of both sides (PROTOCOL §3, §10).
#include "app/vault/row_ids.h"

namespace tacet::vault {

struct InvitationRow {
    Id16 id{};
    int kind = 0;  ///< chat::InvitationKind
    int state = 0; ///< chat::InvitationState
    std::string label;
    std::string link;
    Bytes32 mailbox{};
    std::int64_t createdMs = 0;
    std::int64_t untilMs = 0;
    std::int64_t renewedMs = 0;
    int secondAttempts = 0;
    std::optional<Id16> usedBy;
};

/// Updates the row if it is there, else inserts it.
void writeInvitation(Database &db, const InvitationRow &row);
std::optional<InvitationRow> readInvitation(Database &db, const Id16 &id);
/// Newest first.
std::vector<InvitationRow> readInvitations(Database &db);

struct PrekeyRow {
    Bytes8 bundle{};
    Id16 invitation{};
    crypto::Bytes body;
    std::optional<crypto::SecretBuffer> state; ///< nothing: the private halves are gone
    std::int64_t createdMs = 0;
    std::int64_t replacedMs = 0;
};

void insertPrekeys(Database &db, const PrekeyRow &row);
std::optional<PrekeyRow> readPrekeys(Database &db, const Bytes8 &bundle);
std::vector<PrekeyRow> readPrekeysOf(Database &db, const Id16 &invitation);
/// All of this invitation but the newest: their weeks until deletion count from now.
void markPrekeysReplaced(Database &db, const Id16 &invitation, const Bytes8 &newest, std::int64_t nowMs);
/// The private halves go, the public body stays and recognises who comes late.
void forgetPrekeySecrets(Database &db, const Bytes8 &bundle);

struct OwnRendezvousRow {
    Bytes8 bundle{};
    Id16 contact{};
    Bytes32 mailbox{};
    crypto::SecretBuffer state;
    std::int64_t createdMs = 0;
    std::int64_t replacedMs = 0;
};

void insertOwnRendezvous(Database &db, const OwnRendezvousRow &row);
std::optional<OwnRendezvousRow> readOwnRendezvous(Database &db, const Bytes8 &bundle);
/// Newest first.
std::vector<OwnRendezvousRow> readOwnRendezvousOf(Database &db, const Id16 &contact);
/// All of this contact's but the newest.
void markRendezvousReplaced(Database &db, const Id16 &contact, const Bytes8 &newest, std::int64_t nowMs);
/// Those of all contacts that were not replaced are as old as can be.
void ageRendezvous(Database &db);
/// Those that were replaced at this time or before.
std::vector<Bytes8> readRendezvousReplacedUntil(Database &db, std::int64_t replacedMs);
/// With what recognises the handshakes under it: there is nothing left that could accept one again.
void deleteOwnRendezvous(Database &db, const Bytes8 &bundle);

struct PeerRendezvousRow {
    crypto::Bytes record;
    std::vector<std::string> relays;
    std::int64_t createdMs = 0;
};

std::optional<PeerRendezvousRow> readPeerRendezvous(Database &db, const Id16 &contact);
void writePeerRendezvous(Database &db, const Id16 &contact, const PeerRendezvousRow &row);
void deletePeerRendezvous(Database &db, const Id16 &contact);

} // namespace tacet::vault
