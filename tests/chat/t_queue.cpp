// A long queue leaves in order and in small turns: nothing that the engine does at once grows with what waits.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/chat/numbers.h"
#include "app/vault/mailbox_rows.h"

#include <QRegularExpression>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;

} // namespace

class TestQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void thousandWaiting_leaveInOrderInSmallTurns();
    void relayThatNeverAnswers_holdsUpNobody();
    void hastening_keepsWhatARelayAskedFor();
    void okForOldBytes_saysNothingAboutNewOnes();
    void manyHoles_doNotHideTheNewest();
};

void TestQueue::thousandWaiting_leaveInOrderInSmallTurns()
{
    constexpr int kMany = 1'000;
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(10 * kMinuteMs);
    one.behaviour().down = true;
    world.settle();
    QStringList said;
    for (int i = 0; i < kMany; ++i) {
        said << QString::number(i);
        must(bob->sendText(pair.bobToAlice, said.last()));
    }
    world.run(kMinuteMs); // everything has its own back-off by now
    bob.restart();
    QCOMPARE(must(bob->outbox()).waiting, kMany);
    one.behaviour().down = false;

    std::size_t mostAsked = 0;
    std::size_t mostFacts = 0;
    int mostCommits = 0;
    for (int idle = 0; idle < 5;) {
        const std::size_t asked = world.network.underWay();
        const std::size_t facts = bob.facts.size();
        const int commits = bob.commits;
        const bool did = world.network.step();
        idle = did ? 0 : idle + 1;
        if (!did)
            world.timers.advance(1);
        mostAsked = std::max(mostAsked, world.network.underWay() - std::min(asked, world.network.underWay()));
        mostFacts = std::max(mostFacts, bob.facts.size() - facts);
        mostCommits = std::max(mostCommits, bob.commits - commits);
    }
    QCOMPARE(must(bob->outbox()).waiting, 0); // in no time: nothing waited for a back-off
    // Letters, what the other side is handed of them, and its answers: some shares of what may be under way, not the thousand.
    QVERIFY2(mostAsked <= 4 * std::size_t(kMaxUnderWay), qPrintable(QString::number(mostAsked)));
    QVERIFY2(mostFacts <= 8, qPrintable(QString::number(mostFacts)));
    QVERIFY2(mostCommits <= 4, qPrintable(QString::number(mostCommits)));

    QStringList arrived;
    for (const Fact &fact : alice.facts) {
        if (const auto *stored = std::get_if<MessageStored>(&fact); stored && stored->message.system == SystemLine::None)
            arrived << stored->message.text;
    }
    QCOMPARE(arrived, said); // in the order in which they were written, each once
    QCOMPARE(alice.history(pair.aliceToBob), said);
    world.run(10 * kMinuteMs);
    for (const Message &message : bob.messages(pair.bobToAlice)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
}

void TestQueue::relayThatNeverAnswers_holdsUpNobody()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne, kTwo});
    bob.create({kOne, kTwo});
    const Pair pair = meet(world, alice, bob);
    world.run(10 * kMinuteMs);
    one.behaviour().delayMs = 100 * kDayMs; // open, and silent
    QStringList said;
    for (int i = 0; i < 200; ++i) {
        said << QString::number(i);
        must(bob->sendText(pair.bobToAlice, said.last()));
    }
    world.settle(); // no time passes
    QCOMPARE(alice.history(pair.aliceToBob), said);
    QCOMPARE(must(bob->outbox()).waiting, 0);
}

void TestQueue::hastening_keepsWhatARelayAskedFor()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(10 * kMinuteMs);
    one.behaviour().down = true;
    world.settle();
    for (int i = 0; i < 3; ++i)
        must(bob->sendText(pair.bobToAlice, QString::number(i)));
    world.run(kHourMs);
    // Back, and overworked: each is tried once now, and then when the relay likes.
    one.behaviour().down = false;
    one.behaviour().retry = "rate-limited: later";
    one.behaviour().retryAfterMs = kHourMs;
    const std::size_t before = one.attempts();
    world.run(20 * kMinuteMs);
    QVERIFY(one.attempts() - before <= 8); // three texts and what else waited, once
    one.behaviour().retry.clear();
    world.run(2 * kHourMs);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"0"_s, u"1"_s, u"2"_s}));
}

void TestQueue::okForOldBytes_saysNothingAboutNewOnes()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(kHourMs);
    const auto letters = [&] {
        std::size_t count = 0;
        vault::Snapshot snapshot(*alice.db);
        for (const vault::MailboxRow &row : vault::readMailboxesOf(*alice.db, pair.aliceToBob.bytes))
            count += one.storedFor(crypto::NostrPublicKey{row.publicKey});
        static_cast<void>(snapshot.finish());
        return count;
    };
    const std::size_t before = letters();
    one.behaviour().delayMs = 5 * kSecondMs; // the answer is on its way
    must(bob->sendText(pair.bobToAlice, u"withdrawn"_s));
    must(bob->deleteForMe(bob.messages(pair.bobToAlice).last().id)); // other bytes under the same number
    for (int i = 0; i < 20; ++i)
        world.run(kSecondMs);
    QCOMPARE(letters(), before + 2);
}

void TestQueue::manyHoles_doNotHideTheNewest()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(kHourMs);
    // Every second one of Bob's first thousand is lost for good.
    constexpr int kMany = 1'000;
    static_assert(kMany / 2 > 2 * kMaxRangesSent);
    {
        vault::Transaction transaction(*bob.db);
        bob.db->exec("UPDATE contacts SET own_sequence = ?1", kMany);
        QVERIFY(transaction.commit().ok());
    }
    {
        vault::Transaction transaction(*alice.db);
        auto numbers = Numbers::all(*alice.db, pair.aliceToBob).back();
        for (int i = 1; i <= kMany; i += 2) {
            numbers.received.add(i);
            numbers.closed.add(i + 1);
        }
        Numbers::store(*alice.db, pair.aliceToBob, numbers);
        QVERIFY(transaction.commit().ok());
    }
    QList<MessageId> texts;
    for (int i = 0; i < 3; ++i) {
        texts << must(bob->sendText(pair.bobToAlice, u"new"_s));
        world.run(10 * kMinuteMs);
    }
    for (const MessageId &text : texts)
        QCOMPARE(must(bob->message(text)).state, MessageState::Delivered);
}

TACET_TEST_UNIT("t_queue", TestQueue)
#include "t_queue.moc"
