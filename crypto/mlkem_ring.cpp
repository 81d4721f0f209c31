#include "crypto/mlkem_ring.h"

namespace tacet::crypto::mlkem {
namespace {

constexpr int kZeta = 17; // a primitive 256th root of unity modulo q (FIPS 203 §4.3)

constexpr int power(int base, int exponent)
{
    int result = 1;
    for (int i = 0; i < exponent; ++i)
        result = result * base % kQ;
    return result;
}

constexpr int bitRev7(int value)
{
    int reversed = 0;
    for (int bit = 0; bit < 7; ++bit)
        reversed |= ((value >> bit) & 1) << (6 - bit);
    return reversed;
}

/// q^-1 modulo 2^16, by Newton's iteration: each step doubles the bits that are right.
constexpr std::int16_t inverseOfQ()
{
    unsigned inverse = 1;
    for (int i = 0; i < 5; ++i)
        inverse *= 2 - unsigned(kQ) * inverse;
    return static_cast<std::int16_t>(inverse);
}
constexpr std::int16_t kQInverse = inverseOfQ();
static_assert(static_cast<std::int16_t>(kQInverse * kQ) == 1);

/// A constant factor b, kept as b·2^16 mod q (|value| <= (q-1)/2) and that times q^-1 mod 2^16.
struct Factor {
    std::int16_t value;
    std::int16_t timesQInverse;
};

constexpr Factor makeFactor(int b)
{
    const int scaled = static_cast<int>((std::int64_t(b) << 16) % kQ);
    const auto centred = static_cast<std::int16_t>(scaled > kQ / 2 ? scaled - kQ : scaled);
    return {centred, static_cast<std::int16_t>(centred * kQInverse)};
}

/// FIPS 203 §4.3: the factors of Algorithms 9 and 10, 17^BitRev7(i).
constexpr std::array<Factor, 128> makeZetas()
{
    std::array<Factor, 128> zetas{};
    for (int i = 0; i < 128; ++i)
        zetas[i] = makeFactor(power(kZeta, bitRev7(i)));
    return zetas;
}

/// FIPS 203 §4.3.1: the factors of Algorithm 11, 17^(2 BitRev7(i) + 1); split in two arrays so that the loop that
/// uses them runs over plain rows.
struct Gammas {
    std::array<std::int16_t, 128> value;
    std::array<std::int16_t, 128> timesQInverse;
};
constexpr Gammas makeGammas()
{
    Gammas gammas{};
    for (int i = 0; i < 128; ++i) {
        const Factor factor = makeFactor(power(kZeta, 2 * bitRev7(i) + 1));
        gammas.value[i] = factor.value;
        gammas.timesQInverse[i] = factor.timesQInverse;
    }
    return gammas;
}

constexpr std::array<Factor, 128> kZetas = makeZetas();
constexpr Gammas kGammas = makeGammas();
constexpr Factor kPlain = makeFactor((1 << 16) % kQ);                                     // 2^16
constexpr Factor kPlainOver128 = makeFactor(int(std::int64_t(3303) * ((1 << 16) % kQ) % kQ)); // 2^16 / 128
static_assert(3303 * 128 % kQ == 1);

constexpr std::int16_t highHalf(int product) { return static_cast<std::int16_t>(product >> 16); }

/// a·b mod q for a constant b; |result| < 3q/4 for every a.
/// low·q has the low half of a·value, so the difference of the high halves is exact: (a·value - low·q) / 2^16.
inline std::int16_t multiply(std::int16_t a, std::int16_t value, std::int16_t timesQInverse)
{
    const auto low = static_cast<std::int16_t>(a * timesQInverse);
    return static_cast<std::int16_t>(highHalf(a * value) - highHalf(low * kQ));
}

inline std::int16_t multiply(std::int16_t a, Factor b)
{
    return multiply(a, b.value, b.timesQInverse);
}

/// x·2^-16 mod q; |result| < q for |x| < q·2^15.
inline std::int16_t montgomeryReduce(std::int32_t x)
{
    const auto low = static_cast<std::int16_t>(static_cast<std::int16_t>(x) * kQInverse);
    return static_cast<std::int16_t>((x - low * kQ) >> 16);
}

} // namespace

void reduce(Poly &poly)
{
    for (std::int16_t &c : poly.c)
        c = barrettReduce(c);
}

void makeCanonical(Poly &poly)
{
    for (std::int16_t &c : poly.c)
        c = toCanonical(barrettReduce(c));
}

void ntt(Poly &poly)
{
    // Each layer adds less than q to a coefficient: after seven, |c| < 8q < 2^15. One reduction at the end suffices.
    std::int16_t *const f = poly.c.data();
    int i = 1;
    for (int length = 128; length >= 2; length /= 2) {
        for (int start = 0; start < kN; start += 2 * length) {
            const Factor zeta = kZetas[i++];
            for (int j = start; j < start + length; ++j) {
                const std::int16_t t = multiply(f[j + length], zeta);
                f[j + length] = static_cast<std::int16_t>(f[j] - t);
                f[j] = static_cast<std::int16_t>(f[j] + t);
            }
        }
    }
    reduce(poly);
}

void inverseNttOfProduct(Poly &poly)
{
    // Sums are reduced at once, differences by their multiplication: |c| < q before and after each layer.
    std::int16_t *const f = poly.c.data();
    int i = 127;
    for (int length = 2; length <= 128; length *= 2) {
        for (int start = 0; start < kN; start += 2 * length) {
            const Factor zeta = kZetas[i--];
            for (int j = start; j < start + length; ++j) {
                const std::int16_t t = f[j];
                f[j] = barrettReduce(static_cast<std::int16_t>(t + f[j + length]));
                f[j + length] = multiply(static_cast<std::int16_t>(f[j + length] - t), zeta);
            }
        }
    }
    for (std::int16_t &c : poly.c)
        c = multiply(c, kPlainOver128);
}

void prepare(Multiplicand &out, const Poly &poly)
{
    out.poly = poly;
    for (int i = 0; i < kN / 2; ++i)
        out.oddTimesGamma[i] = multiply(poly.c[2 * i + 1], kGammas.value[i], kGammas.timesQInverse[i]);
}

void innerProduct(Poly &out, const PolyVec &a, const MultiplicandVec &b)
{
    // (a0 + a1 X)(b0 + b1 X) mod X^2 - gamma, six products a coefficient: below 3(q·q/2 + q·3q/4) < q·2^15.
    for (int i = 0; i < kN / 2; ++i) {
        std::int32_t even = 0;
        std::int32_t odd = 0;
        for (int k = 0; k < kK; ++k) {
            const std::int32_t a0 = a[k].c[2 * i];
            const std::int32_t a1 = a[k].c[2 * i + 1];
            even += a0 * b[k].poly.c[2 * i] + a1 * b[k].oddTimesGamma[i];
            odd += a0 * b[k].poly.c[2 * i + 1] + a1 * b[k].poly.c[2 * i];
        }
        out.c[2 * i] = montgomeryReduce(even);
        out.c[2 * i + 1] = montgomeryReduce(odd);
    }
}

void toPlain(Poly &poly)
{
    for (std::int16_t &c : poly.c)
        c = multiply(c, kPlain);
}

void add(Poly &a, const Poly &b)
{
    for (int i = 0; i < kN; ++i)
        a.c[i] = static_cast<std::int16_t>(a.c[i] + b.c[i]);
}

} // namespace tacet::crypto::mlkem
