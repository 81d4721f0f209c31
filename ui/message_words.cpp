#include "ui/message_words.h"

#include "ui/rich_runs.h"

#include <QCoreApplication>

namespace tacet::ui {
using namespace Qt::StringLiterals;
using chat::MessageState;
using chat::SystemLine;
namespace {

constexpr qsizetype kSnippetLimit = 300;
constexpr qsizetype kBeginningLimit = 80;
constexpr qsizetype kSpokenLimit = 2000;
constexpr qsizetype kAddresses = 8; ///< that one message offers to the keyboard

/// Gives the sentences below a context for translators.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(MessageWords)
};

} // namespace

QString systemLineText(const chat::Message &message, const QString &name)
{
    const QString who = isolatedName(name);
    switch (message.system) {
    case SystemLine::None: return {};
    case SystemLine::ChatStarted: return Words::tr("You opened the invitation of %1").arg(who);
    case SystemLine::PeerJoined: return Words::tr("%1 opened your invitation").arg(who);
    case SystemLine::NameChanged: return Words::tr("The name is now %1").arg(isolatedName(message.text));
    case SystemLine::KeyChanged: return Words::tr("%1 started again with a new key").arg(who);
    case SystemLine::KeyAccepted: return Words::tr("You accepted the new key without comparing");
    case SystemLine::Verified: return Words::tr("Verified. You and %1 have the same number").arg(who);
    case SystemLine::Unverified: return Words::tr("You took the verified mark away");
    case SystemLine::PeerRestored: return Words::tr("%1 restored a backup. The safety number is the same").arg(who);
    case SystemLine::Restored: return Words::tr("Restored from your backup");
    case SystemLine::MailboxMoved: return Words::tr("%1 reads elsewhere now").arg(who);
    case SystemLine::SessionRenewed: return Words::tr("The connection of keys with %1 was made anew").arg(who);
    case SystemLine::Gap: {
        const int count = qMax(1, message.text.toInt());
        return count == 1 ? Words::tr("1 message from %1 has not arrived yet").arg(who)
                          : Words::tr("%2 messages from %1 have not arrived yet").arg(who, QString::number(count));
    }
    case SystemLine::Undecryptable:
        return Words::tr("A message arrived that this computer cannot open. %1 was asked to send it again").arg(who);
    case SystemLine::InvitationTriedTwice:
        return Words::tr("Someone else tried the invitation that you sent to %1. It did not open anything").arg(who);
    case SystemLine::OldSessionSpoke:
        return Words::tr("A key of %1 from before the restore was used again. Compare the safety number").arg(who);
    case SystemLine::Blocked: return Words::tr("You blocked %1").arg(who);
    case SystemLine::Unblocked: return Words::tr("You unblocked %1").arg(who);
    case SystemLine::RequestAccepted: return Words::tr("You accepted the request of %1").arg(who);
    }
    return Words::tr("Something happened here that this version of Tacet has no words for");
}

Icon systemLineIcon(SystemLine line)
{
    switch (line) {
    case SystemLine::KeyChanged:
    case SystemLine::KeyAccepted:
    case SystemLine::SessionRenewed: return Icon::Key;
    case SystemLine::Verified: return Icon::ShieldCheck;
    case SystemLine::Unverified: return Icon::Shield;
    case SystemLine::OldSessionSpoke:
    case SystemLine::InvitationTriedTwice: return Icon::ShieldAlert;
    case SystemLine::PeerRestored:
    case SystemLine::Restored: return Icon::Backup;
    case SystemLine::MailboxMoved: return Icon::Relays;
    case SystemLine::Gap:
    case SystemLine::Undecryptable: return Icon::Alert;
    case SystemLine::Blocked:
    case SystemLine::Unblocked: return Icon::Block;
    case SystemLine::NameChanged:
    case SystemLine::RequestAccepted: return Icon::Person;
    default: return Icon::Link;
    }
}

std::optional<DeliveryGlyph> deliveryGlyph(const chat::Message &message)
{
    if (!message.own || message.system != SystemLine::None)
        return std::nullopt;
    switch (message.state) {
    case MessageState::Received: return std::nullopt;
    case MessageState::Queued: return DeliveryGlyph::Queued;
    case MessageState::OnRelay: return DeliveryGlyph::OnRelay;
    case MessageState::Delivered: return DeliveryGlyph::Delivered;
    case MessageState::Read: return DeliveryGlyph::Read;
    case MessageState::Failed: return DeliveryGlyph::Failed;
    }
    return std::nullopt;
}

QString stateWord(MessageState state)
{
    switch (state) {
    case MessageState::Received: return Words::tr("received");
    case MessageState::Queued: return Words::tr("waiting");
    case MessageState::OnRelay: return Words::tr("on a relay");
    case MessageState::Delivered: return Words::tr("delivered");
    case MessageState::Read: return Words::tr("read");
    case MessageState::Failed: return Words::tr("not sent");
    }
    return {};
}

QString stateSentence(const chat::Message &message, const QString &name, const Calendar &calendar)
{
    const QString who = isolatedName(name);
    switch (message.state) {
    case MessageState::Received: return Words::tr("Arrived at %1.").arg(calendar.full(message.arrivedMs));
    case MessageState::Queued: return Words::tr("Waiting for a connection. It is kept safely here.");
    case MessageState::OnRelay:
        return message.relays == 1
            ? Words::tr("On 1 relay. %1’s computer has not confirmed it yet.").arg(who)
            : Words::tr("On %2 relays. %1’s computer has not confirmed it yet.").arg(who, QString::number(message.relays));
    case MessageState::Delivered:
        return Words::tr("On %1’s computer since %2.").arg(who, calendar.full(message.stateMs));
    case MessageState::Read: return Words::tr("Read at %1.").arg(calendar.full(message.stateMs));
    case MessageState::Failed: return Words::tr("Not sent: no relay took it. Try again, or keep it waiting.");
    }
    return {};
}

QString newMessagesText(int count)
{
    return count == 1 ? Words::tr("1 new message") : Words::tr("%1 new messages").arg(count);
}

QList<QUrl> addressesIn(const chat::Message &message)
{
    QList<QUrl> found;
    if (message.system != SystemLine::None)
        return found;
    for (const WebAddress &address : webAddresses(message.text)) {
        if (!found.contains(address.target) && found.size() < kAddresses)
            found.append(address.target);
    }
    return found;
}

QString spokenMessage(const chat::Message &message, const QString &name, const Calendar &calendar)
{
    const QString time = calendar.time(message.sentMs);
    if (message.system != SystemLine::None)
        return u"%1, %2"_s.arg(systemLineText(message, name), time);
    QString words = visibleText(startOf(message.text, kSpokenLimit));
    if (message.text.size() > kSpokenLimit)
        words += u"… "_s + Words::tr("This message is longer. Message details have all of it.");
    if (!message.own)
        return u"%1, %2, %3"_s.arg(visibleLine(name), time, words);
    return u"%1, %2, %3, %4"_s.arg(Words::tr("You"), time, words, stateWord(message.state));
}

QString snippet(const chat::Message &message, const QString &name)
{
    if (message.system != SystemLine::None)
        return systemLineText(message, name);
    return startOf(message.text, kSnippetLimit).toString();
}

QString beginning(const chat::Message &message, const QString &name)
{
    if (message.system != SystemLine::None)
        return systemLineText(message, name);
    return isolatedName(visibleLine(message.text, kBeginningLimit));
}

} // namespace tacet::ui
