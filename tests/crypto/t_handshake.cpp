// What is tried against a handshake (PROTOCOL §4, §12).
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

template<typename T>
QString outcome(const Result<T, AcceptError> &result)
{
    if (result)
        return u"accepted"_s;
    static constexpr const char *kNames[] = {"not a handshake", "other prekeys", "bad peer key",
                                             "own identity",    "undecryptable", "too far ahead"};
    return QString::fromLatin1(kNames[int(result.error())]);
}

/// Points of small order and encodings of u >= p (RFC 7748 §6.1; the usual list), little-endian.
std::vector<X25519PublicKey> hostilePoints()
{
    static constexpr const char *kHex[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    std::vector<X25519PublicKey> out;
    for (const char *hex : kHex)
        out.push_back(*X25519PublicKey::from(*fromHex(hex)));
    return out;
}

MlkemPublicKey beyondModulus(MlkemPublicKey key)
{
    key.bytes[0] = 0x01; // first coefficient = 0xD01 = 3,329 = q
    key.bytes[1] = std::uint8_t((key.bytes[1] & 0xF0) | 0x0D);
    return key;
}

} // namespace

class TestHandshake : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void handshake_bothSidesDeriveTheSame()
    {
        TwoParties parties(50);
        const auto one = initiateHandshake(parties.alice, parties.prekeys(), parties.random);
        const auto other = answerHandshake(parties.bob, parties.made.prekeys, one->prefix);
        QVERIFY(other.ok());
        QCOMPARE(other->peer, parties.alice.publicKey());
        QCOMPARE(other->keys.handshake, one->keys.handshake);
        QCOMPARE(other->keys.session, one->keys.session);
        QVERIFY(other->keys.root.equals(one->keys.root.view()));
        QVERIFY(other->keys.initiatorHeader.equals(one->keys.initiatorHeader.view()));
        QVERIFY(other->keys.responderNextHeader.equals(one->keys.responderNextHeader.view()));
        QVERIFY(!one->keys.initiatorHeader.equals(one->keys.responderNextHeader.view()));
        QCOMPARE(handshakeId(parties.made.prekeys.body(), one->prefix), one->keys.handshake);
    }

    void peek_readsPrefixAndNothingElse()
    {
        TwoParties parties(51);
        Session alice = parties.initiate();
        const Bytes message = alice.encrypt(asBytes("x"), parties.random).value();
        const auto prefix = peekPrefix(message);
        QVERIFY(prefix.has_value());
        QCOMPARE(prefix->bundle, parties.bundle.id());
        QCOMPARE(prefix->id(), alice.prefixId());
        QCOMPARE(handshakeId(parties.bundle.body, *prefix), alice.handshake());
        QVERIFY(prefix->bytes() == Bytes(message.begin(), message.begin() + kPrefixSize));
        QVERIFY(!peekPrefix({}));
        QVERIFY(!peekPrefix(ByteView(message).first(kPrefixSize)));
        Bytes other = message;
        other[0] = 2;
        QVERIFY(!peekPrefix(other));
        other = message;
        other[1] = 2;
        QVERIFY(!peekPrefix(other));
    }

    void accept_leavesNothingBehindOnFailure()
    {
        // "State before authentication": a forged body spends no prekey and makes no session.
        TwoParties parties(52);
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        const SecretBuffer before = parties.made.prekeys.serialise();
        Bytes forged = hello;
        forged.back() ^= 1;
        QCOMPARE(outcome(parties.accept(forged)), u"undecryptable"_s);
        const SecretBuffer after = parties.made.prekeys.serialise();
        QVERIFY(std::equal(before.view().begin(), before.view().end(), after.view().begin(), after.view().end()));
        QCOMPARE(outcome(parties.accept(hello)), u"accepted"_s);
    }

    void accept_anyOfTheFirstMessages_thenTheRest()
    {
        TwoParties parties(53);
        Session alice = parties.initiate();
        const Bytes one = alice.encrypt(asBytes("1"), parties.random).value();
        const Bytes two = alice.encrypt(asBytes("2"), parties.random).value();
        const Bytes three = alice.encrypt(asBytes("3"), parties.random).value();
        auto accepted = parties.accept(two);
        QCOMPARE(textOf(accepted->payload), u"2"_s);
        QCOMPARE(opened(accepted->session, one), u"1"_s);
        QCOMPARE(opened(accepted->session, three), u"3"_s);
    }

    void lateReplay_isRecognised()
    {
        TwoParties parties(54, LinkType::Reusable);
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        Session bob = std::move(parties.accept(hello)->session);
        // The session is there: a duplicate. The session is gone, the prekeys are not: the same handshake id.
        QCOMPARE(opened(bob, hello), u"!Duplicate"_s);
        QCOMPARE(handshakeId(parties.made.prekeys.body(), *peekPrefix(hello)), bob.handshake());
        auto again = parties.accept(hello);
        QCOMPARE(outcome(again), u"accepted"_s);
        QCOMPARE(again->session.id(), bob.id());
        // Even so it repeats no key of Bob's: his first step draws new ones, and Alice reads only one of them.
        const Bytes fromOld = bob.encrypt(asBytes("old"), parties.random).value();
        const Bytes fromNew = again->session.encrypt(asBytes("new"), parties.random).value();
        QVERIFY(!std::equal(fromOld.begin() + 2, fromOld.begin() + 64, fromNew.begin() + 2));
        QCOMPARE(opened(alice, fromOld), u"old"_s);
        QCOMPARE(opened(alice, fromNew), u"!PeerBroken"_s);
    }

    void secondPrefixOverOneHandshake_isNotTheSession()
    {
        // An initiator who knows EK can put another identity's cid over the same EK and ct. th0 is the same, the
        // prefix is not: the session refuses it, and the caller knows th0 already.
        TwoParties parties(55);
        Session alice = parties.initiate();
        Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        Session bob = std::move(parties.accept(hello)->session);
        hello[kPrefixSize - 1] ^= 1;
        QCOMPARE(handshakeId(parties.bundle.body, *peekPrefix(hello)), bob.handshake());
        QVERIFY(peekPrefix(hello)->id() != bob.prefixId());
        QCOMPARE(opened(bob, hello), u"!NotThisSession"_s);
    }

    void firstFlight_opensWithKeptPrekeys_butNothingBehindTheAnswer()
    {
        // What a thief of the responder's prekeys and identity reads of a recording (PROTOCOL §1.1).
        TwoParties parties(57, LinkType::Reusable);
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        const Bytes more = alice.encrypt(asBytes("more"), parties.random).value();
        Session bob = std::move(parties.accept(hello)->session);
        QCOMPARE(opened(bob, more), u"more"_s);
        QCOMPARE(opened(alice, bob.encrypt(asBytes("answer"), parties.random).value()), u"answer"_s);
        const Bytes behind = alice.encrypt(asBytes("behind the answer"), parties.random).value();
        QCOMPARE(opened(bob, behind), u"behind the answer"_s);

        auto thief = parties.accept(hello);
        QCOMPARE(textOf(thief->payload), u"hello"_s);
        QCOMPARE(opened(thief->session, more), u"more"_s);
        static_cast<void>(thief->session.encrypt(asBytes("an answer of his own"), parties.random));
        QCOMPARE(opened(thief->session, behind), u"!Undecryptable"_s);
    }

    void oneTimeLink_twoOpeners()
    {
        TwoParties parties(56);
        const OwnIdentity eve = OwnIdentity::generate(parties.random);
        Session alice = parties.initiate();
        Session second = Session::initiate(eve, parties.prekeys(), parties.random).value();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        const Bytes hers = second.encrypt(asBytes("me too"), parties.random).value();
        Session bob = std::move(parties.accept(hello)->session);
        // Bob deletes the prekeys here. What is left, the body, tells a repeated opener from a second one.
        const Bytes body = parties.made.prekeys.body();
        const Bytes again = alice.encrypt(asBytes("hello?"), parties.random).value();
        QCOMPARE(peekPrefix(again)->bundle, bundleId(body));
        QCOMPARE(handshakeId(body, *peekPrefix(again)), bob.handshake());
        QCOMPARE(opened(bob, again), u"hello?"_s);
        QCOMPARE(peekPrefix(hers)->bundle, bundleId(body));
        QVERIFY(handshakeId(body, *peekPrefix(hers)) != bob.handshake());
        QCOMPARE(opened(bob, hers), u"!NotThisSession"_s);
        // The next opener finds the tombstone.
        const Bytes tombstone = makeTombstone(parties.bob, parties.link, bundleId(body), kNow, parties.random);
        QCOMPARE(int(openBundle(tombstone, parties.link, kNow).error()), int(BundleError::Used));
    }

    void otherPrekeys_areNotTried()
    {
        TwoParties parties(57);
        const MadeBundle other = makeBundle(parties.bob, parties.link, cardOf("Bob"), parties.random).value();
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        QCOMPARE(outcome(Session::accept(parties.bob, other.prekeys, hello, kNow)), u"other prekeys"_s);
        Bytes renamed = hello;
        std::copy(other.prekeys.id().bytes.begin(), other.prekeys.id().bytes.end(), renamed.begin() + 2);
        QCOMPARE(outcome(Session::accept(parties.bob, other.prekeys, renamed, kNow)), u"undecryptable"_s);
    }

    void roles_cannotBeConfused()
    {
        // Somebody else's keys behind the same prekeys; the initiator answering himself; a later message as a first.
        TwoParties parties(58);
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        QCOMPARE(outcome(Session::accept(parties.alice, parties.made.prekeys, hello, kNow)), u"own identity"_s);
        QCOMPARE(outcome(Session::accept(OwnIdentity::generate(parties.random), parties.made.prekeys, hello, kNow)),
                 u"undecryptable"_s);
        QCOMPARE(int(Session::initiate(parties.bob, parties.prekeys(), parties.random).error()),
                 int(HandshakeError::OwnIdentity));
        Session bob = std::move(parties.accept(hello)->session);
        const Bytes reply = bob.encrypt(asBytes("hi"), parties.random).value();
        QCOMPARE(outcome(parties.accept(reply)), u"not a handshake"_s);
        Bytes asFirst = reply;
        asFirst[0] = 1;
        QVERIFY(!parties.accept(asFirst));
        QCOMPARE(opened(alice, asFirst), u"!NotThisSession"_s);
        Bytes asLater = hello;
        asLater[0] = 2;
        QCOMPARE(opened(bob, asLater), u"!Undecryptable"_s);
    }

    void withoutTheLink_nobodyCanAnswerOrAsk()
    {
        // The preshared key: all private keys of Bob but not the link, and all public ones but not the link.
        TwoParties parties(59);
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        const OwnPrekeys stolen(parties.made.prekeys.body(), parties.made.prekeys.signedPrekey().clone(),
                                parties.made.prekeys.kemPrekey().clone(), SecretBytes<32>());
        QCOMPARE(outcome(Session::accept(parties.bob, stolen, hello, kNow)), u"undecryptable"_s);
        PeerPrekeys without = parties.prekeys();
        without.presharedKey = SecretBytes<32>();
        Session guess = Session::initiate(parties.alice, without, parties.random).value();
        QCOMPARE(outcome(parties.accept(guess.encrypt(asBytes("x"), parties.random).value())), u"undecryptable"_s);
    }

    void everyInput_changesTheSession()
    {
        // Each secret and each public value enters: one changed bit on one side, and nothing opens.
        TwoParties parties(60);
        const auto attempt = [&](auto change) {
            PeerPrekeys peer = parties.prekeys();
            change(peer);
            auto session = Session::initiate(parties.alice, peer, parties.random);
            if (!session)
                return u"refused"_s;
            Bytes hello = session->encrypt(asBytes("x"), parties.random).value();
            const BundleId id = parties.made.prekeys.id(); // so that the responder gets past the lookup
            std::copy(id.bytes.begin(), id.bytes.end(), hello.begin() + 2);
            return outcome(parties.accept(hello));
        };
        const auto other = X25519KeyPair::generate(parties.random).publicKey();
        const auto otherKem = MlkemKeyPair::generate(parties.random).publicKey();
        QCOMPARE(attempt([](PeerPrekeys &) {}), u"accepted"_s);
        QCOMPARE(attempt([](PeerPrekeys &p) { p.body.back() ^= 1; }), u"undecryptable"_s);
        QCOMPARE(attempt([&](PeerPrekeys &p) { p.signedPrekey = other; }), u"undecryptable"_s);
        QCOMPARE(attempt([&](PeerPrekeys &p) { p.kemPrekey = otherKem; }), u"undecryptable"_s);
        QCOMPARE(attempt([](PeerPrekeys &p) { p.presharedKey.writable()[31] ^= 1; }), u"undecryptable"_s);
        const OwnIdentity mallory = OwnIdentity::generate(parties.random);
        QCOMPARE(attempt([&](PeerPrekeys &p) { p.identity = mallory.publicKey(); }), u"undecryptable"_s);
    }

    void downgrade_isRefused()
    {
        // Version 1 is the lowest there is: nothing below is spoken, and what claims more is not spoken as 1.
        TwoParties parties(61);
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("x"), parties.random).value();
        for (const int version : {0, 2, 255}) {
            Bytes changed = hello;
            changed[1] = std::uint8_t(version);
            QCOMPARE(outcome(parties.accept(changed)), u"not a handshake"_s);
        }
        // A classical-only handshake does not exist: without a ciphertext made for KPK nothing opens.
        Bytes classical = hello;
        std::fill(classical.begin() + 42, classical.begin() + 42 + kMlkemCiphertextSize, std::uint8_t(0));
        QCOMPARE(outcome(parties.accept(classical)), u"undecryptable"_s);
    }

    void allZeroAgreements_areRefused()
    {
        TwoParties parties(62);
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("x"), parties.random).value();
        for (const X25519PublicKey &point : hostilePoints()) {
            Bytes changed = hello;
            std::copy(point.bytes.begin(), point.bytes.end(), changed.begin() + 10);
            QCOMPARE(outcome(parties.accept(changed)), u"bad peer key"_s);
            PeerPrekeys peer = parties.prekeys();
            peer.signedPrekey = point;
            QCOMPARE(int(Session::initiate(parties.alice, peer, parties.random).error()), int(HandshakeError::BadPeerKey));
        }
        PeerPrekeys peer = parties.prekeys();
        peer.identity = IdentityKey{}; // y = 0: a point of order four
        QCOMPARE(int(Session::initiate(parties.alice, peer, parties.random).error()), int(HandshakeError::BadPeerKey));
    }

    void kemKeyBeyondTheModulus_isRefused()
    {
        TwoParties parties(63);
        PeerPrekeys peer = parties.prekeys();
        peer.kemPrekey = beyondModulus(peer.kemPrekey);
        QVERIFY(!isValid(peer.kemPrekey));
        QCOMPARE(int(Session::initiate(parties.alice, peer, parties.random).error()), int(HandshakeError::BadPeerKey));
    }

    void simultaneousStart_bothTakeTheSameSession()
    {
        // Each opened a link of the other in the same minute.
        TwoParties parties(64);
        const Link back = Link::create(LinkType::OneTime, parties.alice.publicKey(), {"wss://relay.example"}, parties.random).value();
        const MadeBundle hers = makeBundle(parties.alice, back, cardOf("Alice"), parties.random).value();
        Session aliceOut = parties.initiate();
        Session bobOut = Session::initiate(parties.bob, openBundle(hers.sealed, back, kNow)->prekeys(back), parties.random).value();
        const Bytes one = aliceOut.encrypt(asBytes("from Alice"), parties.random).value();
        const Bytes two = bobOut.encrypt(asBytes("from Bob"), parties.random).value();
        Session bobIn = std::move(parties.accept(one)->session);
        Session aliceIn = std::move(Session::accept(parties.alice, hers.prekeys, two, kNow)->session);

        const bool aliceTakesHers = winsOver(aliceOut.id(), aliceIn.id());
        const bool bobTakesHers = winsOver(bobIn.id(), bobOut.id());
        QCOMPARE(aliceTakesHers, bobTakesHers);
        Session &alice = aliceTakesHers ? aliceOut : aliceIn;
        Session &bob = bobTakesHers ? bobIn : bobOut;
        QCOMPARE(alice.id(), bob.id());
        QCOMPARE(opened(alice, bob.encrypt(asBytes("b"), parties.random).value()), u"b"_s);
        QCOMPARE(opened(bob, alice.encrypt(asBytes("a"), parties.random).value()), u"a"_s);
        QVERIFY(!winsOver(alice.id(), alice.id()));
    }
};

TACET_TEST_UNIT("t_handshake", TestHandshake)
#include "t_handshake.moc"
