#pragma once
// The same steps with libsignal-protocol-c: classical X3DH and double ratchet, no encrypted headers. Its cryptography
// comes from OpenSSL (AES, HMAC, SHA-512) and its own Curve25519; its sessions go through a store in memory, as the
// library wants it.

namespace tacet::bench {

void measureSignal();

} // namespace tacet::bench
