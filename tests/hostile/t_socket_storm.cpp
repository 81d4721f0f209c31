// The same storm over real sockets: broken handshakes, broken frames, half documents, and what QtWebSockets makes of them.
#include "tests/hostile/socket_weather.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::test;

class TestSocketStorm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsLostOrDoubled();
};

void TestSocketStorm::nothingIsLostOrDoubled()
{
    ManualClock clock;
    ManualTimers timers(clock);
    SocketWeather weather(clock, timers, 5);
    Storm storm(clock, timers, weather, 5);
    const StormFigures figures = storm.rage(1'500, 100);
    QVERIFY2(figures.trouble.isEmpty(), qPrintable(figures.trouble));
    QCOMPARE(figures.lost, 0);
    QCOMPARE(figures.doubled, 0);
    QVERIFY(figures.inOrder);
    QVERIFY(weather.rudeGreetings() > 3);
    QVERIFY2(figures.residentAtEnd - figures.residentAtStart < 64'000'000, "memory grows with what a relay sends");
}

TACET_TEST_UNIT("t_socket_storm", TestSocketStorm)
#include "t_socket_storm.moc"
