#pragma once
// What keeps receiving exact: hashes of what was opened before, of what did not open, and the mark that finds an
// envelope which takes the whole program down.
#include "app/vault/row_ids.h"

namespace tacet::vault {

bool hasSeen(Database &db, const Bytes32 &innerHash);
void writeSeen(Database &db, const Bytes32 &innerHash, std::int64_t keepMs);
/// All of them, ascending.
std::vector<Bytes32> readSeen(Database &db);
/// Answers how many went.
std::int64_t deleteSeenBefore(Database &db, std::int64_t keepMs);

/// Remembers at most `maximum` a contact, the newest, and beside them the first since the contact was heard.
void writeUnopened(Database &db, const Id16 &contact, const Bytes32 &innerHash, std::int64_t seenMs, int maximum,
                   std::int64_t heardMs);
std::vector<Bytes32> readUnopened(Database &db, const Id16 &contact);
struct UnopenedSince {
    std::int64_t count = 0;
    std::int64_t firstMs = 0;
};
UnopenedSince readUnopenedSince(Database &db, const Id16 &contact, std::int64_t sinceMs);
void deleteUnopened(Database &db, const Id16 &contact);

/// The messages (SHA-256 of their inner bytes) that are being opened right now; rows that are there at start name what
/// was open at the crash.
std::vector<Bytes32> readProcessing(Database &db);
void writeProcessing(Database &db, const Bytes32 &hash);
void clearProcessing(Database &db);

struct SetAsideRow {
    Bytes32 hash{};
    int crashes = 0;
    std::optional<Bytes32> mailbox;
    std::int64_t createdSeconds = 0;
    std::optional<crypto::Bytes> inner;
    std::int64_t sinceMs = 0;
};
std::optional<SetAsideRow> readSetAside(Database &db, const Bytes32 &hash);
std::vector<SetAsideRow> readAllSetAside(Database &db);
void writeSetAside(Database &db, const SetAsideRow &row);
void deleteSetAside(Database &db, const Bytes32 &hash);

} // namespace tacet::vault
