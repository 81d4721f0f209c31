#include "app/vault/message_rows.h"

namespace tacet::vault {
namespace {

MessageRow messageOf(Statement &row)
{
    MessageRow message;
    message.id = row.fixed<16>(0);
    message.contact = row.fixed<16>(1);
    message.own = row.boolean(2);
    message.system = row.number<int>(3);
    message.body = row.text(4);
    message.sentMs = row.integer(5);
    message.arrivedMs = row.integer(6);
    message.sortMs = row.integer(7);
    message.epoch = row.integer(8);
    message.sequence = row.integer(9);
    message.state = row.number<int>(10);
    message.stateMs = row.integer(11);
    message.relays = row.number<int>(12);
    message.unread = row.boolean(13);
    return message;
}

std::vector<MessageRow> all(Statement row)
{
    std::vector<MessageRow> messages;
    while (row.step())
        messages.push_back(messageOf(row));
    return messages;
}

std::optional<MessageRow> one(Statement row)
{
    return row.step() ? std::optional(messageOf(row)) : std::nullopt;
}

} // namespace

#define TACET_MESSAGE_COLUMNS                                                                                          \
    "SELECT id, contact, own, system, body, sent_ms, arrived_ms, sort_ms, epoch, sequence, state, state_ms, relays, "  \
    "unread FROM messages "

void insertMessage(Database &db, const MessageRow &row)
{
    db.exec("INSERT INTO messages(id, contact, own, system, body, sent_ms, arrived_ms, sort_ms, epoch, sequence, state, "
            "state_ms, relays, unread) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            row.id, row.contact, row.own, row.system, row.body, row.sentMs, row.arrivedMs, row.sortMs, row.epoch,
            row.sequence, row.state, row.stateMs, row.relays, row.unread);
}

void deleteMessage(Database &db, const Id16 &id)
{
    db.leaveNoResidue();
    db.exec("DELETE FROM messages WHERE id = ?1", id);
}

void deleteMessagesOf(Database &db, const Id16 &contact)
{
    db.leaveNoResidue();
    db.exec("DELETE FROM messages WHERE contact = ?1", contact);
}

std::optional<MessageRow> readMessage(Database &db, const Id16 &id)
{
    return one(db.query(TACET_MESSAGE_COLUMNS "WHERE id = ?1", id));
}

bool hasMessage(Database &db, const Id16 &id)
{
    return db.integer("SELECT 1 FROM messages WHERE id = ?1", id).has_value();
}

std::vector<MessageRow> readOlder(Database &db, const Id16 &contact, const std::optional<HistoryPlace> &place, int limit)
{
    if (!place)
        return all(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 "
                                                  "ORDER BY sort_ms DESC, own DESC, sequence DESC, id DESC LIMIT ?2",
                            contact, limit));
    return all(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 AND (sort_ms, own, sequence, id) < (?2, ?3, ?4, ?5) "
                                              "ORDER BY sort_ms DESC, own DESC, sequence DESC, id DESC LIMIT ?6",
                        contact, place->sortMs, place->own, place->sequence, place->id, limit));
}

std::vector<MessageRow> readNewer(Database &db, const Id16 &contact, const HistoryPlace &place, int limit)
{
    return all(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 AND (sort_ms, own, sequence, id) > (?2, ?3, ?4, ?5) "
                                              "ORDER BY sort_ms, own, sequence, id LIMIT ?6",
                        contact, place.sortMs, place.own, place.sequence, place.id, limit));
}

std::optional<MessageRow> readLastMessage(Database &db, const Id16 &contact, bool ownAndSystemOnly)
{
    if (!ownAndSystemOnly)
        return one(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 "
                                                  "ORDER BY sort_ms DESC, own DESC, sequence DESC, id DESC LIMIT 1",
                            contact));
    return one(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 AND (own = 1 OR system <> 0) "
                                              "ORDER BY sort_ms DESC, own DESC, sequence DESC, id DESC LIMIT 1",
                        contact));
}

std::int64_t readGreatestSort(Database &db, const Id16 &contact)
{
    return db.integer("SELECT max(sort_ms) FROM messages WHERE contact = ?1", contact).value_or(0);
}

std::optional<MessageRow> readSuccessor(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t sequence)
{
    return one(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 AND own = 0 AND system = 0 "
                                              "AND (epoch, sequence) > (?2, ?3) ORDER BY epoch, sequence LIMIT 1",
                        contact, epoch, sequence));
}

std::optional<MessageRow> readPredecessor(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t sequence)
{
    return one(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 AND own = 0 AND system = 0 "
                                              "AND epoch = ?2 AND sequence < ?3 ORDER BY sequence DESC LIMIT 1",
                        contact, epoch, sequence));
}

std::int64_t countUnread(Database &db, const Id16 &contact)
{
    return db.integer("SELECT count(*) FROM messages WHERE contact = ?1 AND unread = 1", contact).value_or(0);
}

std::optional<Id16> readFirstUnread(Database &db, const Id16 &contact)
{
    auto row = db.query("SELECT id FROM messages WHERE contact = ?1 AND unread = 1 "
                        "ORDER BY sort_ms, own, sequence, id LIMIT 1",
                        contact);
    return row.step() ? std::optional(row.fixed<16>(0)) : std::nullopt;
}

std::optional<std::int64_t> readFirstUnreadNumber(Database &db, const Id16 &contact, std::int64_t epoch)
{
    auto row = db.query("SELECT sequence FROM messages INDEXED BY messages_unread WHERE contact = ?1 AND unread = 1 AND epoch = ?2 "
                        "ORDER BY sequence LIMIT 1",
                        contact, epoch);
    return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

std::optional<WriterPlace> markAllRead(Database &db, const Id16 &contact)
{
    std::optional<WriterPlace> newest;
    {
        auto row = db.query("SELECT epoch, sequence FROM messages WHERE contact = ?1 AND unread = 1 "
                            "ORDER BY epoch DESC, sequence DESC LIMIT 1",
                            contact);
        if (row.step())
            newest = WriterPlace{row.integer(0), row.integer(1)};
    }
    if (newest)
        db.exec("UPDATE messages SET unread = 0 WHERE contact = ?1 AND unread = 1", contact);
    return newest;
}

std::int64_t countReceivedTexts(Database &db, const Id16 &contact)
{
    return db.integer("SELECT count(*) FROM messages WHERE contact = ?1 AND own = 0 AND system = 0", contact).value_or(0);
}

void updateMessageState(Database &db, const Id16 &id, int state, std::int64_t stateMs, int relays)
{
    db.exec("UPDATE messages SET state = ?2, state_ms = ?3, relays = ?4 WHERE id = ?1", id, state, stateMs, relays);
}

void updateMessageBody(Database &db, const Id16 &id, std::string_view body)
{
    db.exec("UPDATE messages SET body = ?2 WHERE id = ?1", id, body);
}

void updateMessageNumbers(Database &db, const Id16 &id, std::int64_t epoch, std::int64_t sequence)
{
    db.exec("UPDATE messages SET epoch = ?2, sequence = ?3 WHERE id = ?1", id, epoch, sequence);
}

std::vector<MessageRow> readOwnBetween(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t first,
                                       std::int64_t last, int limit)
{
    return all(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 AND own = 1 AND system = 0 AND epoch = ?2 "
                                              "AND sequence BETWEEN ?3 AND ?4 ORDER BY sequence LIMIT ?5",
                        contact, epoch, first, last, limit));
}

std::vector<MessageRow> readOwnDelivered(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t last)
{
    // The index holds what is below 4: a receipt must not look through all that was ever read.
    return all(db.query(TACET_MESSAGE_COLUMNS "INDEXED BY messages_own_unread WHERE contact = ?1 AND epoch = ?2 AND sequence <= ?3 "
                                              "AND own = 1 AND system = 0 AND state < 4 AND state >= 3 ORDER BY sequence",
                        contact, epoch, last));
}

std::vector<MessageRow> readOwnBelow(Database &db, const Id16 &contact, int state)
{
    return all(db.query(TACET_MESSAGE_COLUMNS "WHERE contact = ?1 AND own = 1 AND system = 0 AND state < ?2 "
                                              "ORDER BY epoch, sequence",
                        contact, state));
}

#undef TACET_MESSAGE_COLUMNS

std::int64_t countMessages(Database &db)
{
    return db.integer("SELECT count(*) FROM messages").value_or(0);
}

} // namespace tacet::vault
