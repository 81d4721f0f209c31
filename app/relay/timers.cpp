#include "app/relay/timers.h"

#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <limits>

namespace tacet {
namespace {

class QtPending final : public TimerHandle::Pending {
public:
    QtPending(std::int64_t delayMs, std::function<void()> then) : m_state(std::make_unique<State>())
    {
        State *state = m_state.get();
        state->then = std::move(then);
        state->setSingleShot(true);
        QObject::connect(state, &QTimer::timeout, state, [state] {
            // Taken out first: the call may destroy the handle, and with it this state.
            const std::function<void()> call = std::move(state->then);
            state->isFiring = true;
            const QPointer<QTimer> alive(state);
            call();
            if (alive)
                state->isFiring = false;
        });
        const std::int64_t longest = std::numeric_limits<int>::max();
        state->start(int(std::clamp<std::int64_t>(delayMs, 0, longest)));
    }
    ~QtPending() override
    {
        m_state->stop();
        if (m_state->isFiring)
            m_state.release()->deleteLater();
    }

private:
    struct State : QTimer {
        std::function<void()> then;
        bool isFiring = false;
    };
    std::unique_ptr<State> m_state;
};

} // namespace

TimerHandle QtTimers::after(std::int64_t delayMs, std::function<void()> then)
{
    return TimerHandle(std::make_unique<QtPending>(delayMs, std::move(then)));
}

} // namespace tacet
