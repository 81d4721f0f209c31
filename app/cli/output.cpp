#include "app/cli/output.h"

#include "app/session/trouble_text.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

void writeLine(std::FILE *to, const QByteArray &line)
{
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), to);
    std::fputc('\n', to);
    std::fflush(to);
}

QString when(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms).toString(u"yyyy-MM-dd HH:mm"_s);
}

QString systemName(chat::SystemLine line)
{
    using enum chat::SystemLine;
    switch (line) {
    case None: return {};
    case ChatStarted: return u"chat started"_s;
    case PeerJoined: return u"joined"_s;
    case NameChanged: return u"name changed"_s;
    case KeyChanged: return u"key changed"_s;
    case KeyAccepted: return u"key accepted"_s;
    case Verified: return u"verified"_s;
    case Unverified: return u"no longer verified"_s;
    case PeerRestored: return u"restored"_s;
    case Restored: return u"restored here"_s;
    case MailboxMoved: return u"reads elsewhere"_s;
    case SessionRenewed: return u"session renewed"_s;
    case Gap: return u"not arrived yet"_s;
    case Undecryptable: return u"could not be opened"_s;
    case InvitationTriedTwice: return u"invitation tried twice"_s;
    case OldSessionSpoke: return u"old session spoke"_s;
    case Blocked: return u"blocked"_s;
    case Unblocked: return u"unblocked"_s;
    case RequestAccepted: return u"request accepted"_s;
    }
    return {};
}

QString trustName(chat::Trust trust)
{
    switch (trust) {
    case chat::Trust::NotCompared: return u"not compared"_s;
    case chat::Trust::Verified: return u"verified"_s;
    case chat::Trust::VerifiedBeforeRestore: return u"verified before restore"_s;
    case chat::Trust::KeyChanged: return u"key changed"_s;
    }
    return {};
}

QString linkName(chat::Link link)
{
    switch (link) {
    case chat::Link::FetchingInvitation: return u"fetching invitation"_s;
    case chat::Link::WaitingForPeer: return u"waiting for answer"_s;
    case chat::Link::Live: return u"live"_s;
    case chat::Link::InvitationDead: return u"invitation dead"_s;
    case chat::Link::Reconnecting: return u"reconnecting"_s;
    }
    return {};
}

QString conditionName(chat::RelayCondition condition)
{
    switch (condition) {
    case chat::RelayCondition::Connecting: return u"connecting"_s;
    case chat::RelayCondition::Connected: return u"connected"_s;
    case chat::RelayCondition::Slow: return u"slow"_s;
    case chat::RelayCondition::Unreachable: return u"unreachable"_s;
    case chat::RelayCondition::Refused: return u"refused"_s;
    case chat::RelayCondition::Off: return u"off"_s;
    case chat::RelayCondition::Idle: return u"idle"_s;
    }
    return {};
}

/// A sentence for the terminal. The marks that keep a name from turning the words around it are ours here and are of use to
/// windows alone: what came from outside has lost its own (session::printable).
QString plain(QString sentence)
{
    return visible(sentence.remove(QChar(0x2068)).remove(QChar(0x2069)));
}

template<typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template<typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

} // namespace

void Output::print(const Answer &answer) const
{
    if (m_json) {
        for (const QJsonObject &object : answer.objects)
            writeLine(stdout, QJsonDocument(object).toJson(QJsonDocument::Compact));
    } else {
        for (const QString &line : answer.lines)
            writeLine(stdout, line.toUtf8());
    }
}

void Output::object(const QJsonObject &object, const QString &line) const
{
    writeLine(stdout, m_json ? QJsonDocument(object).toJson(QJsonDocument::Compact) : line.toUtf8());
}

void Output::error(const chat::Trouble &trouble) const
{
    writeLine(stderr, plain(session::troubleText(trouble)).toUtf8());
}

void Output::sentence(const QString &text) const
{
    writeLine(stderr, visible(text).toUtf8());
}

QString stateName(chat::MessageState state)
{
    switch (state) {
    case chat::MessageState::Received: return u"received"_s;
    case chat::MessageState::Queued: return u"queued"_s;
    case chat::MessageState::OnRelay: return u"on_relay"_s;
    case chat::MessageState::Delivered: return u"delivered"_s;
    case chat::MessageState::Read: return u"read"_s;
    case chat::MessageState::Failed: return u"failed"_s;
    }
    return {};
}

QJsonObject toJson(const chat::Message &message)
{
    QJsonObject object{{u"id"_s, message.id.toHex()},
                       {u"contact"_s, message.chat.toHex()},
                       {u"own"_s, message.own},
                       {u"text"_s, message.text},
                       {u"state"_s, stateName(message.state)},
                       {u"time"_s, message.sentMs}};
    if (message.system != chat::SystemLine::None)
        object.insert(u"system"_s, systemName(message.system));
    return object;
}

QJsonObject toJson(const chat::ChatSummary &chat)
{
    QJsonObject object{{u"contact"_s, chat.id.toHex()},   {u"name"_s, chat.name},
                       {u"trust"_s, trustName(chat.trust)}, {u"link"_s, linkName(chat.link)},
                       {u"request"_s, chat.request},        {u"blocked"_s, chat.blocked},
                       {u"unread"_s, chat.unread}};
    if (chat.link == chat::Link::InvitationDead)
        object.insert(u"reason"_s,
                      session::troubleText({static_cast<chat::TroubleCode>(chat.linkTrouble), {}, 0}));
    return object;
}

QJsonObject toJson(const chat::RelayInfo &relay)
{
    QJsonObject object{{u"url"_s, relay.url},
                       {u"state"_s, conditionName(relay.condition)},
                       {u"own"_s, relay.own}};
    if (relay.roundTripMs >= 0)
        object.insert(u"round_trip_ms"_s, relay.roundTripMs);
    if (relay.givenUp)
        object.insert(u"given_up"_s, true);
    if (!relay.reason.isEmpty())
        object.insert(u"reason"_s, relay.reason);
    return object;
}

QJsonObject toJson(const chat::Invitation &invitation)
{
    return {{u"id"_s, invitation.id.toHex()},
            {u"link"_s, invitation.link},
            {u"reusable"_s, invitation.kind == chat::InvitationKind::Reusable},
            {u"until"_s, invitation.untilMs},
            {u"relays"_s, invitation.relaysHolding}};
}

std::optional<QJsonObject> toJson(const chat::Fact &fact)
{
    using Object = std::optional<QJsonObject>;
    const auto event = [](QLatin1StringView name, QJsonObject object) {
        object.insert(u"event"_s, QString(name));
        return Object(object);
    };
    return std::visit(
        Overloaded{
            [&](const chat::MessageStored &f) {
                return event(f.message.system == chat::SystemLine::None ? "message"_L1 : "system"_L1, toJson(f.message));
            },
            [&](const chat::MessageChanged &f) { return event("state"_L1, toJson(f.message)); },
            [&](const chat::ChatChanged &f) { return event("contact"_L1, toJson(f.chat)); },
            [&](const chat::RelayChanged &f) { return event("relay"_L1, toJson(f.relay)); },
            [&](const chat::Noticed &f) {
                const chat::Trouble trouble{static_cast<chat::TroubleCode>(f.code), f.detail, 0};
                QJsonObject object{{u"text"_s, session::troubleText(trouble)}};
                if (f.chat)
                    object.insert(u"contact"_s, f.chat->toHex());
                return event("notice"_L1, object);
            },
            [&](const chat::ClockSeemsWrong &f) {
                return event("notice"_L1, QJsonObject{{u"text"_s, session::clockText(f.offByMs)}});
            },
            [](const auto &) { return Object(); },
        },
        fact);
}

QString visible(const QString &foreignText)
{
    QString out;
    out.reserve(foreignText.size());
    for (const QChar c : foreignText) {
        const char16_t u = c.unicode();
        const bool control = (u < 0x20 && u != u'\t') || (u >= 0x7F && u < 0xA0);
        const bool direction = (u >= 0x202A && u <= 0x202E) || (u >= 0x2066 && u <= 0x2069);
        if (control || direction)
            out += u"\\u%1"_s.arg(u, 4, 16, QLatin1Char('0'));
        else
            out += c;
    }
    return out;
}

QString toLine(const chat::Message &message)
{
    const QString head = message.id.toHex() + u'\t' + when(message.sentMs) + u'\t';
    if (message.system != chat::SystemLine::None) {
        const QString argument = message.text.isEmpty() ? QString() : u": "_s + visible(message.text);
        return head + u"*\t"_s + systemName(message.system) + argument;
    }
    const QString who = message.own ? u"you ("_s + stateName(message.state) + u')' : message.chat.toHex();
    return head + who + u'\t' + visible(message.text);
}

QString toLine(const chat::ChatSummary &chat)
{
    QString state = trustName(chat.trust) + u", "_s + linkName(chat.link);
    if (chat.request)
        state += u", request"_s;
    if (chat.blocked)
        state += u", blocked"_s;
    return chat.id.toHex() + u'\t' + visible(chat.name) + u'\t' + state;
}

QString toLine(const chat::RelayInfo &relay)
{
    QString line = relay.url + u'\t' + conditionName(relay.condition);
    if (relay.roundTripMs >= 0)
        line += u"\t%1 ms"_s.arg(relay.roundTripMs);
    if (!relay.reason.isEmpty())
        line += u'\t' + visible(relay.reason);
    return line;
}

std::optional<QString> toLine(const chat::Fact &fact)
{
    using Line = std::optional<QString>;
    return std::visit(
        Overloaded{
            [](const chat::MessageStored &f) { return Line(u"message\t"_s + toLine(f.message)); },
            [](const chat::MessageChanged &f) {
                return Line(u"state\t"_s + f.message.id.toHex() + u'\t' + stateName(f.message.state));
            },
            [](const chat::ChatChanged &f) { return Line(u"contact\t"_s + toLine(f.chat)); },
            [](const chat::RelayChanged &f) { return Line(u"relay\t"_s + toLine(f.relay)); },
            [](const chat::Noticed &f) {
                return Line(u"notice\t"_s
                            + plain(session::troubleText({static_cast<chat::TroubleCode>(f.code), f.detail, 0})));
            },
            [](const chat::ClockSeemsWrong &f) { return Line(u"notice\t"_s + visible(session::clockText(f.offByMs))); },
            [](const auto &) { return Line(); },
        },
        fact);
}

} // namespace tacet::cli
