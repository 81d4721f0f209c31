#include "crypto/random.h"

namespace tacet::crypto {

std::uint64_t Random::below(std::uint64_t bound)
{
    // Rejection sampling: values under 2^64 mod bound would make small results likelier.
    const std::uint64_t skip = (0 - bound) % bound;
    for (;;) {
        const std::uint64_t value = readBe64(bytes<8>());
        if (value >= skip)
            return value % bound;
    }
}

void SystemRandom::fill(std::span<std::uint8_t> out)
{
    if (!out.empty())
        randombytes_buf(out.data(), out.size());
}

bool initialise()
{
    return sodium_init() >= 0;
}

} // namespace tacet::crypto
