#include "app/relayd/hosted_relay.h"

namespace tacet::relayd {

HostedRelay::~HostedRelay()
{
    stop();
}

Result<relay::RelayUrl, HostedRelay::Failure> HostedRelay::start(const RelayServerOptions &options)
{
    m_thread.setObjectName(QStringLiteral("relay"));
    m_thread.start();
    auto server = std::make_unique<RelayServer>(options, m_clock, m_random);
    server->moveToThread(&m_thread);
    std::optional<Result<relay::RelayUrl, Failure>> outcome;
    RelayServer *raw = server.get();
    QMetaObject::invokeMethod(
        raw,
        [&] {
            if (const auto started = raw->start(); started) {
                outcome.emplace(raw->url());
                m_torPort = options.torPort ? raw->torPort() : 0;
            } else
                outcome.emplace(fail(Failure{started.error(), raw->storeError()}));
        },
        Qt::BlockingQueuedConnection);
    m_server = std::move(server);
    if (!outcome->ok())
        stop();
    return std::move(*outcome);
}

void HostedRelay::stop()
{
    if (!m_server)
        return;
    RelayServer *raw = m_server.release();
    QMetaObject::invokeMethod(
        raw,
        [raw] {
            raw->stop();
            raw->deleteLater(); // on its own thread, which ends after it
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

Result<StoreSummary, StoreError> HostedRelay::summary()
{
    std::optional<Result<StoreSummary, StoreError>> outcome;
    if (m_server)
        QMetaObject::invokeMethod(m_server.get(), [&] { outcome.emplace(m_server->summary()); }, Qt::BlockingQueuedConnection);
    return outcome ? std::move(*outcome) : Result<StoreSummary, StoreError>(fail(StoreError::Io));
}

} // namespace tacet::relayd
