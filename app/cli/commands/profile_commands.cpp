// init, invite.
#include "app/cli/commands/groups.h"
#include "app/cli/commands/parameters.h"
#include "app/cli/context.h"
#include "app/cli/exit_code.h"
#include "app/cli/output.h"
#include "app/session/relay_choice.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

using chat::Outcome;
using chat::TroubleCode;

constexpr int kChooseMs = 60'000;  // three write-read-delete tests at a time, each over the network
constexpr int kPublishMs = 10'000; // a relay that answers does so within a few seconds

QStringList textList(const QJsonValue &value)
{
    QStringList list;
    for (const auto &entry : value.toArray())
        list.append(entry.toString());
    return list;
}

Outcome<Answer> init(Context &context, const QJsonObject &parameters)
{
    if (const auto locked = context.gate().takeLock(); !locked)
        return fail(locked.error());
    if (context.gate().status().exists)
        return chat::trouble(TroubleCode::ProfileExists);
    auto passphrase = context.passphrase(Context::Secret::NewProfile);
    if (!passphrase)
        return fail(passphrase.error());

    const chat::NewProfile profile{text(parameters, "name"_L1), textList(parameters.value("relay"_L1)), text(parameters, "proxy"_L1)};
    session::LockChoice choice;
    choice.passphrase = std::move(passphrase).value();
    auto made = context.gate().create(choice, [&](vault::Database &database) {
        return chat::ChatEngine::createProfile(database, profile, context.machinery().clock, context.machinery().random);
    });
    if (!made)
        return fail(made.error());

    const crypto::ByteView bytes = made->recoveryCode.view(); // shown to its owner, here and never again
    const QString code = QString::fromLatin1(reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    const QString folder = QString::fromStdString(context.gate().paths().folder.string());
    Answer answer;
    QJsonObject object{{u"event"_s, u"profile"_s}, {u"folder"_s, folder}, {u"recovery_code"_s, code}};
    answer.lines = {u"The profile is in "_s + folder,
                    u"Recovery code, shown this once; write it down: "_s + code};

    if (profile.relays.isEmpty()) {
        if (const auto opened = context.open(std::move(made->key)); !opened)
            return fail(opened.error());
        if (const auto started = context.start(); !started)
            return fail(started.error());
        session::RelayChoice relays(context.engine(), context.machinery().random);
        std::optional<int> chosen;
        relays.start([&](int count) { chosen = count; });
        context.waitUntil([&] { return chosen.has_value(); }, kChooseMs);
        const auto inUse = context.engine().relays();
        QJsonArray urls;
        for (const chat::RelayInfo &relay : inUse ? *inUse : QList<chat::RelayInfo>()) {
            if (!relay.own)
                continue;
            urls.append(relay.url);
            answer.lines.append(u"Reads at "_s + relay.url);
        }
        object.insert(u"relays"_s, urls);
        if (urls.isEmpty()) {
            answer.lines.append(u"None of the well-known relays answers. Add one with: tacet-cli relay add URL"_s);
            answer.exitCode = kNoRelay;
        }
    }
    answer.objects = {object};
    return answer;
}

Outcome<Answer> invite(Context &context, const QJsonObject &parameters)
{
    const auto kind = parameters.value("reusable"_L1).toBool() ? chat::InvitationKind::Reusable : chat::InvitationKind::OneTime;
    auto made = context.engine().createInvitation(kind, text(parameters, "name"_L1));
    if (!made)
        return fail(made.error());
    chat::Invitation invitation = *made;
    // The link is worth passing on once a relay holds what it leads to.
    const auto published = [&] {
        const auto all = context.engine().invitations();
        for (const chat::Invitation &one : all ? *all : QList<chat::Invitation>()) {
            if (one.id == invitation.id)
                invitation = one;
        }
        return invitation.relaysHolding > 0;
    };
    Answer answer;
    if (!context.waitUntil(published, kPublishMs))
        answer.exitCode = kNoRelay;
    answer.objects = {toJson(invitation)};
    answer.lines = {invitation.link};
    return answer;
}

} // namespace

std::vector<Command> profileCommands()
{
    using enum Option::Kind;
    return {
        {"init", "init --name NAME [--relay URL]... [--proxy socks5://HOST:PORT|tor]",
         "makes a profile; without --relay, well-known relays are tested and chosen", Needs::Nothing, {},
         {{"name", Text, true}, {"relay", List}, {"proxy", Text}}, init},
        {"invite", "invite [--reusable] [--name WHO]", "prints one line: the link", Needs::Network, {},
         {{"reusable", Flag}, {"name", Text}}, invite},
    };
}

} // namespace tacet::cli
