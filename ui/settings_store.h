#pragma once
// The vault's settings as the pages see them: read once, changed one by one, told to whoever shows them.
#include "app/session/session_facade.h"

#include <QObject>

#include <functional>
#include <vector>

namespace tacet::ui {

class SettingsStore final : public QObject {
    Q_OBJECT

public:
    explicit SettingsStore(session::SessionFacade &session, QObject *parent = nullptr);

    const chat::Settings &now() const { return m_settings; }
    /// Applies `edit` to the present values and stores them; before they are read it waits for them, because all are
    /// stored together. When that does not succeed, changed() brings the old values back to the controls and
    /// troubled() says why.
    void change(const std::function<void(chat::Settings &)> &edit);

Q_SIGNALS:
    void changed();
    void troubled(const QString &sentence);

private:
    void read();
    void take(const chat::Settings &settings);
    void forget();

    session::SessionFacade &m_session;
    chat::Settings m_settings;
    bool m_known = false;
    std::vector<std::function<void(chat::Settings &)>> m_waiting;
};

} // namespace tacet::ui
