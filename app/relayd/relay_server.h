#pragma once
// The small relay as an object: `tacet-relay` runs one, and the window process hosts one on loopback on a thread
// of its own (HostedRelay). All of it lives on the thread that created it.
#include "app/relay/clock.h"
#include "app/relay/relay_url.h"
#include "app/relayd/client_session.h"
#include "app/relayd/rate.h"

#include <QHostAddress>
#include <QObject>

#include <filesystem>
#include <memory>
#include <unordered_map>

class QTimer;
class QWebSocket;
class QWebSocketServer;

namespace tacet::relayd {

class HttpFront;

struct RelayServerOptions {
    QHostAddress address{QHostAddress::LocalHost};
    quint16 port = 0; ///< 0: any free one; url() tells
    std::filesystem::path folder;
    std::string name = "Tacet relay"; ///< shown in the information document
    bool readingNeedsAuth = true;
    Limits limits;
};

enum class RelayServerError {
    Store, ///< see storeError()
    PortInUse,
    NotAllowed, ///< a port or address that this user may not use
    NoSuchAddress,
    Network,
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
    /// Commits what waits, says goodbye to the clients, closes the port.
    void stop();

    /// ws://HOST:PORT; precondition: started. An address that stands for all is shown as loopback.
    relay::RelayUrl url() const;
    std::size_t clients() const { return m_clients.size(); }
    Result<StoreSummary, StoreError> summary();

private:
    class Client;
    struct Waiting {
        quint64 client; ///< may be gone when the commit is done
        crypto::NostrEvent event;
        std::string json;
        bool stored = false; ///< to be passed on after the commit
        std::string words;
        bool accepted = false;
    };

    void sessionPublished(ClientSession &session, const crypto::NostrEvent &event) override;
    bool sessionMayAct(ClientSession &session) override;
    void welcome(QWebSocket *socket);
    void goodbye(quint64 id);
    void finishGroup();
    void tend();
    Waiting judge(quint64 client, const crypto::NostrEvent &event);
    QByteArray information() const;

    RelayServerOptions m_options;
    const Clock &m_clock;
    crypto::Random &m_random;
    std::unique_ptr<Store> m_store;
    std::optional<StoreError> m_storeError;
    std::unique_ptr<QWebSocketServer> m_upgrades;
    std::unique_ptr<HttpFront> m_front;
    RateLimiter m_rate;
    std::unordered_map<quint64, std::unique_ptr<Client>> m_clients;
    quint64 m_nextClient = 0;
    std::vector<Waiting> m_group;
    std::unique_ptr<QTimer> m_groupTimer;
    std::unique_ptr<QTimer> m_tendTimer;
    std::int64_t m_lastPurge = 0;
};

/// Plain English for standard error and the settings page's details.
std::string wordsFor(RelayServerError error, std::optional<StoreError> store);
std::string wordsFor(StoreError error);

} // namespace tacet::relayd
