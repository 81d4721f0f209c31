#pragma once
// One's own mailboxes (a secp256k1 key pair each) and how far each was read at each of its relays.
#include "app/vault/row_ids.h"

namespace tacet::vault {

enum class MailboxPurpose : int {
    Contact = 0,    ///< owner: a contact
    Invitation = 1, ///< first messages; owner: an invitation
    Rendezvous = 2, ///< first messages after a restore; owner: a contact
};

enum class MailboxState : int {
    Live = 0,
    Retiring = 1,  ///< replaced, still read until retired_ms
    Abandoned = 2, ///< not read any more
};

struct MailboxRow {
    Bytes32 publicKey{};
    crypto::SecretBytes<32> secret;
    MailboxPurpose purpose = MailboxPurpose::Contact;
    Id16 owner{};
    std::int64_t number = 0;
    MailboxState state = MailboxState::Live;
    std::int64_t createdMs = 0;
    std::int64_t retiredMs = 0;
};

struct MailboxRelayRow {
    std::string relay;
    std::optional<std::int64_t> syncedSeconds;
    std::int64_t sweptMs = 0;
};

void insertMailbox(Database &db, const MailboxRow &row, const std::vector<std::string> &relays);
std::optional<MailboxRow> readMailbox(Database &db, const Bytes32 &publicKey);
std::vector<MailboxRow> readMailboxes(Database &db);
std::vector<MailboxRow> readMailboxesOf(Database &db, const Id16 &owner);
/// Made for a rendezvous record, and no record names them any more.
std::vector<MailboxRow> readMailboxesWithoutRecord(Database &db);
void setMailboxState(Database &db, const Bytes32 &publicKey, MailboxState state, std::int64_t retiredMs);
void setMailboxNumber(Database &db, const Bytes32 &publicKey, std::int64_t number);
void deleteMailbox(Database &db, const Bytes32 &publicKey);

std::vector<MailboxRelayRow> readMailboxRelays(Database &db, const Bytes32 &mailbox);
void addMailboxRelay(Database &db, const Bytes32 &mailbox, std::string_view relay, int place);
void removeMailboxRelay(Database &db, const Bytes32 &mailbox, std::string_view relay);
/// The cursor never goes back, unless it lies above `latest`: then this computer's clock was ahead once.
void setSynced(Database &db, const Bytes32 &mailbox, std::string_view relay, std::int64_t syncedSeconds, std::int64_t latest);
void setSwept(Database &db, const Bytes32 &mailbox, std::string_view relay, std::int64_t sweptMs);
/// Lowest cursor of the mailbox over its relays; nothing while one was never read to the end, or lies above `latest`.
std::optional<std::int64_t> readSlowestCursor(Database &db, const Bytes32 &mailbox, std::int64_t latest);
/// The same over every mailbox that is read.
std::optional<std::int64_t> readSlowestCursor(Database &db, std::int64_t latest);
std::int64_t countMailboxesAt(Database &db, std::string_view relay);

} // namespace tacet::vault
