// Every published vector that is there, the small committed set always; and that the runner can fail.
#include "tests/kat/vector_file.h"
#include "tests/support/published_vectors.h"
#include "tests/support/unit_registry.h"

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::kat;
using namespace tacet::test;

namespace {

QString committedFolder() { return QStringLiteral(TACET_SOURCE_DIR "/tests/vectors/published"); }

void addFiles(const QString &folder)
{
    QTest::addColumn<QString>("path");
    QDirIterator files(folder, {u"*.json"_s, u"*.csv"_s, u"*.txt"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        QTest::newRow(qUtf8Printable(QDir(folder).relativeFilePath(path))) << path;
    }
}

QByteArray read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qUtf8Printable(file.errorString() + path));
    return file.readAll();
}

void verifyAllPass(const QString &path)
{
    Report report;
    runVectors(QFileInfo(path).fileName(), read(path), report);
    QVERIFY2(report.unknowns().isEmpty(), qPrintable(report.unknowns().join(u'\n')));
    QVERIFY2(report.failures().isEmpty(), qPrintable(report.failures().join(u'\n')));
    QVERIFY(report.passed() > 0);
}

struct ToolRun {
    int exitCode;
    QString output;
    QString errors;
};

ToolRun runTool(const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral(TACET_BINARY_DIR "/bin/tacet-kat"), arguments);
    process.waitForFinished();
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

class TestVectors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void committed_data() { addFiles(committedFolder()); }
    void committed();
    void published_data();
    void published();
    void damagedAnswersFail_data() { addFiles(committedFolder()); }
    void damagedAnswersFail();
    void tool_countsAndExitsZero();
    void tool_exitsOneOnFailure();
    void tool_namesUnknownAlgorithmsAndExitsTwo();
};

void TestVectors::committed()
{
    QFETCH(QString, path);
    verifyAllPass(path);
}

void TestVectors::published_data()
{
    addFiles(publishedVectors());
    if (!QFileInfo(publishedVectors()).isDir())
        QTest::newRow("none") << QString();
}

void TestVectors::published()
{
    QFETCH(QString, path);
    if (path.isEmpty())
        QSKIP("skipped: no published vectors here (set TACET_VECTORS to their folder)");
    verifyAllPass(path);
}

void TestVectors::damagedAnswersFail()
{
    // One hexadecimal digit of the last long value of each file is changed: exactly such a file must not pass.
    QFETCH(QString, path);
    QByteArray content = read(path);
    static const QRegularExpression kValue(u"[0-9a-fA-F]{40,}|[0-9]{60}|[A-Za-z0-9+/=]{100,}"_s);
    auto matches = kValue.globalMatch(QString::fromLatin1(content));
    qsizetype position = -1;
    while (matches.hasNext()) {
        const auto match = matches.next();
        // Signatures that must be refused, and payloads that must not open, stay refused: take the first value there.
        if (position < 0 || path.endsWith(u".txt"_s))
            position = match.capturedStart() + 20;
    }
    QVERIFY(position > 0);
    content[position] = content[position] == '1' ? '2' : '1';
    Report report;
    runVectors(QFileInfo(path).fileName(), content, report);
    QVERIFY(report.failed() > 0);
}

void TestVectors::tool_countsAndExitsZero()
{
    const ToolRun run = runTool({committedFolder() + u"/rfc5869.txt"_s, committedFolder() + u"/fips202.txt"_s});
    QCOMPARE(run.output, u"5 passed, 0 failed\n"_s);
    QCOMPARE(run.exitCode, 0);
}

void TestVectors::tool_exitsOneOnFailure()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"wrong.txt"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("# tacet-kat table: SHA3-256\nmessage = 00\nhash = 00\n");
    file.close();
    const ToolRun run = runTool({file.fileName()});
    QCOMPARE(run.output, u"0 passed, 1 failed\n"_s);
    QCOMPARE(run.errors, u"failed: wrong.txt: case 1\n"_s);
    QCOMPARE(run.exitCode, 1);
}

void TestVectors::tool_namesUnknownAlgorithmsAndExitsTwo()
{
    const ToolRun run = runTool({QStringLiteral(TACET_SOURCE_DIR "/tests/kat/unknown_algorithm.json"),
                                 committedFolder() + u"/fips202.txt"_s, u"/nowhere.json"_s});
    QCOMPARE(run.output, u"2 passed, 0 failed\n"_s);
    QVERIFY2(run.errors.contains(u"unknown: unknown_algorithm.json: AES-GCM"_s), qPrintable(run.errors));
    QVERIFY2(run.errors.contains(u"unknown: /nowhere.json: "_s), qPrintable(run.errors));
    QCOMPARE(run.exitCode, 2);
    QCOMPARE(runTool({}).exitCode, 2);
}

TACET_TEST_UNIT("t_vectors", TestVectors)
#include "t_vectors.moc"
