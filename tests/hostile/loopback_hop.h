#pragma once
// How long a byte takes through this machine's kernel, as a wait: when one that was sent now has arrived, what was sent over
// loopback before it has arrived as well. The kernel may put packets off to a thread of its own, so that "there is nothing to
// read" does not mean that nothing is under way.
#include <QCoreApplication>
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

namespace tacet::test {

class LoopbackHop {
public:
    LoopbackHop()
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("no port to listen on");
        m_near.connectToHost(m_server.serverAddress(), m_server.serverPort());
        if (!m_near.waitForConnected() || !m_server.waitForNewConnection(10'000))
            qFatal("no connection to oneself");
        m_far = m_server.nextPendingConnection();
        m_near.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    }

    /// Answers what arrives meanwhile.
    void wait()
    {
        m_near.write("x");
        m_near.flush();
        while (m_far->bytesAvailable() == 0)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        m_far->readAll();
        QCoreApplication::processEvents(QEventLoop::AllEvents);
    }

private:
    QTcpServer m_server;
    QTcpSocket m_near;
    QTcpSocket *m_far = nullptr; ///< m_server's
};

} // namespace tacet::test
