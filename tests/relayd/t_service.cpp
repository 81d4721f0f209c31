// The unit that runs tacet-relay as a service: systemd reads it without a word, and it may do little.
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class TestService : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        QFile unit(QStringLiteral(TACET_SOURCE_DIR "/packaging/systemd/tacet-relay.service"));
        QVERIFY(unit.open(QIODevice::ReadOnly));
        m_text = unit.readAll();
        QVERIFY(m_text.contains("ExecStart=/usr/bin/tacet-relay "));
    }

    void unit_holdsItBack()
    {
        for (const char *line : {"DynamicUser=yes", "ProtectSystem=strict", "StateDirectory=tacet-relay", "NoNewPrivileges=yes",
                 "MemoryDenyWriteExecute=yes", "CapabilityBoundingSet=", "ProtectHome=yes", "PrivateDevices=yes", "UMask=0077"})
            QVERIFY2(m_text.split('\n').contains(line), line);
    }

    void unit_isUnderstoodBySystemd()
    {
        const QString analyze = QStandardPaths::findExecutable(u"systemd-analyze"_s);
        if (analyze.isEmpty())
            QSKIP("skipped: systemd-analyze is not installed");
        QTemporaryDir folder;
        const QString path = folder.filePath(u"tacet-relay.service"_s);
        QFile copy(path); // systemd asks whether the program is there
        QVERIFY(copy.open(QIODevice::WriteOnly));
        copy.write(QByteArray(m_text).replace("/usr/bin/tacet-relay", TACET_RELAY_PROGRAM));
        copy.close();
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(analyze, {u"verify"_s, u"--man=no"_s, path});
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray said = process.readAll();
        // Units of this computer that come along may have faults of their own.
        for (const QByteArray &line : said.split('\n'))
            QVERIFY2(!line.contains("tacet-relay"), line.constData());
        process.start(analyze, {u"security"_s, u"--offline=true"_s, u"--threshold=20"_s, path}); // of 100, the exposed
        QVERIFY(process.waitForFinished(60'000));
        QVERIFY2(process.exitCode() == 0, process.readAll().constData());
    }

private:
    QByteArray m_text;
};

TACET_TEST_UNIT("t_service", TestService)
#include "t_service.moc"
