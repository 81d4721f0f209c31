#pragma once
// Where the published test vectors lie: whole sets, which are not part of the project. The folder in TACET_VECTORS; without
// it, `shared/vectors` beside the project's own folder.
#include <QString>

namespace tacet::test {

inline QString publishedVectors()
{
    return qEnvironmentVariable("TACET_VECTORS", QStringLiteral(TACET_SOURCE_DIR "/../shared/vectors"));
}

} // namespace tacet::test
