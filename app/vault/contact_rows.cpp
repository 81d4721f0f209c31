#include "app/vault/contact_rows.h"

namespace tacet::vault {
namespace {

ContactRow contactOf(Statement &row)
{
    ContactRow contact;
    contact.id = row.fixed<16>(0);
    if (!row.isNull(1))
        contact.identity = row.fixed<32>(1);
    contact.name = row.text(2);
    contact.givenName = row.text(3);
    contact.colour = row.number<int>(4);
    contact.trust = row.number<int>(5);
    contact.keyChangedMs = row.integer(6);
    contact.link = row.number<int>(7);
    contact.linkTrouble = row.number<int>(8);
    contact.request = row.boolean(9);
    contact.blocked = row.boolean(10);
    contact.muted = row.boolean(11);
    contact.pinned = row.boolean(12);
    contact.draft = row.text(13);
    contact.addedMs = row.integer(14);
    contact.heardMs = row.integer(15);
    contact.peerRestoredMs = row.integer(16);
    contact.ownEpoch = row.integer(17);
    contact.ownSequence = row.integer(18);
    contact.highestSession = row.integer(19);
    if (!row.isNull(20))
        contact.peerMailbox = row.fixed<32>(20);
    contact.peerMailboxNumber = row.integer(21);
    if (!row.isNull(22))
        contact.invitation = row.fixed<16>(22);
    contact.renewalMs = row.integer(23);
    contact.nameEpoch = row.integer(24);
    contact.nameSequence = row.integer(25);
    return contact;
}

OpeningRow openingOf(Statement &row)
{
    OpeningRow opening;
    opening.contact = row.fixed<16>(0);
    opening.link = row.text(1);
    opening.replacesKey = row.boolean(2);
    opening.fetchedMs = row.integer(3);
    opening.attempts = row.number<int>(4);
    opening.nextTryMs = row.integer(5);
    opening.createdMs = row.integer(6);
    return opening;
}

} // namespace

void insertContact(Database &db, const ContactRow &row)
{
    db.exec("INSERT INTO contacts(id, added_ms, own_epoch) VALUES (?1, ?2, ?3)", row.id, row.addedMs, row.ownEpoch);
    updateContact(db, row);
}

void updateContact(Database &db, const ContactRow &row)
{
    db.exec("UPDATE contacts SET identity = ?2, name = ?3, given_name = ?4, colour = ?5, trust = ?6, key_changed_ms = ?7, "
            "link = ?8, link_trouble = ?9, request = ?10, blocked = ?11, muted = ?12, pinned = ?13, draft = ?14, "
            "added_ms = ?15, heard_ms = ?16, peer_restored_ms = ?17, own_epoch = ?18, own_sequence = ?19, "
            "highest_session = ?20, peer_mailbox = ?21, peer_mailbox_number = ?22, invitation = ?23, renewal_ms = ?24, "
            "name_epoch = ?25, name_sequence = ?26 "
            "WHERE id = ?1",
            row.id, row.identity, row.name, row.givenName, row.colour, row.trust, row.keyChangedMs, row.link,
            row.linkTrouble, row.request, row.blocked, row.muted, row.pinned, row.draft, row.addedMs, row.heardMs,
            row.peerRestoredMs, row.ownEpoch, row.ownSequence, row.highestSession, row.peerMailbox,
            row.peerMailboxNumber, row.invitation, row.renewalMs, row.nameEpoch, row.nameSequence);
}

void deleteContact(Database &db, const Id16 &id)
{
    db.leaveNoResidue();
    db.exec("DELETE FROM contacts WHERE id = ?1", id);
}

#define TACET_CONTACT_COLUMNS                                                                                          \
    "SELECT id, identity, name, given_name, colour, trust, key_changed_ms, link, link_trouble, request, blocked, "     \
    "muted, pinned, draft, added_ms, heard_ms, peer_restored_ms, own_epoch, own_sequence, highest_session, "           \
    "peer_mailbox, peer_mailbox_number, invitation, renewal_ms, name_epoch, name_sequence FROM contacts "

std::optional<ContactRow> readContact(Database &db, const Id16 &id)
{
    auto row = db.query(TACET_CONTACT_COLUMNS "WHERE id = ?1", id);
    return row.step() ? std::optional(contactOf(row)) : std::nullopt;
}

std::optional<ContactRow> readContactByIdentity(Database &db, const Bytes32 &identity)
{
    auto row = db.query(TACET_CONTACT_COLUMNS "WHERE identity = ?1", identity);
    return row.step() ? std::optional(contactOf(row)) : std::nullopt;
}

std::vector<ContactRow> readContacts(Database &db)
{
    std::vector<ContactRow> contacts;
    auto row = db.query(TACET_CONTACT_COLUMNS "ORDER BY added_ms, id");
    while (row.step())
        contacts.push_back(contactOf(row));
    return contacts;
}

std::vector<ContactRow> readContactsThrough(Database &db, const Id16 &invitation, int kind)
{
    std::vector<ContactRow> contacts;
    auto row = db.query(TACET_CONTACT_COLUMNS
                        "WHERE (invitation = ?1 OR id = (SELECT used_by FROM invitations WHERE id = ?1)) AND blocked = 0 AND "
                        "(request = 1 OR EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_numbers WHERE contact = contacts.id "
                        "AND sequence > 0 AND message IS NULL AND kind = ?2)) ORDER BY added_ms, id",
                        invitation, kind);
    while (row.step())
        contacts.push_back(contactOf(row));
    return contacts;
}

#undef TACET_CONTACT_COLUMNS

std::int64_t countContacts(Database &db)
{
    return db.integer("SELECT count(*) FROM contacts").value_or(0);
}

std::int64_t countRequests(Database &db)
{
    return db.integer("SELECT count(*) FROM contacts WHERE request = 1").value_or(0);
}

std::vector<std::string> readContactRelays(Database &db, const Id16 &contact)
{
    std::vector<std::string> urls;
    auto row = db.query("SELECT url FROM contact_relays WHERE contact = ?1 ORDER BY place", contact);
    while (row.step())
        urls.push_back(row.text(0));
    return urls;
}

void writeContactRelays(Database &db, const Id16 &contact, const std::vector<std::string> &urls)
{
    db.exec("DELETE FROM contact_relays WHERE contact = ?1", contact);
    int place = 0;
    for (const std::string &url : urls)
        db.exec("INSERT INTO contact_relays(contact, place, url) VALUES (?1, ?2, ?3)", contact, place++, url);
}

std::optional<OpeningRow> readOpening(Database &db, const Id16 &contact)
{
    auto row = db.query("SELECT contact, link, replaces_key, fetched_ms, attempts, next_try_ms, created_ms "
                        "FROM openings WHERE contact = ?1",
                        contact);
    return row.step() ? std::optional(openingOf(row)) : std::nullopt;
}

std::vector<OpeningRow> readOpenings(Database &db)
{
    std::vector<OpeningRow> openings;
    auto row = db.query("SELECT contact, link, replaces_key, fetched_ms, attempts, next_try_ms, created_ms "
                        "FROM openings ORDER BY created_ms, contact");
    while (row.step())
        openings.push_back(openingOf(row));
    return openings;
}

void writeOpening(Database &db, const OpeningRow &row)
{
    db.exec("INSERT OR REPLACE INTO openings(contact, link, replaces_key, fetched_ms, attempts, next_try_ms, created_ms) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            row.contact, row.link, row.replacesKey, row.fetchedMs, row.attempts, row.nextTryMs, row.createdMs);
}

void deleteOpening(Database &db, const Id16 &contact)
{
    db.leaveNoResidue();
    db.exec("DELETE FROM openings WHERE contact = ?1", contact);
}

} // namespace tacet::vault
