// Restores that cross, that follow each other, and that a clock dates in the time to come.
#include "tests/chat/restoring.h"
#include "tests/support/unit_registry.h"

#include "app/chat/payload.h"
#include "app/vault/outbox_rows.h"
#include "app/vault/session_rows.h"
#include "crypto/gift_wrap.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

/// The session that this person began.
vault::Bytes32 begunBy(Person &person)
{
    const ContactId chat = person.chatWith();
    vault::Snapshot snapshot(*person.db);
    for (const vault::SessionRow &session : vault::readSessions(*person.db, chat.bytes)) {
        if (!session.byPeer)
            return session.id;
    }
    qFatal("%s began none", person.name.c_str());
}

/// What this person's first flight is, and where it goes.
vault::OutboxRow firstFlightOf(Person &person)
{
    const ContactId chat = person.chatWith();
    vault::Snapshot snapshot(*person.db);
    for (vault::OutboxRow &row : vault::readOutboxOf(*person.db, chat.bytes)) {
        if (row.kind == int(PayloadKind::Hello) && row.sealed && row.mailbox)
            return std::move(row);
    }
    qFatal("%s says nothing", person.name.c_str());
}

} // namespace

class TestRestoreAgain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void restoredTwice_whileTheOtherIsAway_newestFirst_isNoAlarm();
    void bothRestored_oneHandshakeComesLate_isNoAlarm();
    void clockHoursAhead_thenAgain();
    void clockBehindTheFirst_isAnswered();
    void clockHoursAhead_copyFromBeforeDoesNotTakeOver();
    void secondAYearAhead_isAnswered();
    void secondOfOneBackup_withItsClockBehind_countsAfterALink();
};

void TestRestoreAgain::restoredTwice_whileTheOtherIsAway_newestFirst_isNoAlarm()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    t.bob.close();
    t.one.behaviour().newestFirst = true;
    Person &first = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    first.close();
    Person &second = restored(t.world, file, "alice3");
    t.world.run(kMinute);
    t.bob.open();
    t.world.run(kHour);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke), 0);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
    t.say(t.bob, u"b1"_s);
    t.say(second, u"a1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(second), (QStringList{u"b0"_s, u"b1"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke), 0);
}

void TestRestoreAgain::bothRestored_oneHandshakeComesLate_isNoAlarm()
{
    int hersBefore = 0; // her session goes before his
    for (const quint64 seed : {1, 2, 3, 4, 5, 6}) {
        Two t(seed);
        const auto hers = backUp(t.alice, "alice");
        const auto his = backUp(t.bob, "bob");
        t.alice.close();
        t.bob.close();
        t.one.behaviour().lieInOk = true;
        Person &alice = restored(t.world, hers, "alice2");
        t.world.run(1000);
        t.one.behaviour().lieInOk = false;
        const vault::OutboxRow late = firstFlightOf(alice); // held back by the relay
        Person &bob = restored(t.world, his, "bob2");
        t.world.run(kMinute);
        QCOMPARE(alice.summary().link, Link::Live);
        QCOMPARE(bob.summary().link, Link::Live);
        hersBefore += begunBy(alice) < begunBy(bob) ? 1 : 0;
        t.world.network.inject(t.one.url(), *crypto::wrap(*late.sealed, crypto::NostrPublicKey{*late.mailbox},
                                                          t.world.clock.wallSeconds(), alice.random));
        t.world.run(kMinute);
        t.say(alice, u"a1"_s);
        t.say(bob, u"b1"_s);
        t.world.run(kHour);
        t.say(alice, u"a2"_s);
        QCOMPARE(Two::received(bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s}));
        QCOMPARE(Two::received(alice), (QStringList{u"b0"_s, u"b1"_s}));
        QCOMPARE(activeOf(alice), activeOf(bob));
        QCOMPARE(bob.countLines(bob.chatWith(), SystemLine::PeerRestored), 1); // he learns it once
        QCOMPARE(bob.countLines(bob.chatWith(), SystemLine::OldSessionSpoke), 0);
        QCOMPARE(alice.countLines(alice.chatWith(), SystemLine::OldSessionSpoke), 0);
    }
    QVERIFY(hersBefore > 0);
}

void TestRestoreAgain::clockHoursAhead_thenAgain()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &ahead = restoredAhead(t.world, file, "alice2", 8 * kHour);
    t.world.run(kMinute);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
    t.say(ahead, u"a1"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(ahead), (QStringList{u"b0"_s, u"b1"_s}));
    ahead.close();
    Person &right = restored(t.world, file, "alice3"); // with the clock set right
    t.world.run(kHour);
    QCOMPARE(right.summary().link, Link::Live);
    t.say(right, u"a2"_s);
    t.say(t.bob, u"b2"_s);
    t.world.run(kDay); // past the time of the first
    t.say(right, u"a3"_s);
    QCOMPARE(Two::received(right), (QStringList{u"b0"_s, u"b1"_s, u"b2"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s, u"a3"_s}));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 2);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke), 0);
}

void TestRestoreAgain::clockBehindTheFirst_isAnswered()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &first = restored(t.world, file, "alice2");
    t.world.run(kHour);
    t.say(first, u"a1"_s);
    const auto later = backUp(first, "later");
    first.close();
    Person &second = restoredAhead(t.world, later, "alice3", -2 * kDay); // an empty battery
    t.world.run(kHour);
    QCOMPARE(second.summary().link, Link::Live);
    t.say(second, u"a2"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(second), (QStringList{u"b0"_s, u"b1"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s}));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 2);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke), 0);
}

void TestRestoreAgain::clockHoursAhead_copyFromBeforeDoesNotTakeOver()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close(); // stolen, not lost
    Person &again = restoredAhead(t.world, file, "alice2", 8 * kHour);
    t.world.run(kMinute);
    t.say(again, u"it is me"_s);
    again.close();
    execute(t.alice, "DELETE FROM sessions"); // so that the copy begins one
    t.alice.open();
    t.world.run(2 * kHour);
    t.alice.close();
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
    t.say(t.bob, u"to the one who came back"_s);
    again.open();
    t.world.run(kMinute);
    QVERIFY(Two::received(again).contains(u"to the one who came back"_s));
}

void TestRestoreAgain::secondAYearAhead_isAnswered()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &first = restored(t.world, file, "alice2");
    t.world.run(kHour);
    t.say(first, u"a1"_s);
    first.close();
    Person &second = restoredAhead(t.world, file, "alice3", 365 * kDay);
    t.world.run(kHour);
    QCOMPARE(second.summary().link, Link::Live);
    t.say(second, u"a2"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QVERIFY(Two::received(second).contains(u"b1"_s));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s}));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1); // of the first one alone
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke), 0);
}

void TestRestoreAgain::secondOfOneBackup_withItsClockBehind_countsAfterALink()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &first = restored(t.world, file, "alice2");
    t.world.run(kHour);
    t.say(first, u"a1"_s);
    first.close();
    Person &second = restoredAhead(t.world, file, "alice3", -2 * kDay);
    t.world.run(kHour);
    QCOMPARE(second.summary().link, Link::Reconnecting);
    const Invitation link = must(second->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    must(t.bob->startChat(link.link, t.pair.bobToAlice));
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(second.summary().link, Link::Live);
    t.say(second, u"a2"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QVERIFY(Two::received(second).contains(u"b1"_s));
    QVERIFY(Two::received(t.bob).contains(u"a2"_s));
}

TACET_TEST_UNIT("t_restore_again", TestRestoreAgain)
#include "t_restore_again.moc"
