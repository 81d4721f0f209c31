#pragma once
// A vault of the program's schema with something in every table that a backup holds.
#include "app/backup/backup_restore.h"
#include "app/backup/backup_writer.h"
#include "app/backup/vault_rows.h"
#include "app/vault/schema.h"
#include "app/vault/session_rows.h"
#include "app/vault/transaction.h"
#include "tests/support/seeded_random.h"
#include "tests/vault/vault_fixture.h"

namespace tacet::test {

inline constexpr std::int64_t kNow = 1'800'000'000'000;
inline constexpr crypto::BackupCost kFastCost{1, 8};
inline constexpr std::string_view kPassphrase = "a passphrase for backups";

template<std::size_t N>
crypto::FixedBytes<N> filled(std::uint8_t with)
{
    crypto::FixedBytes<N> out{};
    out.fill(with);
    return out;
}

inline std::unique_ptr<vault::Database> emptyVault(const fs::path &file)
{
    auto db = mustOpen(file, vault::OpenMode::Create);
    if (!vault::bringToDate(*db, vault::currentSchema()))
        qFatal("cannot create the schema");
    return db;
}

/// Two contacts (the first verified), `messages` lines with each, and one row of everything else.
inline void fillVault(vault::Database &db, int messages)
{
    SeededRandom random(31);
    vault::Transaction transaction(db);
    vault::ProfileRow profile;
    profile.identitySeed = random.secret<32>();
    profile.device = random.bytes<16>();
    profile.spoolSecret = random.secret<32>();
    profile.spoolPublic = random.bytes<32>();
    profile.createdMs = kNow - 1000;
    vault::writeProfile(db, profile);
    vault::writeSetting(db, "display_name", std::string_view("Alice"));
    vault::writeSetting(db, "typing", std::int64_t{0});
    vault::writeSetting(db, "empty", std::string_view());
    vault::insertRelay(db, "wss://relay.example", kNow - 900);
    vault::insertRelay(db, "wss://a.example", kNow - 800);
    vault::insertHost(db, "relay.example", kNow - 900);

    for (std::uint8_t n = 1; n <= 2; ++n) {
        vault::ContactRow contact;
        contact.id = filled<16>(n);
        if (n == 1)
            contact.identity = random.bytes<32>();
        contact.name = n == 1 ? "Bob" : "";
        contact.givenName = "<b>B</b>\u202e";
        contact.trust = n == 1 ? 1 : 0;
        contact.draft = n == 1 ? "half a sentence" : "";
        contact.addedMs = kNow - 700 + n;
        contact.ownEpoch = n;
        contact.ownSequence = messages;
        contact.keyChangedMs = -5; // never happens; negative numbers travel all the same
        vault::insertContact(db, contact);
        vault::writeContactRelays(db, contact.id, {"wss://relay.example", "wss://b.example"});
        for (int i = 0; i < messages; ++i) {
            vault::MessageRow message;
            message.id = random.bytes<16>();
            message.contact = contact.id;
            message.own = i % 2 == 0;
            message.system = i % 10 == 9 ? 6 : 0;
            message.body = "line " + std::to_string(i) + " of a long talk \U0001F642";
            message.sentMs = message.sortMs = kNow + i / 3; // several share a moment
            message.arrivedMs = kNow + i;
            message.epoch = 1;
            message.sequence = i;
            message.state = message.own ? 3 : 0;
            message.unread = i == messages - 1;
            vault::insertMessage(db, message);
        }
        vault::writeReceived(db, contact.id, {1, crypto::Bytes(16, n), {}, 3});
        vault::OwnRendezvousRow own;
        own.bundle = filled<8>(n);
        own.contact = contact.id;
        own.mailbox = random.bytes<32>();
        own.state = crypto::SecretBuffer(crypto::asBytes("private halves of a rendezvous"));
        own.createdMs = kNow;
        vault::insertOwnRendezvous(db, own);
        vault::writePeerRendezvous(db, contact.id, {crypto::Bytes(90, n), {"wss://b.example"}, kNow});
        vault::MailboxRow mailbox;
        mailbox.publicKey = random.bytes<32>();
        mailbox.secret = random.secret<32>();
        mailbox.owner = contact.id;
        mailbox.number = 1;
        mailbox.createdMs = kNow;
        vault::insertMailbox(db, mailbox, {"wss://relay.example", "wss://a.example"});
        vault::setSynced(db, mailbox.publicKey, "wss://a.example", 1234, 1234); // a cursor: not in a backup
        vault::SessionRow session; // a ratchet state: not in a backup
        session.id = random.bytes<32>();
        session.contact = contact.id;
        session.prefix = random.bytes<32>();
        session.active = true;
        session.state = crypto::SecretBuffer(crypto::asBytes("RATCHET-STATE"));
        vault::writeSession(db, session);
    }
    vault::writeOpening(db, {filled<16>(2), "tacet:some-link", true, 0, 2, kNow + 5, kNow});
    vault::InvitationRow invitation;
    invitation.id = filled<16>(77);
    invitation.label = "for Bob";
    invitation.link = "tacet:my-link";
    invitation.mailbox = random.bytes<32>();
    invitation.createdMs = kNow;
    invitation.untilMs = kNow + 7;
    invitation.usedBy = filled<16>(1);
    vault::writeInvitation(db, invitation);
    vault::PrekeyRow prekeys; // private halves of prekeys: not in a backup
    prekeys.bundle = filled<8>(9);
    prekeys.invitation = invitation.id;
    prekeys.body = crypto::Bytes(20, 1);
    prekeys.state = crypto::SecretBuffer(crypto::asBytes("PREKEY-STATE"));
    vault::insertPrekeys(db, prekeys);
    if (!transaction.commit())
        qFatal("cannot fill the vault");
}

/// Every row that a backup would hold, encoded.
inline std::vector<std::string> rowsOf(vault::Database &db)
{
    std::vector<std::string> rows;
    vault::Snapshot snapshot(db);
    backup::walkRows(db, 1, [&](const backup::Row &row) {
        const auto bytes = backup::encode(row);
        rows.emplace_back(bytes.view().begin(), bytes.view().end());
        return true;
    });
    return snapshot.finish() ? rows : std::vector<std::string>();
}

inline backup::WriteRequest requestFor(const fs::path &target)
{
    backup::WriteRequest request;
    request.target = target;
    request.passphrase = crypto::asBytes(kPassphrase);
    request.nowMs = kNow;
    request.cost = kFastCost;
    return request;
}

} // namespace tacet::test
