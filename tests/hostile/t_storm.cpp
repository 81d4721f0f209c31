// With one honest relay beside a hostile one nothing is lost, doubled or crashed.
#include "tests/hostile/memory_weather.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::test;

class TestStorm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsLostOrDoubled_data();
    void nothingIsLostOrDoubled();
    void everythingThatARelayCanDo_wasDone();

private:
    std::array<std::uint64_t, std::size_t(Deed::Last)> m_done{};
};

void TestStorm::nothingIsLostOrDoubled_data()
{
    QTest::addColumn<int>("seed");
    for (const int seed : {1, 2, 3})
        QTest::addRow("seed %d", seed) << seed;
}

void TestStorm::nothingIsLostOrDoubled()
{
    QFETCH(int, seed);
    ManualClock clock;
    ManualTimers timers(clock);
    MemoryWeather weather(clock, timers, std::uint64_t(seed));
    Storm storm(clock, timers, weather, std::uint64_t(seed));
    const StormFigures figures = storm.rage(4'000, 150);
    QVERIFY2(figures.trouble.isEmpty(), qPrintable(figures.trouble));
    QCOMPARE(figures.lost, 0);
    QCOMPARE(figures.doubled, 0);
    QVERIFY(figures.inOrder);
    QVERIFY(figures.texts >= 40);
    for (std::size_t deed = 0; deed < m_done.size(); ++deed)
        m_done[deed] += weather.hostile().deeds(Deed(deed));
    QVERIFY2(figures.residentAtEnd - figures.residentAtStart < 64'000'000, "memory grows with what a relay sends");
}

void TestStorm::everythingThatARelayCanDo_wasDone()
{
    for (std::size_t deed = 0; deed < m_done.size(); ++deed)
        QVERIFY2(m_done[deed] > 0, nameOf(Deed(deed)));
}

TACET_TEST_UNIT("t_storm", TestStorm)
#include "t_storm.moc"
