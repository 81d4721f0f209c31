#include "ui/auto_lock.h"

#include "ui/guarded.h"

#include <QCoreApplication>
#include <QEvent>

namespace tacet::ui {

namespace {
constexpr int kCheckMs = 5000;
} // namespace

AutoLock::AutoLock(session::SessionFacade &session, ScreenWatcher &screen, NowMs now, QCoreApplication &application)
    : m_session(session)
    , m_now(std::move(now))
    , m_lastInputMs(m_now())
{
    application.installEventFilter(this);
    m_timer.setInterval(kCheckMs);
    connect(&m_timer, &QTimer::timeout, this, &AutoLock::check);
    connect(&screen, &ScreenWatcher::screenLocked, this, &AutoLock::lockForScreen);
    connect(&screen, &ScreenWatcher::goingToSleep, this, &AutoLock::lockForScreen);
    connect(&session, &session::SessionFacade::profileChanged, this, &AutoLock::readSettings);
    connect(&session, &session::SessionFacade::factStored, this, [this](const chat::Fact &fact) {
        if (std::holds_alternative<chat::SettingsChanged>(fact))
            readSettings();
    });
    readSettings();
}

void AutoLock::readSettings()
{
    if (m_session.profile().state != session::ProfileState::Open) {
        m_timer.stop();
        return;
    }
    m_session.settings(guarded(this, [this](const chat::Outcome<chat::Settings> &settings) {
        if (!settings.ok())
            return;
        m_afterMinutes = settings->lockAfterMinutes;
        m_withScreen = settings->lockWithScreen;
        m_lastInputMs = m_now();
        m_timer.start();
    }));
}

void AutoLock::check()
{
    // The wall clock goes on while the computer sleeps; a clock that was set back counts as input.
    const qint64 now = m_now();
    if (now < m_lastInputMs)
        m_lastInputMs = now;
    if (m_afterMinutes <= 0 || now - m_lastInputMs < m_afterMinutes * 60'000LL)
        return;
    if (m_session.profile().state == session::ProfileState::Open)
        Q_EMIT lockRequested();
}

void AutoLock::lockForScreen()
{
    if (m_withScreen && m_session.profile().state == session::ProfileState::Open)
        Q_EMIT lockRequested();
}

bool AutoLock::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::KeyPress:
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::Wheel:
    case QEvent::TouchBegin:
    case QEvent::InputMethod: m_lastInputMs = m_now(); break;
    default: break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace tacet::ui
