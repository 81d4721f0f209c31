// Where a contact says that it reads, and the record through which it is met again: what counts, for whom, and for how long.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/chat/payload.h"
#include "app/vault/contact_rows.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/profile_rows.h"
#include "app/vault/session_rows.h"
#include "crypto/gift_wrap.h"
#include "crypto/rendezvous.h"
#include "crypto/session.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

vault::ContactRow contactOf(Person &person, const ContactId &chat)
{
    vault::Snapshot snapshot(*person.db);
    auto contact = vault::readContact(*person.db, chat.bytes);
    if (!contact)
        qFatal("no such contact");
    return std::move(*contact);
}

void put(Three &t, const crypto::Bytes &sealed, const vault::Bytes32 &mailbox)
{
    t.world.network.inject(t.one.url(), *crypto::wrap(sealed, crypto::NostrPublicKey{mailbox}, t.world.clock.wallSeconds(),
                                                      t.carol.random));
    t.world.settle();
}

/// Whatever one likes to say, in the session that is sent on, as somebody can who holds its keys.
void speak(Three &t, Person &writer, const ContactId &chat, const Payload &payload)
{
    const vault::ContactRow contact = contactOf(writer, chat);
    crypto::Bytes sealed;
    {
        vault::Transaction transaction(*writer.db);
        auto row = vault::readActiveSession(*writer.db, contact.id);
        auto session = crypto::Session::parse(row->state.view());
        sealed = *session->encrypt(encodePayload(payload), writer.random);
        row->state = session->serialise();
        vault::writeSession(*writer.db, *row);
        if (!transaction.commit())
            qFatal("not committed");
    }
    put(t, sealed, *contact.peerMailbox);
}

/// An announcement of a mailbox that nobody reads, at the relay where everybody does.
Payload announcement(Three &t, std::int64_t number)
{
    Payload payload;
    payload.kind = PayloadKind::Mailbox;
    payload.sentMs = t.world.clock.wallMs();
    payload.mailbox = crypto::NostrKeyPair::generate(t.carol.random).publicKey().bytes;
    payload.mailboxNumber = number;
    payload.relays = {Three::kAddress};
    return payload;
}

std::int64_t count(Person &person, vault::Sql sql)
{
    vault::Snapshot snapshot(*person.db);
    return person.db->integer(sql).value_or(-1);
}

/// The first message of a session that `person` begins through the record that Bob has of Alice's. Answers the record's number.
crypto::BundleId beginThroughBobsRecord(Three &t, const Pair &pair, Person &person)
{
    std::optional<vault::PeerRendezvousRow> given;
    std::optional<vault::ProfileRow> profile;
    {
        vault::Snapshot snapshot(*t.bob.db);
        given = vault::readPeerRendezvous(*t.bob.db, pair.bobToAlice.bytes);
    }
    {
        vault::Snapshot snapshot(*person.db);
        profile = vault::readProfile(*person.db);
    }
    const crypto::IdentityKey alice{*contactOf(t.bob, pair.bobToAlice).identity};
    const auto record = crypto::PeerRendezvous::parse(given->record, alice);
    const auto own = crypto::OwnIdentity::fromSeed(profile->identitySeed.view());
    auto session = crypto::Session::initiate(own, record->prekeys(), person.random);
    Payload hello;
    hello.kind = PayloadKind::Hello;
    hello.sentMs = t.world.clock.wallMs();
    hello.sessionNumber = t.world.clock.wallMs();
    put(t, *session->encrypt(encodePayload(hello), person.random), record->mailbox().bytes);
    return record->id();
}

} // namespace

class TestAnnouncements : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mailboxOfADayToCome_isOvertaken_data();
    void mailboxOfADayToCome_isOvertaken();
    void mailboxFromBefore_countsNoMore();
    void anotherMailbox_leavesItsLine();
    void secondLinkOfAContact_itsOwnMailboxCounts();
    void record_isForOnePerson();
    void record_takesItsHandshakesAlong();
};

void TestAnnouncements::mailboxOfADayToCome_isOvertaken_data()
{
    QTest::addColumn<qint64>("ahead");
    QTest::newRow("a year ahead") << qint64(365 * kDayMs);
    QTest::newRow("no clock says that") << (qint64(1) << 59);
}

void TestAnnouncements::mailboxOfADayToCome_isOvertaken()
{
    QFETCH(qint64, ahead);
    Three t;
    t.world.relay("wss://two.example");
    const Pair pair = meet(t.world, t.alice, t.bob);
    must(t.bob->allowHost(u"two.example"_s));
    t.world.run(kHourMs);
    const auto hers = contactOf(t.bob, pair.bobToAlice).peerMailbox;
    speak(t, t.alice, pair.aliceToBob, announcement(t, t.world.clock.wallMs() + ahead));
    QVERIFY(contactOf(t.bob, pair.bobToAlice).peerMailbox != hers);
    must(t.alice->addRelayUntested(u"wss://two.example"_s)); // and so announces where she reads
    t.world.run(kMinuteMs);
    QVERIFY(contactOf(t.bob, pair.bobToAlice).peerMailbox == hers);
    must(t.bob->sendText(pair.bobToAlice, u"b1"_s));
    t.world.run(kMinuteMs);
    QCOMPARE(t.alice.history(pair.aliceToBob), QStringList{u"b1"_s});
}

void TestAnnouncements::mailboxFromBefore_countsNoMore()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.world.run(kHourMs);
    const auto before = contactOf(t.bob, pair.bobToAlice);
    speak(t, t.alice, pair.aliceToBob, announcement(t, before.peerMailboxNumber - 1));
    QVERIFY(contactOf(t.bob, pair.bobToAlice).peerMailbox == before.peerMailbox);
    // Nor where the last is days ahead, as clocks may be.
    Payload ahead = announcement(t, t.world.clock.wallMs() + 9 * kDayMs);
    speak(t, t.alice, pair.aliceToBob, ahead);
    speak(t, t.alice, pair.aliceToBob, announcement(t, t.world.clock.wallMs()));
    QVERIFY(contactOf(t.bob, pair.bobToAlice).peerMailbox == ahead.mailbox);
}

void TestAnnouncements::anotherMailbox_leavesItsLine()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.world.run(kHourMs);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::MailboxMoved), 0);
    Payload another = announcement(t, t.world.clock.wallMs());
    speak(t, t.alice, pair.aliceToBob, another);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::MailboxMoved), 1);
    ++another.mailboxNumber;
    speak(t, t.alice, pair.aliceToBob, another); // once more: nothing has changed
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::MailboxMoved), 1);
}

void TestAnnouncements::secondLinkOfAContact_itsOwnMailboxCounts()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.world.run(kHourMs);
    const auto hers = contactOf(t.bob, pair.bobToAlice).peerMailbox;
    const Invitation again = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    must(t.bob->startChat(again.link, pair.bobToAlice));
    t.world.run(kHourMs);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(t.bob.summary().trust, Trust::NotCompared);
    QVERIFY(contactOf(t.bob, pair.bobToAlice).peerMailbox == hers); // not that of the link, which was for the first message
    must(t.bob->sendText(pair.bobToAlice, u"b1"_s));
    t.world.run(kMinuteMs);
    QCOMPARE(t.alice.history(pair.aliceToBob), QStringList{u"b1"_s});
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::MailboxMoved), 0);
}

void TestAnnouncements::record_isForOnePerson()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.world.run(kHourMs);
    const auto sessions = count(t.alice, "SELECT count(*) FROM sessions");
    const auto handshakes = count(t.alice, "SELECT count(*) FROM handshakes");
    const auto messages = count(t.alice, "SELECT count(*) FROM messages");
    beginThroughBobsRecord(t, pair, t.carol); // who has it from him
    QCOMPARE(count(t.alice, "SELECT count(*) FROM sessions"), sessions);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM handshakes"), handshakes);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM messages"), messages);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM contacts"), 1);
    beginThroughBobsRecord(t, pair, t.bob); // for whom it is
    QCOMPARE(count(t.alice, "SELECT count(*) FROM sessions"), sessions + 1);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM handshakes"), handshakes + 1);
}

void TestAnnouncements::record_takesItsHandshakesAlong()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.world.run(kHourMs);
    const auto handshakes = count(t.alice, "SELECT count(*) FROM handshakes");
    const crypto::BundleId record = beginThroughBobsRecord(t, pair, t.bob);
    QCOMPARE(count(t.alice, "SELECT count(*) FROM handshakes"), handshakes + 1);
    {
        vault::Transaction transaction(*t.alice.db);
        t.alice.db->exec("UPDATE own_rendezvous SET replaced_ms = ?1", t.world.clock.wallMs() - crypto::kRendezvousLifetime + kDayMs);
        QVERIFY(transaction.commit().ok());
    }
    t.bob.close();
    t.alice.restart();
    QCOMPARE(count(t.alice, "SELECT count(*) FROM handshakes"), handshakes + 1);
    t.world.run(2 * kDayMs);
    t.alice.restart();
    vault::Snapshot snapshot(*t.alice.db);
    QVERIFY(!vault::readOwnRendezvous(*t.alice.db, record.bytes));
    QCOMPARE(t.alice.db->integer("SELECT count(*) FROM handshakes").value_or(-1), handshakes); // that of the link stays
}

TACET_TEST_UNIT("t_announcements", TestAnnouncements)
#include "t_announcements.moc"
