#include "crypto/nip44.h"

#include "crypto/base64.h"
#include "crypto/hkdf.h"

#include <bit>
#include <cassert>

namespace tacet::crypto {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kNonceSize = 32;
constexpr std::size_t kMacSize = 32;
constexpr std::size_t kPrefixSize = 2; // the length of the text, big-endian
constexpr std::size_t kOverhead = 1 + kNonceSize + kPrefixSize + kMacSize;
constexpr std::size_t kMinPadded = 32;
constexpr std::size_t kMinDecoded = kOverhead + kMinPadded;
constexpr std::size_t kMaxDecoded = kOverhead + 65536;

/// Keys of one message (NIP-44 "get_message_keys"): HKDF-expand of the conversation key with the nonce as info.
class MessageKeys {
public:
    MessageKeys(FixedView<32> conversationKey, FixedView<32> nonce)
    {
        hkdfExpand(m_keys.writable(), conversationKey, nonce);
    }

    /// Encrypts and decrypts in place. The keys serve one message only, so the counter starts at zero.
    void applyStream(std::span<std::uint8_t> data) const
    {
        const std::uint8_t *const keys = m_keys.view().data();
        crypto_stream_chacha20_ietf_xor(data.data(), data.data(), data.size(), keys + 32, keys);
    }

    /// The nonce is authenticated with the ciphertext: other nonces would be other keys, but say so first.
    SecretBytes<kMacSize> mac(FixedView<32> nonce, ByteView ciphertext) const
    {
        SecretBytes<kMacSize> out;
        hmacSha256(out.writable(), m_keys.view().last<32>(), {nonce, ciphertext});
        return out;
    }

private:
    SecretBytes<76> m_keys; // ChaCha20 key (32) ‖ ChaCha20 nonce (12) ‖ HMAC key (32)
};

} // namespace

std::size_t nip44PaddedSize(std::size_t size)
{
    assert(size >= 1);
    if (size <= kMinPadded)
        return kMinPadded;
    const std::size_t nextPower = std::bit_ceil(size);
    const std::size_t step = nextPower <= 256 ? 32 : nextPower / 8;
    return (size + step - 1) / step * step;
}

Result<SecretBytes<32>, Nip44Error> nip44ConversationKey(const NostrKeyPair &own, const NostrPublicKey &peer)
{
    const auto shared = own.sharedX(peer);
    if (!shared)
        return fail(Nip44Error::BadKey);
    return hkdfExtract(asBytes("nip44-v2"), shared->view());
}

Result<std::string, Nip44Error> nip44Encrypt(FixedView<32> conversationKey, FixedView<32> nonce, ByteView text)
{
    if (text.empty() || text.size() > kNip44MaxText)
        return fail(Nip44Error::BadLength);

    const MessageKeys keys(conversationKey, nonce);
    Bytes payload;
    payload.reserve(kOverhead + nip44PaddedSize(text.size()));
    payload.push_back(kVersion);
    append(payload, nonce);
    appendBe16(payload, static_cast<std::uint16_t>(text.size()));
    append(payload, text);
    payload.resize(1 + kNonceSize + kPrefixSize + nip44PaddedSize(text.size()), 0);

    const auto ciphertext = std::span(payload).subspan(1 + kNonceSize);
    keys.applyStream(ciphertext);
    append(payload, keys.mac(nonce, ciphertext).view());
    return toBase64(payload);
}

Result<Bytes, Nip44Error> nip44Decrypt(FixedView<32> conversationKey, std::string_view payload)
{
    if (payload.starts_with('#')) // NIP-44: how versions that are not base64 will say so
        return fail(Nip44Error::BadVersion);
    if (payload.size() > base64Size(kMaxDecoded)) // before anything of that size is made
        return fail(Nip44Error::BadLength);
    auto decoded = fromBase64(payload);
    if (!decoded)
        return fail(Nip44Error::BadEncoding);
    if (decoded->size() < kMinDecoded || decoded->size() > kMaxDecoded)
        return fail(Nip44Error::BadLength);
    if ((*decoded)[0] != kVersion)
        return fail(Nip44Error::BadVersion);

    const FixedView<32> nonce = ByteView(*decoded).subspan(1).first<32>();
    const auto ciphertext = std::span(*decoded).subspan(1 + kNonceSize, decoded->size() - 1 - kNonceSize - kMacSize);
    const MessageKeys keys(conversationKey, nonce);
    if (!keys.mac(nonce, ciphertext).equals(ByteView(*decoded).last<kMacSize>()))
        return fail(Nip44Error::BadMac);

    keys.applyStream(ciphertext);
    const std::size_t size = readBe16(ciphertext.first<kPrefixSize>());
    // A zero prefix is an extension of later drafts (a four-byte length follows): refused (PROTOCOL §6.1).
    if (size == 0 || ciphertext.size() != kPrefixSize + nip44PaddedSize(size))
        return fail(Nip44Error::BadPadding);
    const ByteView text = ciphertext.subspan(kPrefixSize, size);
    return Bytes(text.begin(), text.end());
}

} // namespace tacet::crypto
