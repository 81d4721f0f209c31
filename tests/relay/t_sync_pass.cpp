#include "app/relay/sync_cursor.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <algorithm>
#include <functional>

using namespace tacet;
using namespace tacet::relay;

namespace {

struct Stored {
    crypto::NostrEventId id;
    std::int64_t at;
};

/// Answers as an honest relay does: newest first, `cap` at most.
std::vector<Stored> page(const std::vector<Stored> &all, const SyncPass &pass, std::size_t cap)
{
    std::vector<Stored> out;
    for (const Stored &event : all) {
        if ((!pass.since() || event.at >= *pass.since()) && (!pass.until() || event.at <= *pass.until()))
            out.push_back(event);
    }
    std::stable_sort(out.begin(), out.end(), [](const Stored &a, const Stored &b) { return a.at > b.at || (a.at == b.at && a.id < b.id); });
    if (out.size() > cap)
        out.resize(cap);
    return out;
}

struct Outcome {
    std::set<crypto::NostrEventId> seen;
    SyncPass::Next end = SyncPass::Next::Page;
    int pages = 0;
};

Outcome run(SyncPass pass, const std::function<std::vector<Stored>(const SyncPass &)> &answer)
{
    Outcome outcome;
    while (outcome.end == SyncPass::Next::Page && outcome.pages < 3'000) {
        for (const Stored &event : answer(pass)) {
            outcome.seen.insert(event.id);
            if (!pass.took(event.id, event.at))
                return outcome;
        }
        ++outcome.pages;
        outcome.end = pass.endOfPage();
    }
    return outcome;
}

} // namespace

class TestSyncPass : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_all.clear(); }
    void since_stepsBackTwoDaysAndTheSkew();
    void pass_readsEverything_data();
    void pass_readsEverything();
    void emptyMailbox_isCompleteAtOnce();
    void secondSplitBetweenPages_isReadWhole();
    void fullSecond_isAFlood();
    void fullSecondAtTheEnd_isAFlood();
    void secondWithoutEnd_isAFlood();
    void pageThatCannotBeRead_isAFlood();
    void relayThatIgnoresUntil_ends();
    void relayThatIgnoresLimits_isStopped();
    void endlessHistory_isCutAndNotComplete();

private:
    void store(std::int64_t at, int count = 1)
    {
        for (int i = 0; i < count; ++i)
            m_all.push_back({crypto::NostrEventId{m_random.bytes<32>()}, at});
    }
    std::vector<Stored> m_all;
    test::SeededRandom m_random{7};
};

void TestSyncPass::since_stepsBackTwoDaysAndTheSkew()
{
    QCOMPARE(sinceFor(1'000'000), std::int64_t(1'000'000 - 2 * 86'400 - 43'200));
    QCOMPARE(sinceFor(5), std::int64_t(0));
    QCOMPARE(sweepSinceFor(10'000'000), std::int64_t(10'000'000 - 30 * 86'400));
    QCOMPARE(sweepSinceFor(5), std::int64_t(0));
}

void TestSyncPass::pass_readsEverything_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("cap");
    for (const int cap : {2, 3, 10, 500}) {
        for (const int count : {1, 2, 9, 10, 11, 137})
            QTest::addRow("%d events, pages of %d", count, cap) << count << cap;
    }
}

void TestSyncPass::pass_readsEverything()
{
    QFETCH(int, count);
    QFETCH(int, cap);
    for (int i = 0; i < count; ++i)
        store(1000 + i);
    const auto outcome = run(SyncPass(std::nullopt, 5000), [&](const SyncPass &pass) { return page(m_all, pass, std::size_t(cap)); });
    QVERIFY(outcome.end == SyncPass::Next::Complete);
    QCOMPARE(int(outcome.seen.size()), count);
    // With a lower bound, only what lies above it.
    const auto half = run(SyncPass(1000 + count / 2, 5000), [&](const SyncPass &pass) { return page(m_all, pass, std::size_t(cap)); });
    QVERIFY(half.end == SyncPass::Next::Complete);
    QCOMPARE(int(half.seen.size()), count - count / 2);
}

void TestSyncPass::emptyMailbox_isCompleteAtOnce()
{
    const auto outcome = run(SyncPass(5, 10), [](const SyncPass &) { return std::vector<Stored>(); });
    QVERIFY(outcome.end == SyncPass::Next::Complete);
    QCOMPARE(outcome.pages, 1);
}

void TestSyncPass::secondSplitBetweenPages_isReadWhole()
{
    store(300, 3);
    store(200, 4);
    store(100, 3);
    const auto outcome = run(SyncPass(std::nullopt, 400), [&](const SyncPass &pass) { return page(m_all, pass, 5); });
    QVERIFY(outcome.end == SyncPass::Next::Complete);
    QCOMPARE(outcome.seen.size(), std::size_t(10));
}

void TestSyncPass::fullSecond_isAFlood()
{
    store(300, 1);
    store(200, 12); // more than a page
    store(100, 2);
    const auto outcome = run(SyncPass(std::nullopt, 400), [&](const SyncPass &pass) { return page(m_all, pass, 5); });
    QVERIFY(outcome.end == SyncPass::Next::Flooded);
    // What lies below the flood is read nevertheless.
    for (const Stored &event : m_all)
        QVERIFY(event.at == 200 || outcome.seen.contains(event.id));
}

void TestSyncPass::fullSecondAtTheEnd_isAFlood()
{
    const auto end = [&](std::size_t cap) {
        return run(SyncPass(std::nullopt, 400), [&](const SyncPass &pass) { return page(m_all, pass, cap); }).end;
    };
    store(300, 1);
    store(200, 150); // the page shows 120 of them, and nothing older tells
    QVERIFY(end(120) == SyncPass::Next::Flooded);
    m_all.clear();
    store(300, 1);
    store(200, int(SyncPass::kOverfullSecond) - 1); // a burst that some relay dates alike
    QVERIFY(end(500) == SyncPass::Next::Complete);
    store(250, 120); // many, and more of others
    QVERIFY(end(500) == SyncPass::Next::Complete);
}

void TestSyncPass::secondWithoutEnd_isAFlood()
{
    // Each page is another five hundred of the same second; what is older is given only when it is asked for.
    const Stored older{crypto::NostrEventId{m_random.bytes<32>()}, 100};
    const auto outcome = run(SyncPass(std::nullopt, 400), [&](const SyncPass &pass) {
        if (pass.until() && *pass.until() < 200)
            return *pass.until() < 100 ? std::vector<Stored>() : std::vector<Stored>{older};
        std::vector<Stored> others;
        for (std::int64_t i = 0; i < SyncPass::kPageLimit; ++i)
            others.push_back({crypto::NostrEventId{m_random.bytes<32>()}, 200});
        return others;
    });
    QVERIFY(outcome.end == SyncPass::Next::Flooded);
    QVERIFY(outcome.seen.size() <= SyncPass::kMaximumPage + std::size_t(SyncPass::kPageLimit) + 1); // not 2,000 pages of them
    QVERIFY(outcome.seen.contains(older.id));
}

void TestSyncPass::pageThatCannotBeRead_isAFlood()
{
    const auto endAfter = [](std::size_t unreadable, std::size_t readable) {
        SyncPass pass(std::nullopt, 5000);
        for (std::size_t i = 0; i < unreadable; ++i)
            pass.tookUnreadable();
        for (std::size_t i = 0; i < readable; ++i)
            (void)pass.took({}, 1000);
        return pass.endOfPage();
    };
    QVERIFY(endAfter(SyncPass::kUnreadablePage, 0) == SyncPass::Next::Flooded); // what is behind them cannot be asked for
    QVERIFY(endAfter(SyncPass::kUnreadablePage, 1) == SyncPass::Next::Page);
    QVERIFY(endAfter(SyncPass::kUnreadablePage - 1, 0) == SyncPass::Next::Complete); // some are no wall
    SyncPass pass(std::nullopt, 5000);
    for (std::size_t i = 0; i < SyncPass::kUnreadablePage; ++i)
        pass.tookUnreadable();
    (void)pass.took({}, 1000);
    QVERIFY(pass.endOfPage() == SyncPass::Next::Page);
    QVERIFY(pass.endOfPage() == SyncPass::Next::Complete); // each page for itself
}

void TestSyncPass::relayThatIgnoresUntil_ends()
{
    for (int i = 0; i < 50; ++i)
        store(1000 + i);
    const auto outcome = run(SyncPass(std::nullopt, 5000), [&](const SyncPass &) { return page(m_all, SyncPass(std::nullopt, 0), 10); });
    QVERIFY(outcome.end != SyncPass::Next::Page);
    QVERIFY(outcome.pages < 10);
}

void TestSyncPass::relayThatIgnoresLimits_isStopped()
{
    SyncPass pass(std::nullopt, 5000);
    bool fine = true;
    std::size_t taken = 0;
    while (fine && taken < 100'000) {
        fine = pass.took(crypto::NostrEventId{m_random.bytes<32>()}, 1);
        ++taken;
    }
    QCOMPARE(taken, SyncPass::kMaximumPage + 1);
}

void TestSyncPass::endlessHistory_isCutAndNotComplete()
{
    // A relay that invents an older event for each page.
    const auto outcome = run(SyncPass(std::nullopt, 1'000'000), [&](const SyncPass &pass) {
        return std::vector<Stored>{{crypto::NostrEventId{m_random.bytes<32>()}, pass.until() ? *pass.until() - 1 : 900'000}};
    });
    QVERIFY(outcome.end == SyncPass::Next::Flooded);
    QCOMPARE(outcome.pages, int(SyncPass::kMaximumPages));
}

TACET_TEST_UNIT("t_sync_pass", TestSyncPass)
#include "t_sync_pass.moc"
