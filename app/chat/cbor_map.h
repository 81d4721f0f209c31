#pragma once
// The corner of CBOR that payloads use, both ways, over QCborStreamReader and QCborStreamWriter: one map, unsigned
// integer keys in strictly ascending order, definite lengths, nothing nested deeper than kMaxDepth.
#include "crypto/bytes.h"

#include <QCborStreamReader>
#include <QCborStreamWriter>

#include <optional>
#include <string>
#include <string_view>

namespace tacet::chat {

class CborMapWriter {
public:
    CborMapWriter();

    // Precondition: keys ascend.
    void number(quint64 key, std::int64_t value); ///< >= 0
    void numberUnlessZero(quint64 key, std::int64_t value);
    void boolean(quint64 key, bool value);
    void text(quint64 key, std::string_view value);
    void bytes(quint64 key, crypto::ByteView value);
    void array(quint64 key, std::size_t size);
    void endArray() { m_writer.endArray(); }

    // Inside an array.
    void element(std::size_t size) { m_writer.startArray(size); } ///< an array in the array
    void endElement() { m_writer.endArray(); }
    void value(std::int64_t value);
    void value(std::string_view value);
    void value(crypto::ByteView value);

    crypto::Bytes finish();

private:
    QByteArray m_entries; // the map's head needs their number, which is known at the end
    QCborStreamWriter m_writer;
    quint64 m_count = 0;
};

class CborMapReader {
public:
    static constexpr int kMaxDepth = 4; ///< of values that are skipped
    static constexpr quint64 kMaxKeys = 64;

    /// `bytes` must stay while the reader lives.
    explicit CborMapReader(crypto::ByteView bytes);

    /// The next key, which must be greater than the one before; nothing at the end of the map or on an error.
    std::optional<quint64> nextKey();
    /// The map ended well, and nothing follows it.
    bool finished() const { return m_ok && m_ended; }

    // The value of the key, or the next element. Nothing: another type, or beyond the limit.
    std::optional<std::int64_t> number(std::int64_t maximum); ///< 0 to maximum
    std::optional<bool> boolean();
    std::optional<std::string> text(std::size_t maximumBytes); ///< valid UTF-8
    std::optional<crypto::Bytes> bytes(std::size_t maximum);
    template<std::size_t N>
    std::optional<crypto::FixedBytes<N>> fixed()
    {
        const auto raw = bytes(N);
        if (!raw || raw->size() != N)
            return fail<crypto::FixedBytes<N>>();
        crypto::FixedBytes<N> out;
        std::copy(raw->begin(), raw->end(), out.begin());
        return out;
    }
    /// Enters an array of at most `maximum` elements and answers how many it has.
    std::optional<std::size_t> enterArray(std::size_t maximum);
    /// False when elements are left.
    bool leaveArray();
    bool skip() { return skip(kMaxDepth); }

private:
    bool skip(int depth); ///< arrays and maps that may be in one another
    template<typename T>
    std::optional<T> fail()
    {
        m_ok = false;
        return std::nullopt;
    }
    /// Whether the head that the reader stands at says `value` in its shortest form.
    bool isShortest(quint64 value) const;

    QByteArray m_bytes;
    QCborStreamReader m_reader;
    bool m_ok = true;
    bool m_ended = false;
    std::optional<quint64> m_last;
};

} // namespace tacet::chat
