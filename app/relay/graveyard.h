#pragma once
// Objects are often ended from inside one of their own callbacks. They are put here and destroyed when the
// stack has unwound.
#include "app/relay/timers.h"

#include <memory>
#include <vector>

namespace tacet::relay {

class Graveyard {
public:
    explicit Graveyard(Timers &timers) : m_timers(timers) { }

    template<typename T>
    void bury(std::unique_ptr<T> object)
    {
        if (!object)
            return;
        m_objects.push_back(std::shared_ptr<void>(std::move(object)));
        if (m_timer.isSet())
            return;
        m_timer = m_timers.after(0, [this] {
            m_timer.cancel();
            const auto objects = std::move(m_objects);
            m_objects.clear();
        });
    }

private:
    Timers &m_timers;
    std::vector<std::shared_ptr<void>> m_objects;
    TimerHandle m_timer;
};

} // namespace tacet::relay
