#pragma once
// A disk that takes the marks which stand before messages are opened, and not the result: its first failure after each mark.
#include "tests/chat/world.h"
#include "tests/support/fault_vfs.h"

#include <cerrno>

namespace tacet::test {

struct FailingResults final : vault::FaultPlan {
    bool sick = false;
    int failures = 0;

    /// To be called from World::onCommit.
    void at(Person &person, vault::CommitPoint point, std::string_view name)
    {
        if (person.name != name || !person.db)
            return;
        if (point == vault::CommitPoint::Before) {
            const bool any = person.db->integer("SELECT count(*) FROM processing").value_or(0) > 0;
            m_failing = sick && m_marked && !any;
            m_marked = m_marked && any;
            m_marks = any;
        } else {
            m_failing = false;
            m_marked = m_marks;
        }
    }
    vault::Fault before(vault::FileStep, const std::string &, std::size_t) override
    {
        if (!m_failing)
            return {};
        m_failing = false;
        ++failures;
        return {ENOSPC, 0};
    }

private:
    bool m_marks = false; ///< in the commit that is under way
    bool m_marked = false;
    bool m_failing = false;
};

} // namespace tacet::test
