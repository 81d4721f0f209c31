// What the papers say of the project is so: what they name exists, what exists is named.
#include "tests/house/source_tree.h"
#include "tests/support/unit_registry.h"

#include <QDir>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::test;

namespace {

void verifyNone(const QStringList &complaints)
{
    QVERIFY2(complaints.isEmpty(), qPrintable(u'\n' + complaints.join(u'\n')));
}

/// Papers (*.md) that a file of code names and that are not in the project. Other people's stand in an address.
QStringList missingPapers(const QString &path, const QString &text, const QSet<QString> &papers)
{
    static const QRegularExpression named(u"(?<![\\w./-])((?:[\\w.-]+/)*[\\w-]+\\.md)\\b"_s);
    QStringList found;
    auto matches = named.globalMatch(text);
    while (matches.hasNext()) {
        const auto match = matches.next();
        if (!papers.contains(match.captured(1).section(u'/', -1)))
            found += complaint(path, lineAt(text, match.capturedStart()), match.captured(1) + u" is not in the project"_s);
    }
    return found;
}

/// What a build file asks for: names of find_package (with its components) and of pkg_check_modules.
QStringList dependencies(const QString &cmake)
{
    static const QRegularExpression package(u"find_package\\((\\w+)[^)]*?(?:COMPONENTS ([^)]*))?\\)"_s);
    static const QRegularExpression module(u"pkg_check_modules\\(\\w+ REQUIRED IMPORTED_TARGET ([\\w-]+)\\)"_s);
    static const QSet<QString> ofTheBuildItself{u"PkgConfig"_s, u"Threads"_s};
    QStringList names;
    for (auto matches = package.globalMatch(cmake); matches.hasNext();) {
        const auto match = matches.next();
        if (ofTheBuildItself.contains(match.captured(1)))
            continue;
        names += match.captured(1).remove(u"Qt6"_s);
        names += match.captured(2).split(u' ', Qt::SkipEmptyParts);
    }
    for (auto matches = module.globalMatch(cmake); matches.hasNext();)
        names += matches.next().captured(1);
    names.removeAll(QString());
    return names;
}

/// Those that no row of a table names.
QStringList unnamed(const QStringList &names, const QString &paper)
{
    QString rows;
    for (const QString &line : paper.split(u'\n')) {
        if (line.startsWith(u'|'))
            rows += line + u'\n';
    }
    QStringList missing;
    for (const QString &name : names) {
        if (!QRegularExpression(u"(?:\\b|Qt)%1\\b"_s.arg(QRegularExpression::escape(name)), QRegularExpression::CaseInsensitiveOption)
                 .match(rows)
                 .hasMatch())
            missing += name;
    }
    return missing;
}

} // namespace

class TestPapers : public QObject {
    Q_OBJECT

private:
    SourceTree m_tree;

private Q_SLOTS:
    void initTestCase()
    {
        m_tree = readSourceTree(QStringLiteral(TACET_SOURCE_DIR));
        QVERIFY(m_tree.contains(u"README.md"_s));
    }

    void papersThatCodeNames_exist()
    {
        QSet<QString> papers;
        for (auto file = m_tree.keyBegin(); file != m_tree.keyEnd(); ++file) {
            if (file->endsWith(u".md"_s))
                papers.insert(file->section(u'/', -1));
        }
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (!file.key().endsWith(u".md"_s) && file.key() != u"tests/house/t_papers.cpp"_s)
                found += missingPapers(file.key(), *file, papers);
        }
        verifyNone(found);
    }

    void checker_findsPapersThatAreNotHere()
    {
        const QSet<QString> papers{u"README.md"_s};
        const auto count = [&](const QString &text) { return missingPapers(u"a.h"_s, text, papers).size(); };
        QCOMPARE(count(u"// drawn as in plans.md §4"_s), 1);
        QCOMPARE(count(u"// docs/plans.md and other.md"_s), 2);
        QCOMPARE(count(u"// app/README.md"_s), 0);
        QCOMPARE(count(u"// https://example.org/nips/44.md"_s), 0);
    }

    void dependencies_haveTheirReasonInTheReadme()
    {
        const QStringList names = dependencies(m_tree.value(u"packaging/cmake/tacet_dependencies.cmake"_s));
        QVERIFY2(names.size() > 12 && names.contains(u"WebSockets"_s) && names.contains(u"libsodium"_s), qPrintable(names.join(u' ')));
        verifyNone(unnamed(names, m_tree.value(u"README.md"_s)));
    }

    void checker_findsDependenciesWithoutAReason()
    {
        const QStringList names
            = dependencies(u"find_package(Threads REQUIRED)\nfind_package(Qt6 6.4 REQUIRED COMPONENTS Core Svg)\n"
                           "find_package(Qt6Keychain REQUIRED)\npkg_check_modules(x REQUIRED IMPORTED_TARGET libx)\n"_s);
        QCOMPARE(names, (QStringList{u"Core"_s, u"Svg"_s, u"Keychain"_s, u"libx"_s}));
        QCOMPARE(unnamed(names, u"Keychain in a sentence\n| Qt (Core, Svg) | why |\n| libx | why |"_s), QStringList{u"Keychain"_s});
        QVERIFY(unnamed(names, u"| Core, Svg, QtKeychain, libx | why |"_s).isEmpty());
    }

    void packaging_namesItsScripts()
    {
        const QString paper = m_tree.value(u"packaging/README.md"_s);
        QStringList missing;
        const auto entries = QDir(QStringLiteral(TACET_SOURCE_DIR "/packaging")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
        QVERIFY(entries.contains(u"run"_s));
        for (const QString &entry : entries) {
            if (entry != u"README.md"_s && !paper.contains(u'`' + entry + u'`') && !paper.contains(u'`' + entry + u"/`"_s))
                missing += entry;
        }
        verifyNone(missing);
    }

    void scenarios_areCountedRight()
    {
        const auto files = QDir(QStringLiteral(TACET_SOURCE_DIR "/tests/vectors/scenarios")).entryList({u"*.txt"_s}, QDir::Files);
        QVERIFY(!files.isEmpty());
        const QString count = QString::number(files.size());
        QVERIFY2(m_tree.value(u"tests/vectors/README.md"_s).contains(u"made by the oracle: %1 "_s.arg(count)), qPrintable(count));
        QVERIFY2(m_tree.value(u"CHANGELOG.md"_s).contains(count + u" scenario files"_s), qPrintable(count));
    }
};

TACET_TEST_UNIT("t_papers", TestPapers)
#include "t_papers.moc"
