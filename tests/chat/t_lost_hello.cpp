// Relays that lose what begins a conversation: nothing else would come, so it goes out again.
#include "tests/chat/restoring.h"
#include "tests/support/unit_registry.h"

#include "app/vault/contact_rows.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

class TestLostHello : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ofARestoredOne_isSaidAgain();
    void ofWhoAnswersARestoredOne_isSaidAgain();
    void ofAnOpener_isSaidAgain();
    void unanswered_isSaidOnceADay();
};

void TestLostHello::ofARestoredOne_isSaidAgain()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    t.bob.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    t.one.loseHistory();
    t.bob.open();
    t.world.run(2 * kDay);
    QCOMPARE(again.summary().link, Link::Live);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
    t.say(again, u"a1"_s);
    t.say(t.bob, u"b1"_s);
    t.world.run(kHour);
    QCOMPARE(Two::received(again), (QStringList{u"b0"_s, u"b1"_s}));
    QCOMPARE(Two::received(t.bob), (QStringList{u"a0"_s, u"a1"_s}));
}

void TestLostHello::ofWhoAnswersARestoredOne_isSaidAgain()
{
    Two t;
    const auto file = backUp(t.alice, "alice");
    t.alice.close();
    t.bob.close();
    Person &again = restored(t.world, file, "alice2");
    t.world.run(kMinute);
    again.close();
    t.bob.open();
    t.world.run(kHour);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
    t.one.loseHistory(); // with his answer, and with all that he had to say
    again.open();
    QCOMPARE(again.summary().link, Link::Reconnecting);
    t.world.run(2 * kDay);
    QCOMPARE(again.summary().link, Link::Live);
    QCOMPARE(t.bob.countLines(t.pair.bobToAlice, SystemLine::PeerRestored), 1);
}

void TestLostHello::ofAnOpener_isSaidAgain()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, u"Bob"_s));
    t.world.settle();
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    t.alice.close();
    must(t.bob->sendText(chat, u"are you there?"_s));
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().link, Link::WaitingForPeer);
    t.one.loseHistory();
    t.alice.open();
    t.world.run(2 * kDay);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(t.alice.history(t.alice.chatWith()), QStringList{u"are you there?"_s});
}

void TestLostHello::unanswered_isSaidOnceADay()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, u"Bob"_s));
    t.world.settle();
    t.alice.close();
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    t.world.run(kMinute);
    const auto letters = [&] {
        vault::Snapshot snapshot(*t.bob.db);
        const auto contact = vault::readContact(*t.bob.db, chat.bytes);
        return t.one.storedFor(crypto::NostrPublicKey{*contact->peerMailbox});
    };
    QCOMPARE(letters(), std::size_t(1));
    for (int day = 0; day < 10; ++day) {
        t.world.run(kDay / 2);
        t.bob.restart();
        t.world.run(kDay / 2);
    }
    QVERIFY(letters() >= 10 && letters() <= 11);
    t.alice.open();
    t.world.run(kHour);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(must(t.alice->chats()).size(), 1);
    QVERIFY(!t.alice.noticed(TroubleCode::InviteUsed)); // they are one and the same
}

TACET_TEST_UNIT("t_lost_hello", TestLostHello)
#include "t_lost_hello.moc"
