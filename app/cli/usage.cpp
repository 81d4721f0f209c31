#include "app/cli/usage.h"

#include <QFile>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

constexpr std::array kGlobalOptions{"profile"_L1, "json"_L1, "passphrase-file"_L1, "backup-passphrase-file"_L1};
constexpr std::array kLater{"group"_L1, "send-file"_L1, "import"_L1, "search"_L1};
constexpr qint64 kMaxInput = 8 << 20; // a 4 MB paste gets its own sentence from the engine, more is cut off here

/// The longest command whose words these begin with.
const Command *longestMatch(const QStringList &words, qsizetype &used)
{
    for (qsizetype count = std::min<qsizetype>(2, words.size()); count > 0; --count) {
        if (const Command *command = findCommand(words.first(count).join(u' '))) {
            used = count;
            return command;
        }
    }
    return nullptr;
}

QString standardInput()
{
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly))
        return {};
    QByteArray all = input.read(kMaxInput);
    while (all.endsWith('\n') || all.endsWith('\r'))
        all.chop(1);
    return QString::fromUtf8(all);
}

} // namespace

Result<Invocation, QString> readInvocation(const Arguments &arguments)
{
    if (arguments.words.isEmpty())
        return fail(u"Which command? See tacet-cli --help."_s);
    const QString &first = arguments.words.first();
    if (std::find(kLater.begin(), kLater.end(), first) != kLater.end())
        return fail(u"\"%1\" is not in this version yet."_s.arg(first));
    if (first == "rpc"_L1 && arguments.words.size() == 1)
        return Invocation{};

    qsizetype used = 0;
    const Command *command = longestMatch(arguments.words, used);
    if (!command)
        return fail(u"There is no command \"%1\". See tacet-cli --help."_s.arg(arguments.words.first(std::min<qsizetype>(2, arguments.words.size())).join(u' ')));
    const auto wrong = [command](const QString &why) {
        return fail(u"%1 Usage: tacet-cli %2"_s.arg(why, QLatin1StringView(command->usage)));
    };

    Invocation invocation{command, {}};
    const QStringList operands = arguments.words.mid(used);
    if (operands.size() > static_cast<qsizetype>(command->operands.size()))
        return wrong(u"That is more than this command takes."_s);
    for (std::size_t i = 0; i < command->operands.size(); ++i) {
        const Operand &operand = command->operands[i];
        if (static_cast<qsizetype>(i) >= operands.size()) {
            if (operand.required)
                return wrong(u"Something is missing."_s);
            break;
        }
        const QString &word = operands.at(static_cast<qsizetype>(i));
        invocation.parameters.insert(QLatin1StringView(operand.name),
                                     operand.dashReadsInput && word == "-"_L1 ? standardInput() : word);
    }
    for (auto it = arguments.options.cbegin(); it != arguments.options.cend(); ++it) {
        if (std::find(kGlobalOptions.begin(), kGlobalOptions.end(), it.key()) != kGlobalOptions.end())
            continue;
        const auto known = std::find_if(command->options.begin(), command->options.end(), [&](const Option &option) {
            return it.key() == QLatin1StringView(option.name);
        });
        if (known == command->options.end())
            return wrong(u"--%1 does not belong to this command."_s.arg(it.key()));
        switch (known->kind) {
        case Option::Kind::Flag:
            invocation.parameters.insert(it.key(), true);
            break;
        case Option::Kind::Text:
            invocation.parameters.insert(it.key(), it->constLast());
            break;
        case Option::Kind::List:
            invocation.parameters.insert(it.key(), QJsonArray::fromStringList(*it));
            break;
        case Option::Kind::Number: {
            const auto number = wholeNumber(it->constLast(), 1);
            if (!number)
                return wrong(u"--%1 wants a whole number above zero."_s.arg(it.key()));
            invocation.parameters.insert(it.key(), *number);
            break;
        }
        }
    }
    for (const Option &option : command->options) {
        if (option.required && !invocation.parameters.contains(QLatin1StringView(option.name)))
            return wrong(u"--%1 is missing."_s.arg(QLatin1StringView(option.name)));
    }
    return invocation;
}

QString helpText()
{
    QString help = u"tacet-cli [--profile DIR] [--json] [--passphrase-file F] COMMAND\n\n"_s;
    for (const Command &command : commands())
        help += u"  %1\n      %2\n"_s.arg(QLatin1StringView(command.usage), QLatin1StringView(command.help));
    help += u"  rpc\n      JSON-RPC 2.0 on standard input and output, a line each way: a method per command, events as notifications\n\n"_s;
    help += u"Without --profile it is ~/.local/share/tacet/default. Without --passphrase-file the passphrase is asked for; \"-\" reads\n"
            "standard input.\n"
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a security check failed, 4 locked or wrong passphrase,\n"
            "5 no relay reachable (nothing lost: it waits in the outbox)."_s;
    return help;
}

} // namespace tacet::cli
