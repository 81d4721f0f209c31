#include "app/session/own_relay.h"

#include "app/session/profile_gate.h"
#include "app/vault/durable_file.h"

#include <charconv>

namespace tacet::session {
namespace {

constexpr std::size_t kMaxPortFile = 16;

/// What strangers may do to this computer's disk: through Tor all together, in an opened local network each address. A
/// day of it is 350 MB, more than 50,000 messages, at once 2,500, and in all it takes no more than 4 GB. Nothing goes for its
/// age: what waits for somebody who is away for long stays, and whoever wants to fill it would date ahead.
constexpr double kGuestBytesPerSecond = 4 * 1024;
constexpr double kGuestBytesAtOnce = 16 * 1024 * 1024;
constexpr std::int64_t kStoreBytes = std::int64_t(4) * 1024 * 1024 * 1024;

chat::Trouble troubleFrom(const relayd::HostedRelay::Failure &failure)
{
    // Its port cannot be chosen here, as the words of tacet-relay would have it.
    const QString why = failure.error == relayd::RelayServerError::PortInUse
                            ? QStringLiteral("Another program is using its port.")
                            : QString::fromStdString(relayd::wordsFor(failure.error, failure.store));
    return {chat::TroubleCode::OwnRelayNotStarted, why, 0};
}

} // namespace

chat::Outcome<QString> OwnRelay::startFresh()
{
    if (m_relay.isRunning())
        return url();
    if (const auto started = start(rememberedPort().value_or(0)); !started)
        return fail(started.error());
    return url();
}

void OwnRelay::resume()
{
    if (const auto port = rememberedPort(); port && !m_relay.isRunning())
        (void)start(*port); // on failure its own row in the ledger says "unreachable" and why
}

void OwnRelay::share(bool withLocalNetwork)
{
    if (m_shared == withLocalNetwork)
        return;
    m_shared = withLocalNetwork;
    if (!m_relay.isRunning())
        return;
    m_relay.stop();
    resume();
}

QString OwnRelay::url() const
{
    const auto port = rememberedPort();
    return port ? QStringLiteral("ws://127.0.0.1:%1").arg(*port) : QString();
}

chat::Outcome<Done> OwnRelay::start(quint16 port)
{
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    if (error)
        return chat::trouble(chat::TroubleCode::DiskError, QString::fromStdString(m_folder.string()));
    relayd::RelayServerOptions options;
    options.address = m_shared ? QHostAddress(QHostAddress::Any) : QHostAddress(QHostAddress::LocalHost);
    options.port = port;
    options.folder = m_folder;
    options.torPort = m_torPort;
    options.limits.bytesPerSecond = kGuestBytesPerSecond;
    options.limits.bytesBurst = kGuestBytesAtOnce;
    options.limits.storeBytes = kStoreBytes;
    const auto started = m_relay.start(options);
    if (!started)
        return fail(troubleFrom(started.error()));
    m_torPort = m_relay.torPort();
    if (port == 0) {
        const std::string text = std::to_string(started->port());
        if (const auto written = vault::writeDurably(m_folder / "port", crypto::asBytes(text)); !written) {
            m_relay.stop();
            return fail(session::troubleFrom(written.error()));
        }
    }
    return Done{};
}

std::optional<quint16> OwnRelay::rememberedPort() const
{
    const auto bytes = vault::readWhole(m_folder / "port", kMaxPortFile);
    if (!bytes)
        return std::nullopt;
    const char *begin = reinterpret_cast<const char *>(bytes->data());
    quint16 port = 0;
    const auto [end, error] = std::from_chars(begin, begin + bytes->size(), port);
    if (error != std::errc() || end != begin + bytes->size() || port == 0)
        return std::nullopt;
    return port;
}

} // namespace tacet::session
