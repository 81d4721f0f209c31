#pragma once
// Looks for a text in files in every dress that software gives it.
#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

namespace tacet::test {

/// A word, and the form it was looked for in.
struct Needle {
    QString what;
    QByteArray bytes;
};

/// UTF-8, UTF-16 in both orders, hexadecimal in both cases, base64 and base64url at each of the three offsets.
QList<Needle> needlesFor(const QString &text);

/// "file: what" for each needle found in a file below the folders. Reads whole files: profiles of tests are small.
QStringList findNeedles(const QStringList &folders, const QList<Needle> &needles);

} // namespace tacet::test
