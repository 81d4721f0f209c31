#pragma once
// How the profile's relays are as a whole: the disc on the rail and the banner of being offline follow from it.
#include "app/session/session_facade.h"
#include "ui/glyphs.h"

#include <QHash>
#include <QObject>

#include <optional>

namespace tacet::ui {

class RelayHealth final : public QObject {
    Q_OBJECT

public:
    RelayHealth(session::SessionFacade &facade, QObject *parent = nullptr);

    void reload();
    /// No address of a profile that is closed.
    void clear();
    /// Nothing: no relay is needed now, or there is none yet.
    std::optional<Health> health() const;
    /// "all answer", "2 of 4 answer", "none answers", "none is needed now".
    QString words() const;
    /// Known relays, none of which answers nor is being connected to for the first time.
    bool isOffline() const;

Q_SIGNALS:
    void changed();

private:
    void take(const chat::RelayInfo &relay);
    int answering() const;
    int needed() const; ///< of which an answer is expected

    session::SessionFacade &m_facade;
    QHash<QString, chat::RelayCondition> m_relays; ///< by address, own ones only
    bool m_loaded = false;
};

} // namespace tacet::ui
