// tacet-cli: the messenger without a window. The composition root of the command line.
#include "app/cli/context.h"
#include "app/cli/exit_code.h"
#include "app/cli/output.h"
#include "app/cli/rpc.h"
#include "app/cli/usage.h"
#include "app/session/hardening.h"

#include <QCoreApplication>
#include <QFile>
#include <QHash>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace tacet;

namespace {

vault::ProfilePaths profilePaths(const cli::Arguments &arguments)
{
    if (arguments.has(u"profile"_s))
        return {std::filesystem::path(QFile::encodeName(arguments.value(u"profile"_s)).toStdString())};
    const auto data = vault::dataFolder();
    return data ? vault::listProfiles(*data).front() : vault::ProfilePaths{};
}

/// Whether the fact is worth a line. A relay's is when what it does has changed, not with each envelope it carries.
bool isNews(const chat::Fact &fact, QHash<QString, chat::RelayInfo> &told)
{
    const auto *changed = std::get_if<chat::RelayChanged>(&fact);
    if (!changed)
        return true;
    const chat::RelayInfo before = std::exchange(told[changed->relay.url], changed->relay);
    return before.url.isEmpty() || before.condition != changed->relay.condition || before.reason != changed->relay.reason
        || before.givenUp != changed->relay.givenUp || before.own != changed->relay.own;
}

int runCommand(cli::Context &context, const cli::Invocation &invocation, const cli::Output &output)
{
    if (QLatin1StringView(invocation.command->path) == "listen"_L1) {
        context.onFact([&output, told = QHash<QString, chat::RelayInfo>()](const chat::Fact &fact) mutable {
            if (!isNews(fact, told))
                return;
            if (const auto object = cli::toJson(fact))
                output.object(*object, cli::toLine(fact).value_or(QString()));
        });
    }
    const auto outcome = context.run(*invocation.command, invocation.parameters);
    if (!outcome) {
        output.error(outcome.error());
        return cli::exitCodeFor(outcome.error().code);
    }
    output.print(*outcome);
    if (outcome->exitCode == cli::kNoRelay)
        output.error(context.whyNoRelay());
    return outcome->exitCode;
}

} // namespace

int main(int argc, char **argv)
{
    session::harden();
    QCoreApplication application(argc, argv);
    application.setApplicationName(u"tacet"_s);
    application.setApplicationVersion(QStringLiteral(TACET_VERSION));

    const auto arguments = cli::parseArguments(application.arguments().mid(1));
    const cli::Output output(arguments && arguments->has(u"json"_s));
    if (!arguments) {
        output.sentence(arguments.error());
        return cli::kWrongUsage;
    }
    if (arguments->has(u"version"_s) || arguments->has(u"help"_s)) {
        const QString text = arguments->has(u"version"_s) ? u"tacet-cli " TACET_VERSION ""_s : cli::helpText();
        std::puts(text.toUtf8().constData());
        return cli::kDone;
    }
    const auto invocation = cli::readInvocation(*arguments);
    if (!invocation) {
        output.sentence(invocation.error());
        return cli::kWrongUsage;
    }
    const bool fromInput = arguments->value(u"passphrase-file"_s) == u"-"_s || arguments->value(u"backup-passphrase-file"_s) == u"-"_s;
    if (!invocation->command && fromInput) { // the next request would be taken for a passphrase
        output.sentence(u"With rpc, standard input brings requests. Give the passphrase in a file."_s);
        return cli::kWrongUsage;
    }
    if (!crypto::initialise()) {
        output.sentence(u"This computer gives no random numbers. Nothing was done."_s);
        return cli::kFailed;
    }

    cli::Context context(profilePaths(*arguments), arguments->value(u"passphrase-file"_s),
                         arguments->value(u"backup-passphrase-file"_s));
    if (!invocation->command)
        return cli::Rpc(context).run();
    return runCommand(context, *invocation, output);
}
