#include "tests/e2e/needles.h"

#include <QDirIterator>
#include <QFile>
#include <QStringEncoder>

namespace tacet::test {
using namespace Qt::StringLiterals;

QList<Needle> needlesFor(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    QStringEncoder little(QStringConverter::Utf16LE);
    QStringEncoder big(QStringConverter::Utf16BE);
    QList<Needle> needles{
        {text + u" (plain)"_s, utf8},
        {text + u" (UTF-16LE)"_s, little.encode(text)},
        {text + u" (UTF-16BE)"_s, big.encode(text)},
        {text + u" (hex)"_s, utf8.toHex()},
        {text + u" (HEX)"_s, utf8.toHex().toUpper()},
    };
    for (int offset = 0; offset < 3; ++offset) {
        // Inside a longer text the same bytes encode in one of three ways; the characters at both edges, which share
        // their bits with neighbours, are left out.
        const QByteArray shifted = QByteArray(offset, 'x') + utf8;
        const qsizetype first = (offset * 8 + 5) / 6;
        const qsizetype last = shifted.size() * 8 / 6;
        for (const auto alphabet : {QByteArray::Base64Encoding, QByteArray::Base64UrlEncoding}) {
            const QByteArray encoded = shifted.toBase64(alphabet | QByteArray::OmitTrailingEquals);
            needles.append({text + u" (base64, offset %1)"_s.arg(offset), encoded.mid(first, last - first)});
        }
    }
    return needles;
}

QStringList findNeedles(const QStringList &folders, const QList<Needle> &needles)
{
    QStringList found;
    for (const QString &folder : folders) {
        QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (!file.open(QIODevice::ReadOnly)) {
                found += file.fileName() + u": not readable"_s;
                continue;
            }
            const QByteArray content = file.readAll();
            for (const Needle &needle : needles) {
                if (content.contains(needle.bytes) || file.fileName().toUtf8().contains(needle.bytes))
                    found += file.fileName() + u": "_s + needle.what;
            }
        }
    }
    return found;
}

} // namespace tacet::test
