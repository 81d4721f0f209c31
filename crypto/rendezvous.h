#pragma once
// Rendezvous records (PROTOCOL §10.3): each side gives the other, inside the session, a way to start a new
// session after one of them restored a backup. The record plays the part of a bundle in the same handshake.
#include "crypto/nostr_key.h"
#include "crypto/prekeys.h"

namespace tacet::crypto {

/// One's own record for one contact. Lives in vault and backup until kRendezvousLifetime after it was replaced.
class OwnRendezvous {
public:
    /// `mailbox`: that of the record before, where first messages under either are to arrive; without it a fresh one.
    static OwnRendezvous generate(const IdentityKey &own, UnixMs created, Random &random,
                                  std::optional<NostrKeyPair> mailbox = std::nullopt);

    BundleId id() const { return m_prekeys.id(); }
    UnixMs created() const { return m_created; }
    /// For Session::accept().
    const OwnPrekeys &prekeys() const { return m_prekeys; }
    /// Where first messages through this record arrive.
    const NostrKeyPair &mailbox() const { return m_mailbox; }

    /// What is sent to the contact, inside the session only: it holds the preshared key.
    SecretBuffer forPeer() const;

    /// For vault and backup.
    SecretBuffer serialise() const;
    static Result<OwnRendezvous, StateError> parse(ByteView state);

private:
    OwnRendezvous(OwnPrekeys prekeys, NostrKeyPair mailbox, UnixMs created);
    OwnPrekeys m_prekeys;
    NostrKeyPair m_mailbox;
    UnixMs m_created = 0;
};

enum class RendezvousError {
    Damaged,
    NewerVersion,
    OtherIdentity, ///< the record speaks for another identity than the contact's
    BadPeerKey,    ///< a key that the checks of PROTOCOL §2.2 refuse
};

/// A contact's record as it arrived. The same bytes are stored in vault and backup.
class PeerRendezvous {
public:
    /// Reads OwnRendezvous::forPeer(). `peer` is the contact's identity, known from the session it came by.
    static Result<PeerRendezvous, RendezvousError> parse(ByteView record, const IdentityKey &peer);

    BundleId id() const { return bundleId(m_prekeys.body); }
    UnixMs created() const { return m_created; }
    const NostrPublicKey &mailbox() const { return m_mailbox; }
    /// For Session::initiate().
    const PeerPrekeys &prekeys() const { return m_prekeys; }
    SecretBuffer serialise() const;

private:
    PeerRendezvous() = default;
    PeerPrekeys m_prekeys;
    NostrPublicKey m_mailbox;
    UnixMs m_created = 0;
};

} // namespace tacet::crypto
