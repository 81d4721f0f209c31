#pragma once
// Randomness that repeats: ChaCha20 key stream of a seed. For tests only.
#include "crypto/random.h"

#include <sodium.h>

#include <cstring>

namespace tacet::test {

class SeededRandom final : public crypto::Random {
public:
    explicit SeededRandom(std::uint64_t seed)
    {
        std::memcpy(m_key, &seed, sizeof seed);
    }
    void fill(std::span<std::uint8_t> out) override
    {
        std::uint8_t nonce[crypto_stream_chacha20_NONCEBYTES] = {};
        std::memcpy(nonce, &m_calls, sizeof m_calls);
        ++m_calls;
        if (!out.empty())
            crypto_stream_chacha20(out.data(), out.size(), nonce, m_key);
    }

private:
    std::uint8_t m_key[crypto_stream_chacha20_KEYBYTES] = {};
    std::uint64_t m_calls = 0;
};

} // namespace tacet::test
