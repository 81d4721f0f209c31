// How fast a conversation is: session set-up, ping-pong, one way, safety number, in one run on one thread. Thread CPU
// time, median of five rounds; beside them the primitives that set the bound, so that ratios can be compared between
// machines. Usage: ratchet_bench [SECONDS per line, default 0.4]
#include "crypto/bundle.h"
#include "crypto/safety_number.h"
#include "crypto/session.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

using namespace tacet::crypto;

namespace {

constexpr UnixMs kNow = 1'790'000'000'000;
double roundSeconds = 0.08;

double cpuSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

/// Operations a second: `work` does `count` of them per call.
template<typename Work>
double rate(int count, Work work)
{
    work(); // caches warm
    std::vector<double> rounds;
    for (int round = 0; round < 5; ++round) {
        long done = 0;
        const double start = cpuSeconds();
        double now = start;
        do {
            work();
            done += count;
            now = cpuSeconds();
        } while (now - start < roundSeconds);
        rounds.push_back(double(done) / (now - start));
    }
    std::nth_element(rounds.begin(), rounds.begin() + 2, rounds.end());
    return rounds[2];
}

void line(const char *what, double perSecond)
{
    std::printf("%-44s %12.0f /s %10.1f us\n", what, perSecond, 1e6 / perSecond);
}

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

} // namespace

int main(int argc, char **argv)
{
    if (!initialise())
        return 1;
    if (argc > 1)
        roundSeconds = std::atof(argv[1]) / 5;
    SystemRandom random;
    const OwnIdentity alice = OwnIdentity::generate(random);
    const OwnIdentity bob = OwnIdentity::generate(random);
    const Link link = must(Link::create(LinkType::Reusable, bob.publicKey(), {"wss://relay.example"}, random));
    BundleCard card{"Bob", link.bundleMailbox().publicKey(), {"wss://relay.example"}, kNow, kNow + kDayMs};
    const MadeBundle made = must(makeBundle(bob, link, card, random));
    const VerifiedBundle bundle = must(openBundle(made.sealed, link, kNow));
    const PeerPrekeys peer = bundle.prekeys(link);

    const X25519KeyPair dh = X25519KeyPair::generate(random);
    const MlkemKeyPair kem = MlkemKeyPair::generate(random);
    const Encapsulation sealed = must(encapsulate(kem.publicKey(), random));
    std::puts("primitives");
    const double x25519 = rate(10, [&] { for (int i = 0; i < 10; ++i) (void)must(dh.agree(bundle.signedPrekey)); });
    const double keygen = rate(10, [&] { for (int i = 0; i < 10; ++i) (void)MlkemKeyPair::generate(random); });
    const double encaps = rate(10, [&] { for (int i = 0; i < 10; ++i) (void)must(encapsulate(kem.publicKey(), random)); });
    const double decaps = rate(10, [&] { for (int i = 0; i < 10; ++i) (void)kem.decapsulate(sealed.ciphertext); });
    line("  X25519", x25519);
    line("  ML-KEM-768 key generation", keygen);
    line("  ML-KEM-768 encapsulation", encaps);
    line("  ML-KEM-768 decapsulation", decaps);

    std::puts("conversation");
    line("  session set-up, both sides", rate(1, [&] {
        Session mine = must(Session::initiate(alice, peer, random));
        const Bytes hello = must(mine.encrypt(asBytes("hello"), random));
        (void)must(Session::accept(bob, made.prekeys, hello, kNow));
    }));

    Session mine = must(Session::initiate(alice, peer, random));
    Session theirs = must(Session::accept(bob, made.prekeys, must(mine.encrypt({}, random)), kNow)).session;
    const Bytes hundred(100, 0x61);
    const double pingPong = rate(2, [&] {
        (void)must(mine.decrypt(must(theirs.encrypt(hundred, random)), kNow));
        (void)must(theirs.decrypt(must(mine.encrypt(hundred, random)), kNow));
    });
    line("  ping-pong, 100 B: a step each message", pingPong);
    // A message that turns the ratchet costs both sides together three X25519 (a new key pair, an agreement on each
    // side) and each KEM operation once. What is missing to the bound is hashing, AEAD and copying.
    const double bound = 1 / (3 / x25519 + 1 / keygen + 1 / encaps + 1 / decaps);
    std::printf("  %-42s %12.0f /s  (reached: %.0f %%)\n", "bound by 3 X25519 + the three KEM operations", bound,
                100 * pingPong / bound);

    for (const std::size_t size : {std::size_t(100), std::size_t(4096)}) {
        const Bytes payload(size, 0x62);
        std::vector<Bytes> messages(100);
        char name[64];
        std::snprintf(name, sizeof name, "  one way, %zu B: encrypt", size);
        // On a copy: a real chain would run away from its reader by more than kMaxForwardJump.
        Session writer = mine.clone();
        line(name, rate(100, [&] { for (int i = 0; i < 100; ++i) messages[0] = must(writer.encrypt(payload, random)); }));
        for (Bytes &message : messages)
            message = must(mine.encrypt(payload, random));
        (void)must(theirs.decrypt(messages[0], kNow)); // the step, outside the clock
        std::vector<double> rounds;
        Session last = theirs.clone();
        for (int round = 0; round < 15; ++round) {
            Session copy = theirs.clone(); // each round reads the same messages
            const double begin = cpuSeconds();
            for (std::size_t i = 1; i < messages.size(); ++i)
                (void)must(copy.decrypt(messages[i], kNow));
            rounds.push_back(double(messages.size() - 1) / (cpuSeconds() - begin));
            last = std::move(copy);
        }
        std::nth_element(rounds.begin(), rounds.begin() + 7, rounds.end());
        std::snprintf(name, sizeof name, "  one way, %zu B: decrypt", size);
        line(name, rounds[7]);
        theirs = std::move(last);
    }

    std::puts("state");
    const SecretBuffer state = theirs.serialise();
    std::printf("  %-42s %12zu bytes\n", "serialised session, nothing skipped", state.size());
    line("  serialise", rate(10, [&] { for (int i = 0; i < 10; ++i) (void)theirs.serialise(); }));
    line("  parse", rate(10, [&] { for (int i = 0; i < 10; ++i) (void)must(Session::parse(state.view())); }));

    std::puts("safety number");
    const double number = rate(1, [&] { (void)SafetyNumber(alice.publicKey(), bob.publicKey()).digits(); });
    std::printf("  %-42s %12.2f ms\n", "both fingerprints, 5,200 rounds each", 1e3 / number);
    return 0;
}
