// tacet-relay as a process: what it prints, how it ends, what survives kill -9.
#include "app/relay/pool.h"
#include "app/relay/web_socket_transport.h"
#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;

namespace {

struct Program {
    QProcess process;
    RelayUrl url = *RelayUrl::parse("ws://127.0.0.1:1");

    bool start(const QString &folder, quint16 port = 0)
    {
        process.start(QStringLiteral(TACET_RELAY_PROGRAM),
                      {QStringLiteral("--listen"), QStringLiteral("127.0.0.1:%1").arg(port), QStringLiteral("--data"), folder});
        if (!process.waitForReadyRead(20'000))
            return false;
        const auto read = RelayUrl::parse(process.readLine().trimmed().toStdString());
        if (read)
            url = *read;
        return read.ok();
    }
};

struct Client {
    Client() { pool.setListener(&listener); }
    SystemClock clock;
    QtTimers timers;
    SystemRandom random;
    test::RecordingListener listener;
    Pool pool{{clock, timers, random, webSocketTransports()}, {}};
};

int run(const QStringList &arguments, QByteArray *out, QByteArray *error)
{
    QProcess process;
    process.start(QStringLiteral(TACET_RELAY_PROGRAM), arguments);
    process.waitForFinished(20'000);
    *out = process.readAllStandardOutput();
    *error = process.readAllStandardError();
    return process.exitCode();
}

} // namespace

class TestRelayProgram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedAfterOk_keepsEveryEvent();
    void term_endsCleanly();
    void openFiles_areEnoughForAllClients();
    void disclose_printsWhileServing();
    void wrongUsage_isExplained_data();
    void wrongUsage_isExplained();
    void dataFolder_holdsNoAddress();
};

void TestRelayProgram::killedAfterOk_keepsEveryEvent()
{
    QTemporaryDir folder;
    SystemRandom random;
    const auto mailbox = NostrKeyPair::generate(random);
    std::set<NostrEventId> accepted;
    quint16 port = 0;
    for (int round = 0; round < 3; ++round) {
        Program program;
        QVERIFY(program.start(folder.path(), port));
        port = program.url.port();
        Client client;
        std::map<PublishId, NostrEventId> sent;
        for (std::uint64_t i = 0; i < 200; ++i) {
            // Not all in one second: a page would not hold them, and hide the rest.
            const NostrEvent event = test::datedEnvelope(mailbox.publicKey(), client.clock.wallSeconds() - std::int64_t(i), random);
            sent[PublishId{i}] = event.id;
            client.pool.publish(PublishId{i}, program.url, event);
        }
        const std::size_t enough = std::size_t(20 + 40 * round);
        QTRY_VERIFY_WITH_TIMEOUT(client.listener.outcomes.size() >= enough, 20'000);
        ::kill(pid_t(program.process.processId()), SIGKILL);
        QVERIFY(program.process.waitForFinished(20'000));
        for (const auto &[id, outcome] : client.listener.outcomes) {
            if (outcome.kind == PublishOutcome::Kind::Accepted)
                accepted.insert(sent.at(id));
        }
    }
    QVERIFY(accepted.size() >= 180);
    Program program;
    QVERIFY(program.start(folder.path()));
    Client client;
    client.pool.watch(program.url, mailbox, {});
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.reports.size(), std::size_t(1), 20'000);
    std::set<NostrEventId> found;
    for (const NostrEvent &event : client.listener.events)
        found.insert(event.id);
    for (const NostrEventId &id : accepted)
        QVERIFY(found.contains(id));
    program.process.kill();
    program.process.waitForFinished();
}

void TestRelayProgram::term_endsCleanly()
{
    QTemporaryDir folder;
    Program program;
    QVERIFY(program.start(folder.path()));
    program.process.terminate();
    QVERIFY(program.process.waitForFinished(20'000));
    QCOMPARE(program.process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.process.exitCode(), 0);
    QCOMPARE(program.process.readAllStandardError(), QByteArray());
}

void TestRelayProgram::openFiles_areEnoughForAllClients()
{
    rlimit few{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &few), 0);
    few.rlim_cur = std::min<rlim_t>(few.rlim_max, 256);
    QTemporaryDir folder;
    Program program;
    program.process.setChildProcessModifier([few] { ::setrlimit(RLIMIT_NOFILE, &few); });
    QVERIFY(program.start(folder.path()));
    rlimit raised{};
    QCOMPARE(::prlimit(pid_t(program.process.processId()), RLIMIT_NOFILE, nullptr, &raised), 0);
    QCOMPARE(raised.rlim_cur, std::min<rlim_t>(few.rlim_max, 4096));
    program.process.kill();
    program.process.waitForFinished();
}

void TestRelayProgram::disclose_printsWhileServing()
{
    QTemporaryDir folder;
    Program program;
    QVERIFY(program.start(folder.path()));
    Client client;
    const auto mailbox = NostrKeyPair::generate(client.random);
    client.pool.publish(PublishId{1}, program.url, test::envelopeFor(mailbox.publicKey(), client.clock.wallSeconds(), client.random));
    QTRY_COMPARE(client.listener.outcomes.size(), std::size_t(1));
    QByteArray out;
    QByteArray error;
    QCOMPARE(run({QStringLiteral("disclose"), QStringLiteral("--data"), folder.path()}, &out, &error), 0);
    QVERIFY2(out.contains("1 sealed envelope."), out.constData());
    QVERIFY(out.contains("1 random mailbox."));
    QVERIFY(error.isEmpty());
    QCOMPARE(run({QStringLiteral("disclose"), QStringLiteral("--json"), QStringLiteral("--data"), folder.path()}, &out, &error), 0);
    QVERIFY(readJson(out.toStdString())->member("envelopes"));
    program.process.terminate();
    program.process.waitForFinished();
}

void TestRelayProgram::wrongUsage_isExplained_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    const auto row = [](const char *name, const QString &words, int code) { QTest::newRow(name) << words.split(QLatin1Char(' '), Qt::SkipEmptyParts) << code; };
    row("nothing", QString(), 2);
    row("no data", QStringLiteral("--listen 127.0.0.1:0"), 2);
    row("no port", QStringLiteral("--listen 127.0.0.1 --data /tmp/x"), 2);
    row("a name", QStringLiteral("--listen relay.example:80 --data /tmp/x"), 2);
    row("an address for a host", QStringLiteral("--listen 127.0.0.1:0 --data /tmp/x --host wss://relay.example"), 2);
    row("a port at a host", QStringLiteral("--listen 127.0.0.1:0 --data /tmp/x --host relay.example:80"), 2);
    row("unknown word", QStringLiteral("dance --data /tmp/x"), 2);
    row("unknown option", QStringLiteral("--dance"), 2);
    row("nothing to disclose", QStringLiteral("disclose --data /nonexistent/x"), 1);
    row("no such address", QStringLiteral("--listen 192.0.2.1:0 --data /tmp/tacet-relay-test"), 1);
}

void TestRelayProgram::wrongUsage_isExplained()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QByteArray out;
    QByteArray error;
    QTemporaryDir folder;
    arguments.replaceInStrings(QStringLiteral("/tmp/"), folder.path() + QLatin1Char('/'));
    QCOMPARE(run(arguments, &out, &error), code);
    QVERIFY(error.startsWith("tacet-relay: "));
    QCOMPARE(error.count('\n'), 1);
    QVERIFY(out.isEmpty());
}

void TestRelayProgram::dataFolder_holdsNoAddress()
{
    QTemporaryDir folder;
    Program program;
    QVERIFY(program.start(folder.path()));
    Client client;
    const auto mailbox = NostrKeyPair::generate(client.random);
    client.pool.watch(program.url, mailbox, {});
    QTRY_COMPARE(client.listener.reports.size(), std::size_t(1));
    client.pool.publish(PublishId{1}, program.url, test::envelopeFor(mailbox.publicKey(), client.clock.wallSeconds(), client.random));
    QTRY_COMPARE(client.listener.events.size(), std::size_t(1));
    program.process.terminate();
    QVERIFY(program.process.waitForFinished());
    int files = 0;
    for (const QString &name : QDir(folder.path()).entryList(QDir::Files)) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("127.0.0.1"));
        ++files;
    }
    QVERIFY(files > 0);
}

TACET_TEST_UNIT("t_relay_program", TestRelayProgram)
#include "t_relay_program.moc"
