// A copy of a contact's vault from before a restore that still speaks: it changes nothing, and is told nothing.
#include "tests/chat/restoring.h"
#include "tests/support/unit_registry.h"

#include "app/vault/contact_rows.h"
#include "app/vault/invitation_rows.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kSecret = u"to the one who came back"_s;

std::int64_t count(Person &person, vault::Sql sql)
{
    vault::Snapshot snapshot(*person.db);
    return person.db->integer(sql).value_or(-1);
}

vault::PeerRendezvousRow recordAt(Person &person)
{
    const ContactId chat = person.chatWith();
    vault::Snapshot snapshot(*person.db);
    auto record = vault::readPeerRendezvous(*person.db, chat.bytes);
    if (!record)
        qFatal("%s has no record", person.name.c_str());
    return std::move(*record);
}

vault::ContactRow contactAt(Person &person)
{
    const ContactId chat = person.chatWith();
    vault::Snapshot snapshot(*person.db);
    return *vault::readContact(*person.db, chat.bytes);
}

/// Alice came back on another computer, and Bob knows; the computer from before, `alice`, is off.
struct Copied : Two {
    Copied() : file(backUp(alice, "alice"))
    {
        alice.close(); // stolen, not lost
        again = &restored(world, file, "alice2");
        world.run(kHour);
        say(*again, u"it is me"_s);
        world.run(kHour);
        again->close();
    }
    int alarms(Person &who) { return who.countLines(who.chatWith(), SystemLine::OldSessionSpoke); }

    std::filesystem::path file;
    Person *again = nullptr;
};

} // namespace

class TestOlderCopy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void speaksForAMonth_changesNothing();
    void answersInASessionOfOurs_isToldNothingMore();
    void greetsWhoHasNoOtherSession_isToldNothing();
    void voidSession_isAnsweredThoughThereIsNoOther();
};

void TestOlderCopy::speaksForAMonth_changesNothing()
{
    Copied t;
    t.world.relay("wss://two.example");
    const auto record = recordAt(t.bob);
    const auto contact = contactAt(t.bob);
    t.alice.open();
    auto settings = must(t.alice->settings());
    settings.displayName = u"Alicia"_s;
    must(t.alice->changeSettings(settings));
    must(t.alice->addRelayUntested(u"wss://two.example"_s));
    t.world.clock.advance(31 * kDay - kHour);
    t.world.run(kHour);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM own_rendezvous"), std::int64_t(2)); // a new one, which she has sent
    QCOMPARE(count(t.alice, "SELECT count(*) FROM outbox WHERE kind = 6 AND sealed IS NOT NULL"), std::int64_t(1));
    QVERIFY(t.alarms(t.bob) > 0);
    QCOMPARE(recordAt(t.bob).record, record.record);
    QCOMPARE(contactAt(t.bob).peerMailbox, contact.peerMailbox);
    QCOMPARE(contactAt(t.bob).peerMailboxNumber, contact.peerMailboxNumber);
    QCOMPARE(contactAt(t.bob).givenName, contact.givenName);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::NameChanged), 0);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::MailboxMoved), 0);
}

void TestOlderCopy::answersInASessionOfOurs_isToldNothingMore()
{
    Two t;
    const auto record = recordAt(t.bob); // the backup has its keys, and so has each copy
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kHour);
    t.say(again, u"it is me"_s);
    again.close();
    {
        vault::Transaction transaction(*t.bob.db);
        vault::writePeerRendezvous(*t.bob.db, t.pair.bobToAlice.bytes, record);
        QVERIFY(transaction.commit().ok());
    }
    execute(t.bob, "DELETE FROM sessions"); // so that he begins one
    t.alice.open();
    t.world.run(3 * kHour);
    QVERIFY(t.bob.countLines(t.pair.bobToAlice, SystemLine::OldSessionSpoke) > 0);
    t.say(t.bob, kSecret);
    t.world.run(3 * kHour);
    QVERIFY(!Two::received(t.alice).contains(kSecret));
    t.alice.close();
    again.open();
    t.world.run(2 * kDay);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QVERIFY(Two::received(again).contains(kSecret));
}

void TestOlderCopy::greetsWhoHasNoOtherSession_isToldNothing()
{
    Copied t;
    const auto his = backUp(t.bob, "bob");
    t.bob.close();
    t.one.loseHistory(); // nothing of the one who came back is heard any more
    Person &bob = restored(t.world, his, "bob2");
    // He cannot begin one: of her records he has none.
    execute(bob, "DELETE FROM peer_rendezvous");
    execute(bob, "DELETE FROM sessions");
    execute(bob, "DELETE FROM outbox");
    must(bob->sendText(bob.chatWith(), kSecret));
    execute(t.alice, "DELETE FROM sessions"); // the older copy can
    t.alice.open();
    t.world.run(3 * kHour);
    QVERIFY(t.alarms(bob) > 0);
    QCOMPARE(bob.summary().link, Link::Reconnecting);
    QVERIFY(!Two::received(t.alice).contains(kSecret));
}

void TestOlderCopy::voidSession_isAnsweredThoughThereIsNoOther()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    execute(t.bob, "DELETE FROM peer_rendezvous");
    execute(t.bob, "DELETE FROM sessions");
    execute(t.bob, "UPDATE contacts SET highest_session = highest_session + 864000000"); // of a clock that was ahead
    const std::int64_t highest = contactAt(t.bob).highestSession;
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    QVERIFY(count(t.bob, "SELECT number FROM sessions WHERE active = 1") > highest);
    QCOMPARE(activeOf(again), activeOf(t.bob));
    t.say(again, u"a1"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s}));
}

TACET_TEST_UNIT("t_older_copy", TestOlderCopy)
#include "t_older_copy.moc"
