#pragma once
// The walls of the house: who may include whom. ui -> app -> crypto, and within app the arrows of `kArrows`.
#include "tests/house/source_tree.h"

#include <QSet>

namespace tacet::test {

/// The folder that a file belongs to: "crypto", "app/vault", "app" (main.cpp), "ui", "ui/desktop"; empty for others.
QString partOf(const QString &path);

/// Every include that goes up, sideways without permission, into Qt from crypto, into widgets from app, or to a
/// file that is not there; every folder whose CMakeLists.txt links what its sources may not include.
/// `widgetHeaders`: names of QtWidgets headers ("QLabel").
QStringList brokenArrows(const SourceTree &tree, const QSet<QString> &widgetHeaders);

/// Circles of headers that include one another: each as "a.h -> b.h -> a.h".
QStringList includeCircles(const SourceTree &tree);

} // namespace tacet::test
