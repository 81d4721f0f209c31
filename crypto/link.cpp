#include "crypto/link.h"

#include "crypto/hkdf.h"
#include "crypto/labels.h"

namespace tacet::crypto {
namespace {

constexpr std::string_view kScheme = "tacet:";
constexpr std::string_view kWebScheme = "https://";
constexpr std::uint8_t kLinkVersion = 1;
constexpr std::size_t kChecksumSize = 4;
constexpr std::uint8_t kInsecureFlag = 0x80; // ws:// instead of wss://
constexpr std::size_t kShortestFragment = 24;

bool isWordCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool isPayloadCharacter(char c) { return isWordCharacter(c) || c == '-' || c == '_'; }
bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

FixedBytes<kChecksumSize> checksum(ByteView payload)
{
    const Hash32 hash = sha256({asBytes(label::kLinkChecksum), payload});
    FixedBytes<kChecksumSize> out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

FixedBytes<16> identityHash(const IdentityKey &identity)
{
    const Hash32 hash = sha256(identity.view());
    FixedBytes<16> out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

/// PROTOCOL §3.3: makes every character of the text depend on the link key.
void applyMask(std::span<std::uint8_t> part, FixedView<32> linkKey)
{
    Bytes mask(part.size());
    hkdfExpand(mask, hkdfExtract({}, linkKey).view(), asBytes(label::kLinkMask));
    for (std::size_t i = 0; i < part.size(); ++i)
        part[i] = static_cast<std::uint8_t>(part[i] ^ mask[i]);
}

std::string_view afterScheme(std::string_view url)
{
    return url.substr(url.starts_with("wss://") ? 6 : 5);
}

/// What the payload at the start of `text` may be: its first word, the first two joined, and so on. Mail programs
/// break lines, people write on behind a link, and only the checksum tells one from the other.
std::vector<std::string> payloadCandidates(std::string_view text)
{
    std::vector<std::string> out{{}};
    bool inWord = true;
    for (const char c : text) {
        if (isPayloadCharacter(c)) {
            if (!inWord)
                out.push_back(out.back());
            out.back().push_back(c);
        } else if (!isSpace(c)) {
            break;
        }
        inWord = isPayloadCharacter(c) || out.back().empty();
    }
    return out;
}

/// Where a payload may begin: behind each `tacet:`, in any case, then behind each `#` that follows an https address. People
/// write "My Tacet: tacet:…", so the first is not always the one. A payload has neither `:` nor `#`, so all that is
/// read behind these places together is no longer than the text.
std::vector<std::string_view> payloadStarts(std::string_view text)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    std::vector<std::string_view> starts;
    for (auto at = text.begin();; at += std::ptrdiff_t(kScheme.size())) {
        at = std::search(at, text.end(), kScheme.begin(), kScheme.end(), [&](char a, char b) { return lower(a) == b; });
        if (at == text.end())
            break;
        starts.push_back(text.substr(std::size_t(at - text.begin()) + kScheme.size()));
    }
    for (std::size_t hash = text.find('#', text.find(kWebScheme)); hash != std::string_view::npos; hash = text.find('#', hash + 1)) {
        // With less behind it, it is an ordinary bookmark and not a link that was cut.
        if (const auto rest = text.substr(hash + 1); payloadCandidates(rest).back().size() >= kShortestFragment)
            starts.push_back(rest);
    }
    return starts;
}

/// The payload without its checksum; empty where this does not fit.
SecretBuffer checkedPayload(std::string_view text)
{
    auto decoded = fromBase64Url(text);
    if (!decoded || decoded->size() <= kChecksumSize)
        return {};
    const ByteView body = ByteView(*decoded).first(decoded->size() - kChecksumSize);
    const auto expected = checksum(body);
    SecretBuffer out;
    if (std::equal(expected.begin(), expected.end(), decoded->end() - std::ptrdiff_t(kChecksumSize)))
        out = SecretBuffer(body);
    sodium_memzero(decoded->data(), decoded->size());
    return out;
}

bool isHost(std::string_view host)
{
    if (host.starts_with('[')) { // IPv6 literal
        return host.size() > 4 && host.ends_with(']')
            && host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
    }
    return !host.empty() && isWordCharacter(host.front())
        && host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos
        && host.find("..") == std::string_view::npos;
}

bool isPort(std::string_view port)
{
    if (port.empty() || port.size() > 5 || port.front() == '0'
        || port.find_first_not_of("0123456789") != std::string_view::npos)
        return false;
    unsigned value = 0;
    for (const char digit : port)
        value = value * 10 + unsigned(digit - '0');
    return value <= 65535;
}

bool isPath(std::string_view path)
{
    constexpr std::string_view kRefused = "\"#<>?@[\\]^`{|}";
    return std::all_of(path.begin(), path.end(), [&](char c) {
        return c > ' ' && c < 0x7F && kRefused.find(c) == std::string_view::npos;
    });
}

} // namespace

bool isRelayUrl(std::string_view url)
{
    if (url.size() > kMaxRelayUrlLength || !(url.starts_with("wss://") || url.starts_with("ws://")))
        return false;
    const std::string_view rest = afterScheme(url);
    const std::size_t slash = rest.find('/');
    const std::string_view authority = rest.substr(0, slash);
    const std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    if (path == "/" || !isPath(path))
        return false;
    const std::size_t colon = authority.starts_with('[') ? authority.find(':', authority.find(']'))
                                                         : authority.find(':');
    const bool hasPort = colon != std::string_view::npos;
    return isHost(authority.substr(0, colon)) && (!hasPort || isPort(authority.substr(colon + 1)));
}

Result<Link, LinkCreateError> Link::create(LinkType type, const IdentityKey &owner, std::vector<std::string> relays,
                                           Random &random)
{
    if (relays.empty())
        return fail(LinkCreateError::NoRelay);
    if (relays.size() > kMaxLinkRelays)
        return fail(LinkCreateError::TooManyRelays);
    if (!std::all_of(relays.begin(), relays.end(), [](const std::string &url) { return isRelayUrl(url); }))
        return fail(LinkCreateError::BadRelay);

    Link link;
    link.m_type = type;
    link.m_identityHash = identityHash(owner);
    link.m_relays = std::move(relays);
    if (link.uri().size() > kMaxLinkLength)
        return fail(LinkCreateError::TooLong);
    // A text of n characters is clean with probability (62/64)^n: some seven hundred draws for the longest link, a few
    // milliseconds. The choice costs the key less than ten bits of its 256.
    for (;;) {
        link.m_key = random.secret<32>();
        const std::string text = link.payload();
        if (std::all_of(text.begin(), text.end(), isWordCharacter))
            return link;
    }
}

Result<Link, LinkError> Link::parse(std::string_view pasted)
{
    if (pasted.size() > kMaxPastedLinkLength)
        return fail(LinkError::NotALink);
    const std::vector<std::string_view> starts = payloadStarts(pasted);
    for (const std::string_view start : starts) {
        for (const std::string &text : payloadCandidates(start)) {
            if (SecretBuffer bytes = checkedPayload(text); !bytes.empty())
                return parsePayload(std::move(bytes), text.size());
        }
    }
    return fail(starts.empty() ? LinkError::NotALink : LinkError::Damaged);
}

Result<Link, LinkError> Link::parsePayload(SecretBuffer bytes, std::size_t textLength)
{
    const std::size_t bodySize = bytes.size();
    const std::uint8_t version = bytes.view()[0] >> 4;
    if (version > kLinkVersion)
        return fail(LinkError::NewerVersion);

    Link link;
    constexpr std::size_t kClearSize = 1 + 32;
    if (version != kLinkVersion || textLength > kMaxLinkLength - kScheme.size()
        || bodySize < kClearSize + link.m_identityHash.size())
        return fail(LinkError::Damaged);
    link.m_type = LinkType(bytes.view()[0] & 0x0F);
    if (link.m_type != LinkType::OneTime && link.m_type != LinkType::Reusable)
        return fail(LinkError::Damaged);
    link.m_key = SecretBytes<32>(FixedView<32>(bytes.view().data() + 1, 32));
    const auto masked = bytes.writable().subspan(kClearSize, bodySize - kClearSize);
    applyMask(masked, link.m_key.view());

    ByteReader in(masked);
    link.m_identityHash = *in.fixed<16>();
    while (!in.atEnd()) {
        const std::uint8_t head = *in.u8();
        const auto rest = in.take(head & ~kInsecureFlag & 0xFF);
        if (!rest)
            return fail(LinkError::Damaged);
        std::string url = (head & kInsecureFlag) ? "ws://" : "wss://";
        url.append(rest->begin(), rest->end());
        if (!isRelayUrl(url))
            return fail(LinkError::Damaged);
        link.m_relays.push_back(std::move(url));
    }
    if (link.m_relays.empty() || link.m_relays.size() > kMaxLinkRelays)
        return fail(LinkError::Damaged);
    return link;
}

std::string Link::payload() const
{
    Bytes out;
    out.push_back(static_cast<std::uint8_t>(kLinkVersion << 4 | std::uint8_t(m_type)));
    append(out, m_key.view());
    const std::size_t masked = out.size();
    append(out, m_identityHash);
    for (const std::string &url : m_relays) {
        const std::string_view rest = afterScheme(url);
        out.push_back(static_cast<std::uint8_t>(rest.size() | (url.starts_with("ws://") ? kInsecureFlag : 0)));
        append(out, rest);
    }
    applyMask(std::span(out).subspan(masked), m_key.view());
    append(out, checksum(out));
    std::string text = toBase64Url(out);
    sodium_memzero(out.data(), out.size());
    return text;
}

Link Link::clone() const
{
    Link copy;
    copy.m_type = m_type;
    copy.m_key = m_key.clone();
    copy.m_identityHash = m_identityHash;
    copy.m_relays = m_relays;
    return copy;
}

std::string Link::uri() const
{
    return std::string(kScheme) + payload();
}

std::string Link::webAddress(std::string_view base) const
{
    return std::string(base.substr(0, base.find('#'))) + '#' + payload();
}

bool Link::belongsTo(const IdentityKey &identity) const
{
    const auto hash = identityHash(identity);
    return sodium_memcmp(hash.data(), m_identityHash.data(), hash.size()) == 0;
}

SecretBytes<32> Link::bundleKey() const
{
    return hkdf<32>({}, m_key.view(), asBytes(label::kLinkBundleKey));
}

SecretBytes<32> Link::presharedKey() const
{
    return hkdf<32>({}, m_key.view(), asBytes(label::kLinkPsk));
}

NostrKeyPair Link::bundleMailbox() const
{
    // A scalar outside the group order has probability 2^-128; the counter makes the derivation total all the same.
    for (std::uint8_t counter = 0;; ++counter) {
        Bytes info;
        append(info, label::kLinkMailbox);
        info.push_back(counter);
        if (auto pair = NostrKeyPair::fromSecret(hkdf<32>({}, m_key.view(), info)))
            return std::move(*pair);
    }
}

} // namespace tacet::crypto
