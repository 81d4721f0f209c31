// The many ways in which meeting goes: requests, second openers, altered and expired invitations, both at once, blocking.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/chat/mailboxes.h"
#include "crypto/gift_wrap.h"

#include <QRegularExpression>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;
constexpr qint64 kDay = 24 * kHour;

} // namespace

class TestMeeting : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneTimeLink_secondOpenerReadsUsed();
    void oneTimeLink_secondOpenerWithAnOldBundleIsCounted();
    void reusableAddress_makesRequests();
    void request_textsWaitUnseenAndComeAfterAccepting();
    void request_declinedIsGone();
    void requests_areCapped();
    void blockedContactWithAnotherLink_isHeardAfterwards();
    void openInvitations_areCapped();
    void bothOpenEachOther_atOnce();
    void expired_used_revoked_notFound();
    void links_thatAreNone();
    void preview_namesWithoutSending();
    void block_showsNothingAndUndoBringsItBack();
    void verifying_marksAndUnmarks();
    void bundle_isPostedAgainWhenLost();
    void reusablePrekeys_areRenewedWeekly();
    void reusablePrekeys_stayAsLongAsTheirBundleIsValid();
    void revokedAddress_countsNoSecondOpeners();
    void endedLink_isNotSaidToBeUsedByAnother_data();
    void endedLink_isNotSaidToBeUsedByAnother();
    void invitationMailbox_isTriedForNewcomersAlone();
    void lateCopyAtTheInvitationMailbox_spoilsNothing();
};

void TestMeeting::oneTimeLink_secondOpenerReadsUsed()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, u"Bob"_s));
    t.world.settle();
    QCOMPARE(must(t.alice->invitations())[0].relaysHolding, 1);
    must(t.bob->startChat(invitation.link, std::nullopt));
    t.world.run(kMinute);
    must(t.carol->startChat(invitation.link, std::nullopt));
    t.world.run(kMinute);
    QCOMPARE(t.carol.summary().link, Link::InvitationDead);
    QCOMPARE(t.carol.summary().linkTrouble, int(TroubleCode::InviteUsed));
    QCOMPARE(must(t.alice->chats()).size(), 1);
}

void TestMeeting::oneTimeLink_secondOpenerWithAnOldBundleIsCounted()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    std::optional<Outcome<LinkPreview>> seen;
    t.carol->fetchLink(invitation.link, [&](Outcome<LinkPreview> preview) { seen = std::move(preview); });
    t.world.run(kMinute); // Carol holds the bundle before Bob uses it
    QVERIFY(seen && seen->ok());
    must(t.bob->startChat(invitation.link, std::nullopt));
    t.world.run(kMinute);
    must(t.carol->startChat(invitation.link, std::nullopt));
    must(t.carol->sendText(t.carol.chatWith(), u"me too"_s));
    t.world.run(kMinute);
    const auto invitations = must(t.alice->invitations());
    QCOMPARE(invitations[0].secondAttempts, 1); // once, however many messages she sends
    QCOMPARE(t.alice.countLines(t.alice.chatWith(), SystemLine::InvitationTriedTwice), 1);
    QVERIFY(t.alice.noticed(TroubleCode::InviteTriedAgain));
    QCOMPARE(must(t.alice->chats()).size(), 1);
    t.world.run(kHour);
    QCOMPARE(t.carol.summary().link, Link::InvitationDead); // she learns it, too
    QCOMPARE(t.carol.summary().linkTrouble, int(TroubleCode::InviteUsed));
}

void TestMeeting::reusableAddress_makesRequests()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    must(t.bob->startChat(address.link, std::nullopt));
    must(t.carol->startChat(address.link, std::nullopt));
    t.world.run(kMinute);
    QCOMPARE(must(t.alice->chats()).size(), 2);
    QVERIFY(t.alice.summary(u"Bob"_s).request);
    QCOMPARE(t.bob.summary().link, Link::WaitingForPeer); // nothing goes back before the click
    must(t.alice->acceptRequest(t.alice.chatWith(u"Bob"_s)));
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(t.carol.summary().link, Link::WaitingForPeer);
    QCOMPARE(must(t.alice->invitations())[0].state, InvitationState::Open);
}

void TestMeeting::request_textsWaitUnseenAndComeAfterAccepting()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    const ContactId chat = must(t.bob->startChat(address.link, std::nullopt)).chat;
    QStringList texts;
    for (int i = 0; i < 30; ++i) {
        texts << u"<img src='http://evil'>%1"_s.arg(i);
        must(t.bob->sendText(chat, texts.last()));
    }
    t.world.run(10 * kMinute);
    const ContactId request = t.alice.chatWith();
    for (const Fact &fact : t.alice.facts) {
        if (const auto *stored = std::get_if<MessageStored>(&fact))
            QVERIFY(stored->message.system != SystemLine::None); // the name, and nothing else
        if (const auto *changed = std::get_if<ChatChanged>(&fact); changed && changed->chat.last)
            QVERIFY(changed->chat.last->system != SystemLine::None);
    }
    QVERIFY(t.alice.history(request).isEmpty());
    QCOMPARE(t.alice->sendText(request, u"who?"_s).error().code, TroubleCode::RequestNotAccepted);
    for (const Message &message : t.bob.messages(chat)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::OnRelay); // no receipts to strangers
    }
    must(t.alice->setOpenChat(request, true));
    t.alice.facts.clear();
    must(t.alice->acceptRequest(request));
    QStringList told;
    for (const Fact &fact : t.alice.facts) {
        if (const auto *stored = std::get_if<MessageStored>(&fact); stored && stored->message.system == SystemLine::None)
            told << stored->message.text;
    }
    QCOMPARE(told.size(), 20); // what was kept unseen appears at once in the open chat, and is seen
    QCOMPARE(t.alice.summary().unread, 0);
    t.world.run(kHour);
    QCOMPARE(t.alice.history(request), texts); // beyond the cap of 20, too: asked for
}

void TestMeeting::request_declinedIsGone()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    const ContactId chat = must(t.bob->startChat(address.link, std::nullopt)).chat;
    t.world.run(kMinute);
    must(t.alice->declineRequest(t.alice.chatWith()));
    must(t.bob->sendText(chat, u"hello?"_s));
    t.world.run(kMinute);
    t.alice.restart();
    t.world.run(kDay);
    QCOMPARE(must(t.alice->chats()).size(), 0);
}

void TestMeeting::requests_areCapped()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    alice.create({kOne});
    const Invitation address = must(alice->createInvitation(InvitationKind::Reusable, {}));
    world.settle();
    std::vector<Person *> strangers;
    for (int i = 0; i < 53; ++i) {
        Person &stranger = world.person("stranger" + std::to_string(i));
        strangers.push_back(&stranger);
        stranger.create({kOne});
        must(stranger->startChat(address.link, std::nullopt));
        world.run(5000);
        stranger.close();
    }
    QCOMPARE(must(alice->chats()).size(), 50);
    for (const ChatSummary &chat : must(alice->chats()))
        must(alice->declineRequest(chat.id));
    Person &next = *strangers[50]; // there was no room for this one
    next.open();
    world.run(25 * kHour);
    QCOMPARE(must(alice->chats()).size(), 1);
    must(alice->acceptRequest(alice.chatWith()));
    world.run(kMinute);
    QCOMPARE(next.summary().link, Link::Live);
    QCOMPARE(must(alice->chats()).size(), 3); // everything is read again, and there is room for the last two as well
    next.close();
    Settings settings = must(alice->settings());
    settings.acceptRequests = false;
    must(alice->changeSettings(settings));
    Person &late = world.person("late");
    late.create({kOne});
    must(late->startChat(address.link, std::nullopt));
    world.run(kMinute);
    QCOMPARE(must(alice->chats()).size(), 3);
}

void TestMeeting::blockedContactWithAnotherLink_isHeardAfterwards()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    const Invitation another = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    must(t.alice->block(pair.aliceToBob, true));
    t.world.run(kMinute);
    must(t.bob->startChat(another.link, pair.bobToAlice));
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().link, Link::Reconnecting);
    must(t.alice->block(pair.aliceToBob, false));
    t.world.run(25 * kHour);
    QCOMPARE(t.bob.summary().link, Link::Live);
    QCOMPARE(must(t.alice->chats()).size(), 1);
}

void TestMeeting::openInvitations_areCapped()
{
    Three t;
    for (int i = 0; i < kMaxOpenInvitations; ++i)
        must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    const auto beyond = t.alice->createInvitation(InvitationKind::OneTime, {});
    QVERIFY(!beyond);
    QCOMPARE(beyond.error().code, TroubleCode::TooManyInvitations);
    QCOMPARE(beyond.error().number, qint64(kMaxOpenInvitations));
    must(t.alice->revokeInvitation(must(t.alice->invitations())[0].id));
    must(t.alice->createInvitation(InvitationKind::OneTime, {}));
}

void TestMeeting::bothOpenEachOther_atOnce()
{
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        Three t(seed);
        t.one.behaviour().reorder = true;
        const Invitation his = must(t.bob->createInvitation(InvitationKind::OneTime, {}));
        const Invitation hers = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
        t.world.settle();
        const ContactId atAlice = must(t.alice->startChat(his.link, std::nullopt)).chat;
        const ContactId atBob = must(t.bob->startChat(hers.link, std::nullopt)).chat;
        must(t.alice->sendText(atAlice, u"a0"_s));
        must(t.bob->sendText(atBob, u"b0"_s));
        t.world.run(kMinute);
        for (int i = 1; i < 4; ++i) {
            must(t.alice->sendText(atAlice, u"a%1"_s.arg(i)));
            must(t.bob->sendText(atBob, u"b%1"_s.arg(i)));
            t.world.run(kMinute);
        }
        t.world.run(kHour);
        QCOMPARE(must(t.alice->chats()).size(), 1);
        QCOMPARE(must(t.bob->chats()).size(), 1);
        QCOMPARE(t.alice.summary().link, Link::Live);
        QCOMPARE(t.bob.summary().link, Link::Live);
        const QRegularExpression received(u"^[^>]"_s);
        QCOMPARE(t.alice.history(atAlice).filter(received), (QStringList{u"b0"_s, u"b1"_s, u"b2"_s, u"b3"_s}));
        QCOMPARE(t.bob.history(atBob).filter(received), (QStringList{u"a0"_s, u"a1"_s, u"a2"_s, u"a3"_s}));
        // Both send in the same session.
        const auto active = [](Person &person) {
            vault::Snapshot snapshot(*person.db);
            auto row = person.db->query("SELECT id FROM sessions WHERE active = 1");
            return row.step() ? row.blob(0) : crypto::Bytes();
        };
        QCOMPARE(active(t.alice), active(t.bob));
    }
}

void TestMeeting::expired_used_revoked_notFound()
{
    Three t;
    const Invitation withdrawn = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    const Invitation old = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    must(t.alice->revokeInvitation(withdrawn.id));
    t.world.settle();
    const auto look = [&](Person &person, const QString &link) {
        std::optional<TroubleCode> code;
        person->fetchLink(link, [&](Outcome<LinkPreview> preview) {
            code = preview ? TroubleCode::None : preview.error().code;
        });
        t.world.run(30'000);
        return code.value_or(TroubleCode::Internal);
    };
    QCOMPARE(look(t.bob, withdrawn.link), TroubleCode::InviteUsed);
    QCOMPARE(look(t.bob, old.link), TroubleCode::None);
    t.alice.close(); // nobody posts anything again
    t.bob.close();
    t.world.run(50 * kDay);
    t.bob.open();
    QCOMPARE(look(t.bob, old.link), TroubleCode::InviteExpired);
    t.one.loseHistory();
    QCOMPARE(look(t.bob, old.link), TroubleCode::InviteNotFound);
    t.one.behaviour().down = true;
    QCOMPARE(look(t.bob, old.link), TroubleCode::NoRelayReachable);
    t.one.behaviour().down = false;
    t.alice.open();
    t.world.run(kDay);
    for (const Invitation &each : must(t.alice->invitations()))
        QCOMPARE(each.state, each.id == old.id ? InvitationState::Expired : InvitationState::Revoked);
}

void TestMeeting::links_thatAreNone()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    QCOMPARE(t.bob->readLink(u"hello"_s).error().code, TroubleCode::NotALink);
    QCOMPARE(t.bob->readLink(QString(4 * 1024 * 1024, u'x')).error().code, TroubleCode::NotALink);
    QCOMPARE(t.bob->readLink(invitation.link.chopped(3)).error().code, TroubleCode::LinkDamaged);
    QCOMPARE(t.alice->readLink(invitation.link).error().code, TroubleCode::OwnInvitation);
    QCOMPARE(t.alice->startChat(invitation.link, std::nullopt).error().code, TroubleCode::OwnInvitation);
    QCOMPARE(t.bob->startChat(invitation.link, ContactId()).error().code, TroubleCode::UnknownContact);
    QVERIFY(must(t.bob->chats()).isEmpty());
    t.world.settle();
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    QCOMPARE(must(t.bob->startChat(invitation.link, std::nullopt)).chat, chat); // clicked twice
    t.world.run(kMinute);
    QCOMPARE(t.bob->startChat(invitation.link, std::nullopt).error().code, TroubleCode::AlreadyContact);
    QCOMPARE(must(t.bob->readLink(invitation.link)).existing, std::optional(chat));
}

void TestMeeting::preview_namesWithoutSending()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    const auto stored = t.one.stored().size();
    std::optional<LinkPreview> preview;
    t.bob->fetchLink(invitation.link, [&](Outcome<LinkPreview> answer) { preview = must(std::move(answer)); });
    t.world.run(10'000);
    QVERIFY(preview && preview->fetched);
    QCOMPARE(preview->name, u"Alice"_s);
    QCOMPARE(t.one.stored().size(), stored);
    QVERIFY(must(t.bob->chats()).isEmpty());
    QCOMPARE(must(t.bob->startChat(invitation.link, std::nullopt)).waiting, false); // nothing to fetch any more
    t.world.run(10'000);
    QCOMPARE(t.bob.summary().link, Link::Live);
}

void TestMeeting::block_showsNothingAndUndoBringsItBack()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    must(t.alice->block(pair.aliceToBob, true));
    QCOMPARE(t.alice->sendText(pair.aliceToBob, u"x"_s).error().code, TroubleCode::ContactBlocked);
    const MessageId id = must(t.bob->sendText(pair.bobToAlice, u"are you there"_s));
    t.world.run(kHour);
    t.alice.restart();
    t.world.run(kHour);
    QVERIFY(t.alice.history(pair.aliceToBob).isEmpty());
    QCOMPARE(t.alice.summary().unread, 0);
    QCOMPARE(must(t.bob->message(id)).state, MessageState::OnRelay); // Bob is told nothing
    must(t.alice->block(pair.aliceToBob, false));
    t.world.run(kHour);
    QCOMPARE(t.alice.history(pair.aliceToBob), QStringList{u"are you there"_s});
    QCOMPARE(t.alice.countLines(pair.aliceToBob, SystemLine::Blocked), 1);
    QCOMPARE(t.alice.countLines(pair.aliceToBob, SystemLine::Unblocked), 1);
}

void TestMeeting::verifying_marksAndUnmarks()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob);
    const SafetyNumber number = must(t.alice->safetyNumber(pair.aliceToBob));
    QVERIFY(must(t.bob->compareNumber(pair.bobToAlice, number.groups.join(u"  "_s))).same);
    QVERIFY(must(t.bob->compareScanned(pair.bobToAlice, number.qrPayload)).same);
    QStringList wrong = number.groups;
    wrong[4] = wrong[4] == u"00000"_s ? u"00001"_s : u"00000"_s;
    QCOMPARE(must(t.bob->compareNumber(pair.bobToAlice, wrong.join(u' '))).firstDifferentGroup, 4);
    QCOMPARE(t.bob->compareNumber(pair.bobToAlice, u"12345"_s).error().code, TroubleCode::NumberUnreadable);
    QCOMPARE(t.bob->compareScanned(pair.bobToAlice, "nonsense").error().code, TroubleCode::NumberUnreadable);
    QCOMPARE(t.bob.summary().trust, Trust::NotCompared); // comparing marks nothing
    t.bob.verify(pair.bobToAlice);
    t.bob.verify(pair.bobToAlice);
    QCOMPARE(t.bob.summary().trust, Trust::Verified);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::Verified), 1);
    must(t.bob->setUnverified(pair.bobToAlice));
    QCOMPARE(t.bob.summary().trust, Trust::NotCompared);
    QCOMPARE(t.bob.countLines(pair.bobToAlice, SystemLine::Unverified), 1);
}

void TestMeeting::bundle_isPostedAgainWhenLost()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    t.one.loseHistory();
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().linkTrouble, int(TroubleCode::InviteNotFound));
    t.world.run(2 * kDay);
    QCOMPARE(must(t.bob->chat(chat)).link, Link::Live); // Alice's daily look found it missing
}

void TestMeeting::reusablePrekeys_areRenewedWeekly()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    const auto secrets = [&] {
        vault::Snapshot snapshot(*t.alice.db);
        return t.alice.db->integer("SELECT count(*) FROM prekeys WHERE state IS NOT NULL").value_or(-1);
    };
    QCOMPARE(secrets(), 1);
    t.world.run(8 * kDay);
    QCOMPARE(secrets(), 2);
    for (int i = 0; i < 8; ++i) {
        t.alice.restart(); // reads to the end: the relay is drained
        t.world.run(5 * kDay);
    }
    QVERIFY(secrets() >= 1 && secrets() <= 6); // this week's, and those of the weeks of grace
    must(t.bob->startChat(address.link, std::nullopt));
    t.world.run(kMinute);
    QCOMPARE(must(t.alice->chats()).size(), 1);
}

void TestMeeting::reusablePrekeys_stayAsLongAsTheirBundleIsValid()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    const ContactId chat = must(t.bob->startChat(address.link, std::nullopt)).chat;
    t.one.behaviour().retry = "error: not now"; // Bob has the bundle, and nobody writes anything for weeks
    for (int i = 0; i < 7; ++i) {
        t.alice.restart(); // reads to the end
        t.world.run(4 * kDay);
    }
    t.one.behaviour().retry.clear();
    t.world.run(kDay);
    QCOMPARE(must(t.alice->chats()).size(), 1);
    QVERIFY(!t.alice.noticed(TroubleCode::InviteTriedAgain));
    QVERIFY(must(t.bob->chat(chat)).link != Link::InvitationDead);
}

void TestMeeting::endedLink_isNotSaidToBeUsedByAnother_data()
{
    QTest::addColumn<bool>("revoked");
    QTest::newRow("withdrawn before the first message was read") << true;
    QTest::newRow("away until it had expired") << false;
}

void TestMeeting::endedLink_isNotSaidToBeUsedByAnother()
{
    QFETCH(bool, revoked);
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, u"Bob"_s));
    t.world.settle();
    t.alice.close();
    must(t.bob->startChat(invitation.link, std::nullopt));
    must(t.carol->startChat(invitation.link, std::nullopt));
    t.world.run(kMinute);
    if (revoked)
        t.one.behaviour().down = true;
    else
        t.world.run(45 * kDay);
    t.alice.open();
    if (revoked)
        must(t.alice->revokeInvitation(invitation.id));
    t.one.behaviour().down = false;
    t.world.run(kMinute);
    const auto late = std::count_if(t.alice.facts.begin(), t.alice.facts.end(), [](const Fact &fact) {
        const auto *notice = std::get_if<Noticed>(&fact);
        return notice && notice->code == int(TroubleCode::InviteOpenedLate);
    });
    QCOMPARE(late, 1); // however many come
    QVERIFY(!t.alice.noticed(TroubleCode::InviteTriedAgain));
    QCOMPARE(must(t.alice->invitations())[0].secondAttempts, 0);
}

void TestMeeting::revokedAddress_countsNoSecondOpeners()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    t.alice.close();
    must(t.bob->startChat(address.link, std::nullopt));
    t.world.run(kMinute);
    t.one.behaviour().down = true;
    t.alice.open();
    must(t.alice->revokeInvitation(address.id));
    t.one.behaviour().down = false;
    t.world.run(kMinute);
    QVERIFY(must(t.alice->chats()).isEmpty());
    QVERIFY(!t.alice.noticed(TroubleCode::InviteTriedAgain)); // nobody has used it
}

namespace {

vault::MailboxRow invitationMailbox(Person &person)
{
    vault::Snapshot snapshot(*person.db);
    for (vault::MailboxRow &row : vault::readMailboxes(*person.db)) {
        if (row.purpose == vault::MailboxPurpose::Invitation)
            return std::move(row);
    }
    qFatal("there is an invitation");
}

} // namespace

void TestMeeting::invitationMailbox_isTriedForNewcomersAlone()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    const auto writers = [&] {
        const vault::MailboxRow mailbox = invitationMailbox(t.alice);
        vault::Snapshot snapshot(*t.alice.db);
        return writersTo(*t.alice.db, mailbox).size();
    };
    must(t.bob->startChat(address.link, std::nullopt));
    t.world.run(kMinute);
    QCOMPARE(writers(), std::size_t(1)); // a request knows of no other mailbox
    must(t.alice->acceptRequest(t.alice.chatWith()));
    QCOMPARE(writers(), std::size_t(1));
    t.world.run(5 * kMinute); // Bob has acknowledged the hello
    QCOMPARE(writers(), std::size_t(0));
    must(t.carol->startChat(address.link, std::nullopt));
    t.world.run(kMinute);
    QCOMPARE(writers(), std::size_t(1));
}

void TestMeeting::lateCopyAtTheInvitationMailbox_spoilsNothing()
{
    Three t;
    const Pair pair = meet(t.world, t.alice, t.bob, InvitationKind::Reusable);
    t.world.run(10 * kMinute);
    t.one.behaviour().lieInOk = true;
    must(t.bob->sendText(pair.bobToAlice, u"twice"_s));
    t.world.settle();
    t.one.behaviour().lieInOk = false;
    crypto::Bytes sealed;
    {
        vault::Snapshot snapshot(*t.bob.db);
        auto row = t.bob.db->query("SELECT sealed FROM outbox WHERE message IS NOT NULL");
        QVERIFY(row.step());
        sealed = row.blob(0);
    }
    const crypto::NostrPublicKey mailbox{invitationMailbox(t.alice).publicKey};
    t.world.network.inject(t.one.url(), *crypto::wrap(sealed, mailbox, t.world.clock.wallSeconds(), t.bob.random));
    t.world.settle();
    QVERIFY(t.alice.history(pair.aliceToBob).isEmpty());
    // The same bytes, where they belong.
    must(t.bob->sendText(pair.bobToAlice, u"next"_s));
    t.world.run(kGapGraceMs + kGapSweepMs + 10 * kSecondMs); // the first question
    QCOMPARE(t.alice.history(pair.aliceToBob), (QStringList{u"twice"_s, u"next"_s}));
}

TACET_TEST_UNIT("t_meeting", TestMeeting)
#include "t_meeting.moc"
