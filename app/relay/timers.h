#pragma once
// One-shot timers behind an interface: QTimer in the program, a manual queue in tests
// (tests/support/manual_clock.h), so that back-off and time-outs are tested without waiting.
#include <cstdint>
#include <functional>
#include <memory>

namespace tacet {

/// Holds one pending call; destroying or resetting it cancels the call.
class TimerHandle {
public:
    class Pending {
    public:
        virtual ~Pending() = default; // cancels
    };

    TimerHandle() = default;
    explicit TimerHandle(std::unique_ptr<Pending> pending) : m_pending(std::move(pending)) { }

    void cancel() { m_pending.reset(); }
    /// Started and not cancelled. A call that has been made still counts until the next start or cancel.
    bool isSet() const { return m_pending != nullptr; }

private:
    std::unique_ptr<Pending> m_pending;
};

class Timers {
public:
    virtual ~Timers() = default;
    /// Calls `then` once, on this thread, no earlier than `delayMs` from now and never from inside after().
    /// `then` may destroy the handle it came from.
    [[nodiscard]] virtual TimerHandle after(std::int64_t delayMs, std::function<void()> then) = 0;
};

/// Timers of the event loop of the calling thread.
class QtTimers final : public Timers {
public:
    [[nodiscard]] TimerHandle after(std::int64_t delayMs, std::function<void()> then) override;
};

} // namespace tacet
