// The half of EngineHost that gives the small relay of this computer an address through Tor.
#include "app/session/engine_host.h"
#include "app/session/onion_address.h"
#include "app/vault/profile_rows.h"
#include "app/vault/relay_rows.h"
#include "app/vault/transaction.h"

#include <algorithm>

namespace tacet::session {
namespace {

using namespace Qt::StringLiterals;
using chat::Outcome;
using chat::trouble;
using chat::TroubleCode;

QString readText(vault::Database &database, std::string_view name)
{
    vault::Snapshot snapshot(database);
    const auto text = vault::readSettingText(database, name);
    return snapshot.finish() && text ? QString::fromStdString(*text) : QString();
}

bool readsAt(chat::ChatEngine &engine, const QString &url)
{
    const auto relays = engine.relays();
    return relays && std::any_of(relays->begin(), relays->end(), [&url](const chat::RelayInfo &relay) { return relay.own && relay.url == url; });
}

} // namespace

bool EngineHost::isOwnRelay(const QString &url) const
{
    return url == m_ownRelay.url() || (!m_onion.isEmpty() && url == m_onion);
}

void EngineHost::torCame()
{
    if (m_choosesRelays && m_session)
        chooseRelays();
}

void EngineHost::publishAgain()
{
    tor::ControlPort *control = m_tor ? m_tor->program().control() : nullptr;
    if (!control || !m_session || m_onion.isEmpty() || !readsAt(m_session->engine(), m_onion))
        return;
    // A restored profile has the address, and perhaps no relay of its own yet.
    const auto url = m_ownRelay.startFresh();
    noteOwnRelay();
    if (!url)
        return; // its own row in the ledger says why
    const QByteArray key = readText(m_session->database(), kOnionKeySetting).toLatin1();
    tor::publishOnion(*control, key, m_ownRelay.torPort(), [](const auto &) { }); // refused where it is published already
}

void EngineHost::publishOwnRelay(std::function<void(Outcome<chat::RelayInfo>)> then)
{
    tor::ControlPort *control = m_tor ? m_tor->program().control() : nullptr;
    if (!m_session)
        return then(trouble(TroubleCode::Locked));
    if (!control)
        return then(trouble(TroubleCode::TorNotReady));
    const auto url = m_ownRelay.startFresh();
    noteOwnRelay();
    if (!url)
        return then(fail(url.error()));
    if (!m_onion.isEmpty()) // Tor knows it since it came; it may have been taken out of the list
        tor::withdrawOnion(*control, m_onion.section(u"://"_s, 1));
    const QByteArray key = readText(m_session->database(), kOnionKeySetting).toLatin1();
    tor::publishOnion(*control, key, m_ownRelay.torPort(),
                      [this, then = std::move(then)](const Result<tor::OnionService, QString> &made) {
                          if (!m_session)
                              return then(trouble(TroubleCode::Locked));
                          then(made ? keepOnion(*made) : Outcome<chat::RelayInfo>(trouble(TroubleCode::TorNotReady, made.error())));
                      });
}

Outcome<chat::RelayInfo> EngineHost::keepOnion(const tor::OnionService &service)
{
    const QString url = u"ws://"_s + service.host;
    vault::Transaction transaction(m_session->database());
    vault::writeSetting(m_session->database(), kOnionKeySetting, std::string_view(service.key.toStdString()));
    vault::writeSetting(m_session->database(), kOnionAddressSetting, std::string_view(url.toStdString()));
    if (const auto written = transaction.commit(); !written)
        return fail(troubleFrom(written.error()));
    m_onion = url;
    noteOwnRelay();
    chat::ChatEngine &engine = m_session->engine();
    if (const auto added = engine.addRelayUntested(url); !added)
        return fail(added.error());
    // The address that works on this computer alone is of no use to anybody any more.
    if (readsAt(engine, m_ownRelay.url())) {
        if (const auto removed = engine.removeRelay(m_ownRelay.url()); !removed)
            return fail(removed.error());
    }
    chat::RelayInfo info;
    info.url = url;
    info.host = service.host;
    info.thisComputer = true;
    info.own = true;
    return info;
}

} // namespace tacet::session
