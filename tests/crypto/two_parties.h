#pragma once
// Alice opens Bob's link: the cast of most tests of the protocol. Everything follows from one seed.
#include "crypto/bundle.h"
#include "crypto/rendezvous.h"
#include "crypto/session.h"
#include "tests/support/seeded_random.h"

#include <QString>

namespace tacet::test {

inline constexpr crypto::UnixMs kNow = 1'790'000'000'000; // some day in 2026

inline crypto::BundleCard cardOf(const char *name)
{
    crypto::BundleCard card;
    card.name = name;
    card.mailbox.bytes.fill(0x42);
    card.relays = {"wss://relay.example"};
    card.validFrom = kNow;
    card.validUntil = kNow + 7 * crypto::kDayMs;
    return card;
}

struct TwoParties {
    SeededRandom random;
    crypto::OwnIdentity alice;
    crypto::OwnIdentity bob;
    crypto::Link link;
    crypto::MadeBundle made;
    crypto::VerifiedBundle bundle;

    explicit TwoParties(std::uint64_t seed, crypto::LinkType type = crypto::LinkType::OneTime)
        : random(seed)
        , alice(crypto::OwnIdentity::generate(random))
        , bob(crypto::OwnIdentity::generate(random))
        , link(crypto::Link::create(type, bob.publicKey(), {"wss://relay.example"}, random).value())
        , made(crypto::makeBundle(bob, link, cardOf("Bob"), random).value())
        , bundle(crypto::openBundle(made.sealed, link, kNow).value())
    {
    }

    crypto::PeerPrekeys prekeys() const { return bundle.prekeys(link); }
    crypto::Session initiate() { return crypto::Session::initiate(alice, prekeys(), random).value(); }
    auto accept(crypto::ByteView message, crypto::UnixMs now = kNow) const
    {
        return crypto::Session::accept(bob, made.prekeys, message, now);
    }
};

/// A conversation after the first message of Alice; nothing was answered yet.
struct Conversation {
    TwoParties parties;
    crypto::Session alice;
    crypto::Session bob;
    SeededRandom &random;

    explicit Conversation(std::uint64_t seed) : Conversation(std::make_unique<TwoParties>(seed)) { }

    crypto::Bytes fromAlice(std::string_view text) { return alice.encrypt(crypto::asBytes(text), random).value(); }
    crypto::Bytes fromBob(std::string_view text) { return bob.encrypt(crypto::asBytes(text), random).value(); }

private:
    explicit Conversation(std::unique_ptr<TwoParties> made)
        : parties(std::move(*made)), alice(parties.initiate()), bob(greet()), random(parties.random)
    {
    }
    crypto::Session greet()
    {
        const auto hello = alice.encrypt(crypto::asBytes("hello"), parties.random).value();
        return std::move(parties.accept(hello).value().session);
    }
};

inline QString textOf(const crypto::SecretBuffer &payload)
{
    return QString::fromUtf8(reinterpret_cast<const char *>(payload.view().data()), qsizetype(payload.size()));
}

/// The text, or the error as a word that a failing test shows.
inline QString opened(crypto::Session &session, crypto::ByteView message, crypto::UnixMs now = kNow)
{
    auto payload = session.decrypt(message, now);
    if (payload)
        return textOf(*payload);
    static constexpr const char *kNames[] = {"!NotAMessage", "!NewerVersion", "!NotThisSession", "!Undecryptable",
                                             "!Duplicate",   "!TooFarAhead",  "!PeerBroken"};
    return QString::fromLatin1(kNames[int(payload.error())]);
}

inline crypto::Bytes stateOf(const crypto::Session &session)
{
    const auto state = session.serialise();
    return crypto::Bytes(state.view().begin(), state.view().end());
}

} // namespace tacet::test
