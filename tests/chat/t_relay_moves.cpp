// Relays that die for good: mailboxes move, people are told and never asked, nothing is lost on the way.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/chat/silent_relays.h"
#include "app/vault/contact_rows.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/mailbox_rows.h"

#include <QRegularExpression>

#include <algorithm>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;
const QString kThree = u"wss://three.example"_s;

/// Two who write to each other once a day.
struct Talk {
    Talk(const QStringList &alices, const QStringList &bobs)
        : one(world.relay("wss://one.example")), two(world.relay("wss://two.example")),
          three(world.relay("wss://three.example")), alice(world.person("alice")), bob(world.person("bob"))
    {
        alice.create(alices);
        bob.create(bobs);
        pair = meet(world, alice, bob);
        for (const QString &url : alices + bobs) {
            must(alice->allowHost(QString(url).remove(u"wss://"_s)));
            must(bob->allowHost(QString(url).remove(u"wss://"_s)));
        }
        world.run(kHourMs);
    }
    void days(int count)
    {
        for (int i = 0; i < count; ++i) {
            fromAlice << u"a%1"_s.arg(fromAlice.size());
            must(alice->sendText(pair.aliceToBob, fromAlice.last()));
            fromBob << u"b%1"_s.arg(fromBob.size());
            must(bob->sendText(pair.bobToAlice, fromBob.last()));
            world.run(kDayMs);
        }
    }
    bool nothingLostOrDoubled()
    {
        const QRegularExpression received(u"^[^>]"_s);
        return alice.history(pair.aliceToBob).filter(received) == fromBob
            && bob.history(pair.bobToAlice).filter(received) == fromAlice;
    }
    static QStringList listed(Person &holder, const ContactId &of)
    {
        vault::Snapshot snapshot(*holder.db);
        QStringList urls;
        for (const std::string &url : vault::readContactRelays(*holder.db, of.bytes))
            urls << QString::fromStdString(url);
        return urls;
    }
    QStringList whereBobWrites() { return listed(bob, pair.bobToAlice); }
    QStringList whereAliceWrites() { return listed(alice, pair.aliceToBob); }
    static bool isGivenUp(Person &person, const QString &url)
    {
        const auto relays = must(person->relays());
        return std::any_of(relays.begin(), relays.end(),
                           [&](const RelayInfo &relay) { return relay.url == url && relay.givenUp; });
    }

    World world;
    ScriptedRelay &one;
    ScriptedRelay &two;
    ScriptedRelay &three;
    Person &alice;
    Person &bob;
    Pair pair;
    QStringList fromAlice;
    QStringList fromBob;
};

} // namespace

class TestRelayMoves : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deadForGood_contactsUseTheOther();
    void deadForAWeekend_changesNothing();
    void cameBack_isUsedAgain();
    void lastPlaceDead_aRelayOfTheContactTakesIt();
    void lastPlaceDead_nothingToTake_isTold();
    void spareOwnRelay_isTestedThenUsed();
    void bothSides_oneAfterTheOther();
    void nobodyAnswers_nobodyIsGivenUp();
    void halfAnHourADay_counts();
    void ownComputer_isNoWitness_data();
    void ownComputer_isNoWitness();
    void relayOfTheContact_isForgottenAtLast();
    void newInvitation_doesNotNameTheDead();
    void blockedMeanwhile_isToldWhenUnblocked();
    void rendezvous_movesToo();
    void rendezvous_outlivesTheRelayThatWasTakenOut_data();
    void rendezvous_outlivesTheRelayThatWasTakenOut();
    void relayThatWasTakenOut_isInNoRecord();
    void killedAtEachCommit_movesOnce();
};

void TestRelayMoves::deadForGood_contactsUseTheOther()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    t.days(1);
    t.one.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    QCOMPARE(t.whereBobWrites(), QStringList{kTwo});
    QCOMPARE(t.whereAliceWrites(), QStringList{kTwo});
    QVERIFY(t.alice.noticed(TroubleCode::RelayGivenUp));
    QVERIFY(Talk::isGivenUp(t.alice, kOne));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::MailboxMoved), 1);
    QVERIFY(t.nothingLostOrDoubled());
    QCOMPARE(must(t.bob->outbox()).waiting, 0);
    t.days(1);
    t.alice.restart();
    t.bob.restart();
    t.days(1);
    QVERIFY(t.nothingLostOrDoubled());
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::MailboxMoved), 1);
}

void TestRelayMoves::deadForAWeekend_changesNothing()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    for (int i = 0; i < 3; ++i) {
        t.one.behaviour().down = true;
        t.days(kRelayGiveUpDays - 1);
        t.one.behaviour().down = false;
        t.days(1);
    }
    QCOMPARE(t.whereBobWrites(), (QStringList{kOne, kTwo}));
    QVERIFY(!t.alice.noticed(TroubleCode::RelayGivenUp));
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::MailboxMoved), 0);
    QVERIFY(t.nothingLostOrDoubled());
}

void TestRelayMoves::cameBack_isUsedAgain()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    t.one.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    QCOMPARE(t.whereBobWrites(), QStringList{kTwo});
    // Back, with what was there and some of it once more.
    t.one.behaviour().down = false;
    for (const crypto::NostrEvent &event : std::vector(t.two.stored()))
        t.world.network.inject(t.one.url(), event);
    t.days(1);
    QCOMPARE(t.whereBobWrites(), (QStringList{kOne, kTwo}));
    QVERIFY(!Talk::isGivenUp(t.alice, kOne));
    t.two.behaviour().down = true;
    t.days(2);
    QVERIFY(t.nothingLostOrDoubled());
}

void TestRelayMoves::lastPlaceDead_aRelayOfTheContactTakesIt()
{
    Talk t({kOne}, {kTwo});
    QCOMPARE(t.whereBobWrites(), QStringList{kOne});
    t.days(1);
    t.one.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    QCOMPARE(t.whereBobWrites(), QStringList{kTwo});
    QVERIFY(t.alice.noticed(TroubleCode::RelayGivenUp));
    QVERIFY(!t.alice.noticed(TroubleCode::RelayGivenUpAlone));
    QVERIFY(t.nothingLostOrDoubled());
    t.days(2);
    t.one.behaviour().down = false;
    t.days(1);
    QVERIFY(t.nothingLostOrDoubled());
    QCOMPARE(t.whereBobWrites(), (QStringList{kOne, kTwo}));
}

void TestRelayMoves::lastPlaceDead_nothingToTake_isTold()
{
    Talk t({kOne}, {kTwo});
    t.two.behaviour().holdsBack = true; // it would not pass the test
    t.one.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    QCOMPARE(t.whereBobWrites(), QStringList{kOne}); // a list of dead places stays, for want of a better one
    QVERIFY(t.alice.noticed(TroubleCode::RelayGivenUpAlone));
    t.alice.restart(); // not only to whoever sat there at that moment
    t.world.run(2 * kHourMs);
    const auto told = std::count_if(t.alice.facts.begin(), t.alice.facts.end(), [](const Fact &fact) {
        const auto *notice = std::get_if<Noticed>(&fact);
        return notice && notice->code == int(TroubleCode::RelayGivenUpAlone);
    });
    QCOMPARE(told, 1);
    // A relay added by hand is announced, and the dead one is not named any more.
    t.two.behaviour().holdsBack = false;
    t.alice->addRelay(kThree, [](const Outcome<RelayInfo> &answer) { QVERIFY(answer.ok()); });
    must(t.bob->allowHost(u"three.example"_s));
    t.world.run(kDayMs);
    QVERIFY(t.whereBobWrites().contains(kThree));
    QVERIFY(!t.whereBobWrites().contains(kOne));
    t.days(1);
    QVERIFY(t.nothingLostOrDoubled());
}

void TestRelayMoves::spareOwnRelay_isTestedThenUsed()
{
    const QString four = u"wss://four.example"_s;
    const QString five = u"wss://five.example"_s;
    const QString six = u"wss://six.example"_s;
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    world.relay("wss://two.example");
    world.relay("wss://three.example");
    ScriptedRelay &fourRelay = world.relay("wss://four.example");
    world.relay("wss://five.example");
    ScriptedRelay &sixRelay = world.relay("wss://six.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne, kTwo, kThree, four, five, six}); // three are read, three are spare
    bob.create({kTwo});
    const Pair pair = meet(world, alice, bob);
    for (const char *host : {"one.example", "three.example", "five.example"})
        must(bob->allowHost(QString::fromLatin1(host)));
    world.run(kHourMs);
    QCOMPARE(Talk::listed(bob, pair.bobToAlice), (QStringList{kOne, kTwo, kThree}));
    fourRelay.behaviour().holdsBack = true;
    one.behaviour().down = true;
    world.run(kDayMs * (kRelayGiveUpDays + 1));
    QCOMPARE(Talk::listed(bob, pair.bobToAlice), (QStringList{kTwo, kThree, five}));
    QVERIFY(sixRelay.stored().empty());
    must(bob->sendText(pair.bobToAlice, u"hello"_s));
    world.run(kMinuteMs);
    QCOMPARE(alice.history(pair.aliceToBob), QStringList{u"hello"_s});
}

void TestRelayMoves::bothSides_oneAfterTheOther()
{
    Talk t({kOne}, {kTwo, kThree});
    t.days(1);
    t.one.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    t.two.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    QCOMPARE(t.whereBobWrites(), QStringList{kThree});
    QCOMPARE(t.whereAliceWrites(), QStringList{kThree});
    t.days(1);
    QVERIFY(t.nothingLostOrDoubled());
    t.one.behaviour().down = false;
    t.two.behaviour().down = false;
    t.days(1);
    t.three.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    QVERIFY(!t.whereBobWrites().contains(kThree));
    QVERIFY(!t.whereAliceWrites().contains(kThree));
    QVERIFY(t.nothingLostOrDoubled());
}

void TestRelayMoves::nobodyAnswers_nobodyIsGivenUp()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    t.one.behaviour().down = true;
    t.two.behaviour().down = true; // the network of both is gone
    t.world.run(kDayMs * (kRelayGiveUpDays + 5));
    t.one.behaviour().down = false;
    t.two.behaviour().down = false;
    t.world.run(kHourMs);
    QVERIFY(!Talk::isGivenUp(t.alice, kOne) && !Talk::isGivenUp(t.alice, kTwo));
    QVERIFY(!t.alice.noticed(TroubleCode::RelayGivenUp) && !t.alice.noticed(TroubleCode::RelayGivenUpAlone));
    QCOMPARE(t.whereBobWrites(), (QStringList{kOne, kTwo}));
}

void TestRelayMoves::halfAnHourADay_counts()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    t.one.behaviour().down = true;
    for (int day = 0; day < kRelayGiveUpDays + 2; ++day) {
        t.alice.close();
        t.world.run(kDayMs - kHourMs / 2);
        t.alice.open();
        t.world.run(kHourMs / 2);
    }
    QVERIFY(Talk::isGivenUp(t.alice, kOne));
    t.world.run(kMinuteMs);
    QCOMPARE(t.whereBobWrites(), QStringList{kTwo});
}

void TestRelayMoves::ownComputer_isNoWitness_data()
{
    const auto onion = [](char letter) -> QString { return u"ws://"_s + QString(56, QLatin1Char(letter)) + u".onion"_s; };
    QTest::addColumn<QString>("own");
    QTest::addColumn<QString>("other");
    QTest::addRow("loopback") << u"ws://127.0.0.1:7447"_s << kOne;
    QTest::addRow("onion address, reached over loopback") << onion('a') << onion('b');
}

void TestRelayMoves::ownComputer_isNoWitness()
{
    QFETCH(QString, own);
    QFETCH(QString, other);
    World world;
    world.relay(qPrintable(own)).behaviour().onThisComputer = true;
    ScriptedRelay &relay = world.relay(qPrintable(other));
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({own, other});
    bob.create({own, other});
    meet(world, alice, bob);
    relay.behaviour().down = true; // a train without a network: one's own relay answers all the time
    world.run(kDayMs * (kRelayGiveUpDays + 5));
    QVERIFY(!Talk::isGivenUp(alice, other));
}

void TestRelayMoves::relayOfTheContact_isForgottenAtLast()
{
    Talk t({kOne, kThree}, {kTwo});
    const auto isRead = [&](const char *url) {
        vault::Snapshot snapshot(*t.bob.db);
        return vault::countMailboxesAt(*t.bob.db, url) > 0;
    };
    QVERIFY(isRead("wss://one.example")); // where Alice reads, so that she needs no new host
    t.one.behaviour().down = true;
    t.world.run(kDayMs * (kRelayGiveUpDays + 2));
    QVERIFY(isRead("wss://one.example"));
    QCOMPARE(t.whereAliceWrites(), QStringList{kTwo});
    t.world.run(kDayMs * kRelayForgetDays);
    QVERIFY(!isRead("wss://one.example"));
    QVERIFY(isRead("wss://two.example"));
    t.days(1);
    QVERIFY(t.nothingLostOrDoubled());
}

void TestRelayMoves::newInvitation_doesNotNameTheDead()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    t.one.behaviour().down = true;
    t.world.run(kDayMs * (kRelayGiveUpDays + 2));
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    Person &carol = t.world.person("carol");
    carol.create({kThree});
    QCOMPARE(must(carol->readLink(invitation.link)).newHosts, QStringList{u"two.example"_s});
}

void TestRelayMoves::blockedMeanwhile_isToldWhenUnblocked()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    must(t.alice->block(t.pair.aliceToBob, true));
    must(t.alice->addRelayUntested(kThree));
    must(t.alice->removeRelay(kOne));
    t.world.run(kHourMs);
    QCOMPARE(t.whereBobWrites(), (QStringList{kOne, kTwo})); // somebody blocked is told nothing
    must(t.bob->allowHost(u"three.example"_s));
    must(t.bob->sendText(t.pair.bobToAlice, u"meanwhile"_s));
    must(t.alice->block(t.pair.aliceToBob, false));
    t.world.run(kHourMs);
    QCOMPARE(t.whereBobWrites(), (QStringList{kTwo, kThree}));
    // And what comes to the new one is read.
    t.two.behaviour().down = true;
    must(t.bob->sendText(t.pair.bobToAlice, u"after"_s));
    t.world.run(kMinuteMs);
    QCOMPARE(t.alice.history(t.pair.aliceToBob), (QStringList{u"meanwhile"_s, u"after"_s}));
}

void TestRelayMoves::rendezvous_movesToo()
{
    Talk t({kOne}, {kTwo});
    t.days(1);
    t.one.behaviour().down = true;
    t.days(kRelayGiveUpDays + 2);
    // Bob's copy of every session is damaged: he can only knock where Alice's record says.
    {
        vault::Transaction transaction(*t.bob.db);
        t.bob.db->exec("UPDATE sessions SET state = x'00'");
        QVERIFY(transaction.commit().ok());
    }
    t.bob.restart();
    t.days(1);
    QVERIFY(t.nothingLostOrDoubled());
    QVERIFY(t.alice.hasLine(t.pair.aliceToBob, SystemLine::SessionRenewed));
}

void TestRelayMoves::rendezvous_outlivesTheRelayThatWasTakenOut_data()
{
    QTest::addColumn<bool>("heard");
    QTest::newRow("the contact heard of the new one") << true;
    QTest::newRow("the contact was away meanwhile") << false;
}

void TestRelayMoves::rendezvous_outlivesTheRelayThatWasTakenOut()
{
    QFETCH(bool, heard);
    Talk t({kOne}, {kOne});
    t.days(1);
    if (!heard)
        t.bob.close();
    must(t.alice->addRelayUntested(kThree));
    t.world.run(kHourMs);
    must(t.alice->removeRelay(kOne));
    t.world.run(kHourMs);
    if (heard)
        t.bob.close();
    t.bob.open();
    must(t.bob->allowHost(u"three.example"_s));
    // As after a restore: Bob can only knock where the record says that he has.
    {
        vault::Transaction transaction(*t.bob.db);
        t.bob.db->exec("UPDATE sessions SET state = x'00'");
        QVERIFY(transaction.commit().ok());
    }
    t.bob.restart();
    t.days(2);
    QVERIFY(t.nothingLostOrDoubled());
    QVERIFY(t.alice.hasLine(t.pair.aliceToBob, SystemLine::SessionRenewed));
}

void TestRelayMoves::relayThatWasTakenOut_isInNoRecord()
{
    Talk t({kOne, kTwo}, {kOne, kTwo});
    t.days(1);
    const auto places = [&t] {
        vault::Snapshot snapshot(*t.bob.db);
        const auto record = vault::readPeerRendezvous(*t.bob.db, t.pair.bobToAlice.bytes);
        return record ? record->relays : std::vector<std::string>();
    };
    QCOMPARE(places(), (std::vector<std::string>{kOne.toStdString(), kTwo.toStdString()}));
    must(t.alice->removeRelay(kOne));
    t.world.run(kHourMs);
    QCOMPARE(places(), std::vector<std::string>{kTwo.toStdString()});
}

void TestRelayMoves::killedAtEachCommit_movesOnce()
{
    Talk t({kOne}, {kTwo});
    t.one.behaviour().down = true;
    t.days(kRelayGiveUpDays - 1);
    // From here every other commit of Alice kills her, before or after, for a while.
    int commits = 0;
    int deaths = 0;
    t.world.onCommit = [&](Person &person, vault::CommitPoint) {
        if (&person == &t.alice && ++commits % 7 == 0 && deaths < 20) {
            ++deaths;
            t.world.kill(person);
        }
    };
    for (int hour = 0; hour < 24 * 2; ++hour)
        t.world.survive([&] { t.world.run(kHourMs); });
    t.world.onCommit = nullptr;
    QVERIFY(deaths > 10);
    t.days(2);
    QCOMPARE(t.whereBobWrites(), QStringList{kTwo});
    QVERIFY(t.nothingLostOrDoubled());
    QVERIFY(t.bob.countLines(t.pair.bobToAlice, SystemLine::MailboxMoved) <= 1);
}

TACET_TEST_UNIT("t_relay_moves", TestRelayMoves)
#include "t_relay_moves.moc"
