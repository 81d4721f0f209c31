// What a conversation costs on one core, beside the bare operations that it is made of, in the same run.
#include "crypto/bundle.h"
#include "crypto/gift_wrap.h"
#include "crypto/safety_number.h"
#include "crypto/session.h"
#include "tests/bench/stopwatch.h"
#ifdef TACET_BENCH_OLM
#include "tests/bench/peer_olm.h"
#endif

#include <optional>

using namespace tacet::crypto;
using namespace tacet::bench;

namespace {

constexpr UnixMs kNow = 1'800'000'000'000;

struct People {
    SystemRandom random;
    OwnIdentity alice = OwnIdentity::generate(random);
    OwnIdentity bob = OwnIdentity::generate(random);
    Link link = *Link::create(LinkType::OneTime, bob.publicKey(), {"wss://relay.example"}, random);
    NostrKeyPair mailbox = NostrKeyPair::generate(random);

    MadeBundle bundle()
    {
        return *makeBundle(bob, link,
            {.name = "Bob", .mailbox = mailbox.publicKey(), .relays = {"wss://relay.example"}, .validFrom = kNow - 1,
                .validUntil = kNow + kDayMs},
            random);
    }
};

struct Talk {
    Session alice;
    Session bob;
};

Talk setUp(People &people, const MadeBundle &made)
{
    Session alice =
        *Session::initiate(people.alice, openBundle(made.sealed, people.link, kNow)->prekeys(people.link), people.random);
    const Bytes first = *alice.encrypt(asBytes("first"), people.random);
    auto accepted = Session::accept(people.bob, made.prekeys, first, kNow);
    return {std::move(alice), std::move(accepted->session)};
}

} // namespace

int main()
{
    if (!initialise())
        return 1;
    People people;
    const Bytes hundred(100, 'x');

    std::array<std::uint8_t, 32> scalar{1};
    std::array<std::uint8_t, 32> point{9};
    report("libsodium: X25519", perSecond([&] {
        if (crypto_scalarmult(point.data(), scalar.data(), point.data()) != 0)
            std::abort();
    }),
        "/s");
    MlkemKeyPair kem = MlkemKeyPair::generate(people.random);
    report("ML-KEM-768: key, encapsulate, decapsulate", perSecond([&] {
        MlkemKeyPair fresh = MlkemKeyPair::generate(people.random);
        (void)fresh.decapsulate(encapsulate(fresh.publicKey(), people.random)->ciphertext);
    }),
        "/s");

    const MadeBundle made = people.bundle();
    report("tacet: bundle made", perSecond([&] { (void)people.bundle(); }), "/s");
    report("tacet: set-up, both sides", perSecond([&] { (void)setUp(people, made); }), "/s");

    Talk talk = setUp(people, made);
    (void)talk.alice.decrypt(*talk.bob.encrypt(asBytes("reply"), people.random), kNow); // from here on no prefix
    std::vector<Bytes> sealed;
    report("tacet: encrypt 100 B", perSecond([&] {
        if (sealed.size() > 20000)
            sealed.clear(); // memory is bounded; what is dropped counts as lost on the way
        sealed.push_back(*talk.alice.encrypt(hundred, people.random));
    }),
        "/s");
    sealed.clear();
    for (int i = 0; i < 2000; ++i)
        sealed.push_back(*talk.alice.encrypt(hundred, people.random));
    // The first of them skips what was dropped above; it is not what is measured.
    if (!talk.bob.decrypt(sealed.front(), kNow)) {
        talk = setUp(people, made);
        sealed.assign(1, *talk.alice.encrypt(hundred, people.random));
        for (int i = 1; i < 2000; ++i)
            sealed.push_back(*talk.alice.encrypt(hundred, people.random));
        (void)talk.bob.decrypt(sealed.front(), kNow);
    }
    const double begun = threadSeconds();
    std::size_t next = 1;
    for (; next < sealed.size(); ++next) {
        if (!talk.bob.decrypt(sealed[next], kNow))
            return 1;
    }
    report("tacet: decrypt 100 B", double(next - 1) / (threadSeconds() - begun), "/s");

    Talk pair = setUp(people, made);
    report("tacet: ping-pong", perSecond([&] {
        if (!pair.alice.decrypt(*pair.bob.encrypt(hundred, people.random), kNow)
            || !pair.bob.decrypt(*pair.alice.encrypt(hundred, people.random), kNow))
            std::abort();
    }) * 2,
        "/s");
    const Bytes inner = *pair.alice.encrypt(hundred, people.random);
    report("tacet: wrap", perSecond([&] { (void)wrap(inner, people.mailbox.publicKey(), kNow / 1000, people.random); }), "/s");
    const NostrEvent event = *wrap(inner, people.mailbox.publicKey(), kNow / 1000, people.random);
    report("tacet: unwrap", perSecond([&] { (void)unwrap(event, people.mailbox); }), "/s");
    report("tacet: safety number", 1000 / perSecond([&] { (void)SafetyNumber(people.alice.publicKey(), people.bob.publicKey()); }), "ms");
    report("tacet: state of a session", double(pair.alice.serialise().size()), "bytes");
#ifdef TACET_BENCH_OLM
    measureOlm();
#endif
    return 0;
}
