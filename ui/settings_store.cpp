#include "ui/settings_store.h"

#include "app/session/trouble_text.h"
#include "ui/guarded.h"

namespace tacet::ui {

SettingsStore::SettingsStore(session::SessionFacade &session, QObject *parent) : QObject(parent), m_session(session)
{
    connect(&session, &session::SessionFacade::factStored, this, [this](const chat::Fact &fact) {
        if (const auto *stored = std::get_if<chat::SettingsChanged>(&fact))
            take(stored->settings);
    });
    connect(&session, &session::SessionFacade::profileChanged, this, [this](const session::ProfileStatus &status) {
        if (status.state != session::ProfileState::Open)
            forget();
        else if (!m_known) // else only the profile's keys changed; the settings come as facts
            read();
    });
    if (session.profile().state == session::ProfileState::Open)
        read();
}

void SettingsStore::read()
{
    m_session.settings(guarded(this, [this](const chat::Outcome<chat::Settings> &settings) {
        if (m_known)
            return; // a fact was quicker
        if (settings.ok()) {
            take(*settings);
            return;
        }
        forget();
        Q_EMIT troubled(session::troubleText(settings.error()));
    }));
}

void SettingsStore::take(const chat::Settings &settings)
{
    m_settings = settings;
    m_known = true;
    Q_EMIT changed();
    for (const auto &edit : std::exchange(m_waiting, {}))
        change(edit);
}

/// Locked: nothing of the profile stays here, the own name least of all.
void SettingsStore::forget()
{
    m_settings = {};
    m_known = false;
    m_waiting.clear();
    Q_EMIT changed();
}

void SettingsStore::change(const std::function<void(chat::Settings &)> &edit)
{
    if (!m_known) {
        m_waiting.push_back(edit);
        return;
    }
    const chat::Settings before = m_settings;
    edit(m_settings);
    m_session.changeSettings(m_settings, guarded(this, [this, before](const chat::Outcome<Done> &stored) {
        if (stored.ok())
            return;
        m_settings = before;
        Q_EMIT changed();
        Q_EMIT troubled(session::troubleText(stored.error()));
    }));
}

} // namespace tacet::ui
