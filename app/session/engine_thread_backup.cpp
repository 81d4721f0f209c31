// The backup half of EngineThread.
#include "app/session/backup_jobs.h"
#include "app/session/backup_worker.h"
#include "app/session/engine_thread_calls.h"

namespace tacet::session {

using chat::Outcome;
using chat::TroubleCode;

namespace {

BackupSummary summaryOf(const BackupRecord &record)
{
    BackupSummary summary;
    summary.file = record.file;
    summary.verifiedMs = record.verifiedMs;
    summary.messages = record.messages;
    summary.contacts = record.contacts;
    summary.bytes = record.bytes;
    return summary;
}

BackupRecord recordOf(const QString &file, const backup::Summary &summary, qint64 nowMs)
{
    BackupRecord record;
    record.file = file;
    record.verifiedMs = nowMs;
    record.messages = summary.messages;
    record.contacts = summary.contacts;
    record.bytes = summary.bytes;
    record.passphraseTypedMs = nowMs;
    return record;
}

} // namespace

void EngineThread::backupState(Reply<BackupState> reply)
{
    const bool running = m_backup->isRunning();
    ask<BackupState>(reply, [running](EngineHost &host) -> Outcome<BackupState> {
        const auto record = host.backupRecord();
        if (!record)
            return fail(record.error());
        BackupState state;
        state.last = summaryOf(*record);
        state.lastFailed = record->lastFailed;
        state.running = running;
        state.hasPassphrase = record->verifiedMs != 0;
        state.passphraseTypedMs = record->passphraseTypedMs;
        return state;
    });
}

void EngineThread::finishBackup(QString file, Outcome<backup::Summary> outcome, Reply<BackupSummary> reply)
{
    const auto held = carried(std::move(outcome));
    ask<BackupSummary>(reply, [file, held](EngineHost &host) -> Outcome<BackupSummary> {
        const qint64 now = host.machinery().clock.wallMs();
        if (!*held) {
            if (held->error().code != TroubleCode::Cancelled && held->error().code != TroubleCode::BackupWrongPassphrase)
                (void)host.keepBackupFailure(); // what matters is the trouble that is answered
            return fail(held->error());
        }
        const BackupRecord record = recordOf(file, **held, now);
        if (const auto kept = host.keepBackupRecord(record); !kept)
            return fail(kept.error());
        return summaryOf(record);
    });
}

void EngineThread::backupNow(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply)
{
    using Reader = std::shared_ptr<std::unique_ptr<vault::Database>>;
    const auto secret = carried(std::move(passphrase));
    ask<Reader>(
        [this, file, secret, reply](const Outcome<Reader> &reader) {
            if (!reader)
                return answer<BackupSummary>(reply, fail(reader.error()));
            const bool started = m_backup->start([this, file, secret, reply, reader = *reader](const backup::Control &control) {
                const SystemClock clock;
                crypto::SystemRandom random;
                auto written = carried(exportBackup(**reader, file, *secret, clock, random, control));
                reader->reset();
                QMetaObject::invokeMethod(
                    this, [this, file, reply, written] { finishBackup(file, std::move(*written), reply); }, Qt::QueuedConnection);
            });
            if (!started)
                answer<BackupSummary>(reply, chat::trouble(TroubleCode::Internal));
        },
        [](EngineHost &host) -> Outcome<Reader> {
            if (const auto open = host.engine(); !open)
                return fail(open.error());
            auto reader = host.gate().openReader(host.keyCopy());
            if (!reader)
                return fail(reader.error());
            return carried(std::move(reader).value());
        });
}

void EngineThread::verifyBackup(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply)
{
    const auto secret = carried(std::move(passphrase));
    const bool started = m_backup->start([this, file, secret, reply](const backup::Control &control) {
        auto checked = carried(checkBackup(file, *secret, control));
        QMetaObject::invokeMethod(
            this, [this, file, reply, checked] { finishBackup(file, std::move(*checked), reply); }, Qt::QueuedConnection);
    });
    if (!started)
        answer<BackupSummary>(reply, chat::trouble(TroubleCode::Internal));
}

void EngineThread::restoreBackup(QString file, crypto::SecretBuffer backupPassphrase, CreateProfile profile,
                                 Reply<BackupSummary> reply)
{
    // On the engine thread, which has nothing else to do before there is a profile.
    const auto secret = carried(std::move(backupPassphrase));
    const auto request = carried(std::move(profile));
    const backup::Control control = m_backup->control();
    ask<BackupSummary>(reply, [file, secret, request, control](EngineHost &host) -> Outcome<BackupSummary> {
        LockChoice choice;
        choice.withoutLock = request->withoutLock;
        choice.passphrase = (request->passphrase.empty() && !request->withoutLock ? *secret : request->passphrase).clone();
        backup::Summary summary;
        auto made = host.createFilled(
            choice, fillFromBackup(file, *secret, request->proxy, host.machinery().clock, host.machinery().random, summary, control));
        if (!made)
            return fail(made.error());
        if (const auto opened = host.open(std::move(made->key)); !opened)
            return fail(opened.error());
        const BackupRecord record = recordOf(file, summary, host.machinery().clock.wallMs());
        if (const auto kept = host.keepBackupRecord(record); !kept)
            return fail(kept.error());
        return summaryOf(record);
    });
}

void EngineThread::cancelBackup()
{
    m_backup->cancel();
}

} // namespace tacet::session
