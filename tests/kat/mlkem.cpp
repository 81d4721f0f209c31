// ML-KEM-768 of NIST: known answers by SHA3-256 hashes, and the files of the validation program (ACVP,
// internalProjection.json, which holds questions and answers). The public header is tested with the back end of the
// build, our own implementation beside it.
#include "crypto/keccak.h"
#include "crypto/mlkem_codec.h"
#include "crypto/mlkem_own.h"
#include "tests/crypto/fixed_random.h"
#include "tests/kat/runners.h"

namespace tacet::kat {
using namespace Qt::StringLiterals;
using namespace crypto;
namespace {

bool hashesTo(ByteView bytes, const Bytes &expected)
{
    FixedBytes<32> hash;
    keccak::sha3_256(hash, {bytes});
    return same(hash, expected);
}

/// Both implementations, which must agree; nothing when the key was refused.
std::optional<Encapsulation> encapsulateBoth(const MlkemPublicKey &key, const Bytes &message)
{
    test::FixedRandom draws(message);
    auto result = encapsulate(key, draws);
    if (!result)
        return std::nullopt;
    mlkem::EncapsulationKey expanded;
    mlkem::expand(expanded, key);
    SecretBytes<32> secret;
    MlkemCiphertext ciphertext;
    mlkem::encaps(secret, ciphertext, expanded, FixedView<32>(message.data(), 32));
    if (ciphertext != result->ciphertext || !secret.equals(result->secret.view()))
        return std::nullopt;
    return std::move(*result);
}

/// The expanded key of FIPS 203 §7.3 as ACVP gives it; Tacet itself only ever reads seeds.
std::unique_ptr<mlkem::DecapsulationKey> decodeDecapsulationKey(const Bytes &dk)
{
    using namespace mlkem;
    if (dk.size() != kDecapsulationKeyBytes)
        return nullptr;
    auto key = std::make_unique<DecapsulationKey>();
    const ByteView view = dk;
    for (std::size_t i = 0; i < kK; ++i) {
        Poly s;
        decode12(s, view.subspan(i * kPolyBytes).first<kPolyBytes>());
        reduce(s);
        prepare(key->s[i], s);
    }
    const auto encoded = MlkemPublicKey::from(view.subspan(kK * kPolyBytes, kMlkemPublicSize));
    if (!encoded || !passesModulusCheck(*encoded))
        return nullptr;
    expand(key->encapsulation, *encoded);
    if (!same(key->encapsulation.hash, view.subspan(kDecapsulationKeyBytes - 64, 32))) // FIPS 203 §7.3
        return nullptr;
    std::copy(view.end() - 32, view.end(), key->seed.writable().begin() + 32);
    return key;
}

bool keyGenFits(const QJsonObject &test)
{
    Bytes seed = hexMember(test, "d"_L1);
    append(seed, hexMember(test, "z"_L1));
    if (seed.size() != kMlkemSeedSize)
        return false;
    const FixedView<kMlkemSeedSize> view(seed.data(), kMlkemSeedSize);
    mlkem::DecapsulationKey own;
    mlkem::keyGen(own, view);
    return same(MlkemKeyPair::fromSeed(view).publicKey().view(), hexMember(test, "ek"_L1))
        && same(mlkem::encodeDecapsulationKey(own).view(), hexMember(test, "dk"_L1));
}

bool encapsulationFits(const QJsonObject &test)
{
    const auto key = taggedMember<MlkemPublicKey>(test, "ek"_L1);
    const Bytes message = hexMember(test, "m"_L1);
    if (!key || message.size() != 32)
        return false;
    const auto sent = encapsulateBoth(*key, message);
    return sent && same(sent->ciphertext.view(), hexMember(test, "c"_L1)) && same(sent->secret.view(), hexMember(test, "k"_L1));
}

bool decapsulationFits(const QJsonObject &test, const QJsonObject &group)
{
    const auto key = decodeDecapsulationKey(hexMember(test.contains("dk"_L1) ? test : group, "dk"_L1));
    const auto ciphertext = taggedMember<MlkemCiphertext>(test, "c"_L1);
    if (!key || !ciphertext)
        return false;
    SecretBytes<32> secret;
    mlkem::decaps(secret, *key, *ciphertext);
    return same(secret.view(), hexMember(test, "k"_L1));
}

} // namespace

void runMlkemKnownAnswers(const QString &name, const QJsonArray &cases, Report &report)
{
    int number = 0;
    for (const auto &value : cases) {
        const QJsonObject test = value.toObject();
        const QString label = u"%1: case %2"_s.arg(name).arg(++number);
        const Bytes seed = hexMember(test, "key_generation_seed"_L1);
        const Bytes message = hexMember(test, "encapsulation_seed"_L1);
        if (seed.size() != kMlkemSeedSize || message.size() != 32) {
            report.check(false, label);
            continue;
        }
        const FixedView<kMlkemSeedSize> view(seed.data(), kMlkemSeedSize);
        const MlkemKeyPair pair = MlkemKeyPair::fromSeed(view);
        mlkem::DecapsulationKey own;
        mlkem::keyGen(own, view);
        const auto sent = encapsulateBoth(pair.publicKey(), message);
        report.check(hashesTo(pair.publicKey().view(), hexMember(test, "sha3_256_hash_of_public_key"_L1))
                         && hashesTo(mlkem::encodeDecapsulationKey(own).view(), hexMember(test, "sha3_256_hash_of_secret_key"_L1))
                         && sent && hashesTo(sent->ciphertext.view(), hexMember(test, "sha3_256_hash_of_ciphertext"_L1))
                         && same(sent->secret.view(), hexMember(test, "shared_secret"_L1))
                         && pair.decapsulate(sent->ciphertext).equals(sent->secret.view()),
                     label);
    }
}

void runMlkemAcvp(const QString &name, const QJsonObject &root, Report &report)
{
    const QString mode = root["mode"_L1].toString();
    for (const auto &groupValue : root["testGroups"_L1].toArray()) {
        const QJsonObject group = groupValue.toObject();
        const QString function = mode == "keyGen"_L1 ? mode : group["function"_L1].toString();
        const QString set = group["parameterSet"_L1].toString();
        const bool known = function == "keyGen"_L1 || function == "encapsulation"_L1 || function == "decapsulation"_L1
            || function == "encapsulationKeyCheck"_L1 || function == "decapsulationKeyCheck"_L1;
        if (!known || set != "ML-KEM-768"_L1) {
            report.unknown(u"%1: %2 %3"_s.arg(name, set, function.isEmpty() ? mode : function));
            continue;
        }
        for (const auto &testValue : group["tests"_L1].toArray()) {
            const QJsonObject test = testValue.toObject();
            bool good = false;
            if (function == "keyGen"_L1)
                good = keyGenFits(test);
            else if (function == "encapsulation"_L1)
                good = encapsulationFits(test);
            else if (function == "decapsulation"_L1)
                good = decapsulationFits(test, group);
            else if (function == "encapsulationKeyCheck"_L1) {
                const auto key = taggedMember<MlkemPublicKey>(test, "ek"_L1);
                good = (key && isValid(*key)) == test["testPassed"_L1].toBool();
            } else {
                good = (decodeDecapsulationKey(hexMember(test, "dk"_L1)) != nullptr) == test["testPassed"_L1].toBool();
            }
            report.check(good, u"%1: %2, case %3"_s.arg(name, function).arg(test["tcId"_L1].toInt()));
        }
    }
}

} // namespace tacet::kat
