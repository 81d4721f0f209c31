#include "app/session/engine_host.h"

#include "app/session/onion_address.h"
#include "app/vault/profile_rows.h"
#include "app/vault/relay_rows.h"
#include "app/vault/transaction.h"

#include <QDir>

#include <algorithm>

namespace tacet::session {
namespace {

using chat::Outcome;
using chat::trouble;
using chat::TroubleCode;

/// The third wrong try brings a wait of 5 s, each further one twice as long, up to five minutes. Argon2id is the guard against a stolen disk; this
/// is one against a hand at the keyboard.
constexpr int kFreeEntries = 3;
constexpr qint64 kFirstWaitMs = 5'000;
constexpr qint64 kLongestWaitMs = 300'000;

constexpr std::string_view kOwnRelaySetting = "own_relay"; ///< the address that this profile's small relay had last
constexpr std::string_view kRecoverySetting = "recovery_unproved"; ///< 1: a recovery code was shown, and nobody typed from it

qint64 waitAfter(int wrongEntries)
{
    if (wrongEntries < kFreeEntries)
        return 0;
    return std::min(kLongestWaitMs, kFirstWaitMs << std::min(wrongEntries - kFreeEntries, 10));
}

Outcome<Done> writeRecoveryUnproved(vault::Database &database, bool unproved)
{
    vault::Transaction transaction(database);
    vault::writeSetting(database, kRecoverySetting, std::int64_t{unproved});
    if (const auto written = transaction.commit(); !written)
        return fail(troubleFrom(written.error()));
    return Done{};
}

bool readRecoveryUnproved(vault::Database &database)
{
    vault::Snapshot snapshot(database);
    const auto unproved = vault::readSettingInteger(database, kRecoverySetting);
    return snapshot.finish() && unproved.value_or(0) != 0;
}

} // namespace

EngineHost::EngineHost(vault::ProfilePaths paths)
    : m_gate(paths, m_machinery.random), m_ownRelay(paths.folder / "relay")
{
}

EngineHost::~EngineHost()
{
    m_relayChoice.reset();
    if (m_session) {
        Q_EMIT closing();
        m_session->engine().stop();
    }
    m_session.reset();
    m_receiver.reset();
}

void EngineHost::begin()
{
    // A second process never gets here with a window: it hands its link over. A profile held by a command line is
    // told to the user, who can try again.
    m_lockTrouble = {};
    if (const auto locked = m_gate.takeLock(); !locked) {
        m_lockTrouble = locked.error();
    } else if (m_gate.status().opensWithoutLock) {
        auto key = m_gate.unlockWithoutLock();
        const auto opened = key ? open(std::move(key).value()) : Outcome<Done>(fail(key.error()));
        if (!opened)
            m_entryTrouble = opened.error();
    } else {
        m_entryTrouble = {};
    }
    announce();
}

Outcome<NewProfileKeys> EngineHost::createFilled(const LockChoice &choice, const ProfileGate::Fill &fill)
{
    if (const auto locked = m_gate.takeLock(); !locked)
        return fail(locked.error());
    m_lockTrouble = {};
    return m_gate.create(choice, [&](vault::Database &database) -> Outcome<Done> {
        if (const auto filled = fill(database); !filled)
            return fail(filled.error());
        return writeRecoveryUnproved(database, !choice.withoutLock); // a backup says what was true where it was made
    });
}

QStringList EngineHost::codeGroups(const crypto::SecretBuffer &code)
{
    // A recovery code is shown to a person: here it becomes text.
    const crypto::ByteView bytes = code.view();
    const QString text = QString::fromLatin1(reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    return text.isEmpty() ? QStringList() : text.split(u'-');
}

Outcome<Created> EngineHost::create(const CreateProfile &request)
{
    LockChoice choice;
    choice.passphrase = request.passphrase.clone();
    choice.withoutLock = request.withoutLock;

    chat::NewProfile profile{request.name, request.relays, request.proxy};
    auto made = createFilled(choice, [&](vault::Database &database) {
        return chat::ChatEngine::createProfile(database, profile, m_machinery.clock, m_machinery.random);
    });
    if (!made)
        return fail(made.error());
    Created created{codeGroups(made->recoveryCode)};
    if (const auto opened = open(std::move(made->key)); !opened)
        return fail(opened.error());
    if (request.relays.isEmpty())
        chooseRelays();
    return created;
}

Outcome<Done> EngineHost::unlock(const crypto::SecretBuffer &passphrase)
{
    return openCounting([&] { return m_gate.unlock(passphrase); });
}

Outcome<Done> EngineHost::unlockWithRecoveryCode(const crypto::SecretBuffer &code)
{
    return openCounting([&] { return m_gate.unlockWithRecoveryCode(code); }, true);
}

Outcome<Done> EngineHost::unlockWithKeychain(crypto::FixedView<32> secret)
{
    auto key = m_gate.unlockWithKeychain(secret);
    if (!key)
        return fail(key.error());
    return open(std::move(key).value());
}

Outcome<Done> EngineHost::openCounting(const std::function<Outcome<vault::VaultKey>()> &entry, bool recoveryProved)
{
    const qint64 now = m_machinery.clock.steadyMs();
    if (now < m_nextEntryMs)
        return trouble(TroubleCode::SlowDown, {}, (m_nextEntryMs - now + 999) / 1000);
    auto key = entry(); // not before: a try that does not count costs no Argon2id
    if (!key) {
        chat::Trouble wrong = key.error();
        if (wrong.code == TroubleCode::WrongPassphrase || wrong.code == TroubleCode::WrongRecoveryCode) {
            const qint64 wait = waitAfter(++m_wrongEntries);
            m_nextEntryMs = m_machinery.clock.steadyMs() + wait;
            wrong.number = wait / 1000;
        }
        return fail(wrong);
    }
    return open(std::move(key).value(), recoveryProved);
}

Outcome<Done> EngineHost::open(vault::VaultKey key, bool recoveryProved)
{
    if (m_session)
        return Done{};
    if (const auto locked = m_gate.takeLock(); !locked)
        return fail(locked.error());
    m_lockTrouble = {};
    auto database = m_gate.openWriter(key);
    if (!database)
        return fail(database.error());

    // From here on the engine listens; what the receiver sealed until now is read first.
    const bool received = m_receiver != nullptr;
    m_receiver.reset();
    auto session = std::make_unique<Session>(std::move(database).value(), m_machinery,
                                             [this](const chat::Fact &fact) { forward(fact); });
    m_ownRelay.resume();
    const auto adopted = adoptOwnRelay(session->database()); // tried again at the next start where it fails
    m_onion = onionAddressOf(session->database());
    if (recoveryProved)
        static_cast<void>(writeRecoveryUnproved(session->database(), false)); // a failure: it is asked once more
    m_recoveryUnproved = readRecoveryUnproved(session->database());
    noteOwnRelay();
    auto begun = followProxy(session->engine());
    if (begun)
        begun = session->engine().start();
    if (!begun) {
        if (received)
            receiveAfter(std::move(session)); // locked, as before
        announce();
        return fail(begun.error());
    }
    const auto drained = session->engine().drainSpool(m_gate.paths().spool());
    m_session = std::move(session);
    m_key.emplace(std::move(key));
    m_wrongEntries = 0;
    m_entryTrouble = {};
    publishAgain();
    Q_EMIT opened();
    announce();
    if (!drained) // nothing is lost: the file stays and is read at the next unlock
        Q_EMIT fact(chat::Noticed{static_cast<int>(drained.error().code), drained.error().detail, std::nullopt});
    if (!adopted)
        Q_EMIT fact(chat::Noticed{static_cast<int>(adopted.error().code), adopted.error().detail, std::nullopt});
    if (const QString stopped = std::exchange(m_stoppedBackup, {}); !stopped.isEmpty())
        Q_EMIT fact(chat::Noticed{static_cast<int>(TroubleCode::BackupStopped), stopped, std::nullopt});
    // Chosen so, or brought by a backup that another proxy was chosen for.
    if (const QString lost = onionWithoutTor(m_session->database()); !lost.isEmpty())
        Q_EMIT fact(chat::Noticed{static_cast<int>(TroubleCode::OnionWithoutTor), lost, std::nullopt});
    return Done{};
}

void EngineHost::lock()
{
    if (!m_session)
        return;
    m_relayChoice.reset();
    Q_EMIT closing();
    receiveAfter(std::move(m_session));
    m_key.reset();
    announce();
}

void EngineHost::receiveAfter(std::unique_ptr<Session> session)
{
    auto state = session->engine().lockedState();
    session->engine().stop();
    session.reset();
    if (!state)
        return; // the status says that nothing is received
    m_receiver = std::make_unique<chat::LockedReceiver>(std::move(state).value(), m_gate.paths().spool(), m_machinery.relays,
                                                        m_machinery.clock, m_machinery.timers, m_machinery.random,
                                                        [this] { Q_EMIT sealedMessageArrived(); });
    m_receiver->start();
}

Outcome<QString> EngineHost::setAside()
{
    m_relayChoice.reset();
    if (m_session) {
        Q_EMIT closing();
        m_session->engine().stop();
        m_session.reset();
        m_key.reset();
    }
    m_receiver.reset();
    m_ownRelay.stop();
    m_onion.clear();
    noteOwnRelay();
    m_choosesRelays = false;
    m_stoppedBackup.clear();
    torWay().follow({}); // its folder moves
    if (const auto locked = m_gate.takeLock(); !locked)
        return fail(locked.error());
    auto folder = m_gate.setAside(m_machinery.clock);
    m_wrongEntries = 0;
    m_nextEntryMs = 0;
    if (const auto locked = m_gate.takeLock(); !locked)
        m_lockTrouble = locked.error();
    announce();
    return folder;
}

Outcome<Done> EngineHost::changePassphrase(const crypto::SecretBuffer &current, const crypto::SecretBuffer &next)
{
    auto changed = m_gate.changePassphrase(current, next);
    if (changed)
        announce();
    return changed;
}

Outcome<Done> EngineHost::setKeychain(const std::optional<crypto::SecretBytes<32>> &secret)
{
    if (!m_key)
        return trouble(TroubleCode::Locked);
    auto changed = m_gate.setKeychain(*m_key, secret);
    if (changed)
        announce();
    return changed;
}

Outcome<QStringList> EngineHost::renewRecoveryCode()
{
    if (!m_key)
        return trouble(TroubleCode::Locked);
    const bool before = m_recoveryUnproved;
    if (const auto kept = keepRecoveryUnproved(true); !kept) // first: a code that is lost must not look kept
        return fail(kept.error());
    const auto code = m_gate.renewRecoveryCode(*m_key);
    if (!code) {
        static_cast<void>(keepRecoveryUnproved(before)); // a failure: the old code is asked about once more
        return fail(code.error());
    }
    return codeGroups(*code);
}

Outcome<Done> EngineHost::confirmRecoveryCode()
{
    return keepRecoveryUnproved(false);
}

Outcome<Done> EngineHost::keepRecoveryUnproved(bool unproved)
{
    if (!m_session)
        return trouble(TroubleCode::Locked);
    if (const auto written = writeRecoveryUnproved(m_session->database(), unproved); !written)
        return fail(written.error());
    if (std::exchange(m_recoveryUnproved, unproved) != unproved)
        announce();
    return Done{};
}

Outcome<chat::ChatEngine *> EngineHost::engine()
{
    if (!m_session)
        return trouble(TroubleCode::Locked);
    return &m_session->engine();
}

ProfileStatus EngineHost::status() const
{
    const GateStatus gate = m_gate.status();
    ProfileStatus status;
    status.state = m_session ? ProfileState::Open : gate.exists ? ProfileState::Locked : ProfileState::Absent;
    status.folder = QString::fromStdString(m_gate.paths().folder.string());
    status.hasPassphrase = gate.hasPassphrase;
    status.hasKeychain = gate.hasKeychain;
    status.receivingWhileLocked = m_receiver != nullptr;
    status.recoveryUnproved = m_session && m_recoveryUnproved;
    status.trouble = m_lockTrouble.code != TroubleCode::None ? m_lockTrouble
        : gate.trouble.code != TroubleCode::None             ? gate.trouble
                                                             : m_entryTrouble;
    return status;
}

Outcome<chat::RelayInfo> EngineHost::useOwnRelay()
{
    auto running = engine();
    if (!running)
        return fail(running.error());
    const auto url = m_ownRelay.startFresh();
    noteOwnRelay();
    if (!url)
        return fail(url.error());
    if (const auto added = (*running)->addRelayUntested(*url); !added)
        return fail(added.error());
    vault::Transaction transaction(m_session->database());
    vault::writeSetting(m_session->database(), kOwnRelaySetting, std::string_view(url->toStdString()));
    if (const auto written = transaction.commit(); !written)
        return fail(troubleFrom(written.error()));
    chat::RelayInfo info;
    info.url = *url;
    info.thisComputer = true;
    info.own = true;
    return info;
}

TorWay &EngineHost::torWay()
{
    if (!m_tor) { // not in the constructor, which runs on another thread
        m_tor = std::make_unique<TorWay>(m_gate.paths().tor(), m_machinery);
        connect(&m_tor->program(), &tor::TorProgram::controlOpened, this, &EngineHost::publishAgain);
        connect(m_tor.get(), &TorWay::changed, this, [this](const tor::TorStatus &status) {
            Q_EMIT torChanged(status);
            if (status.state == tor::TorState::Ready)
                torCame();
        });
    }
    return *m_tor;
}

Outcome<Done> EngineHost::followProxy(chat::ChatEngine &engine)
{
    const auto settings = engine.settings();
    if (!settings)
        return fail(settings.error());
    torWay().follow(settings->proxy);
    return Done{};
}

void EngineHost::findTor(std::function<void(TorHere)> then)
{
    m_torFinder = std::make_unique<tor::TorFinder>();
    m_torFinder->find(tor::TorFinder::usualPorts(), [then = std::move(then)](quint16 port) {
        then({port, !tor::TorProgram::installed().isEmpty()});
    });
}

void EngineHost::noteOwnRelay()
{
    // Only while it runs here: on a port that somebody else took, somebody else would hear us beside the proxy.
    std::optional<relay::Pool::OwnRelay> running;
    if (const auto url = relay::RelayUrl::parse(m_ownRelay.url().toStdString()); url && m_ownRelay.isRunning()) {
        running = {*url, std::nullopt};
        if (const auto onion = relay::RelayUrl::parse(m_onion.toStdString()))
            running->onion = *onion;
    }
    m_machinery.relays.setOwnRelay(running);
}

Outcome<Done> EngineHost::adoptOwnRelay(vault::Database &database)
{
    // A restored profile names the small relay of the computer that it was backed up on. Here nobody answers there: the
    // one of this computer takes its place, before anybody is told an address.
    vault::Transaction transaction(database);
    const auto remembered = vault::readSettingText(database, kOwnRelaySetting);
    const auto own = vault::readRelays(database);
    if (!remembered || *remembered == m_ownRelay.url().toStdString()
        || std::find(own.begin(), own.end(), *remembered) == own.end()) // the user took it out of the list
        return Done{};
    const auto url = m_ownRelay.startFresh();
    if (!url)
        return fail(url.error());
    chat::ChatEngine::replaceOwnRelay(database, *remembered, url->toStdString(), m_machinery.clock.wallMs());
    vault::writeSetting(database, kOwnRelaySetting, std::string_view(url->toStdString()));
    if (const auto written = transaction.commit(); !written)
        return fail(troubleFrom(written.error()));
    return Done{};
}

Outcome<QList<chat::RelayInfo>> EngineHost::relays()
{
    auto running = engine();
    if (!running)
        return fail(running.error());
    auto list = (*running)->relays();
    if (list) {
        for (chat::RelayInfo &relay : *list)
            relay.thisComputer = isOwnRelay(relay.url);
    }
    return list;
}

Outcome<Done> EngineHost::changeSettings(const chat::Settings &settings)
{
    auto running = engine();
    if (!running)
        return fail(running.error());
    auto changed = (*running)->changeSettings(settings);
    if (changed) {
        m_ownRelay.share(settings.shareOwnRelay);
        noteOwnRelay();
        torWay().follow(settings.proxy);
    }
    return changed;
}

Outcome<BackupRecord> EngineHost::backupRecord()
{
    if (!m_session)
        return trouble(TroubleCode::Locked);
    vault::Snapshot snapshot(m_session->database());
    BackupRecord record = readBackupRecord(m_session->database());
    if (const auto read = snapshot.finish(); !read)
        return fail(troubleFrom(read.error()));
    return record;
}

Outcome<Done> EngineHost::keepBackupRecord(const BackupRecord &record)
{
    if (!m_session)
        return trouble(TroubleCode::Locked);
    vault::Transaction transaction(m_session->database());
    writeBackupRecord(m_session->database(), record);
    m_session->database().leaveNoResidue(); // what was deleted while the backup looked at older pages
    if (const auto written = transaction.commit(); !written)
        return fail(troubleFrom(written.error()));
    return Done{};
}

Outcome<Done> EngineHost::keepBackupFailure(BackupFailure failure)
{
    auto record = backupRecord();
    if (!record)
        return fail(record.error());
    // A backup that could not be checked stays one, whatever becomes of the next: only a success takes that back.
    const bool isDoubted = record->lastFailure == BackupFailure::Check && record->verifiedMs != 0;
    if (!isDoubted)
        record->lastFailure = failure;
    return keepBackupRecord(*record);
}

void EngineHost::keepBackupStopped(const QString &file)
{
    m_stoppedBackup = file;
    static_cast<void>(keepBackupFailure(BackupFailure::Writing)); // what is told later says the same
}

void EngineHost::chooseRelays()
{
    // Testing relays through a Tor that is not connected would find none.
    const tor::TorState tor = torWay().status().state;
    m_choosesRelays = tor != tor::TorState::Off && tor != tor::TorState::Ready;
    if (m_choosesRelays)
        return;
    m_relayChoice = std::make_unique<RelayChoice>(m_session->engine(), m_machinery.random);
    m_relayChoice->start([this](int chosen) {
        if (chosen > 0)
            return;
        // None of the well-known relays answers: the small relay of this computer, so that the first start needs nobody.
        if (const auto own = useOwnRelay(); !own)
            Q_EMIT fact(chat::Noticed{static_cast<int>(own.error().code), own.error().detail, std::nullopt});
    });
}

void EngineHost::forward(const chat::Fact &fact)
{
    if (const auto *relay = std::get_if<chat::RelayChanged>(&fact)) {
        chat::RelayChanged marked = *relay;
        marked.relay.thisComputer = isOwnRelay(marked.relay.url);
        Q_EMIT this->fact(marked);
        return;
    }
    Q_EMIT this->fact(fact);
}

void EngineHost::announce()
{
    Q_EMIT statusChanged(status());
}

} // namespace tacet::session
