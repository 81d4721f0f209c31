#include "app/relay/network_way.h"

#include <QTimer>
#include <QUrl>

#include <algorithm>

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

void findWay(const TransportOptions &options, const NameLookup &names, QObject *context, std::function<void(const Way &)> then)
{
    const auto none = noWayTo(options.url, options.proxy);
    if (none || options.proxy || !options.refusePrivateAddresses) {
        QTimer::singleShot(0, context, [none, then = std::move(then)] { then({none, {}}); });
        return;
    }
    names(options.url.host(), context, [then = std::move(then)](const NameAnswer &answer) {
        const bool allPublic = std::all_of(answer.addresses.begin(), answer.addresses.end(),
                                           [](const std::string &address) { return hostKindOf(address) == HostKind::Public; });
        if (answer.addresses.empty())
            return then({NoWay{TransportError::HostNotFound, answer.trouble}, {}});
        if (!allPublic)
            return then({NoWay{TransportError::PrivateAddress, "its name leads into a local network"}, {}});
        then({std::nullopt, answer.addresses});
    });
}

QNetworkRequest httpRequestTo(const RelayUrl &relay, const std::vector<std::string> &checked)
{
    QUrl url(QString::fromStdString(relay.text()), QUrl::StrictMode);
    url.setScheme(relay.isEncrypted() ? u"https"_s : u"http"_s);
    // Qt looks the name up once more, and may hear of another address (it keeps an answer for a minute, so this takes a
    // name that changes at the right moment). With TLS the name has to stay, for the certificate: what such a name leads
    // to sees a TLS greeting and no request, since nobody there has a certificate for it.
    if (checked.empty() || relay.isEncrypted())
        return QNetworkRequest(url);
    // One only: IPv4 where there is any, because an IPv6 address may be known and lead nowhere.
    const auto four = std::find_if(checked.begin(), checked.end(),
                                   [](const std::string &address) { return address.find(':') == std::string::npos; });
    const QByteArray named = url.authority(QUrl::FullyEncoded).toLatin1();
    url.setHost(QString::fromStdString(four != checked.end() ? *four : checked.front()));
    QNetworkRequest request(url);
    request.setRawHeader("Host", named);
    return request;
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
