#pragma once
// The three kinds of keys inside the ratchet (PROTOCOL §5.1), each with the one thing it can do. Internal to crypto/.
#include "crypto/aead.h"
#include "crypto/handshake.h"

namespace tacet::crypto {

/// Seals or opens one body, then is gone: both operations consume it.
class MessageKey {
public:
    explicit MessageKey(SecretBytes<32> key) : m_key(std::move(key)) { }
    MessageKey clone() const { return MessageKey(m_key.clone()); }
    FixedView<32> view() const { return m_key.view(); }

    void seal(std::span<std::uint8_t> out, FixedView<kAeadNonceSize> nonce, ByteView ad, ByteView plain) &&
    {
        aeadSeal(out, m_key.view(), nonce, ad, plain);
        m_key.wipe();
    }
    [[nodiscard]] bool open(std::span<std::uint8_t> out, FixedView<kAeadNonceSize> nonce, ByteView ad,
                            ByteView sealed) &&
    {
        const bool opened = aeadOpen(out, m_key.view(), nonce, ad, sealed);
        m_key.wipe();
        return opened;
    }

private:
    SecretBytes<32> m_key;
};

/// CK. A step cannot be undone: the old value is overwritten.
class ChainKey {
public:
    explicit ChainKey(SecretBytes<32> key) : m_key(std::move(key)) { }
    ChainKey clone() const { return ChainKey(m_key.clone()); }
    FixedView<32> view() const { return m_key.view(); }

    /// mk = HMAC(CK, 1); CK = HMAC(CK, 2) (PROTOCOL §5.3).
    MessageKey next()
    {
        SecretBytes<32> key;
        SecretBytes<32> following;
        hmacSha256Pair(key.writable(), following.writable(), m_key.view(), kMessage, kChain);
        m_key = std::move(following);
        return MessageKey(std::move(key));
    }
    /// The step alone, for a message whose key is not kept.
    void skip()
    {
        SecretBytes<32> following;
        hmacSha256(following.writable(), m_key.view(), {kChain});
        m_key = std::move(following);
    }

private:
    static constexpr FixedBytes<1> kMessage{1};
    static constexpr FixedBytes<1> kChain{2};
    SecretBytes<32> m_key;
};

/// What a sender shows of itself in every header of one chain (PROTOCOL §5.4).
struct ChainKeysShown {
    X25519PublicKey dh;
    MlkemPublicKey kem;
    std::optional<MlkemCiphertext> ciphertext; ///< none in the first chain of the initiator alone
};

struct RootStep {
    SecretBytes<32> root;
    ChainKey chain;
    SecretBytes<32> nextHeader;
};

/// ROOT of PROTOCOL §5.2. `kemSecret` is empty exactly when nothing was encapsulated.
RootStep rootStep(FixedView<32> root, const SessionId &session, FixedView<32> dhSecret, ByteView kemSecret,
                  const ChainKeysShown &shown);

} // namespace tacet::crypto
