#pragma once
// The profile's own relays, the hosts that its user agreed to, and what each relay has seen of it.
#include "app/vault/row_ids.h"

namespace tacet::vault {

/// In the user's order; the first ones go into invitations.
std::vector<std::string> readRelays(Database &db);
void insertRelay(Database &db, std::string_view url, std::int64_t addedMs);
void deleteRelay(Database &db, std::string_view url);
/// `to` takes the place of `from` among one's own relays and at one's own mailboxes, where nothing was read yet. Nobody is
/// written to at `from` any more who can be reached elsewhere.
void replaceRelay(Database &db, std::string_view from, std::string_view to);
struct RelayRow {
    std::string url;
    std::int64_t addedMs = 0;
};
/// The same relays in the same order, with their dates, for backups.
std::vector<RelayRow> readRelayRows(Database &db);

bool hasHost(Database &db, std::string_view host);
void insertHost(Database &db, std::string_view host, std::int64_t sinceMs);
struct HostRow {
    std::string host;
    std::int64_t sinceMs = 0;
};
/// By name.
std::vector<HostRow> readHosts(Database &db);

struct RelayStatRow {
    std::string url;
    bool outgoing = false;
    int sizeIndex = 0; ///< 0 to 4
    std::int64_t envelopes = 0;
    std::int64_t firstMs = 0;
    std::int64_t lastMs = 0;
};
void countEnvelope(Database &db, std::string_view url, bool outgoing, int sizeIndex, int count, std::int64_t nowMs);
/// Ordered by url.
std::vector<RelayStatRow> readRelayStats(Database &db);

} // namespace tacet::vault
