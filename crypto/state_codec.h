#pragma once
// Stored states (PROTOCOL §5.8): a version byte, then fields in a fixed order. The writer keeps everything in a
// wiped buffer; the reader is ByteReader with copies into secret types. Internal to crypto/.
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace tacet::crypto {

class StateWriter {
public:
    void u8(std::uint8_t value) { m_out.append(ByteView(&value, 1)); }
    void be32(std::uint32_t value) { number(value); }
    void be64(std::uint64_t value) { number(value); }
    void bytes(ByteView value) { m_out.append(value); }
    void lp(ByteView value)
    {
        be32(static_cast<std::uint32_t>(value.size()));
        bytes(value);
    }
    SecretBuffer finish() && { return std::move(m_out); }

private:
    template<typename Integer>
    void number(Integer value)
    {
        std::array<std::uint8_t, sizeof(Integer)> encoded;
        for (std::size_t i = encoded.size(); i-- > 0; value = static_cast<Integer>(value >> 8))
            encoded[i] = static_cast<std::uint8_t>(value);
        m_out.append(encoded);
        sodium_memzero(encoded.data(), encoded.size());
    }
    SecretBuffer m_out;
};

/// N secret bytes from the reader, without a copy that nobody wipes.
template<std::size_t N>
std::optional<SecretBytes<N>> takeSecret(ByteReader &in)
{
    const auto view = in.take(N);
    if (!view)
        return std::nullopt;
    return SecretBytes<N>(FixedView<N>(view->data(), N));
}

/// A tagged public value from the reader.
template<typename Tagged>
std::optional<Tagged> takeTagged(ByteReader &in)
{
    const auto view = in.take(Tagged::kSize);
    return view ? Tagged::from(*view) : std::nullopt;
}

} // namespace tacet::crypto
