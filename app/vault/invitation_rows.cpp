#include "app/vault/invitation_rows.h"

#include "app/vault/session_rows.h"

namespace tacet::vault {
namespace {

InvitationRow invitationOf(Statement &row)
{
    InvitationRow invitation;
    invitation.id = row.fixed<16>(0);
    invitation.kind = row.number<int>(1);
    invitation.state = row.number<int>(2);
    invitation.label = row.text(3);
    invitation.link = row.text(4);
    invitation.mailbox = row.fixed<32>(5);
    invitation.createdMs = row.integer(6);
    invitation.untilMs = row.integer(7);
    invitation.renewedMs = row.integer(8);
    invitation.secondAttempts = row.number<int>(9);
    if (!row.isNull(10))
        invitation.usedBy = row.fixed<16>(10);
    return invitation;
}

PrekeyRow prekeysOf(Statement &row)
{
    PrekeyRow prekeys;
    prekeys.bundle = row.fixed<8>(0);
    prekeys.invitation = row.fixed<16>(1);
    prekeys.body = row.blob(2);
    if (!row.isNull(3))
        prekeys.state = row.secretBuffer(3);
    prekeys.createdMs = row.integer(4);
    prekeys.replacedMs = row.integer(5);
    return prekeys;
}

OwnRendezvousRow rendezvousOf(Statement &row)
{
    OwnRendezvousRow rendezvous;
    rendezvous.bundle = row.fixed<8>(0);
    rendezvous.contact = row.fixed<16>(1);
    rendezvous.mailbox = row.fixed<32>(2);
    rendezvous.state = row.secretBuffer(3);
    rendezvous.createdMs = row.integer(4);
    rendezvous.replacedMs = row.integer(5);
    return rendezvous;
}

} // namespace

void writeInvitation(Database &db, const InvitationRow &row)
{
    // Not INSERT OR REPLACE: replacing would take the prekeys along.
    const auto changed = db.exec("UPDATE invitations SET kind = ?2, state = ?3, label = ?4, link = ?5, mailbox = ?6, "
                                 "created_ms = ?7, until_ms = ?8, renewed_ms = ?9, second_attempts = ?10, used_by = ?11 "
                                 "WHERE id = ?1",
                                 row.id, row.kind, row.state, row.label, row.link, row.mailbox, row.createdMs,
                                 row.untilMs, row.renewedMs, row.secondAttempts, row.usedBy);
    if (changed == 0)
        db.exec("INSERT INTO invitations(id, kind, state, label, link, mailbox, created_ms, until_ms, renewed_ms, "
                "second_attempts, used_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                row.id, row.kind, row.state, row.label, row.link, row.mailbox, row.createdMs, row.untilMs,
                row.renewedMs, row.secondAttempts, row.usedBy);
}

#define TACET_INVITATION_COLUMNS                                                                                       \
    "SELECT id, kind, state, label, link, mailbox, created_ms, until_ms, renewed_ms, second_attempts, used_by "        \
    "FROM invitations "

std::optional<InvitationRow> readInvitation(Database &db, const Id16 &id)
{
    auto row = db.query(TACET_INVITATION_COLUMNS "WHERE id = ?1", id);
    return row.step() ? std::optional(invitationOf(row)) : std::nullopt;
}

std::vector<InvitationRow> readInvitations(Database &db)
{
    std::vector<InvitationRow> invitations;
    auto row = db.query(TACET_INVITATION_COLUMNS "ORDER BY created_ms DESC, id");
    while (row.step())
        invitations.push_back(invitationOf(row));
    return invitations;
}

#undef TACET_INVITATION_COLUMNS

void insertPrekeys(Database &db, const PrekeyRow &row)
{
    db.exec("INSERT INTO prekeys(bundle, invitation, body, state, created_ms, replaced_ms) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            row.bundle, row.invitation, row.body, row.state, row.createdMs, row.replacedMs);
}

std::optional<PrekeyRow> readPrekeys(Database &db, const Bytes8 &bundle)
{
    auto row = db.query("SELECT bundle, invitation, body, state, created_ms, replaced_ms FROM prekeys WHERE bundle = ?1",
                        bundle);
    return row.step() ? std::optional(prekeysOf(row)) : std::nullopt;
}

std::vector<PrekeyRow> readPrekeysOf(Database &db, const Id16 &invitation)
{
    std::vector<PrekeyRow> prekeys;
    auto row = db.query("SELECT bundle, invitation, body, state, created_ms, replaced_ms FROM prekeys "
                        "WHERE invitation = ?1 ORDER BY created_ms DESC, bundle",
                        invitation);
    while (row.step())
        prekeys.push_back(prekeysOf(row));
    return prekeys;
}

void markPrekeysReplaced(Database &db, const Id16 &invitation, const Bytes8 &newest, std::int64_t nowMs)
{
    db.exec("UPDATE prekeys SET replaced_ms = ?3 WHERE invitation = ?1 AND bundle <> ?2 AND replaced_ms = 0", invitation,
            newest, nowMs);
}

void forgetPrekeySecrets(Database &db, const Bytes8 &bundle)
{
    db.leaveNoResidue();
    db.exec("UPDATE prekeys SET state = NULL WHERE bundle = ?1", bundle);
}

void insertOwnRendezvous(Database &db, const OwnRendezvousRow &row)
{
    db.exec("INSERT INTO own_rendezvous(bundle, contact, mailbox, state, created_ms, replaced_ms) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            row.bundle, row.contact, row.mailbox, row.state, row.createdMs, row.replacedMs);
}

std::optional<OwnRendezvousRow> readOwnRendezvous(Database &db, const Bytes8 &bundle)
{
    auto row = db.query("SELECT bundle, contact, mailbox, state, created_ms, replaced_ms FROM own_rendezvous "
                        "WHERE bundle = ?1",
                        bundle);
    return row.step() ? std::optional(rendezvousOf(row)) : std::nullopt;
}

std::vector<OwnRendezvousRow> readOwnRendezvousOf(Database &db, const Id16 &contact)
{
    std::vector<OwnRendezvousRow> records;
    auto row = db.query("SELECT bundle, contact, mailbox, state, created_ms, replaced_ms FROM own_rendezvous "
                        "WHERE contact = ?1 ORDER BY created_ms DESC, bundle",
                        contact);
    while (row.step())
        records.push_back(rendezvousOf(row));
    return records;
}

void markRendezvousReplaced(Database &db, const Id16 &contact, const Bytes8 &newest, std::int64_t nowMs)
{
    db.exec("UPDATE own_rendezvous SET replaced_ms = ?3 WHERE contact = ?1 AND bundle <> ?2 AND replaced_ms = 0", contact,
            newest, nowMs);
}

void ageRendezvous(Database &db)
{
    db.exec("UPDATE own_rendezvous SET created_ms = 0 WHERE replaced_ms = 0");
}

std::vector<Bytes8> readRendezvousReplacedUntil(Database &db, std::int64_t replacedMs)
{
    std::vector<Bytes8> records;
    auto row = db.query("SELECT bundle FROM own_rendezvous WHERE replaced_ms <> 0 AND replaced_ms <= ?1", replacedMs);
    while (row.step())
        records.push_back(row.fixed<8>(0));
    return records;
}

void deleteOwnRendezvous(Database &db, const Bytes8 &bundle)
{
    db.leaveNoResidue();
    db.exec("DELETE FROM own_rendezvous WHERE bundle = ?1", bundle);
    deleteHandshakesOf(db, bundle);
}

std::optional<PeerRendezvousRow> readPeerRendezvous(Database &db, const Id16 &contact)
{
    auto row = db.query("SELECT record, relays, created_ms FROM peer_rendezvous WHERE contact = ?1", contact);
    if (!row.step())
        return std::nullopt;
    PeerRendezvousRow rendezvous;
    rendezvous.record = row.blob(0);
    const std::string relays = row.text(1);
    for (std::size_t from = 0; from < relays.size();) {
        const std::size_t end = std::min(relays.find('\n', from), relays.size());
        rendezvous.relays.push_back(relays.substr(from, end - from));
        from = end + 1;
    }
    rendezvous.createdMs = row.integer(2);
    return rendezvous;
}

void writePeerRendezvous(Database &db, const Id16 &contact, const PeerRendezvousRow &row)
{
    std::string relays; // an address holds no line break (RelayUrl)
    for (const std::string &url : row.relays)
        relays += relays.empty() ? url : '\n' + url;
    db.exec("INSERT OR REPLACE INTO peer_rendezvous(contact, record, relays, created_ms) VALUES (?1, ?2, ?3, ?4)",
            contact, row.record, relays, row.createdMs);
}

void deletePeerRendezvous(Database &db, const Id16 &contact)
{
    db.exec("DELETE FROM peer_rendezvous WHERE contact = ?1", contact);
}

} // namespace tacet::vault
