#include "crypto/bytes.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>

namespace tacet::crypto {
namespace {

template<typename Integer>
void appendBigEndian(Bytes &out, Integer value)
{
    for (int shift = int(sizeof(Integer) * 8) - 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(value >> shift));
}

template<typename Integer>
Integer readBigEndian(ByteView in)
{
    Integer value = 0;
    for (const std::uint8_t byte : in)
        value = static_cast<Integer>((value << 8) | byte);
    return value;
}

constexpr int kUrlVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

} // namespace

void appendBe16(Bytes &out, std::uint16_t value) { appendBigEndian(out, value); }
void appendBe32(Bytes &out, std::uint32_t value) { appendBigEndian(out, value); }
void appendBe64(Bytes &out, std::uint64_t value) { appendBigEndian(out, value); }

void appendLp(Bytes &out, ByteView value)
{
    assert(value.size() <= 0xFFFFFFFFu);
    appendBe32(out, static_cast<std::uint32_t>(value.size()));
    append(out, value);
}

std::uint16_t readBe16(FixedView<2> in) { return readBigEndian<std::uint16_t>(in); }
std::uint32_t readBe32(FixedView<4> in) { return readBigEndian<std::uint32_t>(in); }
std::uint64_t readBe64(FixedView<8> in) { return readBigEndian<std::uint64_t>(in); }

std::string toHex(ByteView bytes)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out.push_back(kDigits[byte >> 4]);
        out.push_back(kDigits[byte & 15]);
    }
    return out;
}

std::optional<Bytes> fromHex(std::string_view text)
{
    if (text.size() % 2 != 0)
        return std::nullopt;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]);
        const int low = digit(text[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return out;
}

std::string toBase64Url(ByteView bytes)
{
    std::string out(sodium_base64_encoded_len(bytes.size(), kUrlVariant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), kUrlVariant);
    out.pop_back(); // the terminating zero that libsodium counts
    return out;
}

std::optional<Bytes> fromBase64Url(std::string_view text)
{
    // libsodium takes the byte 0xD2 for '-' and 0xA0 for '_'.
    if (!std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return std::nullopt;
    // Without an end to write down, it takes the whole text or nothing; unused trailing bits must be zero.
    Bytes out(text.size() / 4 * 3 + 3);
    std::size_t length = 0;
    if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, nullptr, kUrlVariant) != 0)
        return std::nullopt;
    out.resize(length);
    return out;
}

std::optional<ByteView> ByteReader::take(std::size_t count)
{
    if (count > m_rest.size())
        return std::nullopt;
    const ByteView head = m_rest.first(count);
    m_rest = m_rest.subspan(count);
    return head;
}

std::optional<std::uint8_t> ByteReader::u8()
{
    const auto view = take(1);
    return view ? std::optional((*view)[0]) : std::nullopt;
}

std::optional<std::uint16_t> ByteReader::be16()
{
    const auto view = take(2);
    return view ? std::optional(readBigEndian<std::uint16_t>(*view)) : std::nullopt;
}

std::optional<std::uint32_t> ByteReader::be32()
{
    const auto view = take(4);
    return view ? std::optional(readBigEndian<std::uint32_t>(*view)) : std::nullopt;
}

std::optional<std::uint64_t> ByteReader::be64()
{
    const auto view = take(8);
    return view ? std::optional(readBigEndian<std::uint64_t>(*view)) : std::nullopt;
}

std::optional<ByteView> ByteReader::lp(std::size_t maximum)
{
    const ByteReader before = *this;
    const auto length = be32();
    if (length && *length <= maximum) {
        if (const auto view = take(*length))
            return view;
    }
    *this = before;
    return std::nullopt;
}

} // namespace tacet::crypto
