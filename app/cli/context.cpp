#include "app/cli/context.h"

#include "app/cli/passphrase.h"
#include "app/session/onion_address.h"
#include "app/session/tor_text.h"
#include "app/session/trouble_text.h"

#include <QTimer>

#include <algorithm>
#include <cstdio>

namespace tacet::cli {

using chat::Outcome;
using chat::TroubleCode;

namespace {

constexpr int kTorMs = 120'000; // a first start fetches the network's whole list
constexpr int kGoodbyeMs = 5'000; // what is under way at a relay gets this long at the end

} // namespace

Context::Context(vault::ProfilePaths paths, QString passphraseFile, QString backupPassphraseFile)
    : m_gate(std::move(paths), m_machinery.random), m_passphraseFile(std::move(passphraseFile)),
      m_backupPassphraseFile(std::move(backupPassphraseFile))
{
    connect(&m_stopSignal, &StopSignal::asked, this, &Context::stop);
}

Context::~Context()
{
    close();
}

Outcome<Answer> Context::run(const Command &command, const QJsonObject &parameters)
{
    if (const auto ready = need(command.needs); !ready)
        return fail(ready.error());
    return command.run(*this, parameters);
}

Outcome<Done> Context::need(Needs needs)
{
    if (needs == Needs::Nothing)
        return Done{};
    if (!m_session) {
        const session::GateStatus status = m_gate.status();
        if (!status.exists)
            return chat::trouble(TroubleCode::NoProfile);
        if (status.trouble.code != TroubleCode::None)
            return fail(status.trouble);
        if (const auto locked = m_gate.takeLock(); !locked)
            return fail(locked.error());
        auto key = [&]() -> Outcome<vault::VaultKey> {
            if (status.opensWithoutLock)
                return m_gate.unlockWithoutLock();
            const auto typed = passphrase(Secret::Profile);
            if (!typed)
                return fail(typed.error());
            return m_gate.unlock(*typed);
        }();
        if (!key)
            return fail(key.error());
        if (const auto opened = open(std::move(key).value()); !opened)
            return opened;
    }
    if ((needs == Needs::Network || m_staysOnline) && !engine().isRunning())
        return start();
    return Done{};
}

Outcome<Done> Context::open(vault::VaultKey key)
{
    auto database = m_gate.openWriter(key);
    if (!database)
        return fail(database.error());
    m_session = std::make_unique<session::Session>(std::move(database).value(), m_machinery, [this](const chat::Fact &fact) {
        if (m_receiver)
            m_receiver(fact);
        Q_EMIT somethingHappened();
    });
    m_key.emplace(std::move(key));
    return engine().load();
}

Outcome<Done> Context::startTor()
{
    const auto settings = engine().settings();
    if (!settings)
        return fail(settings.error());
    const auto proxy = relay::ProxySettings::parse(settings->proxy.toStdString());
    if (!proxy || !proxy->ownTor)
        return Done{};
    m_tor = std::make_unique<session::TorWay>(m_gate.paths().tor(), m_machinery);
    m_tor->follow(settings->proxy);
    if (m_staysOnline) // whoever listens for long has no need to wait first
        return Done{};
    using tor::TorState;
    const auto decided = [this] {
        const TorState state = m_tor->status().state;
        return state == TorState::Ready || state == TorState::Missing || state == TorState::Failed;
    };
    waitUntil(decided, kTorMs);
    // What is written is stored all the same, and leaves once Tor is there.
    if (m_tor->status().state != TorState::Ready)
        std::fprintf(stderr, "%s\n", qPrintable(session::torText(m_tor->status())));
    return Done{};
}

Outcome<Done> Context::start()
{
    if (!m_tor) {
        if (const auto started = startTor(); !started)
            return started;
    }
    if (const auto started = engine().start(); !started)
        return started;
    if (const QString lost = session::onionWithoutTor(database()); !lost.isEmpty())
        std::fprintf(stderr, "%s\n", qPrintable(session::troubleText({TroubleCode::OnionWithoutTor, lost, 0})));
    // What a window sealed while it was locked is read by whoever listens first.
    const auto drained = engine().drainSpool(m_gate.paths().spool());
    return drained ? Outcome<Done>(Done{}) : fail(drained.error());
}

void Context::close()
{
    if (!m_session)
        return;
    if (engine().isRunning()) {
        waitUntil([this] { return engine().isSettled(); }, kGoodbyeMs);
        engine().stop();
    }
    m_session.reset();
    m_tor.reset();
    m_key.reset();
}

Outcome<crypto::SecretBuffer> Context::passphrase(Secret which)
{
    struct Words {
        const char *question;
        const char *again; ///< empty: it is not new
    };
    const Words words = [which]() -> Words {
        switch (which) {
        case Secret::Profile: break;
        case Secret::NewProfile: return {"New passphrase for this profile:", "The passphrase for this profile again:"};
        case Secret::Backup: return {"Passphrase of the backup:", ""};
        case Secret::NewBackup: return {"New passphrase for the backup:", "The passphrase for the backup again:"};
        }
        return {"Passphrase of this profile:", ""};
    }();
    const bool ofBackup = which == Secret::Backup || which == Secret::NewBackup;
    const QString &file = ofBackup && !m_backupPassphraseFile.isEmpty() ? m_backupPassphraseFile : m_passphraseFile;
    if (!file.isEmpty())
        return passphraseFromFile(file);
    const QString option = ofBackup ? QStringLiteral("--backup-passphrase-file") : QStringLiteral("--passphrase-file");
    auto first = passphraseFromTerminal(QLatin1StringView(words.question), option);
    if (!first || *words.again == '\0')
        return first;
    const auto second = passphraseFromTerminal(QLatin1StringView(words.again), option);
    if (!second)
        return fail(second.error());
    const bool same = first->size() == second->size() && sodium_memcmp(first->view().data(), second->view().data(), first->size()) == 0;
    if (!same)
        return chat::trouble(TroubleCode::PassphrasesDiffer);
    return first;
}

bool Context::waitUntil(const std::function<bool()> &done, int milliseconds)
{
    if (done())
        return true;
    QEventLoop loop;
    QTimer limit;
    limit.setSingleShot(true);
    connect(&limit, &QTimer::timeout, &loop, [&loop] { loop.exit(1); });
    limit.start(milliseconds);
    // Not every answer of a relay is a fact; a slow second look finds those.
    QTimer look;
    const auto check = [&] {
        if (done())
            loop.exit(0);
    };
    connect(&look, &QTimer::timeout, &loop, check);
    connect(this, &Context::somethingHappened, &loop, check, Qt::QueuedConnection);
    connect(this, &Context::stopped, &loop, [&loop] { loop.exit(1); });
    look.start(50);
    return loop.exec() == 0;
}

void Context::runUntilStopped()
{
    if (m_stopped)
        return;
    QEventLoop loop;
    connect(this, &Context::stopped, &loop, &QEventLoop::quit);
    loop.exec();
}

void Context::stop()
{
    m_stopped = true;
    Q_EMIT stopped();
}

bool Context::anyRelayConnected()
{
    for (const relay::RelayStatus &status : m_machinery.relays.statuses()) {
        if (status.state == relay::RelayState::Connected || status.state == relay::RelayState::Slow)
            return true;
    }
    return false;
}

bool Context::isCutOff()
{
    const auto statuses = m_machinery.relays.statuses();
    const bool asked = std::any_of(statuses.begin(), statuses.end(),
                                   [](const relay::RelayStatus &status) { return status.state != relay::RelayState::Idle; });
    return !hasRelays() || (asked && !anyRelayConnected());
}

bool Context::hasRelays()
{
    const auto relays = engine().relays();
    return !relays || !relays->isEmpty();
}

chat::Trouble Context::whyNoRelay()
{
    for (const relay::RelayStatus &status : m_machinery.relays.statuses()) {
        if (status.proxyDown)
            return {TroubleCode::ProxyDown, QString::fromStdString(status.lastError), 0};
    }
    return {hasRelays() ? TroubleCode::NoRelayReachable : TroubleCode::NoRelayConfigured, {}, 0};
}

} // namespace tacet::cli
