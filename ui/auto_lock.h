#pragma once
// Asks for the lock by itself: after minutes without a key or a click in Tacet, when the screen locks, before sleep.
#include "app/session/session_facade.h"
#include "ui/now.h"
#include "ui/screen_watcher.h"

#include <QTimer>

class QCoreApplication;

namespace tacet::ui {

class AutoLock final : public QObject {
    Q_OBJECT

public:
    /// Everything must outlive this. Watches the input of the whole `application`.
    AutoLock(session::SessionFacade &session, ScreenWatcher &screen, NowMs now, QCoreApplication &application);

    /// Asks for the lock when the time is over; called every few seconds, and by tests.
    void check();

Q_SIGNALS:
    /// It does not lock itself: what is being typed is to be saved first.
    void lockRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void readSettings();
    void lockForScreen();

    session::SessionFacade &m_session;
    NowMs m_now;
    QTimer m_timer;
    qint64 m_lastInputMs;
    int m_afterMinutes = 0;
    bool m_withScreen = true;
};

} // namespace tacet::ui
