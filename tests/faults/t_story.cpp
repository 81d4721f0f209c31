// Each write of a life fails once (hostile-cases.md: disk full). Here a sample; all of them: packaging/torture --faults.
#include "tests/faults/story.h"
#include "tests/support/unit_registry.h"

#include <cerrno>

using namespace tacet;
using namespace tacet::test;

class TestStory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyWriteThatFails_isToldAndLosesNothing_data();
    void everyWriteThatFails_isToldAndLosesNothing();
};

void TestStory::everyWriteThatFails_isToldAndLosesNothing_data()
{
    QTest::addColumn<int>("error");
    QTest::addColumn<bool>("sticky");
    QTest::addColumn<bool>("shortWrite");
    QTest::newRow("one error") << EIO << false << false;
    QTest::newRow("one short write") << EIO << false << true;
    QTest::newRow("disk full") << ENOSPC << true << false;
    QTest::newRow("disk full after half a write") << ENOSPC << true << true;
}

void TestStory::everyWriteThatFails_isToldAndLosesNothing()
{
    QFETCH(int, error);
    QFETCH(bool, sticky);
    QFETCH(bool, shortWrite);
    const bool all = qEnvironmentVariableIsSet("TACET_ALL_FAULTS");
    Story healthy({0, 0, false, false, all});
    const QString trouble = healthy.live();
    QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
    const int steps = healthy.steps();
    QVERIFY(steps > 300);

    // A prime stride, another beginning for each kind of failure: together they hit every part of the life.
    const int stride = all ? 1 : 151;
    int hit = 0;
    QMap<QString, int> told;
    for (int nth = 1 + (all ? 0 : (error * 17 + 53 * int(shortWrite)) % stride); nth <= steps; nth += stride) {
        Story story({nth, error, sticky, shortWrite, all});
        const QString wrong = story.live();
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        hit += story.hasFailed() ? 1 : 0;
        for (const QString &sentence : story.told())
            ++told[sentence];
    }
    QVERIFY(hit >= (steps - 1) / stride - 1);
    QVERIFY(!told.isEmpty());
    if (all) {
        qInfo("%d writes, each failed once: nothing lost. What was said:", hit);
        for (auto at = told.cbegin(); at != told.cend(); ++at)
            qInfo("%6d  %s", at.value(), qPrintable(at.key()));
    }
}

TACET_TEST_UNIT("t_story", TestStory)
#include "t_story.moc"
