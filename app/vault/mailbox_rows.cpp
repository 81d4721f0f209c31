#include "app/vault/mailbox_rows.h"

namespace tacet::vault {
namespace {

MailboxRow mailboxOf(Statement &row)
{
    MailboxRow mailbox;
    mailbox.publicKey = row.fixed<32>(0);
    mailbox.secret = row.secret<32>(1);
    mailbox.purpose = row.enumerator(2, MailboxPurpose::Rendezvous);
    mailbox.owner = row.fixed<16>(3);
    mailbox.number = row.integer(4);
    mailbox.state = row.enumerator(5, MailboxState::Abandoned);
    mailbox.createdMs = row.integer(6);
    mailbox.retiredMs = row.integer(7);
    return mailbox;
}

std::vector<MailboxRow> all(Statement row)
{
    std::vector<MailboxRow> mailboxes;
    while (row.step())
        mailboxes.push_back(mailboxOf(row));
    return mailboxes;
}

} // namespace

#define TACET_MAILBOX_COLUMNS                                                                                          \
    "SELECT public, secret, purpose, owner, number, state, created_ms, retired_ms FROM mailboxes "

void insertMailbox(Database &db, const MailboxRow &row, const std::vector<std::string> &relays)
{
    db.exec("INSERT INTO mailboxes(public, secret, purpose, owner, number, state, created_ms, retired_ms) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            row.publicKey, row.secret, row.purpose, row.owner, row.number, row.state, row.createdMs, row.retiredMs);
    int place = 0;
    for (const std::string &relay : relays)
        addMailboxRelay(db, row.publicKey, relay, place++);
}

std::optional<MailboxRow> readMailbox(Database &db, const Bytes32 &publicKey)
{
    auto row = db.query(TACET_MAILBOX_COLUMNS "WHERE public = ?1", publicKey);
    return row.step() ? std::optional(mailboxOf(row)) : std::nullopt;
}

std::vector<MailboxRow> readMailboxes(Database &db)
{
    return all(db.query(TACET_MAILBOX_COLUMNS "ORDER BY created_ms, public"));
}

std::vector<MailboxRow> readMailboxesOf(Database &db, const Id16 &owner)
{
    return all(db.query(TACET_MAILBOX_COLUMNS "WHERE owner = ?1 ORDER BY number DESC, created_ms DESC, public", owner));
}

std::vector<MailboxRow> readMailboxesWithoutRecord(Database &db)
{
    return all(db.query(TACET_MAILBOX_COLUMNS "WHERE purpose = ?1 AND public NOT IN (SELECT mailbox FROM own_rendezvous)",
                        MailboxPurpose::Rendezvous));
}

#undef TACET_MAILBOX_COLUMNS

void setMailboxState(Database &db, const Bytes32 &publicKey, MailboxState state, std::int64_t retiredMs)
{
    db.exec("UPDATE mailboxes SET state = ?2, retired_ms = ?3 WHERE public = ?1", publicKey, state, retiredMs);
}

void setMailboxNumber(Database &db, const Bytes32 &publicKey, std::int64_t number)
{
    db.exec("UPDATE mailboxes SET number = ?2 WHERE public = ?1", publicKey, number);
}

void deleteMailbox(Database &db, const Bytes32 &publicKey)
{
    db.exec("DELETE FROM mailboxes WHERE public = ?1", publicKey);
}

std::vector<MailboxRelayRow> readMailboxRelays(Database &db, const Bytes32 &mailbox)
{
    std::vector<MailboxRelayRow> relays;
    auto row = db.query("SELECT relay, synced_s, swept_ms FROM mailbox_relays WHERE mailbox = ?1 ORDER BY place, relay",
                        mailbox);
    while (row.step())
        relays.push_back({row.text(0), row.optionalInteger(1), row.integer(2)});
    return relays;
}

void addMailboxRelay(Database &db, const Bytes32 &mailbox, std::string_view relay, int place)
{
    db.exec("INSERT OR IGNORE INTO mailbox_relays(mailbox, place, relay) VALUES (?1, ?2, ?3)", mailbox, place, relay);
}

void removeMailboxRelay(Database &db, const Bytes32 &mailbox, std::string_view relay)
{
    db.exec("DELETE FROM mailbox_relays WHERE mailbox = ?1 AND relay = ?2", mailbox, relay);
}

void setSynced(Database &db, const Bytes32 &mailbox, std::string_view relay, std::int64_t syncedSeconds, std::int64_t latest)
{
    db.exec("UPDATE mailbox_relays SET synced_s = ?3 WHERE mailbox = ?1 AND relay = ?2 "
            "AND (synced_s IS NULL OR synced_s < ?3 OR synced_s > ?4)",
            mailbox, relay, syncedSeconds, latest);
}

void setSwept(Database &db, const Bytes32 &mailbox, std::string_view relay, std::int64_t sweptMs)
{
    db.exec("UPDATE mailbox_relays SET swept_ms = ?3 WHERE mailbox = ?1 AND relay = ?2", mailbox, relay, sweptMs);
}

std::optional<std::int64_t> readSlowestCursor(Database &db, const Bytes32 &mailbox, std::int64_t latest)
{
    auto row = db.query("SELECT min(synced_s), count(*) = count(CASE WHEN synced_s <= ?2 THEN 1 END) FROM mailbox_relays WHERE mailbox = ?1",
                        mailbox, latest);
    return row.step() && row.boolean(1) ? row.optionalInteger(0) : std::nullopt;
}

std::optional<std::int64_t> readSlowestCursor(Database &db, std::int64_t latest)
{
    auto row = db.query("SELECT min(synced_s), count(*) = count(CASE WHEN synced_s <= ?1 THEN 1 END) FROM mailbox_relays "
                        "WHERE mailbox IN (SELECT public FROM mailboxes WHERE state <> 2)",
                        latest);
    return row.step() && row.boolean(1) ? row.optionalInteger(0) : std::nullopt;
}

std::int64_t countMailboxesAt(Database &db, std::string_view relay)
{
    return db.integer("SELECT count(*) FROM mailbox_relays JOIN mailboxes ON mailbox = public "
                      "WHERE relay = ?1 AND state <> 2",
                      relay)
        .value_or(0);
}

} // namespace tacet::vault
