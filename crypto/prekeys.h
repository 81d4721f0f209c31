#pragma once
// The two halves of what a handshake starts from (PROTOCOL §4.1). A bundle behind a link and a rendezvous
// record both provide them, so that there is one handshake and one schedule. "Body" is the exact byte string
// that the transcript hashes: a bundle's B (PROTOCOL §3.5) or a rendezvous record's R (PROTOCOL §10.3).
#include "crypto/ed25519.h"
#include "crypto/hkdf.h"
#include "crypto/limits.h"
#include "crypto/mlkem.h"

namespace tacet::crypto {

struct BundleIdTag;
/// Names a set of prekeys in the prefix of a first message: 8 bytes of a hash of the body (PROTOCOL §4.3).
using BundleId = TaggedBytes<BundleIdTag, 8>;
BundleId bundleId(ByteView body);

enum class StateError {
    Damaged,      ///< not what serialise() wrote
    NewerVersion, ///< written by a later program; left alone
};

/// What an initiator knows of the other side. All public but the preshared key.
struct PeerPrekeys {
    Bytes body;
    IdentityKey identity;
    X25519PublicKey signedPrekey;
    MlkemPublicKey kemPrekey;
    SecretBytes<32> presharedKey;
};

/// What a responder needs to answer: the private halves. Deleting this object's row is what gives a one-time
/// link its forward secrecy, so it is deleted in the same transaction that stores the accepted session.
class OwnPrekeys {
public:
    OwnPrekeys(Bytes body, X25519KeyPair signedPrekey, MlkemKeyPair kemPrekey, SecretBytes<32> presharedKey);

    BundleId id() const { return bundleId(m_body); }
    /// Public. Keep it after the private halves are gone: it recognises later handshakes (see handshakeId()).
    const Bytes &body() const { return m_body; }

    const X25519KeyPair &signedPrekey() const { return m_signedPrekey; }
    const MlkemKeyPair &kemPrekey() const { return m_kemPrekey; }
    const SecretBytes<32> &presharedKey() const { return m_presharedKey; }

    /// For the vault only. A backup never holds prekeys of links (PROTOCOL §10.2).
    SecretBuffer serialise() const;
    static Result<OwnPrekeys, StateError> parse(ByteView state);

private:
    Bytes m_body;
    X25519KeyPair m_signedPrekey;
    MlkemKeyPair m_kemPrekey;
    SecretBytes<32> m_presharedKey;
};

} // namespace tacet::crypto
