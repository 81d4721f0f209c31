#include "app/backup/rows.h"

#include <cassert>

namespace tacet::backup {
namespace {

enum Type : std::int64_t {
    kHead = 1,
    kIdentity = 2,
    kSetting = 3,
    kContact = 4,
    kOpening = 5,
    kMessage = 6,
    kReceived = 7,
    kOwnRendezvous = 8,
    kPeerRendezvous = 9,
    kInvitation = 10,
    kMailbox = 11,
    kRelay = 12,
    kHost = 13,
    kEnd = 14,
};

template<typename T>
crypto::ByteView viewOf(const std::optional<T> &bytes)
{
    return bytes ? crypto::ByteView(*bytes) : crypto::ByteView();
}

// Writing and reading stand side by side: the same keys in the same order.

crypto::SecretBuffer write(const HeadRow &head)
{
    return RecordBuilder(kHead).integer(1, head.format).integer(2, head.createdMs).finish();
}
HeadRow readHead(Record &record)
{
    return {record.integer(1), record.integer(2)};
}

crypto::SecretBuffer write(const IdentityRow &identity)
{
    return RecordBuilder(kIdentity).bytes(1, identity.seed.view()).integer(2, identity.createdMs).finish();
}
IdentityRow readIdentity(Record &record)
{
    return {record.secret<32>(1), record.integer(2)};
}

crypto::SecretBuffer write(const vault::SettingRow &setting)
{
    return RecordBuilder(kSetting)
        .text(1, setting.name)
        .integer(2, setting.text ? 1 : 0)
        .text(3, setting.text ? *setting.text : std::string_view())
        .integer(4, setting.integer)
        .finish();
}
vault::SettingRow readSetting(Record &record)
{
    const bool isText = record.flag(2);
    return {record.text(1), isText ? std::optional(record.text(3)) : std::nullopt, isText ? 0 : record.integer(4)};
}

crypto::SecretBuffer write(const ContactEntry &entry)
{
    const vault::ContactRow &row = entry.row;
    return RecordBuilder(kContact)
        .bytes(1, row.id)
        .bytes(2, viewOf(row.identity))
        .text(3, row.name)
        .text(4, row.givenName)
        .integer(5, row.colour)
        .integer(6, row.trust)
        .integer(7, row.keyChangedMs)
        .integer(8, row.link)
        .integer(9, row.linkTrouble)
        .integer(10, row.request)
        .integer(11, row.blocked)
        .integer(12, row.muted)
        .integer(13, row.pinned)
        .text(14, row.draft)
        .integer(15, row.addedMs)
        .integer(16, row.heardMs)
        .integer(17, row.peerRestoredMs)
        .integer(18, row.ownEpoch)
        .integer(19, row.ownSequence)
        .integer(20, row.highestSession)
        .bytes(21, viewOf(row.peerMailbox))
        .integer(22, row.peerMailboxNumber)
        .bytes(23, viewOf(row.invitation))
        .integer(24, row.renewalMs)
        .texts(25, entry.relays)
        .integer(26, row.nameEpoch)
        .integer(27, row.nameSequence)
        .finish();
}
ContactEntry readContact(Record &record)
{
    ContactEntry entry;
    vault::ContactRow &row = entry.row;
    row.id = record.fixed<16>(1);
    row.identity = record.optionalFixed<32>(2);
    row.name = record.text(3);
    row.givenName = record.text(4);
    row.colour = record.number<int>(5);
    row.trust = record.number<int>(6);
    row.keyChangedMs = record.integer(7);
    row.link = record.number<int>(8);
    row.linkTrouble = record.number<int>(9);
    row.request = record.flag(10);
    row.blocked = record.flag(11);
    row.muted = record.flag(12);
    row.pinned = record.flag(13);
    row.draft = record.text(14);
    row.addedMs = record.integer(15);
    row.heardMs = record.integer(16);
    row.peerRestoredMs = record.integer(17);
    row.ownEpoch = record.integer(18);
    row.ownSequence = record.integer(19);
    row.highestSession = record.integer(20);
    row.peerMailbox = record.optionalFixed<32>(21);
    row.peerMailboxNumber = record.integer(22);
    row.invitation = record.optionalFixed<16>(23);
    row.renewalMs = record.integer(24);
    entry.relays = record.texts(25);
    row.nameEpoch = record.integer(26);
    row.nameSequence = record.integer(27);
    return entry;
}

crypto::SecretBuffer write(const vault::OpeningRow &row)
{
    return RecordBuilder(kOpening)
        .bytes(1, row.contact)
        .text(2, row.link)
        .integer(3, row.replacesKey)
        .integer(4, row.fetchedMs)
        .integer(5, row.attempts)
        .integer(6, row.nextTryMs)
        .integer(7, row.createdMs)
        .finish();
}
vault::OpeningRow readOpening(Record &record)
{
    return {record.fixed<16>(1), record.text(2),    record.flag(3),   record.integer(4),
            record.number<int>(5), record.integer(6), record.integer(7)};
}

crypto::SecretBuffer write(const vault::MessageRow &row)
{
    return RecordBuilder(kMessage)
        .bytes(1, row.id)
        .bytes(2, row.contact)
        .integer(3, row.own)
        .integer(4, row.system)
        .text(5, row.body)
        .integer(6, row.sentMs)
        .integer(7, row.arrivedMs)
        .integer(8, row.sortMs)
        .integer(9, row.epoch)
        .integer(10, row.sequence)
        .integer(11, row.state)
        .integer(12, row.stateMs)
        .integer(13, row.relays)
        .integer(14, row.unread)
        .finish();
}
vault::MessageRow readMessage(Record &record)
{
    vault::MessageRow row;
    row.id = record.fixed<16>(1);
    row.contact = record.fixed<16>(2);
    row.own = record.flag(3);
    row.system = record.number<int>(4);
    row.body = record.text(5);
    row.sentMs = record.integer(6);
    row.arrivedMs = record.integer(7);
    row.sortMs = record.integer(8);
    row.epoch = record.integer(9);
    row.sequence = record.integer(10);
    row.state = record.number<int>(11);
    row.stateMs = record.integer(12);
    row.relays = record.number<int>(13);
    row.unread = record.flag(14);
    return row;
}

crypto::SecretBuffer write(const ReceivedEntry &entry)
{
    return RecordBuilder(kReceived)
        .bytes(1, entry.contact)
        .integer(2, entry.row.epoch)
        .bytes(3, entry.row.ranges)
        .bytes(4, entry.row.closed)
        .integer(5, entry.row.readUpTo)
        .finish();
}
ReceivedEntry readReceived(Record &record)
{
    const auto bytes = [&record](int key) {
        const crypto::ByteView view = record.bytes(key);
        return crypto::Bytes(view.begin(), view.end());
    };
    return {record.fixed<16>(1), {record.integer(2), bytes(3), bytes(4), record.integer(5)}};
}

crypto::SecretBuffer write(const vault::OwnRendezvousRow &row)
{
    return RecordBuilder(kOwnRendezvous)
        .bytes(1, row.bundle)
        .bytes(2, row.contact)
        .bytes(3, row.mailbox)
        .bytes(4, row.state.view())
        .integer(5, row.createdMs)
        .integer(6, row.replacedMs)
        .finish();
}
vault::OwnRendezvousRow readOwnRendezvous(Record &record)
{
    return {record.fixed<8>(1), record.fixed<16>(2), record.fixed<32>(3), crypto::SecretBuffer(record.bytes(4)),
            record.integer(5), record.integer(6)};
}

crypto::SecretBuffer write(const PeerRendezvousEntry &entry)
{
    return RecordBuilder(kPeerRendezvous)
        .bytes(1, entry.contact)
        .bytes(2, entry.row.record)
        .texts(3, entry.row.relays)
        .integer(4, entry.row.createdMs)
        .finish();
}
PeerRendezvousEntry readPeerRendezvous(Record &record)
{
    const crypto::ByteView bytes = record.bytes(2);
    return {record.fixed<16>(1), {crypto::Bytes(bytes.begin(), bytes.end()), record.texts(3), record.integer(4)}};
}

crypto::SecretBuffer write(const vault::InvitationRow &row)
{
    return RecordBuilder(kInvitation)
        .bytes(1, row.id)
        .integer(2, row.kind)
        .integer(3, row.state)
        .text(4, row.label)
        .text(5, row.link)
        .bytes(6, row.mailbox)
        .integer(7, row.createdMs)
        .integer(8, row.untilMs)
        .integer(9, row.renewedMs)
        .integer(10, row.secondAttempts)
        .bytes(11, viewOf(row.usedBy))
        .finish();
}
vault::InvitationRow readInvitation(Record &record)
{
    vault::InvitationRow row;
    row.id = record.fixed<16>(1);
    row.kind = record.number<int>(2);
    row.state = record.number<int>(3);
    row.label = record.text(4);
    row.link = record.text(5);
    row.mailbox = record.fixed<32>(6);
    row.createdMs = record.integer(7);
    row.untilMs = record.integer(8);
    row.renewedMs = record.integer(9);
    row.secondAttempts = record.number<int>(10);
    row.usedBy = record.optionalFixed<16>(11);
    return row;
}

crypto::SecretBuffer write(const MailboxEntry &entry)
{
    const vault::MailboxRow &row = entry.row;
    return RecordBuilder(kMailbox)
        .bytes(1, row.publicKey)
        .bytes(2, row.secret.view())
        .integer(3, static_cast<int>(row.purpose))
        .bytes(4, row.owner)
        .integer(5, row.number)
        .integer(6, static_cast<int>(row.state))
        .integer(7, row.createdMs)
        .integer(8, row.retiredMs)
        .texts(10, entry.relays)
        .finish();
}
MailboxEntry readMailbox(Record &record)
{
    const auto enumerator = [&record](int key, auto last) {
        const auto value = record.integer(key);
        if (value < 0 || value > static_cast<std::int64_t>(last))
            record.bad();
        return record.ok() ? static_cast<decltype(last)>(value) : decltype(last){};
    };
    MailboxEntry entry;
    entry.row.publicKey = record.fixed<32>(1);
    entry.row.secret = record.secret<32>(2);
    entry.row.purpose = enumerator(3, vault::MailboxPurpose::Rendezvous);
    entry.row.owner = record.fixed<16>(4);
    entry.row.number = record.integer(5);
    entry.row.state = enumerator(6, vault::MailboxState::Abandoned);
    entry.row.createdMs = record.integer(7);
    entry.row.retiredMs = record.integer(8);
    entry.relays = record.texts(10);
    return entry;
}

crypto::SecretBuffer write(const vault::RelayRow &row)
{
    return RecordBuilder(kRelay).text(1, row.url).integer(2, row.addedMs).finish();
}
vault::RelayRow readRelay(Record &record)
{
    return {record.text(1), record.integer(2)};
}

crypto::SecretBuffer write(const vault::HostRow &row)
{
    return RecordBuilder(kHost).text(1, row.host).integer(2, row.sinceMs).finish();
}
vault::HostRow readHost(Record &record)
{
    return {record.text(1), record.integer(2)};
}

crypto::SecretBuffer write(const EndRow &row)
{
    return RecordBuilder(kEnd).integer(1, row.records).integer(2, row.messages).integer(3, row.contacts).finish();
}
EndRow readEnd(Record &record)
{
    return {record.integer(1), record.integer(2), record.integer(3)};
}

crypto::SecretBuffer write(const UnknownRow &)
{
    assert(false && "a record that is not understood is not written");
    return {};
}

Row readAny(Record &record)
{
    switch (record.type()) {
    case kHead: return readHead(record);
    case kIdentity: return readIdentity(record);
    case kSetting: return readSetting(record);
    case kContact: return readContact(record);
    case kOpening: return readOpening(record);
    case kMessage: return readMessage(record);
    case kReceived: return readReceived(record);
    case kOwnRendezvous: return readOwnRendezvous(record);
    case kPeerRendezvous: return readPeerRendezvous(record);
    case kInvitation: return readInvitation(record);
    case kMailbox: return readMailbox(record);
    case kRelay: return readRelay(record);
    case kHost: return readHost(record);
    case kEnd: return readEnd(record);
    default: return UnknownRow{};
    }
}

} // namespace

crypto::SecretBuffer encode(const Row &row)
{
    return std::visit([](const auto &any) { return write(any); }, row);
}

std::optional<Row> decode(crypto::ByteView bytes)
{
    auto record = Record::parse(bytes);
    if (!record)
        return std::nullopt;
    Row row = readAny(*record);
    if (!record->ok())
        return std::nullopt;
    return row;
}

} // namespace tacet::backup
