// The current goes away at any moment: what the disk may hold then opens, has what was confirmed, and goes on.
#include "tests/faults/power_cut.h"
#include "tests/faults/story.h"
#include "tests/support/unit_registry.h"

using namespace tacet;
using namespace tacet::test;

class TestPowerCut : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whateverTheDiskShows_opensAndGoesOn();
};

void TestPowerCut::whateverTheDiskShows_opensAndGoesOn()
{
    const bool all = qEnvironmentVariableIsSet("TACET_ALL_FAULTS");
    int cuts = 0;
    for (int seed = 1; seed <= (all ? 20 : 2); ++seed) {
        QTemporaryDir images(QStringLiteral("/dev/shm/tacet-cuts-XXXXXX"));
        if (!images.isValid())
            QSKIP("skipped: no room in memory (/dev/shm) for copies of the disk.");
        struct Cut {
            int step;
            std::filesystem::path image;
            Story::Confirmed confirmed;
        };
        std::vector<Cut> taken;
        StoryOptions options;
        std::unique_ptr<PowerCuts> plan;
        Story *living = nullptr;
        // The folder is the story's own, so the plan comes after it and is asked through a pointer.
        struct Forward final : vault::FaultPlan {
            std::unique_ptr<PowerCuts> *plan = nullptr;
            vault::Fault before(vault::FileStep step, const std::string &path, std::size_t bytes) override
            {
                return (*plan)->before(step, path, bytes);
            }
        } forward;
        forward.plan = &plan;
        options.instead = &forward;
        Story story(options);
        living = &story;
        plan = std::make_unique<PowerCuts>(story.folder(), images.path().toStdString(), 20, std::uint64_t(seed),
                                           [&](int step, const std::filesystem::path &image) {
                                               taken.push_back({step, image, living->confirmed()});
                                           });
        const QString trouble = story.live();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        for (const Cut &cut : taken) {
            const QString wrong = story.resume(cut.image, cut.confirmed);
            QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("seed %1, cut at step %2: ").arg(seed).arg(cut.step) + wrong));
            std::filesystem::remove_all(cut.image);
        }
        cuts += int(taken.size());
    }
    QVERIFY(cuts > 50);
    if (all)
        qInfo("%d power cuts: each opened, nothing confirmed was lost", cuts);
}

TACET_TEST_UNIT("t_power_cut", TestPowerCut)
#include "t_power_cut.moc"
