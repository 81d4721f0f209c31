// What a program asks of its computer before it does anything.
#include "app/session/hardening.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <algorithm>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tacet;

class TestHardening : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hardened_keepsItsMemoryToItself()
    {
        enum { NoLimit = 1, Dumpable = 2, Umask = 4 };
        const pid_t child = ::fork(); // what is given up cannot be taken back
        QVERIFY(child >= 0);
        if (child == 0) {
            rlimit core{};
            ::getrlimit(RLIMIT_CORE, &core);
            core.rlim_cur = core.rlim_max;
            ::setrlimit(RLIMIT_CORE, &core);
            ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
            ::umask(0022);
            session::harden();
            ::getrlimit(RLIMIT_CORE, &core);
            const bool limited = core.rlim_cur == 0 && core.rlim_max == 0;
            const bool dumpable = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
            ::_exit((limited ? 0 : NoLimit) | (dumpable ? Dumpable : 0) | (::umask(0) == 0077 ? 0 : Umask));
        }
        int status = -1;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
    }

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
