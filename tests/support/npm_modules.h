#pragma once
// The pinned npm packages of a folder of tests, installed once into the build tree: the source tree stays clean.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

namespace tacet::test {

struct NpmModules {
    QString folder; ///< scripts and node_modules side by side
    QString skipReason; ///< not empty: "skipped: …"

    /// `name`: a folder in tests/; `inner`: the folders in it that have scripts of their own.
    static NpmModules prepare(const QString &name, const QStringList &inner)
    {
        NpmModules modules;
        modules.folder = QStringLiteral(TACET_BINARY_DIR "/npm/") + name;
        const QString source = QStringLiteral(TACET_SOURCE_DIR "/tests/") + name;
        if (QStandardPaths::findExecutable(QStringLiteral("node")).isEmpty()
            || QStandardPaths::findExecutable(QStringLiteral("npm")).isEmpty()) {
            modules.skipReason = QStringLiteral("skipped: node and npm are not installed");
            return modules;
        }
        const QStringList folders = QStringList{QStringLiteral(".")} + inner;
        for (const QString &folder : folders) {
            const QDir from(source + QLatin1Char('/') + folder);
            QDir().mkpath(modules.folder + QLatin1Char('/') + folder);
            for (const QString &file : from.entryList({QStringLiteral("*.mjs"), QStringLiteral("*.json"), QStringLiteral(".npmrc")}, QDir::Files | QDir::Hidden))
                replace(from.filePath(file), modules.folder + QLatin1Char('/') + folder + QLatin1Char('/') + file);
        }
        // The lock that was installed is kept beside the modules: the same one again needs no registry.
        const QString stamp = modules.folder + QStringLiteral("/installed-lock.json");
        if (contents(stamp) == contents(source + QStringLiteral("/package-lock.json")))
            return modules;
        QProcess npm;
        npm.setWorkingDirectory(modules.folder);
        npm.start(QStringLiteral("npm"), {QStringLiteral("ci"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund"),
                                          QStringLiteral("--fetch-retries=1"), QStringLiteral("--fetch-timeout=60000")});
        if (!npm.waitForFinished(300'000) || npm.exitCode() != 0) {
            const QString words = QString::fromUtf8(npm.readAllStandardError());
            const QString line = words.section(QLatin1Char('\n'), 0, 0).left(200);
            npm.kill();
            npm.waitForFinished();
            modules.skipReason = QStringLiteral("skipped: npm could not install the packages of tests/%1 (%2)").arg(name, line);
            return modules;
        }
        replace(source + QStringLiteral("/package-lock.json"), stamp);
        return modules;
    }

private:
    static QByteArray contents(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static void replace(const QString &from, const QString &to)
    {
        QFile::remove(to);
        QFile::copy(from, to);
    }
};

} // namespace tacet::test
