#pragma once
// The project's own files as the tests of the house see them: path from the root, and text.
#include <QMap>
#include <QString>
#include <QStringList>

namespace tacet::test {

/// Path relative to the root ("crypto/bytes.h") to content. UTF-8; bytes that are not become U+FFFD.
using SourceTree = QMap<QString, QString>;

/// Every text file of the project below `root`, without build folders, node_modules, and what git keeps for itself.
SourceTree readSourceTree(const QString &root);

/// One `#include` of a file.
struct Include {
    QString path;       ///< as written between the marks
    bool quoted = true; ///< "…" rather than <…>
    int line = 0;       ///< from 1
};

QList<Include> includesOf(const QString &text);

/// The text with comments and the content of string literals blanked, line ends kept: what a rule about
/// identifiers looks at, so that a sentence in a comment never breaks a build.
QString codeOnly(const QString &text);

/// "file:line: words", as compilers write it, for an editor to jump to.
QString complaint(const QString &file, int line, const QString &words);

/// Line number (from 1) of an offset in a text.
int lineAt(const QString &text, qsizetype offset);

bool isCpp(const QString &path);

} // namespace tacet::test
