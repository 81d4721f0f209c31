#pragma once
// Where things lie in a sealed message (PROTOCOL §5.4), and the header inside it. Internal to crypto/.
//
//   first:  prefix(1178)  ‖ n24 ‖ AE(header 1224)(1240) ‖ n24 ‖ AE(padded payload)
//   later:  type ‖ version ‖ n24 ‖ AE(header 2312)(2328) ‖ n24 ‖ AE(padded payload)
//
// Lengths depend on the type and the size of the whole alone, so that nothing is parsed before it is authenticated.
#include "crypto/ratchet_keys.h"

namespace tacet::crypto {

struct RatchetHeader {
    ChainKeysShown shown;
    std::uint32_t previous = 0; ///< PN: messages of the sender's chain before this one
    std::uint32_t number = 0;   ///< Ns
};

constexpr std::size_t headerSize(bool first)
{
    return X25519PublicKey::kSize + kMlkemPublicSize + (first ? 0 : kMlkemCiphertextSize) + 8;
}
constexpr std::size_t startSize(bool first) { return first ? kPrefixSize : 2; }
constexpr std::size_t sealedHeaderSize(bool first) { return kAeadNonceSize + headerSize(first) + kAeadTagSize; }
constexpr std::size_t kPadLengthSize = 2;
constexpr std::size_t messageOverhead(bool first)
{
    return startSize(first) + sealedHeaderSize(first) + kAeadNonceSize + kAeadTagSize + kPadLengthSize;
}

/// A message cut at its joints. The views live as long as the message.
struct MessageParts {
    bool first;
    ByteView start;                       ///< prefix, or type and version
    ByteView sealedHeader;                ///< EH = nonce ‖ AE(header)
    FixedView<kAeadNonceSize> bodyNonce;
    ByteView sealedBody;
};

/// Precondition: message.size() is one of kMessageSizes.
inline MessageParts cut(ByteView message, bool first)
{
    const std::size_t header = startSize(first);
    const std::size_t nonce = header + sealedHeaderSize(first);
    const std::size_t body = nonce + kAeadNonceSize;
    return {first, message.first(header), message.subspan(header, sealedHeaderSize(first)),
            FixedView<kAeadNonceSize>(message.data() + nonce, kAeadNonceSize), message.subspan(body)};
}

Bytes encodeHeader(const RatchetHeader &header);
/// Precondition: plain.size() == headerSize(first).
RatchetHeader decodeHeader(ByteView plain, bool first);

/// be16 length ‖ payload ‖ zeros; false padding is refused on the way back (PROTOCOL §6.2).
SecretBuffer padPayload(ByteView payload, std::size_t size);
std::optional<SecretBuffer> unpadPayload(ByteView padded);

} // namespace tacet::crypto
