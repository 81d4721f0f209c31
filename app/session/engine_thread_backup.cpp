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
    ask<BackupState>(reply, [this](EngineHost &host) -> Outcome<BackupState> {
        const auto record = host.backupRecord();
        if (!record)
            return fail(record.error());
        BackupState state;
        state.last = summaryOf(*record);
        state.lastFailure = record->lastFailure;
        state.running = m_backupJob != nullptr;
        state.hasPassphrase = record->verifiedMs != 0;
        state.passphraseTypedMs = record->passphraseTypedMs;
        return state;
    });
}

/// One backup that is written or checked. The worker fills in the outcome; before and after, all of it is the engine thread's.
struct EngineThread::BackupJob {
    BackupFailure failure; ///< what it is called if it does not succeed
    QString file;
    crypto::SecretBuffer passphrase;
    Reply<BackupSummary> reply;
    StopFlag stop;
    std::unique_ptr<vault::Database> reader = nullptr; ///< of one that is written
    std::optional<Outcome<backup::Summary>> outcome = std::nullopt;
};

void EngineThread::startBackup(const std::shared_ptr<BackupJob> &job)
{
    const auto refuse = [&](const chat::Trouble &why) { endBackup(*job, fail(why)); };
    if (m_backupJob)
        return answer<BackupSummary>(job->reply, chat::trouble(TroubleCode::BackupBusy));
    if (const auto open = m_host->engine(); !open)
        return refuse(open.error());
    if (*job->stop)
        return refuse({TroubleCode::Cancelled});
    m_backup->wait(); // the one before has told its outcome, and its thread may need another moment
    if (job->failure == BackupFailure::Writing) {
        auto reader = m_host->gate().openReader(m_host->keyCopy());
        if (!reader)
            return refuse(reader.error());
        job->reader = std::move(reader).value();
    }
    m_backupJob = job;
    m_backup->start(job->stop, [this, job](const backup::Control &control) {
        const SystemClock clock;
        crypto::SystemRandom random;
        job->outcome.emplace(job->reader ? exportBackup(*job->reader, job->file, job->passphrase, clock, random, control)
                                         : checkBackup(job->file, job->passphrase, control));
        job->reader.reset();
        job->passphrase.wipe();
        QMetaObject::invokeMethod(m_host.get(), [this, job] { finishBackup(job); }, Qt::QueuedConnection);
    });
}

void EngineThread::finishBackup(const std::shared_ptr<BackupJob> &job)
{
    if (m_backupJob != job)
        return; // the vault was closing, and it was kept before that
    m_backupJob.reset();
    const auto kept = [&]() -> Outcome<BackupSummary> {
        const Outcome<backup::Summary> &outcome = *job->outcome;
        if (!outcome) {
            if (outcome.error().code != TroubleCode::Cancelled && outcome.error().code != TroubleCode::BackupWrongPassphrase)
                (void)m_host->keepBackupFailure(job->failure); // what matters is the trouble that is answered
            return fail(outcome.error());
        }
        BackupRecord record = recordOf(job->file, *outcome, m_host->machinery().clock.wallMs());
        const auto before = m_host->backupRecord();
        if (job->failure == BackupFailure::Check && before && before->lastFailure == BackupFailure::Writing)
            record.lastFailure = BackupFailure::Writing; // an old file that is whole is no new one
        if (const auto written = m_host->keepBackupRecord(record); !written)
            return fail(written.error());
        return summaryOf(record);
    };
    endBackup(*job, kept());
}

void EngineThread::endBackup(const BackupJob &job, const Outcome<BackupSummary> &outcome)
{
    const BackupEnd end{job.failure == BackupFailure::Writing, job.file, outcome ? chat::Trouble() : outcome.error()};
    answer<BackupSummary>(job.reply, outcome);
    QMetaObject::invokeMethod(this, [this, end] { Q_EMIT backupEnded(end); }, Qt::QueuedConnection);
}

void EngineThread::stopBackup()
{
    const auto job = m_backupJob;
    if (job)
        *job->stop = true;
    m_backup->wait();
    if (!job)
        return;
    const bool stopped = !*job->outcome && job->outcome->error().code == TroubleCode::Cancelled;
    if (stopped && job->failure == BackupFailure::Writing)
        m_host->keepBackupStopped(job->file);
    finishBackup(job); // one that was done in time counts, while the vault can still say so
}

void EngineThread::backupNow(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply)
{
    const auto job = carried(
        BackupJob{BackupFailure::Writing, std::move(file), std::move(passphrase), std::move(reply), makeStop()});
    QMetaObject::invokeMethod(m_host.get(), [this, job] { startBackup(job); }, Qt::QueuedConnection);
}

void EngineThread::verifyBackup(QString file, crypto::SecretBuffer passphrase, Reply<BackupSummary> reply)
{
    const auto job = carried(
        BackupJob{BackupFailure::Check, std::move(file), std::move(passphrase), std::move(reply), makeStop()});
    QMetaObject::invokeMethod(m_host.get(), [this, job] { startBackup(job); }, Qt::QueuedConnection);
}

void EngineThread::restoreBackup(QString file, crypto::SecretBuffer backupPassphrase, CreateProfile profile,
                                 Reply<BackupSummary> reply)
{
    // On the engine thread, which has nothing else to do before there is a profile.
    const auto secret = carried(std::move(backupPassphrase));
    const auto request = carried(std::move(profile));
    ask<BackupSummary>(reply, [this, file, secret, request, stop = makeStop()](EngineHost &host) -> Outcome<BackupSummary> {
        if (*stop)
            return chat::trouble(TroubleCode::Cancelled);
        LockChoice choice;
        choice.withoutLock = request->withoutLock;
        choice.passphrase = (request->passphrase.empty() && !request->withoutLock ? *secret : request->passphrase).clone();
        backup::Summary summary;
        auto made = host.createFilled(
            choice, fillFromBackup(file, *secret, request->proxy, host.machinery().clock, host.machinery().random, summary,
                                   m_backup->control(stop)));
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
    for (const auto &each : std::exchange(m_stops, {})) {
        if (const StopFlag stop = each.lock())
            *stop = true;
    }
}

StopFlag EngineThread::makeStop()
{
    std::erase_if(m_stops, [](const auto &stop) { return stop.expired(); });
    const auto stop = std::make_shared<std::atomic<bool>>(false);
    m_stops.push_back(stop);
    return stop;
}

} // namespace tacet::session
