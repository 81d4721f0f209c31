#pragma once
// The way that a socket takes, the same for WebSockets and HTTP: straight to the relay where no proxy is set, through the
// proxy, or not at all. Whatever opens a socket here asks first.
#include "app/relay/name_lookup.h"
#include "app/relay/proxy.h"
#include "app/relay/relay_url.h"
#include "app/relay/transport.h"

#include <QAbstractSocket>
#include <QNetworkProxy>
#include <QNetworkRequest>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tacet::relay {

struct NoWay {
    TransportError error;
    std::string words;
};

/// Why nothing may be sent to this relay now; nothing where a socket may be opened.
std::optional<NoWay> noWayTo(const RelayUrl &relay, const std::optional<ProxySettings> &proxy);

struct Way {
    std::optional<NoWay> none;
    std::vector<std::string> checked; ///< where the name leads, if that was asked: public addresses, all of them
};

/// The same, and where private addresses are refused also what the name leads to. Through a proxy nothing is looked up
/// here. `then` is called later, and never once `context` is gone.
void findWay(const TransportOptions &options, const NameLookup &names, QObject *context, std::function<void(const Way &)> then);

/// A request by HTTP to the relay's address; without TLS to one of the checked addresses, if there are any.
QNetworkRequest httpRequestTo(const RelayUrl &relay, const std::vector<std::string> &checked);

/// Never the desktop's proxy: the one of the profile, or none, as the user was told. Names are resolved behind it.
/// `circuit` is the user name of RFC 1929; empty: none is offered.
QNetworkProxy networkProxy(const std::optional<ProxySettings> &proxy, const std::string &circuit);

/// What a failure means on a socket that goes through a proxy, in our words: the answer codes of RFC 1928 §6 arrive
/// as errors of Qt, with words in the language of the desktop.
std::string_view wordsThroughProxy(QAbstractSocket::SocketError error);

} // namespace tacet::relay
