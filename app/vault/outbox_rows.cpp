#include "app/vault/outbox_rows.h"

namespace tacet::vault {
namespace {

OutboxRow outboxOf(Statement &row)
{
    OutboxRow out;
    out.row = row.integer(0);
    if (!row.isNull(1))
        out.contact = row.fixed<16>(1);
    if (!row.isNull(2))
        out.invitation = row.fixed<16>(2);
    out.kind = row.number<int>(3);
    if (!row.isNull(4))
        out.message = row.fixed<16>(4);
    out.epoch = row.integer(5);
    out.sequence = row.integer(6);
    out.payload = row.optionalBlob(7);
    if (!row.isNull(8))
        out.session = row.fixed<32>(8);
    out.sealed = row.optionalBlob(9);
    if (!row.isNull(10))
        out.hash = row.fixed<32>(10);
    if (!row.isNull(11))
        out.mailbox = row.fixed<32>(11);
    out.state = row.enumerator(12, OutboxState::Failed);
    out.createdMs = row.integer(13);
    out.sentMs = row.integer(14);
    out.resentMs = row.integer(15);
    return out;
}

std::vector<OutboxRow> all(Statement row)
{
    std::vector<OutboxRow> rows;
    while (row.step())
        rows.push_back(outboxOf(row));
    return rows;
}

std::optional<OutboxRow> one(Statement row)
{
    return row.step() ? std::optional(outboxOf(row)) : std::nullopt;
}

} // namespace

#define TACET_OUTBOX_COLUMNS                                                                                           \
    "SELECT row, contact, invitation, kind, message, epoch, sequence, payload, session, sealed, hash, mailbox, state, " \
    "created_ms, sent_ms, resent_ms FROM outbox "

std::int64_t insertOutbox(Database &db, const OutboxRow &row)
{
    db.exec("INSERT INTO outbox(contact, invitation, kind, message, epoch, sequence, payload, session, sealed, hash, "
            "mailbox, state, created_ms, sent_ms, resent_ms) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            row.contact, row.invitation, row.kind, row.message, row.epoch, row.sequence, row.payload, row.session,
            row.sealed, row.hash, row.mailbox, row.state, row.createdMs, row.sentMs, row.resentMs);
    return db.failed() ? 0 : db.lastInsertRowId();
}

void updateOutbox(Database &db, const OutboxRow &row)
{
    db.exec("UPDATE outbox SET contact = ?2, invitation = ?3, kind = ?4, message = ?5, epoch = ?6, sequence = ?7, "
            "payload = ?8, session = ?9, sealed = ?10, hash = ?11, mailbox = ?12, state = ?13, created_ms = ?14, "
            "sent_ms = ?15, resent_ms = ?16 WHERE row = ?1",
            row.row, row.contact, row.invitation, row.kind, row.message, row.epoch, row.sequence, row.payload,
            row.session, row.sealed, row.hash, row.mailbox, row.state, row.createdMs, row.sentMs, row.resentMs);
}

void deleteOutbox(Database &db, std::int64_t row)
{
    db.exec("DELETE FROM outbox WHERE row = ?1", row);
}

void deleteOutboxOf(Database &db, const Id16 &contact)
{
    db.exec("DELETE FROM outbox WHERE contact = ?1", contact);
}

std::optional<OutboxRow> readOutbox(Database &db, std::int64_t row)
{
    return one(db.query(TACET_OUTBOX_COLUMNS "WHERE row = ?1", row));
}

std::vector<OutboxRow> readOutboxOf(Database &db, const Id16 &contact)
{
    return all(db.query(TACET_OUTBOX_COLUMNS "WHERE contact = ?1 ORDER BY row", contact));
}

std::vector<OutboxRow> readOutboxUnsealed(Database &db, const Id16 &contact, int limit)
{
    return all(db.query(TACET_OUTBOX_COLUMNS "INDEXED BY outbox_unsealed WHERE contact = ?1 AND state = 0 AND payload IS NOT NULL "
                                             "ORDER BY message IS NOT NULL, row LIMIT ?2", // control first: texts may have to wait for it
                        contact, limit));
}

std::vector<OutboxRow> readOutboxOfKind(Database &db, const Id16 &contact, int kind)
{
    return all(db.query(TACET_OUTBOX_COLUMNS "INDEXED BY outbox_numbers WHERE contact = ?1 AND sequence > 0 AND message IS NULL "
                                             "AND kind = ?2 ORDER BY row",
                        contact, kind));
}

std::vector<OutboxRow> readOutboxOfInvitation(Database &db, const Id16 &invitation)
{
    return all(db.query(TACET_OUTBOX_COLUMNS "WHERE invitation = ?1 ORDER BY row", invitation));
}

std::optional<OutboxRow> readOutboxByMessage(Database &db, const Id16 &message)
{
    return one(db.query(TACET_OUTBOX_COLUMNS "WHERE message = ?1 ORDER BY row LIMIT 1", message));
}

std::optional<OutboxRow> readOutboxByHash(Database &db, const Id16 &contact, const Bytes32 &hash)
{
    return one(db.query(TACET_OUTBOX_COLUMNS "WHERE contact = ?1 AND hash = ?2 LIMIT 1", contact, hash));
}

#undef TACET_OUTBOX_COLUMNS

std::vector<NumberedRow> readOutboxNumbered(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t first, std::int64_t last)
{
    std::vector<NumberedRow> rows;
    auto row = db.query("SELECT row, message, sequence, state, sent_ms, resent_ms FROM outbox INDEXED BY outbox_numbers "
                        "WHERE contact = ?1 AND epoch = ?2 AND sequence > 0 AND sequence BETWEEN ?3 AND ?4 ORDER BY sequence",
                        contact, epoch, first, last);
    while (row.step())
        rows.push_back({row.integer(0), row.isNull(1) ? std::nullopt : std::optional(row.fixed<16>(1)), row.integer(2),
                        row.enumerator(3, OutboxState::Failed), row.integer(4), row.integer(5)});
    return rows;
}

void deleteUnsentOfKind(Database &db, const Id16 &contact, int kind)
{
    db.exec("DELETE FROM outbox INDEXED BY outbox_unnumbered WHERE contact = ?1 AND kind = ?2 AND sequence = 0 AND state < 2", contact, kind);
}

void setTargets(Database &db, std::int64_t row, const std::vector<std::string> &relays, std::int64_t firstTryMs)
{
    db.exec("DELETE FROM outbox_relays WHERE outbox = ?1", row);
    for (const std::string &relay : relays)
        db.exec("INSERT OR IGNORE INTO outbox_relays(outbox, relay, next_try_ms) VALUES (?1, ?2, ?3)", row, relay,
                firstTryMs);
}

std::vector<TargetRow> readTargets(Database &db, std::int64_t row)
{
    std::vector<TargetRow> targets;
    auto statement = db.query("SELECT relay, state, attempts, next_try_ms, reason FROM outbox_relays WHERE outbox = ?1", row);
    while (statement.step())
        targets.push_back({statement.text(0), statement.enumerator(1, TargetState::Refused), statement.number<int>(2),
                           statement.integer(3), statement.text(4)});
    return targets;
}

void updateTarget(Database &db, std::int64_t row, const TargetRow &target)
{
    db.exec("UPDATE outbox_relays SET state = ?3, attempts = ?4, next_try_ms = ?5, reason = ?6 "
            "WHERE outbox = ?1 AND relay = ?2",
            row, target.relay, target.state, target.attempts, target.nextTryMs, target.reason);
}

std::vector<DueTarget> readDueTargets(Database &db, std::int64_t nowMs, int limit)
{
    std::vector<DueTarget> due;
    auto row = db.query("SELECT outbox, relay FROM outbox_relays WHERE state = 0 AND next_try_ms <= ?1 "
                        "ORDER BY outbox, relay LIMIT ?2",
                        nowMs, limit);
    while (row.step())
        due.push_back({row.integer(0), row.text(1)});
    return due;
}

std::vector<std::string> readRelaysWaitedFor(Database &db)
{
    // One step of the index for each relay, however much waits.
    std::vector<std::string> relays;
    for (std::string last;;) {
        auto row = db.query("SELECT min(relay) FROM outbox_relays WHERE state = 0 AND relay > ?1", last);
        const auto next = row.step() ? row.optionalText(0) : std::nullopt;
        if (!next)
            return relays;
        relays.push_back(*next);
        last = *next;
    }
}

std::vector<std::int64_t> readDueAt(Database &db, std::string_view relay, std::int64_t nowMs, int limit)
{
    std::vector<std::int64_t> due;
    auto row = db.query("SELECT outbox FROM outbox_relays WHERE state = 0 AND relay = ?1 AND next_try_ms <= ?2 "
                        "ORDER BY outbox LIMIT ?3",
                        relay, nowMs, limit);
    while (row.step())
        due.push_back(row.integer(0));
    return due;
}

std::optional<std::int64_t> readNextTry(Database &db, std::int64_t afterMs)
{
    return db.integer("SELECT min(next_try_ms) FROM outbox_relays WHERE state = 0 AND next_try_ms > ?1", afterMs);
}

std::optional<std::int64_t> hastenTargets(Database &db, std::string_view relay, std::int64_t nowMs, std::int64_t row,
                                          int limit)
{
    const auto last = db.integer("SELECT max(outbox) FROM (SELECT outbox FROM outbox_relays WHERE state = 0 AND relay = ?1 "
                                 "AND outbox > ?2 ORDER BY outbox LIMIT ?3)",
                                 relay, row, limit);
    if (last)
        db.exec("UPDATE outbox_relays SET next_try_ms = ?2 WHERE state = 0 AND relay = ?1 AND outbox > ?3 AND outbox <= ?4 "
                "AND next_try_ms > ?2",
                relay, nowMs, row, *last);
    return last;
}

void clampTargets(Database &db, std::int64_t latestMs)
{
    db.exec("UPDATE outbox_relays SET next_try_ms = ?1 WHERE state = 0 AND next_try_ms > ?1", latestMs);
}

OutboxCounts countOutbox(Database &db)
{
    // Two ranges of an index that holds all it takes: those that a relay has are not looked at, and no row is.
    return {db.integer("SELECT count(message) FROM outbox INDEXED BY outbox_texts WHERE message IS NOT NULL AND state < 2").value_or(0),
            db.integer("SELECT count(message) FROM outbox INDEXED BY outbox_texts WHERE message IS NOT NULL AND state = 3").value_or(0)};
}

} // namespace tacet::vault
