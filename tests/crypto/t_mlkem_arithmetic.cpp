// The layers of our own ML-KEM against the formulas of FIPS 203, written out slowly: exhaustively where a
// coefficient is all there is, else at random and at the bounds that mlkem_ring.h states.
#include "crypto/keccak.h"
#include "crypto/mlkem_codec.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <cstdlib>
#include <cstring>

using namespace tacet::crypto;
using namespace tacet::crypto::mlkem;
using namespace tacet::test;

namespace {

int residue(std::int64_t value) { return static_cast<int>((value % kQ + kQ) % kQ); }

Poly uniform(Random &random)
{
    Poly poly;
    for (std::int16_t &c : poly.c)
        c = static_cast<std::int16_t>(random.below(kQ));
    return poly;
}

Poly constant(int value)
{
    Poly poly;
    poly.c.fill(static_cast<std::int16_t>(value));
    return poly;
}

/// a·b modulo X^256 + 1, by the school method.
std::array<std::int64_t, kN> schoolProduct(const Poly &a, const Poly &b)
{
    std::array<std::int64_t, kN> out{};
    for (int i = 0; i < kN; ++i) {
        for (int j = 0; j < kN; ++j) {
            const std::int64_t product = std::int64_t(a.c[i]) * b.c[j];
            out[(i + j) % kN] += i + j < kN ? product : -product;
        }
    }
    return out;
}

/// Bit i of a byte string, least significant first (FIPS 203 §4.2.1).
unsigned bitOf(ByteView bytes, std::size_t i) { return (bytes[i / 8] >> (i % 8)) & 1u; }

} // namespace

class TestMlkemArithmetic : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void barrett_exhaustive();
    void compress_exhaustive();
    void decompress_exhaustive();
    void product_isTheSchoolProduct_data();
    void product_isTheSchoolProduct();
    void toPlain_undoesTheFactor();
    void encode12_isBitsInOrder();
    void compressed_isBitsInOrder();
    void sampleNoise_isAlgorithm8();
    void sampleUniform_isAlgorithm7();
};

void TestMlkemArithmetic::barrett_exhaustive()
{
    for (int value = -32768; value <= 32767; ++value) {
        const int reduced = barrettReduce(static_cast<std::int16_t>(value));
        if (residue(reduced) != residue(value) || std::abs(reduced) > (kQ - 1) / 2)
            QFAIL(qPrintable(QString::number(value)));
    }
    for (int value = -kQ + 1; value < kQ; ++value)
        QCOMPARE(int(toCanonical(static_cast<std::int16_t>(value))), residue(value));
}

void TestMlkemArithmetic::compress_exhaustive()
{
    for (const int d : {1, 4, 10}) {
        for (int x = 0; x < kQ; ++x) {
            // round(2^d x / q) mod 2^d, halves up; q is odd, so there are none
            const auto expected = static_cast<std::uint32_t>((2 * (x << d) + kQ) / (2 * kQ)) % (1u << d);
            QCOMPARE(compress(d, static_cast<std::int16_t>(x)), expected);
        }
    }
}

void TestMlkemArithmetic::decompress_exhaustive()
{
    for (const int d : {1, 4, 10}) {
        for (std::uint32_t y = 0; y < 1u << d; ++y) {
            const int x = decompress(d, y);
            QCOMPARE(x, int((2 * kQ * y + (1u << d)) / (2u << d))); // round(q y / 2^d)
            QCOMPARE(compress(d, static_cast<std::int16_t>(x)), y); // FIPS 203 §4.2.1
        }
    }
}

void TestMlkemArithmetic::product_isTheSchoolProduct_data()
{
    QTest::addColumn<int>("left");
    QTest::addColumn<int>("right");
    for (int i = 0; i < 20; ++i)
        QTest::addRow("random %d", i) << -1 << i;
    // The bounds: all coefficients at their largest, where a sum would first overflow.
    QTest::newRow("largest") << kQ - 1 << kQ - 1;
    QTest::newRow("middle") << (kQ - 1) / 2 << (kQ + 1) / 2;
    QTest::newRow("one") << 1 << kQ - 1;
    QTest::newRow("zero") << 0 << 5;
}

void TestMlkemArithmetic::product_isTheSchoolProduct()
{
    QFETCH(int, left);
    QFETCH(int, right);
    SeededRandom random(std::uint64_t(right) + 1);
    PolyVec a;
    PolyVec b;
    std::array<std::int64_t, kN> expected{};
    for (int k = 0; k < kK; ++k) {
        a[k] = left < 0 ? uniform(random) : constant(left);
        b[k] = left < 0 ? uniform(random) : constant(right);
        const auto product = schoolProduct(a[k], b[k]);
        for (int i = 0; i < kN; ++i)
            expected[i] += product[i];
    }

    MultiplicandVec prepared;
    for (int k = 0; k < kK; ++k) {
        ntt(a[k]);
        for (const std::int16_t c : a[k].c)
            QVERIFY(std::abs(c) <= (kQ - 1) / 2);
        ntt(b[k]);
        prepare(prepared[k], b[k]);
    }
    Poly product;
    innerProduct(product, a, prepared);
    inverseNttOfProduct(product);
    for (int i = 0; i < kN; ++i) {
        QVERIFY(std::abs(product.c[i]) < kQ);
        QCOMPARE(residue(product.c[i]), residue(expected[i]));
    }
}

void TestMlkemArithmetic::toPlain_undoesTheFactor()
{
    // innerProduct with the polynomial 1 in NTT form gives the other factor, but for 2^-16.
    SeededRandom random(5);
    PolyVec a{uniform(random), uniform(random), uniform(random)};
    Poly one = constant(0);
    one.c[0] = 1;
    ntt(one);
    Poly none = constant(0);
    MultiplicandVec b;
    prepare(b[0], one);
    prepare(b[1], none);
    prepare(b[2], none);
    Poly product;
    innerProduct(product, a, b);
    toPlain(product);
    for (int i = 0; i < kN; ++i)
        QCOMPARE(residue(product.c[i]), residue(a[0].c[i]));
}

void TestMlkemArithmetic::encode12_isBitsInOrder()
{
    SeededRandom random(6);
    const Poly poly = uniform(random);
    FixedBytes<kPolyBytes> bytes;
    encode12(bytes, poly);
    for (std::size_t i = 0; i < kN * 12; ++i)
        QCOMPARE(bitOf(bytes, i), unsigned(poly.c[i / 12] >> (i % 12)) & 1u);
    Poly back;
    decode12(back, bytes);
    QCOMPARE(back.c, poly.c);
}

void TestMlkemArithmetic::compressed_isBitsInOrder()
{
    SeededRandom random(7);
    const Poly poly = uniform(random);
    const auto check = [&](int d, ByteView bytes, const Poly &back) {
        for (std::size_t i = 0; i < std::size_t(kN * d); ++i) {
            const std::size_t coefficient = i / std::size_t(d);
            QCOMPARE(bitOf(bytes, i), (compress(d, poly.c[coefficient]) >> (i % std::size_t(d))) & 1u);
        }
        for (int i = 0; i < kN; ++i)
            QCOMPARE(back.c[i], decompress(d, compress(d, poly.c[i])));
    };
    Poly back;
    FixedBytes<kCompressed10Bytes> ten;
    compress10(ten, poly);
    decompress10(back, ten);
    check(10, ten, back);
    FixedBytes<kCompressed4Bytes> four;
    compress4(four, poly);
    decompress4(back, four);
    check(4, four, back);
    FixedBytes<32> one;
    compress1(one, poly);
    decompress1(back, one);
    check(1, one, back);
}

void TestMlkemArithmetic::sampleNoise_isAlgorithm8()
{
    SeededRandom random(8);
    const auto seed = random.bytes<32>();
    const std::uint8_t counter = 5;
    Poly poly;
    sampleNoise(poly, seed, counter);
    FixedBytes<kNoiseBytes> bytes;
    keccak::shake256(bytes, {seed, ByteView(&counter, 1)});
    for (std::size_t i = 0; i < kN; ++i) {
        const int x = int(bitOf(bytes, 4 * i)) + int(bitOf(bytes, 4 * i + 1));
        const int y = int(bitOf(bytes, 4 * i + 2)) + int(bitOf(bytes, 4 * i + 3));
        QCOMPARE(int(poly.c[i]), x - y);
    }
}

void TestMlkemArithmetic::sampleUniform_isAlgorithm7()
{
    SeededRandom random(9);
    for (int round = 0; round < 50; ++round) {
        const auto rho = random.bytes<32>();
        Poly poly;
        sampleUniform(poly, rho, 2, 1);
        keccak::Shake128 xof;
        xof.absorb(rho);
        xof.absorb(hex("0201"));
        std::size_t count = 0;
        while (count < kN) {
            FixedBytes<3> c;
            xof.squeeze(c);
            const int d1 = c[0] + 256 * (c[1] % 16);
            const int d2 = c[1] / 16 + 16 * c[2];
            if (d1 < kQ)
                QCOMPARE(int(poly.c[count++]), d1);
            if (d2 < kQ && count < kN)
                QCOMPARE(int(poly.c[count++]), d2);
        }
    }
}

TACET_TEST_UNIT("t_mlkem_arithmetic", TestMlkemArithmetic)
#include "t_mlkem_arithmetic.moc"
