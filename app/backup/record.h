#pragma once
// One record of a backup: a CBOR map with small integer keys (deterministic encoding, RFC 8949 §4.2), values
// being integers, byte strings, texts or lists of texts. Key 0 is the type. Zero, empty and absent are the same
// and are left out. Own code, because secrets pass through it and every buffer on the way is wiped.
#include "crypto/bytes.h"
#include "crypto/secret.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tacet::backup {

/// A record that claims to be larger is damage: bounds what reading holds in memory.
inline constexpr std::size_t kMaxRecordSize = 64 * 1024 * 1024;

class RecordBuilder {
public:
    explicit RecordBuilder(std::int64_t type);

    // Keys ascend from call to call (asserted): the order of the bytes is the order of the code.
    RecordBuilder &integer(int key, std::int64_t value);
    RecordBuilder &text(int key, std::string_view value);
    RecordBuilder &bytes(int key, crypto::ByteView value);
    RecordBuilder &texts(int key, const std::vector<std::string> &values);

    /// The map, without its length.
    crypto::SecretBuffer finish() const;

private:
    void head(unsigned major, std::uint64_t value);
    void key(int key);

    crypto::SecretBuffer m_body;
    std::uint64_t m_fields = 0;
    int m_lastKey = -1;
};

/// A parsed record. Views into the bytes it was parsed from, which must outlive it.
class Record {
public:
    /// Nothing when these bytes are not exactly one map of this form.
    static std::optional<Record> parse(crypto::ByteView cbor);

    std::int64_t type() const { return m_type; }

    // Absent fields answer 0 or empty. A field of another kind or length than asked for makes the record bad.
    std::int64_t integer(int key);
    bool flag(int key) { return integer(key) != 0; }
    template<typename T>
    T number(int key)
    {
        const std::int64_t value = integer(key);
        if (!std::in_range<T>(value))
            return bad(), T{};
        return static_cast<T>(value);
    }
    std::string text(int key);
    crypto::ByteView bytes(int key);
    std::vector<std::string> texts(int key);
    bool has(int key) const { return find(key) != nullptr; }

    template<std::size_t N>
    crypto::FixedBytes<N> fixed(int key)
    {
        crypto::FixedBytes<N> out{};
        const crypto::ByteView view = bytes(key);
        if (view.size() != N)
            return bad(), out;
        std::copy(view.begin(), view.end(), out.begin());
        return out;
    }
    template<std::size_t N>
    std::optional<crypto::FixedBytes<N>> optionalFixed(int key)
    {
        return has(key) ? std::optional(fixed<N>(key)) : std::nullopt;
    }
    template<std::size_t N>
    crypto::SecretBytes<N> secret(int key)
    {
        const crypto::ByteView view = bytes(key);
        if (view.size() != N)
            return bad(), crypto::SecretBytes<N>();
        return crypto::SecretBytes<N>(crypto::FixedView<N>(view.data(), N));
    }

    void bad() { m_ok = false; }
    bool ok() const { return m_ok; }

private:
    enum class Kind { Integer, Bytes, Text, Texts };
    struct Field {
        int key = 0;
        Kind kind = Kind::Integer;
        std::int64_t integer = 0;
        crypto::ByteView bytes = {};
        std::vector<crypto::ByteView> texts = {};
    };
    static std::optional<Field> parseField(crypto::ByteReader &reader);
    const Field *find(int key) const;
    const Field *find(int key, Kind kind);

    std::int64_t m_type = 0;
    std::vector<Field> m_fields;
    bool m_ok = true;
};

} // namespace tacet::backup
