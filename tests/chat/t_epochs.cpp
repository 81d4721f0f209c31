// The numbers of a writer who was restored, with a clock that is right or not: nothing is taken for known, and every text stands
// where it was written (PROTOCOL §7.5).
#include "tests/chat/restoring.h"
#include "tests/support/unit_registry.h"

#include "app/chat/payload.h"
#include "app/vault/contact_rows.h"
#include "app/vault/session_rows.h"
#include "crypto/gift_wrap.h"
#include "crypto/session.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kYear = 365 * kDay;

/// Alice, restored while her clock is a year ahead; afterwards it is set right.
Person &aliceAhead(Two &t)
{
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    Person &ahead = restoredAhead(t.world, file, "ahead", kYear);
    t.world.run(kHour);
    return ahead;
}

} // namespace

class TestEpochs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void backupOfAClockThatWasAhead_restoredTwice_losesNothing();
    void clockThatWasAhead_whatIsWrittenLastStandsLast();
    void textOfBeforeTheRestore_thatComesLate_standsBeforeIt();
    void goneOfEpochsThatNeverBegan_isForgotten_data();
    void goneOfEpochsThatNeverBegan_isForgotten();
};

void TestEpochs::backupOfAClockThatWasAhead_restoredTwice_losesNothing()
{
    Two t;
    Person &ahead = aliceAhead(t);
    t.say(ahead, u"a1"_s);
    const auto file = backUp(ahead, "ahead");
    ahead.close();
    QStringList said{u"a0"_s, u"a1"_s};
    for (const char *name : {"first", "second"}) {
        Person &again = restored(t.world, file, name);
        t.world.run(kHour);
        QCOMPARE(again.summary().link, Link::Live);
        for (int i = 0; i < 3; ++i) {
            said << QString::fromLatin1(name) + QString::number(i);
            t.say(again, said.last());
        }
        t.world.run(kHour);
        QCOMPARE(Two::received(t.bob), said);
        t.say(t.bob, u"to "_s + QString::fromLatin1(name));
        QCOMPARE(again.history(again.chatWith()).last(), u"to "_s + QString::fromLatin1(name));
        for (const Message &message : again.messages(again.chatWith())) {
            if (message.own)
                QVERIFY2(message.state == MessageState::Delivered, qPrintable(message.text));
        }
        again.close();
    }
    QVERIFY(!t.bob.hasLine(t.pair.bobToAlice, SystemLine::Gap));
}

void TestEpochs::clockThatWasAhead_whatIsWrittenLastStandsLast()
{
    Two t;
    const auto file = backUp(t.alice, "before");
    Person &ahead = aliceAhead(t);
    t.say(ahead, u"a1"_s);
    t.say(ahead, u"a2"_s);
    ahead.close();
    Person &right = restored(t.world, file, "right"); // from before, so that its numbers are of today
    t.world.run(kHour);
    t.say(right, u"a3"_s);
    t.one.behaviour().lieInOk = true;
    t.say(right, u"a4"_s);
    t.one.behaviour().lieInOk = false;
    t.say(right, u"a5"_s);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s, u"a3"_s, u"a5"_s}));
    t.world.run(kHour);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s, u"a3"_s, u"a4"_s, u"a5"_s})); // a hole is filled as ever
    t.world.clock.jumpWall(kYear + kDay); // and when the day of those numbers has come
    t.world.run(kHour);
    t.say(right, u"a6"_s);
    QCOMPARE(Two::received(t.bob).last(), u"a6"_s);
}

void TestEpochs::textOfBeforeTheRestore_thatComesLate_standsBeforeIt()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.bob.close();
    t.say(t.alice, u"a1"_s); // not in the backup
    t.alice.close();
    const std::vector<crypto::NostrEvent> late = t.one.stored();
    t.one.loseHistory(); // her last words come later
    Person &again = restored(t.world, file, "again");
    t.bob.open();
    t.world.run(kHour);
    t.say(again, u"a2"_s);
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a2"_s}));
    for (const crypto::NostrEvent &event : late)
        t.world.network.inject(t.one.url(), event);
    t.world.settle();
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s}));
    QVERIFY(!t.bob.hasLine(t.pair.bobToAlice, SystemLine::OldSessionSpoke));
}

void TestEpochs::goneOfEpochsThatNeverBegan_isForgotten_data()
{
    QTest::addColumn<bool>("stranger");
    QTest::newRow("a contact") << false;
    QTest::newRow("a stranger") << true;
}

void TestEpochs::goneOfEpochsThatNeverBegan_isForgotten()
{
    QFETCH(bool, stranger);
    Three t;
    if (stranger) {
        const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
        t.world.settle();
        must(t.bob->startChat(address.link, std::nullopt));
        t.world.run(kMinute);
        QVERIFY(t.alice.summary().request);
    } else {
        meet(t.world, t.alice, t.bob);
        t.world.run(kMinute);
    }
    {
        const ContactId chat = t.bob.chatWith();
        vault::Transaction transaction(*t.bob.db);
        auto row = vault::readActiveSession(*t.bob.db, chat.bytes);
        const auto contact = vault::readContact(*t.bob.db, chat.bytes);
        QVERIFY(row && contact && contact->peerMailbox);
        auto session = crypto::Session::parse(row->state.view());
        QVERIFY(session);
        for (int i = 0; i < 100; ++i) {
            Payload gone;
            gone.kind = PayloadKind::Gone;
            gone.epochs.push_back({1000 + i, *NumberRanges::fromRanges({{1, 5}}), 0});
            const auto sealed = session->encrypt(encodePayload(gone), t.bob.random);
            QVERIFY(sealed);
            t.world.network.inject(t.one.url(), *crypto::wrap(*sealed, crypto::NostrPublicKey{*contact->peerMailbox},
                                                              t.world.clock.wallSeconds(), t.bob.random));
        }
        row->state = session->serialise();
        vault::writeSession(*t.bob.db, *row);
        QVERIFY(transaction.commit().ok());
    }
    t.world.run(kMinute);
    vault::Snapshot snapshot(*t.alice.db);
    QVERIFY(t.alice.db->integer("SELECT count(*) FROM seen").value_or(0) > 100);
    QVERIFY(t.alice.db->integer("SELECT count(*) FROM received").value_or(-1) <= 1);
}

TACET_TEST_UNIT("t_epochs", TestEpochs)
#include "t_epochs.moc"
