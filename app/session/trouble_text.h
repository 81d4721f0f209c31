#pragma once
// The one place where a Trouble becomes sentences, for the window and the command line alike: first what happened,
// then what is safe, then what to do. Plain text, no markup; the words follow the language of the application
// (QCoreApplication::translate, context "Trouble").
#include "app/chat/trouble.h"

#include <QString>

namespace tacet::session {

/// One to three sentences on one line, each ending in a full stop or a question mark. `name` is the contact that it
/// happened with, where there is one; without it the sentence says "this contact". Never empty but for
/// TroubleCode::None. What came from outside (host, a relay's words, names) is made printable and cut short.
QString troubleText(const chat::Trouble &trouble, const QString &name = {});

/// For codes that travel alone (chat::Noticed, ChatSummary::linkTrouble). Numbers that no code has say "Internal".
QString troubleText(int code, const QString &detail, const QString &name = {});

/// The sentence of chat::ClockSeemsWrong. `offByMs` may have either sign.
QString clockText(qint64 offByMs);

/// "35 seconds", "4 minutes", "3 hours", "12 days": the largest unit that fits, rounded.
QString spanText(qint64 ms);

/// Text from outside for the middle of a sentence on a terminal or a label: one line, at most `limit` UTF-16 units,
/// control characters (terminal escapes) and direction overrides (CVE-2022-28345) replaced by U+FFFD.
QString printable(const QString &outside, int limit = 160);

} // namespace tacet::session
