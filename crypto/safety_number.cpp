#include "crypto/safety_number.h"

namespace tacet::crypto {
namespace {

constexpr std::string_view kQrPrefix = "tacet-number:"; // no scheme that anything opens
constexpr std::size_t kMaxScanned = 4096; // more than any QR code holds
constexpr std::uint8_t kQrVersion = 1;
constexpr std::array<std::uint8_t, 2> kHashVersion{0, 0}; // Signal's fingerprint version, big-endian
constexpr std::size_t kDigitsPerGroup = 5;
constexpr std::size_t kBytesPerGroup = 5;

void sha512(FixedBytes<64> &out, std::initializer_list<ByteView> parts)
{
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (const ByteView part : parts)
        crypto_hash_sha512_update(&state, part.data(), part.size());
    crypto_hash_sha512_final(&state, out.data());
}

/// The zero of each block of decimal digits (Unicode category Nd) that people's keyboards and screens produce.
constexpr char32_t kZeros[] = {
    U'0',   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
};

std::optional<char> asDigit(char32_t point)
{
    for (const char32_t zero : kZeros) {
        if (point >= zero && point <= zero + 9)
            return static_cast<char>('0' + (point - zero));
    }
    return std::nullopt;
}

/// One code point of the Basic Multilingual Plane; 0xFFFD for anything else. Always moves on, never past the end.
char32_t nextPoint(std::string_view &text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    if (lead < 0x80 || length == 1 || length == 4 || length > text.size()) {
        text.remove_prefix(1);
        return lead < 0x80 ? lead : 0xFFFD;
    }
    char32_t point = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0) != 0x80) {
            text.remove_prefix(1);
            return 0xFFFD;
        }
        point = point << 6 | (next & 0x3Fu);
    }
    text.remove_prefix(length);
    return length == 3 && point < 0x800 ? 0xFFFD : point;
}

} // namespace

Fingerprint fingerprint(ByteView stableId, ByteView key)
{
    FixedBytes<64> hash;
    sha512(hash, {kHashVersion, key, stableId, key});
    for (int i = 1; i < kFingerprintIterations; ++i)
        sha512(hash, {hash, key});
    Fingerprint out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

std::string fingerprintDigits(const Fingerprint &value)
{
    std::string out;
    for (std::size_t group = 0; group < kSafetyGroups / 2; ++group) {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < kBytesPerGroup; ++i)
            number = number << 8 | value[group * kBytesPerGroup + i];
        const std::string digits = std::to_string(number % 100'000);
        out.append(kDigitsPerGroup - digits.size(), '0');
        out += digits;
    }
    return out;
}

std::optional<SafetyDigits> SafetyDigits::parse(std::string_view utf8)
{
    SafetyDigits out;
    std::size_t count = 0;
    while (!utf8.empty()) {
        const auto digit = asDigit(nextPoint(utf8));
        if (!digit)
            continue;
        if (count == kSafetyDigits)
            return std::nullopt;
        out.m_digits[count++] = *digit;
    }
    return count == kSafetyDigits ? std::optional(out) : std::nullopt;
}

std::string SafetyDigits::group(std::size_t index) const
{
    assert(index < kSafetyGroups);
    return std::string(m_digits.data() + index * kDigitsPerGroup, kDigitsPerGroup);
}

std::string SafetyDigits::grouped() const
{
    std::string out = group(0);
    for (std::size_t i = 1; i < kSafetyGroups; ++i)
        out += ' ' + group(i);
    return out;
}

std::optional<std::size_t> firstDifference(const SafetyDigits &one, const SafetyDigits &other)
{
    // Every group is compared, whatever came before: the time says nothing about where they differ.
    std::size_t first = kSafetyGroups;
    for (std::size_t i = kSafetyGroups; i-- > 0;) {
        if (sodium_memcmp(one.digits().data() + i * kDigitsPerGroup, other.digits().data() + i * kDigitsPerGroup,
                          kDigitsPerGroup) != 0)
            first = i;
    }
    return first == kSafetyGroups ? std::nullopt : std::optional(first);
}

SafetyNumber::SafetyNumber(const IdentityKey &own, const IdentityKey &peer)
    : m_own(fingerprint(own.view(), own.view())), m_peer(fingerprint(peer.view(), peer.view()))
{
    std::string mine = fingerprintDigits(m_own);
    std::string theirs = fingerprintDigits(m_peer);
    const std::string all = mine < theirs ? mine + theirs : theirs + mine;
    std::copy(all.begin(), all.end(), m_digits.m_digits.begin());
}

std::string SafetyNumber::qrText() const
{
    Bytes payload{kQrVersion};
    append(payload, m_own);
    append(payload, m_peer);
    return std::string(kQrPrefix) + toBase64Url(payload);
}

ScanResult SafetyNumber::scan(std::string_view qrText) const
{
    if (!qrText.starts_with(kQrPrefix) || qrText.size() > kMaxScanned)
        return ScanResult::NotACode;
    const auto payload = fromBase64Url(qrText.substr(kQrPrefix.size()));
    if (!payload || payload->empty())
        return ScanResult::NotACode;
    if ((*payload)[0] > kQrVersion)
        return ScanResult::NewerVersion;
    if ((*payload)[0] != kQrVersion || payload->size() != 1 + 2 * m_own.size())
        return ScanResult::NotACode;
    const bool theirOwn = sodium_memcmp(payload->data() + 1, m_peer.data(), m_peer.size()) == 0;
    const bool theirPeer = sodium_memcmp(payload->data() + 1 + m_peer.size(), m_own.data(), m_own.size()) == 0;
    return theirOwn && theirPeer ? ScanResult::Same : ScanResult::Different;
}

} // namespace tacet::crypto
