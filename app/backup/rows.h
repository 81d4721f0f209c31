#pragma once
// What a backup consists of: rows of the vault, one record each, in this order. The numbers of types and keys
// stay for ever; a later version adds types and keys, which earlier ones pass over.
#include "app/backup/record.h"
#include "app/vault/contact_rows.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/mailbox_rows.h"
#include "app/vault/message_rows.h"
#include "app/vault/profile_rows.h"
#include "app/vault/receipt_rows.h"
#include "app/vault/relay_rows.h"

#include <variant>

namespace tacet::backup {

/// Raised only for a change that earlier programs must not pass over; they then answer Newer.
inline constexpr std::int64_t kFormat = 1;

/// The first record.
struct HeadRow {
    std::int64_t format = kFormat;
    std::int64_t createdMs = 0;
};
/// Without device id and spool keys: a restored profile gets new ones.
struct IdentityRow {
    crypto::SecretBytes<32> seed;
    std::int64_t createdMs = 0;
};
struct ContactEntry {
    vault::ContactRow row;
    std::vector<std::string> relays;
};
struct ReceivedEntry {
    vault::Id16 contact{};
    vault::ReceivedRow row;
};
struct PeerRendezvousEntry {
    vault::Id16 contact{};
    vault::PeerRendezvousRow row;
};
struct MailboxEntry {
    vault::MailboxRow row;
    std::vector<std::string> relays;
};
/// The last record: what came before, counted, so that a writer's mistake shows too.
struct EndRow {
    std::int64_t records = 0; ///< before this one
    std::int64_t messages = 0;
    std::int64_t contacts = 0;
};
/// A record of a later version.
struct UnknownRow { };

using Row = std::variant<HeadRow, IdentityRow, vault::SettingRow, ContactEntry, vault::OpeningRow, vault::MessageRow,
                         ReceivedEntry, vault::OwnRendezvousRow, PeerRendezvousEntry, vault::InvitationRow, MailboxEntry,
                         vault::RelayRow, vault::HostRow, EndRow, UnknownRow>;

/// Precondition: not an UnknownRow.
crypto::SecretBuffer encode(const Row &row);
/// Nothing when the record is not what its type says.
std::optional<Row> decode(crypto::ByteView record);

} // namespace tacet::backup
