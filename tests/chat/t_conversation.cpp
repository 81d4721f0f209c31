// Two people meet and talk; what each of them sees.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include <QRegularExpression>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;

/// Two who know each other, at one relay.
struct Met {
    World world;
    ScriptedRelay &relay = world.relay("wss://one.example");
    Person &alice = known("alice");
    Person &bob = known("bob");
    Pair pair = meet(world, alice, bob);

private:
    Person &known(const char *name)
    {
        Person &person = world.person(name);
        person.create({kOne});
        return person;
    }
};

} // namespace

class TestConversation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void meeting_makesBothLive();
    void texts_goBothWaysAndReachRead();
    void readReceipts_areSymmetrical();
    void readReceipt_saysNothingOfWhatIsMissing();
    void readReceipt_saysNothingOfWhatCameBelowUnseen();
    void startChat_worksWithNoRelayReachable();
    void text_beforeTheInvitationIsFetchedArrives();
    void limits_areSaidNotCut();
    void names_stayLiteral();
    void rename_leavesALine();
    void twoHundredEachWay_inOrder();
    void page_walksBothDirections();
    void draftsAndFlags_survive();
    void typing_isOffAndNeverStored();
    void deleteForMe_withdrawsWhatDidNotLeave();
    void disclosure_countsWhatRelaysSaw();
    void disclosure_countsEachMessageOnce();
};

void TestConversation::meeting_makesBothLive()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne}, u"Alice"_s);
    bob.create({kOne}, u"Bob B."_s);
    const Pair pair = meet(world, alice, bob);

    QCOMPARE(alice.summary().link, Link::Live);
    QCOMPARE(bob.summary().link, Link::Live);
    QCOMPARE(bob.summary().name, u"Alice"_s);
    QCOMPARE(alice.summary().name, u"Bob"_s); // the invitation's label
    QCOMPARE(alice.summary().givenName, u"Bob B."_s);
    QVERIFY(alice.hasLine(pair.aliceToBob, SystemLine::PeerJoined));
    QVERIFY(bob.hasLine(pair.bobToAlice, SystemLine::ChatStarted));
    const auto invitations = must(alice->invitations());
    QCOMPARE(invitations.size(), 1);
    QCOMPARE(invitations[0].state, InvitationState::Used);
    QVERIFY(invitations[0].link.isEmpty());
    QCOMPARE(invitations[0].usedBy, std::optional(pair.aliceToBob));
    // The same number on both sides.
    QCOMPARE(must(alice->safetyNumber(pair.aliceToBob)).groups, must(bob->safetyNumber(pair.bobToAlice)).groups);
}

void TestConversation::texts_goBothWaysAndReachRead()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;

    const MessageId id = must(bob->sendText(pair.bobToAlice, u"hello"_s));
    QCOMPARE(must(bob->message(id)).state, MessageState::Queued);
    world.settle();
    QCOMPARE(must(bob->message(id)).state, MessageState::OnRelay);
    QCOMPARE(alice.history(pair.aliceToBob), QStringList{u"hello"_s});
    QCOMPARE(alice.summary().unread, 1);
    world.run(9'000);
    QCOMPARE(must(bob->message(id)).state, MessageState::OnRelay); // receipts wait 10 to 120 s
    world.run(115'000);
    QCOMPARE(must(bob->message(id)).state, MessageState::Delivered);
    must(alice->setOpenChat(pair.aliceToBob, true));
    world.run(1000);
    QCOMPARE(must(bob->message(id)).state, MessageState::Read);
    QCOMPARE(alice.summary().unread, 0);

    const MessageId answer = must(alice->sendText(pair.aliceToBob, u"hi"_s));
    bob->setListening(true);
    world.run(1000);
    QCOMPARE(must(alice->message(answer)).state, MessageState::Delivered); // at once: the other side listens
    QCOMPARE(bob.history(pair.bobToAlice), (QStringList{u"> hello"_s, u"hi"_s}));
    QCOMPARE(must(alice->outbox()).waiting, 0);
}

void TestConversation::readReceipts_areSymmetrical()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    Settings settings = must(bob->settings());
    settings.readReceipts = false;
    must(bob->changeSettings(settings));
    const MessageId id = must(bob->sendText(pair.bobToAlice, u"hello"_s));
    world.settle();
    must(alice->setOpenChat(pair.aliceToBob, true));
    world.run(130'000);
    QCOMPARE(must(bob->message(id)).state, MessageState::Delivered); // told, and not looked at
}

void TestConversation::readReceipt_saysNothingOfWhatIsMissing()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    must(alice->setOpenChat(pair.aliceToBob, true));
    const MessageId first = must(bob->sendText(pair.bobToAlice, u"1"_s));
    world.settle();
    relay.behaviour().lieInOk = true;
    const MessageId lost = must(bob->sendText(pair.bobToAlice, u"2"_s));
    world.settle();
    relay.behaviour().lieInOk = false;
    const MessageId last = must(bob->sendText(pair.bobToAlice, u"3"_s));
    world.run(1000);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"1"_s, u"3"_s}));
    QCOMPARE(must(bob->message(first)).state, MessageState::Read);
    QCOMPARE(must(bob->message(last)).state, MessageState::Read);
    QCOMPARE(must(bob->message(lost)).state, MessageState::OnRelay);
    world.run(3'600'000); // it is asked for
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"1"_s, u"2"_s, u"3"_s}));
    QCOMPARE(must(bob->message(lost)).state, MessageState::Read);
}

void TestConversation::readReceipt_saysNothingOfWhatCameBelowUnseen()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    must(alice->setOpenChat(pair.aliceToBob, true));
    relay.behaviour().lieInOk = true;
    const MessageId lost = must(bob->sendText(pair.bobToAlice, u"1"_s));
    world.settle();
    relay.behaviour().lieInOk = false;
    const MessageId seen = must(bob->sendText(pair.bobToAlice, u"2"_s));
    world.run(1000);
    must(alice->setOpenChat(pair.aliceToBob, false));
    world.run(3'600'000); // what is missing comes, and nobody looks
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"1"_s, u"2"_s}));
    QCOMPARE(must(bob->message(seen)).state, MessageState::Read);
    QCOMPARE(must(bob->message(lost)).state, MessageState::Delivered);
    must(alice->setOpenChat(pair.aliceToBob, true));
    world.run(60'000);
    QCOMPARE(must(bob->message(lost)).state, MessageState::Read);
}

void TestConversation::startChat_worksWithNoRelayReachable()
{
    World world;
    ScriptedRelay &relay = world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Invitation invitation = must(alice->createInvitation(InvitationKind::OneTime, {}));
    world.settle();
    relay.behaviour().down = true;
    world.settle();
    const StartedChat started = must(bob->startChat(invitation.link, std::nullopt));
    QVERIFY(started.waiting);
    world.run(60'000);
    QCOMPARE(bob.summary().link, Link::FetchingInvitation);
    QCOMPARE(bob->safetyNumber(started.chat).error().code, TroubleCode::NotConnectedYet);
    relay.behaviour().down = false;
    world.run(600'000);
    QCOMPARE(bob.summary().link, Link::Live);
}

void TestConversation::text_beforeTheInvitationIsFetchedArrives()
{
    World world;
    ScriptedRelay &relay = world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Invitation invitation = must(alice->createInvitation(InvitationKind::OneTime, {}));
    world.settle();
    relay.behaviour().down = true;
    world.settle();
    const StartedChat started = must(bob->startChat(invitation.link, std::nullopt));
    const MessageId first = must(bob->sendText(started.chat, u"early"_s));
    must(bob->sendText(started.chat, u"second"_s));
    QCOMPARE(must(bob->outbox()).waiting, 2);
    bob.restart();
    relay.behaviour().down = false;
    world.run(600'000);
    QCOMPARE(alice.history(alice.chatWith()), (QStringList{u"early"_s, u"second"_s}));
    QCOMPARE(must(bob->message(first)).state, MessageState::Delivered);
}

void TestConversation::limits_areSaidNotCut()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    const auto tooLong = bob->sendText(pair.bobToAlice, QString(4 * 1024 * 1024, u'x'));
    QVERIFY(!tooLong);
    QCOMPARE(tooLong.error().code, TroubleCode::TextTooLong);
    QCOMPARE(tooLong.error().number, 28'000);
    QCOMPARE(bob->sendText(pair.bobToAlice, QString(9'334, u'あ')).error().code, TroubleCode::TextTooLong); // 28,002 bytes
    QCOMPARE(bob->sendText(pair.bobToAlice, u"  \n "_s).error().code, TroubleCode::TextEmpty);
    const QString longest(28'000, u'x');
    must(bob->sendText(pair.bobToAlice, longest));
    world.settle();
    QCOMPARE(alice.history(pair.aliceToBob), QStringList{longest});
    QCOMPARE(bob->sendText(ContactId(), u"x"_s).error().code, TroubleCode::UnknownContact);
}

void TestConversation::names_stayLiteral()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    const QString name = u"<b>Bob</b>\u202Egnp.<img src=x>\u2066"_s;
    alice.create({kOne});
    bob.create({kOne}, name);
    const Pair pair = meet(world, alice, bob);
    QCOMPARE(alice.summary().givenName, name);
    const QString text = u"<script>x</script> \u202E &amp; \u0000z"_s;
    must(bob->sendText(pair.bobToAlice, text));
    world.settle();
    QCOMPARE(alice.history(pair.aliceToBob), QStringList{text});
}

void TestConversation::rename_leavesALine()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne}, u"Bob"_s);
    const Pair pair = meet(world, alice, bob);
    Settings settings = must(bob->settings());
    settings.displayName = u"Robert"_s;
    must(bob->changeSettings(settings));
    world.settle();
    QCOMPARE(alice.summary().givenName, u"Robert"_s);
    QCOMPARE(alice.summary().name, u"Bob"_s); // what Alice calls him is hers
    QCOMPARE(alice.countLines(pair.aliceToBob, SystemLine::NameChanged), 1);
    must(alice->renameContact(pair.aliceToBob, {}));
    QCOMPARE(alice.summary().name, u"Robert"_s);
    settings.displayName.clear();
    QCOMPARE(bob->changeSettings(settings).error().code, TroubleCode::NameEmpty);
    settings.displayName = QString(200, u'x');
    QCOMPARE(bob->changeSettings(settings).error().code, TroubleCode::NameTooLong);
}

void TestConversation::twoHundredEachWay_inOrder()
{
    World world(7);
    ScriptedRelay &relay = world.relay("wss://one.example");
    relay.behaviour().reorder = true;
    relay.behaviour().duplicatePercent = 20;
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    QStringList fromBob;
    QStringList fromAlice;
    for (int i = 0; i < 200; ++i) {
        fromBob << u"b%1"_s.arg(i);
        fromAlice << u"a%1"_s.arg(i);
        must(bob->sendText(pair.bobToAlice, fromBob.last()));
        must(alice->sendText(pair.aliceToBob, fromAlice.last()));
        if (i % 7 == 0)
            world.run(100);
    }
    world.run(300'000);
    const auto received = [](const QStringList &history) { return history.filter(QRegularExpression(u"^[^>]"_s)); };
    QCOMPARE(received(alice.history(pair.aliceToBob)), fromBob);
    QCOMPARE(received(bob.history(pair.bobToAlice)), fromAlice);
    for (const Message &message : bob.messages(pair.bobToAlice)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
}

void TestConversation::page_walksBothDirections()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    for (int i = 0; i < 60; ++i)
        must(bob->sendText(pair.bobToAlice, QString::number(i)));
    const Page last = must(bob->page(pair.bobToAlice, {}, PageDirection::Older, 20));
    QCOMPARE(last.messages.size(), 20);
    QVERIFY(last.reachesEnd);
    QVERIFY(!last.reachesStart);
    QCOMPARE(last.messages.last().text, u"59"_s);
    const Page before = must(bob->page(pair.bobToAlice, Anchor::of(last.messages.first()), PageDirection::Older, 20));
    QCOMPARE(before.messages.last().text, u"39"_s);
    const Page after = must(bob->page(pair.bobToAlice, Anchor::of(before.messages.last()), PageDirection::Newer, 200));
    QCOMPARE(after.messages.size(), 20);
    QVERIFY(after.reachesEnd);
    const Page around = must(bob->page(pair.bobToAlice, Anchor::of(before.messages.last()), PageDirection::Around, 11));
    QCOMPARE(around.messages.size(), 11);
    QCOMPARE(around.messages[5].text, u"39"_s);
    world.settle();
    const Page unread = must(alice->page(pair.aliceToBob, {}, PageDirection::Older, 10));
    QCOMPARE(unread.unread, 60);
    QCOMPARE(must(alice->message(unread.firstUnread)).text, u"0"_s);
    QCOMPARE(alice->page(ContactId(), {}, PageDirection::Older, 10).error().code, TroubleCode::UnknownContact);
}

void TestConversation::draftsAndFlags_survive()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    must(bob->setDraft(pair.bobToAlice, u"not yet"_s));
    must(bob->setMuted(pair.bobToAlice, true));
    must(bob->setPinned(pair.bobToAlice, true));
    bob.restart();
    QCOMPARE(bob.summary().draft, u"not yet"_s);
    QVERIFY(bob.summary().muted);
    QVERIFY(bob.summary().pinned);
    must(bob->sendText(pair.bobToAlice, u"now"_s));
    QVERIFY(bob.summary().draft.isEmpty());
}

void TestConversation::typing_isOffAndNeverStored()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    must(bob->setTyping(pair.bobToAlice, true));
    world.settle();
    QVERIFY(!alice.summary().typing);
    for (Person *person : {&alice, &bob}) {
        Settings settings = must((*person)->settings());
        settings.typing = true;
        must((*person)->changeSettings(settings));
    }
    must(bob->setTyping(pair.bobToAlice, true));
    world.settle();
    QVERIFY(alice.summary().typing);
    world.run(9'000);
    QVERIFY(!alice.summary().typing);
    QVERIFY(alice.history(pair.aliceToBob).isEmpty());
}

void TestConversation::deleteForMe_withdrawsWhatDidNotLeave()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    relay.behaviour().down = true;
    world.settle();
    must(bob->sendText(pair.bobToAlice, u"one"_s));
    const MessageId regretted = must(bob->sendText(pair.bobToAlice, u"two"_s));
    must(bob->sendText(pair.bobToAlice, u"three"_s));
    world.settle(); // every attempt has failed
    must(bob->deleteForMe(regretted));
    relay.behaviour().down = false;
    world.run(3600'000);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"one"_s, u"three"_s}));
    QVERIFY(!alice.hasLine(pair.aliceToBob, SystemLine::Gap));
    QCOMPARE(bob->deleteForMe(regretted).error().code, TroubleCode::UnknownMessage);
}

void TestConversation::disclosure_countsWhatRelaysSaw()
{
    Met t;
    auto &[world, relay, alice, bob, pair] = t;
    const auto before = must(bob->disclosure()).relays[0];
    must(bob->sendText(pair.bobToAlice, u"x"_s));
    must(bob->sendText(pair.bobToAlice, QString(9'000, u'x')));
    world.settle();
    const auto after = must(bob->disclosure()).relays[0];
    QCOMPARE(after.envelopesOut - before.envelopesOut, 2);
    QCOMPARE(after.bySize[0] - before.bySize[0], 1);
    QCOMPARE(after.bySize[2] - before.bySize[2], 1);
    QVERIFY(after.mailboxes >= 1);
    QVERIFY(after.firstMs > 0);
}

void TestConversation::disclosure_countsEachMessageOnce()
{
    World world;
    world.relay("wss://one.example");
    world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne, kTwo});
    bob.create({kOne, kTwo});
    const Pair pair = meet(world, alice, bob);
    world.run(3600'000);
    const auto received = [&] {
        QList<qint64> counts;
        for (const RelayDisclosure &relay : must(alice->disclosure()).relays)
            counts.append(relay.envelopesIn);
        return counts;
    };
    QList<qint64> expected = received();
    QCOMPARE(expected.size(), 2);
    must(bob->sendText(pair.bobToAlice, u"x"_s));
    world.run(60'000);
    for (qint64 &count : expected)
        ++count; // each relay has a copy
    QCOMPARE(received(), expected);
    bob.close();
    for (const int hours : {0, 1, 30, 60}) { // what was read is read again after a start, and swept after a day
        alice.close();
        world.clock.advance(hours * 3600'000LL);
        alice.open();
        world.run(60'000);
        QCOMPARE(received(), expected);
    }
    QCOMPARE(alice.history(pair.aliceToBob), QStringList{u"x"_s});
}

TACET_TEST_UNIT("t_conversation", TestConversation)
#include "t_conversation.moc"
