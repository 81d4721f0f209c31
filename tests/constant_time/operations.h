#pragma once
// What the check runs. Each operation marks its secrets undefined (constant_time::classify); valgrind then reports
// every branch and every address that depends on them. (Divisions it does not report: there are none, see
// crypto/mlkem_codec.h.) The envelope is left out: libsecp256k1 has such a check of its own, and its marks are
// compiled out of the packaged library.
#include <vector>

namespace tacet::constant_time_check {

struct Operation {
    const char *name;
    bool leaks; ///< a planted leak, which must be found
    void (*run)();
};

std::vector<Operation> operations();
std::vector<Operation> plantedLeaks();

} // namespace tacet::constant_time_check
