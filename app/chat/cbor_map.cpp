#include "app/chat/cbor_map.h"

#include <QStringConverter>

namespace tacet::chat {
namespace {

bool isUtf8(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(bytes);
    Q_UNUSED(text)
    return !decoder.hasError();
}

} // namespace

CborMapWriter::CborMapWriter() : m_writer(&m_entries) { }

void CborMapWriter::number(quint64 key, std::int64_t value)
{
    ++m_count;
    m_writer.append(key);
    m_writer.append(quint64(value));
}

void CborMapWriter::numberUnlessZero(quint64 key, std::int64_t value)
{
    if (value != 0)
        number(key, value);
}

void CborMapWriter::boolean(quint64 key, bool value)
{
    ++m_count;
    m_writer.append(key);
    m_writer.append(value);
}

void CborMapWriter::text(quint64 key, std::string_view value)
{
    ++m_count;
    m_writer.append(key);
    m_writer.appendTextString(value.data(), qsizetype(value.size()));
}

void CborMapWriter::bytes(quint64 key, crypto::ByteView value)
{
    ++m_count;
    m_writer.append(key);
    this->value(value);
}

void CborMapWriter::array(quint64 key, std::size_t size)
{
    ++m_count;
    m_writer.append(key);
    m_writer.startArray(size);
}

void CborMapWriter::value(std::int64_t value)
{
    m_writer.append(quint64(value));
}

void CborMapWriter::value(std::string_view value)
{
    m_writer.appendTextString(value.data(), qsizetype(value.size()));
}

void CborMapWriter::value(crypto::ByteView value)
{
    m_writer.appendByteString(reinterpret_cast<const char *>(value.data()), qsizetype(value.size()));
}

crypto::Bytes CborMapWriter::finish()
{
    QByteArray head;
    {
        QCborStreamWriter writer(&head);
        writer.startMap(m_count); // the head alone; the entries follow as they are
    }
    crypto::Bytes out;
    out.reserve(std::size_t(head.size() + m_entries.size()));
    out.insert(out.end(), head.begin(), head.end());
    out.insert(out.end(), m_entries.begin(), m_entries.end());
    m_entries.fill('\0');
    return out;
}

CborMapReader::CborMapReader(crypto::ByteView bytes)
    : m_bytes(QByteArray::fromRawData(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size()))),
      m_reader(m_bytes)
{
    m_ok = m_reader.isMap() && m_reader.isLengthKnown() && m_reader.length() <= kMaxKeys && isShortest(m_reader.length())
        && m_reader.enterContainer();
}

std::optional<quint64> CborMapReader::nextKey()
{
    if (!m_ok || m_ended)
        return std::nullopt;
    if (!m_reader.hasNext()) {
        m_ok = m_reader.lastError() == QCborError::NoError && m_reader.leaveContainer()
            && m_reader.currentOffset() == m_bytes.size();
        m_ended = m_ok;
        return std::nullopt;
    }
    if (!m_reader.isUnsignedInteger())
        return fail<quint64>();
    const quint64 key = m_reader.toUnsignedInteger();
    if ((m_last && key <= *m_last) || !isShortest(key) || !m_reader.next())
        return fail<quint64>(); // ascending: no key comes twice
    m_last = key;
    return key;
}

bool CborMapReader::isShortest(quint64 value) const
{
    // RFC 8949 §3: the low five bits are the value itself, or say how many bytes of it follow.
    const qsizetype at = m_reader.currentOffset();
    if (at >= m_bytes.size())
        return false; // behind the last value of a container the reader still shows that one
    const int info = std::uint8_t(m_bytes.at(at)) & 0x1F;
    return info == (value < 24 ? int(value) : value <= 0xFF ? 24 : value <= 0xFFFF ? 25 : value <= 0xFFFF'FFFF ? 26 : 27);
}

std::optional<std::int64_t> CborMapReader::number(std::int64_t maximum)
{
    if (!m_ok || !m_reader.isUnsignedInteger() || m_reader.toUnsignedInteger() > quint64(maximum))
        return fail<std::int64_t>();
    const quint64 value = m_reader.toUnsignedInteger();
    if (!isShortest(value) || !m_reader.next())
        return fail<std::int64_t>();
    return std::int64_t(value);
}

std::optional<bool> CborMapReader::boolean()
{
    if (!m_ok || !m_reader.isBool())
        return fail<bool>();
    const bool value = m_reader.toBool();
    if (!m_reader.next())
        return fail<bool>();
    return value;
}

std::optional<std::string> CborMapReader::text(std::size_t maximumBytes)
{
    if (!m_ok || !m_reader.isString() || !m_reader.isLengthKnown() || m_reader.length() > maximumBytes || !isShortest(m_reader.length())
        || m_reader.length() > quint64(m_bytes.size() - m_reader.currentOffset()))
        return fail<std::string>();
    QByteArray value(qsizetype(m_reader.length()), Qt::Uninitialized);
    // Read as bytes: QString would replace what is not UTF-8 without a word.
    const qsizetype wanted = value.size();
    const auto chunk = m_reader.readStringChunk(value.data(), value.size());
    if (chunk.status != QCborStreamReader::Ok || chunk.data != wanted || !isUtf8(value))
        return fail<std::string>();
    if (m_reader.readStringChunk(nullptr, 0).status != QCborStreamReader::EndOfString)
        return fail<std::string>();
    return std::string(value.constData(), std::size_t(value.size()));
}

std::optional<crypto::Bytes> CborMapReader::bytes(std::size_t maximum)
{
    if (!m_ok || !m_reader.isByteArray() || !m_reader.isLengthKnown() || m_reader.length() > maximum || !isShortest(m_reader.length())
        || m_reader.length() > quint64(m_bytes.size() - m_reader.currentOffset()))
        return fail<crypto::Bytes>();
    crypto::Bytes value(std::size_t(m_reader.length()));
    const auto chunk = m_reader.readStringChunk(reinterpret_cast<char *>(value.data()), qsizetype(value.size()));
    if (chunk.status != QCborStreamReader::Ok || chunk.data != qsizetype(value.size()))
        return fail<crypto::Bytes>();
    if (m_reader.readStringChunk(nullptr, 0).status != QCborStreamReader::EndOfString)
        return fail<crypto::Bytes>();
    return value;
}

std::optional<std::size_t> CborMapReader::enterArray(std::size_t maximum)
{
    if (!m_ok || !m_reader.isArray() || !m_reader.isLengthKnown() || m_reader.length() > maximum || !isShortest(m_reader.length()))
        return fail<std::size_t>();
    const auto size = std::size_t(m_reader.length());
    if (!m_reader.enterContainer())
        return fail<std::size_t>();
    return size;
}

bool CborMapReader::leaveArray()
{
    m_ok = m_ok && !m_reader.hasNext() && m_reader.leaveContainer();
    return m_ok;
}

bool CborMapReader::skip(int depth)
{
    // QCborStreamReader::next() counts what is inside a container, and so takes an empty one too many.
    if (!m_ok || !m_reader.isContainer()) {
        m_ok = m_ok && m_reader.next();
        return m_ok;
    }
    m_ok = depth > 0 && m_reader.enterContainer();
    while (m_ok && m_reader.hasNext())
        skip(depth - 1);
    m_ok = m_ok && m_reader.lastError() == QCborError::NoError && m_reader.leaveContainer();
    return m_ok;
}

} // namespace tacet::chat
