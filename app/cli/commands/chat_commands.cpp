// send, listen, history, outbox.
#include "app/cli/commands/groups.h"
#include "app/cli/commands/parameters.h"
#include "app/cli/context.h"
#include "app/cli/exit_code.h"
#include "app/cli/output.h"
#include "app/vault/profile_rows.h"

#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

using chat::Outcome;
using chat::TroubleCode;

constexpr int kSendMs = 5'000;
constexpr int kGoodbyeMs = 5'000;
constexpr qint64 kDefaultHistory = 50;
constexpr int kPageSize = 200;

Outcome<Answer> send(Context &context, const QJsonObject &parameters)
{
    const auto contact = contactOf(parameters);
    if (!contact)
        return fail(contact.error());
    const auto id = context.engine().sendText(*contact, text(parameters, "text"_L1));
    if (!id)
        return fail(id.error());
    chat::Message message;
    const auto accepted = [&] {
        if (const auto stored = context.engine().message(*id))
            message = *stored;
        return message.state != chat::MessageState::Queued;
    };
    Answer answer;
    if (!context.waitUntil(accepted, kSendMs) && !context.anyRelayConnected())
        answer.exitCode = kNoRelay;
    answer.objects = {toJson(message)};
    answer.lines = {message.id.toHex() + u'\t' + stateName(message.state)};
    return answer;
}

Outcome<Answer> history(Context &context, const QJsonObject &parameters)
{
    const auto contact = contactOf(parameters);
    if (!contact)
        return fail(contact.error());
    if (const auto known = context.engine().chat(*contact); !known)
        return fail(known.error());
    qint64 wanted = parameters.contains("limit"_L1) ? parameters.value("limit"_L1).toInteger() : kDefaultHistory;
    chat::Anchor anchor;
    if (parameters.contains("before"_L1)) {
        const auto id = chat::MessageId::fromHex(text(parameters, "before"_L1));
        if (!id)
            return chat::trouble(TroubleCode::UnknownMessage);
        const auto message = context.engine().message(*id);
        if (!message)
            return fail(message.error());
        anchor = chat::Anchor::of(*message);
    }
    QList<chat::Message> messages; // newest page first, each oldest first
    while (wanted > 0) {
        const auto page = context.engine().page(*contact, anchor, chat::PageDirection::Older,
                                                static_cast<int>(std::min<qint64>(wanted, kPageSize)));
        if (!page)
            return fail(page.error());
        if (page->messages.isEmpty())
            break;
        anchor = chat::Anchor::of(page->messages.first());
        wanted -= page->messages.size();
        for (auto it = page->messages.crbegin(); it != page->messages.crend(); ++it)
            messages.append(*it);
        if (page->reachesStart)
            break;
    }
    Answer answer;
    for (auto it = messages.crbegin(); it != messages.crend(); ++it) {
        answer.objects.append(toJson(*it));
        answer.lines.append(toLine(*it));
    }
    return answer;
}

Outcome<Answer> outbox(Context &context, const QJsonObject &)
{
    const auto info = context.engine().outbox();
    if (!info)
        return fail(info.error());
    return Answer{{QJsonObject{{u"waiting"_s, info->waiting}, {u"failed"_s, info->failed}, {u"last_left"_s, info->lastLeftMs}}},
                  {u"%1 waiting, %2 not sent"_s.arg(info->waiting).arg(info->failed)}};
}

/// Up to when `listen` has told of what arrived. Other commands receive too, without saying so.
constexpr char kToldUntil[] = "cli_told_until_ms";

/// What arrived since the last clean end of `listen`, oldest first; each event is told at least once.
Outcome<Done> tellMissed(Context &context)
{
    qint64 told = 0;
    {
        vault::Snapshot snapshot(context.database());
        told = vault::readSettingInteger(context.database(), kToldUntil).value_or(0);
        if (const auto read = snapshot.finish(); !read)
            return fail(session::troubleFrom(read.error()));
    }
    const auto chats = context.engine().chats();
    if (!chats)
        return fail(chats.error());
    QList<chat::Message> missed;
    for (const chat::ChatSummary &chat : *chats) {
        chat::Anchor anchor;
        for (bool more = !chat.request; more;) {
            const auto page = context.engine().page(chat.id, anchor, chat::PageDirection::Older, kPageSize);
            if (!page)
                return fail(page.error());
            more = !page->reachesStart && !page->messages.isEmpty() && page->messages.first().arrivedMs > told;
            for (const chat::Message &message : page->messages) {
                if (!message.own && message.arrivedMs > told)
                    missed.append(message);
            }
            if (!page->messages.isEmpty())
                anchor = chat::Anchor::of(page->messages.first());
        }
    }
    std::stable_sort(missed.begin(), missed.end(),
                     [](const chat::Message &one, const chat::Message &other) { return one.arrivedMs < other.arrivedMs; });
    for (const chat::Message &message : missed)
        context.tell(chat::MessageStored{message, false});
    return Done{};
}

Outcome<Done> rememberTold(Context &context)
{
    vault::Transaction transaction(context.database());
    vault::writeSetting(context.database(), kToldUntil, std::int64_t(context.machinery().clock.wallMs()));
    if (const auto written = transaction.commit(); !written)
        return fail(session::troubleFrom(written.error()));
    return Done{};
}

Outcome<Answer> listen(Context &context, const QJsonObject &parameters)
{
    chat::ChatEngine &engine = context.engine();
    engine.setListening(true);
    if (const auto told = tellMissed(context); !told)
        return fail(told.error());
    QTimer limit;
    limit.setSingleShot(true);
    QObject::connect(&limit, &QTimer::timeout, &context, &Context::stop);
    if (parameters.contains("for"_L1))
        limit.start(static_cast<int>(std::min<qint64>(parameters.value("for"_L1).toInteger(), 2'000'000) * 1000));
    context.runUntilStopped();
    // A clean end: what was received is acknowledged before the relays are left.
    if (const auto flushed = engine.flushReceipts(); !flushed)
        return fail(flushed.error());
    const bool cutOff = context.isCutOff();
    context.waitUntil([&] { return engine.isSettled(); }, cutOff ? 0 : kGoodbyeMs);
    if (const auto remembered = rememberTold(context); !remembered)
        return fail(remembered.error());
    Answer answer;
    answer.exitCode = cutOff ? kNoRelay : kDone;
    return answer;
}

} // namespace

std::vector<Command> chatCommands()
{
    using enum Option::Kind;
    const Operand id{"id"};
    return {
        {"send", "send ID TEXT|-", "prints the message's id and state once it is safely in the outbox", Needs::Network,
         {id, {"text", true, true}}, {}, send},
        {"listen", "listen [--for SECONDS]", "receives, sends what waits, prints an event a line", Needs::Network, {},
         {{"for", Number}}, listen},
        {"history", "history ID [--limit N] [--before MESSAGE-ID]", "oldest first", Needs::Profile, {id},
         {{"limit", Number}, {"before", Text}}, history},
        {"outbox", "outbox", "what has not left yet", Needs::Profile, {}, {}, outbox},
    };
}

} // namespace tacet::cli
