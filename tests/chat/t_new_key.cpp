// A contact with a new identity key: what was for the old one waits until somebody has looked.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/number_ranges.h"
#include "app/vault/receipt_rows.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;
constexpr qint64 kDay = 24 * kHour;

} // namespace

class TestNewKey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newKey_blocksUntilAccepted();
    void newKey_cannotTakeDeliveryOfWhatWaits();
    void newKey_isAcceptedAsItWasSeen();
    void newKey_isNotMarkedWithTheNumberBefore();
    void newLink_isFetchedThoughTheOldKeySpeaksMeanwhile();
    void newLink_takesThePlaceOfOneThatIsBeingFetched();
    void newLink_thatIsNotThere_isToldOnce();
};

void TestNewKey::newKey_blocksUntilAccepted()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.bob.verify(pair.bobToAlice);
    t.alice.close(); // Alice lost her computer; she begins anew as `carol` does here
    const MessageId lost = must(t.bob->sendText(pair.bobToAlice, u"for the new one"_s));
    t.world.run(kMinute);
    const Invitation fresh = must(t.carol->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    QCOMPARE(must(t.bob->startChat(fresh.link, pair.bobToAlice)).chat, pair.bobToAlice);
    t.world.run(kMinute);
    const ChatSummary chat = t.bob.summary();
    QCOMPARE(chat.trust, Trust::KeyChanged);
    QVERIFY(chat.keyChangedMs > 0);
    QCOMPARE(chat.link, Link::Live);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::KeyChanged), 1);
    QCOMPARE(t.bob->sendText(pair.bobToAlice, u"x"_s).error().code, TroubleCode::KeyChangedBlocks);
    QVERIFY(t.carol.history(t.carol.chatWith()).isEmpty()); // what was written waits
    {
        vault::Snapshot snapshot(*t.carol.db);
        QCOMPARE(t.carol.db->integer("SELECT count(*) FROM peer_rendezvous").value_or(-1), std::int64_t(1)); // but not the record
    }
    t.bob.restart();
    t.world.run(kHour);
    QVERIFY(t.carol.history(t.carol.chatWith()).isEmpty());
    must(t.bob->acceptNewKey(pair.bobToAlice, t.bob.summary().keyChangedMs));
    t.world.run(kHour);
    QCOMPARE(t.carol.history(t.carol.chatWith()), QStringList{u"for the new one"_s});
    QVERIFY(!t.carol.hasLine(t.carol.chatWith(), SystemLine::Gap));
    QCOMPARE(must(t.bob->message(lost)).state, MessageState::Delivered);
    QCOMPARE(t.bob.summary().trust, Trust::NotCompared);
}

void TestNewKey::newKey_cannotTakeDeliveryOfWhatWaits()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.alice.close();
    const MessageId waits = must(t.bob->sendText(pair.bobToAlice, u"for Alice"_s));
    t.world.run(kMinute);
    const Invitation fresh = must(t.carol->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    must(t.bob->startChat(fresh.link, pair.bobToAlice));
    t.world.run(kMinute);
    // Carol says that she has, and has read, whatever Bob has numbered.
    {
        const auto chat = t.carol.chatWith();
        vault::Transaction transaction(*t.carol.db);
        auto rows = vault::readReceived(*t.carol.db, chat.bytes);
        QVERIFY(!rows.empty());
        for (vault::ReceivedRow &row : rows) {
            row.ranges = NumberRanges::fromRanges({{1, 1000}})->serialise();
            row.readUpTo = 1000;
            vault::writeReceived(*t.carol.db, chat.bytes, row);
        }
        QVERIFY(transaction.commit().ok());
    }
    must(t.carol->sendText(t.carol.chatWith(), u"I have them"_s));
    t.world.run(kHour);
    must(t.carol->setOpenChat(t.carol.chatWith(), true));
    auto settings = must(t.bob->settings());
    settings.displayName = u"Robert"_s; // something that is numbered and goes, so that a receipt comes
    must(t.bob->changeSettings(settings));
    t.world.run(kHour);
    QCOMPARE(t.bob.history(pair.bobToAlice).last(), u"I have them"_s);
    QVERIFY(must(t.bob->message(waits)).state < MessageState::Delivered);
    // The true one is found after all.
    t.alice.open();
    const Invitation again = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.run(kMinute);
    must(t.bob->startChat(again.link, pair.bobToAlice));
    t.world.run(kMinute);
    must(t.bob->acceptNewKey(pair.bobToAlice, t.bob.summary().keyChangedMs));
    t.world.run(kHour);
    QCOMPARE(must(t.bob->message(waits)).state, MessageState::Delivered);
    QVERIFY(t.alice.history(t.alice.chatWith()).contains(u"for Alice"_s));
}

void TestNewKey::newKey_isAcceptedAsItWasSeen()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    t.alice.close();
    Person &dave = t.world.person("dave");
    dave.create({kOne}, u"Dave"_s);
    const Invitation carols = must(t.carol->createInvitation(InvitationKind::OneTime, {}));
    const Invitation daves = must(dave->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    must(t.bob->startChat(carols.link, pair.bobToAlice));
    t.world.run(kMinute);
    const qint64 seen = t.bob.summary().keyChangedMs;
    must(t.bob->startChat(daves.link, pair.bobToAlice));
    t.world.run(kMinute);
    QCOMPARE(t.bob->acceptNewKey(pair.bobToAlice, seen).error().code, TroubleCode::NumberChanged);
    QCOMPARE(t.bob.summary().trust, Trust::KeyChanged);
    must(t.bob->acceptNewKey(pair.bobToAlice, t.bob.summary().keyChangedMs));
    QCOMPARE(t.bob.summary().trust, Trust::NotCompared);
}

void TestNewKey::newKey_isNotMarkedWithTheNumberBefore()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    const Invitation fresh = must(t.carol->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    const QString compared = must(t.bob->safetyNumber(pair.bobToAlice)).groups.join(u' '); // read aloud, and the same
    QCOMPARE(must(t.bob->startChat(fresh.link, pair.bobToAlice)).chat, pair.bobToAlice);
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().trust, Trust::KeyChanged);
    QCOMPARE(t.bob->setVerified(pair.bobToAlice, compared).error().code, TroubleCode::NumberChanged);
    QCOMPARE(t.bob->setVerified(pair.bobToAlice, u"12345"_s).error().code, TroubleCode::NumberUnreadable);
    QCOMPARE(t.bob.summary().trust, Trust::KeyChanged);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::Verified), 0);
    t.bob.verify(pair.bobToAlice);
    QCOMPARE(t.bob.summary().trust, Trust::Verified);
}

void TestNewKey::newLink_isFetchedThoughTheOldKeySpeaksMeanwhile()
{
    Three t;
    ScriptedRelay &two = t.world.relay("wss://two.example");
    Person &computer = t.world.person("computer"); // Alice's new one
    computer.create({kTwo}, u"Alice"_s);
    must(computer->allowHost(u"one.example"_s)); // where Bob reads
    const Pair pair = meet(t.world, t.alice, t.bob);
    const Invitation fresh = must(computer->createInvitation(InvitationKind::OneTime, {}));
    t.world.run(kMinute);
    two.behaviour().down = true;
    t.world.settle();
    must(t.bob->startChat(fresh.link, pair.bobToAlice));
    t.world.run(kMinute);
    // The old one, which lost its session, begins another.
    {
        vault::Transaction transaction(*t.alice.db);
        t.alice.db->exec("DELETE FROM sessions");
        QVERIFY(transaction.commit().ok());
    }
    t.alice.restart();
    t.world.run(kMinute);
    QVERIFY(t.bob.hasLine(pair.bobToAlice, SystemLine::SessionRenewed));
    QCOMPARE(t.bob.summary().trust, Trust::NotCompared);
    t.bob.restart();
    two.behaviour().down = false;
    t.world.run(kHour);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::KeyChanged), 1);
    QCOMPARE(t.bob.summary().trust, Trust::KeyChanged);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(must(computer->chats()).size(), 1);
}

void TestNewKey::newLink_takesThePlaceOfOneThatIsBeingFetched()
{
    Three t;
    Person &computer = t.world.person("computer"); // Alice's new one
    computer.create({kOne}, u"Alice"_s);
    const Pair pair = meet(t.world, t.alice, t.bob);
    const Invitation wrong = must(t.carol->createInvitation(InvitationKind::OneTime, {}));
    const Invitation right = must(computer->createInvitation(InvitationKind::OneTime, {}));
    t.world.run(kMinute);
    must(t.bob->startChat(wrong.link, pair.bobToAlice));
    must(t.bob->startChat(right.link, pair.bobToAlice)); // at once: the first is under way
    t.world.run(kMinute);
    QVERIFY(must(t.carol->chats()).isEmpty());
    QCOMPARE(must(computer->chats()).size(), 1);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::KeyChanged), 1);
    QCOMPARE(must(t.bob->safetyNumber(pair.bobToAlice)).groups, must(computer->safetyNumber(computer.chatWith())).groups);
}

void TestNewKey::newLink_thatIsNotThere_isToldOnce()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    const Invitation fresh = must(t.carol->createInvitation(InvitationKind::OneTime, {}));
    t.world.run(kMinute);
    t.carol.close();
    t.one.loseHistory();
    must(t.bob->startChat(fresh.link, pair.bobToAlice));
    t.world.run(kDay);
    const auto toldOf = [&] {
        return std::ranges::count_if(t.bob.facts, [](const Fact &fact) {
            const auto *noticed = std::get_if<Noticed>(&fact);
            return noticed && noticed->code == int(TroubleCode::InviteNotFound);
        });
    };
    QCOMPARE(toldOf(), 1);
    must(t.bob->startChat(fresh.link, pair.bobToAlice)); // somebody asks again, and hears of it
    t.world.run(kDay);
    QCOMPARE(toldOf(), 2);
}

TACET_TEST_UNIT("t_new_key", TestNewKey)
#include "t_new_key.moc"
