#include "app/session/engine_thread.h"

#include "app/session/backup_worker.h"
#include "app/session/engine_thread_calls.h"
#include "app/session/vault_reader.h"

namespace tacet::session {

using chat::Outcome;

EngineThread::EngineThread(vault::ProfilePaths paths, vault::SecretStore &keychain, QObject *parent)
    : SessionFacade(parent), m_keychain(keychain), m_host(std::make_unique<EngineHost>(std::move(paths))),
      m_reader(std::make_unique<VaultReader>()), m_backup(std::make_unique<BackupWorker>())
{
    qRegisterMetaType<chat::Fact>();
    qRegisterMetaType<ProfileStatus>();
    qRegisterMetaType<tor::TorStatus>();
    m_status = m_host->status();
    m_status.keychainAvailable = m_keychain.available();

    m_engineThread.setObjectName(QStringLiteral("engine"));
    m_readerThread.setObjectName(QStringLiteral("reader"));
    m_host->moveToThread(&m_engineThread);
    m_reader->moveToThread(&m_readerThread);

    connect(m_host.get(), &EngineHost::fact, this, &SessionFacade::factStored);
    connect(m_host.get(), &EngineHost::sealedMessageArrived, this, &SessionFacade::sealedMessageArrived);
    connect(m_host.get(), &EngineHost::statusChanged, this, [this](ProfileStatus status) {
        status.keychainAvailable = m_keychain.available();
        m_status = status;
        Q_EMIT profileChanged(m_status);
    });
    connect(m_host.get(), &EngineHost::torChanged, this, [this](const tor::TorStatus &status) {
        m_tor = status;
        Q_EMIT torChanged(m_tor);
    });
    // The reader opens and closes with the vault. Closing waits for the page under way, a fraction of a millisecond, and for a
    // backup until it sees that it is to stop: it may be deriving its key, or waiting for a slow disk.
    connect(m_host.get(), &EngineHost::opened, m_host.get(), [this] {
        auto reading = m_host->gate().openReader(m_host->keyCopy());
        if (!reading)
            return; // pages answer Locked, the window says so; the engine itself goes on
        const auto held = carried(std::move(reading).value());
        QMetaObject::invokeMethod(m_reader.get(), [this, held] { m_reader->open(std::move(*held)); }, Qt::QueuedConnection);
    });
    connect(m_host.get(), &EngineHost::closing, m_host.get(), [this] {
        stopBackup();
        if (m_readerThread.isRunning())
            QMetaObject::invokeMethod(m_reader.get(), [this] { m_reader->close(); }, Qt::BlockingQueuedConnection);
    });
    connect(m_backup.get(), &BackupWorker::progressed, this, &SessionFacade::backupProgressed);
}

EngineThread::~EngineThread()
{
    cancelBackup();
    // The host's sockets, timers and database belong to its thread and end there, while the reader still answers it.
    if (m_engineThread.isRunning()) {
        const auto end = [this] {
            stopBackup(); // while there still is a host to keep what became of it
            m_host.reset();
        };
        QMetaObject::invokeMethod(m_host.get(), end, Qt::BlockingQueuedConnection);
        m_engineThread.quit();
        m_engineThread.wait();
    }
    if (m_readerThread.isRunning()) {
        m_readerThread.quit();
        m_readerThread.wait();
    }
}

void EngineThread::begin()
{
    m_readerThread.start();
    m_engineThread.start();
    QMetaObject::invokeMethod(m_host.get(), [this] { m_host->begin(); }, Qt::QueuedConnection);
}

// --- Profile ---

void EngineThread::tryProfileAgain()
{
    QMetaObject::invokeMethod(m_host.get(), [this] { m_host->begin(); }, Qt::QueuedConnection);
}

void EngineThread::createProfile(CreateProfile request, Reply<Created> reply)
{
    const bool keychain = request.useKeychain && !request.withoutLock;
    const auto held = carried(std::move(request));
    ask<Created>(
        [this, keychain, reply](Outcome<Created> outcome) {
            if (!outcome || !keychain) {
                if (reply)
                    reply(std::move(outcome));
                return;
            }
            // The passphrase works whatever the keychain says; a keychain that refuses costs comfort only.
            const auto created = carried(std::move(outcome));
            setKeychainUnlock(true, [created, reply](const Outcome<Done> &) {
                if (reply)
                    reply(std::move(*created));
            });
        },
        [held](EngineHost &host) { return host.create(*held); });
}

void EngineThread::unlock(crypto::SecretBuffer passphrase, Reply<Done> reply)
{
    const auto held = carried(std::move(passphrase));
    ask<Done>(reply, [held](EngineHost &host) { return host.unlock(*held); });
}

void EngineThread::unlockWithRecoveryCode(crypto::SecretBuffer code, Reply<Done> reply)
{
    const auto held = carried(std::move(code));
    ask<Done>(reply, [held](EngineHost &host) { return host.unlockWithRecoveryCode(*held); });
}

void EngineThread::unlockWithKeychain(Reply<Done> reply)
{
    ask<std::string>(
        [this, reply](const Outcome<std::string> &entry) {
            if (!entry)
                return answer<Done>(reply, fail(entry.error()));
            m_keychain.read(*entry, [this, reply](Result<vault::StoredSecret, vault::SecretStoreError> secret) {
                if (!secret)
                    return answer<Done>(reply, chat::trouble(chat::TroubleCode::KeychainGone));
                const auto held = carried(std::move(secret).value());
                ask<Done>(reply, [held](EngineHost &host) { return host.unlockWithKeychain(held->view()); });
            });
        },
        [](EngineHost &host) { return host.gate().keychainEntry(); });
}

void EngineThread::lock()
{
    QMetaObject::invokeMethod(m_host.get(), [this] { m_host->lock(); }, Qt::QueuedConnection);
}

void EngineThread::setProfileAside(Reply<QString> reply)
{
    ask<QString>(reply, [](EngineHost &host) { return host.setAside(); });
}

void EngineThread::changePassphrase(crypto::SecretBuffer current, crypto::SecretBuffer next, Reply<Done> reply)
{
    const auto heldCurrent = carried(std::move(current));
    const auto heldNext = carried(std::move(next));
    ask<Done>(reply, [heldCurrent, heldNext](EngineHost &host) { return host.changePassphrase(*heldCurrent, *heldNext); });
}

void EngineThread::setKeychainUnlock(bool on, Reply<Done> reply)
{
    ask<std::string>(
        [this, on, reply](const Outcome<std::string> &entry) {
            if (!entry)
                return answer<Done>(reply, fail(entry.error()));
            if (!on) {
                // The slot goes first, and the entry only after it: a slot without one would greet the user with "the keychain did not
                // answer". An entry without a slot opens nothing.
                ask<Done>(
                    [this, reply, entry = *entry](const Outcome<Done> &removed) {
                        if (removed)
                            m_keychain.remove(entry, [](const auto &) {});
                        answer<Done>(reply, removed);
                    },
                    [](EngineHost &host) { return host.setKeychain(std::nullopt); });
                return;
            }
            // The entry is stored first: a slot without an entry would greet the user with "the keychain did not answer".
            crypto::SystemRandom random;
            const auto secret = carried(random.secret<32>());
            m_keychain.write(*entry, secret->view(), [this, reply, secret](const Result<Done, vault::SecretStoreError> &stored) {
                if (!stored)
                    return answer<Done>(reply, chat::trouble(chat::TroubleCode::KeychainGone));
                ask<Done>(reply, [secret](EngineHost &host) { return host.setKeychain(secret->clone()); });
            });
        },
        [](EngineHost &host) { return host.gate().keychainEntry(); });
}

void EngineThread::renewRecoveryCode(Reply<QStringList> reply)
{
    ask<QStringList>(reply, [](EngineHost &host) { return host.renewRecoveryCode(); });
}

void EngineThread::confirmRecoveryCode(Reply<Done> reply)
{
    ask<Done>(reply, [](EngineHost &host) { return host.confirmRecoveryCode(); });
}

// --- Chats ---

void EngineThread::chats(Reply<QList<chat::ChatSummary>> reply)
{
    askEngine<QList<chat::ChatSummary>>(reply, [](chat::ChatEngine &engine) { return engine.chats(); });
}

void EngineThread::page(chat::ContactId chat, chat::Anchor anchor, chat::PageDirection direction, int count,
                        Reply<chat::Page> reply)
{
    QMetaObject::invokeMethod(
        m_reader.get(),
        [=, this] { answer<chat::Page>(reply, m_reader->page(chat, anchor, direction, count)); }, Qt::QueuedConnection);
}

void EngineThread::sendText(chat::ContactId chat, QString text, Reply<chat::MessageId> reply)
{
    askEngine<chat::MessageId>(reply, [=](chat::ChatEngine &engine) { return engine.sendText(chat, text); });
}

void EngineThread::retryMessage(chat::MessageId message, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.retryMessage(message); });
}

void EngineThread::deleteForMe(chat::MessageId message, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.deleteForMe(message); });
}

void EngineThread::setOpenChat(chat::ContactId chat, bool windowActive)
{
    askEngine<Done>({}, [=](chat::ChatEngine &engine) { return engine.setOpenChat(chat, windowActive); });
}

void EngineThread::setDraft(chat::ContactId chat, QString text)
{
    askEngine<Done>({}, [=](chat::ChatEngine &engine) { return engine.setDraft(chat, text); });
}

void EngineThread::setTyping(chat::ContactId chat, bool typing)
{
    askEngine<Done>({}, [=](chat::ChatEngine &engine) { return engine.setTyping(chat, typing); });
}

void EngineThread::setMuted(chat::ContactId chat, bool muted, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.setMuted(chat, muted); });
}

void EngineThread::setPinned(chat::ContactId chat, bool pinned, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.setPinned(chat, pinned); });
}

void EngineThread::renameContact(chat::ContactId chat, QString name, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.renameContact(chat, name); });
}

void EngineThread::block(chat::ContactId chat, bool blocked, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.block(chat, blocked); });
}

void EngineThread::acceptRequest(chat::ContactId chat, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.acceptRequest(chat); });
}

void EngineThread::declineRequest(chat::ContactId chat, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.declineRequest(chat); });
}

void EngineThread::clearHistory(chat::ContactId chat, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.clearHistory(chat); });
}

// --- Safety number ---

void EngineThread::safetyNumber(chat::ContactId chat, Reply<chat::SafetyNumber> reply)
{
    askEngine<chat::SafetyNumber>(reply, [=](chat::ChatEngine &engine) { return engine.safetyNumber(chat); });
}

namespace {

Outcome<Compared> compared(Outcome<chat::Compared> outcome)
{
    if (!outcome)
        return fail(outcome.error());
    return Compared{outcome->same, outcome->firstDifferentGroup};
}

} // namespace

void EngineThread::compareNumber(chat::ContactId chat, QString digits, Reply<Compared> reply)
{
    askEngine<Compared>(reply, [=](chat::ChatEngine &engine) { return compared(engine.compareNumber(chat, digits)); });
}

void EngineThread::compareScanned(chat::ContactId chat, QByteArray payload, Reply<Compared> reply)
{
    askEngine<Compared>(reply, [=](chat::ChatEngine &engine) { return compared(engine.compareScanned(chat, payload)); });
}

void EngineThread::setVerified(chat::ContactId chat, QString digits, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.setVerified(chat, digits); });
}
void EngineThread::setUnverified(chat::ContactId chat, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.setUnverified(chat); });
}

void EngineThread::acceptNewKey(chat::ContactId chat, qint64 keyChangedMs, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.acceptNewKey(chat, keyChangedMs); });
}

// --- Invitations ---

void EngineThread::createInvitation(chat::InvitationKind kind, QString label, Reply<chat::Invitation> reply)
{
    askEngine<chat::Invitation>(reply, [=](chat::ChatEngine &engine) { return engine.createInvitation(kind, label); });
}

void EngineThread::labelInvitation(chat::InvitationId id, QString label, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.labelInvitation(id, label); });
}

void EngineThread::revokeInvitation(chat::InvitationId id, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.revokeInvitation(id); });
}

void EngineThread::invitations(Reply<QList<chat::Invitation>> reply)
{
    askEngine<QList<chat::Invitation>>(reply, [](chat::ChatEngine &engine) { return engine.invitations(); });
}

void EngineThread::readLink(QString link, Reply<chat::LinkPreview> reply)
{
    askEngine<chat::LinkPreview>(reply, [=](chat::ChatEngine &engine) { return engine.readLink(link); });
}

void EngineThread::fetchLink(QString link, Reply<chat::LinkPreview> reply)
{
    askLater<chat::LinkPreview>(reply, [=](chat::ChatEngine &engine, auto later) { engine.fetchLink(link, later); });
}

void EngineThread::startChat(QString link, std::optional<chat::ContactId> into, Reply<StartedChat> reply)
{
    askEngine<StartedChat>(reply, [=](chat::ChatEngine &engine) -> Outcome<StartedChat> {
        const auto started = engine.startChat(link, into);
        if (!started)
            return fail(started.error());
        return StartedChat{started->chat, started->waiting};
    });
}

// --- Relays ---

void EngineThread::relays(Reply<QList<chat::RelayInfo>> reply)
{
    ask<QList<chat::RelayInfo>>(reply, [](EngineHost &host) { return host.relays(); });
}

void EngineThread::addRelay(QString url, Reply<chat::RelayInfo> reply)
{
    askLater<chat::RelayInfo>(reply, [=](chat::ChatEngine &engine, auto later) { engine.addRelay(url, later); });
}

void EngineThread::removeRelay(QString url, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.removeRelay(url); });
}

void EngineThread::testRelay(QString url, Reply<chat::RelayInfo> reply)
{
    askLater<chat::RelayInfo>(reply, [=](chat::ChatEngine &engine, auto later) { engine.testRelay(url, later); });
}

void EngineThread::useOwnRelay(Reply<chat::RelayInfo> reply)
{
    ask<chat::RelayInfo>(reply, [](EngineHost &host) { return host.useOwnRelay(); });
}

void EngineThread::allowHost(QString host, Reply<Done> reply)
{
    askEngine<Done>(reply, [=](chat::ChatEngine &engine) { return engine.allowHost(host); });
}

void EngineThread::disclosure(Reply<chat::Disclosure> reply)
{
    askEngine<chat::Disclosure>(reply, [](chat::ChatEngine &engine) { return engine.disclosure(); });
}

void EngineThread::outbox(Reply<chat::OutboxInfo> reply)
{
    askEngine<chat::OutboxInfo>(reply, [](chat::ChatEngine &engine) { return engine.outbox(); });
}

// --- Tor ---

void EngineThread::publishOwnRelay(Reply<chat::RelayInfo> reply)
{
    QMetaObject::invokeMethod(
        m_host.get(),
        [this, reply] {
            m_host->publishOwnRelay(
                [this, reply](Outcome<chat::RelayInfo> outcome) { answer<chat::RelayInfo>(reply, std::move(outcome)); });
        },
        Qt::QueuedConnection);
}

void EngineThread::findTor(Reply<TorHere> reply)
{
    QMetaObject::invokeMethod(
        m_host.get(), [this, reply] { m_host->findTor([this, reply](TorHere here) { answer<TorHere>(reply, here); }); },
        Qt::QueuedConnection);
}

// --- Settings ---

void EngineThread::settings(Reply<chat::Settings> reply)
{
    askEngine<chat::Settings>(reply, [](chat::ChatEngine &engine) { return engine.settings(); });
}

void EngineThread::changeSettings(chat::Settings settings, Reply<Done> reply)
{
    ask<Done>(reply, [=](EngineHost &host) { return host.changeSettings(settings); });
}

} // namespace tacet::session
