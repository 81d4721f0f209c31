#pragma once
// The ratchet sessions of each contact: at most five, one of them active (the one that is sent on). All of them
// receive. Which one is active is a pure function of what both sides know (README, Sessions):
//   - the higher session number wins; it is max(seen + 1, now) of its initiator, so a later session is higher, and
//     a replayed old handshake can never become active;
//   - except when both sides initiated at once: neither had seen the other's number and the numbers lie within
//     kAtOnceMs. Then the smaller session id wins (PROTOCOL §5);
//   - except that one of ours which was begun on a suspicion stands beside until it is answered;
//   - one without a number is not, unless it is void, the only one, and no other can be begun.
#include "app/chat/step.h"
#include "app/vault/session_rows.h"
#include "crypto/session.h"

namespace tacet::chat {

struct LoadedSession {
    vault::SessionRow row;
    crypto::Session session;
};

/// Where a new session of ours stands before it is answered: in the place of the one that is sent on, or beside it.
enum class Place { Instead, Beside };

class Sessions {
public:
    /// One from each side, neither initiator had seen the other's number, and close together in time.
    static bool atOnce(const vault::SessionRow &one, const vault::SessionRow &other);
    /// True when `one` is to be sent on rather than `other`.
    static bool winsOver(const vault::SessionRow &one, const vault::SessionRow &other);
    /// Else it is void, however high: nobody could go above a number without end.
    static bool isWithinReach(const vault::ContactRow &contact, std::int64_t number);
    /// It goes before the one that is sent on as soon as it is answered.
    static bool isBeside(const vault::SessionRow &one, const vault::SessionRow &active);

    /// Nothing when there is none, or when its state does not parse (then it is dropped: it is lost).
    static std::optional<LoadedSession> active(Step &step, const ContactId &contact);
    static std::optional<LoadedSession> byPrefix(Step &step, const crypto::PrefixId &prefix);
    static std::vector<LoadedSession> all(Step &step, const ContactId &contact);
    static void store(Step &step, LoadedSession &loaded);

    /// A new one; older ones beyond the limit go. It becomes active if it wins.
    static LoadedSession add(Step &step, vault::ContactRow &contact, crypto::Session session, std::int64_t number,
                             std::int64_t basis, bool byPeer, Place place = Place::Instead);
    /// The number of a peer's session became known with its first payload; may make it active.
    static void named(Step &step, vault::ContactRow &contact, LoadedSession &loaded, std::int64_t number,
                      std::int64_t basis);
    /// The one that was sent on is given up: the best of the others takes its place, if there is one.
    static void chooseAnother(Step &step, const ContactId &contact) { choose(step, contact, std::nullopt); }

private:
    static std::optional<LoadedSession> load(Step &step, vault::SessionRow row);
    static void number(Step &step, vault::ContactRow &contact, LoadedSession &loaded, std::int64_t number,
                       std::int64_t basis, Place place);
    static bool hasCrossed(Step &step, const vault::ContactRow &contact, const vault::SessionRow &one);
    static void choose(Step &step, const ContactId &contact, const std::optional<vault::Bytes32> &named);
    static void refresh(Step &step, LoadedSession &loaded);
};

} // namespace tacet::chat
