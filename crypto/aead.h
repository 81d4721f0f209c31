#pragma once
// XChaCha20-Poly1305 (IETF construction, draft-irtf-cfrg-xchacha-03), on libsodium.
#include "crypto/bytes.h"

namespace tacet::crypto {

inline constexpr std::size_t kAeadKeySize = 32;
inline constexpr std::size_t kAeadNonceSize = 24;
inline constexpr std::size_t kAeadTagSize = 16;

/// out = ciphertext ‖ tag. Precondition: out.size() == plaintext.size() + kAeadTagSize.
/// In place is allowed (out.data() == plaintext.data()).
void aeadSeal(std::span<std::uint8_t> out, FixedView<kAeadKeySize> key, FixedView<kAeadNonceSize> nonce, ByteView ad,
              ByteView plaintext);

/// False and `out` wiped when the tag does not fit. Precondition: out.size() + kAeadTagSize == sealed.size().
[[nodiscard]] bool aeadOpen(std::span<std::uint8_t> out, FixedView<kAeadKeySize> key, FixedView<kAeadNonceSize> nonce,
                            ByteView ad, ByteView sealed);

} // namespace tacet::crypto
