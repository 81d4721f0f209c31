// relay list, add, remove, test, disclosure.
#include "app/cli/commands/groups.h"
#include "app/cli/commands/parameters.h"
#include "app/cli/context.h"
#include "app/cli/output.h"
#include "app/session/disclosed_text.h"

#include <QDateTime>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

using chat::Outcome;
using chat::TroubleCode;

constexpr int kTestMs = 60'000;
constexpr int kConnectMs = 3'000;

Answer answerOf(const chat::RelayInfo &relay)
{
    return Answer{{toJson(relay)}, {toLine(relay)}};
}

Outcome<Answer> list(Context &context, const QJsonObject &)
{
    // A moment to connect, so that the list tells how things are and not how they were.
    context.waitUntil([&] { return context.anyRelayConnected(); }, kConnectMs);
    const auto relays = context.engine().relays();
    if (!relays)
        return fail(relays.error());
    Answer answer;
    for (const chat::RelayInfo &relay : *relays) {
        answer.objects.append(toJson(relay));
        answer.lines.append(toLine(relay));
    }
    return answer;
}

template<typename Ask>
Outcome<Answer> waitForRelay(Context &context, Ask ask)
{
    std::optional<Outcome<chat::RelayInfo>> outcome;
    ask([&outcome](Outcome<chat::RelayInfo> answered) { outcome.emplace(std::move(answered)); });
    context.waitUntil([&] { return outcome.has_value(); }, kTestMs);
    if (!outcome)
        return chat::trouble(TroubleCode::NoRelayReachable);
    if (!*outcome)
        return fail(outcome->error());
    return answerOf(**outcome);
}

Outcome<Answer> add(Context &context, const QJsonObject &parameters)
{
    return waitForRelay(context, [&](auto then) { context.engine().addRelay(text(parameters, "url"_L1), then); });
}

Outcome<Answer> test(Context &context, const QJsonObject &parameters)
{
    return waitForRelay(context, [&](auto then) { context.engine().testRelay(text(parameters, "url"_L1), then); });
}

Outcome<Answer> remove(Context &context, const QJsonObject &parameters)
{
    if (const auto removed = context.engine().removeRelay(text(parameters, "url"_L1)); !removed)
        return fail(removed.error());
    return Answer{};
}

Outcome<Answer> disclosure(Context &context, const QJsonObject &)
{
    const auto known = context.engine().disclosure();
    if (!known)
        return fail(known.error());
    Answer answer;
    for (const chat::RelayDisclosure &relay : known->relays) {
        QJsonArray sizes;
        for (const qint64 count : relay.bySize)
            sizes.append(count);
        answer.objects.append({{u"url"_s, relay.url},
                               {u"envelopes_out"_s, relay.envelopesOut},
                               {u"envelopes_in"_s, relay.envelopesIn},
                               {u"by_size"_s, sizes},
                               {u"mailboxes"_s, relay.mailboxes},
                               {u"first"_s, relay.firstMs},
                               {u"last"_s, relay.lastMs},
                               {u"through_proxy"_s, known->throughProxy}});
        answer.lines.append(u"%1\tsealed envelopes: %2, random mailboxes: %3"_s.arg(
            relay.url, QString::number(relay.envelopesIn + relay.envelopesOut), QString::number(relay.mailboxes)));
    }
    // The same list as the window's, tacet-relay's and THREAT_MODEL.md's.
    const auto list = [&](const QString &head, relay::Holding holding) {
        answer.lines.append(head);
        for (const session::DisclosedText &text : session::disclosedTexts(*known)) {
            if (text.holding == holding)
                answer.lines.append(u"  %1. %2"_s.arg(text.fact, text.sentence));
        }
    };
    list(u"All of them together could hand over:"_s, relay::Holding::Kept);
    list(u"They also see while this program is connected, and may keep:"_s, relay::Holding::Seen);
    list(u"They never had:"_s, relay::Holding::Never);
    return answer;
}

} // namespace

std::vector<Command> relayCommands()
{
    const Operand url{"url"};
    return {
        {"relay list", "relay list", "one relay a line, with its state", Needs::Network, {}, {}, list},
        {"relay add", "relay add URL", "tests it, then reads there", Needs::Network, {url}, {}, add},
        {"relay remove", "relay remove URL", "stops using it", Needs::Network, {url}, {}, remove},
        {"relay test", "relay test URL", "writes to, reads from and deletes in a throwaway mailbox", Needs::Network, {url}, {}, test},
        {"relay disclosure", "relay disclosure", "what your relays could hand over", Needs::Profile, {}, {}, disclosure},
    };
}

} // namespace tacet::cli
