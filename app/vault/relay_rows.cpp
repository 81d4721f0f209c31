#include "app/vault/relay_rows.h"

namespace tacet::vault {

std::vector<std::string> readRelays(Database &db)
{
    std::vector<std::string> urls;
    auto row = db.query("SELECT url FROM relays ORDER BY place, url");
    while (row.step())
        urls.push_back(row.text(0));
    return urls;
}

void insertRelay(Database &db, std::string_view url, std::int64_t addedMs)
{
    const std::int64_t place = db.integer("SELECT max(place) FROM relays").value_or(0) + 1;
    db.exec("INSERT OR IGNORE INTO relays(url, place, added_ms) VALUES (?1, ?2, ?3)", url, place, addedMs);
}

void deleteRelay(Database &db, std::string_view url)
{
    db.exec("DELETE FROM relays WHERE url = ?1", url);
}

void replaceRelay(Database &db, std::string_view from, std::string_view to)
{
    db.exec("UPDATE OR REPLACE relays SET url = ?2 WHERE url = ?1", from, to);
    db.exec("UPDATE OR REPLACE mailbox_relays SET relay = ?2, synced_s = NULL, swept_ms = 0 WHERE relay = ?1", from, to);
    db.exec("DELETE FROM contact_relays WHERE url = ?1 AND EXISTS "
            "(SELECT 1 FROM contact_relays AS other WHERE other.contact = contact_relays.contact AND other.url != ?1)",
            from);
}

std::vector<RelayRow> readRelayRows(Database &db)
{
    std::vector<RelayRow> relays;
    auto row = db.query("SELECT url, added_ms FROM relays ORDER BY place, url");
    while (row.step())
        relays.push_back({row.text(0), row.integer(1)});
    return relays;
}

bool hasHost(Database &db, std::string_view host)
{
    return db.integer("SELECT 1 FROM hosts WHERE host = ?1", host).has_value();
}

void insertHost(Database &db, std::string_view host, std::int64_t sinceMs)
{
    db.exec("INSERT OR IGNORE INTO hosts(host, since_ms) VALUES (?1, ?2)", host, sinceMs);
}

std::vector<HostRow> readHosts(Database &db)
{
    std::vector<HostRow> hosts;
    auto row = db.query("SELECT host, since_ms FROM hosts ORDER BY host");
    while (row.step())
        hosts.push_back({row.text(0), row.integer(1)});
    return hosts;
}

void countEnvelope(Database &db, std::string_view url, bool outgoing, int sizeIndex, int count, std::int64_t nowMs)
{
    const auto changed = db.exec("UPDATE relay_stats SET envelopes = envelopes + ?4, last_ms = ?5 "
                                 "WHERE url = ?1 AND outgoing = ?2 AND size_index = ?3",
                                 url, outgoing, sizeIndex, count, nowMs);
    if (changed == 0)
        db.exec("INSERT INTO relay_stats(url, outgoing, size_index, envelopes, first_ms, last_ms) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
                url, outgoing, sizeIndex, count, nowMs);
}

std::vector<RelayStatRow> readRelayStats(Database &db)
{
    std::vector<RelayStatRow> rows;
    auto row = db.query("SELECT url, outgoing, size_index, envelopes, first_ms, last_ms FROM relay_stats "
                        "ORDER BY url, outgoing, size_index");
    while (row.step())
        rows.push_back({row.text(0), row.boolean(1), row.number<int>(2), row.integer(3), row.integer(4), row.integer(5)});
    return rows;
}

} // namespace tacet::vault
