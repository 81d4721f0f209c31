#include "app/session/tor_way.h"

namespace tacet::session {

TorWay::TorWay(std::filesystem::path folder, Machinery &machinery)
    : m_machinery(machinery), m_program(std::move(folder), machinery.random)
{
    connect(&m_program, &tor::TorProgram::statusChanged, this, [this](const tor::TorStatus &status) {
        const bool ready = status.state == tor::TorState::Ready;
        m_machinery.relays.setOwnTorPort(ready ? std::optional(status.socksPort) : std::nullopt);
        Q_EMIT changed(status);
    });
}

TorWay::~TorWay()
{
    m_program.disconnect(this);
    m_machinery.relays.setOwnTorPort(std::nullopt); // before it ends: nobody may take its port and be trusted
}

void TorWay::follow(const QString &proxy)
{
    const auto settings = relay::ProxySettings::parse(proxy.toStdString());
    if (settings && settings->ownTor)
        m_program.start();
    else
        m_program.stop();
}

} // namespace tacet::session
