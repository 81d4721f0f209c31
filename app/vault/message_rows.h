#pragma once
// The history: texts and system lines of every chat, in the order (sort_ms, own, sequence, id).
#include "app/vault/row_ids.h"

namespace tacet::vault {

struct MessageRow {
    Id16 id{};
    Id16 contact{};
    bool own = false;
    int system = 0; ///< chat::SystemLine
    std::string body;
    std::int64_t sentMs = 0;
    std::int64_t arrivedMs = 0;
    std::int64_t sortMs = 0;
    std::int64_t epoch = 0;
    std::int64_t sequence = 0;
    int state = 0; ///< chat::MessageState
    std::int64_t stateMs = 0;
    int relays = 0;
    bool unread = false;
};

struct HistoryPlace {
    std::int64_t sortMs = 0;
    bool own = false;
    std::int64_t sequence = 0;
    Id16 id{};
};

void insertMessage(Database &db, const MessageRow &row);
void deleteMessage(Database &db, const Id16 &id);
void deleteMessagesOf(Database &db, const Id16 &contact);
std::optional<MessageRow> readMessage(Database &db, const Id16 &id);
bool hasMessage(Database &db, const Id16 &id);
/// Texts and system lines of every chat.
std::int64_t countMessages(Database &db);

/// Newest first, strictly before `place` (nothing: from the end).
std::vector<MessageRow> readOlder(Database &db, const Id16 &contact, const std::optional<HistoryPlace> &place, int limit);
/// Oldest first, strictly after `place`.
std::vector<MessageRow> readNewer(Database &db, const Id16 &contact, const HistoryPlace &place, int limit);
/// The last line of a chat; texts of the other side are left out when `ownAndSystemOnly`.
std::optional<MessageRow> readLastMessage(Database &db, const Id16 &contact, bool ownAndSystemOnly);

/// 0 in an empty chat.
std::int64_t readGreatestSort(Database &db, const Id16 &contact);
/// The received text that follows (epoch, sequence) in its writer's order.
std::optional<MessageRow> readSuccessor(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t sequence);
/// The received text before (epoch, sequence) in the same epoch.
std::optional<MessageRow> readPredecessor(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t sequence);

std::int64_t countUnread(Database &db, const Id16 &contact);
std::optional<Id16> readFirstUnread(Database &db, const Id16 &contact);
/// The smallest number of this epoch that is unread.
std::optional<std::int64_t> readFirstUnreadNumber(Database &db, const Id16 &contact, std::int64_t epoch);
/// Newest received text by its writer's numbers, for read receipts; (0, 0) when there is none.
struct WriterPlace {
    std::int64_t epoch = 0;
    std::int64_t sequence = 0;
};
/// Marks everything read; answers the newest place among what was unread before.
std::optional<WriterPlace> markAllRead(Database &db, const Id16 &contact);
std::int64_t countReceivedTexts(Database &db, const Id16 &contact);

void updateMessageState(Database &db, const Id16 &id, int state, std::int64_t stateMs, int relays);
void updateMessageBody(Database &db, const Id16 &id, std::string_view body);
void updateMessageNumbers(Database &db, const Id16 &id, std::int64_t epoch, std::int64_t sequence);
/// Own texts with first <= sequence <= last, oldest first.
std::vector<MessageRow> readOwnBetween(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t first,
                                       std::int64_t last, int limit);
/// Own texts up to this number that are known to be there, and not known to be read.
std::vector<MessageRow> readOwnDelivered(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t last);
/// Own texts whose state is below `state` and not failed, oldest first.
std::vector<MessageRow> readOwnBelow(Database &db, const Id16 &contact, int state);

} // namespace tacet::vault
