// Each write of a life fails once (the disk is full). Here a sample; all of them: packaging/torture --faults.
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
    const int first = qEnvironmentVariableIntValue("TACET_ALL_FAULTS"); // 1, or where to go on after a repair
    const bool all = first > 0;
    Story healthy({});
    const QString trouble = healthy.live();
    QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
    const int steps = healthy.steps();
    QVERIFY(steps > 300);

    // A prime stride, another beginning for each kind of failure: together they hit every part of the life.
    const int stride = all ? 1 : 151;
    int hit = 0;
    QMap<QString, int> told;
    const auto failOne = [&](int nth, bool passphrase) {
        Story story({nth, error, sticky, shortWrite, passphrase});
        const QString wrong = story.live();
        hit += story.hasFailed() ? 1 : 0;
        for (const QString &sentence : story.told())
            ++told[sentence];
        return wrong;
    };
    for (int nth = all ? first : 1 + (error * 17 + 53 * int(shortWrite)) % stride; nth <= steps; nth += stride) {
        const QString wrong = failOne(nth, false);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
    QVERIFY(hit >= (steps - first) / stride - 1);
    QVERIFY(!told.isEmpty());
    if (all) {
        Story changing({0, 0, false, false, true}); // Argon2id takes its time: only the writes that it is about
        QVERIFY(changing.live().isEmpty());
        const auto [before, last] = changing.passphraseSteps();
        QVERIFY(last > before);
        for (int nth = before + 1; nth <= last; ++nth) {
            const QString wrong = failOne(nth, true);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
        qInfo("%d writes, each failed once: nothing lost. What was said:", hit);
        for (auto at = told.cbegin(); at != told.cend(); ++at)
            qInfo("%6d  %s", at.value(), qPrintable(at.key()));
    }
}

TACET_TEST_UNIT("t_story", TestStory)
#include "t_story.moc"
