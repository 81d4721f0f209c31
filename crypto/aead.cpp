#include "crypto/aead.h"

#include "crypto/constant_time.h"

#include <sodium.h>

#include <cassert>

namespace tacet::crypto {

void aeadSeal(std::span<std::uint8_t> out, FixedView<kAeadKeySize> key, FixedView<kAeadNonceSize> nonce, ByteView ad,
              ByteView plaintext)
{
    assert(out.size() == plaintext.size() + kAeadTagSize);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(), ad.data(),
                                               ad.size(), nullptr, nonce.data(), key.data());
}

bool aeadOpen(std::span<std::uint8_t> out, FixedView<kAeadKeySize> key, FixedView<kAeadNonceSize> nonce, ByteView ad,
              ByteView sealed)
{
    assert(out.size() + kAeadTagSize == sealed.size());
    const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data(),
                                                                  sealed.size(), ad.data(), ad.size(), nonce.data(),
                                                                  key.data());
    if (constant_time::answer(status) == 0)
        return true;
    if (!out.empty())
        sodium_memzero(out.data(), out.size()); // whatever libsodium's version left there
    return false;
}

} // namespace tacet::crypto
