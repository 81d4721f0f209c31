// Rules that every file keeps: what both compilers and both Debian versions can build, what a hostile name must not
// reach, and what must not be left lying about. CONTRIBUTING.md gives the reasons.
#include "tests/house/arrows.h"
#include "tests/house/source_tree.h"
#include "tests/support/unit_registry.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::test;

namespace {

constexpr int kLongFile = 600;     ///< lines: reported
constexpr int kTooLongFile = 1000; ///< lines: refused

struct Ban {
    const char *pattern;
    const char *why;
};

// g++ 12 and clang 14 both build this; neither has all of C++20.
constexpr Ban kBannedCode[] = {
    {R"(#\s*include\s*<(format|expected|source_location|ranges|print|generator|stacktrace|spanstream)>)",
        "header that g++ 12 or clang 14 lacks, or whose use they reject"},
    {R"(\bstd::(format|expected|source_location|jthread|print|println)\b)", "not in g++ 12 or clang 14"},
    {R"(\b(std::)?(views|ranges::views)::)", "clang 14 rejects view pipelines"},
    {R"(\bstd::ranges::to\b)", "C++23"},
    {R"(\b(Q_FOREACH|foreach)\s*\()", "use a range-for"},
    {R"(\busing namespace std\s*;)", "name what is used"},
    {R"(\bQObject::connect\([^;]*\b(SIGNAL|SLOT)\s*\()", "connect by function pointer"},
    {R"(\b(SIGNAL|SLOT)\s*\()", "connect by function pointer"},
    {R"(\S[ \t]*\bQ_OBJECT\b|\bQ_OBJECT\b[ \t]*[^\s/])", "Q_OBJECT stands on its own line, or AutoMoc misses it"},
    {R"(\bstd::rand\b|\bsrand\s*\(|\bQRandomGenerator\b)", "randomness is passed in (crypto/random.h)"},
};

// Waiting for a time instead of for the thing that is meant makes tests slow and unreliable.
constexpr Ban kBannedInTests[] = {
    {R"(\bqWait\s*\(|\bqSleep\s*\(|\bsleep_for\s*\(|\bsleep_until\s*\(|\b(u|nano)?sleep\s*\(|QThread::m?sleep)",
        "tests do not sleep: wait for the condition (QTRY_…, QSignalSpy::wait), with a manual clock where there is one"},
    {R"(\bQSKIP\(\s*"(?!skipped: ))", "the reason of a QSKIP begins with \"skipped: \""},
};

QStringList offences(const QString &path, const QString &text, const Ban &ban)
{
    QStringList found;
    const QRegularExpression pattern(QString::fromLatin1(ban.pattern));
    Q_ASSERT(pattern.isValid());
    auto matches = pattern.globalMatch(text);
    while (matches.hasNext()) {
        const auto match = matches.next();
        const QString what = match.captured().trimmed().section(u'\n', 0, 0);
        found += complaint(path, lineAt(text, match.capturedStart()), u"%1: %2"_s.arg(what, QString::fromLatin1(ban.why)));
    }
    return found;
}

/// Labels and boxes that guess whether a text is markup: a name such as "<img src=…>" would be fetched. Only
/// ui/labels.h derives from QLabel, and sets Qt::PlainText.
QStringList richTextTraps(const QString &path, const QString &code)
{
    static const QRegularExpression maker(
        u"\\bnew\\s+QLabel\\b|\\bmake_unique<QLabel>|\\bQLabel\\s+\\w+\\s*[({;=]|\\bpublic\\s+QLabel\\b|\\bQMessageBox\\b|\\bQToolTip::showText\\b"
        "|\\bQ(TextEdit|TextBrowser|ErrorMessage|WhatsThis)\\b|\\bsetHtml\\s*\\(|\\binsertHtml\\s*\\("
        "|\\bQt::(RichText|AutoText|MarkdownText)\\b"_s);
    QStringList found;
    auto matches = maker.globalMatch(code);
    while (matches.hasNext()) {
        const auto match = matches.next();
        found += complaint(path, lineAt(code, match.capturedStart()),
            match.captured() + u": use Label (ui/labels.h), which shows text from outside as text"_s);
    }
    return found;
}

void verifyNone(const QStringList &complaints)
{
    QVERIFY2(complaints.isEmpty(), qPrintable(u'\n' + complaints.join(u'\n')));
}

} // namespace

class TestFiles : public QObject {
    Q_OBJECT

private:
    SourceTree m_tree;

private Q_SLOTS:
    void initTestCase()
    {
        m_tree = readSourceTree(QStringLiteral(TACET_SOURCE_DIR));
        QVERIFY(m_tree.contains(u"CMakeLists.txt"_s));
        QVERIFY(m_tree.contains(u"packaging/run"_s));
    }

    void cpp_keepsToWhatBothCompilersHave()
    {
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (!isCpp(file.key()) || file.key().startsWith(u"tests/house/"_s))
                continue;
            const QString code = codeOnly(*file);
            for (const Ban &ban : kBannedCode)
                found += offences(file.key(), code, ban);
        }
        verifyNone(found);
    }

    void tests_neverSleep()
    {
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (!isCpp(file.key()) || !file.key().startsWith(u"tests/"_s) || file.key().startsWith(u"tests/house/"_s))
                continue;
            found += offences(file.key(), codeOnly(*file), kBannedInTests[0]);
            found += offences(file.key(), *file, kBannedInTests[1]); // looks into the literal
        }
        verifyNone(found);
    }

    void ui_rendersTextFromOutsideAsText()
    {
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (isCpp(file.key()) && file.key().startsWith(u"ui/"_s) && !file.key().startsWith(u"ui/labels."_s))
                found += richTextTraps(file.key(), codeOnly(*file));
        }
        verifyNone(found);
    }

    void checker_findsRichTextTraps()
    {
        QCOMPARE(richTextTraps(u"ui/a.cpp"_s, u"auto *l = new QLabel(name, this);"_s).size(), 1);
        QCOMPARE(richTextTraps(u"ui/a.cpp"_s, u"QMessageBox::warning(this, a, b);"_s).size(), 1);
        QCOMPARE(richTextTraps(u"ui/a.cpp"_s, u"edit->setHtml(text);"_s).size(), 1);
        QCOMPARE(richTextTraps(u"ui/a.h"_s, u"class QLabel; QLabel *m_name = nullptr;"_s).size(), 0);
    }

    void checker_readsCodeNotComments()
    {
        const QString code = codeOnly(
            u"int a = 1'000; // new QLabel\n/* foreach( */ auto s = \"std::format\"; auto r = R\"(SLOT( \")\"; char c = '\"'; foreach(x, y)"_s);
        QVERIFY(!code.contains(u"QLabel"_s));
        QVERIFY(!code.contains(u"std::format"_s));
        QVERIFY(!code.contains(u"SLOT"_s));
        QCOMPARE(code.count(u"foreach("_s), 1);
        QCOMPARE(code.count(u'\n'), 1);
    }

    void files_haveNoMachineInThem()
    {
        // A path of somebody's machine works on that machine only. (Written so that it does not find itself.)
        const QRegularExpression machine(u"(?<![\\w.$}/*])/(work|home/\\w|ro"
                                         "ot/|Users/|var/tmp/\\w)[\\w./-]*"_s);
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            const auto match = machine.match(*file);
            const bool example = match.captured(1).startsWith(u"home"_s) && file.key().startsWith(u"tests/"_s);
            if (match.hasMatch() && !example)
                found += complaint(file.key(), lineAt(*file, match.capturedStart()), match.captured());
        }
        verifyNone(found);
    }

    void files_areFinished()
    {
        const QRegularExpression unfinished(u"\\b(TO"
                                            "DO|FIX"
                                            "ME|XX"
                                            "X|HA"
                                            "CK)\\b"_s);
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (file.key() == u"LICENSE"_s)
                continue;
            const auto match = unfinished.match(*file);
            if (match.hasMatch())
                found += complaint(file.key(), lineAt(*file, match.capturedStart()), match.captured());
        }
        verifyNone(found);
    }

    void files_areShort()
    {
        QStringList refused;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (!isCpp(file.key()))
                continue;
            const qsizetype lines = file->count(u'\n');
            if (lines > kTooLongFile)
                refused += complaint(file.key(), kTooLongFile, u"%1 lines: split it by idea"_s.arg(lines));
            else if (lines > kLongFile)
                qWarning().noquote() << complaint(file.key(), kLongFile, u"%1 lines: time to split it"_s.arg(lines));
        }
        verifyNone(refused);
    }

    void headers_areGuarded()
    {
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (file.key().endsWith(u".h"_s) && file->count(u"#pragma once\n"_s) != 1)
                found += complaint(file.key(), 1, u"needs #pragma once"_s);
        }
        verifyNone(found);
    }

    void folders_sayWhatTheyHold()
    {
        QSet<QString> folders{u"tests"_s, u"packaging"_s};
        for (auto file = m_tree.keyBegin(); file != m_tree.keyEnd(); ++file) {
            const QString part = partOf(*file);
            if (!part.isEmpty())
                folders.insert(part);
            if (file->startsWith(u"resources/"_s))
                folders.insert(u"resources"_s);
        }
        QStringList silent;
        for (const QString &folder : std::as_const(folders)) {
            if (!m_tree.contains(folder + u"/README.md"_s))
                silent += folder;
        }
        silent.sort();
        QVERIFY2(silent.isEmpty(), qPrintable(u"no README.md in "_s + silent.join(u", "_s)));
    }

    void lockFiles_nameNoHost()
    {
        // npm writes the address of the registry it used; the integrity hash alone pins the content.
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (file.key().endsWith(u"package-lock.json"_s) && file->contains(u"\"resolved\""_s))
                found += complaint(file.key(), lineAt(*file, file->indexOf(u"\"resolved\""_s)), u"a \"resolved\" address"_s);
        }
        verifyNone(found);
    }

    void scripts_stopAtErrors()
    {
        QStringList found;
        for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
            if (file->startsWith(u"#!/bin/bash"_s) && !file->contains(u"set -euo pipefail"_s) && !file->contains(u"\nexec "_s))
                found += complaint(file.key(), 1, u"wants set -euo pipefail"_s);
        }
        verifyNone(found);
    }
};

TACET_TEST_UNIT("t_files", TestFiles)
#include "t_files.moc"
