#pragma once
// A strict, bounded reader of JSON (RFC 8259) for bytes that relays send. QJsonDocument silently takes
// duplicate keys, a byte-order mark, raw control characters, lone surrogates and integers that do not fit;
// a relay could use each of them to show two programs two different events. Here all of them are errors,
// and so is everything beyond the limits, before memory is spent on it.
#include "crypto/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tacet::relay {

enum class JsonError {
    TooLarge,
    TooDeep,
    TooManyValues,
    BadSyntax, ///< also a byte-order mark and anything after the value
    BadUtf8,
    BadEscape, ///< also lone surrogates
    RawControl, ///< a byte below 0x20 inside a string
    BadNumber, ///< also integers outside 64 bits
    DuplicateKey,
};

struct JsonLimits {
    std::size_t bytes = 256 * 1024;
    std::size_t depth = 8; ///< nested arrays and objects; an event inside a frame needs 4
    std::size_t values = 16'384;
};

class JsonValue {
public:
    using Array = std::vector<JsonValue>;
    using Object = std::map<std::string, JsonValue, std::less<>>;

    JsonValue() = default; // null
    template<typename T>
    explicit JsonValue(T value) : m_value(std::move(value))
    {
    }

    bool isNull() const { return std::holds_alternative<std::monostate>(m_value); }
    /// Each answers nullptr when the value is of another kind.
    const bool *boolean() const { return std::get_if<bool>(&m_value); }
    const std::int64_t *integer() const { return std::get_if<std::int64_t>(&m_value); }
    const double *real() const { return std::get_if<double>(&m_value); } ///< written with a fraction or exponent
    const std::string *string() const { return std::get_if<std::string>(&m_value); } ///< valid UTF-8
    const Array *array() const { return std::get_if<Array>(&m_value); }
    const Object *object() const { return std::get_if<Object>(&m_value); }
    /// A member of an object; nullptr when this is none or has no such key.
    const JsonValue *member(std::string_view key) const;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> m_value;
};

Result<JsonValue, JsonError> readJson(std::string_view text, const JsonLimits &limits = {});

/// Appends a JSON string with its quotes. Precondition: `text` is valid UTF-8.
void appendJsonString(std::string &out, std::string_view text);

bool isValidUtf8(std::string_view text);

/// Words from outside, made fit for a status line: control characters become spaces, cut at `maximum` bytes on a
/// character's border, valid UTF-8 or nothing.
std::string plainWords(std::string_view text, std::size_t maximum = 500);

} // namespace tacet::relay
