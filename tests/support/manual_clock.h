#pragma once
// Time that stands still until the test moves it, and the timers that hang on it.
#include "app/relay/clock.h"
#include "app/relay/timers.h"

#include <map>
#include <memory>
#include <utility>

namespace tacet::test {

class ManualClock final : public Clock {
public:
    /// 2026-01-01 00:00:00 UTC unless told otherwise.
    explicit ManualClock(std::int64_t wallMs = 1767225600000) : m_wallMs(wallMs) { }

    std::int64_t wallMs() const override { return m_wallMs; }
    std::int64_t steadyMs() const override { return m_steadyMs; }

    /// Both clocks. Timers do not fire: use ManualTimers::advance where there are some.
    void advance(std::int64_t ms)
    {
        m_wallMs += ms;
        m_steadyMs += ms;
    }
    /// The desktop's clock is set; the steady one does not notice.
    void jumpWall(std::int64_t ms) { m_wallMs += ms; }

private:
    std::int64_t m_wallMs;
    std::int64_t m_steadyMs = 1000;
};

class ManualTimers final : public Timers {
public:
    explicit ManualTimers(ManualClock &clock) : m_clock(clock), m_queue(std::make_shared<Queue>()) { }

    [[nodiscard]] TimerHandle after(std::int64_t delayMs, std::function<void()> then) override
    {
        const Key key{m_clock.steadyMs() + (delayMs < 0 ? 0 : delayMs), m_next++};
        m_queue->emplace(key, std::move(then));
        return TimerHandle(std::make_unique<Entry>(m_queue, key));
    }

    /// Moves the clock on, firing what falls due on the way in order of time, then of starting.
    void advance(std::int64_t ms)
    {
        const std::int64_t end = m_clock.steadyMs() + ms;
        while (!m_queue->empty() && m_queue->begin()->first.first <= end) {
            const auto first = m_queue->begin();
            if (first->first.first > m_clock.steadyMs())
                m_clock.advance(first->first.first - m_clock.steadyMs());
            const std::function<void()> then = std::move(first->second);
            m_queue->erase(first);
            then();
        }
        if (end > m_clock.steadyMs())
            m_clock.advance(end - m_clock.steadyMs());
    }

    std::size_t pending() const { return m_queue->size(); }
    /// How long until the next one fires; -1 when there is none.
    std::int64_t nextDelay() const
    {
        return m_queue->empty() ? -1 : m_queue->begin()->first.first - m_clock.steadyMs();
    }

private:
    using Key = std::pair<std::int64_t, std::uint64_t>;
    using Queue = std::map<Key, std::function<void()>>;

    class Entry final : public TimerHandle::Pending {
    public:
        Entry(std::shared_ptr<Queue> queue, Key key) : m_queue(std::move(queue)), m_key(key) { }
        ~Entry() override { m_queue->erase(m_key); }

    private:
        std::shared_ptr<Queue> m_queue;
        Key m_key;
    };

    ManualClock &m_clock;
    std::shared_ptr<Queue> m_queue;
    std::uint64_t m_next = 0;
};

} // namespace tacet::test
