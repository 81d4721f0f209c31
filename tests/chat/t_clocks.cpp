// Dates and clocks: relays that refuse old envelopes, computers whose clock is days off, relays that lie about the time.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/mailbox_rows.h"

#include <QRegularExpression>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;
constexpr std::int64_t kHourSeconds = 3600;
constexpr std::int64_t kDaySeconds = 24 * kHourSeconds;

struct Two {
    Two()
        : one(world.relay("wss://one.example")), two(world.relay("wss://two.example")), alice(world.person("alice")),
          bob(world.person("bob"))
    {
        alice.create({kOne, kTwo});
        bob.create({kOne, kTwo});
    }
    /// Both relays go by this clock, tell it, and take what is at most an hour old and a quarter of an hour ahead.
    void strictBy(std::int64_t aheadSeconds)
    {
        for (ScriptedRelay *relay : {&one, &two}) {
            relay->behaviour().clockAheadSeconds = aheadSeconds;
            relay->behaviour().tellsTheTime = true;
            relay->behaviour().oldestSeconds = kHourSeconds;
            relay->behaviour().newestSeconds = 900;
        }
    }
    void meetAndSettle()
    {
        pair = meet(world, alice, bob);
        world.run(10 * kMinuteMs);
    }
    QStringList atAlice() { return alice.history(pair.aliceToBob).filter(QRegularExpression(u"^[^>]"_s)); }
    static QList<qint64> hints(const Person &person)
    {
        QList<qint64> all;
        for (const Fact &fact : person.facts) {
            if (const auto *hint = std::get_if<ClockSeemsWrong>(&fact))
                all.append(hint->offByMs);
        }
        return all;
    }

    World world;
    ScriptedRelay &one;
    ScriptedRelay &two;
    Person &alice;
    Person &bob;
    Pair pair;
};

} // namespace

class TestClocks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oldDateRefused_freshWrapOfTheSameBytesAtOnce();
    void clockDaysOff_conversationGoesOn_data();
    void clockDaysOff_conversationGoesOn();
    void tenDaysOffline_clockNineDaysOff_strictRelay_readOnce();
    void oneRelayLiesAboutTheTime_noHint();
    void clockThatIsRight_noHint();
    void ownComputer_isNoWitness();
    void hint_isToldAgainWhenItChanges();
    void locked_datesAnewToo();
    void clockOnceAhead_isReadAsBefore_data();
    void clockOnceAhead_isReadAsBefore();
    void clockOnceAhead_oldPrekeysStay();
    void clockOfTheOtherBehind_isReadDaily();
};

void TestClocks::oldDateRefused_freshWrapOfTheSameBytesAtOnce()
{
    Two t;
    t.meetAndSettle();
    t.one.behaviour().oldestSeconds = kHourSeconds;
    t.two.behaviour().down = true;
    t.world.settle();
    const std::size_t before = t.one.stored().size();
    const MessageId id = must(t.bob->sendText(t.pair.bobToAlice, u"fresh"_s));
    t.world.settle(); // no time passes
    QCOMPARE(t.atAlice(), QStringList{u"fresh"_s});
    QCOMPARE(must(t.bob->message(id)).state, MessageState::OnRelay);
    for (std::size_t i = before; i < t.one.stored().size(); ++i)
        QVERIFY(t.one.stored()[i].createdAt >= t.world.clock.wallSeconds() - kHourSeconds);
    // From then on it is dated so at the first try.
    const std::size_t attempts = t.one.attempts();
    must(t.bob->sendText(t.pair.bobToAlice, u"again"_s));
    t.world.settle();
    QCOMPARE(t.atAlice(), (QStringList{u"fresh"_s, u"again"_s}));
    QVERIFY(t.one.attempts() <= attempts + 2); // the text, perhaps a receipt
    // A relay that takes what it is given still gets dates of two days.
    t.two.behaviour().down = false;
    t.world.run(2 * kHourMs);
    std::int64_t oldest = t.world.clock.wallSeconds();
    const std::size_t known = t.two.stored().size();
    for (int i = 0; i < 20; ++i)
        must(t.bob->sendText(t.pair.bobToAlice, u"more"_s));
    t.world.settle();
    for (std::size_t i = known; i < t.two.stored().size(); ++i)
        oldest = std::min(oldest, t.two.stored()[i].createdAt);
    QVERIFY(oldest < t.world.clock.wallSeconds() - kDaySeconds);
    t.world.run(kHourMs);
    QCOMPARE(t.atAlice().size(), 22);
}

void TestClocks::clockDaysOff_conversationGoesOn_data()
{
    QTest::addColumn<qint64>("aheadSeconds");
    QTest::newRow("nine days behind") << qint64(9 * kDaySeconds);
    QTest::newRow("nine days ahead") << qint64(-9 * kDaySeconds);
    QTest::newRow("a day ahead") << qint64(-kDaySeconds);
}

void TestClocks::clockDaysOff_conversationGoesOn()
{
    QFETCH(qint64, aheadSeconds);
    Two t;
    t.strictBy(aheadSeconds);
    t.meetAndSettle();
    QCOMPARE(t.bob.summary().link, Link::Live);
    for (int i = 0; i < 4; ++i) {
        must(t.bob->sendText(t.pair.bobToAlice, QString::number(i)));
        t.world.run(kHourMs);
    }
    QCOMPARE(t.atAlice(), (QStringList{u"0"_s, u"1"_s, u"2"_s, u"3"_s}));
    for (const Message &message : t.bob.messages(t.pair.bobToAlice)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
    QCOMPARE(Two::hints(t.bob), QList<qint64>{-aheadSeconds * kSecondMs}); // once, and nothing waited for it
    t.alice.restart();
    t.bob.restart();
    t.world.run(kDayMs);
    QCOMPARE(t.atAlice().size(), 4);
}

void TestClocks::tenDaysOffline_clockNineDaysOff_strictRelay_readOnce()
{
    for (const int direction : {-1, 1}) {
        Two t;
        t.strictBy(0);
        t.meetAndSettle();
        t.bob.close();
        t.world.run(10 * kDayMs);
        t.alice.close();
        // Bob is back; his clock is nine days off, that of the relays is not.
        t.world.clock.jumpWall(direction * 9 * kDayMs);
        t.strictBy(-direction * 9 * kDaySeconds);
        t.two.behaviour().down = true;
        t.bob.open();
        for (const char *text : {"a", "b", "c"})
            must(t.bob->sendText(t.pair.bobToAlice, QString::fromLatin1(text)));
        t.world.run(kHourMs);
        QCOMPARE(must(t.bob->outbox()).waiting, 0);
        t.bob.close();
        t.world.clock.jumpWall(-direction * 9 * kDayMs);
        t.strictBy(0);
        t.two.behaviour().down = false;
        t.alice.open();
        t.world.run(kHourMs);
        QCOMPARE(t.atAlice(), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        t.bob.open();
        t.alice.restart();
        t.world.run(2 * kDayMs);
        QCOMPARE(t.atAlice(), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::Gap), 0);
    }
}

void TestClocks::oneRelayLiesAboutTheTime_noHint()
{
    Two t;
    t.one.behaviour().clockAheadSeconds = 9 * kDaySeconds;
    t.one.behaviour().tellsTheTime = true;
    t.meetAndSettle();
    QVERIFY(Two::hints(t.bob).isEmpty()); // alone
    t.two.behaviour().tellsTheTime = true;
    t.bob.restart();
    t.world.run(kHourMs);
    QVERIFY(Two::hints(t.bob).isEmpty()); // against another
    must(t.bob->sendText(t.pair.bobToAlice, u"hello"_s));
    t.world.run(kMinuteMs);
    QCOMPARE(t.atAlice(), QStringList{u"hello"_s});
}

void TestClocks::clockThatIsRight_noHint()
{
    Two t;
    t.strictBy(90); // nobody's clock is exact
    t.meetAndSettle();
    QVERIFY(Two::hints(t.bob).isEmpty());
    QVERIFY(Two::hints(t.alice).isEmpty());
}

void TestClocks::ownComputer_isNoWitness()
{
    World world;
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    const QString loopback = u"ws://127.0.0.1:7447"_s;
    const QString onion = u"ws://"_s + QString(56, u'a') + u".onion"_s;
    for (const QString &url : QStringList{loopback, onion, kOne, kTwo}) {
        RelayBehaviour &behaviour = world.relay(qPrintable(url)).behaviour();
        behaviour.tellsTheTime = true;
        behaviour.onThisComputer = url == loopback || url == onion; // those have the clock in question
        behaviour.clockAheadSeconds = behaviour.onThisComputer ? 0 : 9 * kDaySeconds;
    }
    alice.create({loopback, onion, kOne});
    bob.create({kOne});
    meet(world, alice, bob);
    must(alice->addRelayUntested(kTwo));
    world.run(kMinuteMs);
    QCOMPARE(Two::hints(alice), QList<qint64>{-9 * kDayMs});
}

void TestClocks::hint_isToldAgainWhenItChanges()
{
    Two t;
    t.strictBy(9 * kDaySeconds);
    t.meetAndSettle();
    QCOMPARE(Two::hints(t.alice).size(), 1);
    t.strictBy(0); // set right
    for (ScriptedRelay *relay : {&t.one, &t.two})
        relay->behaviour().down = true;
    t.world.settle();
    for (ScriptedRelay *relay : {&t.one, &t.two})
        relay->behaviour().down = false;
    t.world.run(kHourMs);
    QCOMPARE(Two::hints(t.alice).size(), 1);
    t.strictBy(-9 * kDaySeconds); // and wrong the other way
    for (ScriptedRelay *relay : {&t.one, &t.two})
        relay->behaviour().down = true;
    t.world.settle();
    for (ScriptedRelay *relay : {&t.one, &t.two})
        relay->behaviour().down = false;
    t.world.run(kHourMs);
    QCOMPARE(Two::hints(t.alice).last(), 9 * kDayMs);
}

void TestClocks::locked_datesAnewToo()
{
    Two t;
    t.meetAndSettle();
    t.one.behaviour().retry = "rate-limited: later";
    t.two.behaviour().retry = "rate-limited: later";
    must(t.bob->sendText(t.pair.bobToAlice, u"made before"_s));
    t.world.settle();
    LockedState state = must(t.bob->lockedState());
    const auto spool = t.bob.file.parent_path() / "spool-of-bob";
    t.bob.close();
    t.strictBy(9 * kDaySeconds);
    t.one.behaviour().retry.clear();
    t.two.behaviour().retry.clear();
    SeededRandom random(4);
    const auto port = t.world.network.makePort();
    {
        LockedReceiver locked(std::move(state), spool, *port, t.world.clock, t.world.timers, random, [] {});
        locked.start();
        t.world.run(kMinuteMs);
    }
    QCOMPARE(t.atAlice(), QStringList{u"made before"_s});
}

void TestClocks::clockOnceAhead_isReadAsBefore_data()
{
    QTest::addColumn<int>("days");
    QTest::newRow("nine days") << 9;
    QTest::newRow("forty days") << 40;
}

void TestClocks::clockOnceAhead_isReadAsBefore()
{
    QFETCH(int, days);
    Two t;
    t.meetAndSettle();
    t.alice.close();
    t.world.clock.jumpWall(days * kDayMs); // a computer that boots with a wrong clock
    t.alice.open();
    t.world.run(kMinuteMs);
    t.alice.close();
    t.world.clock.jumpWall(-days * kDayMs); // and is set right
    t.alice.open();
    t.world.run(kMinuteMs);
    must(t.bob->sendText(t.pair.bobToAlice, u"live"_s));
    t.world.run(kMinuteMs);
    QCOMPARE(t.atAlice(), QStringList{u"live"_s});
    t.alice.close();
    must(t.bob->sendText(t.pair.bobToAlice, u"while away"_s));
    t.world.run(kMinuteMs);
    t.alice.open();
    t.world.run(kMinuteMs);
    QCOMPARE(t.atAlice(), (QStringList{u"live"_s, u"while away"_s}));
    // From now on the cursors rise as ever: what was read is not asked for once more.
    vault::Snapshot snapshot(*t.alice.db);
    for (const vault::MailboxRow &mailbox : vault::readMailboxes(*t.alice.db)) {
        for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(*t.alice.db, mailbox.publicKey))
            QVERIFY(at.syncedSeconds.value_or(0) <= t.world.clock.wallSeconds());
    }
    QVERIFY(snapshot.finish().ok());
}

void TestClocks::clockOnceAhead_oldPrekeysStay()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    alice.create({kOne});
    const Invitation invitation = must(alice->createInvitation(InvitationKind::Reusable, {}));
    world.run(kPrekeyRenewalMs + kDayMs);
    const auto halves = [&] {
        vault::Snapshot snapshot(*alice.db);
        int count = 0;
        for (const vault::PrekeyRow &each : vault::readPrekeysOf(*alice.db, invitation.id.bytes))
            count += each.state ? 1 : 0;
        static_cast<void>(snapshot.finish());
        return count;
    };
    QCOMPARE(halves(), 2);
    alice.close();
    world.clock.jumpWall(40 * kDayMs);
    alice.open();
    world.run(kMinuteMs);
    alice.close();
    world.clock.jumpWall(-40 * kDayMs);
    const int before = (alice.open(), halves());
    world.run(kDayMs);
    QCOMPARE(before, 4); // it was renewed by the wrong clock, and by the right one: nobody may use that bundle for forty days
    QCOMPARE(halves(), 4);
}

void TestClocks::clockOfTheOtherBehind_isReadDaily()
{
    Two t;
    t.meetAndSettle();
    t.alice.close();
    t.bob.close();
    t.world.clock.jumpWall(-10 * kDayMs); // Bob's computer alone
    t.bob.open();
    must(t.bob->sendText(t.pair.bobToAlice, u"from behind"_s));
    t.world.run(kMinuteMs);
    t.bob.close();
    t.world.clock.jumpWall(10 * kDayMs);
    // Alice's computer runs for some hours each day.
    for (int day = 0; day < 2; ++day) {
        t.alice.open();
        t.world.run(8 * kHourMs);
        t.alice.close();
        t.world.run(16 * kHourMs);
    }
    t.alice.open();
    t.world.run(kMinuteMs);
    QCOMPARE(t.atAlice(), QStringList{u"from behind"_s});
}

TACET_TEST_UNIT("t_clocks", TestClocks)
#include "t_clocks.moc"
