#include "ui/relay_health.h"

#include "ui/guarded.h"

#include <algorithm>

namespace tacet::ui {
using chat::RelayCondition;

RelayHealth::RelayHealth(session::SessionFacade &facade, QObject *parent) : QObject(parent), m_facade(facade)
{
    connect(&facade, &session::SessionFacade::factStored, this, [this](const chat::Fact &fact) {
        if (!m_loaded)
            return; // the list that was asked for has it, or nobody asked: the profile is locked
        if (const auto *relay = std::get_if<chat::RelayChanged>(&fact))
            take(relay->relay);
        else if (const auto *gone = std::get_if<chat::RelayRemoved>(&fact))
            m_relays.remove(gone->url);
        else
            return;
        Q_EMIT changed();
    });
}

void RelayHealth::clear()
{
    m_relays.clear();
    m_loaded = false;
    Q_EMIT changed();
}

void RelayHealth::reload()
{
    m_relays.clear();
    m_loaded = false;
    m_facade.relays(guarded(this, [this](chat::Outcome<QList<chat::RelayInfo>> outcome) {
        if (!outcome.ok())
            return; // locked meanwhile; the next profile asks again
        for (const chat::RelayInfo &relay : outcome.value())
            take(relay);
        m_loaded = true;
        Q_EMIT changed();
    }));
}

void RelayHealth::take(const chat::RelayInfo &relay)
{
    if (relay.own && relay.condition != RelayCondition::Off)
        m_relays.insert(relay.url, relay.condition);
    else
        m_relays.remove(relay.url);
}

int RelayHealth::answering() const
{
    return static_cast<int>(std::count_if(m_relays.begin(), m_relays.end(), [](RelayCondition condition) {
        return condition == RelayCondition::Connected || condition == RelayCondition::Slow;
    }));
}

int RelayHealth::needed() const
{
    return static_cast<int>(m_relays.size() - std::count(m_relays.begin(), m_relays.end(), RelayCondition::Idle));
}

std::optional<Health> RelayHealth::health() const
{
    if (needed() == 0)
        return std::nullopt; // nobody was asked, so nobody failed to answer
    const int answers = answering();
    if (answers == 0)
        return Health::None;
    return answers == needed() ? Health::All : Health::Some;
}

QString RelayHealth::words() const
{
    if (!m_loaded)
        return {};
    const auto now = health();
    if (!now)
        return m_relays.isEmpty() ? tr("none yet") : tr("none is needed now");
    switch (*now) {
    case Health::All: return tr("all answer");
    case Health::Some:
        return (answering() == 1 ? tr("%1 of %2 answers") : tr("%1 of %2 answer")).arg(answering()).arg(needed());
    case Health::None: return tr("none answers");
    }
    return {};
}

bool RelayHealth::isOffline() const
{
    if (!m_loaded || needed() == 0)
        return false;
    return std::all_of(m_relays.begin(), m_relays.end(), [](RelayCondition condition) {
        return condition == RelayCondition::Unreachable || condition == RelayCondition::Refused
            || condition == RelayCondition::Idle;
    });
}

} // namespace tacet::ui
