#pragma once
// The one proxy of a profile. Once set, every socket goes through it or is not opened at all:
// a proxy that is down means silence, names included (they are resolved behind it).
#include "crypto/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tacet::relay {

enum class ProxyError { BadScheme, BadHost, BadPort };

struct ProxySettings {
    std::string host; ///< usually 127.0.0.1
    std::uint16_t port = 0; ///< 9050 where the Tor service listens; 0: not to be reached, so nothing is sent at all
    /// A random SOCKS user name for each socket, so that Tor gives each its own circuit
    /// (IsolateSOCKSAuth). Proxies without user names are asked again without one.
    bool separateCircuits = true;
    /// The Tor that was started with this program, on a port that differs each time: whoever started it tells the pool.
    bool ownTor = false;

    bool leadsNowhere() const { return port == 0; }

    /// For a setting that cannot be read: silence, not a way around the proxy.
    static ProxySettings nowhere() { return {}; }

    static ProxySettings tor() { return {{}, 0, true, true}; }

    /// "tor", "socks5://HOST:PORT" or "socks5h://HOST:PORT"; both resolve names at the proxy.
    static Result<ProxySettings, ProxyError> parse(std::string_view text);
    std::string text() const;

    friend bool operator==(const ProxySettings &, const ProxySettings &) = default;
};

} // namespace tacet::relay
