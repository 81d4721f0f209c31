#include "ui/closing.h"

#include "ui/main_window.h"
#include "ui/sheet.h"

#include <QApplication>
#include <memory>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using session::ProfileState;

namespace {

/// A session that is to end can be called back, and nobody says so: after this time closing means again what it meant.
constexpr qint64 kSessionEndsWithinMs = 60'000;

} // namespace

Closing::Closing(const Parts &parts, MainWindow &window, Tray &tray) : m_parts(parts), m_window(window), m_tray(tray)
{
    connect(&window, &MainWindow::closeRequested, this, &Closing::close);
    connect(&window, &MainWindow::quitRequested, this, &Closing::quit);
    connect(&tray, &Tray::openRequested, this, &Closing::openRequested);
    connect(&tray, &Tray::lockRequested, &window, &MainWindow::lockRequested);
    connect(&tray, &Tray::quitRequested, this, &Closing::quit);
    connect(&window.chats(), &ChatListModel::countsChanged, this, &Closing::showState);
    connect(&parts.session, &session::SessionFacade::factStored, this, [this](const chat::Fact &fact) {
        if (const auto *changed = std::get_if<chat::SettingsChanged>(&fact))
            m_settings = changed->settings;
    });
    connect(&parts.session, &session::SessionFacade::profileChanged, this, [this](const session::ProfileStatus &status) {
        showState();
        if (status.state != ProfileState::Open) {
            // Only what closing needs while locked; the name goes.
            chat::Settings kept;
            kept.trayAsked = m_settings.trayAsked;
            kept.keepInTray = m_settings.keepInTray;
            m_settings = kept;
            return;
        }
        m_parts.session.settings([self = QPointer(this)](const chat::Outcome<chat::Settings> &settings) {
            if (self && settings)
                self->m_settings = *settings;
        });
    });
    connect(qGuiApp, &QGuiApplication::commitDataRequest, this, [this] {
        keep();
        m_sessionEndMs = m_parts.calendar.now();
    });
    if (tray.isAvailable())
        tray.show();
    showState();
}

bool Closing::isSessionEnding() const
{
    const qint64 since = m_parts.calendar.now() - m_sessionEndMs.value_or(0);
    return m_sessionEndMs && since >= 0 && since < kSessionEndsWithinMs;
}

void Closing::close()
{
    // Without a profile there is nothing to receive; while locked only what this process knew before could arrive. What
    // could not be opened at all receives nothing either.
    const session::ProfileStatus profile = m_parts.session.profile();
    const bool cannotOpen = profile.state == ProfileState::Locked && !profile.receivingWhileLocked
        && profile.trouble.code != chat::TroubleCode::None;
    if (profile.state == ProfileState::Absent || cannotOpen || isSessionEnding())
        return quit();
    if (!m_tray.isAvailable() && !m_settings.trayAsked && profile.state == ProfileState::Open)
        return ask();
    if (m_settings.keepInTray && (m_tray.isAvailable() || m_settings.trayAsked))
        return hide();
    quit();
}

void Closing::keep()
{
    m_window.saveDraft();
    m_parts.preferences.setWindowLayout(m_window.saveLayout());
}

void Closing::hide()
{
    keep(); // the end of a hidden program may come without a word
    m_window.hide();
}

void Closing::quit()
{
    m_window.saveDraft();
    QCoreApplication::exit(); // quit() would first ask the window to close, which is where this may come from
}

void Closing::ask()
{
    if (m_question)
        return; // it is being asked
    auto *question = new Question(m_parts.look, m_window.sheetHost(), tr("Keep Tacet running?"),
        tr("This desktop has no tray. Tacet can go on receiving without a window; starting it again brings the window back. "
           "While it is closed, messages wait on your relays."),
        u"closeQuestion"_s);
    m_question = question;
    question->setSafeAnswer(tr("Keep it running"));
    question->addAct(tr("Quit"), ButtonKind::Secondary, u"closeQuit"_s);
    const auto remember = [this](bool keep) {
        m_settings.trayAsked = true;
        m_settings.keepInTray = keep;
        m_parts.session.changeSettings(m_settings, {});
    };
    auto quitting = std::make_shared<bool>(false);
    connect(question, &Question::taken, this, [this, remember, quitting] {
        *quitting = true;
        remember(false);
        quit();
    });
    // Esc and the scrim are the safe answer too. A lock, which withdraws the question, is none.
    connect(question, &Sheet::closed, this, [this, remember, quitting] {
        if (*quitting)
            return;
        remember(true);
        hide();
    }, Qt::QueuedConnection); // after taken(), which follows closed()
    question->open();
}

void Closing::showState()
{
    const bool locked = m_parts.session.profile().state == ProfileState::Locked;
    const std::pair<bool, bool> state(!locked && m_window.chats().unreadChats() > 0, locked);
    if (std::exchange(m_shown, state) != state) // counts change with every message, and the icon is drawn anew
        m_tray.setState(state.first, state.second);
}

} // namespace tacet::ui
