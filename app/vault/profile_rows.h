#pragma once
// The one row that says who this profile is (PROTOCOL §3), and the settings of the vault by name.
#include "app/vault/row_ids.h"

namespace tacet::vault {

struct ProfileRow {
    crypto::SecretBytes<32> identitySeed;
    Id16 device{};
    crypto::SecretBytes<32> spoolSecret;
    Bytes32 spoolPublic{};
    std::int64_t createdMs = 0;
    std::int64_t restoredMs = 0;
};

std::optional<ProfileRow> readProfile(Database &db);
/// Replaces the row if there is one.
void writeProfile(Database &db, const ProfileRow &row);

std::optional<std::string> readSettingText(Database &db, std::string_view name);
std::optional<std::int64_t> readSettingInteger(Database &db, std::string_view name);
void writeSetting(Database &db, std::string_view name, std::string_view value);
void writeSetting(Database &db, std::string_view name, std::int64_t value);

/// Every setting as it is stored, for backups.
struct SettingRow {
    std::string name;
    std::optional<std::string> text; ///< nothing: `integer` counts
    std::int64_t integer = 0;
};
/// By name.
std::vector<SettingRow> readSettings(Database &db);

} // namespace tacet::vault
