// Every file of tests/vectors/scenarios, made by the oracle from the specification alone, is answered by our code as
// the file says: the same word for every way to be bad, the same values for what is good.
#include "tests/oracle/run_scenario.h"
#include "tests/support/unit_registry.h"

#include "crypto/random.h"

#include <QDir>
#include <QTest>

using namespace tacet::test;
using namespace Qt::StringLiterals;

class TestScenarios : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(tacet::crypto::initialise()); }

    void scenario_data()
    {
        QTest::addColumn<QString>("file");
        const QStringList files = QDir(m_folder).entryList({u"*.txt"_s}, QDir::Files, QDir::Name);
        QVERIFY(files.size() >= 80);
        for (const QString &file : files)
            QTest::newRow(qPrintable(file.chopped(4))) << file;
    }

    void scenario()
    {
        QFETCH(QString, file);
        const auto scenario = Scenario::read(m_folder, file);
        QVERIFY(scenario);
        const ScenarioOutcome outcome = runScenario(*scenario);
        QVERIFY2(outcome.word == scenario->text("expect"),
            qPrintable(
                u"%1 instead of %2: %3"_s.arg(outcome.word, scenario->text("expect"), scenario->text("comment"))));
        for (auto value = outcome.values.begin(); value != outcome.values.end(); ++value) {
            const QString wanted = scenario->all(qPrintable(value.key())).join(u' ');
            QVERIFY2(value.value().join(u' ') == wanted,
                qPrintable(u"%1: %2 instead of %3"_s.arg(value.key(), value.value().join(u' '), wanted)));
        }
    }

private:
    const QString m_folder =
        qEnvironmentVariable("TACET_SCENARIOS", QStringLiteral(TACET_SOURCE_DIR "/tests/vectors/scenarios"));
};

TACET_TEST_UNIT("t_scenarios", TestScenarios)
#include "t_scenarios.moc"
