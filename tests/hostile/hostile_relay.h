#pragma once
// A relay that does everything wrong that a relay can do, driven by a seed. It keeps what it is given, so that it has something
// to replay; it learns mailboxes from what is asked, so that it has somebody to write to; it knows no secret.
#include "tests/hostile/relay_half.h"
#include "tests/support/seeded_random.h"

#include <array>
#include <set>

namespace tacet::test {

enum class Deed {
    Replay, ///< an event of the past, on a live subscription
    Duplicate, ///< the newest one, several times
    WrongMailbox, ///< an event of another mailbox
    ForeignSubscription, ///< on a subscription that nobody opened
    Altered, ///< one byte of an event changed
    Forged, ///< a well-signed envelope around rubbish
    FullSecond, ///< hundreds of events of one second
    NotUtf8, ///< text that is none
    NotJson, ///< rubbish, cut frames, deep nests, numbers of 400 digits, NUL, keys twice
    Huge, ///< a message just under the limit
    BrokenFraming, ///< below the messages
    Challenge, ///< AUTH, again and again
    Notices,
    NonsenseClosed, ///< CLOSED, COUNT and words that do not exist
    UnknownOk, ///< OK for what nobody sent
    EndlessEose,
    LyingOk, ///< true and not kept, false and kept, never
    Withheld, ///< an answer or a live event that does not come
    Reordered,
    HangUp,
    Deaf, ///< stops reading
    Last
};
const char *nameOf(Deed deed);

class HostileRelay final : public RelayOfTest {
public:
    HostileRelay(std::uint64_t seed, std::function<std::int64_t()> nowSeconds);
    ~HostileRelay() override;
    std::unique_ptr<RelayHalf> welcome(Mouth &mouth) override;

    /// Does one thing on its own account to one of its sockets; nothing when nobody is there.
    void stir();
    /// From now on it only answers, still as it likes.
    std::size_t sockets() const { return m_halves.size(); }
    /// Frames that an honest relay would not have sent, or not so.
    std::uint64_t deeds() const { return m_deeds; }
    std::uint64_t deeds(Deed deed) const { return m_counts[std::size_t(deed)]; }

private:
    class Half;
    bool chance(int percent) { return m_random.below(100) < std::uint64_t(percent); }
    void done(Deed deed, std::uint64_t times = 1);
    void remember(const crypto::NostrEvent &event);
    crypto::NostrEvent altered(crypto::NostrEvent event);
    std::string rubbish();
    std::string words();

    SeededRandom m_random;
    std::function<std::int64_t()> m_now;
    std::vector<crypto::NostrEvent> m_stored; ///< bounded, the oldest forgotten first
    std::set<crypto::NostrPublicKey> m_mailboxes;
    std::vector<Half *> m_halves;
    std::uint64_t m_deeds = 0;
    std::array<std::uint64_t, std::size_t(Deed::Last)> m_counts{};
};

} // namespace tacet::test
