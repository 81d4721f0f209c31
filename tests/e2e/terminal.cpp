#include "tests/e2e/terminal.h"

#include <QDeadlineTimer>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

namespace tacet::test {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatienceMs = 60'000;

void prepare(QProcess &process, const Person &person, const QStringList &words)
{
    process.setProcessEnvironment(person.environment());
    process.setProgram(programPath(u"tacet-cli"_s));
    process.setArguments(QStringList{u"--profile"_s, person.profile()} + words);
}

Ran ended(QProcess &process)
{
    Ran ran;
    if (process.waitForFinished(kPatienceMs) && process.exitStatus() == QProcess::NormalExit)
        ran.exitCode = process.exitCode();
    ran.out = QString::fromUtf8(process.readAllStandardOutput());
    ran.err = QString::fromUtf8(process.readAllStandardError());
    return ran;
}

} // namespace

Terminal::Terminal(const Person &person, const QStringList &words)
{
    m_master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (m_master < 0 || ::grantpt(m_master) != 0 || ::unlockpt(m_master) != 0)
        return;
    const QByteArray name = ::ptsname(m_master);
    prepare(m_process, person, words);
    // The first terminal that a session's leader opens is the session's: what /dev/tty means from then on.
    m_process.setChildProcessModifier([name] {
        ::setsid();
        ::open(name.constData(), O_RDWR);
    });
    m_process.start();
}

Terminal::~Terminal()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished();
    }
    if (m_master >= 0)
        ::close(m_master);
}

bool Terminal::read(int waitMs)
{
    pollfd waiting{m_master, POLLIN, 0};
    if (::poll(&waiting, 1, waitMs) <= 0 || (waiting.revents & POLLIN) == 0)
        return false;
    char bytes[512];
    const ssize_t got = ::read(m_master, bytes, sizeof bytes);
    if (got > 0)
        m_shown.append(bytes, got);
    return got > 0;
}

bool Terminal::answer(const QString &question, const QByteArray &line)
{
    const QDeadlineTimer deadline(kPatienceMs);
    const QByteArray wanted = question.toUtf8();
    while (m_shown.indexOf(wanted, m_seen) < 0) {
        if (deadline.hasExpired() || (!read(200) && m_process.waitForFinished(1) && m_process.state() == QProcess::NotRunning))
            return false;
    }
    m_seen = m_shown.size();
    const QByteArray typed = line + '\n';
    return ::write(m_master, typed.constData(), static_cast<std::size_t>(typed.size())) == typed.size();
}

Ran Terminal::finish()
{
    Ran ran = ended(m_process);
    while (read(0)) { }
    return ran;
}

Ran runWithoutTerminal(const Person &person, const QStringList &words)
{
    QProcess process;
    prepare(process, person, words);
    process.setChildProcessModifier([] { ::setsid(); }); // and no terminal is opened in the new session
    process.start();
    return ended(process);
}

} // namespace tacet::test
