#include "ui/settings_store.h"

#include "app/session/trouble_text.h"
#include "ui/guarded.h"

namespace tacet::ui {

SettingsStore::SettingsStore(session::SessionFacade &session, QObject *parent) : QObject(parent), m_session(session)
{
    connect(&session, &session::SessionFacade::factStored, this, [this](const chat::Fact &fact) {
        if (const auto *stored = std::get_if<chat::SettingsChanged>(&fact)) {
            m_settings = stored->settings;
            Q_EMIT changed();
        }
    });
    // Locked: nothing of the profile stays here, the own name least of all.
    connect(&session, &session::SessionFacade::profileChanged, this, [this](const session::ProfileStatus &status) {
        m_settings = {};
        Q_EMIT changed();
        if (status.state == session::ProfileState::Open)
            read();
    });
    if (session.profile().state == session::ProfileState::Open)
        read();
}

void SettingsStore::read()
{
    m_session.settings(guarded(this, [this](const chat::Outcome<chat::Settings> &settings) {
        if (settings.ok())
            m_settings = *settings;
        else
            Q_EMIT troubled(session::troubleText(settings.error()));
        Q_EMIT changed();
    }));
}

void SettingsStore::change(const std::function<void(chat::Settings &)> &edit)
{
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
