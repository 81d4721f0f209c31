#include "app/session/backup_worker.h"

namespace tacet::session {
namespace {

BackupStep stepOf(backup::Step step)
{
    switch (step) {
    case backup::Step::Writing:
    case backup::Step::Restoring:
        return BackupStep::Writing;
    case backup::Step::ReadingBack:
        return BackupStep::ReadingBack;
    case backup::Step::Comparing:
        return BackupStep::Comparing;
    case backup::Step::Done:
        break;
    }
    return BackupStep::Done;
}

} // namespace

bool BackupWorker::start(std::function<void(const backup::Control &)> job)
{
    if (m_running.exchange(true))
        return false;
    const backup::Control watched = control();
    m_pool.start([this, watched, job = std::move(job)] {
        job(watched);
        m_running.store(false, std::memory_order_relaxed);
    });
    return true;
}

backup::Control BackupWorker::control()
{
    m_cancelled.store(false, std::memory_order_relaxed);
    backup::Control control;
    control.cancelled = &m_cancelled;
    control.progress = [this](backup::Step step, std::int64_t done, std::int64_t total) {
        Q_EMIT progressed(stepOf(step), done, total);
    };
    return control;
}

} // namespace tacet::session
