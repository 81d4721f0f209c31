#include "app/relay/relay_url.h"

#include <QHostAddress>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace tacet::relay {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::vector<std::string_view> labelsOf(std::string_view host)
{
    std::vector<std::string_view> labels;
    for (;;) {
        const std::size_t dot = host.find('.');
        labels.push_back(host.substr(0, dot));
        if (dot == std::string_view::npos)
            return labels;
        host.remove_prefix(dot + 1);
    }
}

std::optional<unsigned> decimal(std::string_view text, unsigned maximum)
{
    if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), isDigit))
        return std::nullopt;
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (value > maximum)
        return std::nullopt;
    return value;
}

/// Exactly four decimal numbers without leading zeros: the resolver would also take "127.1" and "0x7f000001".
std::optional<std::array<std::uint8_t, 4>> dottedQuad(std::string_view host)
{
    const auto labels = labelsOf(host);
    if (labels.size() != 4)
        return std::nullopt;
    std::array<std::uint8_t, 4> quad{};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto value = decimal(labels[i], 255);
        if (!value || (labels[i].size() > 1 && labels[i].front() == '0'))
            return std::nullopt;
        quad[i] = std::uint8_t(*value);
    }
    return quad;
}

bool looksNumeric(std::string_view label)
{
    if (label.empty())
        return false;
    if (std::all_of(label.begin(), label.end(), isDigit))
        return true;
    return label.size() > 1 && label[0] == '0' && label[1] == 'x';
}

bool isHostName(std::string_view host)
{
    if (host.empty() || host.size() > 253)
        return false;
    const auto labels = labelsOf(host);
    for (const std::string_view label : labels) {
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
        for (const char c : label) {
            if (!(c >= 'a' && c <= 'z') && !isDigit(c) && c != '-' && c != '_')
                return false;
        }
    }
    return !looksNumeric(labels.back());
}

HostKind kindOfQuad(const std::array<std::uint8_t, 4> &q)
{
    if (q[0] == 127)
        return HostKind::Loopback;
    const bool local = q[0] == 0 || q[0] == 10 || (q[0] == 172 && (q[1] & 0xf0) == 16) || (q[0] == 192 && q[1] == 168)
        || (q[0] == 169 && q[1] == 254) || (q[0] == 100 && (q[1] & 0xc0) == 64) || (q[0] == 192 && q[1] == 0 && q[2] == 0)
        || (q[0] == 198 && (q[1] & 0xfe) == 18) || q[0] >= 224;
    return local ? HostKind::Private : HostKind::Public;
}

HostKind kindOfSixteen(const Q_IPV6ADDR &a)
{
    const bool zerosTo10 = std::all_of(std::begin(a.c), std::begin(a.c) + 10, [](quint8 b) { return b == 0; });
    const std::array<std::uint8_t, 4> tail{a[12], a[13], a[14], a[15]};
    if (zerosTo10 && a[10] == 0xff && a[11] == 0xff) // ::ffff:a.b.c.d
        return kindOfQuad(tail);
    if (zerosTo10 && a[10] == 0 && a[11] == 0) { // ::, ::1 and the old ::a.b.c.d
        const bool one = tail == std::array<std::uint8_t, 4>{0, 0, 0, 1};
        return one ? HostKind::Loopback : HostKind::Private;
    }
    if (a[0] == 0x00 && a[1] == 0x64 && a[2] == 0xff && a[3] == 0x9b) // 64:ff9b::/96, RFC 6052
        return kindOfQuad(tail);
    const bool local = (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0x80) == 0x80) || a[0] == 0xff;
    return local ? HostKind::Private : HostKind::Public;
}

bool endsWith(std::string_view text, std::string_view tail)
{
    return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

bool isPathText(std::string_view text)
{
    // Printable ASCII of RFC 3986 §3.3 and §3.4; spaces, quotes and brackets never pass a log or a link well.
    static constexpr std::string_view kMarks = "/?-._~!$&'()*+,;=:@%";
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || kMarks.find(c) != std::string_view::npos;
    });
}

} // namespace

HostKind hostKindOf(std::string_view anyHost)
{
    std::string host = lowered(anyHost);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    if (host.find(':') != std::string::npos) {
        const QHostAddress address(QString::fromLatin1(host.data(), qsizetype(host.size())));
        return address.protocol() == QAbstractSocket::IPv6Protocol ? kindOfSixteen(address.toIPv6Address()) : HostKind::Private;
    }
    if (const auto quad = dottedQuad(host))
        return kindOfQuad(*quad);
    if (host == "localhost" || endsWith(host, ".localhost"))
        return HostKind::Loopback;
    if (endsWith(host, ".onion"))
        return HostKind::Onion;
    for (const std::string_view tail : {".local", ".lan", ".internal", ".home", ".home.arpa", ".intranet", ".corp", ".test"}) {
        if (endsWith(host, tail))
            return HostKind::Private;
    }
    return host.find('.') == std::string::npos ? HostKind::Private : HostKind::Public; // a bare name is a neighbour
}

Result<RelayUrl, RelayUrlError> RelayUrl::parse(std::string_view text)
{
    using Error = RelayUrlError;
    if (text.empty())
        return fail(Error::Empty);
    if (text.size() > kMaximumLength)
        return fail(Error::TooLong);

    RelayUrl url;
    const std::size_t colon = text.find("://");
    const std::string scheme = lowered(text.substr(0, colon == std::string_view::npos ? 0 : colon));
    if (scheme != "ws" && scheme != "wss")
        return fail(Error::BadScheme);
    url.m_encrypted = scheme == "wss";
    std::string_view rest = text.substr(colon + 3);
    if (rest.find('#') != std::string_view::npos)
        return fail(Error::HasFragment);

    const std::size_t end = rest.find_first_of("/?");
    const std::string_view authority = rest.substr(0, end);
    std::string_view path = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    if (authority.find('@') != std::string_view::npos)
        return fail(Error::HasCredentials);
    if (!isPathText(path))
        return fail(Error::BadPath);
    if (path == "/")
        path = {};

    std::string_view port;
    bool hasPort = false;
    std::string host;
    if (!authority.empty() && authority.front() == '[') {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos)
            return fail(Error::BadHost);
        const std::string inner = lowered(authority.substr(1, close - 1));
        const QHostAddress address(QString::fromLatin1(inner.data(), qsizetype(inner.size())));
        if (address.protocol() != QAbstractSocket::IPv6Protocol || inner.find('%') != std::string::npos)
            return fail(Error::BadHost);
        host = address.toString().toStdString();
        const std::string_view after = authority.substr(close + 1);
        if (!after.empty() && after.front() != ':')
            return fail(Error::BadHost);
        hasPort = !after.empty();
        port = hasPort ? after.substr(1) : after;
        url.m_host = host;
        host = "[" + host + "]";
    } else {
        const std::size_t split = authority.find(':');
        hasPort = split != std::string_view::npos;
        host = lowered(authority.substr(0, split));
        port = hasPort ? authority.substr(split + 1) : port;
        if (!host.empty() && host.back() == '.')
            host.pop_back(); // the root label, the same host
        if (!dottedQuad(host) && !isHostName(host))
            return fail(Error::BadHost);
        url.m_host = host;
    }

    const std::uint16_t usual = url.m_encrypted ? 443 : 80;
    url.m_port = usual;
    if (hasPort) {
        const auto number = decimal(port, 65535);
        if (!number || *number == 0)
            return fail(Error::BadPort);
        url.m_port = std::uint16_t(*number);
    }
    url.m_hostKind = hostKindOf(url.m_host);
    url.m_text = scheme + "://" + host;
    if (url.m_port != usual)
        url.m_text += ":" + std::to_string(url.m_port);
    if (!path.empty() && path.front() == '?')
        url.m_text += '/';
    url.m_text += path;
    if (url.m_text.size() > kMaximumLength) // a slash was added
        return fail(Error::TooLong);
    return url;
}

} // namespace tacet::relay
