#pragma once
// From words to a command and its parameters, and the help.
#include "app/cli/arguments.h"
#include "app/cli/command.h"

namespace tacet::cli {

struct Invocation {
    const Command *command = nullptr; ///< null: "rpc"
    QJsonObject parameters;
};

/// The error is a sentence for exit code 2.
Result<Invocation, QString> readInvocation(const Arguments &arguments);

QString helpText();

} // namespace tacet::cli
