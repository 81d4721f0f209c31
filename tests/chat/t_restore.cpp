// Coming back from a backup: the conversation goes on, the other side is told, nothing is repeated.
#include "tests/chat/failing_results.h"
#include "tests/chat/restoring.h"
#include "tests/support/unit_registry.h"

#include "crypto/session.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;

} // namespace

class TestRestore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void restored_goesOnAndPeerIsTold();
    void restored_whatCameAfterTheBackupComesAgain();
    void restored_withTheClockBehind();
    void restored_fromBeforeTheRelayWasReplaced_data();
    void restored_fromBeforeTheRelayWasReplaced();
    void restored_withTheClockAYearAhead_thenAgain();
    void restored_markCanBeTakenAway();
    void restored_underAVoidNumber_writesNothingBeforeTheAnswer();
    void restoredContactThatBeginsAnew_isTakenWhateverComesFirst_data();
    void restoredContactThatBeginsAnew_isTakenWhateverComesFirst();
    void deletedText_staysDeletedWhenItComesAgain();
    void bothRestored_fromBackupsOfDifferentAge();
    void bothRestored_aDayApart();
    void bothRestored_whileARelayReplaysEverything();
    void oldVaultThatStillSpeaks_isAnAlarm();
    void oldVaultThatBeginsAnew_doesNotTakeOver();
    void unacknowledged_goAgainUnderTheSameIds();
    void invitations_areRenewed();
    void inviterRestored_whoOpenedBeforeIsMet();
    void textBehindALinkThatWasNotFetched_goesAfterARestore();
    void fullDiskWhileMeetingAgain_doesNotCount();
};

void TestRestore::restored_goesOnAndPeerIsTold()
{
    Two t;
    const auto numbers = must(t.alice->safetyNumber(t.pair.aliceToBob)).groups;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    t.world.run(kDay);
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    QCOMPARE(again.chatWith(), t.pair.aliceToBob);
    QCOMPARE(again.summary().trust, Trust::VerifiedBeforeRestore);
    QCOMPARE(again.summary().link, Link::Live);
    QCOMPARE(must(again->safetyNumber(t.pair.aliceToBob)).groups, numbers);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
    QVERIFY(t.bob.summary().peerRestoredMs > 0);
    QCOMPARE(again.history(t.pair.aliceToBob), (QStringList{u"b0"_s, u"> a0"_s}));
    t.say(t.bob, u"b1"_s);
    t.say(again, u"a1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke), 0);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::Gap), 0);
    again.restart();
    t.world.run(kDay);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
}

void TestRestore::restored_whatCameAfterTheBackupComesAgain()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    for (int i = 1; i < 6; ++i) {
        t.say(t.bob, u"b%1"_s.arg(i));
        t.say(t.alice, u"a%1"_s.arg(i));
    }
    t.world.run(kHour); // delivered and acknowledged: Bob's outbox has forgotten them
    t.alice.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    t.say(t.bob, u"b6"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s, u"b2"_s, u"b3"_s, u"b4"_s, u"b5"_s, u"b6"_s}));
    t.say(again, u"a6"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob),
             (QStringList{u"a0"_s, u"a1"_s, u"a2"_s, u"a3"_s, u"a4"_s, u"a5"_s, u"a6"_s}));
}

void TestRestore::restored_fromBeforeTheRelayWasReplaced_data()
{
    QTest::addColumn<qint64>("clockAhead");
    QTest::newRow("clock right") << qint64(0);
    QTest::newRow("clock two days behind") << -2 * kDay;
}

void TestRestore::restored_fromBeforeTheRelayWasReplaced()
{
    QFETCH(qint64, clockAhead);
    Two t;
    t.world.relay("wss://two.example");
    const QString two = u"wss://two.example"_s;
    must(t.bob->allowHost(u"two.example"_s));
    const auto file = backUp(t.alice, "alice");
    t.world.run(kHour);
    must(t.alice->addRelayUntested(two));
    must(t.alice->removeRelay(kOne));
    t.world.run(kHour);
    t.say(t.bob, u"b1"_s); // goes to the second
    t.alice.close();
    t.world.run(kDay);
    Person &again = restoredAhead(t.world, file, "alice2", clockAhead); // reads at the first
    t.world.run(kHour);
    QCOMPARE(again.summary().link, Link::Live);
    t.say(again, u"a1"_s);
    t.say(t.bob, u"b2"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s, u"b2"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
}

void TestRestore::restored_withTheClockBehind()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    t.world.clock.jumpWall(-9 * kDay);
    Person &again = restored(t.world, file, "alice2");
    t.world.clock.jumpWall(9 * kDay);
    t.world.run(kHour);
    QCOMPARE(again.summary().link, Link::Live);
    t.say(again, u"a1"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
}

void TestRestore::bothRestored_fromBackupsOfDifferentAge()
{
    Two t;
    const auto hers = backUp(t.alice, "alice");
    t.world.run(40 * kDay); // rendezvous records were renewed meanwhile
    t.say(t.bob, u"b1"_s);
    const auto his = backUp(t.bob, "bob");
    t.alice.close();
    t.bob.close();
    Person &alice = restored(t.world, hers, "alice2");
    Person &bob = restored(t.world, his, "bob2");
    t.world.run(kHour);
    QCOMPARE(alice.summary().link, Link::Live);
    QCOMPARE(bob.summary().link, Link::Live);
    t.say(alice, u"a1"_s);
    t.say(bob, u"b2"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(Two::received(alice), (QStringList{u"b0"_s, u"b1"_s, u"b2"_s}));
    QCOMPARE(must(alice->chats()).size(), 1);
    QCOMPARE(must(bob->chats()).size(), 1);
    QCOMPARE(alice.countLines(alice.chatWith(), SystemLine::OldSessionSpoke), 0);
    QCOMPARE(bob.countLines(bob.chatWith(), SystemLine::OldSessionSpoke), 0);
}

void TestRestore::bothRestored_aDayApart()
{
    Two t;
    const auto hers = backUp(t.alice, "alice");
    const auto his = backUp(t.bob, "bob");
    t.alice.close();
    t.bob.close();
    Person &alice = restored(t.world, hers, "alice2"); // begins a session that nobody answers yet
    t.world.run(kDay);
    Person &bob = restored(t.world, his, "bob2");
    t.world.run(kDay);
    t.say(alice, u"a1"_s);
    t.say(bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(Two::received(alice), (QStringList{u"b0"_s, u"b1"_s}));
    QCOMPARE(alice.countLines(alice.chatWith(), SystemLine::OldSessionSpoke), 0);
    QCOMPARE(bob.countLines(bob.chatWith(), SystemLine::OldSessionSpoke), 0);
}

void TestRestore::restored_withTheClockAYearAhead_thenAgain()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &ahead = restoredAhead(t.world, file, "alice2", 365 * kDay);
    t.world.run(kHour);
    QCOMPARE(ahead.summary().link, Link::Live);
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
    t.world.run(kHour);
    QVERIFY(Two::received(right).contains(u"b2"_s));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s}));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke), 0);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1); // of the second one alone
}

void TestRestore::restored_markCanBeTakenAway()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    QCOMPARE(again.summary().trust, Trust::VerifiedBeforeRestore);
    must(again->setUnverified(t.pair.aliceToBob));
    QCOMPARE(again.summary().trust, Trust::NotCompared);
    QCOMPARE(again.countLines(t.pair.aliceToBob, SystemLine::Unverified), 1);
}

void TestRestore::restored_underAVoidNumber_writesNothingBeforeTheAnswer()
{
    Two t;
    t.bob.close();
    must(t.alice->sendText(t.pair.aliceToBob, u"a1"_s)); // waits in the backup
    t.world.run(kMinute);
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    execute(t.bob, "UPDATE contacts SET highest_session = highest_session + 864000000"); // of a clock that was ahead
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    t.one.behaviour().delayMs = 3000; // there is a time between a first flight and its answer
    t.bob.open();
    int looked = 0;
    for (int i = 0; i < 600; ++i) {
        t.world.run(100);
        vault::Snapshot snapshot(*again.db);
        auto row = again.db->query("SELECT s.state FROM outbox o JOIN sessions s ON s.id = o.session "
                                   "WHERE o.message IS NOT NULL AND o.sealed IS NOT NULL");
        for (; row.step(); ++looked) {
            const auto session = crypto::Session::parse(row.blob(0));
            QVERIFY(session);
            QVERIFY2(session->answered(), "a text leaves in a first flight");
        }
    }
    QVERIFY(looked > 0);
    QCOMPARE(again.summary().link, Link::Live);
    QCOMPARE(again.countLines(t.pair.aliceToBob, SystemLine::Restored), 1);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s}));
}

void TestRestore::restoredContactThatBeginsAnew_isTakenWhateverComesFirst_data()
{
    QTest::addColumn<bool>("reconnecting");
    QTest::addColumn<bool>("tooLow");
    QTest::addColumn<quint64>("seed"); // decides who wins where both begin at once
    QTest::newRow("live") << false << false << quint64(1);
    for (const quint64 seed : {1, 2, 3, 4, 5, 6})
        QTest::addRow("restored, too (%d)", int(seed)) << true << false << seed;
    QTest::newRow("its number is too low") << false << true << quint64(1);
}

void TestRestore::restoredContactThatBeginsAnew_isTakenWhateverComesFirst()
{
    QFETCH(bool, reconnecting);
    QFETCH(bool, tooLow);
    QFETCH(quint64, seed);
    Two t(seed);
    const auto hers = backUp(t.alice, "alice");
    t.alice.close();
    Person &alice = restored(t.world, hers, "alice2");
    t.world.run(kHour);
    t.bob.close();
    t.one.behaviour().newestFirst = true;
    // She lost the session and begins another; her name, written last, reaches Bob first.
    execute(alice, "DELETE FROM sessions");
    const auto sessions = [&alice] {
        vault::Snapshot snapshot(*alice.db);
        return alice.db->integer("SELECT count(*) FROM sessions").value_or(0);
    };
    for (int minutes = 0; sessions() == 0 && minutes < 120; ++minutes)
        t.world.run(kMinute);
    QVERIFY(sessions() > 0);
    auto settings = must(alice->settings());
    settings.displayName = u"Alicia"_s;
    must(alice->changeSettings(settings));
    t.world.run(kMinute);
    alice.close();
    Person *bob = &t.bob;
    if (tooLow)
        execute(t.bob, "UPDATE contacts SET highest_session = highest_session + 864000000");
    t.bob.open();
    if (reconnecting) {
        // What was written and never left: a restored history has no outbox.
        t.one.behaviour().down = true;
        must(t.bob->sendText(t.pair.bobToAlice, u"written before the backup"_s));
        t.world.run(1000);
        const auto his = backUp(t.bob, "bob");
        t.bob.close();
        t.one.behaviour().down = false;
        bob = &restored(t.world, his, "bob2");
    }
    t.world.run(kMinute);
    alice.open();
    t.world.run(kHour);
    QCOMPARE(bob->summary().link, Link::Live);
    QCOMPARE(alice.summary().link, Link::Live);
    t.say(alice, u"a1"_s);
    t.say(*bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(*bob).count(u"a1"_s), 1);
    QCOMPARE(Two::received(alice).count(u"b1"_s), 1);
    QCOMPARE(Two::received(alice).contains(u"written before the backup"_s), reconnecting);
    QCOMPARE(must(alice->outbox()).waiting, 0);
    QCOMPARE(must((*bob)->outbox()).waiting, 0);
    QCOMPARE(bob->countLines(bob->chatWith(), SystemLine::OldSessionSpoke), 0);
}

void TestRestore::deletedText_staysDeletedWhenItComesAgain()
{
    Two t;
    must(t.alice->sendText(t.pair.aliceToBob, u"a1"_s));
    const auto file = backUp(t.alice, "alice"); // as far as it knows, nobody has it
    t.world.run(kHour);
    for (const Message &message : t.bob.messages(t.pair.bobToAlice)) {
        if (!message.own && message.text == u"a1")
            must(t.bob->deleteForMe(message.id));
    }
    QCOMPARE(Two::received(t.bob), QStringList{u"a0"_s});
    t.alice.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob), QStringList{u"a0"_s});
    for (const Message &message : again.messages(t.pair.aliceToBob)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
}

void TestRestore::bothRestored_whileARelayReplaysEverything()
{
    Two t(3);
    const auto hers = backUp(t.alice, "alice");
    t.alice.close();
    Person &second = restored(t.world, hers, "alice2");
    t.world.run(kHour);
    t.say(second, u"a1"_s);
    t.world.run(kDay);
    const auto his = backUp(t.bob, "bob");
    second.close();
    t.bob.close();
    t.world.run(kDay);
    // Both come back; the relay brings every envelope that there ever was, the handshakes of the first restore too.
    t.one.behaviour().duplicatePercent = 50;
    t.one.behaviour().reorder = true;
    Person &alice = restored(t.world, hers, "alice3");
    Person &bob = restored(t.world, his, "bob3");
    t.world.run(kHour);
    t.say(alice, u"a2"_s);
    t.say(bob, u"b1"_s);
    t.world.run(kHour);
    QVERIFY(Two::received(bob).contains(u"a2"_s));
    QVERIFY(Two::received(alice).contains(u"b1"_s));
    const auto active = [](Person &person) {
        vault::Snapshot snapshot(*person.db);
        auto row = person.db->query("SELECT id FROM sessions WHERE active = 1");
        return row.step() ? row.blob(0) : crypto::Bytes();
    };
    QVERIFY(!active(alice).empty());
    QCOMPARE(active(alice), active(bob)); // one live session
    QCOMPARE(bob.history(bob.chatWith()).count(u"a1"_s), 1);
}

void TestRestore::oldVaultThatStillSpeaks_isAnAlarm()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close(); // stolen, not lost
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kHour);
    t.say(again, u"it is me"_s);
    again.close();
    t.alice.open();
    t.world.run(1000);
    must(t.alice->sendText(t.pair.aliceToBob, u"send money"_s));
    t.world.run(kHour);
    QVERIFY(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke) > 0);
}

void TestRestore::oldVaultThatBeginsAnew_doesNotTakeOver()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close(); // stolen, not lost
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kHour);
    t.say(again, u"it is me"_s);
    t.world.run(kMinute);
    again.close();
    t.bob.close();
    // The thief lost the sessions, so that the copy begins one; its name, written last, reaches Bob first.
    t.one.behaviour().newestFirst = true;
    t.alice.open();
    {
        vault::Transaction transaction(*t.alice.db);
        t.alice.db->exec("DELETE FROM sessions");
        QVERIFY(transaction.commit().ok());
    }
    t.world.run(2 * kHour);
    auto settings = must(t.alice->settings());
    settings.displayName = u"Alicia"_s;
    must(t.alice->changeSettings(settings));
    t.world.run(kMinute);
    t.alice.close();
    t.bob.open();
    t.world.run(kHour);
    QVERIFY(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke) > 0);
    t.say(t.bob, u"to the one who came back"_s);
    again.open();
    t.world.run(kMinute);
    QVERIFY(Two::received(again).contains(u"to the one who came back"_s));
}

void TestRestore::unacknowledged_goAgainUnderTheSameIds()
{
    Two t;
    t.bob.close();
    must(t.alice->sendText(t.pair.aliceToBob, u"a1"_s));
    must(t.alice->sendText(t.pair.aliceToBob, u"a2"_s));
    t.world.run(kMinute); // on the relay, not acknowledged
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    t.bob.open();
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s}));
    for (const Message &message : again.messages(t.pair.aliceToBob)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
}

void TestRestore::invitations_areRenewed()
{
    Two t;
    const Invitation open = must(t.alice->createInvitation(InvitationKind::OneTime, u"Carol"_s));
    t.world.run(kMinute);
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    Person &carol = t.world.person("carol");
    carol.create({kOne}, u"Carol"_s);
    must(carol->startChat(open.link, std::nullopt));
    t.world.run(kMinute);
    QCOMPARE(carol.summary().link, Link::Live);
    QCOMPARE(must(again->chats()).size(), 2);
}

void TestRestore::inviterRestored_whoOpenedBeforeIsMet()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, u"Bob"_s));
    t.world.settle();
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    must(t.bob->startChat(invitation.link, std::nullopt));
    must(t.bob->sendText(t.bob.chatWith(), u"hello"_s));
    t.world.run(kMinute);
    Person &again = restored(t.world, file, "alice2"); // a backup has no prekeys: what Bob wrote is for keys that are gone
    t.world.run(kMinute);
    QVERIFY(must(again->chats()).isEmpty());
    t.bob.restart();
    t.world.run(kDay); // he looks behind the link again
    QCOMPARE(must(again->chats()).size(), 1);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(Two::received(again), QStringList{u"hello"_s});
    must(again->sendText(again.chatWith(), u"there you are"_s));
    t.world.run(kMinute);
    QCOMPARE(Two::received(t.bob), QStringList{u"there you are"_s});
    QCOMPARE(must(again->invitations())[0].secondAttempts, 0);
    QCOMPARE(t.bob.countLines(t.bob.chatWith(), SystemLine::SessionRenewed), 0);
}

void TestRestore::textBehindALinkThatWasNotFetched_goesAfterARestore()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    t.one.behaviour().down = true;
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    must(t.bob->sendText(chat, u"written without a network"_s));
    t.world.run(kMinute);
    const auto file = backUp(t.bob, "bob");
    t.bob.close();
    Person &again = restored(t.world, file, "bob2");
    t.world.run(kHour);
    t.one.behaviour().down = false;
    t.world.run(kHour);
    QCOMPARE(t.alice.history(t.alice.chatWith()), QStringList{u"written without a network"_s});
    must(again->sendText(chat, u"and with one"_s));
    t.world.run(kHour);
    QCOMPARE(t.alice.history(t.alice.chatWith()), (QStringList{u"written without a network"_s, u"and with one"_s}));
    QCOMPARE(t.alice.countLines(t.alice.chatWith(), SystemLine::Gap), 0);
}

void TestRestore::fullDiskWhileMeetingAgain_doesNotCount()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    execute(t.bob, "UPDATE contacts SET highest_session = highest_session + 1000000000"); // met anew meanwhile: hers is too low
    FailingResults plan;
    FaultVfs vfs(plan);
    t.world.onCommit = [&](Person &person, vault::CommitPoint point) { plan.at(person, point, "alice2"); };
    Person &again = restored(t.world, file, "alice2", vfs.name());
    plan.sick = true; // what comes is opened, and the disk does not take it: again and again
    const auto connectAgain = [&] { // what was not taken comes once more
        t.one.behaviour().down = true;
        t.world.run(kMinute);
        t.one.behaviour().down = false;
        t.world.run(kMinute);
    };
    for (int i = 0; i < 8; ++i) {
        const int before = plan.failures;
        connectAgain();
        QVERIFY(plan.failures > before);
    }
    plan.sick = false;
    connectAgain();
    t.world.run(kHour);
    t.say(again, u"a1"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    again.close();
}

TACET_TEST_UNIT("t_restore", TestRestore)
#include "t_restore.moc"
