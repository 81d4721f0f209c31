// Sessions that may be lost: what opens in none is mostly rubbish, and what follows from it tells nobody anything.
#include "tests/chat/restoring.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/vault/mailbox_rows.h"
#include "app/vault/session_rows.h"
#include "crypto/gift_wrap.h"
#include "crypto/handshake.h"
#include "crypto/hkdf.h"

#include <optional>
#include <set>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

vault::Bytes32 mailboxOf(Person &person)
{
    const ContactId chat = person.chatWith();
    vault::Snapshot snapshot(*person.db);
    for (const vault::MailboxRow &row : vault::readMailboxesOf(*person.db, chat.bytes)) {
        if (row.purpose == vault::MailboxPurpose::Contact)
            return row.publicKey;
    }
    qFatal("%s reads nowhere", person.name.c_str());
}

/// Whoever knows a mailbox can do that.
void putRubbish(Two &t, Person &reader, int count)
{
    const crypto::NostrPublicKey mailbox{mailboxOf(reader)};
    for (int i = 0; i < count; ++i) {
        crypto::Bytes inner(crypto::kMessageSizes[0]);
        t.bob.random.fill(inner);
        inner[0] = 2; // like a later message
        inner[1] = 1;
        t.world.network.inject(t.one.url(), *crypto::wrap(inner, mailbox, t.world.clock.wallSeconds(), t.bob.random));
    }
    t.world.settle();
}

std::int64_t count(Person &person, vault::Sql sql)
{
    vault::Snapshot snapshot(*person.db);
    return person.db->integer(sql).value_or(-1);
}

std::int64_t sessions(Person &person) { return count(person, "SELECT count(*) FROM sessions"); }

/// The session that is sent on, as it is on the disk.
crypto::Bytes stateOf(Person &person)
{
    vault::Snapshot snapshot(*person.db);
    auto row = person.db->query("SELECT state FROM sessions WHERE active = 1");
    return row.step() ? row.blob(0) : crypto::Bytes();
}

void putState(Person &person, const crypto::Bytes &state)
{
    vault::Transaction transaction(*person.db);
    person.db->exec("UPDATE sessions SET state = ?1 WHERE active = 1", state);
    if (!transaction.commit())
        qFatal("not committed");
}

/// What the relay has that begins a session through this person's record: the mailbox, and what was inside.
struct Flight {
    crypto::NostrPublicKey mailbox;
    crypto::Bytes inner;
};

std::optional<Flight> firstFlightTo(Person &reader, const ScriptedRelay &relay)
{
    const ContactId chat = reader.chatWith();
    vault::Snapshot snapshot(*reader.db);
    for (const vault::MailboxRow &row : vault::readMailboxesOf(*reader.db, chat.bytes)) {
        const auto keys = crypto::NostrKeyPair::fromSecret(row.secret.clone());
        if (row.purpose != vault::MailboxPurpose::Rendezvous || !keys)
            continue;
        for (const crypto::NostrEvent &event : relay.stored()) {
            auto inner = crypto::unwrap(event, *keys);
            if (inner && crypto::peekPrefix(*inner))
                return Flight{keys->publicKey(), std::move(*inner)};
        }
    }
    return std::nullopt;
}

bool isDelivered(Person &person, const QString &text)
{
    for (const Message &message : person.messages(person.chatWith())) {
        if (message.own && message.text == text)
            return message.state >= MessageState::Delivered;
    }
    return false;
}

} // namespace

class TestLostSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void metAgainBeforeTheAnswerCame_endsInOneSession();
    void rubbishWithoutEnd_hidesNoLoss();
    void firstFlightPlayedAgain_isAnsweredByNothing();
    void rubbish_isAnsweredByNothing();
    void rubbish_isFollowedHoursLater_byChance();
    void rubbish_whileTheContactIsAway_holdsNothingBack();
    void besideASession_numberThatIsTooLow_isRaised();
    void numberAtTheEndOfAllTimes_isNotTheLast();
    void bothSidesAtOnce_endInOne();
    void oldEnvelopes_readAgain_tellOfNothing();
    void rolledBack_heals_data();
    void rolledBack_heals();
};

void TestLostSession::firstFlightPlayedAgain_isAnsweredByNothing()
{
    Two t;
    execute(t.alice, "UPDATE sessions SET state = x'00'");
    t.alice.restart();
    t.say(t.alice, u"a1"_s); // begins a session through Bob's record
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    const auto flight = firstFlightTo(t.bob, t.one);
    QVERIFY(flight);
    // Bob's copy of that session is lost, and he has forgotten what he opened. The keys of his record are there.
    const crypto::FixedBytes<32> hash = crypto::sha256(flight->inner);
    const auto knows = [&] {
        vault::Snapshot snapshot(*t.bob.db);
        return t.bob.db->integer("SELECT count(*) FROM seen WHERE hash = ?1", hash).value_or(-1);
    };
    QCOMPARE(knows(), 1);
    {
        vault::Transaction transaction(*t.bob.db);
        QCOMPARE(t.bob.db->exec("DELETE FROM sessions WHERE prefix = ?1", crypto::peekPrefix(flight->inner)->id().bytes), 1);
        QCOMPARE(t.bob.db->exec("DELETE FROM seen WHERE hash = ?1", hash), 1);
        QVERIFY(transaction.commit().ok());
    }
    t.world.run(10 * kMinute);
    const auto had = sessions(t.bob);
    const auto before = t.one.attempts();
    t.world.network.inject(t.one.url(), *crypto::wrap(flight->inner, flight->mailbox, t.world.clock.wallSeconds(), t.bob.random));
    t.world.run(10 * kMinute);
    QCOMPARE(knows(), 1); // it was looked at
    QCOMPARE(sessions(t.bob), had);
    QCOMPARE(t.one.attempts(), before);
}

void TestLostSession::rubbish_isAnsweredByNothing()
{
    Two t;
    t.world.run(11 * kMinute);
    const auto before = t.one.attempts();
    const auto had = sessions(t.alice);
    putRubbish(t, t.alice, 5);
    t.world.run(kMinute);
    QCOMPARE(t.one.attempts(), before);
    QCOMPARE(sessions(t.alice), had);
    t.alice.restart(); // nor when she looks after a start
    t.world.run(kMinute);
    QCOMPARE(t.one.attempts(), before);
    t.say(t.alice, u"a1"_s);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(t.alice.summary().link, Link::Live);
}

void TestLostSession::rubbish_isFollowedHoursLater_byChance()
{
    std::set<int> hours;
    for (const quint64 seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
        Two t(seed);
        const auto had = sessions(t.alice);
        putRubbish(t, t.alice, 3);
        int minutes = 0;
        while (sessions(t.alice) == had && minutes < 24 * 60) {
            QCOMPARE(t.alice.summary().link, Link::Live);
            t.world.run(kMinute);
            ++minutes;
        }
        QVERIFY2(minutes >= 60 && minutes <= 7 * 60, qPrintable(QString::number(minutes)));
        hours.insert(minutes / 60);
        t.world.run(kHour);
        QCOMPARE(t.alice.summary().link, Link::Live);
        QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 1);
        QCOMPARE(activeOf(t.alice), activeOf(t.bob));
        t.say(t.alice, u"a1"_s);
        t.say(t.bob, u"b1"_s);
        t.world.run(kDay);
        QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
        QCOMPARE(Two::received(t.alice), (QStringList{u"b0"_s, u"b1"_s}));
        QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 1);
    }
    QVERIFY(hours.size() > 1);
}

void TestLostSession::rubbish_whileTheContactIsAway_holdsNothingBack()
{
    Two t;
    t.bob.close();
    const auto had = sessions(t.alice);
    const auto active = activeOf(t.alice);
    QStringList texts{u"a0"_s};
    for (int day = 1; day <= 8; ++day) {
        putRubbish(t, t.alice, 5);
        t.world.run(kDay - kHour);
        texts << u"a%1"_s.arg(day);
        t.say(t.alice, texts.last());
        for (const Message &message : t.alice.messages(t.pair.aliceToBob))
            QVERIFY2(!message.own || message.state >= MessageState::OnRelay, qPrintable(message.text));
        if (day % 3 == 0)
            t.alice.restart();
        QCOMPARE(t.alice.summary().link, Link::Live);
        QCOMPARE(activeOf(t.alice), active);
    }
    QCOMPARE(sessions(t.alice), had + 1); // one is enough while nobody answers it
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 0);
    t.one.behaviour().newestFirst = true;
    t.bob.open();
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob), texts);
    QVERIFY(isDelivered(t.alice, texts.last()));
    QVERIFY(activeOf(t.alice) != active);
    QCOMPARE(activeOf(t.alice), activeOf(t.bob));
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 1);
    t.say(t.bob, u"b1"_s);
    QCOMPARE(Two::received(t.alice), (QStringList{u"b0"_s, u"b1"_s}));
}

void TestLostSession::besideASession_numberThatIsTooLow_isRaised()
{
    Two t;
    t.bob.close();
    execute(t.bob, "UPDATE contacts SET highest_session = highest_session + 864000000"); // of a clock that was ahead
    t.bob.open();
    t.world.run(kHour);
    putRubbish(t, t.alice, 3);
    for (int minutes = 0; minutes < 8 * 60; ++minutes) {
        t.world.run(kMinute);
        QCOMPARE(t.alice.summary().link, Link::Live);
        QVERIFY(activeOf(t.alice));
    }
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 1);
    QCOMPARE(activeOf(t.alice), activeOf(t.bob));
    t.say(t.alice, u"a1"_s);
    t.say(t.bob, u"b1"_s);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(Two::received(t.alice), (QStringList{u"b0"_s, u"b1"_s}));
}

void TestLostSession::numberAtTheEndOfAllTimes_isNotTheLast()
{
    Two t;
    execute(t.alice, "UPDATE contacts SET highest_session = 4503599627370494"); // 2^52 - 2
    execute(t.alice, "DELETE FROM sessions");
    t.world.run(2 * kHour);
    QCOMPARE(count(t.bob, "SELECT number FROM sessions WHERE active = 1"), (std::int64_t(1) << 52) - 1);
    execute(t.bob, "DELETE FROM sessions"); // and it is he who begins another
    t.world.run(2 * kHour);
    QVERIFY(activeOf(t.bob));
    QCOMPARE(activeOf(t.alice), activeOf(t.bob));
    t.say(t.alice, u"a1"_s);
    t.say(t.bob, u"b1"_s);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
    QCOMPARE(Two::received(t.alice), (QStringList{u"b0"_s, u"b1"_s}));
}

void TestLostSession::bothSidesAtOnce_endInOne()
{
    for (const quint64 seed : {1, 2, 3, 4, 5, 6}) {
        Two t(seed);
        t.one.behaviour().lieInOk = true; // what both begin reaches nobody, before the next day
        putRubbish(t, t.alice, 3);
        putRubbish(t, t.bob, 3);
        t.world.run(8 * kHour);
        t.say(t.alice, u"a1"_s);
        t.say(t.bob, u"b1"_s);
        t.one.behaviour().lieInOk = false;
        t.world.run(2 * kDay);
        QCOMPARE(t.alice.summary().link, Link::Live);
        QCOMPARE(t.bob.summary().link, Link::Live);
        QCOMPARE(activeOf(t.alice), activeOf(t.bob));
        t.say(t.alice, u"a2"_s);
        t.say(t.bob, u"b2"_s);
        t.world.run(kHour);
        QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s}));
        QCOMPARE(Two::received(t.alice), (QStringList{u"b0"_s, u"b1"_s, u"b2"_s}));
    }
}

void TestLostSession::oldEnvelopes_readAgain_tellOfNothing()
{
    Two t;
    for (int i = 1; i <= 40; ++i) {
        t.say(t.bob, u"b%1"_s.arg(i));
        t.say(t.alice, u"a%1"_s.arg(i));
    }
    t.world.run(kHour);
    t.world.clock.advance(60 * kDay);
    t.bob.restart();
    t.alice.restart();
    t.world.run(3 * kHour);
    const auto known = count(t.alice, "SELECT count(*) FROM seen");
    QVERIFY(known < 20); // their hashes went: every relay was read far past them
    // A relay that was taken out and put back is read from its beginning, and until then nothing is known to be stale.
    t.world.relay("wss://two.example");
    must(t.bob->allowHost(u"two.example"_s));
    must(t.alice->addRelayUntested(u"wss://two.example"_s));
    t.world.run(kMinute);
    must(t.alice->removeRelay(u"wss://one.example"_s));
    t.world.run(kMinute);
    must(t.alice->addRelayUntested(u"wss://one.example"_s));
    t.world.run(kMinute);
    QVERIFY(count(t.alice, "SELECT count(*) FROM seen") >= known + 40); // looked at again
    QCOMPARE(count(t.alice, "SELECT count(*) FROM unopened"), 0);
    t.world.run(8 * kHour);
    QCOMPARE(t.alice.summary().link, Link::Live);
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 0);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::SessionRenewed), 0);
}

void TestLostSession::rolledBack_heals_data()
{
    QTest::addColumn<bool>("wholeVault");
    QTest::addColumn<bool>("speaks");
    QTest::newRow("the vault, by a copy of its file") << true << true;
    QTest::newRow("the session alone") << false << true;
    QTest::newRow("the session alone, and nothing is written there") << false << false;
}

void TestLostSession::rolledBack_heals()
{
    QFETCH(bool, wholeVault);
    QFETCH(bool, speaks);
    Two t;
    must(t.bob->setOpenChat(t.pair.bobToAlice, true)); // so that each text is answered by a receipt, and the ratchet turns
    QStringList texts{u"a0"_s};
    const auto say = [&](int count) {
        for (int i = 0; i < count; ++i) {
            texts << u"a%1"_s.arg(texts.size());
            t.say(t.alice, texts.last());
        }
    };
    say(1);
    t.world.run(kHour);
    const crypto::Bytes state = stateOf(t.bob);
    t.bob.close();
    const std::filesystem::path copy = t.bob.file.string() + ".old";
    std::filesystem::copy_file(t.bob.file, copy);
    t.bob.open();
    must(t.bob->setOpenChat(t.pair.bobToAlice, true));
    say(6);
    QCOMPARE(Two::received(t.bob), texts);
    t.world.run(kHour);
    t.bob.close();
    if (wholeVault)
        std::filesystem::copy_file(copy, t.bob.file, std::filesystem::copy_options::overwrite_existing);
    t.bob.open();
    if (!wholeVault)
        putState(t.bob, state);
    const auto before = texts;
    say(4);
    if (speaks)
        t.say(t.bob, u"b1"_s); // perhaps in a session that she cannot follow
    if (!speaks) {
        t.world.run(59 * kMinute);
        QCOMPARE(Two::received(t.bob), before);
    }
    t.world.run(speaks ? kDay : 6 * kHour);
    QCOMPARE(Two::received(t.bob), texts);
    QVERIFY(isDelivered(t.alice, texts.last()));
    if (speaks) {
        QCOMPARE(Two::received(t.alice), (QStringList{u"b0"_s, u"b1"_s}));
        QVERIFY(isDelivered(t.bob, u"b1"_s));
    }
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::Gap), 0);
    QCOMPARE(activeOf(t.alice), activeOf(t.bob));
    t.say(t.bob, u"b2"_s);
    QCOMPARE(Two::received(t.alice).last(), u"b2"_s);
}

void TestLostSession::metAgainBeforeTheAnswerCame_endsInOneSession()
{
    World world;
    world.relay("wss://one.example");
    ScriptedRelay &two = world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({u"wss://one.example"_s}, u"Alice"_s);
    bob.create({u"wss://two.example"_s}, u"Bob"_s);
    must(alice->allowHost(u"two.example"_s));
    const Invitation address = must(alice->createInvitation(InvitationKind::Reusable, {}));
    world.settle();
    must(bob->startChat(address.link, std::nullopt));
    world.run(kMinute);
    bob.close();
    world.run(8 * kDay); // the prekeys behind the address are others now
    must(alice->acceptRequest(alice.chatWith()));
    world.run(kMinute);
    two.behaviour().down = true; // her answer is there
    bob.open();
    world.run(kHour);
    QCOMPARE(sessions(bob), 2); // he has met her again
    two.behaviour().down = false;
    world.run(kHour);
    QCOMPARE(bob.summary().link, Link::Live);
    must(alice->sendText(alice.chatWith(), u"a"_s));
    must(bob->sendText(bob.chatWith(), u"b"_s));
    world.run(kHour);
    QCOMPARE(activeOf(alice), activeOf(bob));
    QCOMPARE(Two::received(alice), QStringList{u"b"_s});
    QCOMPARE(Two::received(bob), QStringList{u"a"_s});
}

void TestLostSession::rubbishWithoutEnd_hidesNoLoss()
{
    Two t;
    const crypto::Bytes before = stateOf(t.alice);
    for (int i = 0; i < 6; ++i) {
        t.say(t.bob, u"b%1"_s.arg(i + 1));
        t.say(t.alice, u"a%1"_s.arg(i + 1));
    }
    t.world.run(kHour);
    putState(t.alice, before); // a copy from before
    t.alice.restart();
    for (int i = 0; i < 3; ++i)
        t.say(t.bob, u"lost %1"_s.arg(i));
    for (int hour = 0; hour < 9; ++hour) {
        putRubbish(t, t.alice, 20);
        t.world.run(kHour);
    }
    QCOMPARE(t.alice.countLines(t.alice.chatWith(), SystemLine::SessionRenewed), 1);
}

TACET_TEST_UNIT("t_lost_session", TestLostSession)
#include "t_lost_session.moc"
