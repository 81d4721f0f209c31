// Where people who meet write to: hosts that nobody agreed to, relays that only one of them uses, a proxy that is down, relays
// that change.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/vault/mailbox_rows.h"
#include "app/vault/relay_rows.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;

} // namespace

class TestPlaces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void unknownHost_waitsForConsent();
    void privateHost_ofAStrangerIsRefused();
    void proxyDown_isSaidAsSuch_andTheChatWaits();
    void peerOnOtherRelays_isReachedThroughTheSharedOne();
    void movedRelays_areAnnounced();
    void relayNotNeededNow_isIdle();
    void ownRelayWithoutWork_isIdle();
    void relayThatWasOnlyTried_isNotListed();
    void relayThatFailsItsTest_isNotAdded_orStays();
    void proxyLeft_hostNotAgreedTo_isNotWrittenTo();
    void proxyLeft_hostNotAgreedTo_isNotReadAt();
    void addressThatNobodyCouldBeTold_isRefused();
    void addressOfAnOlderProgram_isToldNobody();
};

void TestPlaces::unknownHost_waitsForConsent()
{
    World world;
    world.relay("wss://one.example");
    ScriptedRelay &two = world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kTwo});
    const Invitation invitation = must(alice->createInvitation(InvitationKind::OneTime, {}));
    world.settle();
    QCOMPARE(must(bob->readLink(invitation.link)).newHosts, QStringList{u"one.example"_s});
    must(bob->startChat(invitation.link, std::nullopt)); // the click is the consent
    world.run(kMinute);
    QCOMPARE(bob.summary().link, Link::Live);
    // Bob's own relay was never touched by Alice, who did not agree to it; they talk through the shared one.
    for (const RelayInfo &relay : must(alice->relays()))
        QVERIFY(relay.host != u"two.example"_s);
    QVERIFY(two.stored().empty());
    must(alice->sendText(alice.chatWith(), u"hi"_s));
    world.run(kMinute);
    QCOMPARE(bob.history(bob.chatWith()), QStringList{u"hi"_s});
}

void TestPlaces::privateHost_ofAStrangerIsRefused()
{
    World world;
    world.relay("ws://127.0.0.1:7447");
    world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({u"ws://127.0.0.1:7447"_s});
    bob.create({kTwo});
    const Invitation invitation = must(alice->createInvitation(InvitationKind::OneTime, {}));
    world.settle();
    const auto refused = bob->startChat(invitation.link, std::nullopt);
    QCOMPARE(refused.error().code, TroubleCode::PrivateHost);
    QCOMPARE(refused.error().detail, u"127.0.0.1"_s);
    QVERIFY(must(bob->chats()).isEmpty());
    std::optional<TroubleCode> code;
    bob->fetchLink(invitation.link, [&](Outcome<LinkPreview> preview) { code = preview.error().code; });
    QCOMPARE(code, std::optional(TroubleCode::PrivateHost));
    must(bob->addRelayUntested(u"ws://127.0.0.1:7447"_s)); // typed by the user: then it is wanted
    must(bob->startChat(invitation.link, std::nullopt));
    world.run(kMinute);
    QCOMPARE(bob.summary().link, Link::Live);
}

void TestPlaces::proxyDown_isSaidAsSuch_andTheChatWaits()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    t.one.behaviour().down = true;
    t.one.behaviour().proxyDown = true;
    QList<Trouble> troubles;
    t.bob->fetchLink(invitation.link, [&](const Outcome<LinkPreview> &preview) { troubles.append(preview.error()); });
    t.bob->testRelay(kOne, [&](const Outcome<RelayInfo> &tested) { troubles.append(tested.error()); });
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    t.world.run(kMinute);
    QCOMPARE(troubles.size(), 2);
    for (const Trouble &trouble : troubles) {
        QCOMPARE(trouble.code, TroubleCode::ProxyDown);
        QCOMPARE(trouble.detail, u"nobody listens at the proxy"_s);
    }
    QCOMPARE(must(t.bob->chat(chat)).link, Link::FetchingInvitation); // it says nothing about the invitation
    t.one.behaviour().down = false;
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().link, Link::Live);
}

void TestPlaces::peerOnOtherRelays_isReachedThroughTheSharedOne()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kTwo});
    const Pair pair = meet(world, alice, bob);
    one.behaviour().down = true;
    world.settle();
    must(alice->sendText(pair.aliceToBob, u"over which?"_s));
    world.run(kMinute);
    QVERIFY(bob.history(pair.bobToAlice).isEmpty());
    must(alice->allowHost(u"two.example"_s));
    must(alice->sendText(pair.aliceToBob, u"over two"_s));
    world.run(kMinute);
    QVERIFY(bob.history(pair.bobToAlice).contains(u"over two"_s));
    one.behaviour().down = false;
    world.run(2 * kHour);
    QCOMPARE(bob.history(pair.bobToAlice), (QStringList{u"over which?"_s, u"over two"_s}));
}

void TestPlaces::movedRelays_areAnnounced()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    world.relay("wss://two.example");
    ScriptedRelay &three = world.relay("wss://three.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne, kTwo});
    const Pair pair = meet(world, alice, bob);
    world.run(kHour);
    std::optional<Outcome<RelayInfo>> added;
    alice->addRelay(kTwo, [&](Outcome<RelayInfo> answer) { added = std::move(answer); });
    world.settle();
    QVERIFY(added && added->ok());
    QCOMPARE(bob.countLines(pair.bobToAlice, SystemLine::MailboxMoved), 1);
    // On its way when the relay goes: it still arrives.
    one.behaviour().lieInOk = true;
    must(bob->sendText(pair.bobToAlice, u"crossing"_s));
    must(alice->removeRelay(kOne));
    world.run(kHour);
    one.behaviour().down = true;
    world.settle();
    must(bob->sendText(pair.bobToAlice, u"over two"_s));
    world.run(kHour);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"crossing"_s, u"over two"_s}));
    QCOMPARE(alice->removeRelay(kTwo).error().code, TroubleCode::LastRelay);
    // To a host that Bob never agreed to: he is asked, and his words wait.
    must(alice->addRelayUntested(u"wss://three.example"_s));
    must(alice->removeRelay(kTwo));
    world.run(kMinute);
    QVERIFY(bob.noticed(TroubleCode::NewHost));
    const MessageId waiting = must(bob->sendText(pair.bobToAlice, u"over three"_s));
    world.run(kHour);
    QVERIFY(three.stored().empty());
    QCOMPARE(must(bob->message(waiting)).state, MessageState::Queued);
    must(bob->allowHost(u"three.example"_s));
    world.run(kHour);
    QCOMPARE(alice.history(pair.aliceToBob).last(), u"over three"_s);

    three.behaviour().refuse = "restricted: members only";
    alice->addRelay(u"wss://three.example/x"_s, [&](Outcome<RelayInfo> answer) { added = std::move(answer); });
    world.settle();
    QVERIFY(!added->ok());
    QCOMPARE(alice->addRelayUntested(u"http://x"_s).error().code, TroubleCode::BadRelayUrl);
}

void TestPlaces::relayNotNeededNow_isIdle()
{
    World world;
    world.relay("wss://one.example");
    ScriptedRelay &two = world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne, kTwo});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(kHour);
    must(bob->allowHost(u"two.example"_s));
    two.behaviour().isLeft = true;
    const std::size_t before = two.stored().size();
    must(bob->sendText(pair.bobToAlice, u"at both"_s));
    world.run(kHour);
    QVERIFY(two.stored().size() > before);
    // Written to, and left: Bob reads at his own relay alone.
    std::optional<RelayInfo> info;
    for (const RelayInfo &relay : must(bob->relays())) {
        if (relay.host == u"two.example"_s)
            info = relay;
    }
    QVERIFY(info && !info->own);
    QCOMPARE(info->condition, RelayCondition::Idle);
}

void TestPlaces::relayThatWasOnlyTried_isNotListed()
{
    World world;
    world.relay("wss://one.example");
    world.relay("wss://two.example").behaviour().isLeft = true; // nothing is read or written there
    Person &alice = world.person("alice");
    alice.create({kOne});
    bool isTested = false;
    alice->testRelay(kTwo, [&](const Outcome<RelayInfo> &tested) { isTested = tested.ok(); });
    world.run(kMinute);
    QVERIFY(isTested);
    QCOMPARE(must(alice->relays()).size(), 1);
    for (const Fact &fact : alice.facts) {
        if (const auto *changed = std::get_if<RelayChanged>(&fact))
            QVERIFY(changed->relay.host != u"two.example"_s);
    }
}

void TestPlaces::ownRelayWithoutWork_isIdle()
{
    World world;
    for (const char *url : {"wss://one.example", "wss://two.example", "wss://three.example", "wss://four.example"})
        world.relay(url);
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne, u"wss://four.example"_s});
    bob.create({kOne, kTwo, u"wss://three.example"_s, u"wss://four.example"_s});
    const auto conditionOf = [](Person &person, const QString &host) {
        for (const RelayInfo &relay : must(person->relays())) {
            if (relay.host == host)
                return relay.condition;
        }
        qFatal("no such relay");
    };
    // Nobody was invited yet.
    world.run(kMinute);
    QCOMPARE(conditionOf(alice, u"one.example"_s), RelayCondition::Idle);
    must(alice->createInvitation(InvitationKind::OneTime, {}));
    QCOMPARE(conditionOf(alice, u"one.example"_s), RelayCondition::Connecting);
    world.settle();
    QCOMPARE(conditionOf(alice, u"one.example"_s), RelayCondition::Connected);
    // Bob reads at three of his relays. The fourth is one of Alice's.
    const Pair pair = meet(world, alice, bob);
    world.run(kHour);
    bob.restart();
    world.settle();
    QCOMPARE(conditionOf(bob, u"three.example"_s), RelayCondition::Connected);
    QCOMPARE(conditionOf(bob, u"four.example"_s), RelayCondition::Idle);
    must(bob->sendText(pair.bobToAlice, u"there, too"_s));
    QCOMPARE(conditionOf(bob, u"four.example"_s), RelayCondition::Connecting);
    world.settle();
    QCOMPARE(conditionOf(bob, u"four.example"_s), RelayCondition::Connected);
}

namespace {

void useProxy(Person &person, const QString &proxy)
{
    Settings settings = must(person->settings());
    settings.proxy = proxy;
    must(person->changeSettings(settings));
}

const QString kProxy = u"socks5://127.0.0.1:9050"_s;

} // namespace

// What follows from a failed test is not the same for a relay that was to be added and for one in use.
void TestPlaces::relayThatFailsItsTest_isNotAdded_orStays()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    ScriptedRelay &two = world.relay("wss://two.example");
    one.behaviour().holdsBack = true; // reached, and written to
    two.behaviour().refuse = "blocked: pay first";
    Person &alice = world.person("alice");
    alice.create({kOne});
    QList<Trouble> troubles;
    const auto note = [&](const Outcome<RelayInfo> &tested) { troubles.append(tested.error()); };
    alice->testRelay(kOne, note);
    world.run(kMinute);
    alice->addRelay(kTwo, note);
    world.run(kMinute);
    QCOMPARE(troubles.size(), 2);
    QCOMPARE(troubles.first().code, TroubleCode::RelayTestFailed);
    QCOMPARE(troubles.last().code, TroubleCode::RelayNotAdded);
    QCOMPARE(troubles.last().detail, u"two.example: blocked: pay first"_s);
    QStringList own;
    for (const RelayInfo &relay : must(alice->relays())) {
        if (relay.own)
            own.append(relay.url);
    }
    QCOMPARE(own, QStringList{kOne});
}

void TestPlaces::proxyLeft_hostNotAgreedTo_isNotWrittenTo()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    ScriptedRelay &other = world.relay("wss://other.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    useProxy(alice, kProxy);
    const Pair pair = meet(world, alice, bob);
    must(bob->addRelayUntested(u"wss://other.example"_s));
    world.run(kHour);
    QVERIFY(!other.stored().empty()); // the proxy allows it
    // What was sealed for it waits there when the proxy goes.
    other.behaviour().down = true;
    one.behaviour().down = true;
    world.settle();
    must(alice->sendText(pair.aliceToBob, u"sealed before"_s));
    world.run(kMinute);
    useProxy(alice, {});
    QVERIFY(!alice.noticed(TroubleCode::NewHost)); // the other relay is left
    bob.close();
    const std::size_t before = other.attempts();
    other.behaviour().down = false;
    one.behaviour().down = false;
    world.run(kHour);
    const auto at = must(alice->lockedState());
    for (const auto &letter : at.sending)
        QVERIFY(letter.relay != other.url());
    alice.restart();
    world.run(24 * kHour);
    QCOMPARE(other.attempts(), before);
    bob.open();
    world.run(kMinute);
    QCOMPARE(bob.history(pair.bobToAlice), QStringList{u"sealed before"_s});
    // Where nothing else is left, the user is asked.
    useProxy(alice, kProxy);
    must(bob->removeRelay(kOne));
    world.run(kHour);
    other.behaviour().down = true;
    world.settle();
    must(alice->sendText(pair.aliceToBob, u"after consent"_s)); // sealed for that host alone
    world.run(kMinute);
    useProxy(alice, {});
    QVERIFY(alice.noticed(TroubleCode::NewHost));
    other.behaviour().down = false;
    const std::size_t asked = other.attempts();
    world.settle();
    world.run(kMinute);
    QCOMPARE(other.attempts(), asked);
    QVERIFY(must(alice->lockedState()).sending.empty());
    must(alice->allowHost(u"other.example"_s));
    world.run(kMinute);
    QCOMPARE(bob.history(pair.bobToAlice).last(), u"after consent"_s);
}

void TestPlaces::proxyLeft_hostNotAgreedTo_isNotReadAt()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    ScriptedRelay &other = world.relay("wss://other.example");
    world.relay("wss://third.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    useProxy(alice, kProxy);
    const Pair pair = meet(world, alice, bob);
    must(bob->addRelayUntested(u"wss://other.example"_s));
    must(bob->removeRelay(kOne));
    world.run(kHour);
    // Alice's only relay dies for good: her mailbox moves to where Bob reads, which the proxy allows.
    one.behaviour().down = true;
    for (int day = 0; day < 8; ++day)
        world.run(24 * kHour);
    const auto readThere = [&] {
        int count = 0;
        vault::Snapshot snapshot(*alice.db);
        for (const vault::MailboxRow &row : vault::readMailboxes(*alice.db))
            count += alice.port->isWatching(other.url(), crypto::NostrPublicKey{row.publicKey}) ? 1 : 0;
        static_cast<void>(snapshot.finish());
        return count;
    };
    const int through = readThere();
    QVERIFY(through > 0);
    useProxy(alice, {});
    QCOMPARE(readThere(), 0);
    must(alice->block(pair.aliceToBob, true));
    must(alice->block(pair.aliceToBob, false));
    world.run(kMinute);
    QCOMPARE(readThere(), 0);
    useProxy(alice, kProxy);
    QVERIFY(readThere() >= through);
    useProxy(alice, {});
    must(alice->allowHost(u"other.example"_s));
    QVERIFY(readThere() >= through);
}

namespace {

/// A relay may have one; a payload may not (PROTOCOL §7.2).
const QString kLong = u"wss://two.example/"_s + QString(102, u'x');

} // namespace

void TestPlaces::addressThatNobodyCouldBeTold_isRefused()
{
    World world;
    world.relay("wss://one.example");
    world.relay(kLong.toLatin1().constData());
    Person &alice = world.person("alice");
    alice.create({kOne});
    for (const QString &address : {kLong, u"wss://two.example/?room=1"_s}) {
        QVERIFY(relay::RelayUrl::parse(address.toStdString()).ok());
        QCOMPARE(alice->addRelayUntested(address).error().code, TroubleCode::BadRelayUrl);
        std::optional<TroubleCode> code;
        alice->addRelay(address, [&](const Outcome<RelayInfo> &added) { code = added ? TroubleCode::None : added.error().code; });
        world.run(kMinute);
        QCOMPARE(code, std::optional(TroubleCode::BadRelayUrl));
        NewProfile profile;
        profile.name = u"Alice"_s;
        profile.relays = {address};
        QCOMPARE(ChatEngine::createProfile(*alice.db, profile, world.clock, alice.random).error().code, TroubleCode::BadRelayUrl);
    }
    QCOMPARE(must(alice->relays()).size(), 1);
}

void TestPlaces::addressOfAnOlderProgram_isToldNobody()
{
    World world;
    world.relay("wss://one.example");
    world.relay("wss://three.example");
    world.relay(kLong.toLatin1().constData());
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    {
        vault::Transaction transaction(*bob.db);
        vault::insertRelay(*bob.db, kLong.toStdString(), world.clock.wallMs());
        vault::insertHost(*bob.db, "two.example", world.clock.wallMs());
        QVERIFY(transaction.commit().ok());
    }
    const Pair pair = meet(world, alice, bob);
    must(bob->sendText(pair.bobToAlice, u"b0"_s));
    must(alice->sendText(pair.aliceToBob, u"a0"_s));
    world.run(kMinute);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"> a0"_s, u"b0"_s}));
    QCOMPARE(bob.history(pair.bobToAlice), (QStringList{u"> b0"_s, u"a0"_s}));
    // Nor where a mailbox is read there already.
    {
        vault::Transaction transaction(*bob.db);
        for (const vault::MailboxRow &row : vault::readMailboxesOf(*bob.db, pair.bobToAlice.bytes))
            vault::addMailboxRelay(*bob.db, row.publicKey, kLong.toStdString(), 1);
        QVERIFY(transaction.commit().ok());
    }
    must(bob->addRelayUntested(u"wss://three.example"_s));
    world.run(kMinute);
    QCOMPARE(alice.countLines(pair.aliceToBob, SystemLine::MailboxMoved), 1);
}

TACET_TEST_UNIT("t_places", TestPlaces)
#include "t_places.moc"
