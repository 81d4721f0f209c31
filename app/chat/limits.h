#pragma once
// Every limit of the engine, each with its reason. Limits of the protocol are in crypto/limits.h.
#include "crypto/limits.h"

#include <QtGlobal>

#include <cstddef>
#include <cstdint>

namespace tacet::chat {

inline constexpr qint64 kSecondMs = 1000;
inline constexpr qint64 kMinuteMs = 60 * kSecondMs;
inline constexpr qint64 kHourMs = 60 * kMinuteMs;
inline constexpr qint64 kDayMs = 24 * kHourMs;

// --- What a person writes ---
/// UTF-8 bytes of a text: the largest message takes 30,720 bytes, a first one leaves 28,236 of them, and about
/// 90 are the payload's own fields (payload.cpp). A 4 MB paste is refused with this number, never cut.
inline constexpr qsizetype kMaxTextBytes = 28'000;
/// UTF-8 bytes of a name that a person gives to a contact or an invitation; the protocol's own (crypto::
/// kMaxNameLength) bounds the display name.
inline constexpr qsizetype kMaxLabelBytes = 128;
/// Characters of an unsent text that are kept.
inline constexpr qsizetype kMaxDraftCharacters = 100'000;

// --- People ---
/// Far more than anybody talks to; bounds what a flood of one-time openers can do to the vault.
inline constexpr qint64 kMaxContacts = 5'000;
/// Strangers who wait to be accepted. More are not looked at: what they say first comes again each day, and is then.
inline constexpr qint64 kMaxRequests = 50;
/// Texts kept of one stranger before being accepted; the rest stays on the relays, unopened, until then.
inline constexpr qint64 kMaxRequestTexts = 20;
inline constexpr int kMaxOpenInvitations = 100;

// --- Invitations ---
inline constexpr qint64 kOneTimeLifetimeMs = 30 * kDayMs;
/// A reusable address has no end of its own; its bundles do, and are renewed weekly (PROTOCOL §3).
inline constexpr qint64 kReusableLifetimeMs = 3650 * kDayMs;
inline constexpr qint64 kBundleLifetimeMs = 21 * kDayMs;
inline constexpr qint64 kPrekeyRenewalMs = 7 * kDayMs;
/// The old private half goes this long after every relay was drained, and not before its bundle has run out on every clock
/// (PROTOCOL §3).
inline constexpr qint64 kPrekeyGraceMs = 14 * kDayMs;
/// A used invitation's mailbox is still read so long: late first messages, second openers.
inline constexpr qint64 kUsedInvitationMs = 30 * kDayMs;
/// After the first valid bundle, how long slower relays may still bring a newer one or a tombstone.
inline constexpr qint64 kBundleGraceMs = 3 * kSecondMs;
/// Retries of an invitation that could not be fetched: 15 s, doubling, at most an hour.
inline constexpr qint64 kOpeningFirstRetryMs = 15 * kSecondMs;
inline constexpr qint64 kOpeningLastRetryMs = kHourMs;
/// No answer for so long: look whether the invitation was used by someone else.
inline constexpr qint64 kNoAnswerMs = 10 * kMinuteMs;
/// After this the invitation is asked for no more.
inline constexpr qint64 kOpeningLifetimeMs = 60 * kDayMs;

// --- Sending ---
/// Back-off of one relay and message: 4 s, doubling, at most an hour, each ±25 % (so that relays cannot pair
/// messages by their retries).
inline constexpr qint64 kFirstRetryMs = 4 * kSecondMs;
inline constexpr qint64 kLastRetryMs = kHourMs;
/// A relay refused data of control for good: it may change its mind.
inline constexpr qint64 kControlRetryMs = 6 * kHourMs;
/// Envelopes under way at once at one relay: keeps memory and its patience bounded. Each relay has its own, so that one
/// which answers nothing holds up nobody.
inline constexpr int kMaxUnderWay = 32;
/// A relay that answers again is tried at once with what waits, so many rows a turn of the event loop.
inline constexpr int kHastenedAtOnce = 500;
/// Sealing works in chunks so that one transaction stays short.
inline constexpr int kMaxSealedAtOnce = 200;
/// A message that no receipt names, though the contact was heard of later, is sent again after two minutes, then after pauses
/// that double up to a day; one behind everything that was named, once a day, and so a hello while no receipt comes at all.
inline constexpr qint64 kResendMs = 2 * kMinuteMs;
inline constexpr qint64 kTailResendMs = kDayMs;

// --- Receiving ---
/// Numbers that a contact may skip in one message before the hole is taken as never to be filled.
inline constexpr qint64 kMaxNumberJump = 100'000;
/// Where the clock of a restored profile is behind its last epoch, the next is later by chance, and by up to so much (PROTOCOL §7.5).
inline constexpr std::uint64_t kEpochSpreadMs = std::uint64_t(1) << 31;
/// Separate ranges of received numbers that are kept; beyond, the oldest holes are closed.
inline constexpr int kMaxRanges = 2'000;
/// Ranges that travel in one receipt or question: fits the second smallest envelope.
inline constexpr int kMaxRangesSent = 120;
/// Epochs of a writer that are remembered: one a restore.
inline constexpr int kMaxEpochs = 64;
/// Relays that a contact may name for its mailbox (more are ignored).
inline constexpr int kMaxMailboxRelays = 4;
/// A hash of what was opened is kept at least so long after every relay was read past it.
inline constexpr qint64 kSeenMs = 35 * kDayMs;
/// Longer ahead of us no date of an envelope is believed when it is about how long its hash is kept.
inline constexpr qint64 kMaxAheadMs = 366 * kDayMs;
/// An envelope whose date lies so far before the last complete pass, and which is not known, was known once. Sweeps ask for
/// nothing older (app/relay/sync_cursor.h).
inline constexpr qint64 kStaleMs = 30 * kDayMs;
/// What did not open is remembered, to be named when a gap is asked for.
inline constexpr int kMaxUnopened = 16;
/// An envelope that was open when the program died is tried once more after the program has come up; a second
/// death sets it aside for good. (One death proves nothing: a kill hits innocent messages too.)
inline constexpr int kCrashesBeforeAside = 2;
inline constexpr qint64 kRetryAsideMs = 15 * kSecondMs;

// --- Histories ---
/// Messages that wait for their predecessors while a history is read, all mailboxes together: fifty thousand of the smallest.
/// Beyond, the last of the line are left to the relays and read again when the rest is open. Only contacts can fill it.
inline constexpr std::size_t kMaxBacklogBytes = 160 * 1024 * 1024;
/// No relay goes on with a history for so long: what waits is opened without the rest of it.
inline constexpr qint64 kBacklogPatienceMs = 2 * kMinuteMs;
/// Nor is one waited for that brings less than so much news in so long: through Tor, too, it is twenty times that.
inline constexpr qint64 kBacklogLongestMs = 15 * kMinuteMs;
inline constexpr int kBacklogProgress = 500;
/// How many wait is told again when it has changed by about so many, and when none do: a number to look at, not a counter.
inline constexpr int kWaitingToldEvery = 500;

// --- Receipts ---
inline constexpr qint64 kReceiptMinMs = 10 * kSecondMs;
inline constexpr qint64 kReceiptMaxMs = 120 * kSecondMs;
/// "Immediate" still gathers what arrives together into one receipt.
inline constexpr qint64 kReceiptGatherMs = 120;
/// Typing is said at most so often.
inline constexpr qint64 kTypingEveryMs = 4 * kSecondMs;
inline constexpr qint64 kTypingShownMs = 8 * kSecondMs;

// --- Gaps ---
/// Messages overtake each other; before anything is done about a hole it gets this long.
inline constexpr qint64 kGapGraceMs = 5 * kSecondMs;
/// While a stored history of the contact's is being read, a hole in it is no loss yet; longer than this nobody is believed.
inline constexpr qint64 kGapHistoryMs = 10 * kMinuteMs;
/// Then every relay is swept, and so long is waited for that.
inline constexpr qint64 kGapSweepMs = 15 * kSecondMs;
/// Then the other side is asked; still missing after this: the line in the chat.
inline constexpr qint64 kGapAnswerMs = kMinuteMs;
inline constexpr qint64 kGapAskAgainMs = 15 * kMinuteMs; ///< doubles each time
inline constexpr int kMaxGapQuestions = 8;
/// Messages that are sent again for one question, and how often a contact may ask.
inline constexpr int kMaxResent = 500;
inline constexpr qint64 kQuestionEveryMs = 20 * kSecondMs;

// --- Sessions ---
/// Both sides started within so long of each other, not knowing: the smaller id decides. Older ones never do,
/// so a replayed handshake cannot take over (README, Sessions).
inline constexpr qint64 kAtOnceMs = 10 * kMinuteMs;
/// Session numbers are times of some clock, and so below the end of all times, or one above another. What is further above both that
/// end and the highest that counted is void: a single one near the greatest that a payload can hold would leave nobody a higher one.
/// No clock is asked, since either side's may be wrong; a reader may have missed this many sessions.
inline constexpr qint64 kMaxSessionStep = 1000;
/// A lost session is renewed at most so often: rubbish in a mailbox must not drive us.
inline constexpr qint64 kRenewalEveryMs = kDayMs;
/// How often a day a contact may ask for a session with a higher number: each is a handshake, and one is enough.
inline constexpr int kMaxHigherEachDay = 4;
/// So many envelopes that open in no session, while nothing that does comes, mean that the session is lost.
inline constexpr int kUnopenedMeansLost = 3;
inline constexpr qint64 kUnopenedWaitMs = 10 * kMinuteMs;
/// But nothing leaves before so long after the first of them, from then on at one of so many hourly looks, by chance, and at the
/// latest after so long.
inline constexpr qint64 kRenewalSoonestMs = kHourMs;
inline constexpr std::uint64_t kRenewalLooks = 4;
inline constexpr qint64 kRenewalLatestMs = 6 * kHourMs;
/// A session that was replaced by a restore may still deliver what was on its way for so long.
inline constexpr qint64 kOldSessionGraceMs = 3 * kDayMs;

// --- Relays that die ---
/// A relay that answers nobody on so many days, while others did, is given up: contacts are told to write elsewhere.
/// Longer than an operator's weekend.
inline constexpr int kRelayGiveUpDays = 5;
/// A given-up relay that the user did not choose is read no more after so many days.
inline constexpr int kRelayForgetDays = 30;
/// Somebody who is there at about the same time each day counts each day.
inline constexpr qint64 kSilentDayMs = 20 * kHourMs;
/// The first look after a start: connections, also through Tor, had their time.
inline constexpr qint64 kFirstRelayLookMs = 10 * kMinuteMs;
/// A mailbox with fewer places that live gets another one; more than three help nobody.
inline constexpr std::size_t kLivingRelays = 3;

// --- The clock ---
/// Clocks that differ by less are no clock that is wrong.
inline constexpr std::int64_t kClockOffSeconds = 10 * 60;
/// Two hosts agree about the time when their clocks differ by less.
inline constexpr std::int64_t kClockAgreeSeconds = 5 * 60;

// --- Upkeep ---
inline constexpr qint64 kUpkeepMs = kHourMs;
inline constexpr qint64 kBundleCheckMs = kDayMs;

} // namespace tacet::chat
