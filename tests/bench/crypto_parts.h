#pragma once
// The operations that a conversation is made of, bare: what sets the bounds of everything above them.
#include "crypto/random.h"

namespace tacet::bench {

/// Seconds of one operation each.
struct Parts {
    double agreement = 0; ///< X25519
    double kemKey = 0;
    double kemEncapsulation = 0;
    double kemDecapsulation = 0;
    double sealing4K = 0; ///< XChaCha20-Poly1305 of 4,096 bytes
    double signing = 0;   ///< BIP-340
    double verifying = 0;
    double ecdh = 0; ///< secp256k1

    /// A message that turns the ratchet costs both sides together three X25519 operations (a key pair, an agreement on
    /// each side) and each of ML-KEM's once.
    double ratchetStep() const { return 3 * agreement + kemKey + kemEncapsulation + kemDecapsulation; }
    /// A one-time author's key costs about a signature.
    double wrapping() const { return 2 * signing + ecdh + sealing4K; }
    double unwrapping() const { return verifying + ecdh + sealing4K; }
};

Parts measureParts(crypto::Random &random);

} // namespace tacet::bench
