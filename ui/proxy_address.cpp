#include "ui/proxy_address.h"

#include <QUrl>

namespace tacet::ui {

using namespace Qt::StringLiterals;

std::optional<QString> proxyAddress(const QString &typed)
{
    QString text = typed.trimmed();
    if (!text.contains(u"://"_s))
        text.prepend(u"socks5://"_s);
    const QUrl url(text, QUrl::StrictMode);
    const bool fits = url.isValid() && (url.scheme() == "socks5"_L1 || url.scheme() == "socks5h"_L1) && !url.host().isEmpty() && url.port() > 0
        && url.userInfo().isEmpty() && (url.path().isEmpty() || url.path() == u"/"_s) && !url.hasQuery()
        && !url.hasFragment();
    if (!fits)
        return std::nullopt;
    const QString host = url.host().contains(u':') ? u'[' + url.host() + u']' : url.host(QUrl::FullyEncoded);
    return u"socks5://%1:%2"_s.arg(host, QString::number(url.port()));
}

QString ownTor()
{
    return u"tor"_s;
}

} // namespace tacet::ui
