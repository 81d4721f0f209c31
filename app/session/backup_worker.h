#pragma once
// One long job at a time beside the engine, with progress and a way to stop it. Its calls may come from any thread.
#include "app/backup/backup.h"
#include "app/session/session_facade.h"

#include <QThreadPool>

#include <atomic>
#include <memory>

namespace tacet::session {

/// Set from any thread, it ends one job. Made when the job is asked for: one that waits for its turn can be stopped too.
using StopFlag = std::shared_ptr<std::atomic<bool>>;

class BackupWorker : public QObject {
    Q_OBJECT

public:
    BackupWorker() { m_pool.setMaxThreadCount(1); }
    ~BackupWorker() override { m_pool.waitForDone(); }

    /// Runs `job` on the worker's thread. False when one is running already.
    bool start(StopFlag stop, std::function<void(const backup::Control &)> job);
    /// For a job that must run elsewhere (a restore, on the engine thread): its progress, and its stop, which outlives it.
    backup::Control control(const StopFlag &stop);
    /// Until nothing runs.
    void wait() { m_pool.waitForDone(); }

Q_SIGNALS:
    void progressed(tacet::session::BackupStep step, qint64 done, qint64 total);

private:
    QThreadPool m_pool;
    std::atomic<bool> m_running = false;
};

} // namespace tacet::session
