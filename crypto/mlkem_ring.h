#pragma once
// The ring of ML-KEM: polynomials modulo X^256 + 1 and q = 3329, and their number-theoretic transform
// (FIPS 203 §2.4, §4.3). Nothing here branches on, indexes by, or divides a coefficient.
//
// A coefficient is a signed 16-bit number that stands for its residue modulo q; each function states the bounds it
// takes and gives. Products are Montgomery products: mul(a, b) = a·b·2^-16 mod q, so that no division is needed.
#include <array>
#include <cstdint>

namespace tacet::crypto::mlkem {

inline constexpr int kN = 256;
inline constexpr int kQ = 3329;
inline constexpr int kK = 3; ///< ML-KEM-768 (FIPS 203 §8, Table 2)

struct Poly {
    alignas(32) std::array<std::int16_t, kN> c;
};
using PolyVec = std::array<Poly, kK>;
using Matrix = std::array<PolyVec, kK>; ///< [row][column]

/// A polynomial in NTT form made ready to multiply many others: for each pair (b0, b1) also b1·gamma.
struct Multiplicand {
    Poly poly;
    alignas(32) std::array<std::int16_t, kN / 2> oddTimesGamma;
};
using MultiplicandVec = std::array<Multiplicand, kK>;

/// The residue in [-(q-1)/2, (q-1)/2], for every 16-bit number.
constexpr std::int16_t barrettReduce(std::int16_t a)
{
    constexpr int kFactor = ((1 << 26) + kQ / 2) / kQ; // 2^26 / q, rounded
    const auto quotient = static_cast<std::int16_t>((((kFactor * a) >> 16) + (1 << 9)) >> 10);
    return static_cast<std::int16_t>(a - quotient * kQ);
}

/// The residue in [0, q) of a number in (-q, q).
constexpr std::int16_t toCanonical(std::int16_t a)
{
    return static_cast<std::int16_t>(a + ((a >> 15) & kQ));
}

/// All coefficients through barrettReduce.
void reduce(Poly &poly);
/// All coefficients to [0, q); takes any.
void makeCanonical(Poly &poly);

/// Algorithm 9, in place. Takes |c| <= q, gives |c| <= (q-1)/2.
void ntt(Poly &poly);
/// Algorithm 10 and a factor 2^16, which takes the 2^-16 of `innerProduct` away. Takes |c| < q, gives |c| < q.
void inverseNttOfProduct(Poly &poly);

/// Takes |c| <= (q-1)/2, NTT form.
void prepare(Multiplicand &out, const Poly &poly);
/// sum of a[i] ∘ b[i] · 2^-16 (Algorithms 11 and 12). Takes |a| <= q; gives |c| < q.
void innerProduct(Poly &out, const PolyVec &a, const MultiplicandVec &b);
/// Times 2^16: takes the 2^-16 of `innerProduct` away without leaving NTT form. Takes any, gives |c| < q.
void toPlain(Poly &poly);

/// a += b without reduction: the caller knows that the sums stay within 16 bits.
void add(Poly &a, const Poly &b);

} // namespace tacet::crypto::mlkem
