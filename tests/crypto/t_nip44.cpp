#include "crypto/base64.h"
#include "crypto/hkdf.h"
#include "crypto/nip44.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <sodium.h>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

const FixedBytes<32> kKey = fixedHex<32>("c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d");
const FixedBytes<32> kNonce = fixedHex<32>("0000000000000000000000000000000000000000000000000000000000000001");
constexpr std::string_view kPayload = "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4Dw"
                                      "rcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb";

/// An authentic payload around any padded text, also those that an honest writer never makes.
std::string craft(ByteView padded)
{
    const SecretBytes<76> keys = [] {
        SecretBytes<76> out;
        hkdfExpand(out.writable(), kKey, kNonce);
        return out;
    }();
    Bytes ciphertext(padded.begin(), padded.end());
    crypto_stream_chacha20_ietf_xor(ciphertext.data(), ciphertext.data(), ciphertext.size(), keys.view().data() + 32,
                                    keys.view().data());
    Bytes mac(32);
    hmacSha256(std::span<std::uint8_t, 32>(mac), keys.view().last<32>(), {kNonce, ciphertext});
    Bytes payload{2};
    append(payload, kNonce);
    append(payload, ciphertext);
    append(payload, mac);
    return toBase64(payload);
}

Bytes padded(std::uint16_t prefix, std::size_t size)
{
    Bytes out;
    appendBe16(out, prefix);
    out.resize(2 + size, 'a');
    return out;
}

std::string outcome(std::string_view payload)
{
    const auto plain = nip44Decrypt(kKey, payload);
    if (plain)
        return {plain->begin(), plain->end()};
    switch (plain.error()) {
    case Nip44Error::BadKey: return "bad key";
    case Nip44Error::BadLength: return "bad length";
    case Nip44Error::BadVersion: return "bad version";
    case Nip44Error::BadEncoding: return "bad encoding";
    case Nip44Error::BadMac: return "bad mac";
    case Nip44Error::BadPadding: return "bad padding";
    }
    return {};
}

} // namespace

class TestNip44 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownAnswer();
    void roundTripAtPaddingSteps();
    void encrypt_refusesLengths();
    void decrypt_refusesVersions();
    void decrypt_refusesLengthsAndEncodings();
    void decrypt_refusesEveryFlippedBit();
    void decrypt_refusesBadPadding();
    void conversationKey_refusesWhatIsNoPoint();
};

void TestNip44::knownAnswer()
{
    const auto one = *NostrKeyPair::fromSecret(SecretBytes<32>(kNonce)); // 1 and 2 are the secrets of this vector
    auto two = FixedBytes<32>{};
    two[31] = 2;
    const auto other = *NostrKeyPair::fromSecret(SecretBytes<32>(two));
    QCOMPARE(text(nip44ConversationKey(one, other.publicKey())->view()), text(kKey));
    QCOMPARE(text(nip44ConversationKey(other, one.publicKey())->view()), text(kKey));
    QCOMPARE(*nip44Encrypt(kKey, kNonce, asBytes("a")), kPayload);
    QCOMPARE(outcome(kPayload), "a");
    QCOMPARE(craft([] {
                 Bytes text = padded(1, 32);
                 std::fill(text.begin() + 3, text.end(), std::uint8_t(0));
                 return text;
             }()),
             kPayload);
}

void TestNip44::roundTripAtPaddingSteps()
{
    SeededRandom random(1);
    for (const std::size_t size : {1u, 31u, 32u, 33u, 256u, 257u, 320u, 321u, 4096u, 4097u, 40960u, 65535u}) {
        Bytes plain(size);
        random.fill(plain);
        const auto payload = nip44Encrypt(kKey, random.bytes<32>(), plain);
        QVERIFY(payload.ok());
        QCOMPARE(payload->size(), base64Size(1 + 32 + 2 + nip44PaddedSize(size) + 32));
        QCOMPARE(*nip44Decrypt(kKey, *payload), plain);
    }
    QCOMPARE(nip44PaddedSize(65535), 65536u);
    QCOMPARE(nip44PaddedSize(40961), 49152u);
}

void TestNip44::encrypt_refusesLengths()
{
    for (const std::size_t size : {0u, 65536u, 100000u}) {
        const auto payload = nip44Encrypt(kKey, kNonce, Bytes(size, 'x'));
        QVERIFY(!payload.ok());
        QCOMPARE(payload.error(), Nip44Error::BadLength);
    }
}

void TestNip44::decrypt_refusesVersions()
{
    for (const int version : {0, 1, 3, 255}) {
        Bytes payload = *fromBase64(kPayload);
        payload[0] = static_cast<std::uint8_t>(version);
        QCOMPARE(outcome(toBase64(payload)), "bad version");
    }
    QCOMPARE(outcome('#' + std::string(kPayload)), "bad version");
}

void TestNip44::decrypt_refusesLengthsAndEncodings()
{
    QCOMPARE(outcome(""), "bad length");
    QCOMPARE(outcome("Ag=="), "bad length");
    QCOMPARE(outcome(kPayload.substr(4)), "bad length");
    QCOMPARE(outcome(std::string(87476, 'A')), "bad length");
    QCOMPARE(outcome(std::string(87472, 'A')), "bad length"); // a byte more than the longest, in as many characters
    std::string payload(kPayload);
    payload[10] = '-';
    QCOMPARE(outcome(payload), "bad encoding");
    QCOMPARE(outcome(std::string(kPayload) + "\n"), "bad encoding");
    QCOMPARE(outcome(std::string(kPayload) + "===="), "bad encoding");
}

void TestNip44::decrypt_refusesEveryFlippedBit()
{
    const Bytes payload = *fromBase64(kPayload);
    for (std::size_t bit = 8; bit < payload.size() * 8; ++bit) {
        Bytes damaged = payload;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        QCOMPARE(outcome(toBase64(damaged)), "bad mac");
    }
    FixedBytes<32> otherKey = kKey;
    otherKey[0] ^= 1;
    QCOMPARE(nip44Decrypt(otherKey, kPayload).error(), Nip44Error::BadMac);
}

void TestNip44::decrypt_refusesBadPadding()
{
    QCOMPARE(outcome(craft(padded(32, 32))), std::string(32, 'a'));
    QCOMPARE(outcome(craft(padded(0, 32))), "bad padding");     // the extended length of later drafts
    QCOMPARE(outcome(craft(padded(33, 32))), "bad padding");    // longer than what follows
    QCOMPARE(outcome(craft(padded(32, 64))), "bad padding");    // padded too far
    QCOMPARE(outcome(craft(padded(65535, 64))), "bad padding");
    QCOMPARE(outcome(craft(padded(32, 33))), "bad padding");    // no padding step
    QCOMPARE(outcome(craft(padded(60000, 65535))), "bad padding");
}

void TestNip44::conversationKey_refusesWhatIsNoPoint()
{
    SeededRandom random(2);
    const auto key = nip44ConversationKey(NostrKeyPair::generate(random), NostrPublicKey{});
    QVERIFY(!key.ok());
    QCOMPARE(key.error(), Nip44Error::BadKey);
}

TACET_TEST_UNIT("t_nip44", TestNip44)
#include "t_nip44.moc"
