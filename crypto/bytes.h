#pragma once
// Public bytes: views, fixed-size values with a type of their own, and the few encodings that
// the protocol hashes (PROTOCOL §1: LP, big-endian integers). Secrets live in secret.h.
#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tacet::crypto {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
template<std::size_t N>
using FixedView = std::span<const std::uint8_t, N>;
template<std::size_t N>
using FixedBytes = std::array<std::uint8_t, N>;

/// A public value of N bytes that cannot be mistaken for another of the same size.
template<typename Tag, std::size_t N>
struct TaggedBytes {
    static constexpr std::size_t kSize = N;
    std::array<std::uint8_t, N> bytes{};

    FixedView<N> view() const { return FixedView<N>(bytes); }
    friend auto operator<=>(const TaggedBytes &, const TaggedBytes &) = default;

    /// Copies exactly N bytes; nothing when the length differs.
    static std::optional<TaggedBytes> from(ByteView source)
    {
        if (source.size() != N)
            return std::nullopt;
        TaggedBytes result;
        std::copy(source.begin(), source.end(), result.bytes.begin());
        return result;
    }
};

inline ByteView asBytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

inline void append(Bytes &out, ByteView more)
{
    out.insert(out.end(), more.begin(), more.end());
}
inline void append(Bytes &out, std::string_view more)
{
    append(out, asBytes(more));
}
void appendBe16(Bytes &out, std::uint16_t value);
void appendBe32(Bytes &out, std::uint32_t value);
void appendBe64(Bytes &out, std::uint64_t value);
/// LP(x) = u32 big-endian length, then x (PROTOCOL §1). Precondition: size < 2^32.
void appendLp(Bytes &out, ByteView value);

std::uint16_t readBe16(FixedView<2> in);
std::uint32_t readBe32(FixedView<4> in);
std::uint64_t readBe64(FixedView<8> in);

/// Lower-case hexadecimal of public bytes.
std::string toHex(ByteView bytes);
/// Accepts lower-case digits only, even length; nothing otherwise.
std::optional<Bytes> fromHex(std::string_view text);

/// base64url without padding (RFC 4648 §5); decoding accepts only the canonical form.
std::string toBase64Url(ByteView bytes);
std::optional<Bytes> fromBase64Url(std::string_view text);

/// A cursor over foreign bytes; every read is bounds-checked and answers nothing past the end.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : m_rest(bytes) { }
    std::size_t remaining() const { return m_rest.size(); }
    bool atEnd() const { return m_rest.empty(); }
    std::optional<ByteView> take(std::size_t count);
    template<std::size_t N>
    std::optional<FixedBytes<N>> fixed()
    {
        const auto view = take(N);
        if (!view)
            return std::nullopt;
        FixedBytes<N> out;
        std::copy(view->begin(), view->end(), out.begin());
        return out;
    }
    std::optional<std::uint8_t> u8();
    std::optional<std::uint16_t> be16();
    std::optional<std::uint32_t> be32();
    std::optional<std::uint64_t> be64();
    /// LP with an upper bound for the length.
    std::optional<ByteView> lp(std::size_t maximum);

private:
    ByteView m_rest;
};

} // namespace tacet::crypto
