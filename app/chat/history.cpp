#include "app/chat/history.h"

#include "app/chat/step.h"
#include "app/chat/text.h"
#include "app/vault/outbox_rows.h"
#include "app/vault/profile_rows.h"

#include <algorithm>

namespace tacet::chat {

Message messageOf(const vault::MessageRow &row)
{
    Message message;
    message.id = messageId(row.id);
    message.chat = contactId(row.contact);
    message.own = row.own;
    message.system = SystemLine(row.system);
    message.text = fromUtf8(row.body);
    message.sentMs = row.sentMs;
    message.arrivedMs = row.arrivedMs;
    message.sortMs = row.sortMs;
    message.sequence = row.sequence;
    message.state = MessageState(row.state);
    message.stateMs = row.stateMs;
    message.relays = row.relays;
    return message;
}

QString nameOf(const vault::ContactRow &row)
{
    return fromUtf8(row.name.empty() ? row.givenName : row.name);
}

int colourOf(crypto::ByteView identity)
{
    unsigned sum = 0;
    for (const std::uint8_t byte : identity)
        sum = sum * 31 + byte;
    return int(sum % 10);
}

ChatSummary summaryOf(vault::Database &db, const vault::ContactRow &row, const Passing &passing)
{
    ChatSummary chat;
    chat.id = contactId(row.id);
    chat.name = nameOf(row);
    chat.givenName = fromUtf8(row.givenName);
    chat.colour = row.colour;
    chat.trust = Trust(row.trust);
    chat.keyChangedMs = row.keyChangedMs;
    chat.link = Link(row.link);
    chat.linkTrouble = row.linkTrouble;
    chat.request = row.request;
    chat.blocked = row.blocked;
    chat.muted = row.muted;
    chat.pinned = row.pinned;
    if (!row.blocked && !row.request) {
        chat.typing = passing.typing.contains(chat.id);
        const auto waiting = passing.waiting.find(chat.id);
        chat.waiting = waiting == passing.waiting.end() ? 0 : waiting->second;
    }
    chat.unread = int(vault::countUnread(db, row.id));
    chat.draft = fromUtf8(row.draft);
    chat.addedMs = row.addedMs;
    chat.peerRestoredMs = row.peerRestoredMs;
    if (const auto last = vault::readLastMessage(db, row.id, row.request))
        chat.last = messageOf(*last);
    return chat;
}

Invitation invitationOf(vault::Database &db, const vault::InvitationRow &row)
{
    Invitation invitation;
    invitation.id = invitationId(row.id);
    invitation.kind = InvitationKind(row.kind);
    invitation.state = InvitationState(row.state);
    invitation.label = fromUtf8(row.label);
    if (invitation.state == InvitationState::Open)
        invitation.link = fromUtf8(row.link);
    invitation.createdMs = row.createdMs;
    invitation.untilMs = row.untilMs;
    invitation.secondAttempts = row.secondAttempts;
    if (row.usedBy)
        invitation.usedBy = contactId(*row.usedBy);
    for (const vault::OutboxRow &posting : vault::readOutboxOfInvitation(db, row.id)) {
        int holding = 0;
        for (const vault::TargetRow &target : vault::readTargets(db, posting.row))
            holding += target.state == vault::TargetState::Accepted ? 1 : 0;
        invitation.relaysHolding = holding; // the newest posting counts
    }
    return invitation;
}

OutboxInfo outboxInfo(vault::Database &db)
{
    const vault::OutboxCounts counts = vault::countOutbox(db);
    return {int(counts.waiting), int(counts.failed), vault::readSettingInteger(db, "last_left_ms").value_or(0)};
}

bool isShown(vault::Database &db, const vault::MessageRow &row)
{
    if (row.own || row.system != 0)
        return true;
    const auto contact = vault::readContact(db, row.contact);
    return contact && !contact->request;
}

QList<ChatSummary> readChats(vault::Database &db, const Passing &passing)
{
    QList<ChatSummary> chats;
    for (const vault::ContactRow &row : vault::readContacts(db))
        chats.append(summaryOf(db, row, passing));
    const auto newest = [](const ChatSummary &chat) { return chat.last ? chat.last->sortMs : chat.addedMs; };
    std::stable_sort(chats.begin(), chats.end(), [&](const ChatSummary &a, const ChatSummary &b) {
        return a.pinned != b.pinned ? a.pinned : newest(a) > newest(b);
    });
    return chats;
}

namespace {

vault::HistoryPlace placeOf(const Anchor &anchor)
{
    return {anchor.sortMs, anchor.own, anchor.sequence, anchor.id.bytes};
}

vault::HistoryPlace placeOf(const vault::MessageRow &row)
{
    return {row.sortMs, row.own, row.sequence, row.id};
}

/// Oldest first; answers whether the history begins with it.
bool takeOlder(vault::Database &db, const ContactId &chat, const std::optional<vault::HistoryPlace> &place, int count,
               std::vector<vault::MessageRow> &into)
{
    auto rows = vault::readOlder(db, chat.bytes, place, count + 1);
    const bool all = int(rows.size()) <= count;
    if (!all)
        rows.pop_back();
    std::reverse(rows.begin(), rows.end());
    into.insert(into.begin(), rows.begin(), rows.end());
    return all;
}

bool takeNewer(vault::Database &db, const ContactId &chat, const vault::HistoryPlace &place, int count,
               std::vector<vault::MessageRow> &into)
{
    auto rows = vault::readNewer(db, chat.bytes, place, count + 1);
    const bool all = int(rows.size()) <= count;
    if (!all)
        rows.pop_back();
    into.insert(into.end(), rows.begin(), rows.end());
    return all;
}

} // namespace

std::optional<Page> readPage(vault::Database &db, const ContactId &chat, const Anchor &anchor, PageDirection direction,
                             int count)
{
    const auto contact = vault::readContact(db, chat.bytes);
    if (!contact)
        return std::nullopt;
    count = std::clamp(count, 1, 200);
    Page page;
    page.chat = chat;
    std::vector<vault::MessageRow> rows;
    if (anchor.isEnd) {
        page.reachesStart = takeOlder(db, chat, std::nullopt, count, rows);
        page.reachesEnd = true;
    } else if (direction == PageDirection::Older) {
        page.reachesStart = takeOlder(db, chat, placeOf(anchor), count, rows);
    } else if (direction == PageDirection::Newer) {
        page.reachesEnd = takeNewer(db, chat, placeOf(anchor), count, rows);
    } else {
        // The anchor itself belongs to the newer half, if it still exists.
        page.reachesStart = takeOlder(db, chat, placeOf(anchor), count / 2, rows);
        const auto itself = vault::readMessage(db, anchor.id.bytes);
        const bool there = itself && contactId(itself->contact) == chat;
        if (there)
            rows.push_back(*itself);
        page.reachesEnd = takeNewer(db, chat, there ? placeOf(*itself) : placeOf(anchor),
                                    std::max(1, count - count / 2 - (there ? 1 : 0)), rows);
    }
    for (const vault::MessageRow &row : rows) {
        if (row.own || row.system != 0 || !contact->request)
            page.messages.append(messageOf(row));
    }
    page.unread = int(vault::countUnread(db, chat.bytes));
    if (const auto first = vault::readFirstUnread(db, chat.bytes))
        page.firstUnread = messageId(*first);
    return page;
}

qint64 nextSort(vault::Database &db, const ContactId &chat, qint64 nowMs)
{
    return std::max<qint64>(nowMs, vault::readGreatestSort(db, chat.bytes) + 1);
}

qint64 sortOfReceived(vault::Database &db, const ContactId &chat, std::int64_t epoch, std::int64_t sequence, qint64 nowMs)
{
    const auto successor = vault::readSuccessor(db, chat.bytes, epoch, sequence);
    if (!successor)
        return nextSort(db, chat, nowMs);
    if (successor->epoch == epoch)
        return successor->sortMs; // the sequence decides
    // Late, where what came before it stands before the later epoch, too; that one begins anew at 1, so stand one earlier. Else the
    // later epoch is of a clock that was ahead, and its writer goes on in this one.
    const auto predecessor = vault::readPredecessor(db, chat.bytes, epoch, sequence);
    return predecessor && predecessor->sortMs < successor->sortMs ? successor->sortMs - 1 : nextSort(db, chat, nowMs);
}

MessageId addSystemLine(Step &step, const ContactId &chat, SystemLine line, const QString &argument)
{
    const MessageId id = newMessageId(step.now(), step.random());
    vault::MessageRow row;
    row.id = id.bytes;
    row.contact = chat.bytes;
    row.system = int(line);
    row.body = toUtf8(argument);
    row.sentMs = step.now();
    row.arrivedMs = step.now();
    row.sortMs = nextSort(step.db(), chat, step.now());
    row.state = int(MessageState::Received);
    row.stateMs = step.now();
    vault::insertMessage(step.db(), row);
    step.stored(id);
    return id;
}

} // namespace tacet::chat
