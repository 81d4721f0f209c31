#pragma once
// Writes that fail on purpose for everything in this process: SQLite, key slots, spool, backups, the relay's store and what Qt
// does to files. The calls of the C library are answered here first (fault_syscalls.cpp defines them in the test program, which
// the linker prefers), so no layer needs a seam, and none can be forgotten.
//
// Only paths below `folder` are counted and fail. One at a time; not for several threads.
#include "app/vault/fault_plan.h"

#include <string>

namespace tacet::test {

class FaultSyscalls {
public:
    /// Asks `plan` before each creation, write, truncation, sync, renaming and removal below `folder`.
    FaultSyscalls(vault::FaultPlan &plan, std::string folder);
    ~FaultSyscalls();
    FaultSyscalls(const FaultSyscalls &) = delete;
    FaultSyscalls &operator=(const FaultSyscalls &) = delete;
};

} // namespace tacet::test
