#pragma once
// The small relay as an object: `tacet-relay` runs one, and the window process hosts one on loopback on a thread
// of its own (HostedRelay). All of it lives on the thread that created it.
#include "app/relay/clock.h"
#include "app/relay/relay_url.h"
#include "app/relayd/client_socket.h"
#include "app/relayd/rate.h"
#include "app/relayd/relay_words.h"
#include "app/relayd/tls_identity.h"

#include <QHostAddress>
#include <QObject>

#include <filesystem>
#include <memory>
#include <unordered_map>

class QTimer;

namespace tacet::relayd {

class HttpFront;
struct RequestHead;

struct RelayServerOptions {
    QHostAddress address{QHostAddress::LocalHost};
    quint16 port = 0; ///< 0: any free one; url() tells
    std::filesystem::path folder;
    std::string name = "Tacet relay"; ///< shown in the information document
    bool readingNeedsAuth = true;
    Limits limits = {};
    std::optional<TlsFiles> tls = std::nullopt;
    /// A second port on loopback, for a Tor beside it (0: any free one; torPort() tells). Tor brings strangers from this
    /// computer's own address: who comes here is limited, all of them together as one address.
    std::optional<quint16> torPort = std::nullopt;
    /// The hosts under which clients know this relay, as RelayUrl::host() has them: an AUTH must name one. None: whatever the client says
    /// in its Host header, so that a relay in between can pass on what its own visitors sign.
    std::vector<std::string> hosts = {};
};

class RelayServer final : public QObject, private ClientSession::Owner {
    Q_OBJECT
public:
    /// `clock` and `random` outlive the server.
    RelayServer(RelayServerOptions options, const Clock &clock, crypto::Random &random, QObject *parent = nullptr);
    ~RelayServer() override;

    /// Opens the store and listens. May be tried again after a failure.
    Result<Done, RelayServerError> start();
    std::optional<StoreError> storeError() const { return m_storeError; }
    /// Why TLS could not start, as a sentence; after a start also what is worth a warning. Empty: nothing.
    const std::string &tlsWords() const { return m_tlsWords; }
    /// Reads certificate and key again, for connections from now on. On failure the old ones stay: see tlsWords().
    bool reloadTls();

    /// Takes no more clients, commits and answers what came, says goodbye (1001); drained() follows, after some
    /// seconds at the most. Then stop().
    void drain();
    /// At once: commits what waits, says goodbye to the clients, closes the port.
    void stop();

    /// ws://HOST:PORT, wss:// with TLS; precondition: started. An address that stands for all is shown as loopback.
    relay::RelayUrl url() const;
    /// Precondition: started with options.torPort.
    quint16 torPort() const { return *m_options.torPort; }
    std::size_t clients() const { return m_clients.size(); }
    std::size_t unsentBytes() const { return m_backlog.bytes; }
    Result<StoreSummary, StoreError> summary();

Q_SIGNALS:
    void drained();

private:
    struct Waiting {
        quint64 client; ///< may be gone when the commit is done
        crypto::NostrEvent event;
        std::string json;
        bool stored = false; ///< to be passed on after the commit
        std::string words;
        bool accepted = false;
    };

    void sessionPublished(ClientSession &session, const crypto::NostrEvent &event, const std::string &json) override;
    bool sessionMayAct(ClientSession &session, std::size_t publishedBytes) override;
    void sessionAsked(ClientSession &session, std::int64_t operations) override;
    void sessionProved(ClientSession &session, const crypto::NostrPublicKey &key) override;
    bool isLimited(const ClientSocket::Origin &origin) const { return !origin.isLoopback || m_options.limits.limitLoopback; }
    std::unique_ptr<HttpFront> makeFront(const std::optional<QSslConfiguration> &tls, bool forTor);
    Result<Done, RelayServerError> listen(const std::optional<QSslConfiguration> &tls);
    void closeFronts();
    void welcome(QTcpSocket *socket, const RequestHead &head, const QByteArray &early, bool throughTor);
    void goodbye(quint64 id);
    void finishGroup();
    void passOn(const Waiting &waiting);
    void relieve();
    void tend();
    void purge();
    Waiting judge(quint64 client, const crypto::NostrEvent &event, const std::string &json);
    std::optional<QSslConfiguration> readTls();

    RelayServerOptions m_options;
    const Clock &m_clock;
    crypto::Random &m_random;
    std::unique_ptr<Store> m_store;
    std::optional<StoreError> m_storeError;
    std::string m_tlsWords;
    std::unique_ptr<HttpFront> m_front;
    std::unique_ptr<HttpFront> m_torFront; ///< exactly with options.torPort
    RateLimiter m_rate;
    RateLimiter m_byteRate;
    ClientSocket::Backlog m_backlog;
    SnapshotBudget m_snapshots; ///< outlives the clients
    std::unordered_map<quint64, std::unique_ptr<ClientSocket>> m_clients;
    /// Who proved a mailbox's key: a new envelope is offered to these alone, not to a thousand sockets.
    std::multimap<crypto::NostrPublicKey, quint64> m_readers;
    quint64 m_nextClient = 0;
    bool m_draining = false;
    std::vector<Waiting> m_group;
    std::unique_ptr<QTimer> m_groupTimer;
    std::unique_ptr<QTimer> m_tendTimer;
    std::int64_t m_lastPurge = 0;
};

} // namespace tacet::relayd
