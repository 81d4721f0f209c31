#include "crypto/base64.h"
#include "crypto/bytes.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

class TestBytes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void integersAreBigEndian();
    void hex_roundTripAndStrictness();
    void base64_rfc4648();
    void base64_roundTrip();
    void base64_acceptsOneFormOnly_data();
    void base64_acceptsOneFormOnly();
    void base64Url_acceptsOneFormOnly();
    void reader_neverPassesTheEnd();
    void reader_lpIsAllOrNothing();
    void below_isInRangeAndUniform();
};

void TestBytes::integersAreBigEndian()
{
    Bytes out;
    appendBe16(out, 0x0102);
    appendBe32(out, 0x03040506);
    appendBe64(out, 0x0708090a0b0c0d0e);
    appendLp(out, asBytes("ab"));
    QCOMPARE(text(out), "0102030405060708090a0b0c0d0e000000026162");
    QCOMPARE(readBe16(fixedHex<2>("fffe")), 0xfffe);
    QCOMPARE(readBe32(fixedHex<4>("fffefdfc")), 0xfffefdfcu);
    QCOMPARE(readBe64(fixedHex<8>("fffefdfcfbfaf9f8")), 0xfffefdfcfbfaf9f8u);
}

void TestBytes::hex_roundTripAndStrictness()
{
    QCOMPARE(toHex(*fromHex("00ff7f80")), "00ff7f80");
    QVERIFY(fromHex("")->empty());
    for (const char *bad : {"0", "0g", "AB", " 00", "00 ", "0x00", "0\n"})
        QVERIFY2(!fromHex(bad), bad);
}

void TestBytes::base64_rfc4648()
{
    // RFC 4648 §10
    const std::pair<const char *, const char *> cases[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (const auto &[plain, encoded] : cases) {
        QCOMPARE(toBase64(asBytes(plain)), encoded);
        QCOMPARE(text(*fromBase64(encoded)), text(asBytes(plain)));
        QCOMPARE(base64Size(std::string_view(plain).size()), std::string_view(encoded).size());
    }
    QCOMPARE(toBase64(hex("fbefbeffffff")), "++++////");
}

void TestBytes::base64_roundTrip()
{
    SeededRandom random(1);
    for (std::size_t size = 0; size < 200; ++size) {
        Bytes bytes(size);
        random.fill(bytes);
        QCOMPARE(*fromBase64(toBase64(bytes)), bytes);
        QCOMPARE(*fromBase64Url(toBase64Url(bytes)), bytes);
    }
}

void TestBytes::base64_acceptsOneFormOnly_data()
{
    QTest::addColumn<std::string>("encoded");
    for (const char *bad : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "=", "Z===", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm9v Zm9",
             "Zm-v", "Zm_v", "Zm9\x80", "Zm=v"})
        QTest::newRow(bad) << std::string(bad);
    QTest::newRow("zero byte") << std::string("Zm9\0", 4);
}

void TestBytes::base64_acceptsOneFormOnly()
{
    QFETCH(std::string, encoded);
    QVERIFY(!fromBase64(encoded));
}

void TestBytes::base64Url_acceptsOneFormOnly()
{
    QCOMPARE(text(*fromBase64Url("-_-_")), "fbffbf");
    for (const char *bad : {"Zg==", "Zh", "Zm9", "Z", "Zm9vZ", "+/+/", "Zm9v\n", " Zm9v", "Zm9v.", "\xD2_-_", "-\xA0-_", "\xD2\xA0\xD2\xA0"})
        QVERIFY2(!fromBase64Url(bad), bad);
}

void TestBytes::reader_neverPassesTheEnd()
{
    const Bytes bytes = hex("010203");
    ByteReader reader(bytes);
    QVERIFY(!reader.be32());
    QVERIFY(!reader.take(4));
    QVERIFY(!reader.fixed<4>());
    QCOMPARE(*reader.u8(), 1);
    QCOMPARE(*reader.be16(), 0x0203);
    QVERIFY(reader.atEnd());
    QVERIFY(!reader.u8());
    QVERIFY(reader.take(0).has_value());
}

void TestBytes::reader_lpIsAllOrNothing()
{
    const Bytes bytes = hex("00000003 616263 ffffffff 00");
    ByteReader reader(bytes);
    QVERIFY(!reader.lp(2)); // longer than allowed: nothing is taken
    QCOMPARE(text(*reader.lp(3)), "616263");
    QVERIFY(!reader.lp(0xFFFFFFFF)); // longer than what is there
    QCOMPARE(reader.remaining(), 5u);
}

void TestBytes::below_isInRangeAndUniform()
{
    SeededRandom random(2);
    std::array<int, 3> counts{};
    for (int i = 0; i < 3000; ++i) {
        const std::uint64_t value = random.below(3);
        QVERIFY(value < 3);
        ++counts[value];
    }
    for (const int count : counts)
        QVERIFY2(count > 850 && count < 1150, "six standard deviations are 155");
    QCOMPARE(random.below(1), 0u);
    // Half of all draws are above the last multiple of this bound: rejection must terminate and stay below.
    for (int i = 0; i < 100; ++i)
        QVERIFY(random.below((std::uint64_t(1) << 63) + 1) <= std::uint64_t(1) << 63);
}

TACET_TEST_UNIT("t_bytes", TestBytes)
#include "t_bytes.moc"
