#include "tests/support/unit_registry.h"

#include <QCoreApplication>

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    return tacet::test::runUnits(argc, argv);
}
