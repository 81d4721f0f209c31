#pragma once
// Two people in the middle of a conversation, always the same: what the targets of the ratchet damage.
#include "crypto/bundle.h"
#include "crypto/session.h"
#include "tests/support/seeded_random.h"

namespace tacet::test {

struct Conversation {
    static constexpr crypto::UnixMs kNow = 1'800'000'000'000;

    SeededRandom random{5};
    crypto::OwnIdentity alice = crypto::OwnIdentity::generate(random);
    crypto::OwnIdentity bob = crypto::OwnIdentity::generate(random);
    crypto::Link link =
        *crypto::Link::create(crypto::LinkType::OneTime, bob.publicKey(), {"wss://relay.example"}, random);
    crypto::MadeBundle made = *crypto::makeBundle(bob, link,
        {.name = "Bob",
            .mailbox = crypto::NostrKeyPair::generate(random).publicKey(),
            .relays = {"wss://relay.example"},
            .validFrom = kNow - 1000,
            .validUntil = kNow + crypto::kDayMs},
        random);
    crypto::Session atAlice = *crypto::Session::initiate(
        alice, crypto::openBundle(made.sealed, link, kNow)->prekeys(link), random);
    crypto::Bytes first = *atAlice.encrypt(crypto::asBytes("first"), random); ///< with prefix: for accept()
    crypto::Session atBob = std::move(crypto::Session::accept(bob, made.prekeys, first, kNow)->session);
    crypto::Bytes second = *atAlice.encrypt(crypto::asBytes("second"), random); ///< with prefix, same chain
    crypto::Bytes reply = *atBob.encrypt(crypto::asBytes("reply"), random);     ///< Bob's first ratchet step

    static Conversation &the()
    {
        static Conversation only; // made once: every input starts from copies of its sessions
        return only;
    }
};

} // namespace tacet::test
