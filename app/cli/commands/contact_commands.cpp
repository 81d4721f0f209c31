// contact add, list, rename, block, unblock, accept, safety-number, verify.
#include "app/cli/commands/groups.h"
#include "app/cli/commands/parameters.h"
#include "app/cli/context.h"
#include "app/cli/exit_code.h"
#include "app/cli/output.h"
#include "app/session/trouble_text.h"

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

using chat::Outcome;
using chat::TroubleCode;

constexpr int kFetchMs = 30'000;
constexpr int kFirstMessageMs = 10'000;

Answer done()
{
    return {};
}

template<typename Work>
Outcome<Answer> withContact(const QJsonObject &parameters, Work work)
{
    const auto id = contactOf(parameters);
    if (!id)
        return fail(id.error());
    return work(*id);
}

Outcome<Answer> onlyDone(const Outcome<Done> &outcome)
{
    if (!outcome)
        return fail(outcome.error());
    return done();
}

Outcome<Answer> add(Context &context, const QJsonObject &parameters)
{
    chat::ChatEngine &engine = context.engine();
    const QString link = text(parameters, "link"_L1).trimmed();
    // A first look, so that an altered, used or expired invitation leaves no contact behind.
    std::optional<Outcome<chat::LinkPreview>> preview;
    engine.fetchLink(link, [&preview](Outcome<chat::LinkPreview> outcome) { preview.emplace(std::move(outcome)); });
    context.waitUntil([&] { return preview.has_value(); }, kFetchMs);
    const auto mayWait = [](TroubleCode code) { return code == TroubleCode::NoRelayReachable || code == TroubleCode::ProxyDown; };
    const bool unreachable = !preview || (!*preview && mayWait(preview->error().code));
    if (!unreachable && !*preview)
        return fail(preview->error());

    const auto started = engine.startChat(link, std::nullopt);
    if (!started)
        return fail(started.error());
    if (const QString name = text(parameters, "name"_L1); !name.isEmpty()) {
        if (const auto renamed = engine.renameContact(started->chat, name); !renamed)
            return fail(renamed.error());
    }
    chat::ChatSummary summary;
    const auto sent = [&] {
        if (const auto chat = engine.chat(started->chat))
            summary = *chat;
        return summary.link != chat::Link::FetchingInvitation && engine.isSettled();
    };
    Answer answer;
    if (!context.waitUntil(sent, unreachable ? 0 : kFirstMessageMs))
        answer.exitCode = kNoRelay;
    if (summary.link == chat::Link::InvitationDead)
        return fail(chat::Trouble{static_cast<TroubleCode>(summary.linkTrouble)});
    answer.objects = {toJson(summary)};
    answer.lines = {started->chat.toHex()};
    return answer;
}

Outcome<Answer> list(Context &context, const QJsonObject &)
{
    const auto chats = context.engine().chats();
    if (!chats)
        return fail(chats.error());
    Answer answer;
    for (const chat::ChatSummary &chat : *chats) {
        answer.objects.append(toJson(chat));
        answer.lines.append(toLine(chat));
    }
    return answer;
}

Outcome<Answer> rename(Context &context, const QJsonObject &parameters)
{
    return withContact(parameters, [&](const chat::ContactId &id) {
        return onlyDone(context.engine().renameContact(id, text(parameters, "name"_L1)));
    });
}

Outcome<Answer> block(Context &context, const QJsonObject &parameters)
{
    return withContact(parameters, [&](const chat::ContactId &id) { return onlyDone(context.engine().block(id, true)); });
}

Outcome<Answer> unblock(Context &context, const QJsonObject &parameters)
{
    return withContact(parameters, [&](const chat::ContactId &id) { return onlyDone(context.engine().block(id, false)); });
}

Outcome<Answer> accept(Context &context, const QJsonObject &parameters)
{
    return withContact(parameters, [&](const chat::ContactId &id) { return onlyDone(context.engine().acceptRequest(id)); });
}

Outcome<Answer> safetyNumber(Context &context, const QJsonObject &parameters)
{
    return withContact(parameters, [&](const chat::ContactId &id) -> Outcome<Answer> {
        const auto number = context.engine().safetyNumber(id);
        if (!number)
            return fail(number.error());
        const QString digits = number->groups.join(u' ');
        return Answer{{QJsonObject{{u"contact"_s, id.toHex()}, {u"number"_s, digits}}}, {digits}};
    });
}

Outcome<Answer> verify(Context &context, const QJsonObject &parameters)
{
    return withContact(parameters, [&](const chat::ContactId &id) -> Outcome<Answer> {
        const QString number = text(parameters, "number"_L1);
        const auto compared = context.engine().compareNumber(id, number);
        if (!compared)
            return fail(compared.error());
        if (!compared->same)
            return fail(chat::Trouble{TroubleCode::NumbersDiffer, {}, compared->firstDifferentGroup + 1});
        if (const auto marked = context.engine().setVerified(id, number); !marked)
            return fail(marked.error());
        return Answer{{QJsonObject{{u"contact"_s, id.toHex()}, {u"verified"_s, true}}}, {u"Verified. The numbers are the same."_s}};
    });
}

} // namespace

std::vector<Command> contactCommands()
{
    using enum Option::Kind;
    const Operand id{"id"};
    return {
        {"contact add", "contact add LINK|- [--name NAME]", "opens an invitation and prints the contact's id", Needs::Network,
         {{"link", true, true}}, {{"name", Text}}, add},
        {"contact list", "contact list", "one contact a line", Needs::Profile, {}, {}, list},
        {"contact rename", "contact rename ID NAME", "what you call them; an empty name gives back their own", Needs::Profile,
         {id, {"name"}}, {}, rename},
        {"contact block", "contact block ID", "they are not told", Needs::Network, {id}, {}, block},
        {"contact unblock", "contact unblock ID", "takes a block back", Needs::Network, {id}, {}, unblock},
        {"contact accept", "contact accept ID", "accepts a request from your reusable address", Needs::Network, {id}, {}, accept},
        {"contact safety-number", "contact safety-number ID", "60 digits in groups of five", Needs::Profile, {id}, {}, safetyNumber},
        {"contact verify", "contact verify ID NUMBER", "exit 0 and marks it, or exit 3 and says they differ", Needs::Profile,
         {id, {"number"}}, {}, verify},
    };
}

} // namespace tacet::cli
