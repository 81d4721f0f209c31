// A session between two people, step by step (PROTOCOL §4 to §6).
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <set>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

class TestSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void conversation_goesBothWays()
    {
        TwoParties parties(1);
        Session alice = parties.initiate();
        QVERIFY(!alice.answered());
        auto accepted = parties.accept(alice.encrypt(asBytes("hi Bob"), parties.random).value());
        QVERIFY(accepted.ok());
        QCOMPARE(textOf(accepted->payload), u"hi Bob"_s);
        Session bob = std::move(accepted->session);

        QCOMPARE(bob.id(), alice.id());
        QCOMPARE(bob.handshake(), alice.handshake());
        QCOMPARE(bob.prefixId(), alice.prefixId());
        QCOMPARE(bob.peerIdentity(), parties.alice.publicKey());
        QCOMPARE(alice.peerIdentity(), parties.bob.publicKey());
        QCOMPARE(int(alice.role()), int(Role::Initiator));
        QCOMPARE(int(bob.role()), int(Role::Responder));

        for (int turn = 0; turn < 6; ++turn) {
            for (int i = 0; i < 3; ++i)
                QCOMPARE(opened(alice, bob.encrypt(asBytes("from Bob"), parties.random).value()), u"from Bob"_s);
            QVERIFY(alice.answered());
            for (int i = 0; i < 3; ++i)
                QCOMPARE(opened(bob, alice.encrypt(asBytes("from Alice"), parties.random).value()), u"from Alice"_s);
        }
        QCOMPARE(alice.skippedKeyCount(), std::size_t(0));
        QCOMPARE(bob.skippedKeyCount(), std::size_t(0));
    }

    void encrypt_fillsTheSmallestSizeThatTakesThePayload_data()
    {
        QTest::addColumn<bool>("first");
        QTest::newRow("first") << true;
        QTest::newRow("later") << false;
    }
    void encrypt_fillsTheSmallestSizeThatTakesThePayload()
    {
        QFETCH(bool, first);
        Conversation talk(2);
        if (!first)
            QCOMPARE(opened(talk.alice, talk.fromBob("hello back")), u"hello back"_s);
        QCOMPARE(payloadCapacity(0, true), std::size_t(588));
        QCOMPARE(payloadCapacity(0, false), std::size_t(676));
        for (std::size_t index = 0; index < kMessageSizes.size(); ++index) {
            const Bytes full(talk.alice.capacity(index), 0x61);
            const Bytes message = talk.alice.encrypt(full, talk.random).value();
            QCOMPARE(message.size(), kMessageSizes[index]);
            const auto payload = talk.bob.decrypt(message, kNow);
            QVERIFY(payload.ok());
            QVERIFY(std::equal(full.begin(), full.end(), payload->view().begin(), payload->view().end()));
            const Bytes more(full.size() + 1, 0x61);
            const auto next = talk.alice.encrypt(more, talk.random);
            if (index + 1 < kMessageSizes.size())
                QCOMPARE(next->size(), kMessageSizes[index + 1]);
            else
                QCOMPARE(int(next.error()), int(EncryptError::TooLarge));
        }
        const auto empty = talk.alice.encrypt({}, talk.random);
        QCOMPARE(empty->size(), kMessageSizes[0]);
        QCOMPARE(opened(talk.bob, *empty), QString());
    }

    void encrypt_refusalLeavesStateUntouched()
    {
        Conversation talk(3);
        const Bytes before = stateOf(talk.bob);
        QVERIFY(!talk.bob.encrypt(Bytes(40'000), talk.random));
        QVERIFY(stateOf(talk.bob) == before);
    }

    void messages_ofOneSizeLookAlike()
    {
        // Two messages of one state's successors share nothing but type, version and, for first ones, the prefix.
        Conversation talk(4);
        QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        const Bytes one = talk.fromAlice("one");
        const Bytes two = talk.fromAlice("two");
        std::size_t equal = 0;
        for (std::size_t i = 2; i < one.size(); ++i)
            equal += one[i] == two[i];
        QVERIFY2(equal < 60, qPrintable(QString::number(equal))); // 12 expected of 3,070 random bytes
    }

    void decrypt_damageAnywhere_isRefusedAndLeavesStateBitIdentical_data()
    {
        QTest::addColumn<bool>("first");
        QTest::newRow("first message, known session") << true;
        QTest::newRow("later message") << false;
    }
    void decrypt_damageAnywhere_isRefusedAndLeavesStateBitIdentical()
    {
        QFETCH(bool, first);
        Conversation talk(5);
        if (!first)
            QCOMPARE(opened(talk.alice, talk.fromBob("back")), u"back"_s);
        const Bytes message = talk.fromAlice("the real one");
        const Bytes before = stateOf(talk.bob);
        for (std::size_t i = 0; i < message.size(); ++i) {
            Bytes damaged = message;
            damaged[i] ^= std::uint8_t(1 + i % 255);
            QVERIFY2(!talk.bob.decrypt(damaged, kNow), qPrintable(u"byte %1"_s.arg(i)));
        }
        for (const std::size_t size : {std::size_t(0), std::size_t(1), std::size_t(2), std::size_t(3071),
                                       std::size_t(3073), std::size_t(6144), std::size_t(30720)}) {
            Bytes resized = message;
            resized.resize(size);
            QVERIFY(!talk.bob.decrypt(resized, kNow));
        }
        QVERIFY(stateOf(talk.bob) == before);
        QCOMPARE(opened(talk.bob, message), u"the real one"_s);
    }

    void accept_damageAnywhere_isRefused()
    {
        TwoParties parties(6);
        Session alice = parties.initiate();
        const Bytes message = alice.encrypt(asBytes("hello"), parties.random).value();
        for (std::size_t i = 0; i < message.size(); ++i) {
            Bytes damaged = message;
            damaged[i] ^= std::uint8_t(1 + i % 255);
            QVERIFY2(!parties.accept(damaged), qPrintable(u"byte %1"_s.arg(i)));
        }
        QVERIFY(parties.accept(message).ok());
    }

    void decrypt_ofNextChain_failingBodyLeavesStateBitIdentical()
    {
        // The header of a new chain is genuine and turns the ratchet; only the body is damaged.
        Conversation talk(7);
        QCOMPARE(opened(talk.alice, talk.fromBob("a")), u"a"_s);
        Bytes message = talk.fromAlice("turns");
        message.back() ^= 1;
        const Bytes before = stateOf(talk.bob);
        QCOMPARE(opened(talk.bob, message), u"!Undecryptable"_s);
        QVERIFY(stateOf(talk.bob) == before);
        message.back() ^= 1;
        QCOMPARE(opened(talk.bob, message), u"turns"_s);
    }

    void decrypt_ofSkippedMessage_failingBodyKeepsItsKey()
    {
        Conversation talk(8);
        Bytes late = talk.fromAlice("late");
        QCOMPARE(opened(talk.bob, talk.fromAlice("early")), u"early"_s);
        QCOMPARE(talk.bob.skippedKeyCount(), std::size_t(1));
        late.back() ^= 1;
        const Bytes before = stateOf(talk.bob);
        QCOMPARE(opened(talk.bob, late), u"!Undecryptable"_s);
        QVERIFY(stateOf(talk.bob) == before);
        late.back() ^= 1;
        QCOMPARE(opened(talk.bob, late), u"late"_s);
        QCOMPARE(talk.bob.skippedKeyCount(), std::size_t(0));
    }

    void decrypt_twice_isDuplicate()
    {
        Conversation talk(9);
        const Bytes now = talk.fromAlice("now");
        const Bytes late = talk.fromAlice("late");
        const Bytes last = talk.fromAlice("last");
        QCOMPARE(opened(talk.bob, now), u"now"_s);
        QCOMPARE(opened(talk.bob, now), u"!Duplicate"_s);
        QCOMPARE(opened(talk.bob, last), u"last"_s);
        QCOMPARE(opened(talk.bob, late), u"late"_s);
        const Bytes before = stateOf(talk.bob);
        QCOMPARE(opened(talk.bob, late), u"!Duplicate"_s);
        QCOMPARE(opened(talk.bob, last), u"!Duplicate"_s);
        QVERIFY(stateOf(talk.bob) == before);
    }

    void decrypt_ofOwnMessage_isRefused()
    {
        // Reflection: what Alice sent comes back to Alice.
        Conversation talk(10);
        QCOMPARE(opened(talk.alice, talk.fromAlice("first")), u"!NotThisSession"_s);
        QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        QCOMPARE(opened(talk.alice, talk.fromAlice("later")), u"!Undecryptable"_s);
        QCOMPARE(opened(talk.bob, talk.fromBob("mine")), u"!Undecryptable"_s);
    }

    void decrypt_ofNewerVersion_saysSo()
    {
        Conversation talk(11);
        QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        Bytes message = talk.fromAlice("y");
        message[1] = 2;
        QCOMPARE(opened(talk.bob, message), u"!NewerVersion"_s);
        message[1] = 0;
        QCOMPARE(opened(talk.bob, message), u"!NotAMessage"_s);
    }

    void encrypt_afterRetry_neverRepeatsKeyOrNonce()
    {
        // The same text twice is two messages: another number, other nonces, other bytes.
        Conversation talk(12);
        std::set<Bytes> nonces;
        for (int i = 0; i < 50; ++i) {
            const Bytes message = talk.fromBob("same text");
            QVERIFY(nonces.insert(Bytes(message.begin() + 2, message.begin() + 26)).second);
            QVERIFY(nonces.insert(Bytes(message.begin() + 2354, message.begin() + 2378)).second);
            QCOMPARE(opened(talk.alice, message), u"same text"_s);
        }
    }

    void copiedState_neverRepeatsNonce_data()
    {
        QTest::addColumn<bool>("midChain");
        QTest::newRow("in the middle of a chain: equal message keys") << true;
        QTest::newRow("before a step: equal header keys") << false;
    }
    void copiedState_neverRepeatsNonce()
    {
        QFETCH(bool, midChain);
        Conversation talk(13);
        if (midChain)
            QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        const Bytes state = stateOf(talk.bob);
        std::set<Bytes> headerNonces;
        std::set<Bytes> bodyNonces;
        for (int copy = 0; copy < 20; ++copy) {
            Session restored = Session::parse(state).value();
            const Bytes message = restored.encrypt(asBytes("copy"), talk.random).value();
            QVERIFY(headerNonces.insert(Bytes(message.begin() + 2, message.begin() + 26)).second);
            QVERIFY(bodyNonces.insert(Bytes(message.begin() + 2354, message.begin() + 2378)).second);
        }
    }

    void copiedState_doesNotKillTheSession()
    {
        // Alice's vault was copied and both copies wrote. Bob takes what he can and goes on with one of them.
        Conversation talk(14);
        QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        Session copy = talk.alice.clone();
        QCOMPARE(opened(talk.bob, talk.fromAlice("original")), u"original"_s);
        const Bytes fork = copy.encrypt(asBytes("copy"), talk.random).value();
        const Bytes before = stateOf(talk.bob);
        QCOMPARE(opened(talk.bob, fork), u"!PeerBroken"_s);
        QVERIFY(stateOf(talk.bob) == before);
        QCOMPARE(opened(talk.alice, talk.fromBob("y")), u"y"_s);
        QCOMPARE(opened(talk.bob, talk.fromAlice("goes on")), u"goes on"_s);
    }

    void serialise_isDeterministicAndComplete()
    {
        Conversation talk(15);
        const Bytes late = talk.fromAlice("late");
        QCOMPARE(opened(talk.bob, talk.fromAlice("x")), u"x"_s);
        for (int turn = 0; turn < 4; ++turn) {
            for (Session *session : {&talk.alice, &talk.bob}) {
                const Bytes state = stateOf(*session);
                Session restored = Session::parse(state).value();
                QVERIFY(stateOf(restored) == state);
                QVERIFY(stateOf(session->clone()) == state);
                QCOMPARE(restored.id(), session->id());
                QCOMPARE(restored.answered(), session->answered());
                QCOMPARE(restored.skippedKeyCount(), session->skippedKeyCount());
                *session = std::move(restored);
            }
            QCOMPARE(opened(talk.alice, talk.fromBob("b")), u"b"_s);
            QCOMPARE(opened(talk.bob, talk.fromAlice("a")), u"a"_s);
        }
        QCOMPARE(opened(talk.bob, late), u"late"_s);
    }

    void parse_readsOneFormAlone()
    {
        // Each byte of a state before the first answer, of one that must step, and of one that keeps keys: what is read
        // is what would be written, flags of 2 and 3 included.
        Conversation talk(17);
        const Bytes unanswered = stateOf(talk.alice);
        (void)talk.fromAlice("lost");
        QCOMPARE(opened(talk.bob, talk.fromAlice("x")), u"x"_s);
        for (const Bytes &state : {unanswered, stateOf(talk.alice), stateOf(talk.bob)}) {
            for (std::size_t i = 0; i < state.size(); ++i) {
                Bytes damaged = state;
                damaged[i] ^= 2;
                const auto parsed = Session::parse(damaged);
                QVERIFY2(!parsed || stateOf(*parsed) == damaged, qPrintable(QString::number(i)));
            }
        }
    }

    void parse_ofCutState_isRefused()
    {
        // Cut at every byte: before the first answer, when the first answer was sent, and in the middle of a conversation.
        Conversation talk(18);
        const Bytes unanswered = stateOf(talk.alice);
        QCOMPARE(opened(talk.bob, talk.fromAlice("hello")), u"hello"_s);
        QCOMPARE(opened(talk.alice, talk.fromBob("yes")), u"yes"_s);
        const Bytes answered = stateOf(talk.bob);
        QCOMPARE(opened(talk.bob, talk.fromAlice("good")), u"good"_s);
        for (const Bytes &state : {unanswered, answered, stateOf(talk.alice)}) {
            for (std::size_t size = 0; size < state.size(); ++size)
                QVERIFY(!Session::parse(ByteView(state).first(size)));
        }
    }

    void parse_ofDamagedState_neverCrashes()
    {
        Conversation talk(16);
        (void)talk.fromAlice("lost");
        QCOMPARE(opened(talk.bob, talk.fromAlice("x")), u"x"_s);
        const Bytes message = talk.fromAlice("next");
        const Bytes state = stateOf(talk.bob);
        for (std::size_t size = 0; size < state.size(); ++size)
            QVERIFY(!Session::parse(ByteView(state).first(size)));
        Bytes longer = state;
        longer.push_back(0);
        QVERIFY(!Session::parse(longer));
        Bytes newer = state;
        newer[0] = 2;
        QCOMPARE(int(Session::parse(newer).error()), int(StateError::NewerVersion));
        // What parses must be whole: it serialises to exactly what it was read from.
        for (int i = 0; i < 400; ++i) {
            Bytes damaged = state;
            damaged[talk.random.below(damaged.size())] ^= std::uint8_t(1 + talk.random.below(255));
            auto parsed = Session::parse(damaged);
            QVERIFY(!parsed || stateOf(*parsed) == damaged);
            if (parsed) { // and can be worked with, whatever comes of it
                (void)parsed->decrypt(message, kNow);
                (void)parsed->encrypt(asBytes("x"), talk.random);
            }
        }
    }
};

TACET_TEST_UNIT("t_session", TestSession)
#include "t_session.moc"
