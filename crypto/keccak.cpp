#include "crypto/keccak.h"

#include <bit>
#include <cassert>
#include <cstring>

namespace tacet::crypto::keccak {
namespace {

using Lanes = std::array<std::uint64_t, 25>;

constexpr int kRounds = 24;

/// FIPS 202 §3.2.2, Algorithm 2: walks all lanes but (0, 0); step t turns its lane by (t+1)(t+2)/2.
constexpr std::array<int, 25> makeRotations()
{
    std::array<int, 25> rotations{};
    int x = 1;
    int y = 0;
    for (int t = 0; t < 24; ++t) {
        rotations[x + 5 * y] = (t + 1) * (t + 2) / 2 % 64;
        const int next = (2 * x + 3 * y) % 5;
        x = y;
        y = next;
    }
    return rotations;
}

/// FIPS 202 §3.2.3: lane (x, y) of the result comes from (x + 3y, x).
constexpr std::array<int, 25> makeSources()
{
    std::array<int, 25> sources{};
    for (int y = 0; y < 5; ++y) {
        for (int x = 0; x < 5; ++x)
            sources[x + 5 * y] = (x + 3 * y) % 5 + 5 * x;
    }
    return sources;
}

/// FIPS 202 §3.2.5, Algorithms 5 and 6: bit 2^j - 1 of round r is bit j + 7r of a linear feedback shift register.
constexpr std::array<std::uint64_t, kRounds> makeRoundConstants()
{
    std::array<std::uint64_t, kRounds> constants{};
    unsigned state = 1; // x^8 + x^6 + x^5 + x^4 + 1
    for (int round = 0; round < kRounds; ++round) {
        for (int j = 0; j <= 6; ++j) {
            if (state & 1)
                constants[round] |= std::uint64_t(1) << ((1 << j) - 1);
            state <<= 1;
            if (state & 0x100)
                state ^= 0x171;
        }
    }
    return constants;
}

constexpr std::array<int, 25> kRotations = makeRotations();
constexpr std::array<int, 25> kSources = makeSources();
constexpr std::array<std::uint64_t, kRounds> kRoundConstants = makeRoundConstants();
static_assert(kRoundConstants[0] == 1 && kRoundConstants[23] == 0x8000000080008008);

/// One round (FIPS 202 §3.3) from `in` to `out`; the loops have fixed bounds and unroll into straight code.
inline void roundFunction(Lanes &out, const Lanes &in, std::uint64_t constant)
{
    std::uint64_t column[5];
    std::uint64_t mix[5];
    std::uint64_t turned[25];
#pragma GCC unroll 5
    for (int x = 0; x < 5; ++x) // theta
        column[x] = in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20];
#pragma GCC unroll 5
    for (int x = 0; x < 5; ++x)
        mix[x] = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
#pragma GCC unroll 25
    for (int i = 0; i < 25; ++i) { // theta's end, rho, pi
        const int source = kSources[i];
        turned[i] = std::rotl(in[source] ^ mix[source % 5], kRotations[source]);
    }
#pragma GCC unroll 25
    for (int i = 0; i < 25; ++i) { // chi
        const int row = i - i % 5;
        out[i] = turned[i] ^ (~turned[row + (i + 1) % 5] & turned[row + (i + 2) % 5]);
    }
    out[0] ^= constant; // iota
}

/// Keccak-f[1600].
void permute(Lanes &lanes)
{
    Lanes even = lanes;
    Lanes odd;
    for (int round = 0; round < kRounds; round += 2) {
        roundFunction(odd, even, kRoundConstants[round]);
        roundFunction(even, odd, kRoundConstants[round + 1]);
    }
    lanes = even;
    sodium_memzero(even.data(), sizeof even);
    sodium_memzero(odd.data(), sizeof odd);
}

/// Lanes are little-endian (FIPS 202 B.1); compilers make one load or store of these.
inline std::uint64_t loadLane(const std::uint8_t *bytes)
{
    std::uint64_t lane = 0;
    for (int i = 0; i < 8; ++i)
        lane |= std::uint64_t(bytes[i]) << (8 * i);
    return lane;
}

inline void storeLane(std::uint8_t *bytes, std::uint64_t lane)
{
    for (int i = 0; i < 8; ++i)
        bytes[i] = static_cast<std::uint8_t>(lane >> (8 * i));
}

} // namespace

void Sponge::absorb(ByteView input)
{
    assert(!m_squeezing);
    while (!input.empty()) {
        if (m_position % 8 == 0 && input.size() >= 8) {
            m_lanes[m_position / 8] ^= loadLane(input.data());
            m_position += 8;
            input = input.subspan(8);
        } else {
            m_lanes[m_position / 8] ^= std::uint64_t(input[0]) << (8 * (m_position % 8));
            m_position += 1;
            input = input.subspan(1);
        }
        if (m_position == m_rate) {
            permute(m_lanes);
            m_position = 0;
        }
    }
}

void Sponge::squeeze(std::span<std::uint8_t> out)
{
    if (!m_squeezing) { // pad10*1 (FIPS 202 §5.1)
        m_lanes[m_position / 8] ^= std::uint64_t(m_suffix) << (8 * (m_position % 8));
        m_lanes[m_rate / 8 - 1] ^= std::uint64_t(0x80) << 56;
        m_squeezing = true;
        m_position = m_rate;
    }
    while (!out.empty()) {
        if (m_position == m_rate) {
            permute(m_lanes);
            m_position = 0;
        }
        if (m_position % 8 == 0 && out.size() >= 8) {
            storeLane(out.data(), m_lanes[m_position / 8]);
            m_position += 8;
            out = out.subspan(8);
        } else {
            out[0] = static_cast<std::uint8_t>(m_lanes[m_position / 8] >> (8 * (m_position % 8)));
            m_position += 1;
            out = out.subspan(1);
        }
    }
}

namespace {

void hash(std::span<std::uint8_t> out, std::size_t rate, std::uint8_t suffix, std::initializer_list<ByteView> parts)
{
    Sponge sponge(rate, suffix);
    for (const ByteView part : parts)
        sponge.absorb(part);
    sponge.squeeze(out);
}

} // namespace

void sha3_256(std::span<std::uint8_t, 32> out, std::initializer_list<ByteView> parts)
{
    hash(out, kSha3_256Rate, 0x06, parts);
}

void sha3_512(std::span<std::uint8_t, 64> out, std::initializer_list<ByteView> parts)
{
    hash(out, kSha3_512Rate, 0x06, parts);
}

void shake256(std::span<std::uint8_t> out, std::initializer_list<ByteView> parts)
{
    hash(out, kShake256Rate, 0x1F, parts);
}

} // namespace tacet::crypto::keccak
