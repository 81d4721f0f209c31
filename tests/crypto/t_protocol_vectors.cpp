// Answers that were written down once (tests/vectors/tacet1.json): a conversation, a bundle, stored states and a
// backup, made by the first version of this code and read by an independent program (tests/vectors/README.md). They
// are opened, not made anew: whatever changes a label, an order of fields or an associated data fails here, even
// when both ends of the program change together.
#include "crypto/backup_stream.h"
#include "crypto/safety_number.h"
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kFolder = QStringLiteral(TACET_SOURCE_DIR "/tests/vectors");
constexpr std::string_view kBackupPassphrase = "twelve words would be better";
constexpr std::string_view kBackupText = "what a backup of the first version holds";

QString hex(ByteView bytes) { return QString::fromStdString(toHex(bytes)); }
QString base64(ByteView bytes) { return QString::fromStdString(toBase64Url(bytes)); }

/// Makes the file. Not part of a test run: TACET_WRITE_VECTORS names the folder to write to.
void writeVectors(const QString &folder)
{
    TwoParties parties(0x7AC37);
    QJsonObject out;
    out["about"_L1] = u"Tacet protocol version 1: values to open. Made once; see README.md. Short values in hex, long ones in base64url."_s;
    out["alice_identity_seed"_L1] = hex(parties.alice.seed());
    out["bob_identity_seed"_L1] = hex(parties.bob.seed());
    out["now"_L1] = double(kNow);
    out["link"_L1] = QString::fromStdString(parties.link.uri());
    out["link_bundle_key"_L1] = hex(parties.link.bundleKey().view());
    out["link_mailbox"_L1] = hex(parties.link.bundleMailbox().publicKey().view());
    out["link_psk"_L1] = hex(parties.link.presharedKey().view());
    out["bundle_sealed"_L1] = base64(parties.made.sealed);
    out["bundle_body"_L1] = base64(parties.bundle.body);
    out["bundle_id"_L1] = hex(parties.bundle.id().view());
    out["prekeys_state"_L1] = base64(parties.made.prekeys.serialise().view());
    out["tombstone"_L1] = base64(makeTombstone(parties.bob, parties.link, parties.bundle.id(), kNow, parties.random));

    Session alice = parties.initiate();
    QJsonArray talk;
    const auto say = [&](Session &from, const char *who, const std::string &text) {
        const Bytes message = from.encrypt(asBytes(text), parties.random).value();
        talk.append(QJsonObject{{u"from"_s, QString::fromLatin1(who)}, {u"text"_s, QString::fromStdString(text)}, {u"message"_s, base64(message)}});
        return message;
    };
    const Bytes first = say(alice, "alice", "first");
    const auto answered = answerHandshake(parties.bob, parties.made.prekeys, *peekPrefix(first)).value();
    out["th0"_L1] = hex(answered.keys.handshake.view());
    out["th"_L1] = hex(answered.keys.session.view());
    out["prefix_id"_L1] = hex(alice.prefixId().view());
    out["rk0"_L1] = hex(answered.keys.root.view());
    out["hka"_L1] = hex(answered.keys.initiatorHeader.view());
    out["nhkb"_L1] = hex(answered.keys.responderNextHeader.view());
    (void)alice.encrypt(asBytes("lost for now"), parties.random).value();
    const Bytes third = say(alice, "alice", "third, the second is late");
    out["alice_state_1"_L1] = base64(alice.serialise().view()); // initiator, not answered

    Session bob = std::move(parties.accept(first)->session);
    QVERIFY(bob.decrypt(third, kNow).ok());
    const Bytes reply = say(bob, "bob", "reply");
    out["bob_state_2"_L1] = base64(bob.serialise().view()); // one key skipped, own chain open
    QVERIFY(alice.decrypt(reply, kNow).ok());
    const Bytes turn = say(alice, "alice", std::string(700, 'x')); // the second size
    out["alice_state_3"_L1] = base64(alice.serialise().view());
    QVERIFY(bob.decrypt(turn, kNow).ok());
    (void)say(bob, "bob", "last");
    out["conversation"_L1] = talk;

    const OwnRendezvous own = OwnRendezvous::generate(parties.bob.publicKey(), kNow, parties.random);
    out["own_rendezvous_state"_L1] = base64(own.serialise().view());
    out["rendezvous_record"_L1] = base64(own.forPeer().view());
    Session restored = Session::initiate(parties.alice, PeerRendezvous::parse(own.forPeer().view(), parties.bob.publicKey())->prekeys(), parties.random).value();
    out["rendezvous_message"_L1] = base64(restored.encrypt(asBytes("restored"), parties.random).value());

    const SafetyNumber number(parties.alice.publicKey(), parties.bob.publicKey());
    out["safety_number"_L1] = QString::fromStdString(number.digits().grouped());
    out["safety_qr_of_alice"_L1] = QString::fromStdString(number.qrText());

    QFile json(folder + u"/tacet1.json"_s);
    QVERIFY(json.open(QIODevice::WriteOnly));
    json.write(QJsonDocument(out).toJson());
    Bytes backup;
    BackupWriter writer = BackupWriter::begin(asBytes(kBackupPassphrase), {1, 64}, parties.random, backup).value();
    writer.write(asBytes(kBackupText), backup);
    writer.finish(backup);
    QFile file(folder + u"/backup1.tacet"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(reinterpret_cast<const char *>(backup.data()), qint64(backup.size()));
}

} // namespace

class TestProtocolVectors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(initialise());
        if (const QString folder = qEnvironmentVariable("TACET_WRITE_VECTORS"); !folder.isEmpty())
            writeVectors(folder);
        QFile file(kFolder + u"/tacet1.json"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_values = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(qint64(m_values["now"_L1].toDouble()), kNow);
    }

    void link_isReadAndDerived()
    {
        const Link link = theLink();
        QCOMPARE(QString::fromStdString(link.uri()), text("link"));
        QCOMPARE(hex(link.bundleKey().view()), text("link_bundle_key"));
        QCOMPARE(hex(link.presharedKey().view()), text("link_psk"));
        QCOMPARE(hex(link.bundleMailbox().publicKey().view()), text("link_mailbox"));
        QVERIFY(link.belongsTo(bob().publicKey()));
        QCOMPARE(int(link.type()), int(LinkType::OneTime));
        QVERIFY(link.relays() == std::vector<std::string>{"wss://relay.example"});
    }

    void bundle_isOpened()
    {
        const VerifiedBundle bundle = openBundle(bytes("bundle_sealed"), theLink(), kNow).value();
        QCOMPARE(base64(bundle.body), text("bundle_body"));
        QCOMPARE(hex(bundle.id().view()), text("bundle_id"));
        QCOMPARE(bundle.card.name, std::string("Bob"));
        QCOMPARE(bundle.card.validUntil, kNow + 7 * kDayMs);
        QCOMPARE(bundle.identity, bob().publicKey());
        QCOMPARE(int(openBundle(bytes("tombstone"), theLink(), kNow).error()), int(BundleError::Used));
    }

    void handshake_derivesTheSameKeys()
    {
        const OwnPrekeys prekeys = OwnPrekeys::parse(bytes("prekeys_state")).value();
        const Prefix prefix = peekPrefix(message(0)).value();
        const auto answered = answerHandshake(bob(), prekeys, prefix).value();
        QCOMPARE(answered.peer, alice().publicKey());
        QCOMPARE(hex(handshakeId(prekeys.body(), prefix).view()), text("th0"));
        QCOMPARE(hex(answered.keys.session.view()), text("th"));
        QCOMPARE(hex(prefix.id().view()), text("prefix_id"));
        QCOMPARE(hex(answered.keys.root.view()), text("rk0"));
        QCOMPARE(hex(answered.keys.initiatorHeader.view()), text("hka"));
        QCOMPARE(hex(answered.keys.responderNextHeader.view()), text("nhkb"));
    }

    void conversation_isOpened()
    {
        // Each side reads with the state that it had when the message was made.
        const OwnPrekeys prekeys = OwnPrekeys::parse(bytes("prekeys_state")).value();
        auto accepted = Session::accept(bob(), prekeys, message(0), kNow).value();
        QCOMPARE(textOf(accepted.payload), said(0));
        QCOMPARE(opened(accepted.session, message(1)), said(1));
        QCOMPARE(accepted.session.skippedKeyCount(), std::size_t(1));
        Session alice1 = Session::parse(bytes("alice_state_1")).value();
        QCOMPARE(opened(alice1, message(2)), said(2));
        Session bob2 = Session::parse(bytes("bob_state_2")).value();
        QCOMPARE(opened(bob2, message(3)), said(3));
        QCOMPARE(message(3).size(), kMessageSizes[1]);
        Session alice3 = Session::parse(bytes("alice_state_3")).value();
        QCOMPARE(opened(alice3, message(4)), said(4));
    }

    void states_keepTheirForm()
    {
        for (const char *name : {"alice_state_1", "bob_state_2", "alice_state_3"})
            QCOMPARE(base64(Session::parse(bytes(name))->serialise().view()), text(name));
        QCOMPARE(base64(OwnPrekeys::parse(bytes("prekeys_state"))->serialise().view()), text("prekeys_state"));
        const OwnRendezvous own = OwnRendezvous::parse(bytes("own_rendezvous_state")).value();
        QCOMPARE(base64(own.serialise().view()), text("own_rendezvous_state"));
        QCOMPARE(base64(own.forPeer().view()), text("rendezvous_record"));
    }

    void rendezvous_isAnswered()
    {
        const OwnRendezvous own = OwnRendezvous::parse(bytes("own_rendezvous_state")).value();
        const auto accepted = Session::accept(bob(), own.prekeys(), bytes("rendezvous_message"), kNow).value();
        QCOMPARE(textOf(accepted.payload), u"restored"_s);
        QCOMPARE(accepted.session.peerIdentity(), alice().publicKey());
    }

    void safetyNumber_isTheSame()
    {
        const SafetyNumber number(bob().publicKey(), alice().publicKey());
        QCOMPARE(QString::fromStdString(number.digits().grouped()), text("safety_number"));
        QCOMPARE(int(number.scan(text("safety_qr_of_alice").toStdString())), int(ScanResult::Same));
    }

    void backup_isOpened()
    {
        QFile file(kFolder + u"/backup1.tacet"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray all = file.readAll();
        const ByteView view(reinterpret_cast<const std::uint8_t *>(all.constData()), std::size_t(all.size()));
        BackupReader reader = BackupReader::begin(view.first(kBackupHeaderSize), asBytes(kBackupPassphrase)).value();
        SecretBuffer content;
        QVERIFY(reader.read(view.subspan(kBackupHeaderSize), content).ok());
        QVERIFY(reader.finish().ok());
        QCOMPARE(textOf(content), QString::fromLatin1(kBackupText.data(), qsizetype(kBackupText.size())));
    }

private:
    QString text(const char *name) const { return m_values[QLatin1StringView(name)].toString(); }
    Bytes bytes(const char *name) const { return fromBase64Url(text(name).toStdString()).value(); }
    QString said(int index) const { return m_values["conversation"_L1][index]["text"_L1].toString(); }
    Bytes message(int index) const
    {
        return fromBase64Url(m_values["conversation"_L1][index]["message"_L1].toString().toStdString()).value();
    }
    OwnIdentity identity(const char *name) const
    {
        const Bytes seed = fromHex(text(name).toStdString()).value();
        return OwnIdentity::fromSeed(FixedView<32>(seed.data(), 32));
    }
    OwnIdentity alice() const { return identity("alice_identity_seed"); }
    OwnIdentity bob() const { return identity("bob_identity_seed"); }
    Link theLink() const { return Link::parse(text("link").toStdString()).value(); }

    QJsonObject m_values;
};

TACET_TEST_UNIT("t_protocol_vectors", TestProtocolVectors)
#include "t_protocol_vectors.moc"
