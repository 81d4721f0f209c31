#include "app/cli/command.h"

#include "app/cli/commands/groups.h"

#include <algorithm>
#include <iterator>

namespace tacet::cli {

std::span<const Command> commands()
{
    static const std::vector<Command> all = [] {
        std::vector<Command> list;
        for (auto group : {profileCommands(), contactCommands(), chatCommands(), backupCommands(), relayCommands()})
            std::move(group.begin(), group.end(), std::back_inserter(list));
        return list;
    }();
    return all;
}

const Command *findCommand(const QString &path)
{
    const auto all = commands();
    const auto it = std::find_if(all.begin(), all.end(), [&](const Command &command) { return path == QLatin1StringView(command.path); });
    return it == all.end() ? nullptr : &*it;
}

} // namespace tacet::cli
