// Random schedules against a model (PROTOCOL §5): a network that loses, delays, doubles, reorders and damages;
// two people who write when they like, store and reload their states, and sometimes both begin. The model knows
// what was sent and what was opened, and nothing of keys.
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <map>
#include <set>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

struct InFlight {
    Bytes message;
    std::string text;
    bool lateAllowed = true; ///< within the eight chains and thousand keys that are kept
};

class Schedule {
public:
    explicit Schedule(std::uint64_t seed) : m_talk(seed), m_dice(seed ^ 0x5EED) { }

    /// Empty when everything went as the model says.
    QString run(int steps)
    {
        for (int step = 0; step < steps && m_trouble.isEmpty(); ++step) {
            switch (m_dice.below(16)) {
            case 0: case 1: case 2: case 3: write(true); break;
            case 4: case 5: case 6: case 7: write(false); break;
            case 8: case 9: case 10: deliver(true); break;
            case 11: case 12: case 13: deliver(false); break;
            case 14: reload(); break;
            case 15: damage(); break;
            }
        }
        // In the end both are in step again, whatever was lost.
        for (int i = 0; i < 2 && m_trouble.isEmpty(); ++i) {
            expect(m_talk.bob, m_talk.fromAlice("end"), "end");
            expect(m_talk.alice, m_talk.fromBob("end"), "end");
        }
        return m_trouble;
    }

    int openedCount() const { return int(m_opened.size()); }

private:
    void write(bool byAlice)
    {
        std::string text = (byAlice ? "a" : "b") + std::to_string(m_serial++);
        text.resize(text.size() + m_dice.below(900), '.');
        Bytes message = byAlice ? m_talk.fromAlice(text) : m_talk.fromBob(text);
        if (!m_nonces.insert(Bytes(message.end() - 48, message.end())).second)
            m_trouble = u"two messages end alike"_s;
        if (m_dice.below(6) != 0) // else: lost
            (byAlice ? m_toBob : m_toAlice).push_back({std::move(message), std::move(text)});
    }

    void deliver(bool toBob)
    {
        auto &queue = toBob ? m_toBob : m_toAlice;
        if (queue.empty())
            return;
        // Mostly in order, sometimes any; sometimes it stays and comes again.
        const std::size_t index = m_dice.below(3) ? 0 : m_dice.below(queue.size());
        const InFlight item = queue[index];
        if (m_dice.below(5) != 0)
            queue.erase(queue.begin() + std::ptrdiff_t(index));
        Session &reader = toBob ? m_talk.bob : m_talk.alice;
        if (m_opened.count(item.text)) {
            const Bytes before = stateOf(reader);
            const QString result = opened(reader, item.message);
            // Of a chain without kept keys even the header is unknown: a late copy is then rubbish, never a text.
            if (result != u"!Duplicate"_s && result != u"!Undecryptable"_s)
                m_trouble = u"second copy of %1: %2"_s.arg(QString::fromStdString(item.text.substr(0, 8)), result);
            if (stateOf(reader) != before)
                m_trouble = u"a duplicate changed the state"_s;
        } else {
            expect(reader, item.message, item.text);
            m_opened.insert(item.text);
        }
        trim(queue);
    }

    /// What waits too long falls out of the eight chains that are kept; such messages are lost, by the limits.
    void trim(std::vector<InFlight> &queue)
    {
        if (queue.size() > 6)
            queue.erase(queue.begin());
    }

    void expect(Session &reader, const Bytes &message, const std::string &text)
    {
        const QString result = opened(reader, message);
        if (result != QString::fromStdString(text))
            m_trouble = u"expected %1, got %2"_s.arg(QString::fromStdString(text.substr(0, 8)), result.left(16));
    }

    void reload()
    {
        for (Session *session : {&m_talk.alice, &m_talk.bob})
            *session = Session::parse(session->serialise().view()).value();
    }

    void damage()
    {
        auto &queue = m_dice.below(2) ? m_toBob : m_toAlice;
        if (queue.empty())
            return;
        Session &reader = &queue == &m_toBob ? m_talk.bob : m_talk.alice;
        Bytes message = queue[m_dice.below(queue.size())].message;
        message[m_dice.below(message.size())] ^= std::uint8_t(1 + m_dice.below(255));
        const Bytes before = stateOf(reader);
        if (reader.decrypt(message, kNow))
            m_trouble = u"a damaged message opened"_s;
        if (stateOf(reader) != before)
            m_trouble = u"a damaged message changed the state"_s;
    }

    Conversation m_talk;
    SeededRandom m_dice;
    std::vector<InFlight> m_toAlice;
    std::vector<InFlight> m_toBob;
    std::set<std::string> m_opened;
    std::set<Bytes> m_nonces;
    int m_serial = 0;
    QString m_trouble;
};

} // namespace

class TestRatchetSchedules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void randomSchedules_agreeWithTheModel()
    {
        int openedInAll = 0;
        for (std::uint64_t seed = 1000; seed < 1040; ++seed) {
            Schedule schedule(seed);
            const QString trouble = schedule.run(150);
            QVERIFY2(trouble.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(trouble)));
            openedInAll += schedule.openedCount();
        }
        QVERIFY(openedInAll > 40 * 25); // the schedules do deliver: the model has something to compare
    }

    void simultaneousStarts_withLosses_endInOneSession()
    {
        for (std::uint64_t seed = 2000; seed < 2020; ++seed) {
            TwoParties parties(seed);
            SeededRandom dice(seed + 1);
            const Link back = Link::create(LinkType::OneTime, parties.alice.publicKey(), {"wss://relay.example"}, parties.random).value();
            const MadeBundle hers = makeBundle(parties.alice, back, cardOf("Alice"), parties.random).value();
            Session aliceOut = parties.initiate();
            Session bobOut = Session::initiate(parties.bob, openBundle(hers.sealed, back, kNow)->prekeys(back), parties.random).value();
            // Each writes one to three first messages; any one of them arrives first.
            const auto arriving = [&](Session &session) {
                std::vector<Bytes> sent;
                for (std::uint64_t i = 0; i <= dice.below(3); ++i)
                    sent.push_back(session.encrypt(asBytes("start"), parties.random).value());
                return sent[dice.below(sent.size())];
            };
            Session bobIn = std::move(parties.accept(arriving(aliceOut))->session);
            Session aliceIn = std::move(Session::accept(parties.alice, hers.prekeys, arriving(bobOut), kNow)->session);
            Session &alice = winsOver(aliceOut.id(), aliceIn.id()) ? aliceOut : aliceIn;
            Session &bob = winsOver(bobOut.id(), bobIn.id()) ? bobOut : bobIn;
            QCOMPARE(alice.id(), bob.id());
            for (int turn = 0; turn < 3; ++turn) {
                QCOMPARE(opened(bob, alice.encrypt(asBytes("a"), parties.random).value()), u"a"_s);
                QCOMPARE(opened(alice, bob.encrypt(asBytes("b"), parties.random).value()), u"b"_s);
            }
            // What still comes through the losing session is read as well.
            Session &losing = &alice == &aliceOut ? bobOut : aliceOut;
            Session &reader = &alice == &aliceOut ? aliceIn : bobIn;
            QCOMPARE(opened(reader, losing.encrypt(asBytes("late"), parties.random).value()), u"late"_s);
        }
    }

    void stolenState_healsAfterOneRound()
    {
        // Mallory copies both states; after each side turned once with fresh randomness the copies read nothing.
        Conversation talk(82);
        QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        Session copyOfAlice = talk.alice.clone();
        Session copyOfBob = talk.bob.clone();
        const Bytes first = talk.fromAlice("still readable");
        QCOMPARE(opened(copyOfBob, first), u"still readable"_s);
        QCOMPARE(opened(talk.bob, first), u"still readable"_s);
        const Bytes second = talk.fromBob("healed");
        QCOMPARE(opened(talk.alice, second), u"healed"_s);
        QVERIFY(opened(copyOfAlice, second).startsWith(u'!'));
        const Bytes third = talk.fromAlice("healed too");
        QCOMPARE(opened(talk.bob, third), u"healed too"_s);
        QVERIFY(opened(copyOfBob, third).startsWith(u'!'));
        // Headers lag by one turn: these two still show their place, the next ones do not.
        QVERIFY(copyOfAlice.missingBefore(second) && copyOfBob.missingBefore(third));
        const Bytes fourth = talk.fromBob("headers too");
        QCOMPARE(opened(talk.alice, fourth), u"headers too"_s);
        const Bytes fifth = talk.fromAlice("headers too");
        QCOMPARE(opened(talk.bob, fifth), u"headers too"_s);
        QVERIFY(!copyOfAlice.missingBefore(fourth) && !copyOfBob.missingBefore(fifth));
    }

    void pastMessages_stayClosedToAStolenState()
    {
        Conversation talk(83);
        QCOMPARE(opened(talk.alice, talk.fromBob("x")), u"x"_s);
        const Bytes old = talk.fromAlice("old");
        QCOMPARE(opened(talk.bob, old), u"old"_s);
        Session stolen = talk.bob.clone();
        QCOMPARE(opened(stolen, old), u"!Duplicate"_s);
        QCOMPARE(opened(talk.alice, talk.fromBob("y")), u"y"_s);
        QCOMPARE(opened(talk.bob, talk.fromAlice("z")), u"z"_s);
        stolen = talk.bob.clone();
        QCOMPARE(opened(stolen, old), u"!Undecryptable"_s);
    }
};

TACET_TEST_UNIT("t_ratchet_schedules", TestRatchetSchedules)
#include "t_ratchet_schedules.moc"
