#include "app/cli/passphrase.h"

#include <QFile>

#include <cerrno>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace tacet::cli {
namespace {

constexpr std::size_t kMaxPassphrase = 1024;

class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) { }
    ~Descriptor()
    {
        if (m_fd > STDERR_FILENO)
            ::close(m_fd);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int get() const { return m_fd; }

private:
    int m_fd;
};

/// Reads up to the first line end, byte by byte so that nothing behind it is swallowed from a pipe.
chat::Outcome<crypto::SecretBuffer> readLine(int fd, const QString &where)
{
    crypto::SecretBuffer line;
    for (;;) {
        crypto::SecretBytes<1> byte;
        const ssize_t got = ::read(fd, byte.writable().data(), 1);
        if (got < 0)
            return chat::trouble(errno == EISDIR ? chat::TroubleCode::NotAFile : chat::TroubleCode::DiskError, where);
        const std::uint8_t value = byte.view()[0];
        if (got == 0 || value == '\n')
            break;
        if (line.size() == kMaxPassphrase)
            return chat::trouble(chat::TroubleCode::WrongPassphrase);
        line.append(byte.view());
    }
    if (!line.empty() && line.view().back() == '\r')
        line.truncate(line.size() - 1);
    return line;
}

/// Turns the echo off while it lives.
class Quiet {
public:
    explicit Quiet(int fd) : m_fd(fd)
    {
        m_changed = ::tcgetattr(fd, &m_before) == 0;
        if (m_changed) {
            termios silent = m_before;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            ::tcsetattr(fd, TCSAFLUSH, &silent);
        }
    }
    ~Quiet()
    {
        if (m_changed)
            ::tcsetattr(m_fd, TCSAFLUSH, &m_before);
    }
    Quiet(const Quiet &) = delete;
    Quiet &operator=(const Quiet &) = delete;

private:
    int m_fd;
    bool m_changed = false;
    termios m_before{};
};

} // namespace

chat::Outcome<crypto::SecretBuffer> passphraseFromFile(const QString &path)
{
    const Descriptor file(path == QStringLiteral("-") ? STDIN_FILENO
                                                      : ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        return chat::trouble(errno == ENOENT || errno == ENOTDIR ? chat::TroubleCode::FileMissing : chat::TroubleCode::DiskError, path);
    return readLine(file.get(), path);
}

chat::Outcome<crypto::SecretBuffer> passphraseFromTerminal(const QString &question, const QString &fileOption)
{
    const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    if (terminal.get() < 0)
        return chat::trouble(chat::TroubleCode::NoTerminal, fileOption);
    const auto say = [&](const QByteArray &words) {
        return ::write(terminal.get(), words.constData(), static_cast<std::size_t>(words.size())) == words.size();
    };
    const Quiet quiet(terminal.get()); // before the question: what is typed at once is neither shown nor thrown away
    if (!say(question.toUtf8() + ' '))
        return chat::trouble(chat::TroubleCode::NoTerminal, fileOption);
    auto line = readLine(terminal.get(), QStringLiteral("/dev/tty"));
    if (!say("\n"))
        return chat::trouble(chat::TroubleCode::NoTerminal, fileOption);
    return line;
}

} // namespace tacet::cli
