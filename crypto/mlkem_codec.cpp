#include "crypto/mlkem_codec.h"

#include "crypto/constant_time.h"
#include "crypto/keccak.h"
#include "crypto/secret.h"

namespace tacet::crypto::mlkem {

void encode12(std::span<std::uint8_t, kPolyBytes> out, const Poly &poly)
{
    for (std::size_t i = 0; i < kN / 2; ++i) {
        const auto first = static_cast<std::uint32_t>(poly.c[2 * i]);
        const auto second = static_cast<std::uint32_t>(poly.c[2 * i + 1]);
        out[3 * i] = static_cast<std::uint8_t>(first);
        out[3 * i + 1] = static_cast<std::uint8_t>(first >> 8 | second << 4);
        out[3 * i + 2] = static_cast<std::uint8_t>(second >> 4);
    }
}

void decode12(Poly &poly, FixedView<kPolyBytes> bytes)
{
    for (std::size_t i = 0; i < kN / 2; ++i) {
        const std::uint32_t packed = bytes[3 * i] | std::uint32_t(bytes[3 * i + 1]) << 8
            | std::uint32_t(bytes[3 * i + 2]) << 16;
        poly.c[2 * i] = static_cast<std::int16_t>(packed & 0xFFF);
        poly.c[2 * i + 1] = static_cast<std::int16_t>(packed >> 12);
    }
}

void compress10(std::span<std::uint8_t, kCompressed10Bytes> out, const Poly &poly)
{
    for (std::size_t i = 0; i < kN / 4; ++i) {
        std::uint64_t packed = 0;
        for (std::size_t j = 0; j < 4; ++j)
            packed |= std::uint64_t(compress(10, poly.c[4 * i + j])) << (10 * j);
        for (std::size_t j = 0; j < 5; ++j)
            out[5 * i + j] = static_cast<std::uint8_t>(packed >> (8 * j));
    }
}

void compress4(std::span<std::uint8_t, kCompressed4Bytes> out, const Poly &poly)
{
    for (std::size_t i = 0; i < kN / 2; ++i)
        out[i] = static_cast<std::uint8_t>(compress(4, poly.c[2 * i]) | compress(4, poly.c[2 * i + 1]) << 4);
}

void compress1(std::span<std::uint8_t, 32> out, const Poly &poly)
{
    for (std::size_t i = 0; i < 32; ++i) {
        std::uint32_t packed = 0;
        for (std::size_t bit = 0; bit < 8; ++bit)
            packed |= compress(1, poly.c[8 * i + bit]) << bit;
        out[i] = static_cast<std::uint8_t>(packed);
    }
}

void decompress10(Poly &poly, FixedView<kCompressed10Bytes> bytes)
{
    for (std::size_t i = 0; i < kN / 4; ++i) {
        std::uint64_t packed = 0;
        for (std::size_t j = 0; j < 5; ++j)
            packed |= std::uint64_t(bytes[5 * i + j]) << (8 * j);
        for (std::size_t j = 0; j < 4; ++j)
            poly.c[4 * i + j] = decompress(10, static_cast<std::uint32_t>(packed >> (10 * j)) & 0x3FF);
    }
}

void decompress4(Poly &poly, FixedView<kCompressed4Bytes> bytes)
{
    for (std::size_t i = 0; i < kN / 2; ++i) {
        poly.c[2 * i] = decompress(4, bytes[i] & 15u);
        poly.c[2 * i + 1] = decompress(4, bytes[i] >> 4);
    }
}

void decompress1(Poly &poly, FixedView<32> bytes)
{
    for (std::size_t i = 0; i < kN; ++i) {
        // A secret bit chooses between 0 and (q+1)/2: the barrier keeps it a mask.
        const auto bit = constant_time::valueBarrier(static_cast<std::uint32_t>(bytes[i / 8] >> (i % 8)) & 1u);
        poly.c[i] = static_cast<std::int16_t>((0 - bit) & ((kQ + 1) / 2));
    }
}

void sampleUniform(Poly &poly, FixedView<32> rho, std::uint8_t column, std::uint8_t row)
{
    keccak::Shake128 xof;
    xof.absorb(rho);
    xof.absorb(std::array{column, row});

    // Each 3 bytes are two candidates; those below q are kept. Writing first and counting after leaves nothing to
    // mispredict; the two places past the end take the last candidates.
    std::array<std::int16_t, kN + 2> kept;
    std::size_t count = 0;
    while (count < kN) {
        std::array<std::uint8_t, keccak::kShake128Rate> block;
        xof.squeeze(block);
        for (std::size_t i = 0; i < block.size() && count < kN; i += 3) {
            const std::uint32_t packed = block[i] | std::uint32_t(block[i + 1]) << 8 | std::uint32_t(block[i + 2]) << 16;
            kept[count] = static_cast<std::int16_t>(packed & 0xFFF);
            count += (packed & 0xFFF) < kQ;
            kept[count] = static_cast<std::int16_t>(packed >> 12);
            count += (packed >> 12) < kQ;
        }
    }
    std::copy_n(kept.begin(), kN, poly.c.begin());
}

void sampleNoise(Poly &poly, FixedView<32> seed, std::uint8_t counter)
{
    SecretBytes<kNoiseBytes> noise;
    keccak::shake256(noise.writable(), {seed, ByteView(&counter, 1)});

    // A byte holds two coefficients, each the difference of two sums of two bits.
    const auto bytes = noise.view();
    for (std::size_t i = 0; i < kNoiseBytes; ++i) {
        const int sums = (bytes[i] & 0x55) + ((bytes[i] >> 1) & 0x55); // four sums of two bits, two bits wide each
        poly.c[2 * i] = static_cast<std::int16_t>((sums & 3) - ((sums >> 2) & 3));
        poly.c[2 * i + 1] = static_cast<std::int16_t>(((sums >> 4) & 3) - (sums >> 6));
    }
}

} // namespace tacet::crypto::mlkem
