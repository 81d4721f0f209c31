// Somebody who has the link, and the relay, puts other keys behind it: the opener sees that at once. (PROTOCOL §3.6: the
// link names the identity, the identity signs the bundle.)
#include "crypto/aead.h"
#include "crypto/bundle.h"
#include "crypto/gift_wrap.h"
#include "tests/e2e/programs.h"
#include "tests/support/unit_registry.h"

#include <QDateTime>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;

namespace {

/// The bundle that an attacker would like to stand behind somebody else's link. The link's text holds all that is needed
/// to seal one, but not the owner's signature.
crypto::Bytes forgedBundle(const crypto::Link &link, const QString &relay, crypto::Random &random)
{
    const auto mallory = crypto::OwnIdentity::generate(random);
    // makeBundle refuses to seal under a link that is not one's own; so Mallory makes it for a link of Mallory's own, and
    // seals the same body again below.
    const auto own = crypto::Link::create(link.type(), mallory.publicKey(), {relay.toStdString()}, random);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto made = crypto::makeBundle(mallory, *own,
        {.name = "Alice",
            .mailbox = crypto::NostrKeyPair::generate(random).publicKey(),
            .relays = {relay.toStdString()},
            .validFrom = now,
            .validUntil = now + crypto::kDayMs},
        random);
    // PROTOCOL §3.6: version ‖ nonce ‖ AE(LP(body) ‖ signature ‖ zeros), under the link's key.
    crypto::Bytes ad = crypto::Bytes(made->sealed.begin(), made->sealed.begin() + 1);
    const std::string_view label = "Tacet1 bundle seal";
    ad.insert(ad.begin(), label.begin(), label.end());
    crypto::Bytes plain(crypto::kSealedBundleSize - 1 - crypto::kAeadNonceSize - crypto::kAeadTagSize);
    const crypto::FixedView<crypto::kAeadNonceSize> nonce(made->sealed.data() + 1, crypto::kAeadNonceSize);
    const crypto::ByteView box = crypto::ByteView(made->sealed).subspan(1 + crypto::kAeadNonceSize);
    if (!crypto::aeadOpen(plain, own->bundleKey().view(), nonce, ad, box))
        return {};
    crypto::Bytes out = made->sealed;
    crypto::aeadSeal(std::span(out).subspan(1 + crypto::kAeadNonceSize), link.bundleKey().view(), nonce, ad, plain);
    return out;
}

/// The relay's answer to an event, raw.
QString publish(const QString &url, const crypto::NostrEvent &event)
{
    QWebSocket socket;
    QSignalSpy answered(&socket, &QWebSocket::textMessageReceived);
    QObject::connect(&socket, &QWebSocket::connected, &socket, [&] {
        socket.sendTextMessage(u"[\"EVENT\","_s + QString::fromStdString(crypto::toJson(event)) + u']');
    });
    socket.open(QUrl(url));
    while (answered.wait(30'000)) {
        const QString text = answered.takeFirst().at(0).toString();
        if (text.startsWith(u"[\"OK\""_s)) // an AUTH challenge may come before
            return text;
    }
    return {};
}

} // namespace

class TestAltered : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString path(const QString &name) const { return m_folder.filePath(name); }

private Q_SLOTS:
    void initTestCase() { QVERIFY(crypto::initialise()); }

    void bundle_swappedOnTheRelayIsRefused()
    {
        Relay relay(path(u"relay"_s));
        QVERIFY(relay.start());
        const Person alice(path(u"alice"_s), u"Alice"_s);
        const Person bob(path(u"bob"_s), u"Bob"_s);
        QCOMPARE(alice.init({relay.url()}).exitCode, 0);
        QCOMPARE(bob.init({relay.url()}).exitCode, 0);
        const QString text = alice.run({u"invite"_s}).line();
        const auto link = crypto::Link::parse(text.toStdString());
        QVERIFY(link);

        // The operator throws away what Alice left, and serves something else in its place.
        relay.stop();
        relay.useFolder(path(u"another-relay"_s));
        QVERIFY(relay.start());
        crypto::SystemRandom random;
        const crypto::Bytes forged = forgedBundle(*link, relay.url(), random);
        QVERIFY(!forged.empty());
        QCOMPARE(crypto::openBundle(forged, *link, QDateTime::currentMSecsSinceEpoch()).error(),
            crypto::BundleError::Altered);
        const auto event = crypto::wrap(forged, link->bundleMailbox().publicKey(), QDateTime::currentSecsSinceEpoch(), random);
        QVERIFY(event);
        const QString answer = publish(relay.url(), *event);
        QVERIFY2(answer.contains(u"true"_s), qPrintable(answer));

        const Ran ran = bob.run({u"contact"_s, u"add"_s, text});
        QVERIFY2(ran.exitCode == 3, ran.told());
        QVERIFY2(ran.err.contains(u"This invitation was changed on the way."_s), ran.told());
        QVERIFY2(ran.out.trimmed().isEmpty(), ran.told());
        QCOMPARE(bob.json({u"contact"_s, u"list"_s}).objects().size(), 0);
    }

    void bundle_thatNobodyHasIsWaitedFor()
    {
        Relay relay(path(u"empty-relay"_s));
        QVERIFY(relay.start());
        const Person alice(path(u"alice-2"_s), u"Alice"_s);
        const Person bob(path(u"bob-2"_s), u"Bob"_s);
        QCOMPARE(alice.init({relay.url()}).exitCode, 0);
        QCOMPARE(bob.init({relay.url()}).exitCode, 0);
        const QString text = alice.run({u"invite"_s}).line();
        relay.stop();
        relay.useFolder(path(u"empty-relay-2"_s));
        QVERIFY(relay.start());
        const Ran ran = bob.run({u"contact"_s, u"add"_s, text});
        QVERIFY2(ran.exitCode != 0 && ran.exitCode != 3, ran.told());
        QVERIFY2(!ran.err.trimmed().isEmpty(), ran.told());
    }
};

TACET_TEST_UNIT("t_altered", TestAltered)
#include "t_altered.moc"
