#include "ui/relay_words.h"

#include "app/session/disclosed_text.h"
#include "app/session/trouble_text.h"
#include "ui/rich_runs.h"

#include <QCoreApplication>
#include <QUrl>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::RelayCondition;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Relays)
};

QString number(qint64 value)
{
    return QLocale().toString(value);
}

QString counted(qint64 value, const QString &one, const QString &many)
{
    return value == 1 ? one : many.arg(number(value));
}

QString envelopes(qint64 count)
{
    return counted(count, Words::tr("1 sealed envelope"), Words::tr("%1 sealed envelopes"));
}

QString mailboxes(qint64 count)
{
    return counted(count, Words::tr("1 random mailbox"), Words::tr("%1 random mailboxes"));
}

int sizesUsed(const QList<qint64> &bySize)
{
    return static_cast<int>(std::count_if(bySize.begin(), bySize.end(), [](qint64 count) { return count > 0; }));
}

Icon iconOf(relay::Disclosed what)
{
    switch (what) {
    case relay::Disclosed::Envelopes: return Icon::Envelope;
    case relay::Disclosed::Mailboxes: return Icon::Hash;
    case relay::Disclosed::Dates: return Icon::File;
    case relay::Disclosed::Deletions: return Icon::Trash;
    case relay::Disclosed::Times: return Icon::Clock;
    case relay::Disclosed::Address: return Icon::Route;
    case relay::Disclosed::Names: return Icon::Person;
    case relay::Disclosed::Words: return Icon::Chats;
    case relay::Disclosed::Pairs: return Icon::Group;
    case relay::Disclosed::Accounts: return Icon::Key;
    }
    Q_UNREACHABLE();
}

} // namespace

RelayGlyph relayGlyph(RelayCondition condition)
{
    switch (condition) {
    case RelayCondition::Connected: return RelayGlyph::Ok;
    case RelayCondition::Slow: return RelayGlyph::Slow;
    case RelayCondition::Refused: return RelayGlyph::Refused;
    case RelayCondition::Connecting:
    case RelayCondition::Unreachable:
    case RelayCondition::Idle:
    case RelayCondition::Off: return RelayGlyph::Wait;
    }
    Q_UNREACHABLE();
}

QString relayName(const chat::RelayInfo &relay)
{
    if (relay.thisComputer)
        return Words::tr("This computer");
    // Two relays may live at one host. The address names a port only where it is not the usual one.
    const int port = QUrl(relay.url).port();
    const QString host = visibleLine(relay.host, 80);
    if (port < 0)
        return host;
    return (host.contains(u':') ? u"[%1]:%2"_s : u"%1:%2"_s).arg(host).arg(port);
}

QString relayState(const chat::RelayInfo &relay, const Calendar &calendar)
{
    const QString separator = u" · "_s;
    const auto uses = [&relay] {
        return relay.reads && relay.writes ? Words::tr("reads and writes")
            : relay.reads                  ? Words::tr("reads only")
            : relay.writes                 ? Words::tr("still used for sending")
                                           : Words::tr("not used");
    };
    const QString said = relay.reason.isEmpty() ? QString() : separator + visibleLine(relay.reason, 120);
    switch (relay.condition) {
    case RelayCondition::Connecting: return Words::tr("Connecting…");
    case RelayCondition::Connected:
        if (relay.thisComputer)
            return Words::tr("Your own small relay");
        return Words::tr("Connected") + separator + (relay.own ? uses() : Words::tr("chosen by a contact"));
    case RelayCondition::Slow: return Words::tr("Slow") + separator + uses();
    case RelayCondition::Unreachable: {
        if (relay.givenUp)
            return Words::tr("Not reachable for days") + separator + Words::tr("contacts write elsewhere");
        const qint64 wait = relay.nextTryMs - calendar.now();
        const QString next = wait > 0
            ? separator + Words::tr("next try in %1").arg(session::spanText(wait))
            : QString();
        return Words::tr("Not reachable") + next;
    }
    case RelayCondition::Refused: return Words::tr("Refused") + said;
    case RelayCondition::Off: return Words::tr("Off");
    case RelayCondition::Idle:
        return Words::tr("Not needed now") + (relay.own ? QString() : separator + Words::tr("chosen by a contact"));
    }
    Q_UNREACHABLE();
}

QString roundTrip(int ms)
{
    if (ms < 0)
        return u"–"_s;
    return ms < 1000 ? Words::tr("%1 ms").arg(ms) : Words::tr("%1 s").arg(QLocale().toString(ms / 1000.0, 'f', 1));
}

QString lastEvent(qint64 ms, const Calendar &calendar)
{
    if (ms <= 0)
        return u"–"_s;
    const qint64 ago = calendar.now() - ms;
    if (ago >= 0 && ago < 60 * 60'000)
        return Words::tr("%1 ago").arg(session::spanText(ago));
    return calendar.listTime(ms);
}

QString outboxText(const chat::OutboxInfo &outbox, const Calendar &calendar)
{
    QString text;
    if (outbox.waiting > 0)
        text = outbox.waiting == 1 ? Words::tr("1 message waits for a connection.")
                                   : Words::tr("%n messages wait for a connection.", nullptr, outbox.waiting);
    else
        text = Words::tr("Nothing waiting.");
    if (outbox.failed > 0)
        text += u' '
            + (outbox.failed == 1 ? Words::tr("1 was not sent.") : Words::tr("%n were not sent.", nullptr, outbox.failed));
    else if (outbox.lastLeftMs > 0)
        text += u' ' + Words::tr("Last message left: %1.").arg(calendar.listTime(outbox.lastLeftMs));
    return text;
}

QString handOverText(const chat::RelayDisclosure &relay, bool throughProxy, bool thisComputer)
{
    const QString address = thisComputer ? Words::tr("It runs on this computer and belongs to you.")
        : throughProxy                   ? Words::tr("The address of the proxy's exit instead of yours.")
                                         : Words::tr("Your network address, whenever you are connected.");
    const int sizes = sizesUsed(relay.bySize);
    return Words::tr("%1 in %2, %3, arrival times. %4 No name, no text.")
        .arg(envelopes(relay.envelopesIn + relay.envelopesOut),
            counted(sizes, Words::tr("1 size"), Words::tr("%1 sizes")), mailboxes(relay.mailboxes), address);
}

DisclosedFacts disclosedFacts(const chat::Disclosure &disclosure)
{
    DisclosedFacts facts;
    facts.lead = disclosure.relays.size() == 1
        ? Words::tr("If your relay were ordered to give up everything, today, this is what would be in the box.")
        : Words::tr("If all %1 of your relays were ordered to give up everything, today, this is what would be in the box.")
              .arg(disclosure.relays.size());
    for (const session::DisclosedText &text : session::disclosedTexts(disclosure)) {
        auto &side = text.holding == relay::Holding::Never ? facts.theyNeverHad : facts.theyHave;
        side.append({iconOf(text.what), text.fact, text.sentence});
    }
    return facts;
}

QString disclosureAsText(const chat::Disclosure &disclosure, const Calendar &calendar)
{
    const DisclosedFacts facts = disclosedFacts(disclosure);
    QString text = Words::tr("What the relays of this Tacet profile could hand over") + u'\n'
        + calendar.full(calendar.now()) + u"\n\n"_s + facts.lead + u"\n\n"_s + Words::tr("They have") + u'\n';
    for (const DisclosedFact &fact : facts.theyHave)
        text += u"  "_s + fact.fact + u". "_s + fact.sentence + u'\n';
    text += u'\n' + Words::tr("They never had") + u'\n';
    for (const DisclosedFact &fact : facts.theyNeverHad)
        text += u"  "_s + fact.fact + u". "_s + fact.sentence + u'\n';
    for (const chat::RelayDisclosure &relay : disclosure.relays) {
        text += u'\n' + visibleLine(relay.url) + u'\n';
        text += u"  "_s + Words::tr("Envelopes sent: %1, received: %2").arg(number(relay.envelopesOut), number(relay.envelopesIn))
            + u'\n';
        QStringList sizes;
        for (const qint64 count : relay.bySize)
            sizes.append(number(count));
        text += u"  "_s + Words::tr("By size, smallest first: %1").arg(sizes.join(u", "_s)) + u'\n';
        text += u"  "_s + Words::tr("Mailboxes: %1").arg(number(relay.mailboxes)) + u'\n';
        if (relay.firstMs > 0)
            text += u"  "_s
                + Words::tr("From %1 to %2").arg(calendar.full(relay.firstMs), calendar.full(relay.lastMs)) + u'\n';
    }
    return text;
}

} // namespace tacet::ui
