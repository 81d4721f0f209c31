#pragma once
// A test program holds several units (one Qt Test class each). Each unit registers itself by the
// name of its file, so that ctest can run and report it alone:  tests_crypto t_ratchet [Qt Test options].
#include <QObject>

#include <memory>

namespace tacet::test {

using UnitFactory = std::unique_ptr<QObject> (*)();

struct UnitRegistration {
    UnitRegistration(const char *name, UnitFactory make);
};

/// Runs the unit named by the first argument (every unit if there is none); answers the exit code.
int runUnits(int argc, char **argv);

} // namespace tacet::test

#define TACET_TEST_UNIT(NAME, CLASS)                                                                                   \
    static const ::tacet::test::UnitRegistration kRegistration##CLASS(                                                 \
        NAME, []() -> std::unique_ptr<QObject> { return std::make_unique<CLASS>(); });
