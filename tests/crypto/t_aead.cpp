#include "crypto/aead.h"
#include "tests/crypto/hex.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

// draft-irtf-cfrg-xchacha-03 A.3.1
const Bytes kText = [] {
    Bytes out;
    append(out, "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
    return out;
}();
const Bytes kAd = hex("50515253c0c1c2c3c4c5c6c7");
const FixedBytes<32> kKey = fixedHex<32>("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
const FixedBytes<24> kNonce = fixedHex<24>("404142434445464748494a4b4c4d4e4f5051525354555657");
const Bytes kSealed = hex(
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
    "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
    "21f9664c97637da9768812f615c68b13b52e"
    "c0875924c1c7987947deafd8780acf49");

} // namespace

class TestAead : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void seal_knownAnswer();
    void open_knownAnswer();
    void worksInPlace();
    void open_refusesEveryFlippedBit();
    void open_wipesItsOutputOnFailure();
    void open_refusesOtherKeyNonceAndData();
    void emptyTextHasATagOnly();
};

void TestAead::seal_knownAnswer()
{
    Bytes out(kText.size() + kAeadTagSize);
    aeadSeal(out, kKey, kNonce, kAd, kText);
    QCOMPARE(text(out), text(kSealed));
}

void TestAead::open_knownAnswer()
{
    Bytes out(kText.size());
    QVERIFY(aeadOpen(out, kKey, kNonce, kAd, kSealed));
    QCOMPARE(out, kText);
}

void TestAead::worksInPlace()
{
    Bytes buffer = kText;
    buffer.resize(kText.size() + kAeadTagSize);
    aeadSeal(buffer, kKey, kNonce, kAd, ByteView(buffer).first(kText.size()));
    QCOMPARE(text(buffer), text(kSealed));
    QVERIFY(aeadOpen(std::span(buffer).first(kText.size()), kKey, kNonce, kAd, buffer));
    QVERIFY(std::equal(kText.begin(), kText.end(), buffer.begin()));
}

void TestAead::open_refusesEveryFlippedBit()
{
    Bytes out(kText.size());
    for (std::size_t bit = 0; bit < kSealed.size() * 8; ++bit) {
        Bytes damaged = kSealed;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        QVERIFY2(!aeadOpen(out, kKey, kNonce, kAd, damaged), qPrintable(QString::number(bit)));
    }
}

void TestAead::open_wipesItsOutputOnFailure()
{
    Bytes damaged = kSealed;
    damaged.back() ^= 1;
    Bytes out(kText.size(), 0xAA);
    QVERIFY(!aeadOpen(out, kKey, kNonce, kAd, damaged));
    QCOMPARE(out, Bytes(kText.size(), 0));

    // In place too: neither the ciphertext nor a decryption of it stays behind.
    QVERIFY(!aeadOpen(std::span(damaged).first(kText.size()), kKey, kNonce, kAd, damaged));
    QVERIFY(std::all_of(damaged.begin(), damaged.begin() + std::ptrdiff_t(kText.size()), [](auto b) { return b == 0; }));
}

void TestAead::open_refusesOtherKeyNonceAndData()
{
    Bytes out(kText.size());
    FixedBytes<32> key = kKey;
    key[31] ^= 0x80;
    QVERIFY(!aeadOpen(out, key, kNonce, kAd, kSealed));
    FixedBytes<24> nonce = kNonce;
    nonce[0] ^= 1; // the half that goes through HChaCha20
    QVERIFY(!aeadOpen(out, kKey, nonce, kAd, kSealed));
    nonce = kNonce;
    nonce[23] ^= 1; // the half that goes into ChaCha20
    QVERIFY(!aeadOpen(out, kKey, nonce, kAd, kSealed));
    QVERIFY(!aeadOpen(out, kKey, kNonce, ByteView(kAd).first(kAd.size() - 1), kSealed));
    QVERIFY(!aeadOpen(out, kKey, kNonce, {}, kSealed));
}

void TestAead::emptyTextHasATagOnly()
{
    Bytes sealed(kAeadTagSize);
    aeadSeal(sealed, kKey, kNonce, kAd, {});
    QVERIFY(aeadOpen({}, kKey, kNonce, kAd, sealed));
    sealed[0] ^= 1;
    QVERIFY(!aeadOpen({}, kKey, kNonce, kAd, sealed));
}

TACET_TEST_UNIT("t_aead", TestAead)
#include "t_aead.moc"
