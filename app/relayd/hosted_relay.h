#pragma once
// The small relay inside another program, on a thread of its own: nothing that its clients do makes a window wait.
#include "app/relayd/relay_server.h"

#include <QThread>

namespace tacet::relayd {

class HostedRelay {
public:
    HostedRelay() = default;
    ~HostedRelay(); ///< stops
    HostedRelay(const HostedRelay &) = delete;
    HostedRelay &operator=(const HostedRelay &) = delete;

    struct Failure {
        RelayServerError error;
        std::optional<StoreError> store;
    };
    /// Returns when it listens (some milliseconds) or has failed. Precondition: not running.
    Result<relay::RelayUrl, Failure> start(const RelayServerOptions &options);
    void stop();
    bool isRunning() const { return m_server != nullptr; }
    /// Where a Tor beside it may lead strangers. Precondition: running, started with options.torPort.
    quint16 torPort() const { return m_torPort; }
    /// Waits for the relay's thread; call it from a worker, not from a window.
    Result<StoreSummary, StoreError> summary();

private:
    QThread m_thread;
    SystemClock m_clock;
    crypto::SystemRandom m_random;
    std::unique_ptr<RelayServer> m_server; ///< lives on m_thread
    quint16 m_torPort = 0;
};

} // namespace tacet::relayd
