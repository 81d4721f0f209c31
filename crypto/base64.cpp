#include "crypto/base64.h"

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
    std::string out;
    out.reserve(base64Size(bytes.size()));
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < count ? bytes[i + j] : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            out += j <= count ? kAlphabet[(group >> (18 - 6 * j)) & 63] : '=';
    }
    return out;
}

std::optional<Bytes> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    const std::string_view digits = text.substr(0, text.size() - padding);

    Bytes out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char c : digits) {
        const std::uint8_t digit = kDigits[static_cast<std::uint8_t>(c)];
        if (digit == kNoDigit)
            return std::nullopt;
        buffer = (buffer << 6 | digit) & 0xFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::uint8_t>(buffer >> bits));
        }
    }
    if ((buffer & ((1u << bits) - 1)) != 0) // unused bits: one encoding per value
        return std::nullopt;
    return out;
}

} // namespace tacet::crypto
