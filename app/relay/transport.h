#pragma once
// A text channel to one relay. WebSocketTransport is the real one, tests/support/fake_transport.h the
// scripted one; Connection knows neither.
#include "app/relay/proxy.h"
#include "app/relay/relay_url.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tacet::relay {

/// Largest message taken from a relay: well above what relays take of strangers (strfry: 131,072), or one of those would end
/// every socket that reads its mailbox.
inline constexpr std::size_t kMaximumIncoming = 1024 * 1024;

enum class TransportError {
    HostNotFound,
    NoAnswer, ///< refused, reset, timed out
    TlsFailed, ///< certificate or handshake
    NotARelay, ///< it answered, and not with a WebSocket (redirects too: none is followed)
    ProxyDown,
    ProxyRefused, ///< the proxy wants no user name, or another one: separate circuits are not to be had
    Misbehaved, ///< frames against RFC 6455, or too large
    NeedsTor, ///< an onion address, and no proxy is set
    PrivateAddress, ///< a public name that leads into the local network
};

/// A short English word for logs; people get a sentence of app/session/trouble_text.h.
std::string_view wordFor(TransportError error);

class Transport {
public:
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void transportOpened() = 0;
        virtual void transportReceived(std::string_view text) = 0;
        virtual void transportPonged() = 0;
        /// After this nothing more comes; `reason` may hold the relay's words.
        virtual void transportEnded(std::optional<TransportError> error, std::string_view reason) = 0;
    };

    virtual ~Transport() = default;
    virtual void send(std::string_view text) = 0;
    virtual void ping() = 0;
    /// Bytes handed to send() that have not left yet.
    virtual std::size_t unsentBytes() const = 0;
};

struct TransportOptions {
    RelayUrl url;
    std::optional<ProxySettings> proxy; ///< set: through it or not at all
    /// SOCKS user name that keeps this socket on a circuit of its own; empty: none.
    std::string circuit;
    /// A name that resolves to a private address is refused: the address came from someone else.
    bool refusePrivateAddresses = false;
};

/// Opens at once; the listener hears of it later, never from inside this call. Destroying the transport closes
/// it and the listener hears nothing more; a listener may destroy it from inside a callback.
using TransportFactory = std::function<std::unique_ptr<Transport>(const TransportOptions &, Transport::Listener &)>;

} // namespace tacet::relay
