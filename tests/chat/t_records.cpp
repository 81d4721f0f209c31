// Rendezvous records over a long time: renewed each month, read at few places, given to nobody twice.
#include "tests/chat/restoring.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/chat/payload.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/mailbox_rows.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

/// The mailboxes of this person's contacts that are read at the relay right now.
int watched(Person &person, const ScriptedRelay &relay)
{
    vault::Snapshot snapshot(*person.db);
    int count = 0;
    for (const vault::MailboxRow &row : vault::readMailboxes(*person.db)) {
        const bool ofContact = row.purpose != vault::MailboxPurpose::Invitation;
        count += ofContact && person.port->isWatching(relay.url(), crypto::NostrPublicKey{row.publicKey}) ? 1 : 0;
    }
    return count;
}

std::int64_t count(Person &person, vault::Sql sql)
{
    vault::Snapshot snapshot(*person.db);
    return person.db->integer(sql).value_or(-1);
}

/// Days that pass in one go: what is due happens in their last hour.
void pass(World &world, int days)
{
    world.clock.advance(days * kDay - kHour);
    world.run(kHour);
}

struct Years : Two {
    void live(int days)
    {
        for (int day = 0; day < days; day += 10) {
            pass(world, 10);
            say(alice, u"a%1"_s.arg(++m_said));
            say(bob, u"b%1"_s.arg(m_said));
            world.run(kMinute);
        }
    }
    bool nothingIsMissing(Person &herself)
    {
        QStringList fromAlice, fromBob;
        for (int i = 0; i <= m_said; ++i) {
            fromAlice << u"a%1"_s.arg(i);
            fromBob << u"b%1"_s.arg(i);
        }
        return received(herself) == fromBob && received(bob) == fromAlice;
    }

private:
    int m_said = 0;
};

} // namespace

class TestRecords : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void renewed_keepTheirMailbox();
    void atOtherPlaces_getAnother_andTheOldOneGoes();
    void unblocked_readsNoForgottenOnes();
    void mailboxWithoutARecord_goes();
    void whoIsAway_getsOne();
    void restored_givesAnother_data();
    void restored_givesAnother();
};

void TestRecords::renewed_keepTheirMailbox()
{
    Years t;
    t.live(100);
    const auto file = backUp(t.alice, "alice");
    t.live(300);
    QVERIFY(count(t.alice, "SELECT count(*) FROM own_rendezvous") >= 8); // a new one each month, the old ones for a year
    QCOMPARE(watched(t.alice, t.one), 2);
    QCOMPARE(watched(t.bob, t.one), 2);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM mailboxes WHERE purpose = 2"), 1);
    QVERIFY(t.nothingIsMissing(t.alice));
    // Who comes back with a backup of that time is met at the same mailbox, and the other way round.
    t.alice.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kHour);
    QCOMPARE(again.summary().link, Link::Live);
    QVERIFY(t.nothingIsMissing(again));
    QCOMPARE(watched(again, t.one), 2);
}

void TestRecords::atOtherPlaces_getAnother_andTheOldOneGoes()
{
    Years t;
    ScriptedRelay &two = t.world.relay("wss://two.example");
    t.live(40);
    must(t.alice->addRelayUntested(u"wss://two.example"_s));
    must(t.bob->allowHost(u"two.example"_s));
    t.live(40);
    QCOMPARE(watched(t.alice, two), 2); // of the contact, and of its record, which names both relays now
    QCOMPARE(watched(t.alice, t.one), 3); // also that of the records from before
    t.live(400);
    QCOMPARE(watched(t.alice, t.one), 2);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM mailboxes WHERE purpose = 2"), 1);
    QVERIFY(t.nothingIsMissing(t.alice));
}

void TestRecords::unblocked_readsNoForgottenOnes()
{
    Years t;
    t.world.relay("wss://two.example");
    t.live(40);
    must(t.alice->addRelayUntested(u"wss://two.example"_s));
    must(t.bob->allowHost(u"two.example"_s));
    t.live(400);
    must(t.alice->block(t.pair.aliceToBob, true));
    t.world.run(kHour);
    QCOMPARE(watched(t.alice, t.one), 0);
    t.alice.restart();
    must(t.alice->block(t.pair.aliceToBob, false));
    t.world.run(kHour);
    QCOMPARE(watched(t.alice, t.one), 2);
    t.alice.restart();
    t.world.run(kHour);
    QCOMPARE(watched(t.alice, t.one), 2);
}

void TestRecords::mailboxWithoutARecord_goes()
{
    Two t;
    t.alice.close();
    // As an older program left it: the record was forgotten, its mailbox was not, and unblocking has brought it back.
    execute(t.alice, "INSERT INTO mailboxes(public, secret, purpose, owner, number, state, created_ms) "
                     "SELECT zeroblob(32), secret, 2, owner, number, 0, created_ms FROM mailboxes WHERE purpose = 0");
    t.alice.open();
    t.world.run(kHour);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM mailboxes WHERE purpose = 2"), 1); // that of her record
}

void TestRecords::whoIsAway_getsOne()
{
    Two t;
    const auto waiting = [&t] { return count(t.alice, "SELECT count(*) FROM outbox WHERE kind = 6"); };
    const auto newest = [&t] { return count(t.alice, "SELECT max(created_ms) FROM own_rendezvous"); };
    static_assert(int(PayloadKind::Rendezvous) == 6);
    QCOMPARE(waiting(), 0);
    t.bob.close();
    for (int month = 0; month < 10; ++month)
        pass(t.world, 30);
    QCOMPARE(waiting(), 1);
    QCOMPARE(watched(t.alice, t.one), 2);
    // It is the one that he gets, and the next comes when he has it.
    t.bob.open();
    t.world.run(3 * kHour);
    QCOMPARE(waiting(), 0);
    QVERIFY(newest() > t.world.clock.wallMs() - kDay);
    const std::int64_t his = count(t.bob, "SELECT created_ms FROM peer_rendezvous");
    QCOMPARE(his, newest());
}

void TestRecords::restored_givesAnother_data()
{
    QTest::addColumn<bool>("clockWasAhead");
    QTest::newRow("clock right") << false;
    QTest::newRow("the last before was made by a clock that was ahead") << true;
}

void TestRecords::restored_givesAnother()
{
    QFETCH(bool, clockWasAhead);
    World world;
    world.relay("wss://one.example");
    world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({u"wss://one.example"_s, u"wss://two.example"_s});
    bob.create({u"wss://one.example"_s, u"wss://two.example"_s});
    meet(world, alice, bob);
    world.run(kHour);
    const auto hers = backUp(alice, "alice");
    must(alice.engine->removeRelay(u"wss://two.example"_s)); // he gets a record that the backup does not have
    world.run(kHour);
    if (clockWasAhead)
        execute(bob, "UPDATE peer_rendezvous SET created_ms = created_ms + 43200000");
    alice.close();
    Person &again = restored(world, hers, "alice2");
    world.run(kHour);
    QCOMPARE(again.summary().link, Link::Live);
    // Now he loses everything, too.
    const auto his = backUp(bob, "bob");
    bob.close();
    Person &his2 = restored(world, his, "bob2");
    world.run(kHour);
    QCOMPARE(his2.summary().link, Link::Live);
    must(again->sendText(again.chatWith(), u"a1"_s));
    must(his2->sendText(his2.chatWith(), u"b1"_s));
    world.run(kHour);
    QCOMPARE(Two::received(again), QStringList{u"b1"_s});
    QCOMPARE(Two::received(his2), QStringList{u"a1"_s});
}

TACET_TEST_UNIT("t_records", TestRecords)
#include "t_records.moc"
