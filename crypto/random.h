#pragma once
// Randomness is passed in: crypto/ draws none of its own (secretstream's header is the written
// exception, PROTOCOL §10).
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace tacet::crypto {

class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;

    template<std::size_t N>
    FixedBytes<N> bytes()
    {
        FixedBytes<N> out;
        fill(out);
        return out;
    }
    template<std::size_t N>
    SecretBytes<N> secret()
    {
        SecretBytes<N> out;
        fill(out.writable());
        return out;
    }
    /// Uniform in [0, bound). Precondition: bound > 0.
    std::uint64_t below(std::uint64_t bound);
};

/// The operating system's generator through libsodium.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override;
};

/// sodium_init(), once before anything else; false means the machine gives no randomness.
[[nodiscard]] bool initialise();

} // namespace tacet::crypto
