// New sessions after a restore (PROTOCOL §10.3).
#include "crypto/gift_wrap.h"
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

class TestRendezvous : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void record_travelsInSession_andStartsANewOne()
    {
        Conversation talk(90);
        const OwnRendezvous own = OwnRendezvous::generate(talk.parties.bob.publicKey(), kNow, talk.random);
        const Bytes message = talk.bob.encrypt(own.forPeer().view(), talk.random).value();
        const auto received = talk.alice.decrypt(message, kNow);
        const PeerRendezvous peer = PeerRendezvous::parse(received->view(), talk.parties.bob.publicKey()).value();
        QCOMPARE(peer.id(), own.id());
        QCOMPARE(peer.mailbox(), own.mailbox().publicKey());
        QCOMPARE(peer.created(), kNow);

        // Alice loses everything but the backup, in which her identity and Bob's record are.
        const PeerRendezvous restored = PeerRendezvous::parse(peer.serialise().view(), talk.parties.bob.publicKey()).value();
        Session alice = Session::initiate(talk.parties.alice, restored.prekeys(), talk.random).value();
        const Bytes hello = alice.encrypt(asBytes("restored"), talk.random).value();
        QCOMPARE(peekPrefix(hello)->bundle, own.id());
        auto accepted = Session::accept(talk.parties.bob, own.prekeys(), hello, kNow);
        QVERIFY(accepted.ok());
        QCOMPARE(textOf(accepted->payload), u"restored"_s);
        QCOMPARE(accepted->session.peerIdentity(), talk.parties.alice.publicKey());
        QVERIFY(accepted->session.id() != talk.bob.id());
        QCOMPARE(opened(alice, accepted->session.encrypt(asBytes("welcome"), talk.random).value()), u"welcome"_s);
    }

    void renewed_underTheSameMailbox_isAnotherRecord()
    {
        TwoParties parties(92);
        const OwnRendezvous first = OwnRendezvous::generate(parties.bob.publicKey(), kNow, parties.random);
        const OwnRendezvous next = OwnRendezvous::generate(parties.bob.publicKey(), kNow + kRendezvousRenewal, parties.random,
                                                           first.mailbox().clone());
        QCOMPARE(next.mailbox().publicKey(), first.mailbox().publicKey());
        QVERIFY(next.id() != first.id());
        // Which one a first message is for, it says itself.
        const auto given = PeerRendezvous::parse(first.forPeer().view(), parties.bob.publicKey()).value();
        Session alice = Session::initiate(parties.alice, given.prekeys(), parties.random).value();
        const Bytes hello = alice.encrypt(asBytes("restored"), parties.random).value();
        QCOMPARE(peekPrefix(hello)->bundle, first.id());
        QVERIFY(!Session::accept(parties.bob, next.prekeys(), hello, kNow));
        QVERIFY(Session::accept(parties.bob, first.prekeys(), hello, kNow).ok());
    }

    void own_comesBackFromBackup()
    {
        TwoParties parties(91);
        const OwnRendezvous own = OwnRendezvous::generate(parties.bob.publicKey(), kNow, parties.random);
        const SecretBuffer state = own.serialise();
        const OwnRendezvous read = OwnRendezvous::parse(state.view()).value();
        QCOMPARE(read.id(), own.id());
        QCOMPARE(read.created(), kNow);
        QCOMPARE(read.mailbox().publicKey(), own.mailbox().publicKey());
        const SecretBuffer again = read.serialise();
        QVERIFY(std::equal(again.view().begin(), again.view().end(), state.view().begin(), state.view().end()));
        for (std::size_t size = 0; size < state.size(); ++size)
            QVERIFY(!OwnRendezvous::parse(state.view().first(size)));
        const Bytes good(state.view().begin(), state.view().end());
        const auto damagedBy = [&](const auto &damage) {
            Bytes changed = good;
            damage(changed);
            const auto parsed = OwnRendezvous::parse(changed);
            return !parsed && parsed.error() == StateError::Damaged;
        };
        QVERIFY(damagedBy([](Bytes &bytes) { bytes[0] = 0; }));                                             // version
        QVERIFY(damagedBy([](Bytes &bytes) { bytes[1] = 0x80; }));                                          // time
        QVERIFY(damagedBy([](Bytes &bytes) {
            std::fill_n(bytes.begin() + 1, 8, std::uint8_t(0));
            bytes[2] = 0x10; // the first that is none: 2^52
        }));
        QVERIFY(damagedBy([](Bytes &bytes) { std::fill_n(bytes.begin() + 9, 32, std::uint8_t(0)); }));      // mailbox
        QVERIFY(damagedBy([](Bytes &bytes) { std::fill_n(bytes.begin() + 9, 32, std::uint8_t(0xFF)); }));
        QVERIFY(damagedBy([](Bytes &bytes) { bytes.push_back(0); }));
        constexpr std::size_t kPrekeys = 1 + 8 + 32; // their length, then what they are
        QVERIFY(damagedBy([](Bytes &bytes) { bytes[kPrekeys + 4] = 0; }));
        QVERIFY(damagedBy([](Bytes &bytes) {
            bytes.resize(kPrekeys); // a length, and nothing of it
            appendBe32(bytes, 1000);
        }));
        for (const std::size_t version : {std::size_t(0), kPrekeys + 4}) {
            Bytes newer = good;
            newer[version] = 9;
            QCOMPARE(int(OwnRendezvous::parse(newer).error()), int(StateError::NewerVersion));
        }
    }

    void bothRestored_fromBackupsOfDifferentAge_whileOldHandshakesAreReplayed()
    {
        // Both have only records. Each initiates; a relay replays a handshake that Alice made a month ago through
        // the same record. One live session results, and no key or nonce is used twice.
        TwoParties parties(92);
        const OwnRendezvous bobs = OwnRendezvous::generate(parties.bob.publicKey(), kNow, parties.random);
        const OwnRendezvous alices = OwnRendezvous::generate(parties.alice.publicKey(), kNow - 20 * kDayMs, parties.random);
        const auto bobsRecord = PeerRendezvous::parse(bobs.forPeer().view(), parties.bob.publicKey()).value();
        const auto alicesRecord = PeerRendezvous::parse(alices.forPeer().view(), parties.alice.publicKey()).value();

        Session longAgo = Session::initiate(parties.alice, bobsRecord.prekeys(), parties.random).value();
        const Bytes replayed = longAgo.encrypt(asBytes("a month ago"), parties.random).value();

        Session aliceOut = Session::initiate(parties.alice, bobsRecord.prekeys(), parties.random).value();
        Session bobOut = Session::initiate(parties.bob, alicesRecord.prekeys(), parties.random).value();
        Session bobIn = std::move(Session::accept(parties.bob, bobs.prekeys(), aliceOut.encrypt(asBytes("1"), parties.random).value(), kNow)->session);
        Session aliceIn = std::move(Session::accept(parties.alice, alices.prekeys(), bobOut.encrypt(asBytes("2"), parties.random).value(), kNow)->session);
        Session &alice = winsOver(aliceOut.id(), aliceIn.id()) ? aliceOut : aliceIn;
        Session &bob = winsOver(bobOut.id(), bobIn.id()) ? bobOut : bobIn;
        QCOMPARE(alice.id(), bob.id());

        // The replay derives a session of its own, known by its handshake id, and disturbs nobody.
        auto zombie = Session::accept(parties.bob, bobs.prekeys(), replayed, kNow);
        QVERIFY(zombie.ok());
        QCOMPARE(zombie->session.handshake(), longAgo.handshake());
        QVERIFY(zombie->session.handshake() != bobIn.handshake());
        auto twice = Session::accept(parties.bob, bobs.prekeys(), replayed, kNow);
        const Bytes one = zombie->session.encrypt(asBytes("x"), parties.random).value();
        const Bytes two = twice->session.encrypt(asBytes("x"), parties.random).value();
        QCOMPARE(opened(longAgo, one), u"x"_s);      // fresh D and K in each: what opens one chain …
        QCOMPARE(opened(longAgo, two), u"!PeerBroken"_s); // … is not the key of the other
        QCOMPARE(opened(alice, bob.encrypt(asBytes("b"), parties.random).value()), u"b"_s);
        QCOMPARE(opened(bob, alice.encrypt(asBytes("a"), parties.random).value()), u"a"_s);
    }

    void parse_refusesWhatDoesNotFit()
    {
        TwoParties parties(93);
        const OwnRendezvous own = OwnRendezvous::generate(parties.bob.publicKey(), kNow, parties.random);
        const SecretBuffer record = own.forPeer();
        const Bytes good(record.view().begin(), record.view().end());
        const auto error = [&](const Bytes &bytes) {
            const auto parsed = PeerRendezvous::parse(bytes, parties.bob.publicKey());
            return parsed ? -1 : int(parsed.error());
        };
        QCOMPARE(error(good), -1);
        QCOMPARE(int(PeerRendezvous::parse(good, parties.alice.publicKey()).error()), int(RendezvousError::OtherIdentity));
        for (std::size_t size = 0; size < good.size(); ++size)
            QCOMPARE(error(Bytes(good.begin(), good.begin() + std::ptrdiff_t(size))), int(RendezvousError::Damaged));
        Bytes longer = good;
        longer.push_back(0);
        QCOMPARE(error(longer), int(RendezvousError::Damaged));
        // Each field a byte too short, or empty, with lengths that fit.
        const std::size_t sizes[] = {1, 1, 32, 32, 1184, 32, 8};
        for (std::size_t field = 0; field < std::size(sizes); ++field) {
            for (const std::size_t size : {sizes[field] - 1, std::size_t(0)}) {
                ByteReader in{ByteView(good).subspan(4)};
                Bytes body;
                for (std::size_t i = 0; i < std::size(sizes); ++i) {
                    const ByteView whole = *in.lp(sizes[i]);
                    appendLp(body, i == field ? whole.first(size) : whole);
                }
                Bytes changed;
                appendLp(changed, body);
                append(changed, ByteView(good).last(32));
                QCOMPARE(error(changed), int(RendezvousError::Damaged));
            }
        }
        Bytes changed = good;
        changed[8] = 2; // version
        QCOMPARE(error(changed), int(RendezvousError::NewerVersion));
        changed = good;
        changed[13] = 1; // type: a bundle's
        QCOMPARE(error(changed), int(RendezvousError::Damaged));
        changed = good;
        std::fill(changed.begin() + 54, changed.begin() + 86, std::uint8_t(0xFF)); // the X25519 key
        QCOMPARE(error(changed), int(RendezvousError::BadPeerKey));
        changed = good;
        std::fill(changed.begin() + 90, changed.begin() + 93, std::uint8_t(0xFF)); // the KEM key
        QCOMPARE(error(changed), int(RendezvousError::BadPeerKey));
    }

    void bundleAndRecord_areNeverTakenForEachOther()
    {
        TwoParties parties(94);
        const OwnRendezvous own = OwnRendezvous::generate(parties.bob.publicKey(), kNow, parties.random);
        SecretBuffer asRecord;
        Bytes length;
        appendBe32(length, std::uint32_t(parties.bundle.body.size()));
        asRecord.append(length);
        asRecord.append(parties.bundle.body);
        asRecord.append(Bytes(32));
        QVERIFY(!PeerRendezvous::parse(asRecord.view(), parties.bob.publicKey()));
        Session alice = parties.initiate();
        QCOMPARE(int(Session::accept(parties.bob, own.prekeys(), alice.encrypt(asBytes("x"), parties.random).value(), kNow).error()),
                 int(AcceptError::OtherPrekeys));
    }
};

TACET_TEST_UNIT("t_rendezvous", TestRendezvous)
#include "t_rendezvous.moc"
