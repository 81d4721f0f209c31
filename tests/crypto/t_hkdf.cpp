#include "crypto/hkdf.h"
#include "tests/crypto/hex.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

class TestHkdf : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sha256_knownAnswers();
    void sha256_partsAreConcatenated();
    void hmac_knownAnswers();
    void hkdf_rfc5869();
    void hkdf_emptySaltIsHashLengthZeros();
    void expand_longestOutput();
};

void TestHkdf::sha256_knownAnswers()
{
    // FIPS 180-4 examples
    QCOMPARE(text(sha256(asBytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    QCOMPARE(text(sha256(ByteView())), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

void TestHkdf::sha256_partsAreConcatenated()
{
    QCOMPARE(text(sha256({asBytes("a"), ByteView(), asBytes("bc")})), text(sha256(asBytes("abc"))));
}

void TestHkdf::hmac_knownAnswers()
{
    FixedBytes<32> out;
    hmacSha256(out, hex("4a656665"), {asBytes("what do ya want "), asBytes("for nothing?")}); // RFC 4231 case 2
    QCOMPARE(text(out), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    hmacSha256(out, Bytes(131, 0xAA), {asBytes("Test Using Larger Than Block-Size Key - Hash Key First")}); // case 6
    QCOMPARE(text(out), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

void TestHkdf::hkdf_rfc5869()
{
    // RFC 5869 A.1
    const Bytes ikm(22, 0x0b);
    const SecretBytes<32> prk = hkdfExtract(hex("000102030405060708090a0b0c"), ikm);
    QCOMPARE(text(prk.view()), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    QCOMPARE(text(hkdf<42>(hex("000102030405060708090a0b0c"), ikm, hex("f0f1f2f3f4f5f6f7f8f9")).view()),
             "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    // A.3: no salt, no info
    QCOMPARE(text(hkdf<42>({}, ikm, {}).view()),
             "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

void TestHkdf::hkdf_emptySaltIsHashLengthZeros()
{
    const Bytes ikm(5, 7);
    QVERIFY(hkdfExtract({}, ikm).equals(hkdfExtract(Bytes(32, 0), ikm).view()));
}

void TestHkdf::expand_longestOutput()
{
    const FixedBytes<32> prk = fixedHex<32>("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    Bytes longest(255 * 32);
    hkdfExpand(longest, prk, {});
    Bytes shorter(33);
    hkdfExpand(shorter, prk, {});
    QVERIFY(std::equal(shorter.begin(), shorter.end(), longest.begin()));
    QVERIFY(text(ByteView(longest).last<32>()) != text(ByteView(longest).first<32>()));
}

TACET_TEST_UNIT("t_hkdf", TestHkdf)
#include "t_hkdf.moc"
