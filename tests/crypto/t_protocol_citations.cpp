// The specification is cited by section; a citation that leads nowhere fails here.
#include "tests/support/unit_registry.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QString textOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QSet<QString> sectionsOf(const QString &specification)
{
    static const QRegularExpression heading(u"^#{2,3} §(\\d+(?:\\.\\d+)?) "_s, QRegularExpression::MultilineOption);
    QSet<QString> sections;
    for (auto it = heading.globalMatch(specification); it.hasNext();)
        sections.insert(it.next().captured(1));
    return sections;
}

/// Every section named after "PROTOCOL", lists and ranges included: "PROTOCOL §4.2, §5 to §6".
QStringList citationsIn(const QString &text)
{
    static const QRegularExpression citation(u"PROTOCOL(?:\\.md)?\\s+(§\\d+(?:\\.\\d+)?(?:(?:,\\s*|\\s+to\\s+|\\s+and\\s+|–)§\\d+(?:\\.\\d+)?)*)"_s);
    static const QRegularExpression number(u"§(\\d+(?:\\.\\d+)?)"_s);
    QStringList out;
    for (auto it = citation.globalMatch(text); it.hasNext();) {
        for (auto part = number.globalMatch(it.next().captured(1)); part.hasNext();)
            out += part.next().captured(1);
    }
    return out;
}

} // namespace

class TestProtocolCitations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void citations_areFound()
    {
        QCOMPARE(citationsIn(u"x (PROTOCOL §4.2) PROTOCOL §5.1, §5.3 to §5.5; PROTOCOL.md §6 and §7"_s),
                 QStringList({u"4.2"_s, u"5.1"_s, u"5.3"_s, u"5.5"_s, u"6"_s, u"7"_s}));
        QCOMPARE(sectionsOf(u"## §3 A\n### §3.1 B\ntext §9\n### §3.10 C\n"_s), QSet<QString>({u"3"_s, u"3.1"_s, u"3.10"_s}));
    }

    void everyCitation_leadsSomewhere()
    {
        const QString root = QStringLiteral(TACET_SOURCE_DIR);
        const QString specification = textOf(root + u"/crypto/PROTOCOL.md"_s);
        const QSet<QString> sections = sectionsOf(specification);
        QVERIFY(sections.size() > 30);
        static const QRegularExpression inside(u"§(\\d+(?:\\.\\d+)?)"_s);
        QStringList lost;
        int found = 0;
        for (const QString &folder : {u"crypto"_s, u"app"_s, u"ui"_s, u"tests"_s, u"packaging"_s, u"resources"_s}) {
            QDirIterator files(root + u'/' + folder, {u"*.h"_s, u"*.cpp"_s, u"*.md"_s, u"*.txt"_s, u"*.cmake"_s, u"*.py"_s, u"*.js"_s, u"*.mjs"_s},
                               QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString path = files.next();
                if (path.endsWith(u"t_protocol_citations.cpp"_s) || path.contains(u"/node_modules/"_s))
                    continue;
                for (const QString &section : citationsIn(textOf(path))) {
                    ++found;
                    if (!sections.contains(section))
                        lost += path.mid(root.size() + 1) + u" cites §"_s + section;
                }
            }
        }
        QVERIFY(found > 50);
        // And what the specification says about itself, other documents' sections aside.
        static const QRegularExpression foreign(u"(?:RFC \\d+|FIPS \\d+|NIP-\\d+) §[\\d.]+"_s);
        QString own = specification;
        own.remove(foreign);
        for (auto it = inside.globalMatch(own); it.hasNext();) {
            const QString section = it.next().captured(1);
            if (!sections.contains(section))
                lost += u"PROTOCOL.md refers to §"_s + section;
        }
        QVERIFY2(lost.isEmpty(), qPrintable(lost.join(u'\n')));
    }
};

TACET_TEST_UNIT("t_protocol_citations", TestProtocolCitations)
#include "t_protocol_citations.moc"
