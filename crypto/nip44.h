#pragma once
// NIP-44 version 2: secp256k1 ECDH, HKDF-SHA-256, ChaCha20, HMAC-SHA-256, padded (PROTOCOL §6).
// https://github.com/nostr-protocol/nips/blob/master/44.md
#include "crypto/nostr_key.h"

#include <string>

namespace tacet::crypto {

enum class Nip44Error {
    BadKey,      ///< the peer's key is no point of the curve
    BadLength,   ///< text not of 1 to 65,535 bytes, or a payload that could not hold one
    BadVersion,  ///< not version 2
    BadEncoding, ///< not canonical base64
    BadMac,      ///< altered, or made for another key
    BadPadding,  ///< authentic, but the length inside does not fit the padded size
};

inline constexpr std::size_t kNip44MaxText = 65535;

/// The same for both directions of a pair of keys.
Result<SecretBytes<32>, Nip44Error> nip44ConversationKey(const NostrKeyPair &own, const NostrPublicKey &peer);
/// Text of 1 to 65,535 bytes; answers the base64 payload. The nonce must be random and never used twice.
Result<std::string, Nip44Error> nip44Encrypt(FixedView<32> conversationKey, FixedView<32> nonce, ByteView text);
Result<Bytes, Nip44Error> nip44Decrypt(FixedView<32> conversationKey, std::string_view payload);

/// The size a text is padded to (NIP-44 "calc_padded_len"). Precondition: size >= 1.
std::size_t nip44PaddedSize(std::size_t size);

} // namespace tacet::crypto
