#pragma once
// A relay that others wrote, as a process: relays/SCRIPT on a free loopback port.
#include <QHostAddress>
#include <QProcess>
#include <QTcpServer>

namespace tacet::test {

class ForeignRelay {
public:
    /// `folder`: NpmModules::folder. False when the script did not print its address within half a minute.
    bool start(const QString &folder, const QString &script)
    {
        QTcpServer probe; // a port that is free now
        probe.listen(QHostAddress::LocalHost);
        const QString port = QString::number(probe.serverPort());
        probe.close();
        m_process.setWorkingDirectory(folder);
        m_process.start(QStringLiteral("node"), {QStringLiteral("relays/") + script, port});
        if (!m_process.waitForReadyRead(30'000))
            return false;
        m_url = QString::fromUtf8(m_process.readLine()).trimmed();
        return m_url.startsWith(QStringLiteral("ws://"));
    }

    ~ForeignRelay()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(3'000))
            m_process.kill();
        m_process.waitForFinished(3'000);
    }

    QString url() const { return m_url; }

private:
    QProcess m_process;
    QString m_url;
};

} // namespace tacet::test
