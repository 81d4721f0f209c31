// What a conversation costs on one core, beside the bare operations that it is made of and beside the same steps of other
// libraries, in one run. Figures for packaging/bench, a line each.
#include "crypto/bundle.h"
#include "crypto/gift_wrap.h"
#include "crypto/safety_number.h"
#include "crypto/session.h"
#include "tests/bench/crypto_parts.h"
#include "tests/bench/stopwatch.h"
#ifdef TACET_BENCH_OLM
#include "tests/bench/peer_olm.h"
#endif
#ifdef TACET_BENCH_SIGNAL
#include "tests/bench/peer_signal.h"
#endif

#include <cstring>
#include <string>

using namespace tacet::crypto;
using namespace tacet::bench;

namespace {

constexpr UnixMs kNow = 1'800'000'000'000;

/// A result that has to be there: a benchmark of failures would be fast.
template<typename R>
auto must(R result)
{
    if (!result) {
        std::fputs("an operation failed: the figures would mean nothing\n", stderr);
        std::exit(1);
    }
    return std::move(*result);
}

struct People {
    SystemRandom random;
    OwnIdentity alice = OwnIdentity::generate(random);
    OwnIdentity bob = OwnIdentity::generate(random);
    Link link = must(Link::create(LinkType::OneTime, bob.publicKey(), {"wss://relay.example"}, random));
    NostrKeyPair mailbox = NostrKeyPair::generate(random);
    MadeBundle made = bundle();
    PeerPrekeys prekeys = must(openBundle(made.sealed, link, kNow)).prekeys(link);

    MadeBundle bundle()
    {
        return must(makeBundle(bob, link,
            {.name = "Bob", .mailbox = mailbox.publicKey(), .relays = {"wss://relay.example"}, .validFrom = kNow - 1,
                .validUntil = kNow + kDayMs},
            random));
    }
};

struct Talk {
    Session alice;
    Session bob;
};

/// From keys that both have to a session on both sides, the first message included.
Talk setUp(People &people)
{
    Session alice = must(Session::initiate(people.alice, people.prekeys, people.random));
    const Bytes first = must(alice.encrypt(asBytes("first"), people.random));
    return {std::move(alice), must(Session::accept(people.bob, people.made.prekeys, first, kNow)).session};
}

/// The same, and one answer: from here on no prefix.
Talk answered(People &people)
{
    Talk talk = setUp(people);
    (void)must(talk.alice.decrypt(must(talk.bob.encrypt(asBytes("reply"), people.random)), kNow));
    return talk;
}

void measureOneWay(People &people, std::size_t size)
{
    Talk talk = answered(people);
    const Bytes payload(size, 'x');
    const std::string bytes = std::to_string(size) + " B";
    {
        // On a copy: a real chain would run away from its reader by more than kMaxForwardJump.
        Session writer = talk.alice.clone();
        Bytes sealed;
        report(("tacet: encrypt " + bytes).c_str(), perSecond([&] { sealed = must(writer.encrypt(payload, people.random)); }), "/s");
        report(("tacet: on the wire, " + bytes).c_str(), double(sealed.size()), "bytes");
    }
    std::vector<Bytes> sealed(1500);
    for (Bytes &message : sealed)
        message = must(talk.alice.encrypt(payload, people.random));
    (void)must(talk.bob.decrypt(sealed.front(), kNow)); // the step, outside the clock
    const double begun = threadSeconds();
    for (std::size_t i = 1; i < sealed.size(); ++i)
        (void)must(talk.bob.decrypt(sealed[i], kNow));
    report(("tacet: decrypt " + bytes).c_str(), double(sealed.size() - 1) / (threadSeconds() - begun), "/s");
}

void measureConversation(People &people, const Parts &parts)
{
    report("tacet: bundle made", perSecond([&] { (void)people.bundle(); }), "/s");
    report("tacet: set-up, both sides", perSecond([&] { (void)setUp(people); }), "/s");
    for (const std::size_t size : {std::size_t(100), std::size_t(4096)})
        measureOneWay(people, size);

    Talk pair = answered(people);
    const Bytes hundred(100, 'x');
    const double pingPong = 2 * perSecond([&] {
        (void)must(pair.alice.decrypt(must(pair.bob.encrypt(hundred, people.random)), kNow));
        (void)must(pair.bob.decrypt(must(pair.alice.encrypt(hundred, people.random)), kNow));
    });
    report("tacet: ping-pong", pingPong, "/s");
    report("tacet: ping-pong, of its X25519 and ML-KEM bare", 100 * pingPong * parts.ratchetStep(), "%");
    report("tacet: state of a session", double(pair.alice.serialise().size()), "bytes");

    const Bytes inner = must(pair.alice.encrypt(hundred, people.random));
    const double wrapping = perSecond([&] { (void)must(wrap(inner, people.mailbox.publicKey(), kNow / 1000, people.random)); });
    report("tacet: wrap", wrapping, "/s");
    report("tacet: wrap, of its parts bare", 100 * wrapping * parts.wrapping(), "%");
    const NostrEvent event = must(wrap(inner, people.mailbox.publicKey(), kNow / 1000, people.random));
    const double unwrapping = perSecond([&] { (void)must(unwrap(event, people.mailbox)); });
    report("tacet: unwrap", unwrapping, "/s");
    report("tacet: unwrap, of its parts bare", 100 * unwrapping * parts.unwrapping(), "%");
    report("tacet: safety number", 1000 / perSecond([&] { (void)SafetyNumber(people.alice.publicKey(), people.bob.publicKey()); }), "ms");
}

} // namespace

/// bench_crypto [WHAT]: parts, tacet, olm or signal alone (for a profiler); all of them unless told.
int main(int argc, char **argv)
{
    if (!initialise())
        return 1;
    const auto wanted = [&](const char *what) { return argc < 2 || std::strcmp(argv[1], what) == 0; };
    People people;
    Parts parts;
    if (wanted("parts"))
        parts = measureParts(people.random);
    if (wanted("tacet"))
        measureConversation(people, parts);
#ifdef TACET_BENCH_OLM
    if (wanted("olm"))
        measureOlm();
#endif
#ifdef TACET_BENCH_SIGNAL
    if (wanted("signal"))
        measureSignal();
#endif
    return 0;
}
