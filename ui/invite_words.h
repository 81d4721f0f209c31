#pragma once
// What the window says about invitations.
#include "app/chat/facts.h"
#include "ui/calendar.h"

namespace tacet::ui {

/// "Open until 1 December · not used yet", "Open until you withdraw it", "Used", "Withdrawn by you".
QString invitationState(const chat::Invitation &invitation, const Calendar &calendar);
/// Where its sealed half waits, from the number of relays that really took it.
QString invitationPlace(const chat::Invitation &invitation);
/// The link as a web address: the payload after '#' of `base`, which never reaches the web server.
QString asWebAddress(const QString &link, const QString &base);
/// An https address without user, query and fragment; what a person typed as `base`. Nothing when it is none.
std::optional<QString> webBase(const QString &typed);

} // namespace tacet::ui
