#include "tests/support/unit_registry.h"

#include <QApplication>

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    return tacet::test::runUnits(argc, argv);
}
