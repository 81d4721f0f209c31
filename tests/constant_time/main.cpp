// Run by packaging/constant-time, under valgrind. Exit codes: 0 clean and every planted leak found, 1 not so,
// 2 not under valgrind.
#include "crypto/random.h"
#include "tests/constant_time/operations.h"

#include <valgrind/memcheck.h>

#include <cstdio>

using namespace tacet::constant_time_check;

namespace {

bool runAsExpected(const Operation &operation)
{
    const unsigned before = VALGRIND_COUNT_ERRORS;
    operation.run();
    const unsigned findings = VALGRIND_COUNT_ERRORS - before;
    const bool good = (findings > 0) == operation.leaks;
    std::printf("%-6s %-52s %u finding%s\n", good ? "ok" : "FAILED", operation.name, findings, findings == 1 ? "" : "s");
    std::fflush(stdout);
    return good;
}

} // namespace

int main()
{
    if (!RUNNING_ON_VALGRIND) {
        std::fputs("constant_time_check: start it with packaging/constant-time; it means nothing without valgrind.\n", stderr);
        return 2;
    }
    if (!tacet::crypto::initialise())
        return 2;
    bool good = true;
    for (const Operation &operation : operations())
        good = runAsExpected(operation) && good;
    for (const Operation &operation : plantedLeaks())
        good = runAsExpected(operation) && good;
    return good ? 0 : 1;
}
