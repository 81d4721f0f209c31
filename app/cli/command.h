#pragma once
// One command, used two ways: by words (tacet-cli contact add LINK) and by JSON-RPC (method "contact.add",
// params {"link": …}). A command takes a JSON object and answers with one; the words around it are in usage.cpp.
#include "app/chat/trouble.h"

#include <QJsonObject>
#include <QStringList>

#include <span>
#include <vector>

namespace tacet::cli {

class Context;

/// What a command answers: objects for --json and JSON-RPC, lines for people.
struct Answer {
    QList<QJsonObject> objects;
    QStringList lines;
    int exitCode = 0; ///< kNoRelay: done, but it waits; kSecurityCheckFailed: done, and the answer is no
};

enum class Needs {
    Nothing,  ///< no profile
    Profile,  ///< the vault open, no network
    Network,  ///< and relays
};

struct Operand {
    const char *name;        ///< JSON key
    bool required = true;
    bool dashReadsInput = false; ///< "-" reads standard input
};

struct Option {
    const char *name;        ///< command-line option and JSON key
    enum class Kind { Flag, Text, List, Number } kind;
    bool required = false;
};

struct Command {
    const char *path;        ///< "contact add"; the JSON-RPC method is "contact.add"
    const char *usage;       ///< for the help: "contact add LINK|- [--name NAME]"
    const char *help;
    Needs needs;
    std::vector<Operand> operands;
    std::vector<Option> options;
    chat::Outcome<Answer> (*run)(Context &context, const QJsonObject &parameters);
};

/// Every command that exists, in the order of the help. "rpc" is not among them: it is made of them.
std::span<const Command> commands();
const Command *findCommand(const QString &path);

} // namespace tacet::cli
