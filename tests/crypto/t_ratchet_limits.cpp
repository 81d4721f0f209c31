// Losses, floods and hostile counters (PROTOCOL §5.5, §5.7).
#include "crypto/ratchet.h"
#include "crypto/state_codec.h"
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

/// A peer that follows the schedule but writes what it likes into its headers: built from the same parts as
/// Ratchet, one level below it. Plays Bob after Alice's first message, so Alice has to take a turn of his.
struct HostilePeer {
    SessionId session;
    RootStep step;
    SecretBytes<32> headerKey;
    RatchetHeader header;

    /// `keys` are those of the handshake; `alice` is the header of Alice's first message.
    static HostilePeer afterFirstMessage(const HandshakeKeys &keys, const X25519KeyPair &signedPrekey,
                                         const ChainKeysShown &alice, Random &random)
    {
        const RootStep received = rootStep(keys.root.view(), keys.session, signedPrekey.agree(alice.dh)->view(), {}, alice);
        const X25519KeyPair dh = X25519KeyPair::generate(random);
        const MlkemKeyPair kem = MlkemKeyPair::generate(random);
        auto encapsulation = encapsulate(alice.kem, random).value();
        RatchetHeader header{{dh.publicKey(), kem.publicKey(), encapsulation.ciphertext}, 0, 0};
        RootStep sending = rootStep(received.root.view(), keys.session, dh.agree(alice.dh)->view(),
                                    encapsulation.secret.view(), header.shown);
        return {keys.session, std::move(sending), keys.responderNextHeader.clone(), header};
    }

    /// `shown` in the header may differ from what was hashed; `steps` of the chain lie before the body's key.
    Bytes message(const RatchetHeader &shown, std::uint32_t steps, Random &random, ByteView padded = {}) const
    {
        Bytes out(kMessageSizes[0]);
        out[0] = 2;
        out[1] = 1;
        const auto sealedHeader = std::span(out).subspan(2, sealedHeaderSize(false));
        Bytes ad;
        append(ad, "Tacet1 h");
        append(ad, session.view());
        random.fill(sealedHeader.first<24>());
        aeadSeal(sealedHeader.subspan(24), headerKey.view(), sealedHeader.first<24>(), ad, encodeHeader(shown));
        const auto body = std::span(out).subspan(2 + sealedHeader.size());
        random.fill(body.first<24>());
        Bytes bodyAd;
        append(bodyAd, session.view());
        append(bodyAd, sealedHeader);
        ChainKey chain = step.chain.clone();
        for (std::uint32_t i = 0; i < steps; ++i)
            chain.skip();
        SecretBuffer plain = padPayload(asBytes("hostile"), body.size() - 40);
        if (!padded.empty())
            std::copy(padded.begin(), padded.end(), plain.writable().begin());
        chain.next().seal(body.subspan(24), body.first<24>(), bodyAd, plain.view());
        return out;
    }
};

struct HostileBob {
    TwoParties parties;
    Session alice;
    HostilePeer bob;

    explicit HostileBob(std::uint64_t seed) : HostileBob(std::make_unique<TwoParties>(seed)) { }

private:
    explicit HostileBob(std::unique_ptr<TwoParties> made)
        : parties(std::move(*made)), alice(parties.initiate()), bob(become())
    {
    }
    HostilePeer become()
    {
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        const auto answered = answerHandshake(parties.bob, parties.made.prekeys, *peekPrefix(hello)).value();
        const MessageParts parts = cut(hello, true);
        Bytes ad;
        append(ad, "Tacet1 h");
        append(ad, answered.keys.session.view());
        Bytes plain(headerSize(true));
        const bool fine = aeadOpen(plain, answered.keys.initiatorHeader.view(), parts.sealedHeader.first<24>(), ad,
                                   parts.sealedHeader.subspan(24));
        assert(fine);
        (void)fine;
        return HostilePeer::afterFirstMessage(answered.keys, parties.made.prekeys.signedPrekey(),
                                              decodeHeader(plain, true).shown, parties.random);
    }
};

// Places in the stored form (PROTOCOL §5.8) of an answered session without kept keys.
constexpr std::size_t kOwnChainSize = 32 + 1 + 64 + 1 + 1088 + 32 + 32 + 4;
constexpr std::size_t kPeerChainSize = 32 + 32 + 32 + 1184 + 1 + 4 + 4;
constexpr std::size_t sentAt(bool ownChain)
{
    return 1 + 1 + 32 + 32 + 32 + 1 + 32 + 32 + 1 + (ownChain ? kOwnChainSize : 0) + 32;
}
constexpr std::size_t receivedAt(bool ownChain) { return sentAt(ownChain) + 4 + 1 + kPeerChainSize - 4; }

/// The session with a counter set to `value`, as if so many messages had gone before.
Session withCounter(const Session &session, std::size_t place, std::uint32_t value)
{
    Bytes state = stateOf(session);
    for (std::size_t i = 0; i < 4; ++i)
        state[place + i] = std::uint8_t(value >> (24 - 8 * i));
    return Session::parse(state).value();
}

} // namespace

class TestRatchetLimits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void oneWay_1500Pruned_thenBothTalk()
    {
        Conversation talk(70);
        QCOMPARE(opened(talk.alice, talk.fromBob("hi")), u"hi"_s);
        std::vector<Bytes> pruned;
        for (int i = 0; i < 1500; ++i)
            pruned.push_back(talk.fromAlice("lost " + std::to_string(i)));
        QCOMPARE(opened(talk.bob, talk.fromAlice("arrives")), u"arrives"_s);
        QCOMPARE(talk.bob.skippedKeyCount(), kMaxSkippedPerGap);
        for (int turn = 0; turn < 3; ++turn) {
            QCOMPARE(opened(talk.alice, talk.fromBob("b")), u"b"_s);
            QCOMPARE(opened(talk.bob, talk.fromAlice("a")), u"a"_s);
        }
        // The newest thousand can still come late; of the older ones the keys were never kept.
        QCOMPARE(opened(talk.bob, pruned[1499]), u"lost 1499"_s);
        QCOMPARE(opened(talk.bob, pruned[500]), u"lost 500"_s);
        QCOMPARE(opened(talk.bob, pruned[499]), u"!Duplicate"_s);
        QCOMPARE(opened(talk.bob, pruned[0]), u"!Duplicate"_s);
    }

    void oneWay_1500PrunedBeforeTheFirstArrives_thenBothTalk()
    {
        TwoParties parties(71);
        Session alice = parties.initiate();
        for (int i = 0; i < 1500; ++i)
            (void)alice.encrypt(asBytes("lost"), parties.random).value();
        auto accepted = parties.accept(alice.encrypt(asBytes("arrives"), parties.random).value());
        QVERIFY(accepted.ok());
        QCOMPARE(accepted->session.skippedKeyCount(), kMaxSkippedPerGap);
        QCOMPARE(opened(alice, accepted->session.encrypt(asBytes("b"), parties.random).value()), u"b"_s);
        QCOMPARE(opened(accepted->session, alice.encrypt(asBytes("a"), parties.random).value()), u"a"_s);
    }

    void backlogIsLinedUpByItsHeaders()
    {
        Conversation talk(75);
        QCOMPARE(talk.alice.missingBefore(talk.fromBob("lost")), std::optional<std::uint64_t>(0)); // nothing was received yet
        QCOMPARE(opened(talk.alice, talk.fromBob("hi")), u"hi"_s);
        std::vector<Bytes> chain;
        for (int i = 0; i < 4; ++i)
            chain.push_back(talk.fromAlice(std::to_string(i)));
        const Bytes before = stateOf(talk.bob);
        // Bob has not seen this chain: its header opens under the next key.
        for (std::size_t i = 0; i < chain.size(); ++i)
            QCOMPARE(talk.bob.missingBefore(chain[i]), std::optional<std::uint64_t>(i));
        QVERIFY(stateOf(talk.bob) == before); // asking changes nothing
        QCOMPARE(opened(talk.bob, chain[1]), u"1"_s);
        QCOMPARE(talk.bob.missingBefore(chain[0]), std::nullopt); // late
        QCOMPARE(talk.bob.missingBefore(chain[1]), std::nullopt); // open already
        QCOMPARE(talk.bob.missingBefore(chain[2]), std::optional<std::uint64_t>(0));
        QCOMPARE(talk.bob.missingBefore(chain[3]), std::optional<std::uint64_t>(1));
        // Bob answers, Alice turns: two of the old chain and one of the new are missing before her second.
        QCOMPARE(opened(talk.alice, talk.fromBob("b")), u"b"_s);
        (void)talk.fromAlice("lost");
        const Bytes second = talk.fromAlice("second");
        QCOMPARE(talk.bob.missingBefore(second), std::optional<std::uint64_t>(3));
        QCOMPARE(opened(talk.bob, second), u"second"_s);
        QCOMPARE(opened(talk.bob, chain[3]), u"3"_s);
        QCOMPARE(talk.bob.missingBefore(chain[2]), std::nullopt); // of a kept chain: late

        Bytes damaged = talk.fromAlice("damaged");
        QCOMPARE(talk.bob.missingBefore(damaged), std::optional<std::uint64_t>(0));
        damaged[2 + 24] ^= 1; // the header
        QCOMPARE(talk.bob.missingBefore(damaged), std::nullopt);
        QCOMPARE(talk.bob.missingBefore(ByteView(damaged).first(100)), std::nullopt);
        Conversation others(76);
        QCOMPARE(talk.bob.missingBefore(others.fromAlice("x")), std::nullopt);
    }

    void backlogOf5000_opensWholeWhenItIsLinedUp()
    {
        Conversation talk(77);
        QCOMPARE(opened(talk.alice, talk.fromBob("hi")), u"hi"_s);
        std::vector<std::pair<std::uint64_t, Bytes>> backlog;
        for (int i = 0; i < 5000; ++i) {
            Bytes message = talk.fromAlice(std::to_string(i));
            const auto missing = talk.bob.missingBefore(message);
            QVERIFY(missing);
            backlog.emplace(backlog.begin(), *missing, std::move(message)); // newest first, as a relay brings it
        }
        std::stable_sort(backlog.begin(), backlog.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
        for (int i = 0; i < 5000; ++i)
            QCOMPARE(opened(talk.bob, backlog[std::size_t(i)].second), QString::number(i));
    }

    void wholeChainPruned_thenTheNextOneIsRead()
    {
        // PN tells how many of the lost chain there were; their keys are kept over the turn.
        Conversation talk(72);
        std::vector<Bytes> lost;
        for (int i = 0; i < 5; ++i)
            lost.push_back(talk.fromAlice("old " + std::to_string(i)));
        QCOMPARE(opened(talk.alice, talk.fromBob("turn")), u"turn"_s);
        QCOMPARE(opened(talk.bob, talk.fromAlice("new")), u"new"_s);
        QCOMPARE(talk.bob.skippedKeyCount(), std::size_t(5));
        for (std::size_t i = 5; i-- > 0;)
            QCOMPARE(opened(talk.bob, lost[i]), QString(u"old %1"_s.arg(i)));
        QCOMPARE(talk.bob.skippedKeyCount(), std::size_t(0));
    }

    void keysOfSession_areBounded()
    {
        // Five gaps of 900 in one chain: the oldest 2,500 keys are gone, the newest 2,000 are there.
        Conversation talk(73);
        std::vector<Bytes> lost;
        for (int gap = 0; gap < 5; ++gap) {
            for (int i = 0; i < 900; ++i)
                lost.push_back(talk.fromAlice("x"));
            QCOMPARE(opened(talk.bob, talk.fromAlice("edge")), u"edge"_s);
            QVERIFY(talk.bob.skippedKeyCount() <= kMaxSkippedPerSession);
        }
        QCOMPARE(talk.bob.skippedKeyCount(), kMaxSkippedPerSession);
        QCOMPARE(opened(talk.bob, lost[2499]), u"!Duplicate"_s);
        QCOMPARE(opened(talk.bob, lost[2500]), u"x"_s);
        QCOMPARE(opened(talk.bob, lost.back()), u"x"_s);
        QVERIFY(stateOf(talk.bob).size() < 120'000);
    }

    void headerKeys_areBounded()
    {
        // One message of each of twelve chains is late: the eight newest can still be read.
        Conversation talk(74);
        std::vector<Bytes> late;
        for (int turn = 0; turn < 12; ++turn) {
            late.push_back(talk.fromAlice("late " + std::to_string(turn)));
            QCOMPARE(opened(talk.bob, talk.fromAlice("now")), u"now"_s);
            QCOMPARE(opened(talk.alice, talk.fromBob("turn")), u"turn"_s);
        }
        QCOMPARE(talk.bob.skippedKeyCount(), kMaxSkippedHeaderKeys);
        for (std::size_t i = 0; i < 4; ++i)
            QCOMPARE(opened(talk.bob, late[i]), u"!Undecryptable"_s);
        for (std::size_t i = 4; i < 12; ++i)
            QCOMPARE(opened(talk.bob, late[i]), QString(u"late %1"_s.arg(i)));
    }

    void skippedKeys_expire()
    {
        Conversation talk(75);
        const Bytes one = talk.fromAlice("one");
        const Bytes two = talk.fromAlice("two");
        QCOMPARE(opened(talk.bob, talk.fromAlice("three")), u"three"_s);
        QCOMPARE(opened(talk.bob, one, kNow + kSkippedKeyLifetime), u"one"_s);
        const Bytes before = stateOf(talk.bob);
        QCOMPARE(opened(talk.bob, two, kNow + kSkippedKeyLifetime + 1), u"!Duplicate"_s);
        QVERIFY(stateOf(talk.bob) == before); // a refusal wipes nothing either
        talk.bob.expireSkippedKeys(kNow + kSkippedKeyLifetime);
        QCOMPARE(talk.bob.skippedKeyCount(), std::size_t(1));
        talk.bob.expireSkippedKeys(kNow - 100 * kDayMs); // a clock that went back
        QCOMPARE(talk.bob.skippedKeyCount(), std::size_t(1));
        Session other = talk.bob.clone();
        talk.bob.expireSkippedKeys(kNow + kSkippedKeyLifetime + 1);
        QCOMPARE(talk.bob.skippedKeyCount(), std::size_t(0));
        QCOMPARE(opened(other, talk.fromAlice("four"), kNow + kSkippedKeyLifetime + 1), u"four"_s); // wipes on the way
        QCOMPARE(other.skippedKeyCount(), std::size_t(0));
    }

    void clockThatWentBack_whatExpiredDrivesOutNothing()
    {
        // A thousand keys kept under a clock that was far ahead, a thousand under the right one; then both are too old but
        // the second thousand just not yet, and a third comes.
        Conversation talk(77);
        std::vector<Bytes> lost;
        for (const int day : {0, 10, 31}) {
            for (std::size_t i = 0; i < kMaxSkippedPerGap; ++i)
                lost.push_back(talk.fromAlice("x"));
            QCOMPARE(opened(talk.bob, talk.fromAlice("edge"), kNow + day * kDayMs), u"edge"_s);
        }
        // The thousand of day 0 expired at day 31, before the last thousand came: that of day 10 is whole.
        QCOMPARE(talk.bob.skippedKeyCount(), 2 * kMaxSkippedPerGap);
        QCOMPARE(opened(talk.bob, lost[kMaxSkippedPerGap], kNow + 31 * kDayMs), u"x"_s);

        Conversation back(78);
        lost.clear();
        for (const int day : {10, 0, 31}) { // the first was kept in the future
            for (std::size_t i = 0; i < kMaxSkippedPerGap; ++i)
                lost.push_back(back.fromAlice("x"));
            QCOMPARE(opened(back.bob, back.fromAlice("edge"), kNow + day * kDayMs), u"edge"_s);
        }
        QCOMPARE(opened(back.bob, lost[5], kNow + 31 * kDayMs), u"x"_s);
        QCOMPARE(opened(back.bob, lost[kMaxSkippedPerGap + 5], kNow + 31 * kDayMs), u"!Duplicate"_s);
    }

    void keysOfATimeBefore1970_areWrittenAndRead()
    {
        Conversation talk(79);
        const Bytes one = talk.fromAlice("one");
        QCOMPARE(opened(talk.bob, talk.fromAlice("two"), -kDayMs), u"two"_s);
        const auto read = Session::parse(stateOf(talk.bob));
        QVERIFY(read.ok());
        QCOMPARE(read->skippedKeyCount(), std::size_t(1));
    }

    void jump_upToTheLimit_isTaken_beyondIsRefused()
    {
        for (const std::uint32_t number : {kMaxForwardJump, kMaxForwardJump + 1, 0x7FFF'FFFFu, 0xFFFF'FFFFu}) {
            HostileBob scene(76);
            RatchetHeader header = scene.bob.header;
            header.number = number;
            const Bytes message = scene.bob.message(header, std::min(number, kMaxForwardJump + 1), scene.parties.random);
            const Bytes before = stateOf(scene.alice);
            const QString result = opened(scene.alice, message);
            if (number == kMaxForwardJump) {
                QCOMPARE(result, u"hostile"_s);
                QCOMPARE(scene.alice.skippedKeyCount(), kMaxSkippedPerGap);
                // And in the chain that stands now.
                header.number = number + 1 + kMaxForwardJump + 1;
                const Bytes state = stateOf(scene.alice);
                QCOMPARE(opened(scene.alice, scene.bob.message(header, 0, scene.parties.random)), u"!TooFarAhead"_s);
                QVERIFY(stateOf(scene.alice) == state);
            } else {
                QCOMPARE(result, number > kMaxChainLength ? u"!PeerBroken"_s : u"!TooFarAhead"_s);
                QVERIFY(stateOf(scene.alice) == before);
            }
        }
    }

    void chainWhoseFirstMessageSkipsPastTheLimit_doesNotKillTheState()
    {
        // Alice has a chain of Bob's open; he claims that it went on for 30,000 messages and starts the next one.
        // Every message of the new chain repeats that PN. Alice refuses each, and is none the worse.
        Conversation talk(77);
        QCOMPARE(opened(talk.alice, talk.fromBob("1")), u"1"_s);
        Session liar = talk.bob.clone();
        for (std::uint32_t i = 0; i < kMaxForwardJump + 1; ++i)
            (void)liar.encrypt(asBytes("unsent"), talk.random).value();
        QCOMPARE(opened(liar, talk.fromAlice("turn")), u"turn"_s);
        const Bytes before = stateOf(talk.alice);
        for (int i = 0; i < 3; ++i)
            QCOMPARE(opened(talk.alice, liar.encrypt(asBytes("far"), talk.random).value()), u"!TooFarAhead"_s);
        QVERIFY(stateOf(talk.alice) == before);
        // The honest copy of Bob, who sent nothing in between, is understood.
        talk.alice = Session::parse(before).value();
        QCOMPARE(opened(talk.alice, talk.fromBob("2")), u"2"_s);
    }

    void bothGapsOfOneMessage_countTogether()
    {
        Conversation talk(78);
        QCOMPARE(opened(talk.alice, talk.fromBob("1")), u"1"_s);
        const auto half = kMaxForwardJump / 2;
        for (std::uint32_t i = 0; i < half; ++i)
            (void)talk.fromBob("lost");
        QCOMPARE(opened(talk.bob, talk.fromAlice("turn")), u"turn"_s);
        for (std::uint32_t i = 0; i < kMaxForwardJump - half; ++i)
            (void)talk.fromBob("lost");
        Session tooFar = talk.alice.clone();
        const Bytes atLimit = talk.fromBob("at the limit");
        const Bytes beyond = talk.fromBob("beyond");
        QCOMPARE(opened(tooFar, beyond), u"!TooFarAhead"_s);
        QCOMPARE(opened(talk.alice, atLimit), u"at the limit"_s);
        QCOMPARE(opened(talk.alice, beyond), u"beyond"_s);
    }

    void chainLength_isLimitedOnBothSides()
    {
        Conversation talk(78);
        QCOMPARE(opened(talk.alice, talk.fromBob("a turn")), u"a turn"_s);
        QCOMPARE(opened(talk.bob, talk.fromAlice("another")), u"another"_s);
        talk.alice = withCounter(talk.alice, sentAt(true), kMaxChainLength - 1);
        talk.bob = withCounter(talk.bob, receivedAt(false), kMaxChainLength - 1);
        QCOMPARE(opened(talk.bob, talk.fromAlice("the last one")), u"the last one"_s);
        const Bytes before = stateOf(talk.alice);
        QCOMPARE(int(talk.alice.encrypt(asBytes("too many"), talk.random).error()), int(EncryptError::ChainExhausted));
        QVERIFY(stateOf(talk.alice) == before);
        // An answer turns the ratchet, and she can write again.
        QCOMPARE(opened(talk.alice, talk.fromBob("answer")), u"answer"_s);
        QCOMPARE(opened(talk.bob, talk.fromAlice("a new chain")), u"a new chain"_s);
    }

    void numberBeyondTheChain_isRefused()
    {
        // No honest peer can write this one.
        HostileBob scene(77);
        QCOMPARE(opened(scene.alice, scene.bob.message(scene.bob.header, 0, scene.parties.random)), u"hostile"_s);
        Session late = withCounter(scene.alice, receivedAt(false), kMaxChainLength);
        const Bytes before = stateOf(late);
        RatchetHeader header = scene.bob.header;
        header.number = kMaxChainLength + 1;
        QCOMPARE(opened(late, scene.bob.message(header, 2, scene.parties.random)), u"!PeerBroken"_s);
        QVERIFY(stateOf(late) == before);
        header.number = kMaxChainLength;
        QCOMPARE(opened(late, scene.bob.message(header, 1, scene.parties.random)), u"hostile"_s);
    }

    void keptKeysInAStoredState_areBounded()
    {
        Conversation talk(76);
        QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        const auto parsed = [&](std::size_t chains, std::size_t keysOfEach) {
            Bytes state = stateOf(talk.alice);
            state.resize(state.size() - 4); // be32(number of chains): none
            appendBe32(state, std::uint32_t(chains));
            for (std::size_t chain = 0; chain < chains; ++chain) {
                append(state, Bytes(32, std::uint8_t(chain)));
                appendBe32(state, std::uint32_t(keysOfEach));
                for (std::size_t key = 0; key < keysOfEach; ++key) {
                    appendBe32(state, std::uint32_t(key));
                    appendBe64(state, 1);
                    append(state, Bytes(32, 7));
                }
            }
            const auto session = Session::parse(state);
            return session ? int(session->skippedKeyCount()) : -1;
        };
        QCOMPARE(parsed(0, 0), 0);
        QCOMPARE(parsed(1, 0), -1);
        QCOMPARE(parsed(1, kMaxSkippedPerSession), int(kMaxSkippedPerSession));
        QCOMPARE(parsed(1, kMaxSkippedPerSession + 1), -1);
        QCOMPARE(parsed(2, kMaxSkippedPerSession / 2), int(kMaxSkippedPerSession));
        QCOMPARE(parsed(2, kMaxSkippedPerSession / 2 + 1), -1);
        QCOMPARE(parsed(kMaxSkippedHeaderKeys, 1), int(kMaxSkippedHeaderKeys));
        QCOMPARE(parsed(kMaxSkippedHeaderKeys + 1, 1), -1);
    }

    void hostileHeaders_areRefusedWithoutATrace()
    {
        HostileBob scene(79);
        const Bytes before = stateOf(scene.alice);
        const auto refused = [&](auto change, ByteView padded = {}) {
            RatchetHeader header = scene.bob.header;
            change(header);
            const QString result = opened(scene.alice, scene.bob.message(header, 0, scene.parties.random, padded));
            return stateOf(scene.alice) == before ? result : u"state changed: "_s + result;
        };
        // All-zero agreement and a non-canonical key, in the ratchet this time.
        QCOMPARE(refused([](RatchetHeader &h) { h.shown.dh = {}; }), u"!PeerBroken"_s);
        QCOMPARE(refused([](RatchetHeader &h) { h.shown.dh.bytes.fill(0xFF); }), u"!PeerBroken"_s);
        QCOMPARE(refused([](RatchetHeader &h) { h.shown.kem.bytes.fill(0xFF); }), u"!PeerBroken"_s);
        // Keys other than those hashed into the chain: a swap of K alone, of D alone, of ct alone.
        const auto kem = MlkemKeyPair::generate(scene.parties.random).publicKey();
        const auto dh = X25519KeyPair::generate(scene.parties.random).publicKey();
        QCOMPARE(refused([&](RatchetHeader &h) { h.shown.kem = kem; }), u"!Undecryptable"_s);
        QCOMPARE(refused([&](RatchetHeader &h) { h.shown.dh = dh; }), u"!Undecryptable"_s);
        QCOMPARE(refused([](RatchetHeader &h) { h.shown.ciphertext->bytes[0] ^= 1; }), u"!Undecryptable"_s);
        // Padding: a length beyond the body, something after the payload.
        const Bytes tooLong{0xFF, 0xFF};
        const Bytes trailing{0x00, 0x01, 'a', 'b'};
        QCOMPARE(refused([](RatchetHeader &) {}, tooLong), u"!PeerBroken"_s);
        QCOMPARE(refused([](RatchetHeader &) {}, trailing), u"!PeerBroken"_s);
        // Nothing of it spoiled the real one.
        QCOMPARE(opened(scene.alice, scene.bob.message(scene.bob.header, 0, scene.parties.random)), u"hostile"_s);
        QVERIFY(scene.alice.answered());
    }

    void secondTurnOutOfTurn_isRefused()
    {
        // After Bob turned, Alice has no chain of her own until she writes; a second turn of his cannot be honest.
        HostileBob scene(80);
        QCOMPARE(opened(scene.alice, scene.bob.message(scene.bob.header, 0, scene.parties.random)), u"hostile"_s);
        HostilePeer again{scene.bob.session, {scene.bob.step.root.clone(), scene.bob.step.chain.clone(), {}},
                          scene.bob.step.nextHeader.clone(), scene.bob.header};
        const Bytes before = stateOf(scene.alice);
        QCOMPARE(opened(scene.alice, again.message(again.header, 0, scene.parties.random)), u"!PeerBroken"_s);
        QVERIFY(stateOf(scene.alice) == before);
    }

    void chainThatChangesItsKeys_isRefused()
    {
        HostileBob scene(81);
        QCOMPARE(opened(scene.alice, scene.bob.message(scene.bob.header, 0, scene.parties.random)), u"hostile"_s);
        const Bytes before = stateOf(scene.alice);
        RatchetHeader header = scene.bob.header;
        header.number = 1;
        header.previous = 7;
        QCOMPARE(opened(scene.alice, scene.bob.message(header, 1, scene.parties.random)), u"!PeerBroken"_s);
        header.previous = 0;
        header.shown.kem = MlkemKeyPair::generate(scene.parties.random).publicKey();
        QCOMPARE(opened(scene.alice, scene.bob.message(header, 1, scene.parties.random)), u"!PeerBroken"_s);
        QVERIFY(stateOf(scene.alice) == before);
    }
};

TACET_TEST_UNIT("t_ratchet_limits", TestRatchetLimits)
#include "t_ratchet_limits.moc"
