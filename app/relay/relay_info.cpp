#include "app/relay/relay_info.h"

#include "app/relay/network_way.h"

#include <QDateTime>
#include <QLocale>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTimeZone>
#include <QTimer>

#include <algorithm>

namespace tacet::relay {
namespace {

using namespace Qt::StringLiterals;

constexpr qint64 kMaximumDocument = 64 * 1024;
constexpr int kTimeoutMs = 15'000;

class HttpInfoRequest final : public QObject, public InfoRequest {
public:
    HttpInfoRequest(const TransportOptions &options, const NameLookup &names, std::function<void(std::optional<RelayInfo>)> then)
        : m_options(options), m_then(std::move(then))
    {
        QTimer::singleShot(kTimeoutMs, this, [this] { finish(std::nullopt); });
        findWay(options, names, this, [this](const Way &way) {
            if (way.none)
                finish(std::nullopt);
            else if (m_then)
                ask(way);
        });
    }
    ~HttpInfoRequest() override
    {
        m_then = nullptr;
        if (!m_reply)
            return;
        m_reply->disconnect(this);
        m_reply->abort();
    }

private:
    void ask(const Way &way)
    {
        m_manager.setProxy(networkProxy(m_options.proxy, m_options.circuit));
        QNetworkRequest request = httpRequestTo(m_options.url, way.checked);
        request.setRawHeader("Accept", "application/nostr+json");
        // Qt would tell the desktop's language and its own name.
        request.setRawHeader("Accept-Language", "*");
        request.setRawHeader("User-Agent", "");
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
        request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
        request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
        request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
        m_reply = m_manager.get(request);
        connect(m_reply, &QNetworkReply::readyRead, this, [this] {
            m_body += m_reply->readAll();
            if (m_body.size() > kMaximumDocument)
                finish(std::nullopt);
        });
        connect(m_reply, &QNetworkReply::finished, this, [this] {
            const bool good = m_reply->error() == QNetworkReply::NoError
                && m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() == 200;
            m_body += m_reply->readAll();
            auto info = good && m_body.size() <= kMaximumDocument
                ? readRelayInfo({m_body.constData(), std::size_t(m_body.size())})
                : std::nullopt;
            const QByteArray date = m_reply->rawHeader("Date");
            if (const auto clock = readHttpDate({date.constData(), std::size_t(date.size())})) {
                info = info.value_or(RelayInfo{});
                info->clockSeconds = clock;
            }
            finish(std::move(info));
        });
    }

    void finish(std::optional<RelayInfo> info)
    {
        if (!m_then)
            return;
        const auto then = std::exchange(m_then, nullptr);
        then(std::move(info));
    }

    TransportOptions m_options;
    QNetworkAccessManager m_manager; // one per request: no connection, cookie or session is shared between relays
    QNetworkReply *m_reply = nullptr;
    QByteArray m_body;
    std::function<void(std::optional<RelayInfo>)> m_then;
};

std::optional<std::int64_t> positive(const JsonValue *value)
{
    const std::int64_t *number = value ? value->integer() : nullptr;
    return number && *number > 0 ? std::optional(*number) : std::nullopt;
}

bool isTrue(const JsonValue *value)
{
    return value && value->boolean() && *value->boolean();
}

} // namespace

std::optional<RelayInfo> readRelayInfo(std::string_view text)
{
    const auto document = readJson(text, JsonLimits{std::size_t(kMaximumDocument), 12, 4096});
    if (!document || !document->object())
        return std::nullopt;
    RelayInfo info;
    if (const JsonValue *name = document->member("name"); name && name->string())
        info.name = plainWords(*name->string(), 100);
    if (const JsonValue *nips = document->member("supported_nips"); nips && nips->array()) {
        info.reconciles = std::any_of(nips->array()->begin(), nips->array()->end(), [](const JsonValue &nip) {
            return nip.integer() && *nip.integer() == 77;
        });
    }
    const JsonValue *limits = document->member("limitation");
    if (!limits || !limits->object())
        return info;
    info.largestMessage = positive(limits->member("max_message_length"));
    info.largestContent = positive(limits->member("max_content_length"));
    info.proofOfWork = positive(limits->member("min_pow_difficulty"));
    info.oldestSeconds = positive(limits->member("created_at_lower_limit"));
    info.authRequired = isTrue(limits->member("auth_required"));
    info.paymentRequired = isTrue(limits->member("payment_required"));
    return info;
}

std::optional<std::int64_t> readHttpDate(std::string_view text)
{
    // "Sun, 06 Nov 1994 08:49:37 GMT": day and hour apart, so that no time zone of this computer has a say.
    if (text.size() != 29 || !text.ends_with(" GMT"))
        return std::nullopt;
    const QString words = QString::fromLatin1(text.data(), qsizetype(text.size()));
    const QDate day = QLocale::c().toDate(words.left(16), u"ddd, dd MMM yyyy"_s);
    const QTime hour = QTime::fromString(words.mid(17, 8), u"hh:mm:ss"_s);
    if (!day.isValid() || !hour.isValid() || words[16] != u' ')
        return std::nullopt;
    return QDateTime(day, hour, QTimeZone::utc()).toSecsSinceEpoch();
}

InfoSource httpInfoSource(NameLookup names)
{
    return [names = std::move(names)](const TransportOptions &options,
                                      std::function<void(std::optional<RelayInfo>)> then) -> std::unique_ptr<InfoRequest> {
        return std::make_unique<HttpInfoRequest>(options, names, std::move(then));
    };
}

} // namespace tacet::relay
