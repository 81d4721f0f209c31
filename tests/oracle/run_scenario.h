#pragma once
// What our code makes of a scenario: its outcome as a word of PROTOCOL §13, and on success the values with it.
#include "tests/oracle/scenario_file.h"

namespace tacet::test {

struct ScenarioOutcome {
    QString word;
    QMap<QString, QStringList> values; ///< each must stand in the file, in the same words

    static ScenarioOutcome refused(const std::string &word) { return {QString::fromStdString(word), {}}; }
};

ScenarioOutcome runScenario(const Scenario &scenario);

} // namespace tacet::test
