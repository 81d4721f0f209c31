#pragma once
// The handshake (PROTOCOL §4): X3DH's three agreements and one ML-KEM-768 encapsulation under a preshared key,
// and the prefix that carries it. Session (session.h) is what the rest of the house calls; of this header it
// needs peekPrefix() and handshakeId() alone.
#include "crypto/aead.h"
#include "crypto/prekeys.h"

namespace tacet::crypto {

struct HandshakeIdTag;
struct SessionIdTag;
struct PrefixIdTag;
using HandshakeId = TaggedBytes<HandshakeIdTag, 32>; ///< th0: the public part of the transcript
using SessionId = TaggedBytes<SessionIdTag, 32>;     ///< th: the whole transcript, both identities included
using PrefixId = TaggedBytes<PrefixIdTag, 32>;       ///< SHA-256 of the prefix as sent

inline constexpr std::uint8_t kProtocolVersion = 1;
inline constexpr std::uint8_t kTypeFirst = 1; ///< with prefix: the initiator, until the first reply
inline constexpr std::uint8_t kTypeLater = 2;

inline constexpr std::size_t kSealedIdentitySize = 32 + kAeadTagSize;
inline constexpr std::size_t kPrefixSize =
    2 + BundleId::kSize + X25519PublicKey::kSize + kMlkemCiphertextSize + kSealedIdentitySize;

/// type ‖ version ‖ bundle id ‖ EK ‖ ct ‖ cid, parsed.
struct Prefix {
    BundleId bundle;
    X25519PublicKey ephemeral;
    MlkemCiphertext ciphertext;
    FixedBytes<kSealedIdentitySize> sealedIdentity{};

    Bytes bytes() const;
    /// A stored session answers to exactly one prefix.
    PrefixId id() const;
};

/// Cheap: sizes and the first two bytes are checked, nothing is computed. Nothing for later messages and for
/// what is no message of this version.
std::optional<Prefix> peekPrefix(ByteView message);

/// The first kPrefixSize bytes of a first message, or a stored prefix.
std::optional<Prefix> parsePrefix(ByteView prefix);

/// th0 of a prefix under a body: one handshake, whatever else stands around it.
HandshakeId handshakeId(ByteView body, const Prefix &prefix);

/// The keys that both sides hold after the handshake (PROTOCOL §4.2).
struct HandshakeKeys {
    HandshakeId handshake;
    SessionId session;
    SecretBytes<32> root;              ///< RK0
    SecretBytes<32> initiatorHeader;   ///< HKa
    SecretBytes<32> responderNextHeader; ///< NHKb
};

enum class HandshakeError {
    BadPeerKey,   ///< a key that the checks of PROTOCOL §2.2 refuse
    OwnIdentity,  ///< both ends are the same identity: a link opened by its owner, or a reflection
    OtherPrekeys, ///< the prefix names another bundle
    Undecryptable, ///< the sealed identity does not open: not made for these prekeys, or altered
};

struct InitiatedHandshake {
    Prefix prefix;
    HandshakeKeys keys;
};
Result<InitiatedHandshake, HandshakeError> initiateHandshake(const OwnIdentity &own, const PeerPrekeys &peer,
                                                             Random &random);

struct AnsweredHandshake {
    IdentityKey peer;
    HandshakeKeys keys;
};
/// Proves nothing about the peer until a body opened under these keys: commit nothing before.
Result<AnsweredHandshake, HandshakeError> answerHandshake(const OwnIdentity &own, const OwnPrekeys &prekeys,
                                                          const Prefix &prefix);

} // namespace tacet::crypto
