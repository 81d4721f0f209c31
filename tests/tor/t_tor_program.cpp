// The program `tor`, played by a script with a scripted control port, and the real one where it is installed. The real one
// never leaves this computer: its own way into the network is a proxy that nobody listens at.
#include "app/tor/onion_service.h"
#include "app/tor/tor_finder.h"
#include "app/tor/tor_program.h"
#include "tests/support/played_tor.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QNetworkProxy>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::tor;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatience = 60'000;

} // namespace

class TestTorProgram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void script_progressIsTold();
    void script_ownFolderAndNothingOfTheSystem();
    void script_closedControlPort_isAFailure();
    void programThatEnds_isAFailureWithItsWords();
    void programThatIsNotThere_isAFailure();
    void real_connectsAsFarAsItCan();
    void real_isFoundByItsAnswers();
    void real_publishesAnOnionService();
    void real_endsWhenStopped();

private:
    QString played() const { return test::playedTor(m_folder->filePath(u"tor-played"_s), *m_control, 9999); }
    bool startReal(TorProgram &program) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::ControlServer> m_control;
    crypto::SystemRandom m_random;
};

void TestTorProgram::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_control = std::make_unique<test::ControlServer>();
}

void TestTorProgram::script_progressIsTold()
{
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    program.setProgram(played());
    QSignalSpy opened(&program, &TorProgram::controlOpened);
    QSignalSpy told(&program, &TorProgram::statusChanged);
    program.start();
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kPatience);
    QCOMPARE(told[0][0].value<TorStatus>().state, TorState::Starting);
    QCOMPARE(program.status(), (TorStatus{TorState::Connecting, 5, u"conn"_s, {}, 9999}));
    QVERIFY(m_control->heardCommands.contains("TAKEOWNERSHIP"));
    m_control->tell("650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=10 TAG=conn_done WARNING=\"No route to host\" RECOMMENDATION=warn");
    QTRY_COMPARE_WITH_TIMEOUT(program.status().percent, 10, kPatience);
    QCOMPARE(program.status().reason, u"No route to host"_s);
    QCOMPARE(program.status().state, TorState::Connecting);
    test::connectFully(*m_control);
    QTRY_COMPARE_WITH_TIMEOUT(program.status().state, TorState::Ready, kPatience);
    QCOMPARE(program.status().socksPort, quint16(9999));
    QVERIFY(program.control());
    program.stop();
    QCOMPARE(program.status(), TorStatus{});
    QVERIFY(!program.control());
}

void TestTorProgram::script_ownFolderAndNothingOfTheSystem()
{
    const QString folder = m_folder->filePath(u"a folder/tor"_s);
    TorProgram program(folder.toStdString(), m_random);
    program.setProgram(played());
    QSignalSpy opened(&program, &TorProgram::controlOpened);
    program.start();
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kPatience);
    QCOMPARE(QFile::permissions(folder) & (QFile::ReadGroup | QFile::ExeGroup | QFile::ReadOther | QFile::ExeOther), QFile::Permissions());
    QFile options(m_folder->filePath(u"tor-played.options"_s));
    QVERIFY(options.open(QIODevice::ReadOnly));
    const QStringList words = QString::fromUtf8(options.readAll()).split(u'\n');
    for (const QString &file : {u"-f"_s, u"--defaults-torrc"_s, u"--DataDirectory"_s, u"--ControlPortWriteToFile"_s, u"--CookieAuthFile"_s})
        QVERIFY2(words.value(words.indexOf(file) + 1).startsWith(folder), qPrintable(file));
    QVERIFY(words.contains(u"auto IsolateSOCKSAuth"_s));
    QCOMPARE(words.value(words.indexOf(u"--__OwningControllerProcess"_s) + 1), QString::number(QCoreApplication::applicationPid()));
}

void TestTorProgram::script_closedControlPort_isAFailure()
{
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    program.setProgram(played());
    QSignalSpy opened(&program, &TorProgram::controlOpened);
    program.start();
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kPatience);
    m_control->client->disconnectFromHost();
    QTRY_COMPARE_WITH_TIMEOUT(program.status().state, TorState::Failed, kPatience);
    QVERIFY(!program.control());
    // It is tried again.
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 2, kPatience);
}

void TestTorProgram::programThatEnds_isAFailureWithItsWords()
{
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    program.setProgram(test::torScript(m_folder->filePath(u"tor-played"_s), "echo 'Nov 28 17:17:21.000 [warn] Could not bind to 127.0.0.1'\nexit 1\n"));
    program.start();
    QTRY_COMPARE_WITH_TIMEOUT(program.status().state, TorState::Failed, kPatience);
    QCOMPARE(program.status().reason, u"Could not bind to 127.0.0.1"_s);
}

void TestTorProgram::programThatIsNotThere_isAFailure()
{
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    program.setProgram(m_folder->filePath(u"nowhere"_s));
    program.start();
    QTRY_COMPARE_WITH_TIMEOUT(program.status().state, TorState::Failed, kPatience);
    QCOMPARE(program.status().reason, u"the program cannot be started"_s);
}

// --- The real one ---

bool TestTorProgram::startReal(TorProgram &program) const
{
    QTcpServer closed;
    closed.listen(QHostAddress::LocalHost);
    program.setMoreOptions({u"--Socks5Proxy"_s, u"127.0.0.1:%1"_s.arg(closed.serverPort())});
    closed.close();
    QSignalSpy opened(&program, &TorProgram::controlOpened);
    program.start();
    return QTest::qWaitFor([&] { return opened.count() == 1; }, kPatience);
}

#define NEEDS_TOR() \
    if (TorProgram::installed().isEmpty()) \
    QSKIP("skipped: the program `tor` is not installed")

void TestTorProgram::real_connectsAsFarAsItCan()
{
    NEEDS_TOR();
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    QVERIFY2(startReal(program), qPrintable(program.status().reason));
    QCOMPARE(program.status().state, TorState::Connecting);
    QVERIFY(program.status().socksPort != 0);
    QVERIFY(program.status().percent < 100);
    QVERIFY(!QFile::exists(m_folder->filePath(u"tor/no-torrc"_s)));
    std::optional<ControlReply> version;
    program.control()->ask("GETINFO version", [&](const ControlReply &reply) { version = reply; });
    QTRY_VERIFY_WITH_TIMEOUT(version.has_value(), kPatience);
    QVERIFY(version->accepted());
}

void TestTorProgram::real_isFoundByItsAnswers()
{
    NEEDS_TOR();
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    QVERIFY2(startReal(program), qPrintable(program.status().reason));
    TorFinder finder;
    std::optional<quint16> found;
    finder.find({program.status().socksPort}, [&](quint16 port) { found = port; });
    QTRY_VERIFY_WITH_TIMEOUT(found.has_value(), kPatience);
    QCOMPARE(*found, program.status().socksPort);
}

void TestTorProgram::real_publishesAnOnionService()
{
    NEEDS_TOR();
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    QVERIFY2(startReal(program), qPrintable(program.status().reason));
    std::vector<OnionService> made;
    QStringList refused;
    const auto note = [&](const Result<OnionService, QString> &outcome) {
        if (outcome)
            made.push_back(*outcome);
        else
            refused.append(outcome.error());
    };
    publishOnion(*program.control(), {}, 7447, note);
    QTRY_COMPARE_WITH_TIMEOUT(made.size(), std::size_t(1), kPatience);
    publishOnion(*program.control(), made[0].key, 7447, note); // it is there already
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, kPatience);
    withdrawOnion(*program.control(), made[0].host);
    publishOnion(*program.control(), made[0].key, 7447, note);
    QTRY_COMPARE_WITH_TIMEOUT(made.size(), std::size_t(2), kPatience);
    QCOMPARE(made[1].host, made[0].host);
}

void TestTorProgram::real_endsWhenStopped()
{
    NEEDS_TOR();
    TorProgram program(m_folder->filePath(u"tor"_s).toStdString(), m_random);
    QVERIFY2(startReal(program), qPrintable(program.status().reason));
    const quint16 port = program.status().socksPort;
    program.stop();
    QTcpSocket socket;
    socket.setProxy(QNetworkProxy::NoProxy);
    socket.connectToHost(QHostAddress::LocalHost, port);
    QVERIFY(!socket.waitForConnected(kPatience));
}

TACET_TEST_UNIT("t_tor_program", TestTorProgram)
#include "t_tor_program.moc"
