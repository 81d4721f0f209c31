#pragma once
// Invitation links (PROTOCOL §3.2): what one person hands to another outside Tacet, and the keys that follow
// from it. Whoever holds the text can read the bundle behind it, so a link is a secret between two people;
// it is text all the same, because a person copies it. It opens nothing else of its owner.
#include "crypto/ed25519.h"
#include "crypto/limits.h"
#include "crypto/nostr_key.h"

#include <string>
#include <string_view>
#include <vector>

namespace tacet::crypto {

enum class LinkType : std::uint8_t {
    OneTime = 1,  ///< for one person; its prekeys die with the first conversation
    Reusable = 2, ///< an address: each opener becomes a request
};

enum class LinkError {
    NotALink,     ///< no `tacet:` and no web address with something after `#`
    Damaged,      ///< cut short, mistyped or altered: the checksum does not fit
    NewerVersion, ///< complete, but of a version that this program does not know
};

enum class LinkCreateError {
    NoRelay,       ///< a link must lead somewhere
    TooManyRelays, ///< more than kMaxLinkRelays
    BadRelay,      ///< isRelayUrl() refuses one
    TooLong,       ///< the `tacet:` form would exceed kMaxLinkLength
};

/// wss:// or ws://, a host in lower-case ASCII (IDNs as punycode), optional port and path; no user, no query,
/// no fragment, no trailing slash after a bare host, at most kMaxRelayUrlLength characters.
bool isRelayUrl(std::string_view url);

class Link {
public:
    /// Draws a link key for which the text consists of letters and digits alone (PROTOCOL §3.3), so that no
    /// chat program turns a part of it into markup or a dash.
    static Result<Link, LinkCreateError> create(LinkType type, const IdentityKey &owner,
                                                std::vector<std::string> relays, Random &random);

    /// Reads what a person pasted or scanned: white space anywhere, quotes or brackets around it, a final
    /// full stop and sentences on either side are forgiven. Accepts `tacet:` in any case, and any https address with the payload after `#`.
    static Result<Link, LinkError> parse(std::string_view pasted);

    Link clone() const;

    /// `tacet:` and the payload; at most kMaxLinkLength characters. The same link always gives the same text.
    std::string uri() const;
    /// The payload after `#` of an address of the user's choice, for programs that make only web addresses
    /// clickable. The part after `#` never reaches the web server. Precondition: `base` starts with https://.
    std::string webAddress(std::string_view base) const;

    LinkType type() const { return m_type; }
    const std::vector<std::string> &relays() const { return m_relays; }
    /// The link names this identity (first 16 bytes of its SHA-256; constant time).
    bool belongsTo(const IdentityKey &identity) const;

    /// Encrypts the bundle (PROTOCOL §3.4).
    SecretBytes<32> bundleKey() const;
    /// The `p` key that the bundle is addressed to: every holder of the link can authenticate and read.
    NostrKeyPair bundleMailbox() const;
    /// Enters the handshake: whoever impersonates the owner needs the link too.
    SecretBytes<32> presharedKey() const;

private:
    Link() = default;
    static Result<Link, LinkError> parsePayload(SecretBuffer bytes, std::size_t textLength);
    std::string payload() const;

    LinkType m_type = LinkType::OneTime;
    SecretBytes<32> m_key;
    FixedBytes<16> m_identityHash{};
    std::vector<std::string> m_relays;
};

} // namespace tacet::crypto
