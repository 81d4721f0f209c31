#pragma once
// Known answers as they are printed: hexadecimal, spaces allowed.
#include "crypto/bytes.h"

#include <algorithm>
#include <cstdlib>

namespace tacet::test {

inline crypto::Bytes hex(std::string_view text)
{
    std::string digits(text);
    digits.erase(std::remove(digits.begin(), digits.end(), ' '), digits.end());
    auto bytes = crypto::fromHex(digits);
    if (!bytes)
        std::abort(); // a typo in the test itself
    return std::move(*bytes);
}

template<std::size_t N>
crypto::FixedBytes<N> fixedHex(std::string_view text)
{
    const crypto::Bytes bytes = hex(text);
    if (bytes.size() != N)
        std::abort();
    crypto::FixedBytes<N> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

template<typename Tagged>
Tagged tagged(std::string_view text)
{
    return {fixedHex<Tagged::kSize>(text)};
}

/// For messages of QCOMPARE, which prints strings and not byte arrays.
inline std::string text(crypto::ByteView bytes) { return crypto::toHex(bytes); }

} // namespace tacet::test
