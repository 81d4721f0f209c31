#pragma once
// Polynomials as bytes (FIPS 203 §4.2): encoding, compression and the two samplers.
// "Canonical" below means coefficients in [0, q).
#include "crypto/bytes.h"
#include "crypto/mlkem_ring.h"

namespace tacet::crypto::mlkem {

inline constexpr std::size_t kPolyBytes = 384;       ///< ByteEncode_12
inline constexpr std::size_t kCompressed10Bytes = 320; ///< d_u = 10
inline constexpr std::size_t kCompressed4Bytes = 128;  ///< d_v = 4
inline constexpr std::size_t kNoiseBytes = 128;        ///< 64 eta, eta_1 = eta_2 = 2

/// ByteEncode_12 (Algorithm 5). Takes canonical coefficients.
void encode12(std::span<std::uint8_t, kPolyBytes> out, const Poly &poly);
/// ByteDecode_12 (Algorithm 6) without its reduction: coefficients in [0, 4096).
void decode12(Poly &poly, FixedView<kPolyBytes> bytes);

/// ByteEncode_d(Compress_d(poly)). Takes canonical coefficients.
void compress10(std::span<std::uint8_t, kCompressed10Bytes> out, const Poly &poly);
void compress4(std::span<std::uint8_t, kCompressed4Bytes> out, const Poly &poly);
void compress1(std::span<std::uint8_t, 32> out, const Poly &poly);
/// Decompress_d(ByteDecode_d(bytes)): canonical coefficients.
void decompress10(Poly &poly, FixedView<kCompressed10Bytes> bytes);
void decompress4(Poly &poly, FixedView<kCompressed4Bytes> bytes);
void decompress1(Poly &poly, FixedView<32> bytes);

/// SampleNTT (Algorithm 7) of rho ‖ column ‖ row: public, so its time may vary. Canonical coefficients.
void sampleUniform(Poly &poly, FixedView<32> rho, std::uint8_t column, std::uint8_t row);
/// SamplePolyCBD_2 (Algorithm 8) of PRF_2(seed, counter) = SHAKE256(seed ‖ counter): |c| <= 2.
void sampleNoise(Poly &poly, FixedView<32> seed, std::uint8_t counter);

/// Compress_d (FIPS 203 (4.7)) of one canonical coefficient; here for its exhaustive test.
/// No division: libraries were attacked through the time theirs took ("KyberSlash").
constexpr std::uint32_t compress(int d, std::int16_t x)
{
    // round(2^d x / q) = floor((2^d x + (q-1)/2) / q), the numerator n below 2^22.
    // floor(n / q) = floor(n ceil(2^36 / q) / 2^36): the error n·e / 2^36 with e < q stays below 1/q.
    constexpr std::uint64_t kReciprocal = ((std::uint64_t(1) << 36) + kQ - 1) / kQ;
    const std::uint64_t numerator = (static_cast<std::uint64_t>(x) << d) + (kQ - 1) / 2;
    return static_cast<std::uint32_t>((numerator * kReciprocal) >> 36) & ((1u << d) - 1);
}

/// Decompress_d (FIPS 203 (4.8)).
constexpr std::int16_t decompress(int d, std::uint32_t y)
{
    return static_cast<std::int16_t>((y * kQ + (1u << (d - 1))) >> d);
}

} // namespace tacet::crypto::mlkem
