#pragma once
// SHA-3 and SHAKE (FIPS 202) for ML-KEM alone: libsodium 1.0.18 has neither. Everything else hashes with SHA-256.
#include "crypto/secret.h"

#include <initializer_list>

namespace tacet::crypto::keccak {

inline constexpr std::size_t kShake128Rate = 168;
inline constexpr std::size_t kShake256Rate = 136;
inline constexpr std::size_t kSha3_256Rate = 136;
inline constexpr std::size_t kSha3_512Rate = 72;

/// FIPS 202 §4: absorb, then squeeze; no absorbing after the first squeeze. The state is wiped at the end, since
/// it can be run backwards.
class Sponge {
public:
    /// `suffix`: the domain bits of the function with the first bit of the padding (FIPS 202 §6, B.2):
    /// 0x06 for SHA-3, 0x1F for SHAKE. Precondition: rate is a multiple of 8 below 200.
    Sponge(std::size_t rate, std::uint8_t suffix) : m_rate(rate), m_suffix(suffix) { }
    ~Sponge() { sodium_memzero(m_lanes.data(), sizeof m_lanes); }
    Sponge(const Sponge &) = delete;
    Sponge &operator=(const Sponge &) = delete;

    void absorb(ByteView input);
    void squeeze(std::span<std::uint8_t> out);

private:
    std::array<std::uint64_t, 25> m_lanes{}; // lane (x, y) at x + 5y
    std::size_t m_rate;
    std::size_t m_position = 0; // bytes of the current block absorbed or squeezed
    std::uint8_t m_suffix;
    bool m_squeezing = false;
};

class Shake128 : public Sponge {
public:
    Shake128() : Sponge(kShake128Rate, 0x1F) { }
};

/// Each over the concatenation of the parts.
void sha3_256(std::span<std::uint8_t, 32> out, std::initializer_list<ByteView> parts);
void sha3_512(std::span<std::uint8_t, 64> out, std::initializer_list<ByteView> parts);
void shake256(std::span<std::uint8_t> out, std::initializer_list<ByteView> parts);

} // namespace tacet::crypto::keccak
