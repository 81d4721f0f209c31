#include "app/cli/context.h"

#include "app/cli/passphrase.h"

#include <QTimer>

namespace tacet::cli {

using chat::Outcome;
using chat::TroubleCode;

namespace {

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
            const auto typed = passphrase();
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

Outcome<Done> Context::start()
{
    if (const auto started = engine().start(); !started)
        return started;
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
    m_key.reset();
}

Outcome<crypto::SecretBuffer> Context::passphrase(bool isNew)
{
    if (!m_passphraseFile.isEmpty())
        return passphraseFromFile(m_passphraseFile);
    auto first = passphraseFromTerminal(isNew ? QStringLiteral("New passphrase:") : QStringLiteral("Passphrase:"));
    if (!first || !isNew)
        return first;
    const auto second = passphraseFromTerminal(QStringLiteral("The same again:"));
    if (!second)
        return fail(second.error());
    const bool same = first->size() == second->size() && sodium_memcmp(first->view().data(), second->view().data(), first->size()) == 0;
    if (!same)
        return chat::trouble(TroubleCode::WrongPassphrase);
    return first;
}

Outcome<crypto::SecretBuffer> Context::backupPassphrase()
{
    return m_backupPassphraseFile.isEmpty() ? passphrase() : passphraseFromFile(m_backupPassphraseFile);
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

} // namespace tacet::cli
