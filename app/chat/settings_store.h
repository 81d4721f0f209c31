#pragma once
// Settings of the vault, by name. What must be known before unlocking is elsewhere (architecture: Key slots).
#include "app/chat/facts.h"
#include "app/chat/trouble.h"
#include "app/vault/database.h"

namespace tacet::chat {

Settings loadSettings(vault::Database &db);
void storeSettings(vault::Database &db, const Settings &settings);
/// NameEmpty, NameTooLong, BadProxy; the name is trimmed.
Outcome<Settings> checkedSettings(Settings settings);
/// A display name as the protocol takes it: trimmed, no control characters. Errors: NameEmpty, NameTooLong.
Outcome<std::string> checkedName(const QString &name);

} // namespace tacet::chat
