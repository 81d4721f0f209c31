#pragma once
// People: who they are, how far the conversation has come, where they read their mail.
#include "app/vault/row_ids.h"

namespace tacet::vault {

/// Numbers of chat::Trust and chat::Link are kept as they are.
struct ContactRow {
    Id16 id{};
    std::optional<Bytes32> identity;
    std::string name;
    std::string givenName;
    int colour = 0;
    int trust = 0;
    std::int64_t keyChangedMs = 0;
    int link = 0;
    int linkTrouble = 0;
    bool request = false;
    bool blocked = false;
    bool muted = false;
    bool pinned = false;
    std::string draft;
    std::int64_t addedMs = 0;
    std::int64_t heardMs = 0;
    std::int64_t peerRestoredMs = 0;
    std::int64_t ownEpoch = 0;
    std::int64_t ownSequence = 0;
    std::int64_t highestSession = 0;
    std::optional<Bytes32> peerMailbox;
    std::int64_t peerMailboxNumber = 0;
    std::optional<Id16> invitation;
    std::int64_t renewalMs = 0;
    std::int64_t nameEpoch = 0;    ///< of the message that brought givenName; a later one wins
    std::int64_t nameSequence = 0;
};

void insertContact(Database &db, const ContactRow &row);
void updateContact(Database &db, const ContactRow &row);
void deleteContact(Database &db, const Id16 &id);
std::optional<ContactRow> readContact(Database &db, const Id16 &id);
std::optional<ContactRow> readContactByIdentity(Database &db, const Bytes32 &identity);
std::vector<ContactRow> readContacts(Database &db);
/// Who came through an invitation and is not blocked: those that are requests, and those to whom a control message of `kind` is
/// still unacknowledged.
std::vector<ContactRow> readContactsThrough(Database &db, const Id16 &invitation, int kind);
std::int64_t countContacts(Database &db);
std::int64_t countRequests(Database &db);

/// In the order their owner named them.
std::vector<std::string> readContactRelays(Database &db, const Id16 &contact);
void writeContactRelays(Database &db, const Id16 &contact, const std::vector<std::string> &urls);

/// A link that was opened and has not led to a conversation yet.
struct OpeningRow {
    Id16 contact{};
    std::string link;
    bool replacesKey = false;
    std::int64_t fetchedMs = 0;
    int attempts = 0;
    std::int64_t nextTryMs = 0;
    std::int64_t createdMs = 0;
};

std::optional<OpeningRow> readOpening(Database &db, const Id16 &contact);
std::vector<OpeningRow> readOpenings(Database &db);
/// Inserts or replaces.
void writeOpening(Database &db, const OpeningRow &row);
void deleteOpening(Database &db, const Id16 &contact);

} // namespace tacet::vault
