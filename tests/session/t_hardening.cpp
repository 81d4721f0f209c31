// What a program asks of its computer before it does anything.
#include "app/session/hardening.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <algorithm>

#include <sys/resource.h>

using namespace tacet;

class TestHardening : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void openFiles_areRaisedAsFarAsAllowed_data()
    {
        QTest::addColumn<quint64>("before");
        QTest::newRow("few") << quint64(256);
        QTest::newRow("as many as allowed") << quint64(RLIM_INFINITY);
    }

    void openFiles_areRaisedAsFarAsAllowed()
    {
        QFETCH(quint64, before);
        constexpr rlim_t kWanted = 8192;
        rlimit here{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &here), 0);
        const rlimit set{std::min<rlim_t>(before, here.rlim_max), here.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &set), 0);
        session::raiseOpenFiles();
        rlimit after{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &after), 0);
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &here), 0);
        QCOMPARE(after.rlim_cur, std::max(set.rlim_cur, std::min(here.rlim_max, kWanted)));
        QCOMPARE(after.rlim_max, here.rlim_max);
    }
};

TACET_TEST_UNIT("t_hardening", TestHardening)
#include "t_hardening.moc"
