#include "crypto/base64.h"

#include <array>

namespace tacet::crypto {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xFF;

// Only ciphertext passes here, so a table may be indexed by it. (libsodium's codec is constant time and takes
// several times as long as opening the envelope's cipher.)
constexpr std::array<std::uint8_t, 256> makeDigits()
{
    std::array<std::uint8_t, 256> digits{};
    digits.fill(kNoDigit);
    for (std::uint8_t value = 0; value < 64; ++value)
        digits[static_cast<std::uint8_t>(kAlphabet[value])] = value;
    return digits;
}
constexpr std::array<std::uint8_t, 256> kDigits = makeDigits();

} // namespace

std::string toBase64(ByteView bytes)
{
    std::string out(base64Size(bytes.size()), '=');
    char *at = out.data();
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t group = std::uint32_t(bytes[i]) << 16 | std::uint32_t(bytes[i + 1]) << 8 | bytes[i + 2];
        *at++ = kAlphabet[group >> 18];
        *at++ = kAlphabet[group >> 12 & 63];
        *at++ = kAlphabet[group >> 6 & 63];
        *at++ = kAlphabet[group & 63];
    }
    const std::size_t left = bytes.size() - i;
    if (left > 0) {
        const std::uint32_t group = std::uint32_t(bytes[i]) << 16 | (left == 2 ? std::uint32_t(bytes[i + 1]) << 8 : 0);
        *at++ = kAlphabet[group >> 18];
        *at++ = kAlphabet[group >> 12 & 63];
        if (left == 2)
            *at = kAlphabet[group >> 6 & 63];
    }
    return out;
}

std::optional<Bytes> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    Bytes out(text.size() / 4 * 3);
    std::uint8_t *at = out.data();
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::array<char, 4> four{text[i], text[i + 1], text[i + 2], text[i + 3]};
        for (std::size_t j = 1; i + 4 == text.size() && j <= padding; ++j)
            four[4 - j] = kAlphabet[0];
        group = 0;
        std::uint8_t all = 0;
        for (const char c : four) {
            const std::uint8_t digit = kDigits[static_cast<std::uint8_t>(c)];
            all |= digit;
            group = group << 6 | digit;
        }
        if (all >= 64) // kNoDigit among them
            return std::nullopt;
        *at++ = static_cast<std::uint8_t>(group >> 16);
        *at++ = static_cast<std::uint8_t>(group >> 8);
        *at++ = static_cast<std::uint8_t>(group);
    }
    if ((group & ((1u << (8 * padding)) - 1)) != 0) // unused bits: one encoding per value
        return std::nullopt;
    out.erase(out.end() - std::ptrdiff_t(padding), out.end());
    return out;
}

} // namespace tacet::crypto
