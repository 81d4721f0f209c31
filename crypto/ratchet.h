#pragma once
// The hybrid double ratchet with encrypted headers (PROTOCOL §5). Session (session.h) owns one of these and is
// what the rest of the house calls. Internal to crypto/.
//
// Receiving is split in two, so that the compiler enforces PROTOCOL §5.6: open() is const and works everything
// out beside the state; commit() takes the result over and cannot fail.
#include "crypto/message_layout.h"
#include "crypto/session.h"
#include "crypto/skipped_keys.h"

namespace tacet::crypto {

class Ratchet {
public:
    /// A of PROTOCOL §5.1. Error: the signed prekey is refused.
    static Result<Ratchet, DhError> asInitiator(const HandshakeKeys &keys, const X25519PublicKey &signedPrekey,
                                                Random &random);
    /// B of PROTOCOL §5.1: cannot send before it received.
    static Ratchet asResponder(const HandshakeKeys &keys, const X25519KeyPair &signedPrekey);

    /// SEND of PROTOCOL §5.3. `start` is the prefix, or type and version. Precondition: a message was received,
    /// or this side initiated; start.size() == startSize(first); `size` is one of kMessageSizes and has room.
    Result<Bytes, EncryptError> seal(ByteView start, bool first, ByteView payload, std::size_t size, Random &random);

    struct Step;
    /// RECV of PROTOCOL §5.5 up to the commit.
    Result<Step, DecryptError> open(const MessageParts &message, UnixMs now) const;
    void commit(Step step, UnixMs now) noexcept;
    /// Session::missingBefore().
    std::optional<std::uint64_t> missingBefore(const MessageParts &message) const;

    bool hasReceived() const { return m_receive.has_value(); }
    const SkippedKeys &skipped() const { return m_skipped; }
    void expireSkippedKeys(UnixMs now) { m_skipped.expire(now); }

    Ratchet clone() const;
    void write(StateWriter &out) const;
    static std::optional<Ratchet> read(const SessionId &session, ByteReader &in);

private:
    /// What one's own current chain shows, and the private halves of it.
    struct SendChain {
        X25519KeyPair dh;
        std::optional<MlkemKeyPair> kem; ///< none while B waits with its signed prekey
        std::optional<MlkemCiphertext> ciphertext;
        std::optional<ChainKey> chain; ///< none while B waits
        SecretBytes<32> headerKey;     ///< HKs; zero while B waits
        std::uint32_t previous = 0;    ///< PN
    };
    struct ReceiveChain {
        ChainKey chain;
        SecretBytes<32> headerKey; ///< HKr
        ChainKeysShown shown;      ///< Dr, Kr; the ciphertext is not kept
        bool hasCiphertext = false;
        std::uint32_t previous = 0;
        std::uint32_t number = 0; ///< Nr: the next message expected
    };

    Ratchet(SessionId session, SecretBytes<32> root);
    bool isWhole() const; ///< the optional parts fit each other: what seal() and open() rely on
    Result<Done, EncryptError> stepForward(Random &random);
    Result<Step, DecryptError> openCurrent(const MessageParts &, const RatchetHeader &, UnixMs now) const;
    Result<Step, DecryptError> openNext(const MessageParts &, const RatchetHeader &, UnixMs now) const;
    Result<Step, DecryptError> openSkipped(const MessageParts &, FixedView<32> headerKey, std::uint32_t number,
                                           UnixMs now) const;
    std::optional<RatchetHeader> tryHeader(const MessageParts &, FixedView<32> headerKey) const;
    Result<SecretBuffer, DecryptError> openBody(const MessageParts &, MessageKey key) const;

    SessionId m_session; ///< th
    SecretBytes<32> m_root; ///< RK
    std::optional<SendChain> m_send; ///< none exactly while the next message begins a new chain
    SecretBytes<32> m_nextSendHeader; ///< NHKs
    std::uint32_t m_sent = 0; ///< Ns; becomes PN at the next step
    std::optional<ReceiveChain> m_receive;
    SecretBytes<32> m_nextReceiveHeader; ///< NHKr
    SkippedKeys m_skipped;
};

/// What open() worked out: the payload, and the new values that commit() puts in place.
struct Ratchet::Step {
    struct Late { ///< a skipped key was used
        SecretBytes<32> headerKey;
        std::uint32_t number;
    };
    struct Current { ///< the same chain went on
        ChainKey chain;
        std::uint32_t number;
        Gap gap;
    };
    struct Next { ///< the peer turned the ratchet
        SecretBytes<32> root;
        SecretBytes<32> nextReceiveHeader;
        ReceiveChain receive;
        Gap oldGap; ///< of the chain that ends
        Gap newGap;
    };
    SecretBuffer payload;
    std::variant<Late, Current, Next> change;
};

} // namespace tacet::crypto
