#pragma once
// Backups in the small world, and new computers on which they are restored.
#include "tests/chat/world.h"

#include "app/vault/session_rows.h"

#include <filesystem>
#include <string>

namespace tacet::test {

inline constexpr qint64 kMinute = 60'000;
inline constexpr qint64 kHour = 60 * kMinute;
inline constexpr qint64 kDay = 24 * kHour;

std::filesystem::path backUp(Person &person, const std::string &name);
/// A new computer, on which the backup is restored and the messenger started.
Person &restored(World &world, const std::filesystem::path &file, const std::string &name, const char *vfs = nullptr);
/// The same on a computer whose clock is ahead by so much, and is set right afterwards.
Person &restoredAhead(World &world, const std::filesystem::path &file, const std::string &name, qint64 ahead);
/// The session that this person sends on.
std::optional<vault::Bytes32> activeOf(Person &person);
/// On the vault of somebody who may be away.
void execute(Person &person, vault::Sql sql);

/// Two who know each other and have written to each other.
struct Two {
    explicit Two(std::uint64_t seed = 1);
    void say(Person &who, const QString &text);
    static QStringList received(Person &who);

    World world;
    ScriptedRelay &one;
    Person &alice;
    Person &bob;
    Pair pair;
};

} // namespace tacet::test
