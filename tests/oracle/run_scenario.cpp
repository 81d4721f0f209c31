#include "tests/oracle/run_scenario.h"

#include "tests/oracle/peer/words.h"

#include "app/chat/payload.h"
#include "crypto/base64.h"
#include "crypto/hkdf.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace tacet::test {
using namespace Qt::StringLiterals;
using namespace tacet::crypto;
namespace {

QString shown(ByteView bytes)
{
    return QString::fromStdString(toBase64(bytes));
}
QString hashOf(ByteView bytes)
{
    return shown(sha256(bytes));
}
QString shown(std::int64_t number)
{
    return QString::number(number);
}

std::string pasted(const Scenario &scenario, const char *name)
{
    const Bytes bytes = scenario.bytes(name);
    return {bytes.begin(), bytes.end()};
}

QStringList relaysOf(const std::vector<std::string> &relays)
{
    QStringList out;
    for (const std::string &url : relays)
        out += QString::fromStdString(url);
    return out;
}

ScenarioOutcome ok(const QMap<QString, QStringList> &values)
{
    return {u"ok"_s, values};
}
template<typename Error>
ScenarioOutcome no(Error error)
{
    return ScenarioOutcome::refused(word(error));
}

ScenarioOutcome runLink(const Scenario &s)
{
    const auto link = Link::parse(pasted(s, "pasted"));
    if (!link)
        return no(link.error());
    return ok({{u"link"_s, {QString::fromStdString(link->uri())}}, {u"type"_s, {shown(std::int64_t(link->type()))}},
        {u"relay"_s, relaysOf(link->relays())}, {u"bundle-key"_s, {shown(link->bundleKey().view())}},
        {u"psk"_s, {shown(link->presharedKey().view())}},
        {u"mailbox"_s, {shown(link->bundleMailbox().publicKey().view())}}});
}

ScenarioOutcome runBundle(const Scenario &s)
{
    const auto link = Link::parse(s.text("link").toStdString());
    if (!link)
        return no(link.error());
    const auto bundle = openBundle(s.bytes("sealed"), *link, s.number("now"));
    if (!bundle)
        return no(bundle.error());
    const BundleCard &card = bundle->card;
    return ok({{u"bundle-id"_s, {shown(bundle->id().view())}}, {u"name"_s, {shown(asBytes(card.name))}},
        {u"mailbox"_s, {shown(card.mailbox.view())}}, {u"relay"_s, relaysOf(card.relays)},
        {u"valid-from"_s, {shown(card.validFrom)}}, {u"valid-until"_s, {shown(card.validUntil)}}});
}

ScenarioOutcome runHandshake(const Scenario &s)
{
    const OwnIdentity own = OwnIdentity::fromSeed(s.fixed<32>("own-seed"));
    const auto seed = s.fixed<kMlkemSeedSize>("kpk");
    const OwnPrekeys prekeys(s.bytes("body"), X25519KeyPair::fromSecret(SecretBytes<32>(s.fixed<32>("spk"))),
        MlkemKeyPair::fromSeed(seed), SecretBytes<32>(s.fixed<32>("psk")));
    const auto accepted = Session::accept(own, prekeys, s.bytes("message"), s.number("now"));
    if (!accepted)
        return no(accepted.error());
    const Session &session = accepted->session;
    return ok({{u"payload"_s, {shown(accepted->payload.view())}},
        {u"identity"_s, {shown(session.peerIdentity().view())}}, {u"th0"_s, {shown(session.handshake().view())}},
        {u"th"_s, {shown(session.id().view())}}, {u"prefix-id"_s, {shown(session.prefixId().view())}},
        {u"kept"_s, {shown(std::int64_t(session.skippedKeyCount()))}}});
}

ScenarioOutcome runMessage(const Scenario &s)
{
    auto session = Session::parse(s.bytes("state"));
    if (!session)
        return no(session.error());
    for (const QString &earlier : s.all("before")) {
        if (!session->decrypt(Scenario::bytesOf(earlier), s.number("before-now")))
            return ScenarioOutcome::refused("an earlier message did not open");
    }
    const SecretBuffer before = session->serialise();
    const auto payload = session->decrypt(s.bytes("message"), s.number("now"));
    const SecretBuffer after = session->serialise();
    if (!payload && hashOf(before.view()) != hashOf(after.view()))
        return ScenarioOutcome::refused("a refusal changed the state"); // PROTOCOL §5.6
    if (!payload)
        return no(payload.error());
    return ok({{u"payload"_s, {shown(payload->view())}}, {u"kept"_s, {shown(std::int64_t(session->skippedKeyCount()))}},
        {u"state-after"_s, {hashOf(after.view())}}});
}

ScenarioOutcome runState(const Scenario &s)
{
    const auto session = Session::parse(s.bytes("state"));
    if (!session)
        return no(session.error());
    const bool same = hashOf(session->serialise().view()) == hashOf(s.bytes("state"));
    return ok({{u"same"_s, {same ? u"true"_s : u"false"_s}}});
}

ScenarioOutcome runRendezvous(const Scenario &s)
{
    const auto record = PeerRendezvous::parse(s.bytes("record"), {s.fixed<32>("identity")});
    if (!record)
        return no(record.error());
    return ok({{u"mailbox"_s, {shown(record->mailbox().view())}}, {u"created"_s, {shown(record->created())}},
        {u"bundle-id"_s, {shown(record->id().view())}}});
}

ScenarioOutcome runNip44(const Scenario &s)
{
    const auto text = nip44Decrypt(s.fixed<32>("key"), pasted(s, "sealed"));
    return text ? ok({{u"text"_s, {shown(*text)}}}) : no(text.error());
}

template<std::size_t N>
FixedBytes<N> fromHexText(const QJsonValue &value)
{
    FixedBytes<N> out{};
    const Bytes bytes = fromHex(value.toString().toStdString()).value_or(Bytes());
    std::copy_n(bytes.begin(), std::min(N, bytes.size()), out.begin());
    return out;
}

ScenarioOutcome runEnvelope(const Scenario &s)
{
    const QJsonObject json = QJsonDocument::fromJson(s.text("event").toUtf8()).object();
    NostrEvent event;
    event.id.bytes = fromHexText<32>(json["id"_L1]);
    event.author.bytes = fromHexText<32>(json["pubkey"_L1]);
    event.signature.bytes = fromHexText<64>(json["sig"_L1]);
    event.createdAt = json["created_at"_L1].toInteger();
    event.kind = json["kind"_L1].toInt();
    event.content = json["content"_L1].toString().toStdString();
    const QJsonArray tags = json["tags"_L1].toArray();
    for (const QJsonValue &tag : tags) {
        std::vector<std::string> words;
        const QJsonArray values = tag.toArray();
        for (const QJsonValue &value : values)
            words.push_back(value.toString().toStdString());
        event.tags.push_back(std::move(words));
    }
    const auto mailbox = NostrKeyPair::fromSecret(SecretBytes<32>(s.fixed<32>("secret")));
    const auto inner = unwrap(event, mailbox.value());
    return inner ? ok({{u"inner"_s, {hashOf(*inner)}}}) : no(inner.error());
}

ScenarioOutcome runSafetyNumber(const Scenario &s)
{
    const SafetyNumber number({s.fixed<32>("own")}, {s.fixed<32>("peer")});
    return ok({{u"number"_s, {QString::fromStdString(number.digits().grouped())}}});
}

ScenarioOutcome runSafetyCode(const Scenario &s)
{
    const SafetyNumber number({s.fixed<32>("own")}, {s.fixed<32>("peer")});
    return no(number.scan(pasted(s, "code")));
}

/// Backups are long: a scenario names a file and says how to change it.
Bytes editedFile(const Scenario &s)
{
    Bytes file = s.file("file");
    const auto hex = [](const QString &digits) { return fromHex(digits.toStdString()).value_or(Bytes()); };
    for (const QString &edit : s.all("edit")) {
        const Bytes bytes = hex(edit.section(u' ', 1));
        std::copy(bytes.begin(), bytes.end(), file.begin() + edit.section(u' ', 0, 0).toLongLong());
    }
    for (const QString &copy : s.all("copy")) {
        const auto number = [&copy](int index) { return copy.section(u' ', index, index).toLongLong(); };
        const Bytes piece(file.begin() + number(0), file.begin() + number(0) + number(1));
        std::copy(piece.begin(), piece.end(), file.begin() + number(2));
    }
    for (const QString &size : s.all("cut"))
        file.resize(size.toULongLong());
    for (const QString &bytes : s.all("add"))
        append(file, ByteView(hex(bytes)));
    return file;
}

ScenarioOutcome runBackup(const Scenario &s)
{
    const Bytes file = editedFile(s);
    const std::size_t header = std::min(file.size(), kBackupHeaderSize);
    auto reader = BackupReader::begin(ByteView(file).first(header), asBytes(s.text("passphrase").toStdString()));
    if (!reader)
        return no(reader.error());
    SecretBuffer content;
    if (const auto read = reader->read(ByteView(file).subspan(header), content); !read)
        return no(read.error());
    if (const auto end = reader->finish(); !end)
        return no(end.error());
    return ok({{u"content"_s, {hashOf(content.view())}}});
}

/// What is 0, false or empty is as good as absent.
QStringList ifAny(std::int64_t number)
{
    return number == 0 ? QStringList() : QStringList{shown(number)};
}
QStringList ifAny(bool truth)
{
    return truth ? QStringList{u"true"_s} : QStringList();
}
QStringList ifAny(ByteView bytes)
{
    return bytes.empty() ? QStringList() : QStringList{shown(bytes)};
}

QString shown(const chat::EpochRanges &epoch)
{
    QString text = shown(epoch.epoch) + u' ' + shown(epoch.readUpTo);
    for (const chat::NumberRanges::Range &range : epoch.ranges.ranges())
        text += u' ' + shown(range.first) + u'-' + shown(range.last);
    return text;
}

ScenarioOutcome runPayload(const Scenario &s)
{
    static constexpr const char *kWords[] = {"too-large", "not-a-payload", "newer"};
    const Bytes bytes = s.bytes("bytes");
    const auto payload = chat::decodePayload(bytes);
    if (!payload)
        return ScenarioOutcome::refused(words::pick(kWords, payload.error()));
    const bool isText = !payload->text.empty();
    QStringList ranges;
    for (const chat::EpochRanges &epoch : payload->epochs)
        ranges += shown(epoch);
    QStringList unopened;
    for (const auto &hash : payload->unopened)
        unopened += shown(hash);
    const bool same = chat::encodePayload(*payload) == bytes;
    return ok({{u"payload-kind"_s, {shown(std::int64_t(payload->kind))}}, {u"device"_s, {shown(payload->device)}},
        {u"epoch"_s, ifAny(payload->epoch)}, {u"sequence"_s, ifAny(payload->sequence)},
        {u"session-number"_s, ifAny(payload->sessionNumber)}, {u"session-basis"_s, ifAny(payload->sessionBasis)},
        {u"sent"_s, ifAny(payload->sentMs)},
        {u"message-id"_s, isText ? QStringList{shown(payload->messageId)} : QStringList()},
        {u"text"_s, isText ? QStringList{hashOf(asBytes(payload->text))} : QStringList()},
        {u"name"_s, ifAny(asBytes(payload->name))},
        {u"mailbox"_s, payload->mailbox ? QStringList{shown(*payload->mailbox)} : QStringList()},
        {u"mailbox-number"_s, ifAny(payload->mailboxNumber)}, {u"relay"_s, relaysOf(payload->relays)},
        {u"restored"_s, ifAny(payload->restoredMs)}, {u"highest-session"_s, ifAny(payload->highestSession)},
        {u"start-above"_s, ifAny(payload->useHigher)}, {u"ranges"_s, ranges}, {u"unopened"_s, unopened},
        {u"record"_s, ifAny(payload->record)}, {u"typing"_s, ifAny(payload->typing)},
        {u"same"_s, {same ? u"true"_s : u"false"_s}}});
}

} // namespace

ScenarioOutcome runScenario(const Scenario &scenario)
{
    using Run = ScenarioOutcome (*)(const Scenario &);
    static const QMap<QString, Run> kRuns{{u"link"_s, runLink}, {u"bundle"_s, runBundle},
        {u"handshake"_s, runHandshake}, {u"message"_s, runMessage}, {u"state"_s, runState},
        {u"rendezvous"_s, runRendezvous}, {u"nip44"_s, runNip44}, {u"envelope"_s, runEnvelope},
        {u"safety-number"_s, runSafetyNumber}, {u"safety-code"_s, runSafetyCode}, {u"backup"_s, runBackup}, {u"payload"_s, runPayload}};
    const Run run = kRuns.value(scenario.text("kind"));
    return run ? run(scenario) : ScenarioOutcome::refused("no such kind");
}

} // namespace tacet::test
