#pragma once
// What the window says about relays, and about what they could hand over: facts with the real counts of this profile.
#include "app/chat/facts.h"
#include "ui/calendar.h"
#include "ui/glyphs.h"
#include "ui/icons.h"

#include <QList>

namespace tacet::ui {

RelayGlyph relayGlyph(chat::RelayCondition condition);
/// "Connected · reads and writes", "Not reachable · next try in 42 seconds", the relay's own words as plain text.
QString relayState(const chat::RelayInfo &relay, const Calendar &calendar);
/// The host, with its port where that is not the usual one, or "This computer".
QString relayName(const chat::RelayInfo &relay);
/// "184 ms", "2.9 s", "–".
QString roundTrip(int ms);
/// "12 seconds ago", "Yesterday", "–".
QString lastEvent(qint64 ms, const Calendar &calendar);
QString outboxText(const chat::OutboxInfo &outbox, const Calendar &calendar);
/// One relay in a paragraph.
QString handOverText(const chat::RelayDisclosure &relay, bool throughProxy, bool thisComputer);

struct DisclosedFact {
    Icon icon;
    QString fact;
    QString sentence;
};
struct DisclosedFacts {
    QString lead;
    QList<DisclosedFact> theyHave;
    QList<DisclosedFact> theyNeverHad;
};
/// The list of app/relay/disclosed_facts.h, summed over all relays. It never says "nothing": timing is named.
DisclosedFacts disclosedFacts(const chat::Disclosure &disclosure);
/// The same as plain text, relay by relay, for a file.
QString disclosureAsText(const chat::Disclosure &disclosure, const Calendar &calendar);

} // namespace tacet::ui
