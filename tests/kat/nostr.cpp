// BIP-340 signatures, NIP-44 version 2, and events as the NIPs print them.
#include "crypto/hkdf.h"
#include "crypto/nip44.h"
#include "crypto/nostr_event.h"
#include "tests/crypto/fixed_random.h"
#include "tests/kat/runners.h"

#include <functional>

namespace tacet::kat {
using namespace Qt::StringLiterals;
using namespace crypto;
namespace {

std::optional<NostrKeyPair> pairOf(const Bytes &secret)
{
    if (secret.size() != 32)
        return std::nullopt;
    return NostrKeyPair::fromSecret(SecretBytes<32>(FixedView<32>(secret.data(), 32)));
}

std::optional<FixedBytes<32>> fixed32(const QJsonObject &object, QLatin1StringView member)
{
    return ByteReader(hexMember(object, member)).fixed<32>();
}

std::optional<SecretBytes<32>> conversationKey(const QJsonObject &test, const NostrPublicKey &peer)
{
    const auto own = pairOf(hexMember(test, "sec1"_L1));
    if (!own)
        return std::nullopt;
    auto key = nip44ConversationKey(*own, peer);
    if (!key)
        return std::nullopt;
    return std::move(*key);
}

bool conversationKeyFits(const QJsonObject &test)
{
    const auto peer = taggedMember<NostrPublicKey>(test, "pub2"_L1);
    const auto key = peer ? conversationKey(test, *peer) : std::nullopt;
    return key && same(key->view(), hexMember(test, "conversation_key"_L1));
}

bool messageKeysFit(const FixedBytes<32> &key, const QJsonObject &test)
{
    const SecretBytes<76> keys = [&] {
        SecretBytes<76> out;
        hkdfExpand(out.writable(), key, hexMember(test, "nonce"_L1));
        return out;
    }();
    Bytes expected = hexMember(test, "chacha_key"_L1);
    append(expected, hexMember(test, "chacha_nonce"_L1));
    append(expected, hexMember(test, "hmac_key"_L1));
    return same(keys.view(), expected);
}

bool encryptDecryptFits(const QJsonObject &test)
{
    const auto own = pairOf(hexMember(test, "sec1"_L1));
    const auto other = pairOf(hexMember(test, "sec2"_L1));
    const auto nonce = fixed32(test, "nonce"_L1);
    if (!own || !other || !nonce)
        return false;
    const auto key = nip44ConversationKey(*own, other->publicKey());
    const auto mirrored = nip44ConversationKey(*other, own->publicKey());
    const std::string plain = test["plaintext"_L1].toString().toStdString();
    const std::string payload = test["payload"_L1].toString().toStdString();
    if (!key || !mirrored || !key->equals(mirrored->view()) || !same(key->view(), hexMember(test, "conversation_key"_L1)))
        return false;
    const auto encrypted = nip44Encrypt(key->view(), *nonce, asBytes(plain));
    const auto decrypted = nip44Decrypt(key->view(), payload);
    return encrypted && *encrypted == payload && decrypted && same(*decrypted, asBytes(plain));
}

bool longMessageFits(const QJsonObject &test)
{
    const auto key = fixed32(test, "conversation_key"_L1);
    const auto nonce = fixed32(test, "nonce"_L1);
    const std::string plain = test["pattern"_L1].toString().repeated(test["repeat"_L1].toInt()).toStdString();
    if (!key || !nonce || !same(sha256(asBytes(plain)), hexMember(test, "plaintext_sha256"_L1)))
        return false;
    const auto payload = nip44Encrypt(*key, *nonce, asBytes(plain));
    if (!payload || !same(sha256(asBytes(*payload)), hexMember(test, "payload_sha256"_L1)))
        return false;
    const auto decrypted = nip44Decrypt(*key, *payload);
    return decrypted && same(*decrypted, asBytes(plain));
}

/// The example that NIP-70 prints was changed after it was signed: the signature fits the id, the id does not fit the
/// values. A verifier that skips the id would take it, so it must be refused.
const NostrEventId kExampleOfNip70
    = *NostrEventId::from(hexBytes(u"cb8feca582979d91fe90455867b34dbf4d65e4b86e86b3c68c368ca9f9eef6f2"_s));

void forEach(const QString &name, const QJsonObject &section, QLatin1StringView member, Report &report,
             const std::function<bool(const QJsonValue &)> &fits)
{
    int number = 0;
    for (const auto &value : section[member].toArray())
        report.check(fits(value), u"%1: %2, case %3"_s.arg(name, member).arg(++number));
}

NostrEvent eventOf(const QJsonObject &object)
{
    NostrEvent event;
    event.id = taggedMember<NostrEventId>(object, "id"_L1).value_or(NostrEventId{});
    event.author = taggedMember<NostrPublicKey>(object, "pubkey"_L1).value_or(NostrPublicKey{});
    event.createdAt = object["created_at"_L1].toInteger();
    event.kind = object["kind"_L1].toInt();
    event.content = object["content"_L1].toString().toStdString();
    event.signature = taggedMember<NostrSignature>(object, "sig"_L1).value_or(NostrSignature{});
    for (const auto &tag : object["tags"_L1].toArray()) {
        auto &values = event.tags.emplace_back();
        for (const auto &value : tag.toArray())
            values.push_back(value.toString().toStdString());
    }
    return event;
}

} // namespace

void runBip340(const QString &name, const QByteArray &csv, Report &report)
{
    const auto lines = QString::fromUtf8(csv).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines.mid(1)) {
        const QStringList fields = line.trimmed().split(u',');
        if (fields.size() < 7) {
            report.check(false, u"%1: %2"_s.arg(name, line));
            continue;
        }
        const Bytes secret = hexBytes(fields[1]);
        const auto key = NostrPublicKey::from(hexBytes(fields[2]));
        const Bytes auxiliary = hexBytes(fields[3]);
        const Bytes message = hexBytes(fields[4]);
        const auto signature = NostrSignature::from(hexBytes(fields[5]));
        const bool verified = key && signature && verifySchnorr(*key, message, *signature);
        bool good = verified == (fields[6] == "TRUE"_L1);
        if (!secret.empty()) { // signing gives exactly this signature
            const auto pair = pairOf(secret);
            test::FixedRandom draws(auxiliary);
            good = good && pair && auxiliary.size() == 32 && pair->publicKey() == key
                && pair->sign(message, draws) == signature;
        }
        report.check(good, u"%1: index %2, %3"_s.arg(name, fields[0], fields.value(7)));
    }
}

void runNip44(const QString &name, const QJsonObject &root, Report &report)
{
    for (const QString &version : root.keys()) {
        if (version != "v2"_L1)
            report.unknown(u"%1: NIP-44 %2"_s.arg(name, version));
    }
    const QJsonObject valid = root["v2"_L1]["valid"_L1].toObject();
    const QJsonObject invalid = root["v2"_L1]["invalid"_L1].toObject();

    forEach(name, valid, "get_conversation_key"_L1, report,
            [](const QJsonValue &test) { return conversationKeyFits(test.toObject()); });
    const QJsonObject messageKeys = valid["get_message_keys"_L1].toObject();
    if (const auto key = fixed32(messageKeys, "conversation_key"_L1)) {
        forEach(name, messageKeys, "keys"_L1, report,
                [&](const QJsonValue &test) { return messageKeysFit(*key, test.toObject()); });
    }
    forEach(name, valid, "calc_padded_len"_L1, report, [](const QJsonValue &test) {
        return nip44PaddedSize(std::size_t(test[0].toInt())) == std::size_t(test[1].toInt());
    });
    forEach(name, valid, "encrypt_decrypt"_L1, report,
            [](const QJsonValue &test) { return encryptDecryptFits(test.toObject()); });
    forEach(name, valid, "encrypt_decrypt_long_msg"_L1, report,
            [](const QJsonValue &test) { return longMessageFits(test.toObject()); });

    forEach(name, invalid, "encrypt_msg_lengths"_L1, report, [](const QJsonValue &test) {
        return !nip44Encrypt(FixedBytes<32>{}, FixedBytes<32>{}, Bytes(std::size_t(test.toInt()))).ok();
    });
    forEach(name, invalid, "get_conversation_key"_L1, report, [](const QJsonValue &test) {
        const auto peer = taggedMember<NostrPublicKey>(test.toObject(), "pub2"_L1);
        return !peer || !conversationKey(test.toObject(), *peer);
    });
    forEach(name, invalid, "decrypt"_L1, report, [](const QJsonValue &test) {
        const auto key = fixed32(test.toObject(), "conversation_key"_L1);
        return key && !nip44Decrypt(*key, test["payload"_L1].toString().toStdString()).ok();
    });
}

void runNostrEvents(const QString &name, const QJsonValue &value, Report &report)
{
    if (value.isArray()) {
        for (const auto &element : value.toArray())
            runNostrEvents(name, element, report);
        return;
    }
    const QJsonObject object = value.toObject();
    if (object.contains("id"_L1) && object.contains("pubkey"_L1)) {
        const NostrEvent event = eventOf(object);
        bool good = object.contains("sig"_L1) ? verify(event) : computeId(event) == event.id; // rumors are unsigned
        if (event.id == kExampleOfNip70)
            good = !good && verifySchnorr(event.author, event.id.view(), event.signature);
        report.check(good, u"%1: event %2"_s.arg(name, object["id"_L1].toString()));
        return;
    }
    for (const auto &member : object)
        runNostrEvents(name, member, report);
}

} // namespace tacet::kat
