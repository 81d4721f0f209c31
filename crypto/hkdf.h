#pragma once
// SHA-256, HMAC-SHA-256 and HKDF-SHA-256 (FIPS 180-4, RFC 2104, RFC 5869), on libsodium.
// libsodium 1.0.18 (Debian 12) has no crypto_kdf_hkdf_*, so extract and expand are written here.
#include "crypto/bytes.h"
#include "crypto/secret.h"

#include <initializer_list>

namespace tacet::crypto {

using Hash32 = FixedBytes<32>;

/// SHA-256 over the concatenation of the parts.
Hash32 sha256(std::initializer_list<ByteView> parts);
inline Hash32 sha256(ByteView data) { return sha256({data}); }

/// HMAC-SHA-256 over the concatenation of the parts; `out` may not overlap the key.
void hmacSha256(std::span<std::uint8_t, 32> out, ByteView key, std::initializer_list<ByteView> parts);

/// HMAC-SHA-256 of `one` into `first` and of `two` into `second`, under one key; neither may overlap it.
void hmacSha256Pair(std::span<std::uint8_t, 32> first, std::span<std::uint8_t, 32> second, ByteView key, ByteView one,
                    ByteView two);

/// RFC 5869 §2.2; an empty salt means 32 zero bytes.
SecretBytes<32> hkdfExtract(ByteView salt, ByteView ikm);
/// RFC 5869 §2.3. Precondition: out.size() <= 255 * 32.
void hkdfExpand(std::span<std::uint8_t> out, FixedView<32> prk, ByteView info);

/// KDF(salt, ikm, info, N) of PROTOCOL §1.
template<std::size_t N>
SecretBytes<N> hkdf(ByteView salt, ByteView ikm, ByteView info)
{
    SecretBytes<N> out;
    hkdfExpand(out.writable(), hkdfExtract(salt, ikm).view(), info);
    return out;
}

} // namespace tacet::crypto
