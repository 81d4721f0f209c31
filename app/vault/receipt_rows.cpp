#include "app/vault/receipt_rows.h"

namespace tacet::vault {
namespace {

ReceivedRow receivedOf(Statement &row)
{
    return {row.integer(0), row.blob(1), row.blob(2), row.integer(3)};
}

GapRow gapOf(Statement &row)
{
    GapRow gap;
    gap.contact = row.fixed<16>(0);
    gap.epoch = row.integer(1);
    gap.sinceMs = row.integer(2);
    gap.asked = row.number<int>(3);
    gap.nextMs = row.integer(4);
    if (!row.isNull(5))
        gap.line = row.fixed<16>(5);
    return gap;
}

std::vector<GapRow> all(Statement row)
{
    std::vector<GapRow> gaps;
    while (row.step())
        gaps.push_back(gapOf(row));
    return gaps;
}

} // namespace

std::vector<ReceivedRow> readReceived(Database &db, const Id16 &contact)
{
    std::vector<ReceivedRow> rows;
    auto row = db.query("SELECT epoch, ranges, closed, read_up_to FROM received WHERE contact = ?1 ORDER BY epoch", contact);
    while (row.step())
        rows.push_back(receivedOf(row));
    return rows;
}

std::optional<ReceivedRow> readReceivedIn(Database &db, const Id16 &contact, std::int64_t epoch)
{
    auto row = db.query("SELECT epoch, ranges, closed, read_up_to FROM received WHERE contact = ?1 AND epoch = ?2",
                        contact, epoch);
    return row.step() ? std::optional(receivedOf(row)) : std::nullopt;
}

void writeReceived(Database &db, const Id16 &contact, const ReceivedRow &row)
{
    db.exec("INSERT OR REPLACE INTO received(contact, epoch, ranges, closed, read_up_to) VALUES (?1, ?2, ?3, ?4, ?5)",
            contact, row.epoch, row.ranges, row.closed, row.readUpTo);
}

void deleteReceivedIn(Database &db, const Id16 &contact, std::int64_t epoch)
{
    db.exec("DELETE FROM received WHERE contact = ?1 AND epoch = ?2", contact, epoch);
    db.exec("DELETE FROM gaps WHERE contact = ?1 AND epoch = ?2", contact, epoch);
}

void deleteReceivedOf(Database &db, const Id16 &contact)
{
    db.exec("DELETE FROM received WHERE contact = ?1", contact);
    db.exec("DELETE FROM gaps WHERE contact = ?1", contact);
}

#define TACET_GAP_COLUMNS "SELECT contact, epoch, since_ms, asked, next_ms, line FROM gaps "

std::optional<GapRow> readGap(Database &db, const Id16 &contact, std::int64_t epoch)
{
    auto row = db.query(TACET_GAP_COLUMNS "WHERE contact = ?1 AND epoch = ?2", contact, epoch);
    return row.step() ? std::optional(gapOf(row)) : std::nullopt;
}

std::vector<GapRow> readGapsOf(Database &db, const Id16 &contact)
{
    return all(db.query(TACET_GAP_COLUMNS "WHERE contact = ?1 ORDER BY epoch", contact));
}

std::vector<GapRow> readGaps(Database &db)
{
    return all(db.query(TACET_GAP_COLUMNS "ORDER BY next_ms, contact, epoch"));
}

#undef TACET_GAP_COLUMNS

std::optional<std::int64_t> readNextGapTime(Database &db)
{
    return db.integer("SELECT min(next_ms) FROM gaps");
}

void writeGap(Database &db, const GapRow &row)
{
    db.exec("INSERT OR REPLACE INTO gaps(contact, epoch, since_ms, asked, next_ms, line) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            row.contact, row.epoch, row.sinceMs, row.asked, row.nextMs, row.line);
}

void deleteGap(Database &db, const Id16 &contact, std::int64_t epoch)
{
    db.exec("DELETE FROM gaps WHERE contact = ?1 AND epoch = ?2", contact, epoch);
}

void writeReceiptDue(Database &db, const Id16 &contact, std::int64_t dueMs)
{
    const auto changed = db.exec("UPDATE receipts_due SET due_ms = min(due_ms, ?2) WHERE contact = ?1", contact, dueMs);
    if (changed == 0)
        db.exec("INSERT INTO receipts_due(contact, due_ms) VALUES (?1, ?2)", contact, dueMs);
}

void deleteReceiptDue(Database &db, const Id16 &contact)
{
    db.exec("DELETE FROM receipts_due WHERE contact = ?1", contact);
}

std::vector<Id16> readReceiptsDue(Database &db, std::int64_t untilMs, std::int64_t afterMs)
{
    std::vector<Id16> contacts;
    auto row = db.query("SELECT contact FROM receipts_due WHERE due_ms <= ?1 OR due_ms > ?2 ORDER BY due_ms, contact", untilMs,
                        afterMs);
    while (row.step())
        contacts.push_back(row.fixed<16>(0));
    return contacts;
}

std::optional<std::int64_t> readNextReceiptTime(Database &db)
{
    return db.integer("SELECT min(due_ms) FROM receipts_due");
}

} // namespace tacet::vault
