#pragma once
// The commands, a file per subject.
#include "app/cli/command.h"

#include <vector>

namespace tacet::cli {

std::vector<Command> profileCommands();
std::vector<Command> contactCommands();
std::vector<Command> chatCommands();
std::vector<Command> backupCommands();
std::vector<Command> relayCommands();

} // namespace tacet::cli
