#pragma once
// Which of a contact's numbered messages have come, which are missing, and which receipts are owed.
#include "app/vault/row_ids.h"

namespace tacet::vault {

struct ReceivedRow {
    std::int64_t epoch = 0;
    crypto::Bytes ranges; ///< the form is app/chat/number_ranges
    crypto::Bytes closed;
    std::int64_t readUpTo = 0;
};

/// Ascending epochs.
std::vector<ReceivedRow> readReceived(Database &db, const Id16 &contact);
std::optional<ReceivedRow> readReceivedIn(Database &db, const Id16 &contact, std::int64_t epoch);
void writeReceived(Database &db, const Id16 &contact, const ReceivedRow &row);
void deleteReceivedIn(Database &db, const Id16 &contact, std::int64_t epoch);
void deleteReceivedOf(Database &db, const Id16 &contact);

struct GapRow {
    Id16 contact{};
    std::int64_t epoch = 0;
    std::int64_t sinceMs = 0;
    int asked = 0;
    std::int64_t nextMs = 0;
    std::optional<Id16> line;
};

std::optional<GapRow> readGap(Database &db, const Id16 &contact, std::int64_t epoch);
std::vector<GapRow> readGapsOf(Database &db, const Id16 &contact);
/// Those that are due first come first.
std::vector<GapRow> readGaps(Database &db);
std::optional<std::int64_t> readNextGapTime(Database &db);
void writeGap(Database &db, const GapRow &row);
void deleteGap(Database &db, const Id16 &contact, std::int64_t epoch);

/// An earlier time that is there already stays.
void writeReceiptDue(Database &db, const Id16 &contact, std::int64_t dueMs);
void deleteReceiptDue(Database &db, const Id16 &contact);
/// Up to the one instant, or behind the other.
std::vector<Id16> readReceiptsDue(Database &db, std::int64_t untilMs, std::int64_t afterMs);
std::optional<std::int64_t> readNextReceiptTime(Database &db);

} // namespace tacet::vault
