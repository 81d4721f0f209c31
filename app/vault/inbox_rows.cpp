#include "app/vault/inbox_rows.h"

namespace tacet::vault {

bool hasSeen(Database &db, const Bytes32 &innerHash)
{
    return db.integer("SELECT 1 FROM seen WHERE hash = ?1", innerHash).has_value();
}

void writeSeen(Database &db, const Bytes32 &innerHash, std::int64_t keepMs)
{
    db.exec("INSERT OR REPLACE INTO seen(hash, keep_ms) VALUES (?1, ?2)", innerHash, keepMs);
}

std::vector<Bytes32> readSeen(Database &db)
{
    std::vector<Bytes32> hashes;
    auto row = db.query("SELECT hash FROM seen ORDER BY hash");
    while (row.step())
        hashes.push_back(row.fixed<32>(0));
    return hashes;
}

std::int64_t deleteSeenBefore(Database &db, std::int64_t keepMs)
{
    return db.exec("DELETE FROM seen WHERE keep_ms < ?1", keepMs);
}

void writeUnopened(Database &db, const Id16 &contact, const Bytes32 &innerHash, std::int64_t seenMs, int maximum,
                   std::int64_t heardMs)
{
    db.exec("INSERT OR IGNORE INTO unopened(contact, hash, seen_ms) VALUES (?1, ?2, ?3)", contact, innerHash, seenMs);
    db.exec("DELETE FROM unopened WHERE contact = ?1 AND hash NOT IN "
            "(SELECT hash FROM unopened WHERE contact = ?1 ORDER BY seen_ms DESC, hash LIMIT ?2) AND hash NOT IN "
            "(SELECT hash FROM unopened WHERE contact = ?1 AND seen_ms > ?3 ORDER BY seen_ms, hash LIMIT 1)",
            contact, maximum, heardMs);
}

std::vector<Bytes32> readUnopened(Database &db, const Id16 &contact)
{
    std::vector<Bytes32> hashes;
    auto row = db.query("SELECT hash FROM unopened WHERE contact = ?1 ORDER BY seen_ms DESC, hash", contact);
    while (row.step())
        hashes.push_back(row.fixed<32>(0));
    return hashes;
}

UnopenedSince readUnopenedSince(Database &db, const Id16 &contact, std::int64_t sinceMs)
{
    auto row = db.query("SELECT count(*), coalesce(min(seen_ms), 0) FROM unopened WHERE contact = ?1 AND seen_ms >= ?2", contact,
                        sinceMs);
    return row.step() ? UnopenedSince{row.integer(0), row.integer(1)} : UnopenedSince{};
}

void deleteUnopened(Database &db, const Id16 &contact)
{
    db.exec("DELETE FROM unopened WHERE contact = ?1", contact);
}

std::vector<Bytes32> readProcessing(Database &db)
{
    std::vector<Bytes32> hashes;
    auto row = db.query("SELECT hash FROM processing");
    while (row.step())
        hashes.push_back(row.fixed<32>(0));
    return hashes;
}

void writeProcessing(Database &db, const Bytes32 &hash)
{
    db.exec("INSERT OR IGNORE INTO processing(hash) VALUES (?1)", hash);
}

void clearProcessing(Database &db)
{
    db.exec("DELETE FROM processing");
}

namespace {

SetAsideRow setAsideOf(Statement &row)
{
    SetAsideRow aside;
    aside.hash = row.fixed<32>(0);
    aside.crashes = row.number<int>(1);
    if (!row.isNull(2))
        aside.mailbox = row.fixed<32>(2);
    aside.createdSeconds = row.integer(3);
    aside.inner = row.optionalBlob(4);
    aside.sinceMs = row.integer(5);
    return aside;
}

} // namespace

std::optional<SetAsideRow> readSetAside(Database &db, const Bytes32 &hash)
{
    auto row = db.query("SELECT hash, crashes, mailbox, created_s, inner, since_ms FROM set_aside WHERE hash = ?1", hash);
    return row.step() ? std::optional(setAsideOf(row)) : std::nullopt;
}

std::vector<SetAsideRow> readAllSetAside(Database &db)
{
    std::vector<SetAsideRow> rows;
    auto row = db.query("SELECT hash, crashes, mailbox, created_s, inner, since_ms FROM set_aside ORDER BY since_ms, hash");
    while (row.step())
        rows.push_back(setAsideOf(row));
    return rows;
}

void writeSetAside(Database &db, const SetAsideRow &row)
{
    db.exec("INSERT OR REPLACE INTO set_aside(hash, crashes, mailbox, created_s, inner, since_ms) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            row.hash, row.crashes, row.mailbox, row.createdSeconds, row.inner, row.sinceMs);
}

void deleteSetAside(Database &db, const Bytes32 &hash)
{
    db.exec("DELETE FROM set_aside WHERE hash = ?1", hash);
}

} // namespace tacet::vault
