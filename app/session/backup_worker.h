#pragma once
// One long job at a time beside the engine, with progress and a way to stop it. Its calls may come from any thread.
#include "app/backup/backup.h"
#include "app/session/session_facade.h"

#include <QThreadPool>

#include <atomic>

namespace tacet::session {

class BackupWorker : public QObject {
    Q_OBJECT

public:
    BackupWorker() { m_pool.setMaxThreadCount(1); }
    ~BackupWorker() override
    {
        cancel();
        m_pool.waitForDone();
    }

    /// Runs `job` on the worker's thread. False when one is running already.
    bool start(std::function<void(const backup::Control &)> job);
    /// For a job that must run elsewhere (a restore, on the engine thread): its progress and its stop.
    backup::Control control();
    void cancel() { m_cancelled.store(true, std::memory_order_relaxed); }
    /// Until nothing runs.
    void wait() { m_pool.waitForDone(); }
    bool isRunning() const { return m_running.load(std::memory_order_relaxed); }

Q_SIGNALS:
    void progressed(tacet::session::BackupStep step, qint64 done, qint64 total);

private:
    QThreadPool m_pool;
    std::atomic<bool> m_cancelled = false;
    std::atomic<bool> m_running = false;
};

} // namespace tacet::session
