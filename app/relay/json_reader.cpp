#include "app/relay/json_reader.h"

#include <charconv>
#include <cstdlib>
#include <locale>
#include <optional>
#include <sstream>

namespace tacet::relay {
namespace {

/// Length of the well-formed UTF-8 sequence at the front (RFC 3629 §4), 0 when there is none.
std::size_t sequenceLength(std::string_view text)
{
    const auto at = [&](std::size_t i) { return i < text.size() ? std::uint8_t(text[i]) : std::uint8_t(0); };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
    const std::uint8_t first = at(0);
    if (first < 0x80)
        return text.empty() ? 0 : 1;
    if (first >= 0xc2 && first <= 0xdf)
        return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && at(1) < 0xa0;
        const bool surrogate = first == 0xed && at(1) > 0x9f;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool overlong = first == 0xf0 && at(1) < 0x90;
        const bool beyond = first == 0xf4 && at(1) > 0x8f;
        return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

void appendUtf8(std::string &out, std::uint32_t point)
{
    if (point < 0x80) {
        out += char(point);
    } else if (point < 0x800) {
        out += char(0xc0 | (point >> 6));
        out += char(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        out += char(0xe0 | (point >> 12));
        out += char(0x80 | ((point >> 6) & 0x3f));
        out += char(0x80 | (point & 0x3f));
    } else {
        out += char(0xf0 | (point >> 18));
        out += char(0x80 | ((point >> 12) & 0x3f));
        out += char(0x80 | ((point >> 6) & 0x3f));
        out += char(0x80 | (point & 0x3f));
    }
}

class Reader {
public:
    Reader(std::string_view text, const JsonLimits &limits) : m_rest(text), m_limits(limits) { }

    Result<JsonValue, JsonError> document()
    {
        auto value = read(0);
        if (!value)
            return value;
        skipSpace();
        if (!m_rest.empty())
            return fail(JsonError::BadSyntax);
        return value;
    }

private:
    Result<JsonValue, JsonError> read(std::size_t depth)
    {
        if (++m_values > m_limits.values)
            return fail(JsonError::TooManyValues);
        skipSpace();
        if (m_rest.empty())
            return fail(JsonError::BadSyntax);
        switch (m_rest.front()) {
        case '{':
            return object(depth + 1);
        case '[':
            return array(depth + 1);
        case '"': {
            auto text = string();
            if (!text)
                return fail(text.error());
            return JsonValue(std::move(*text));
        }
        case 't':
            return word("true", JsonValue(true));
        case 'f':
            return word("false", JsonValue(false));
        case 'n':
            return word("null", JsonValue());
        default:
            return number();
        }
    }

    Result<JsonValue, JsonError> array(std::size_t depth)
    {
        if (depth > m_limits.depth)
            return fail(JsonError::TooDeep);
        take();
        JsonValue::Array items;
        skipSpace();
        if (accept(']'))
            return JsonValue(std::move(items));
        for (;;) {
            auto item = read(depth);
            if (!item)
                return item;
            items.push_back(std::move(*item));
            skipSpace();
            if (accept(']'))
                return JsonValue(std::move(items));
            if (!accept(','))
                return fail(JsonError::BadSyntax);
        }
    }

    Result<JsonValue, JsonError> object(std::size_t depth)
    {
        if (depth > m_limits.depth)
            return fail(JsonError::TooDeep);
        take();
        JsonValue::Object members;
        skipSpace();
        if (accept('}'))
            return JsonValue(std::move(members));
        for (;;) {
            skipSpace();
            if (m_rest.empty() || m_rest.front() != '"')
                return fail(JsonError::BadSyntax);
            auto key = string();
            if (!key)
                return fail(key.error());
            skipSpace();
            if (!accept(':'))
                return fail(JsonError::BadSyntax);
            auto value = read(depth);
            if (!value)
                return value;
            if (!members.emplace(std::move(*key), std::move(*value)).second)
                return fail(JsonError::DuplicateKey);
            skipSpace();
            if (accept('}'))
                return JsonValue(std::move(members));
            if (!accept(','))
                return fail(JsonError::BadSyntax);
        }
    }

    Result<std::string, JsonError> string()
    {
        take(); // the quote
        std::string out;
        for (;;) {
            if (m_rest.empty())
                return fail(JsonError::BadSyntax);
            const char c = m_rest.front();
            if (c == '"') {
                take();
                return out;
            }
            if (std::uint8_t(c) < 0x20)
                return fail(JsonError::RawControl);
            if (c == '\\') {
                take();
                if (!escape(out))
                    return fail(JsonError::BadEscape);
                continue;
            }
            const std::size_t length = sequenceLength(m_rest);
            if (length == 0)
                return fail(JsonError::BadUtf8);
            out.append(m_rest.substr(0, length));
            m_rest.remove_prefix(length);
        }
    }

    bool escape(std::string &out)
    {
        if (m_rest.empty())
            return false;
        static constexpr std::string_view kLetters = "\"\\/bfnrt";
        static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        const char letter = take();
        if (const std::size_t at = kLetters.find(letter); at != std::string_view::npos) {
            out += kMeanings[at];
            return true;
        }
        if (letter != 'u')
            return false;
        const auto first = fourDigits();
        if (!first || (*first >= 0xdc00 && *first <= 0xdfff))
            return false;
        if (*first < 0xd800 || *first > 0xdbff) {
            appendUtf8(out, *first);
            return true;
        }
        if (!accept('\\') || !accept('u'))
            return false;
        const auto second = fourDigits();
        if (!second || *second < 0xdc00 || *second > 0xdfff)
            return false;
        appendUtf8(out, 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00));
        return true;
    }

    std::optional<std::uint32_t> fourDigits()
    {
        if (m_rest.size() < 4)
            return std::nullopt;
        std::uint32_t value = 0;
        const char *begin = m_rest.data();
        const auto [end, error] = std::from_chars(begin, begin + 4, value, 16);
        if (error != std::errc() || end != begin + 4 || *begin == '-')
            return std::nullopt;
        m_rest.remove_prefix(4);
        return value;
    }

    /// RFC 8259 §6: no plus sign, no leading zeros, digits on both sides of the point.
    Result<JsonValue, JsonError> number()
    {
        const auto digits = [this](std::size_t at) {
            std::size_t n = 0;
            while (at + n < m_rest.size() && m_rest[at + n] >= '0' && m_rest[at + n] <= '9')
                ++n;
            return n;
        };
        std::size_t length = !m_rest.empty() && m_rest[0] == '-' ? 1 : 0;
        const std::size_t whole = digits(length);
        if (whole == 0)
            return fail(JsonError::BadSyntax);
        if (whole > 1 && m_rest[length] == '0')
            return fail(JsonError::BadNumber);
        length += whole;
        bool isInteger = true;
        if (length < m_rest.size() && m_rest[length] == '.') {
            const std::size_t fraction = digits(length + 1);
            if (fraction == 0)
                return fail(JsonError::BadNumber);
            length += 1 + fraction;
            isInteger = false;
        }
        if (length < m_rest.size() && (m_rest[length] == 'e' || m_rest[length] == 'E')) {
            std::size_t at = length + 1;
            if (at < m_rest.size() && (m_rest[at] == '+' || m_rest[at] == '-'))
                ++at;
            const std::size_t exponent = digits(at);
            if (exponent == 0)
                return fail(JsonError::BadNumber);
            length = at + exponent;
            isInteger = false;
        }
        const std::string_view text = m_rest.substr(0, length);
        m_rest.remove_prefix(length);
        if (isInteger) {
            std::int64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc() || end != text.data() + text.size())
                return fail(JsonError::BadNumber);
            return JsonValue(value);
        }
        // Fractions stand in NIP-11 documents only and decide nothing; the stream is independent of the locale
        // (clang 14's library has no from_chars for them).
        std::istringstream stream{std::string(text)};
        stream.imbue(std::locale::classic());
        double value = 0;
        stream >> value;
        if (stream.fail())
            return fail(JsonError::BadNumber);
        return JsonValue(value);
    }

    Result<JsonValue, JsonError> word(std::string_view expected, JsonValue value)
    {
        if (m_rest.substr(0, expected.size()) != expected)
            return fail(JsonError::BadSyntax);
        m_rest.remove_prefix(expected.size());
        return value;
    }

    void skipSpace()
    {
        while (!m_rest.empty()) {
            const char c = m_rest.front();
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
                return;
            take();
        }
    }
    char take()
    {
        const char c = m_rest.front();
        m_rest.remove_prefix(1);
        return c;
    }
    bool accept(char wanted)
    {
        if (m_rest.empty() || m_rest.front() != wanted)
            return false;
        take();
        return true;
    }

    std::string_view m_rest;
    const JsonLimits &m_limits;
    std::size_t m_values = 0;
};

} // namespace

const JsonValue *JsonValue::member(std::string_view key) const
{
    const Object *all = object();
    if (!all)
        return nullptr;
    const auto found = all->find(key);
    return found == all->end() ? nullptr : &found->second;
}

Result<JsonValue, JsonError> readJson(std::string_view text, const JsonLimits &limits)
{
    if (text.size() > limits.bytes)
        return fail(JsonError::TooLarge);
    return Reader(text, limits).document();
}

void appendJsonString(std::string &out, std::string_view text)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (std::uint8_t(c) < 0x20) {
                out += "\\u00";
                out += kDigits[std::uint8_t(c) >> 4];
                out += kDigits[std::uint8_t(c) & 15];
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

bool isValidUtf8(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string plainWords(std::string_view text, std::size_t maximum)
{
    std::string out;
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        if (length == 0)
            return {};
        if (out.size() + length > maximum)
            break;
        const std::uint8_t first = std::uint8_t(text[0]);
        const bool c1 = length == 2 && first == 0xc2 && std::uint8_t(text[1]) < 0xa0;
        if (first < 0x20 || first == 0x7f || c1)
            out += ' ';
        else
            out.append(text.substr(0, length));
        text.remove_prefix(length);
    }
    return out;
}

} // namespace tacet::relay
