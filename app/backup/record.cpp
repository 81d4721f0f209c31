#include "app/backup/record.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace tacet::backup {
namespace {

constexpr unsigned kUnsigned = 0;
constexpr unsigned kNegative = 1;
constexpr unsigned kByteString = 2;
constexpr unsigned kTextString = 3;
constexpr unsigned kArray = 4;
constexpr unsigned kMap = 5;

constexpr std::uint64_t kMaxFields = 256;
constexpr std::uint64_t kMaxTexts = 4096;
constexpr int kMaxKey = 0xFFFF;

/// Head of a CBOR item, shortest form (RFC 8949 §4.2.1).
void appendHead(crypto::SecretBuffer &out, unsigned major, std::uint64_t value)
{
    crypto::Bytes head;
    const auto first = [major](unsigned info) { return static_cast<std::uint8_t>(major << 5 | info); };
    if (value < 24) {
        head.push_back(first(static_cast<unsigned>(value)));
    } else if (value <= 0xFF) {
        head.push_back(first(24));
        head.push_back(static_cast<std::uint8_t>(value));
    } else if (value <= 0xFFFF) {
        head.push_back(first(25));
        crypto::appendBe16(head, static_cast<std::uint16_t>(value));
    } else if (value <= 0xFFFFFFFF) {
        head.push_back(first(26));
        crypto::appendBe32(head, static_cast<std::uint32_t>(value));
    } else {
        head.push_back(first(27));
        crypto::appendBe64(head, value);
    }
    out.append(head);
}

struct Head {
    unsigned major = 0;
    std::uint64_t value = 0;
};

std::optional<Head> readHead(crypto::ByteReader &reader)
{
    const auto first = reader.u8();
    if (!first)
        return std::nullopt;
    Head head{unsigned(*first >> 5), std::uint64_t(*first & 31)};
    if (head.value < 24)
        return head;
    std::optional<std::uint64_t> value;
    std::uint64_t smallest = 0;
    switch (head.value) {
    case 24: value = reader.u8(), smallest = 24; break;
    case 25: value = reader.be16(), smallest = 0x100; break;
    case 26: value = reader.be32(), smallest = 0x10000; break;
    case 27: value = reader.be64(), smallest = 0x100000000; break;
    default: return std::nullopt; // indefinite lengths and reserved values
    }
    if (!value || *value < smallest)
        return std::nullopt;
    head.value = *value;
    return head;
}

std::optional<crypto::ByteView> readString(crypto::ByteReader &reader, std::uint64_t size)
{
    return size <= reader.remaining() ? reader.take(static_cast<std::size_t>(size)) : std::nullopt;
}

} // namespace

RecordBuilder::RecordBuilder(std::int64_t type)
{
    assert(type > 0);
    integer(0, type);
}

void RecordBuilder::head(unsigned major, std::uint64_t value)
{
    appendHead(m_body, major, value);
}

void RecordBuilder::key(int key)
{
    assert(key > m_lastKey && key <= kMaxKey);
    m_lastKey = key;
    ++m_fields;
    assert(m_fields <= kMaxFields);
    head(kUnsigned, static_cast<std::uint64_t>(key));
}

RecordBuilder &RecordBuilder::integer(int key, std::int64_t value)
{
    if (value == 0)
        return *this;
    this->key(key);
    if (value > 0)
        head(kUnsigned, static_cast<std::uint64_t>(value));
    else
        head(kNegative, static_cast<std::uint64_t>(-(value + 1)));
    return *this;
}

RecordBuilder &RecordBuilder::text(int key, std::string_view value)
{
    if (value.empty())
        return *this;
    this->key(key);
    head(kTextString, value.size());
    m_body.append(crypto::asBytes(value));
    return *this;
}

RecordBuilder &RecordBuilder::bytes(int key, crypto::ByteView value)
{
    if (value.empty())
        return *this;
    this->key(key);
    head(kByteString, value.size());
    m_body.append(value);
    return *this;
}

RecordBuilder &RecordBuilder::texts(int key, const std::vector<std::string> &values)
{
    if (values.empty())
        return *this;
    assert(values.size() <= kMaxTexts);
    this->key(key);
    head(kArray, values.size());
    for (const std::string &value : values) {
        head(kTextString, value.size());
        m_body.append(crypto::asBytes(value));
    }
    return *this;
}

crypto::SecretBuffer RecordBuilder::finish() const
{
    crypto::SecretBuffer out;
    appendHead(out, kMap, m_fields);
    out.append(m_body.view());
    return out;
}

std::optional<Record::Field> Record::parseField(crypto::ByteReader &reader)
{
    const auto key = readHead(reader);
    if (!key || key->major != kUnsigned || key->value > kMaxKey)
        return std::nullopt;
    const auto head = readHead(reader);
    if (!head)
        return std::nullopt;
    Field field;
    field.key = static_cast<int>(key->value);
    if (head->major == kUnsigned || head->major == kNegative) {
        if (head->value > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        const auto value = static_cast<std::int64_t>(head->value);
        field.integer = head->major == kUnsigned ? value : -1 - value;
        return field;
    }
    if (head->major == kByteString || head->major == kTextString) {
        const auto bytes = readString(reader, head->value);
        if (!bytes)
            return std::nullopt;
        field.kind = head->major == kByteString ? Kind::Bytes : Kind::Text;
        field.bytes = *bytes;
        return field;
    }
    if (head->major != kArray || head->value > kMaxTexts)
        return std::nullopt;
    field.kind = Kind::Texts;
    for (std::uint64_t i = 0; i < head->value; ++i) {
        const auto item = readHead(reader);
        const auto bytes = item && item->major == kTextString ? readString(reader, item->value) : std::nullopt;
        if (!bytes)
            return std::nullopt;
        field.texts.push_back(*bytes);
    }
    return field;
}

std::optional<Record> Record::parse(crypto::ByteView cbor)
{
    crypto::ByteReader reader(cbor);
    const auto head = readHead(reader);
    if (!head || head->major != kMap || head->value > kMaxFields)
        return std::nullopt;
    Record record;
    int last = -1;
    for (std::uint64_t i = 0; i < head->value; ++i) {
        auto field = parseField(reader);
        if (!field || field->key <= last) // ascending: no key twice
            return std::nullopt;
        last = field->key;
        record.m_fields.push_back(std::move(*field));
    }
    record.m_type = record.integer(0);
    if (!reader.atEnd() || !record.ok() || record.m_type <= 0)
        return std::nullopt;
    return record;
}

const Record::Field *Record::find(int key) const
{
    const auto at = std::find_if(m_fields.begin(), m_fields.end(), [key](const Field &field) { return field.key == key; });
    return at == m_fields.end() ? nullptr : &*at;
}

const Record::Field *Record::find(int key, Kind kind)
{
    const Field *field = find(key);
    if (field && field->kind != kind)
        return bad(), nullptr;
    return field;
}

std::int64_t Record::integer(int key)
{
    const Field *field = find(key, Kind::Integer);
    return field ? field->integer : 0;
}

std::string Record::text(int key)
{
    const Field *field = find(key, Kind::Text);
    return field ? std::string(field->bytes.begin(), field->bytes.end()) : std::string();
}

crypto::ByteView Record::bytes(int key)
{
    const Field *field = find(key, Kind::Bytes);
    return field ? field->bytes : crypto::ByteView();
}

std::vector<std::string> Record::texts(int key)
{
    std::vector<std::string> out;
    if (const Field *field = find(key, Kind::Texts)) {
        for (const crypto::ByteView text : field->texts)
            out.emplace_back(text.begin(), text.end());
    }
    return out;
}

} // namespace tacet::backup
