#pragma once
// What people read: rows made into values, pages of a history, and the one rule of its order.
//
// These functions run inside any Transaction or Snapshot, on the writing connection or on a reader's.
//
// Order (README, History): (sort_ms, own, sequence, id). A new line of any kind gets a sort_ms above everything in
// the chat, so a history only grows at its end, whatever clocks do. The one exception is a text that fills a gap:
// it takes the sort_ms of the text that follows it in its writer's order and stands right before it.
#include "app/chat/facts.h"
#include "app/vault/contact_rows.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/message_rows.h"

#include <map>
#include <set>

namespace tacet::chat {

class Step;

/// What holds of chats just now and is in no vault.
struct Passing {
    std::set<ContactId> typing;       ///< who types
    std::map<ContactId, int> waiting; ///< how many messages wait in the backlog
};

Message messageOf(const vault::MessageRow &row);
ChatSummary summaryOf(vault::Database &db, const vault::ContactRow &row, const Passing &passing);
Invitation invitationOf(vault::Database &db, const vault::InvitationRow &row);
OutboxInfo outboxInfo(vault::Database &db);
/// Texts of strangers are not shown before they are accepted.
bool isShown(vault::Database &db, const vault::MessageRow &row);
/// The user's name for a contact, or its own.
QString nameOf(const vault::ContactRow &row);
/// 0 to 9, from the identity: the same on every computer.
int colourOf(crypto::ByteView identity);

/// Pinned first, then newest first.
QList<ChatSummary> readChats(vault::Database &db, const Passing &passing = {});
/// Nothing when the chat does not exist. `count` is clamped to 1..200.
std::optional<Page> readPage(vault::Database &db, const ContactId &chat, const Anchor &anchor, PageDirection direction,
                             int count);

/// The sort_ms of a line that is new at the end.
qint64 nextSort(vault::Database &db, const ContactId &chat, qint64 nowMs);
/// The sort_ms of a received text by its writer's numbers.
qint64 sortOfReceived(vault::Database &db, const ContactId &chat, std::int64_t epoch, std::int64_t sequence, qint64 nowMs);
/// Writes a system line at the end of the chat.
MessageId addSystemLine(Step &step, const ContactId &chat, SystemLine line, const QString &argument = {});

} // namespace tacet::chat
