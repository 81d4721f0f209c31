// https://github.com/C2SP/wycheproof: test groups of cases, each `valid`, `invalid` or `acceptable`.
#include "crypto/aead.h"
#include "crypto/hkdf.h"
#include "crypto/mlkem_own.h"
#include "crypto/nostr_key.h"
#include "crypto/x25519.h"
#include "tests/kat/runners.h"

#include <secp256k1.h>

#include <functional>

namespace tacet::kat {
using namespace Qt::StringLiterals;
using namespace crypto;
namespace {

/// What our code made of a case.
enum class Outcome {
    Right,    ///< accepted, with the result the vector gives
    Wrong,    ///< accepted, with another result
    Rejected, ///< refused, or not even expressible in our interface
};

using Runner = std::function<Outcome(const QJsonObject &test, const QJsonObject &group)>;

Outcome rightIf(bool right) { return right ? Outcome::Right : Outcome::Wrong; }

Outcome runAead(const QJsonObject &test, const QJsonObject &)
{
    const Bytes key = hexMember(test, "key"_L1);
    const Bytes nonce = hexMember(test, "iv"_L1);
    const Bytes ad = hexMember(test, "aad"_L1);
    const Bytes text = hexMember(test, "msg"_L1);
    Bytes sealed = hexMember(test, "ct"_L1);
    append(sealed, hexMember(test, "tag"_L1));
    if (key.size() != kAeadKeySize || nonce.size() != kAeadNonceSize || sealed.size() != text.size() + kAeadTagSize)
        return Outcome::Rejected;
    const FixedView<kAeadKeySize> keyView(key.data(), kAeadKeySize);
    const FixedView<kAeadNonceSize> nonceView(nonce.data(), kAeadNonceSize);

    Bytes opened(text.size());
    if (!aeadOpen(opened, keyView, nonceView, ad, sealed))
        return Outcome::Rejected;
    Bytes again(sealed.size());
    aeadSeal(again, keyView, nonceView, ad, text);
    return rightIf(opened == text && again == sealed);
}

Outcome runHmac(const QJsonObject &test, const QJsonObject &group)
{
    const Bytes tag = hexMember(test, "tag"_L1);
    FixedBytes<32> mac;
    hmacSha256(mac, hexMember(test, "key"_L1), {hexMember(test, "msg"_L1)});
    if (tag.size() * 8 != std::size_t(group["tagSize"_L1].toInt()) || tag.size() > mac.size())
        return Outcome::Rejected;
    return same(ByteView(mac).first(tag.size()), tag) ? Outcome::Right : Outcome::Rejected;
}

Outcome runHkdf(const QJsonObject &test, const QJsonObject &)
{
    const auto size = std::size_t(test["size"_L1].toInt());
    if (size > 255 * 32) // the precondition of hkdfExpand
        return Outcome::Rejected;
    Bytes out(size);
    hkdfExpand(out, hkdfExtract(hexMember(test, "salt"_L1), hexMember(test, "ikm"_L1)).view(), hexMember(test, "info"_L1));
    return rightIf(out == hexMember(test, "okm"_L1));
}

Outcome runX25519(const QJsonObject &test, const QJsonObject &)
{
    const auto peer = taggedMember<X25519PublicKey>(test, "public"_L1);
    const Bytes secret = hexMember(test, "private"_L1);
    if (!peer || secret.size() != 32)
        return Outcome::Rejected;
    const auto pair = X25519KeyPair::fromSecret(SecretBytes<32>(FixedView<32>(secret.data(), 32)));
    const auto shared = pair.agree(*peer);
    if (!shared)
        return Outcome::Rejected;
    return rightIf(same(shared->view(), hexMember(test, "shared"_L1)));
}

/// PROTOCOL §2 is stricter than "acceptable": what gives zero or is not canonical must be refused, and whatever else
/// lies on the twist is a key like any other.
bool mustRefuseX25519(const QJsonObject &test)
{
    for (const auto &flag : test["flags"_L1].toArray()) {
        if (flag == "ZeroSharedSecret"_L1 || flag == "NonCanonicalPublic"_L1)
            return true;
    }
    return false;
}

/// The x coordinate of an uncompressed point in the one encoding of a secp256k1 key that is usual (RFC 5480).
std::optional<NostrPublicKey> pointOfSubjectPublicKeyInfo(const Bytes &der)
{
    static const Bytes kHead = hexBytes(u"3056301006072a8648ce3d020106052b8104000a034200"_s);
    if (der.size() != kHead.size() + 65 || !same(ByteView(der).first(kHead.size()), kHead))
        return std::nullopt;
    // Nostr keys are x alone and cannot be off the curve in y; that y fits is the reader's to check.
    const ByteView encoded = ByteView(der).last(65);
    secp256k1_pubkey point;
    if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &point, encoded.data(), encoded.size()) != 1)
        return std::nullopt;
    return NostrPublicKey::from(encoded.subspan(1, 32));
}

Outcome runEcdhSecp256k1(const QJsonObject &test, const QJsonObject &)
{
    Bytes secret = hexMember(test, "private"_L1); // a DER integer: a zero before it, or bytes missing
    while (secret.size() > 32 && secret.front() == 0)
        secret.erase(secret.begin());
    if (secret.size() > 32)
        return Outcome::Rejected;
    secret.insert(secret.begin(), 32 - secret.size(), 0);
    const auto pair = NostrKeyPair::fromSecret(SecretBytes<32>(FixedView<32>(secret.data(), 32)));
    const auto peer = pointOfSubjectPublicKeyInfo(hexMember(test, "public"_L1));
    if (!pair || !peer)
        return Outcome::Rejected;
    const auto shared = pair->sharedX(*peer);
    if (!shared)
        return Outcome::Rejected;
    return rightIf(same(shared->view(), hexMember(test, "shared"_L1)));
}

Outcome runMlkemKeyGen(const QJsonObject &test, const QJsonObject &)
{
    const Bytes seed = hexMember(test, "seed"_L1);
    if (seed.size() != kMlkemSeedSize)
        return Outcome::Rejected;
    const FixedView<kMlkemSeedSize> view(seed.data(), kMlkemSeedSize);
    mlkem::DecapsulationKey own;
    mlkem::keyGen(own, view);
    const Bytes ek = hexMember(test, "ek"_L1);
    return rightIf(same(MlkemKeyPair::fromSeed(view).publicKey().view(), ek) && same(own.encapsulation.encoded.view(), ek)
                   && same(mlkem::encodeDecapsulationKey(own).view(), hexMember(test, "dk"_L1)));
}

struct Algorithm {
    QLatin1StringView name;
    QLatin1StringView groupMember; ///< member of a group that must have `groupValue`
    QLatin1StringView groupValue;
    Runner run;
};

const std::vector<Algorithm> &algorithms()
{
    static const std::vector<Algorithm> kAlgorithms{
        {"XCHACHA20-POLY1305"_L1, "type"_L1, "AeadTest"_L1, runAead},
        {"HMACSHA256"_L1, "type"_L1, "MacTest"_L1, runHmac},
        {"HKDF-SHA-256"_L1, "type"_L1, "HkdfTest"_L1, runHkdf},
        {"XDH"_L1, "curve"_L1, "curve25519"_L1, runX25519},
        {"ECDH"_L1, "curve"_L1, "secp256k1"_L1, runEcdhSecp256k1},
        {"ML-KEM"_L1, "type"_L1, "MLKEMKeyGen"_L1, runMlkemKeyGen},
    };
    return kAlgorithms;
}

bool fits(Outcome outcome, const QString &result)
{
    if (result == "valid"_L1)
        return outcome == Outcome::Right;
    if (result == "invalid"_L1)
        return outcome == Outcome::Rejected;
    return result == "acceptable"_L1 && outcome != Outcome::Wrong;
}

} // namespace

void runWycheproof(const QString &name, const QJsonObject &root, Report &report)
{
    const QString wanted = root["algorithm"_L1].toString();
    for (const auto &groupValue : root["testGroups"_L1].toArray()) {
        const QJsonObject group = groupValue.toObject();
        const Algorithm *known = nullptr;
        for (const Algorithm &algorithm : algorithms()) {
            if (algorithm.name == wanted && group[algorithm.groupMember].toString() == algorithm.groupValue)
                known = &algorithm;
        }
        if (known && group.contains("parameterSet"_L1) && group["parameterSet"_L1] != "ML-KEM-768"_L1)
            known = nullptr;
        if (!known) {
            report.unknown(u"%1: %2 (%3%4%5)"_s.arg(name, wanted, group["type"_L1].toString(),
                                                    group["curve"_L1].toString().prepend(u' '),
                                                    group["parameterSet"_L1].toString().prepend(u' ')));
            continue;
        }
        for (const auto &testValue : group["tests"_L1].toArray()) {
            const QJsonObject test = testValue.toObject();
            const Outcome outcome = known->run(test, group);
            bool good = fits(outcome, test["result"_L1].toString());
            if (wanted == "XDH"_L1)
                good = good && outcome == (mustRefuseX25519(test) ? Outcome::Rejected : Outcome::Right);
            report.check(good, u"%1: case %2, %3"_s.arg(name).arg(test["tcId"_L1].toInt()).arg(test["comment"_L1].toString()));
        }
    }
}

} // namespace tacet::kat
