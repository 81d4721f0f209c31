#include "tests/support/unit_registry.h"

#include <QTest>

#include <sodium.h>

#include <cstdio>
#include <cstring>
#include <vector>

namespace tacet::test {
namespace {

struct Unit {
    const char *name;
    UnitFactory make;
};

std::vector<Unit> &units()
{
    static std::vector<Unit> list; // filled by static registrations, read by main: order does not matter
    return list;
}

} // namespace

UnitRegistration::UnitRegistration(const char *name, UnitFactory make)
{
    units().push_back({name, make});
}

int runUnits(int argc, char **argv)
{
    if (sodium_init() < 0) // as every program does before it touches a secret
        return 2;
    const char *wanted = argc > 1 && argv[1][0] != '-' ? argv[1] : nullptr;
    std::vector<char *> arguments(argv, argv + argc);
    if (wanted)
        arguments.erase(arguments.begin() + 1);
    int ran = 0;
    int failed = 0;
    for (const Unit &unit : units()) {
        if (wanted && std::strcmp(wanted, unit.name) != 0)
            continue;
        ++ran;
        const std::unique_ptr<QObject> object = unit.make();
        if (QTest::qExec(object.get(), int(arguments.size()), arguments.data()) != 0)
            ++failed;
    }
    if (ran == 0) {
        std::fprintf(stderr, "no test unit named %s\n", wanted ? wanted : "(any)");
        return 2;
    }
    return failed == 0 ? 0 : 1;
}

} // namespace tacet::test
