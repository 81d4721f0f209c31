#include "app/vault/profile_rows.h"

namespace tacet::vault {

std::optional<ProfileRow> readProfile(Database &db)
{
    auto row = db.query("SELECT identity_seed, device, spool_secret, spool_public, created_ms, restored_ms FROM profile");
    if (!row.step())
        return std::nullopt;
    ProfileRow profile;
    profile.identitySeed = row.secret<32>(0);
    profile.device = row.fixed<16>(1);
    profile.spoolSecret = row.secret<32>(2);
    profile.spoolPublic = row.fixed<32>(3);
    profile.createdMs = row.integer(4);
    profile.restoredMs = row.integer(5);
    return profile;
}

void writeProfile(Database &db, const ProfileRow &row)
{
    db.exec("INSERT OR REPLACE INTO profile(one, identity_seed, device, spool_secret, spool_public, created_ms, "
            "restored_ms) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
            row.identitySeed, row.device, row.spoolSecret, row.spoolPublic, row.createdMs, row.restoredMs);
}

std::optional<std::string> readSettingText(Database &db, std::string_view name)
{
    auto row = db.query("SELECT value FROM settings WHERE name = ?1", name);
    return row.step() ? row.optionalText(0) : std::nullopt;
}

std::optional<std::int64_t> readSettingInteger(Database &db, std::string_view name)
{
    return db.integer("SELECT value FROM settings WHERE name = ?1", name);
}

void writeSetting(Database &db, std::string_view name, std::string_view value)
{
    db.exec("INSERT OR REPLACE INTO settings(name, value) VALUES (?1, ?2)", name, value);
}

void writeSetting(Database &db, std::string_view name, std::int64_t value)
{
    db.exec("INSERT OR REPLACE INTO settings(name, value) VALUES (?1, ?2)", name, value);
}

std::vector<SettingRow> readSettings(Database &db)
{
    std::vector<SettingRow> settings;
    auto row = db.query("SELECT name, typeof(value) = 'text', value FROM settings ORDER BY name");
    while (row.step()) {
        if (row.boolean(1))
            settings.push_back({row.text(0), row.text(2), 0});
        else
            settings.push_back({row.text(0), std::nullopt, row.integer(2)});
    }
    return settings;
}

} // namespace tacet::vault
