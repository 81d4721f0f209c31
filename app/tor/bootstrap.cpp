#include "app/tor/bootstrap.h"

#include "app/tor/control_reader.h"

namespace tacet::tor {
namespace {

constexpr qsizetype kLongestWords = 200;

QString plain(const QByteArray &text)
{
    QString words;
    for (const QChar c : QString::fromUtf8(text.left(kLongestWords)))
        words += c.isPrint() ? c : QChar(u' ');
    return words.trimmed();
}

} // namespace

std::optional<Bootstrap> readBootstrap(const QByteArray &line)
{
    // "NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY="Connected to a relay"", after "STATUS_CLIENT " in an event
    const QByteArray rest = line.startsWith("STATUS_CLIENT ") ? line.mid(14) : line;
    const QList<QByteArray> words = rest.split(' ');
    if (words.size() < 3 || words[1] != "BOOTSTRAP")
        return std::nullopt;
    bool isNumber = false;
    Bootstrap bootstrap;
    bootstrap.percent = pairValue(rest, "PROGRESS").toInt(&isNumber);
    if (!isNumber || bootstrap.percent < 0 || bootstrap.percent > 100)
        return std::nullopt;
    bootstrap.phase = plain(pairValue(rest, "TAG"));
    // "RECOMMENDATION=ignore" is Tor's way to say that one relay of many failed, which is nothing to tell anybody.
    if ((words[0] == "WARN" || words[0] == "ERR") && pairValue(rest, "RECOMMENDATION") != "ignore")
        bootstrap.obstacle = plain(pairValue(rest, "WARNING"));
    return bootstrap;
}

} // namespace tacet::tor
