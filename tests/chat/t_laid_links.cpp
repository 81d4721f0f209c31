// What somebody who has a link can lay behind it: bundles of their own, and what stands behind another link.
#include "tests/chat/world.h"
#include "tests/support/envelopes.h"
#include "tests/support/unit_registry.h"

#include "crypto/aead.h"
#include "crypto/bundle.h"
#include "crypto/gift_wrap.h"
#include "crypto/link.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMinute = 60'000;
constexpr qint64 kDay = 24 * 60 * kMinute;

/// What stands behind one link, sealed for another by one who holds both (PROTOCOL §3.6).
crypto::Bytes sealedAgain(const crypto::Link &from, const crypto::Link &to, crypto::ByteView sealed)
{
    constexpr std::size_t kStart = 1 + crypto::kAeadNonceSize;
    crypto::Bytes ad;
    crypto::append(ad, std::string_view("Tacet1 bundle seal"));
    ad.push_back(sealed[0]);
    const crypto::FixedView<crypto::kAeadNonceSize> nonce(sealed.data() + 1, crypto::kAeadNonceSize);
    crypto::Bytes plain(sealed.size() - kStart - crypto::kAeadTagSize);
    if (!crypto::aeadOpen(plain, from.bundleKey().view(), nonce, ad, sealed.subspan(kStart)))
        return {};
    crypto::Bytes out(sealed.begin(), sealed.end());
    crypto::aeadSeal(std::span(out).subspan(kStart), to.bundleKey().view(), nonce, ad, plain);
    return out;
}

/// Lays all that stands behind `from` behind `to` as well. How many that were.
int layBehind(Three &t, const QString &from, const QString &to)
{
    const auto one = crypto::Link::parse(from.toStdString());
    const auto other = crypto::Link::parse(to.toStdString());
    SeededRandom random(6);
    int laid = 0;
    for (const crypto::NostrEvent &event : t.one.stored()) {
        const auto inner = crypto::unwrap(event, one->bundleMailbox());
        if (!inner)
            continue;
        t.world.network.inject(t.one.url(),
            *crypto::wrap(sealedAgain(*one, *other, *inner), other->bundleMailbox().publicKey(), t.world.clock.wallSeconds(), random));
        ++laid;
    }
    return laid;
}

/// Mallory's bundle, sealed for `link`, which names somebody else; with Mallory's own seal when `own`.
crypto::Bytes forgedBundle(const crypto::Link &link, bool own, qint64 nowMs)
{
    SeededRandom random(5);
    const auto mallory = crypto::OwnIdentity::generate(random);
    const auto hers = crypto::Link::create(link.type(), mallory.publicKey(), {"wss://one.example"}, random);
    crypto::BundleCard card;
    card.name = "Alice";
    card.mailbox = crypto::NostrKeyPair::generate(random).publicKey();
    card.relays = {"wss://one.example"};
    card.validFrom = nowMs + 1000; // newer than the real one
    card.validUntil = nowMs + kDay;
    const auto made = crypto::makeBundle(mallory, *hers, card, random);
    if (!made || own)
        return made ? made->sealed : crypto::Bytes();
    return sealedAgain(*hers, link, made->sealed); // whoever has the link can seal, not sign
}

} // namespace

class TestLaidLinks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void swappedBundle_isAltered_data();
    void swappedBundle_isAltered();
    void bundleUnderRubbish_isNotGone();
    void tombstoneOfAnotherLink_closesNothing();
    void bundleOfAnotherLink_misleadsNobody();
    void lockedWhileALinkIsFetched_leavesNothingBehind();
};

void TestLaidLinks::lockedWhileALinkIsFetched_leavesNothingBehind()
{
    const QString two = u"wss://two.example"_s;
    World world;
    world.relay("wss://one.example");
    ScriptedRelay &silent = world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({u"wss://one.example"_s, two});
    bob.create({u"wss://one.example"_s, two});
    const Invitation invitation = must(alice->createInvitation(InvitationKind::OneTime, {}));
    world.settle();
    alice.close();
    silent.behaviour().delayMs = 60 * kMinute;
    bool answered = false;
    bob->fetchLink(invitation.link, [&](const Outcome<LinkPreview> &) { answered = true; });
    world.settle(); // the bundle is there; the other relay has a moment to bring a newer one
    QVERIFY(!answered);
    QVERIFY(world.timers.pending() > 0);
    bob.close();
    QCOMPARE(world.timers.pending(), std::size_t(0)); // the program goes on, locked: what fired now would work on a closed vault
}

void TestLaidLinks::swappedBundle_isAltered_data()
{
    QTest::addColumn<bool>("sealedForItsOwnLink");
    QTest::addColumn<bool>("realOneThere");
    QTest::addColumn<int>("trouble");
    QTest::newRow("by somebody with the link") << false << false << int(TroubleCode::InviteAltered);
    QTest::newRow("by a relay without the link") << true << false << int(TroubleCode::InviteNotFound);
    QTest::newRow("beside the real one") << false << true << int(TroubleCode::None);
}

void TestLaidLinks::swappedBundle_isAltered()
{
    QFETCH(bool, sealedForItsOwnLink);
    QFETCH(bool, realOneThere);
    QFETCH(int, trouble);
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    if (!realOneThere)
        t.one.loseHistory();
    const auto link = crypto::Link::parse(invitation.link.toStdString());
    const auto forged = forgedBundle(*link, sealedForItsOwnLink, t.world.clock.wallMs());
    QVERIFY(!forged.empty());
    SeededRandom random(6);
    t.world.network.inject(t.one.url(), *crypto::wrap(forged, link->bundleMailbox().publicKey(),
                                                      t.world.clock.wallSeconds(), random));
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    must(t.bob->sendText(chat, u"for Alice alone"_s));
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().linkTrouble, trouble);
    QCOMPARE(t.bob.summary().link, trouble == 0 ? Link::Live : Link::InvitationDead);
    QCOMPARE(must(t.bob->outbox()).waiting, trouble == 0 ? 0 : 1); // nothing went to Mallory
}

/// More than is fetched: whether the bundle lies behind it nobody knows.
void TestLaidLinks::bundleUnderRubbish_isNotGone()
{
    Three t;
    const Invitation invitation = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    t.world.settle();
    const auto mailbox = crypto::Link::parse(invitation.link.toStdString())->bundleMailbox().publicKey();
    SeededRandom random(6);
    for (std::size_t i = 0; i <= relay::FetchOutcome::kMaximumFetched; ++i)
        t.world.network.inject(t.one.url(), datedEnvelope(mailbox, t.world.clock.wallSeconds() + 1, random));
    const ContactId chat = must(t.bob->startChat(invitation.link, std::nullopt)).chat;
    must(t.bob->sendText(chat, u"when you are found"_s));
    t.world.run(kMinute);
    QCOMPARE(t.bob.summary().linkTrouble, int(TroubleCode::None));
    QCOMPARE(t.bob.summary().link, Link::FetchingInvitation); // it keeps trying
    QCOMPARE(must(t.bob->outbox()).waiting, 1);
}

void TestLaidLinks::tombstoneOfAnotherLink_closesNothing()
{
    Three t;
    const Invitation once = must(t.alice->createInvitation(InvitationKind::OneTime, {}));
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    must(t.bob->startChat(once.link, std::nullopt)); // an ordinary acquaintance, who knows the public address too
    t.world.run(kMinute);
    QCOMPARE(layBehind(t, once.link, address.link), 2); // bundle and tombstone
    const ContactId chat = must(t.carol->startChat(address.link, std::nullopt)).chat;
    must(t.carol->sendText(chat, u"hello Alice"_s));
    t.world.run(kMinute);
    QCOMPARE(t.carol.summary().linkTrouble, int(TroubleCode::None));
    const auto chats = must(t.alice->chats());
    QVERIFY(std::any_of(chats.begin(), chats.end(), [](const ChatSummary &each) { return each.request; }));
}

void TestLaidLinks::bundleOfAnotherLink_misleadsNobody()
{
    Three t;
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.run(kMinute);
    const Invitation other = must(t.alice->createInvitation(InvitationKind::Reusable, {})); // with a later "valid from"
    t.world.settle();
    QCOMPARE(layBehind(t, other.link, address.link), 1);
    const ContactId chat = must(t.carol->startChat(address.link, std::nullopt)).chat;
    must(t.carol->sendText(chat, u"hello Alice"_s));
    t.world.run(kMinute);
    const auto chats = must(t.alice->chats());
    QVERIFY(std::any_of(chats.begin(), chats.end(), [](const ChatSummary &each) { return each.request; }));
}

TACET_TEST_UNIT("t_laid_links", TestLaidLinks)
#include "t_laid_links.moc"
