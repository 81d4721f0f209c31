#pragma once
// Writes that fail on purpose, for SQLite and for DurableFile alike, counted across both.
#include "app/vault/fault_plan.h"

#include <memory>

namespace tacet::test {

/// Fails the n-th step (from 1) that matters, and with `sticky` every later one, as a full disk does.
class FailNth final : public vault::FaultPlan {
public:
    FailNth() = default; ///< only counts
    FailNth(int nth, int error, bool sticky, bool shortWrite = false)
        : m_nth(nth), m_error(error), m_sticky(sticky), m_short(shortWrite)
    {
    }
    vault::Fault before(vault::FileStep, const std::string &, std::size_t bytes) override
    {
        ++m_steps;
        const bool hit = m_nth > 0 && !m_healed && (m_sticky ? m_steps >= m_nth : m_steps == m_nth);
        if (!hit)
            return {};
        ++m_failures;
        return {m_error, m_short ? bytes / 2 : 0};
    }
    void heal() { m_healed = true; }
    int steps() const { return m_steps; }
    int failures() const { return m_failures; }

private:
    int m_nth = 0;
    int m_error = 0;
    bool m_sticky = false;
    bool m_short = false;
    bool m_healed = false;
    int m_steps = 0;
    int m_failures = 0;
};

/// An SQLite VFS over the system's that asks the plan before each write, truncate, sync and delete.
/// Pass name() in DatabaseOptions::vfs. Outlives every connection made through it.
class FaultVfs {
public:
    explicit FaultVfs(vault::FaultPlan &plan);
    ~FaultVfs();
    FaultVfs(const FaultVfs &) = delete;
    FaultVfs &operator=(const FaultVfs &) = delete;
    const char *name() const;

    struct State;

private:
    std::unique_ptr<State> m_state;
};

} // namespace tacet::test
