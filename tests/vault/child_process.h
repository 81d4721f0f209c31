#pragma once
// A forked child that talks over pipes, so that a test can kill it at a known instant without sleeping.
#include <csignal>
#include <cstdlib>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

namespace tacet::test {

class ChildProcess {
public:
    class Pipe {
    public:
        void say(char c) { static_cast<void>(!::write(m_out, &c, 1)); }
        void waitForEnd()
        {
            char c = 0;
            static_cast<void>(!::read(m_in, &c, 1));
        }

    private:
        friend class ChildProcess;
        int m_in = -1;
        int m_out = -1;
    };

    /// Runs `body` in the child, which ends without destructors of the parent's objects.
    explicit ChildProcess(const std::function<void(Pipe &)> &body)
    {
        int toChild[2] = {-1, -1};
        int toParent[2] = {-1, -1};
        if (::pipe(toChild) != 0 || ::pipe(toParent) != 0)
            std::abort();
        m_pid = ::fork();
        if (m_pid == 0) {
            ::close(toChild[1]);
            ::close(toParent[0]);
            Pipe pipe;
            pipe.m_in = toChild[0];
            pipe.m_out = toParent[1];
            body(pipe);
            ::_exit(0);
        }
        ::close(toChild[0]);
        ::close(toParent[1]);
        m_toChild = toChild[1];
        m_fromChild = toParent[0];
    }
    ~ChildProcess()
    {
        if (m_pid > 0)
            kill();
        ::close(m_toChild);
        ::close(m_fromChild);
    }
    ChildProcess(const ChildProcess &) = delete;
    ChildProcess &operator=(const ChildProcess &) = delete;

    pid_t pid() const { return m_pid; }
    /// The next character it says; 0 when it has ended.
    char hear()
    {
        char c = 0;
        return ::read(m_fromChild, &c, 1) == 1 ? c : '\0';
    }
    void kill()
    {
        ::kill(m_pid, SIGKILL);
        wait();
    }
    void letEnd()
    {
        static_cast<void>(!::write(m_toChild, "x", 1));
        wait();
    }
    /// Waits for its own end; the status of waitpid.
    int wait()
    {
        int status = 0;
        ::waitpid(m_pid, &status, 0);
        m_pid = -1;
        return status;
    }

private:
    pid_t m_pid = -1;
    int m_toChild = -1;
    int m_fromChild = -1;
};

} // namespace tacet::test
