#pragma once
// What the window says about a message: system lines, states, and the sentence a screen reader speaks.
#include "app/chat/facts.h"
#include "ui/calendar.h"
#include "ui/glyphs.h"
#include "ui/icons.h"

#include <QUrl>

namespace tacet::ui {

/// The words of a system line. `name` is the contact's name as from outside; it is isolated here.
QString systemLineText(const chat::Message &message, const QString &name);
Icon systemLineIcon(chat::SystemLine line);

/// The sign of an own message's state; none for messages of others.
std::optional<DeliveryGlyph> deliveryGlyph(const chat::Message &message);
/// One word: "read", "delivered", "on a relay", "waiting", "not sent".
QString stateWord(chat::MessageState state);
/// The whole sentence, for details and tooltips.
QString stateSentence(const chat::Message &message, const QString &name, const Calendar &calendar);

/// "1 new message", the words of the unread divider.
QString newMessagesText(int count);
/// Where a message leads: each address once, the first few of many.
QList<QUrl> addressesIn(const chat::Message &message);

/// "Ines Okafor, 08:02, Morning!" or "You, 08:34, Fog forgiven!, read". The end of a long text is left to its details.
QString spokenMessage(const chat::Message &message, const QString &name, const Calendar &calendar);
/// The snippet of a chat row without its prefix: one line, overrides left in for richText to box.
QString snippet(const chat::Message &message, const QString &name);

/// A message's first words on one line, isolated, for the middle of a sentence.
QString beginning(const chat::Message &message, const QString &name);

} // namespace tacet::ui
