#pragma once
// The address of a relay, normalised once and then compared byte by byte. A RelayUrl is always usable:
// whatever is odd (user names, fragments, numbers posing as hosts) was refused when it was read.
#include "crypto/result.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace tacet::relay {

enum class RelayUrlError {
    Empty,
    TooLong, ///< over RelayUrl::kMaximumLength
    BadScheme, ///< neither ws: nor wss:
    BadHost, ///< not a name in ASCII (punycode for others), dotted quad or [IPv6]
    BadPort,
    BadPath, ///< outside printable ASCII
    HasCredentials, ///< user@host: a relay gets no account of ours
    HasFragment,
};

/// Where a host lives as far as its spelling tells; no name is looked up.
enum class HostKind {
    Public,
    Loopback, ///< this computer only: never into a link without saying so
    Private, ///< a local network: never contacted because a stranger's link says so (PROTOCOL §6)
    Onion, ///< reachable through Tor only
};

class RelayUrl {
public:
    static constexpr std::size_t kMaximumLength = 200;

    /// Lower-cases scheme and host, drops the default port and a bare trailing slash, keeps path and query.
    static Result<RelayUrl, RelayUrlError> parse(std::string_view text);

    /// e.g. "wss://relay.example" or "ws://127.0.0.1:7447/inbox"; ASCII.
    const std::string &text() const { return m_text; }
    /// The host as shown to people, IPv6 without brackets.
    const std::string &host() const { return m_host; }
    std::uint16_t port() const { return m_port; }
    bool isEncrypted() const { return m_encrypted; } ///< wss
    HostKind hostKind() const { return m_hostKind; }

    friend bool operator==(const RelayUrl &a, const RelayUrl &b) { return a.m_text == b.m_text; }
    friend std::strong_ordering operator<=>(const RelayUrl &a, const RelayUrl &b) { return a.m_text <=> b.m_text; }

private:
    RelayUrl() = default;
    std::string m_text;
    std::string m_host;
    std::uint16_t m_port = 0;
    bool m_encrypted = false;
    HostKind m_hostKind = HostKind::Public;
};

/// The same judgement for any host name or address (what a name resolved to, say).
HostKind hostKindOf(std::string_view host);

} // namespace tacet::relay
