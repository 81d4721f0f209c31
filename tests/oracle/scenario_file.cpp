#include "tests/oracle/scenario_file.h"

#include "crypto/base64.h"

#include <QFile>

namespace tacet::test {
using namespace Qt::StringLiterals;
using namespace tacet::crypto;

std::optional<Scenario> Scenario::read(const QString &folder, const QString &file)
{
    Scenario scenario;
    scenario.m_folder = folder + u'/';
    if (!scenario.take(file))
        return std::nullopt;
    return scenario;
}

bool Scenario::take(const QString &file)
{
    QFile source(m_folder + file);
    if (!source.open(QIODevice::ReadOnly))
        return false;
    const QStringList lines = QString::fromUtf8(source.readAll()).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        const qsizetype colon = line.indexOf(u':');
        const QString name = line.left(colon);
        const QString value = line.mid(colon + 2);
        if (colon < 1)
            return false;
        if (name != u"include"_s)
            m_fields[name] += value;
        else if (!take(u"setup/"_s + value + u".txt"_s))
            return false;
    }
    return true;
}

Bytes Scenario::bytesOf(const QString &base64)
{
    return fromBase64(base64.toStdString()).value_or(Bytes());
}

Bytes Scenario::file(const char *name) const
{
    QFile source(m_folder + text(name));
    if (!source.open(QIODevice::ReadOnly))
        return {};
    const QByteArray all = source.readAll();
    return Bytes(all.begin(), all.end());
}

} // namespace tacet::test
