#include "app/relay/network_way.h"

namespace tacet::relay {

using namespace Qt::StringLiterals;

std::optional<NoWay> noWayTo(const RelayUrl &relay, const std::optional<ProxySettings> &proxy)
{
    if (proxy && proxy->leadsNowhere() && proxy->ownTor)
        return NoWay{TransportError::ProxyDown, "Tor is not connected yet, so nothing is sent"};
    if (proxy && proxy->leadsNowhere())
        return NoWay{TransportError::ProxyDown, "the address of the proxy cannot be read, so nothing is sent"};
    // Without Tor the name would go to a resolver, which would learn who is looked for (RFC 7686 §2).
    if (!proxy && relay.hostKind() == HostKind::Onion)
        return NoWay{TransportError::NeedsTor, "an onion address is reached through Tor only, and no proxy is set"};
    return std::nullopt;
}

QNetworkProxy networkProxy(const std::optional<ProxySettings> &proxy, const std::string &circuit)
{
    if (!proxy)
        return QNetworkProxy(QNetworkProxy::NoProxy);
    QNetworkProxy socks(QNetworkProxy::Socks5Proxy, QString::fromStdString(proxy->host), proxy->port,
                        QString::fromStdString(circuit), circuit.empty() ? QString() : u"tacet"_s);
    // Qt's default for SOCKS5, said aloud.
    socks.setCapabilities(QNetworkProxy::TunnelingCapability | QNetworkProxy::HostNameLookupCapability);
    return socks;
}

std::string_view wordsThroughProxy(QAbstractSocket::SocketError error)
{
    using Socket = QAbstractSocket;
    switch (error) {
    case Socket::ProxyConnectionRefusedError:
        return "nobody listens at the address of the proxy";
    case Socket::ProxyConnectionTimeoutError:
        return "the proxy did not answer in time";
    case Socket::ProxyNotFoundError:
        return "the name of the proxy was not found";
    case Socket::ProxyConnectionClosedError:
        return "the proxy ended the connection";
    case Socket::ProxyProtocolError:
        return "what answers at the address of the proxy is no SOCKS5 proxy";
    case Socket::ProxyAuthenticationRequiredError:
        return "the proxy does not take this user name";
    case Socket::HostNotFoundError:
        return "the proxy cannot find this relay";
    case Socket::ConnectionRefusedError:
        return "the proxy reached the relay's computer, and no relay answers there";
    case Socket::SocketAccessError:
        return "the proxy's rules forbid this address";
    case Socket::UnsupportedSocketOperationError:
        return "the proxy cannot open this kind of connection";
    case Socket::NetworkError:
    case Socket::UnknownSocketError: // a code that is not in RFC 1928: Tor has some for onion services
        return "the proxy found no way to this relay";
    case Socket::SocketTimeoutError:
        return "nobody answered through the proxy in time";
    case Socket::RemoteHostClosedError:
        return "the connection through the proxy was cut";
    default:
        return {};
    }
}

} // namespace tacet::relay
