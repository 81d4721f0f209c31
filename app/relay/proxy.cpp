#include "app/relay/proxy.h"

#include "app/relay/relay_url.h"

namespace tacet::relay {
namespace {

constexpr std::string_view kOwnTor = "tor";

} // namespace

Result<ProxySettings, ProxyError> ProxySettings::parse(std::string_view text)
{
    if (text == kOwnTor)
        return tor();
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos)
        return fail(ProxyError::BadScheme);
    const std::string_view scheme = text.substr(0, colon);
    if (scheme != "socks5" && scheme != "socks5h")
        return fail(ProxyError::BadScheme);
    std::string_view rest = text.substr(colon + 3);
    if (!rest.empty() && rest.back() == '/')
        rest.remove_suffix(1);
    // A port is demanded: there is no usual one that both Tor's service and Tor Browser share.
    const std::size_t portAt = rest.find_last_of(':');
    const std::size_t bracket = rest.find(']');
    if (portAt == std::string_view::npos || (bracket != std::string_view::npos && portAt < bracket))
        return fail(ProxyError::BadPort);
    // Host and port follow the rules of any relay address.
    const auto url = RelayUrl::parse("ws://" + std::string(rest));
    if (!url)
        return fail(url.error() == RelayUrlError::BadPort ? ProxyError::BadPort : ProxyError::BadHost);
    if (rest.find_first_of("/?") != std::string_view::npos)
        return fail(ProxyError::BadHost);
    return ProxySettings{url->host(), url->port(), true, false};
}

std::string ProxySettings::text() const
{
    if (ownTor)
        return std::string(kOwnTor);
    const bool six = host.find(':') != std::string::npos;
    return "socks5://" + (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

} // namespace tacet::relay
