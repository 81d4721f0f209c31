#include "tests/house/source_tree.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

namespace tacet::test {
using namespace Qt::StringLiterals;
namespace {

bool isForeignFolder(const QString &path)
{
    static const QRegularExpression foreign(
        u"^(build[^/]*|out[^/]*)$|(^|/)(node_modules|\\.git|\\.cache|__pycache__)$"_s);
    return foreign.match(path).hasMatch();
}

bool isText(const QString &path)
{
    static const QRegularExpression text(
        u"(\\.(h|cpp|c|txt|cmake|json|md|py|mjs|js|sh|svg|qss|qrc|ts|desktop|xml|in|yml|yaml)|/[^./]+|^[^./]+"
        "|/\\.clang-[a-z]+|^\\.clang-[a-z]+|^\\.gitignore)$"_s);
    return text.match(path).hasMatch();
}

} // namespace

SourceTree readSourceTree(const QString &root)
{
    SourceTree tree;
    const QDir top(root);
    // Folders are pruned by hand: a build folder may hold a hundred thousand files.
    QStringList pending{root};
    while (!pending.isEmpty()) {
        const QDir folder(pending.takeLast());
        const auto entries = folder.entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot | QDir::NoSymLinks);
        for (const QFileInfo &entry : entries) {
            const QString path = top.relativeFilePath(entry.filePath());
            if (entry.isDir()) {
                if (!isForeignFolder(path))
                    pending.append(entry.filePath());
                continue;
            }
            QFile file(entry.filePath());
            if (!isText(path) || !file.open(QIODevice::ReadOnly))
                continue;
            const QByteArray bytes = file.readAll();
            if (!bytes.contains('\0'))
                tree.insert(path, QString::fromUtf8(bytes));
        }
    }
    return tree;
}

QList<Include> includesOf(const QString &text)
{
    static const QRegularExpression pattern(
        u"^[ \\t]*#[ \\t]*include[ \\t]*([<\"])([^>\"\\n]+)[>\"]"_s, QRegularExpression::MultilineOption);
    QList<Include> found;
    auto matches = pattern.globalMatch(text);
    while (matches.hasNext()) {
        const auto match = matches.next();
        found.append({match.captured(2), match.captured(1) == u"\""_s, lineAt(text, match.capturedStart(2))});
    }
    return found;
}

QString codeOnly(const QString &text)
{
    QString out = text;
    enum class In { Code, Line, Block, String, Character } in = In::Code;
    const auto at = [&](qsizetype i) { return i < text.size() ? text.at(i) : QChar(); };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        switch (in) {
        case In::Code:
            if (c == u'/' && at(i + 1) == u'/')
                in = In::Line;
            else if (c == u'/' && at(i + 1) == u'*')
                in = In::Block;
            else if (c == u'"' && i > 0 && at(i - 1) == u'R') { // raw: up to )delimiter"
                const qsizetype open = text.indexOf(u'(', i);
                const QString close = u')' + text.mid(i + 1, open - i - 1) + u'"';
                qsizetype end = text.indexOf(close, open);
                end = end < 0 ? text.size() : end + close.size() - 1;
                for (qsizetype k = i + 1; k < end; ++k) {
                    if (out.at(k) != u'\n')
                        out[k] = u' ';
                }
                i = end;
                continue;
            } else if (c == u'"')
                in = In::String;
            else if (c == u'\'' && !(i > 0 && text.at(i - 1).isLetterOrNumber())) // 1'000 is a number
                in = In::Character;
            if (in == In::Line || in == In::Block)
                out[i] = u' ';
            break;
        case In::Line:
            if (c == u'\n')
                in = In::Code;
            else
                out[i] = u' ';
            break;
        case In::Block:
            if (c == u'*' && at(i + 1) == u'/') {
                out[i] = u' ';
                out[++i] = u' ';
                in = In::Code;
            } else if (c != u'\n')
                out[i] = u' ';
            break;
        case In::String:
        case In::Character:
            if (c == u'\\') {
                out[i] = u' ';
                if (i + 1 < text.size() && at(i + 1) != u'\n')
                    out[++i] = u' ';
            } else if (c == (in == In::String ? u'"' : u'\'') || c == u'\n')
                in = In::Code;
            else
                out[i] = u' ';
            break;
        }
    }
    return out;
}

QString complaint(const QString &file, int line, const QString &words)
{
    return u"%1:%2: %3"_s.arg(file).arg(line).arg(words);
}

int lineAt(const QString &text, qsizetype offset)
{
    return int(QStringView(text).left(offset).count(u'\n')) + 1;
}

bool isCpp(const QString &path)
{
    return path.endsWith(u".h"_s) || path.endsWith(u".cpp"_s) || path.endsWith(u".c"_s);
}

} // namespace tacet::test
