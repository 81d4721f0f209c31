#pragma once
// The list of what a relay could hand over (app/relay/disclosed_facts.h) in the words of the window, with a profile's
// own counts. The words follow the language of the application (context "Disclosure").
#include "app/chat/facts.h"
#include "app/relay/disclosed_facts.h"

#include <QList>
#include <QString>

namespace tacet::session {

struct DisclosedText {
    relay::Disclosed what;
    relay::Holding holding;
    QString fact; ///< begins with a capital or a number
    QString sentence;
};

/// In the order of the list, counted over all relays.
QList<DisclosedText> disclosedTexts(const chat::Disclosure &disclosure);

} // namespace tacet::session
