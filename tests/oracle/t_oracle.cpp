// Our code and the oracle, a second implementation in JavaScript, talk to each other over random schedules; the oracle
// reads the scenarios and the known answers, and still makes the scenarios as they are kept.
#include "tests/support/npm_modules.h"
#include "tests/support/unit_registry.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QVersionNumber>

using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kVectors = QStringLiteral(TACET_SOURCE_DIR "/tests/vectors");

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestOracle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QProcess node;
        node.start(u"node"_s, {u"--version"_s});
        node.waitForFinished(30'000);
        const QString version = QString::fromLatin1(node.readAllStandardOutput()).trimmed(); // v20.19.0
        if (!version.isEmpty() && QVersionNumber::fromString(version.mid(1)) < QVersionNumber(20, 19))
            QSKIP(qPrintable(u"skipped: the oracle's libraries want node 20.19, and this is "_s + version));
        m_modules = NpmModules::prepare(u"oracle"_s, {u"scenarios"_s});
        if (!m_modules.skipReason.isEmpty())
            QSKIP(qPrintable(m_modules.skipReason));
    }

    void schedules_agreeInBothRoles()
    {
        runScript({u"schedules.mjs"_s, u"40"_s, u"1"_s, QStringLiteral(TACET_ORACLE_PEER)});
    }
    void scenarios_areAnsweredAsTheySay() { runScript({u"check_scenarios.mjs"_s, kVectors + u"/scenarios"_s}); }
    void knownAnswers_areRead() { runScript({u"check_vectors.mjs"_s, kVectors}); }

    void scenarios_areMadeAgainAsTheyAre()
    {
        QTemporaryDir made;
        runScript({u"make_scenarios.mjs"_s, made.path()});
        for (const QString &inner : {u"/"_s, u"/setup/"_s}) {
            const QDir fresh(made.path() + inner);
            const QStringList files = fresh.entryList(QDir::Files);
            QVERIFY(!files.isEmpty());
            for (const QString &file : files)
                QVERIFY2(contents(fresh.filePath(file)) == contents(kVectors + u"/scenarios"_s + inner + file),
                    qPrintable(file));
        }
    }

private:
    void runScript(const QStringList &arguments)
    {
        QProcess node;
        node.setWorkingDirectory(m_modules.folder);
        node.setProcessChannelMode(QProcess::MergedChannels);
        node.start(u"node"_s, arguments);
        QVERIFY(node.waitForFinished(300'000));
        const QByteArray words = node.readAll().trimmed();
        QVERIFY2(node.exitStatus() == QProcess::NormalExit && node.exitCode() == 0, words.constData());
        qInfo("%s", words.constData());
    }

    NpmModules m_modules;
};

TACET_TEST_UNIT("t_oracle", TestOracle)
#include "t_oracle.moc"
