// Bundles and tombstones (PROTOCOL §3.5 to §3.8).
#include "crypto/gift_wrap.h"
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

QString outcome(ByteView sealed, const Link &link, UnixMs now = kNow)
{
    const auto bundle = openBundle(sealed, link, now);
    if (bundle)
        return u"fine"_s;
    static constexpr const char *kNames[] = {"not this link", "altered", "expired", "not yet valid", "newer", "used"};
    return QString::fromLatin1(kNames[int(bundle.error())]);
}

/// What a hostile holder of the link can do: seal anything under its key. `plain` is filled up with zeros.
Bytes sealPlain(const Link &link, Bytes plain, Random &random)
{
    plain.resize(kSealedBundleSize - 41);
    Bytes out{1};
    append(out, random.bytes<24>());
    Bytes ad;
    append(ad, "Tacet1 bundle seal");
    ad.push_back(1);
    out.resize(kSealedBundleSize);
    aeadSeal(std::span(out).subspan(25), link.bundleKey().view(), FixedView<24>(out.data() + 1, 24), ad, plain);
    return out;
}

Bytes sealRaw(const Link &link, ByteView body, const Signature &signature, Random &random)
{
    Bytes plain;
    appendLp(plain, body);
    append(plain, signature.view());
    return sealPlain(link, std::move(plain), random);
}

Signature signBody(const OwnIdentity &identity, const Link &link, ByteView body)
{
    Bytes text;
    append(text, "Tacet1 bundle");
    append(text, link.bundleMailbox().publicKey().view());
    append(text, body);
    return identity.sign(text);
}

} // namespace

class TestBundle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void bundle_comesBackAsItWas()
    {
        TwoParties parties(30, LinkType::Reusable);
        const VerifiedBundle &bundle = parties.bundle;
        QCOMPARE(parties.made.sealed.size(), std::size_t(3072));
        QCOMPARE(bundle.card.name, std::string("Bob"));
        QVERIFY(bundle.card.relays == std::vector<std::string>{"wss://relay.example"});
        QCOMPARE(bundle.card.mailbox, cardOf("Bob").mailbox);
        QCOMPARE(bundle.card.validFrom, kNow);
        QCOMPARE(bundle.card.validUntil, kNow + 7 * kDayMs);
        QCOMPARE(bundle.identity, parties.bob.publicKey());
        QCOMPARE(bundle.signedPrekey, parties.made.prekeys.signedPrekey().publicKey());
        QCOMPARE(bundle.kemPrekey, parties.made.prekeys.kemPrekey().publicKey());
        QCOMPARE(bundle.id(), parties.made.prekeys.id());
        QVERIFY(bundle.body == parties.made.prekeys.body());
        QCOMPARE(int(bundle.type), int(LinkType::Reusable));
    }

    void bundle_travelsInAnEnvelopeOfTheSmallestSize()
    {
        TwoParties parties(31);
        const NostrKeyPair mailbox = parties.link.bundleMailbox();
        const auto event = wrap(parties.made.sealed, mailbox.publicKey(), kNow / 1000, parties.random);
        QVERIFY(event.ok());
        const auto inner = unwrap(*event, Link::parse(parties.link.uri())->bundleMailbox());
        QVERIFY(inner.ok());
        QCOMPARE(outcome(*inner, parties.link), u"fine"_s);
        const Session alice = parties.initiate();
        const auto message = alice.clone().encrypt(asBytes("hi"), parties.random).value();
        QCOMPARE(wrap(message, mailbox.publicKey(), kNow / 1000, parties.random)->content.size(), event->content.size());
    }

    void bundle_largestOneFits()
    {
        TwoParties parties(32);
        BundleCard card = cardOf("");
        card.name = std::string(kMaxNameLength, 'n');
        card.relays.assign(3, "wss://" + std::string(kMaxRelayUrlLength - 6, 'a'));
        const auto made = makeBundle(parties.bob, parties.link, card, parties.random);
        QVERIFY(made.ok());
        QCOMPARE(outcome(made->sealed, parties.link), u"fine"_s);
    }

    void make_refusesBadCards()
    {
        TwoParties parties(33);
        const auto error = [&](auto change) {
            BundleCard card = cardOf("Bob");
            change(card);
            return int(makeBundle(parties.bob, parties.link, card, parties.random).error());
        };
        QCOMPARE(error([](BundleCard &c) { c.name = "two\nlines"; }), int(BundleMakeError::BadName));
        QCOMPARE(error([](BundleCard &c) { c.name = std::string(129, 'x'); }), int(BundleMakeError::BadName));
        QCOMPARE(error([](BundleCard &c) { c.name = "\xC0\xAF"; }), int(BundleMakeError::BadName));
        QCOMPARE(error([](BundleCard &c) { c.relays.clear(); }), int(BundleMakeError::BadRelay));
        QCOMPARE(error([](BundleCard &c) { c.relays = {"https://x.example"}; }), int(BundleMakeError::BadRelay));
        QCOMPARE(error([](BundleCard &c) { c.validUntil = c.validFrom; }), int(BundleMakeError::BadDates));
        QCOMPARE(error([](BundleCard &c) { c.validFrom = -1; }), int(BundleMakeError::BadDates));
        QCOMPARE(error([](BundleCard &c) { c.validUntil = kEndOfTime; }), int(BundleMakeError::BadDates));
        BundleCard longest = cardOf("Bob");
        longest.validFrom = 0;
        longest.validUntil = kEndOfTime - 1;
        QVERIFY(makeBundle(parties.bob, parties.link, longest, parties.random).ok());
        QCOMPARE(int(makeBundle(parties.alice, parties.link, cardOf("A"), parties.random).error()),
                 int(BundleMakeError::NotOwnLink));
    }

    void displayName_isUtf8WithoutControls_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("fine");
        QTest::newRow("empty") << QByteArray() << true;
        QTest::newRow("plain") << QByteArray("Alice") << true;
        QTest::newRow("scripts and emoji") << QByteArray("\xD0\x90\xD0\xBD\xD1\x8F \xE5\xAE\x89 \xF0\x9F\xA6\x8A") << true;
        QTest::newRow("markup is text") << QByteArray("<img src=x>") << true;
        QTest::newRow("newline") << QByteArray("a\nb") << false;
        QTest::newRow("zero") << QByteArray("a\0b", 3) << false;
        QTest::newRow("delete") << QByteArray("a\x7F") << false;
        QTest::newRow("C1 control") << QByteArray("\xC2\x85") << false;
        QTest::newRow("first C1 control") << QByteArray("\xC2\x80") << false;
        QTest::newRow("behind the C1 controls") << QByteArray("\xC2\xA0") << true;
        QTest::newRow("overlong slash") << QByteArray("\xC0\xAF") << false;
        QTest::newRow("overlong three") << QByteArray("\xE0\x80\xAF") << false;
        QTest::newRow("three bytes") << QByteArray("\xE0\xA4\xA0") << true;
        QTest::newRow("first of three bytes") << QByteArray("\xE0\xA0\x80") << true;
        QTest::newRow("four bytes") << QByteArray("\xF0\x90\x8D\x88") << true;
        QTest::newRow("first of four bytes") << QByteArray("\xF0\x90\x80\x80") << true;
        QTest::newRow("before the surrogates") << QByteArray("\xED\x9F\xBF") << true;
        QTest::newRow("first surrogate") << QByteArray("\xED\xA0\x80") << false;
        QTest::newRow("last surrogate") << QByteArray("\xED\xBF\xBF") << false;
        QTest::newRow("behind the surrogates") << QByteArray("\xEE\x80\x80") << true;
        QTest::newRow("beyond Unicode") << QByteArray("\xF4\x90\x80\x80") << false;
        QTest::newRow("cut short") << QByteArray("\xE5\xAE") << false;
        QTest::newRow("no continuation after two") << QByteArray("\xD0\x41") << false;
        QTest::newRow("no continuation after three") << QByteArray("\xE5\xAE\x41") << false;
        QTest::newRow("a lead where a continuation should be") << QByteArray("\xE5\xD0\x90") << false;
        QTest::newRow("lone continuation") << QByteArray("\x80") << false;
        QTest::newRow("continuation as the first of two") << QByteArray("\xA8\x80") << false;
        QTest::newRow("the last of Unicode") << QByteArray("\xF4\x8F\xBF\xBF") << true;
        QTest::newRow("five bytes") << QByteArray("\xF8\x88\x80\x80\x80") << false;
    }
    void displayName_isUtf8WithoutControls()
    {
        QFETCH(QByteArray, name);
        QFETCH(bool, fine);
        QCOMPARE(isDisplayName({name.constData(), std::size_t(name.size())}), fine);
    }

    void open_damageAnywhere_isRefused()
    {
        TwoParties parties(34);
        for (std::size_t i = 0; i < parties.made.sealed.size(); ++i) {
            Bytes damaged = parties.made.sealed;
            damaged[i] ^= 0x10;
            // The version byte too: whoever knows the mailbox must not be able to say "update your program".
            QCOMPARE(outcome(damaged, parties.link), u"not this link"_s);
        }
        QCOMPARE(outcome({}, parties.link), u"not this link"_s);
        QCOMPARE(outcome(ByteView(parties.made.sealed).first(3071), parties.link), u"not this link"_s);
    }

    void open_withAnotherLink_saysSo()
    {
        TwoParties parties(35);
        const Link other = Link::create(LinkType::OneTime, parties.bob.publicKey(), {"wss://relay.example"}, parties.random).value();
        QCOMPARE(outcome(parties.made.sealed, other), u"not this link"_s);
    }

    void open_ofSwappedBundle_saysAltered()
    {
        // Mallory holds the link and puts a bundle of her own, or Bob's with one field changed, in its place.
        TwoParties parties(36);
        const OwnIdentity mallory = OwnIdentity::generate(parties.random);
        const Link hers = Link::create(LinkType::OneTime, mallory.publicKey(), {"wss://relay.example"}, parties.random).value();
        const MadeBundle made = makeBundle(mallory, hers, cardOf("Bob"), parties.random).value();
        QCOMPARE(outcome(sealRaw(parties.link, made.prekeys.body(), signBody(mallory, parties.link, made.prekeys.body()), parties.random),
                         parties.link), u"altered"_s);

        const Bytes body = parties.made.prekeys.body();
        const Signature signature = signBody(parties.bob, parties.link, body);
        QCOMPARE(outcome(sealRaw(parties.link, body, signature, parties.random), parties.link), u"fine"_s);
        for (std::size_t i = 0; i < body.size(); i += 3) {
            Bytes changed = body;
            changed[i] ^= 1;
            QCOMPARE(outcome(sealRaw(parties.link, changed, signature, parties.random), parties.link), u"altered"_s);
        }
        for (std::size_t i = 0; i < 64; ++i) {
            Signature changed = signature;
            changed.bytes[i] ^= 1;
            QCOMPARE(outcome(sealRaw(parties.link, body, changed, parties.random), parties.link), u"altered"_s);
        }
    }

    void open_ofSignedNonsense_saysAltered()
    {
        // The owner's own program gone wrong: signed, but against the rules.
        TwoParties parties(37);
        const Bytes body = parties.made.prekeys.body();
        const auto check = [&](const Bytes &changed) {
            return outcome(sealRaw(parties.link, changed, signBody(parties.bob, parties.link, changed), parties.random), parties.link);
        };
        QCOMPARE(check(body), u"fine"_s);
        Bytes bad = body;
        bad.push_back(0);
        QCOMPARE(check(bad), u"altered"_s);
        bad = body;
        bad[9] = 2; // type: reusable behind a one-time link
        QCOMPARE(check(bad), u"altered"_s);
        bad = body;
        std::fill(bad.begin() + 10 + 36 + 4, bad.begin() + 10 + 36 + 36, std::uint8_t(0xFF)); // SPK: u >= p
        QCOMPARE(check(bad), u"altered"_s);
        bad = body;
        bad[10 + 36 + 36 + 4] = 0xFF; // KPK: the first coefficient becomes 4,095 or so
        bad[10 + 36 + 36 + 5] |= 0x0F;
        QCOMPARE(check(bad), u"altered"_s);
        bad = body;
        bad[4] = 2; // version
        QCOMPARE(check(bad), u"newer"_s);
        bad[4] = 0;
        QCOMPARE(check(bad), u"altered"_s);
        for (std::size_t size = 0; size < body.size(); size += 11)
            QCOMPARE(check(Bytes(body.begin(), body.begin() + std::ptrdiff_t(size))), u"altered"_s);
    }

    void open_ofLengthsThatDoNotFit_saysAltered()
    {
        TwoParties parties(39);
        constexpr std::uint32_t kPlain = kSealedBundleSize - 41;
        // A body longer than all there is, one that leaves no room for a signature, one that leaves a byte too little.
        for (const std::uint32_t length : {0xFFFFFFFFu, kPlain, kPlain - 4, kPlain - 4 - 63}) {
            Bytes plain;
            appendBe32(plain, length);
            QCOMPARE(outcome(sealPlain(parties.link, std::move(plain), parties.random), parties.link), u"altered"_s);
        }
    }

    void open_readsDatesWithTolerance()
    {
        TwoParties parties(38);
        const Bytes &sealed = parties.made.sealed;
        const UnixMs until = kNow + 7 * kDayMs;
        QCOMPARE(outcome(sealed, parties.link, kNow - 9 * kDayMs), u"fine"_s);
        QCOMPARE(outcome(sealed, parties.link, kNow - kClockTolerance - 1), u"not yet valid"_s);
        QCOMPARE(outcome(sealed, parties.link, until + 9 * kDayMs), u"fine"_s);
        QCOMPARE(outcome(sealed, parties.link, until + kClockTolerance + 1), u"expired"_s);
    }

    void tombstone_saysUsedAndHasTheSameSize()
    {
        TwoParties parties(39);
        const Bytes tombstone = makeTombstone(parties.bob, parties.link, parties.bundle.id(), kNow, parties.random);
        QCOMPARE(tombstone.size(), parties.made.sealed.size());
        QCOMPARE(outcome(tombstone, parties.link), u"used"_s);
        QCOMPARE(outcome(tombstone, parties.link, kNow + 400 * kDayMs), u"used"_s);
    }

    void tombstone_ofAnotherIdentity_saysAltered()
    {
        TwoParties parties(40);
        const Link hers = Link::create(LinkType::OneTime, parties.alice.publicKey(), {"wss://relay.example"}, parties.random).value();
        Bytes body = {0, 0, 0, 1, 1, 0, 0, 0, 1, 3};
        appendLp(body, parties.alice.publicKey().view());
        appendLp(body, parties.bundle.id().view());
        appendLp(body, Bytes(8));
        QCOMPARE(outcome(sealRaw(parties.link, body, signBody(parties.alice, parties.link, body), parties.random), parties.link), u"altered"_s);
        QCOMPARE(outcome(sealRaw(hers, body, signBody(parties.alice, hers, body), parties.random), hers), u"used"_s);
    }

    void whatStandsBehindAnotherLinkOfTheOwner_saysAltered()
    {
        // Mallory holds two links of Bob's, and lays what one leads to behind the other.
        TwoParties parties(46);
        const Link other = Link::create(LinkType::OneTime, parties.bob.publicKey(), {"wss://relay.example"}, parties.random).value();
        const Bytes body = parties.made.prekeys.body();
        const Signature signature = signBody(parties.bob, parties.link, body);
        QCOMPARE(outcome(sealRaw(parties.link, body, signature, parties.random), parties.link), u"fine"_s);
        QCOMPARE(outcome(sealRaw(other, body, signature, parties.random), other), u"altered"_s);

        Bytes spent = {0, 0, 0, 1, 1, 0, 0, 0, 1, 3};
        appendLp(spent, parties.bob.publicKey().view());
        appendLp(spent, parties.bundle.id().view());
        appendLp(spent, Bytes(8));
        const Signature buried = signBody(parties.bob, parties.link, spent);
        QCOMPARE(outcome(sealRaw(parties.link, spent, buried, parties.random), parties.link), u"used"_s);
        QCOMPARE(outcome(sealRaw(other, spent, buried, parties.random), other), u"altered"_s);
    }

    void prekeys_comeBackFromTheVault()
    {
        TwoParties parties(41);
        const SecretBuffer state = parties.made.prekeys.serialise();
        const OwnPrekeys read = OwnPrekeys::parse(state.view()).value();
        QCOMPARE(read.id(), parties.bundle.id());
        Session alice = parties.initiate();
        const Bytes hello = alice.encrypt(asBytes("hello"), parties.random).value();
        QVERIFY(Session::accept(parties.bob, read, hello, kNow).ok());
        for (std::size_t size = 0; size < state.size(); ++size)
            QVERIFY(!OwnPrekeys::parse(state.view().first(size)));
        Bytes longer(state.view().begin(), state.view().end());
        longer.push_back(0);
        QCOMPARE(int(OwnPrekeys::parse(longer).error()), int(StateError::Damaged));
        Bytes older(state.view().begin(), state.view().end());
        older[0] = 0;
        QCOMPARE(int(OwnPrekeys::parse(older).error()), int(StateError::Damaged));
        Bytes bodiless{1}; // a length, and behind it what follows a body
        appendBe32(bodiless, 1000);
        bodiless.resize(bodiless.size() + 32 + 64 + 32, 7);
        QCOMPARE(int(OwnPrekeys::parse(bodiless).error()), int(StateError::Damaged));
        Bytes newer(state.view().begin(), state.view().end());
        newer[0] = 2;
        QCOMPARE(int(OwnPrekeys::parse(newer).error()), int(StateError::NewerVersion));
    }
};

TACET_TEST_UNIT("t_bundle", TestBundle)
#include "t_bundle.moc"
