#include "app/tor/tor_program.h"

#include "app/tor/bootstrap.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace tacet::tor {
namespace {

constexpr int kLookEveryMs = 50;
constexpr int kEndPatienceMs = 5'000;
constexpr qsizetype kLongestWords = 200;

/// "127.0.0.1:33759", quoted or not: what comes after the last colon of the first address.
quint16 portOf(const QByteArray &text)
{
    const QByteArray first = QByteArray(text).replace('"', ' ').trimmed().split(' ').value(0);
    return first.startsWith("127.0.0.1:") ? first.mid(10).toUShort() : quint16(0);
}

} // namespace

TorProgram::TorProgram(std::filesystem::path folder, crypto::Random &random) : m_folder(std::move(folder)), m_random(random) { }

TorProgram::~TorProgram()
{
    stop();
}

QString TorProgram::installed()
{
    const QString found = QStandardPaths::findExecutable(u"tor"_s);
    return !found.isEmpty() ? found
                            : QStandardPaths::findExecutable(u"tor"_s, {u"/usr/sbin"_s, u"/usr/bin"_s, u"/usr/local/bin"_s});
}

QString TorProgram::file(const char *name) const
{
    return QFile::decodeName((m_folder / name).c_str());
}

void TorProgram::start()
{
    if (m_process)
        return;
    m_again.reset();
    const QString program = m_program.isEmpty() ? installed() : m_program;
    if (program.isEmpty()) {
        tryLater(); // it may be installed meanwhile
        return tell({TorState::Missing, 0, {}, {}, 0});
    }
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    std::filesystem::permissions(m_folder, std::filesystem::perms::owner_all, error); // Tor wants it so, and so do we
    if (error)
        return failed(u"its folder cannot be made"_s);
    launch(program);
}

QStringList TorProgram::options() const
{
    return QStringList{
        // Neither the system's configuration nor anybody's own.
        u"--defaults-torrc"_s, file("no-torrc"), u"-f"_s, file("no-torrc"), u"--ignore-missing-torrc"_s,
        u"--DataDirectory"_s, file("data"),
        // Each of our user names gets a circuit of its own.
        u"--SocksPort"_s, u"auto IsolateSOCKSAuth"_s,
        u"--ControlPort"_s, u"auto"_s, u"--ControlPortWriteToFile"_s, file("control-port"),
        u"--CookieAuthentication"_s, u"1"_s, u"--CookieAuthFile"_s, file("cookie"),
        u"--ClientOnly"_s, u"1"_s, u"--Log"_s, u"warn stdout"_s,
        // It ends with us, whatever ends us.
        u"--__OwningControllerProcess"_s, QString::number(QCoreApplication::applicationPid()),
    } + m_more;
}

void TorProgram::launch(const QString &program)
{
    QFile::remove(file("control-port")); // of a former run
    m_lastWords.clear();
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->setStandardInputFile(QProcess::nullDevice());
    connect(m_process.get(), &QProcess::readyRead, this, &TorProgram::readWords);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError what) {
        if (what == QProcess::FailedToStart)
            failed(u"the program cannot be started"_s);
    });
    connect(m_process.get(), &QProcess::finished, this, [this] {
        readWords();
        failed(m_lastWords.isEmpty() ? u"it ended"_s : m_lastWords);
    });
    tell({TorState::Starting, 0, {}, {}, 0});
    m_process->start(program, options(), QIODevice::ReadOnly);
    m_looks = 0;
    m_look = std::make_unique<QTimer>();
    connect(m_look.get(), &QTimer::timeout, this, &TorProgram::lookForControlPort);
    m_look->start(kLookEveryMs);
}

void TorProgram::lookForControlPort()
{
    QFile written(file("control-port"));
    // "PORT=127.0.0.1:41451"; Tor writes it in one step, by renaming.
    const QByteArray text = written.open(QIODevice::ReadOnly) ? written.read(100).trimmed() : QByteArray();
    if (const quint16 port = text.startsWith("PORT=") ? portOf(text.mid(5)) : quint16(0); port != 0) {
        m_look->stop();
        return openControl(port);
    }
    if (++m_looks > kStartPatienceMs / kLookEveryMs)
        failed(m_lastWords.isEmpty() ? u"it does not start"_s : m_lastWords);
}

void TorProgram::openControl(quint16 port)
{
    m_control = std::make_unique<ControlPort>(m_random, file("cookie"));
    connect(m_control.get(), &ControlPort::authenticated, this, &TorProgram::introduce);
    connect(m_control.get(), &ControlPort::eventCame, this, [this](const ControlReply &event) {
        learnProgress(event.lines.value(0));
    });
    connect(m_control.get(), &ControlPort::ended, this, [this](const QString &reason) { failed(reason); }, Qt::QueuedConnection);
    m_control->connectToPort(port);
}

void TorProgram::introduce()
{
    m_isAuthenticated = true;
    tell({TorState::Connecting, 0, {}, {}, 0});
    m_control->ask("TAKEOWNERSHIP", {}); // ends when this connection does
    m_control->ask("SETEVENTS STATUS_CLIENT", {});
    m_control->ask("GETINFO net/listeners/socks", [this](const ControlReply &reply) { learnSocksPort(reply); });
    m_control->ask("GETINFO status/bootstrap-phase", [this](const ControlReply &reply) {
        learnProgress(reply.value("status/bootstrap-phase"));
        Q_EMIT controlOpened();
    });
}

void TorProgram::learnSocksPort(const ControlReply &reply)
{
    TorStatus status = m_status;
    status.socksPort = portOf(reply.value("net/listeners/socks"));
    tell(status);
}

void TorProgram::learnProgress(const QByteArray &line)
{
    const auto bootstrap = readBootstrap(line);
    if (!bootstrap)
        return;
    TorStatus status = m_status;
    status.percent = bootstrap->percent;
    status.phase = bootstrap->phase;
    status.reason = bootstrap->obstacle;
    status.state = bootstrap->percent == 100 && status.socksPort != 0 ? TorState::Ready : TorState::Connecting;
    if (status.state == TorState::Ready)
        m_waitMs = kFirstWaitMs;
    tell(status);
}

void TorProgram::readWords()
{
    // "Nov 28 17:17:22.000 [warn] words"
    for (const QByteArray &line : m_process->readAll().split('\n')) {
        const qsizetype end = line.indexOf("] ");
        if (end < 0 || (!line.contains("[warn]") && !line.contains("[err]")))
            continue;
        m_lastWords.clear();
        for (const QChar c : QString::fromUtf8(line.mid(end + 2, kLongestWords)))
            m_lastWords += c.isPrint() ? c : QChar(u' ');
    }
}

void TorProgram::failed(const QString &reason)
{
    drop();
    tryLater();
    tell({TorState::Failed, 0, {}, reason, 0});
}

void TorProgram::tryLater()
{
    const int wait = m_waitMs;
    m_waitMs = std::min(m_waitMs * 2, kLongestWaitMs);
    m_again = std::make_unique<QTimer>();
    m_again->setSingleShot(true);
    connect(m_again.get(), &QTimer::timeout, this, [this] {
        m_again.release()->deleteLater(); // it is the one that calls
        start();
    });
    m_again->start(wait);
}

void TorProgram::stop()
{
    m_again.reset();
    m_waitMs = kFirstWaitMs;
    drop();
    tell({});
}

void TorProgram::drop()
{
    m_isAuthenticated = false;
    const auto leave = [this](auto &object) {
        if (!object)
            return;
        object->disconnect(this);
        object.release()->deleteLater(); // it may be the one that calls
    };
    leave(m_look);
    if (m_process) {
        m_process->disconnect(this);
        m_process->terminate();
        if (m_process->state() != QProcess::NotRunning && !m_process->waitForFinished(kEndPatienceMs)) {
            m_process->kill();
            m_process->waitForFinished(kEndPatienceMs);
        }
        leave(m_process);
    }
    leave(m_control);
}

void TorProgram::tell(TorStatus status)
{
    if (m_status == status)
        return;
    m_status = std::move(status);
    Q_EMIT statusChanged(m_status);
}

} // namespace tacet::tor
