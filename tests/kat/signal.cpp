// Two published values of Signal: the numeric fingerprint, and one step of a symmetric chain.
#include "crypto/hkdf.h"
#include "crypto/safety_number.h"
#include "tests/kat/runners.h"

namespace tacet::kat {
using namespace Qt::StringLiterals;
using namespace crypto;

void runSignalFingerprint(const QString &name, const QJsonObject &root, Report &report)
{
    if (root["iterations"_L1].toInt() != kFingerprintIterations) {
        report.unknown(u"%1: fingerprints of %2 iterations"_s.arg(name).arg(root["iterations"_L1].toInt()));
        return;
    }
    const auto side = [&](QLatin1StringView id, QLatin1StringView key) {
        return fingerprint(asBytes(root[id].toString().toStdString()), hexMember(root, key));
    };
    const Fingerprint alice = side("alice_stable_id_ascii"_L1, "alice_identity_hex"_L1);
    const Fingerprint bob = side("bob_stable_id_ascii"_L1, "bob_identity_hex"_L1);
    const std::string one = fingerprintDigits(alice);
    const std::string other = fingerprintDigits(bob);
    report.check(std::min(one, other) + std::max(one, other) == root["displayable"_L1].toString().toStdString(),
                 name + u": digits"_s);

    // A protobuf of version (field 1), own (2) and peer's (3), each of the last two holding 32 bytes in its field 1.
    const auto scannable = [](std::uint8_t version, const Fingerprint &own, const Fingerprint &peer) {
        Bytes out{0x08, version, 0x12, 34, 0x0A, 32};
        append(out, own);
        append(out, Bytes{0x1A, 34, 0x0A, 32});
        append(out, peer);
        return out;
    };
    report.check(scannable(1, alice, bob) == hexMember(root, "alice_scannable_v1_hex"_L1), name + u": code of Alice"_s);
    report.check(scannable(1, bob, alice) == hexMember(root, "bob_scannable_v1_hex"_L1), name + u": code of Bob"_s);
    report.check(scannable(2, alice, bob) == hexMember(root, "alice_scannable_v2_hex"_L1), name + u": code of version 2"_s);
}

void runSignalChainKey(const QString &name, const QJsonObject &root, Report &report)
{
    static constexpr std::uint8_t kMessage = 1;
    static constexpr std::uint8_t kNext = 2;
    const Bytes chain = hexMember(root, "chain_key"_L1);
    FixedBytes<32> next;
    hmacSha256(next, chain, {ByteView(&kNext, 1)});
    report.check(same(next, hexMember(root, "next_chain_key"_L1)), name + u": next chain key"_s);

    FixedBytes<32> seed;
    hmacSha256(seed, chain, {ByteView(&kMessage, 1)});
    const SecretBytes<80> keys = hkdf<80>({}, seed, asBytes("WhisperMessageKeys"));
    report.check(same(ByteView(keys.view()).first(32), hexMember(root, "cipher_key"_L1)), name + u": cipher key"_s);
    report.check(same(ByteView(keys.view()).subspan(32, 32), hexMember(root, "mac_key"_L1)), name + u": MAC key"_s);
}

} // namespace tacet::kat
