#pragma once
// Randomness with a known answer: hands out given bytes, in order, and no others.
#include "crypto/random.h"

#include <cstdlib>

namespace tacet::test {

class FixedRandom final : public crypto::Random {
public:
    explicit FixedRandom(crypto::Bytes bytes) : m_bytes(std::move(bytes)) { }
    void fill(std::span<std::uint8_t> out) override
    {
        if (m_used + out.size() > m_bytes.size())
            std::abort(); // more was drawn than the test knows of
        std::copy_n(m_bytes.begin() + std::ptrdiff_t(m_used), out.size(), out.begin());
        m_used += out.size();
    }
    bool exhausted() const { return m_used == m_bytes.size(); }

private:
    crypto::Bytes m_bytes;
    std::size_t m_used = 0;
};

} // namespace tacet::test
