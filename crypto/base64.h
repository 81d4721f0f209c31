#pragma once
// base64 with padding (RFC 4648 §4), as NIP-44 and the envelope use it. Decoding accepts only the canonical form:
// no line breaks, full padding, unused bits zero.
#include "crypto/bytes.h"

namespace tacet::crypto {

/// Characters that `size` bytes take.
constexpr std::size_t base64Size(std::size_t size) { return (size + 2) / 3 * 4; }

std::string toBase64(ByteView bytes);
std::optional<Bytes> fromBase64(std::string_view text);

} // namespace tacet::crypto
