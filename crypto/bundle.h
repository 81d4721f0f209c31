#pragma once
// Bundles (PROTOCOL §3.5, §3.7): the signed keys and the name behind a link, and the tombstone that replaces them.
// Both travel as the inner bytes of a gift wrap addressed to Link::bundleMailbox(), sealed under
// Link::bundleKey(), and both have the size of the smallest message: a relay cannot tell them apart.
#include "crypto/link.h"
#include "crypto/prekeys.h"

namespace tacet::crypto {

/// A sealed bundle or tombstone, in bytes.
inline constexpr std::size_t kSealedBundleSize = kMessageSizes[0];

/// What the owner says in a bundle beside the keys.
struct BundleCard {
    std::string name; ///< UTF-8, at most kMaxNameLength bytes, no control characters; shown as plain text only
    NostrPublicKey mailbox; ///< where the first message goes
    std::vector<std::string> relays; ///< where that mailbox is read: 1 to kMaxLinkRelays of isRelayUrl()
    UnixMs validFrom = 0;
    UnixMs validUntil = 0; ///< > validFrom
};

enum class BundleMakeError { BadName, BadRelay, BadDates, NotOwnLink };

struct MadeBundle {
    OwnPrekeys prekeys; ///< to the vault, in the transaction that first shows the link
    Bytes sealed;       ///< kSealedBundleSize bytes; wrap anew for each attempt to publish
};

/// Fresh prekeys, signed by the identity and sealed for the link's holders. A reusable link calls this weekly
/// with a later validFrom; a one-time link once.
Result<MadeBundle, BundleMakeError> makeBundle(const OwnIdentity &identity, const Link &link, const BundleCard &card,
                                               Random &random);

/// "Already used" (one-time link) or "withdrawn" (reusable): signed, same size. Precondition: the link is the identity's.
Bytes makeTombstone(const OwnIdentity &identity, const Link &link, const BundleId &spent, UnixMs when, Random &random);

enum class BundleError {
    NotThisLink,  ///< not sealed under this link's key: anybody can send rubbish to a `p` key; try the next event
    Altered,      ///< sealed by a holder of the link, but not the owner's: wrong identity or signature
    Expired,      ///< past validUntil + kClockTolerance
    NotYetValid,  ///< before validFrom - kClockTolerance
    NewerVersion,
    Used, ///< a tombstone of the owner. It outweighs every bundle of the same link, whatever their dates
};

/// A bundle that passed every check: link key, identity hash, signature, type, dates.
struct VerifiedBundle {
    Bytes body;
    LinkType type = LinkType::OneTime;
    IdentityKey identity;
    X25519PublicKey signedPrekey;
    MlkemPublicKey kemPrekey;
    BundleCard card;

    BundleId id() const { return bundleId(body); }
    /// For Session::initiate(). Precondition: `link` is the one that opened this bundle.
    PeerPrekeys prekeys(const Link &link) const;
};

/// Of several events behind one link: any Used decides; else take the greatest card.validFrom.
Result<VerifiedBundle, BundleError> openBundle(ByteView sealed, const Link &link, UnixMs now);

/// UTF-8 without control characters, at most kMaxNameLength bytes; empty is allowed.
bool isDisplayName(std::string_view name);

} // namespace tacet::crypto
