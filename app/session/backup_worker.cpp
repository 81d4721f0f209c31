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

bool BackupWorker::start(StopFlag stop, std::function<void(const backup::Control &)> job)
{
    if (m_running.exchange(true))
        return false;
    m_pool.start([this, stop = std::move(stop), job = std::move(job)] {
        job(control(stop));
        m_running.store(false, std::memory_order_relaxed);
    });
    return true;
}

backup::Control BackupWorker::control(const StopFlag &stop)
{
    backup::Control control;
    control.cancelled = stop.get();
    control.progress = [this](backup::Step step, std::int64_t done, std::int64_t total) {
        Q_EMIT progressed(stepOf(step), done, total);
    };
    return control;
}

} // namespace tacet::session
