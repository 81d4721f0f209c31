// What a program that runs leaves where others on the computer, or whoever gets the disk later, could look: no core file
// with its memory in it, no file that others may read, and the passphrase nowhere but in its own file.
#include "tests/e2e/programs.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace tacet::test;

namespace {

/// A file of /proc; nothing where even we may not look.
QByteArray told(qint64 process, const QString &name)
{
    QFile file(u"/proc/%1/%2"_s.arg(process).arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The rest of the line that begins with these words.
QString lineOf(qint64 process, const QString &name, const QString &words)
{
    for (const QByteArray &line : told(process, name).split('\n')) {
        if (line.startsWith(words.toLatin1()))
            return QString::fromLatin1(line.mid(words.size())).simplified();
    }
    return {};
}

/// Soft and hard, and the unit.
QString coreLimit(qint64 process)
{
    return lineOf(process, u"limits"_s, u"Max core file size"_s);
}

} // namespace

class TestTraces : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString path(const QString &name) const { return m_folder.filePath(name); }

private Q_SLOTS:
    void initTestCase()
    {
        // What is inherited allows as much as this computer does; what is seen below is the program's own doing.
        rlimit core{};
        QCOMPARE(::getrlimit(RLIMIT_CORE, &core), 0);
        core.rlim_cur = core.rlim_max;
        QCOMPARE(::setrlimit(RLIMIT_CORE, &core), 0);
        ::umask(0022);
    }

    void relay_leavesNoCoreFile()
    {
        Relay relay(path(u"quiet"_s));
        QVERIFY(relay.start());
        QCOMPARE(coreLimit(relay.processId()), u"0 0 bytes"_s);
    }

    void commandLine_leavesNothing()
    {
        Relay relay(path(u"relay"_s));
        QVERIFY(relay.start());
        const Person one(path(u"one"_s), u"one"_s);
        QCOMPARE(one.init({relay.url()}).exitCode, 0);
        QCOMPARE(one.run({u"invite"_s}).exitCode, 0); // so that there is something to listen for
        const QString secret = one.home() + u"/passphrase"_s;
        QFile file(secret);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray passphrase = file.readAll().trimmed();
        QVERIFY(passphrase.size() > 20);

        QProcess listening;
        listening.setProcessEnvironment(one.environment());
        listening.start(programPath(u"tacet-cli"_s),
            {u"--profile"_s, one.profile(), u"--passphrase-file"_s, secret, u"--json"_s, u"listen"_s});
        QByteArray said;
        while (!said.contains("connected") && listening.waitForReadyRead(60'000)) // it has read the passphrase, and used it
            said += listening.readAllStandardOutput();
        const qint64 process = listening.processId();
        const QString core = coreLimit(process);
        const QString umask = lineOf(process, u"status"_s, u"Umask:"_s);
        const QByteArray environment = told(process, u"environ"_s);
        const QByteArray words = told(process, u"cmdline"_s);
        listening.terminate();
        QVERIFY(listening.waitForFinished(60'000));
        said += listening.readAllStandardOutput();

        QVERIFY2(said.contains("connected"), said.constData());
        QCOMPARE(core, u"0 0 bytes"_s);
        QCOMPARE(umask, u"0077"_s);
        QVERIFY(words.contains("--passphrase-file")); // this is where one looks
        for (const QByteArray &place : {environment, words, said, listening.readAllStandardError()})
            QVERIFY2(!place.contains(passphrase), place.constData());
    }

    void window_leavesNothing()
    {
        const QString program = programPath(u"tacet"_s);
        if (!QFile::exists(program))
            QSKIP("skipped: the window is not built");
        const Person one(path(u"window"_s), u"window"_s);
        QProcessEnvironment environment = one.environment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        QProcess window;
        window.setProcessEnvironment(environment);
        window.start(program, {u"--profile"_s, one.profile()});
        QVERIFY(window.waitForStarted(60'000));
        const qint64 process = window.processId();
        QTRY_COMPARE_WITH_TIMEOUT(coreLimit(process), u"0 0 bytes"_s, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(lineOf(process, u"status"_s, u"Umask:"_s), u"0077"_s, 60'000);
        window.kill();
        QVERIFY(window.waitForFinished(60'000));
    }
};

TACET_TEST_UNIT("t_traces", TestTraces)
#include "t_traces.moc"
