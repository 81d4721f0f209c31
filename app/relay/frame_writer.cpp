// The writing half of frames.h.
#include "app/relay/frames.h"

namespace tacet::relay {
namespace {

std::string begin(std::string_view type)
{
    std::string out = "[\"";
    out += type;
    out += '"';
    return out;
}

void addString(std::string &out, std::string_view text)
{
    out += ',';
    appendJsonString(out, text);
}

std::string withEvent(std::string_view type, const crypto::NostrEvent &event)
{
    return begin(type) + "," + crypto::toJson(event) + "]";
}

std::string withStrings(std::string_view type, std::initializer_list<std::string_view> strings)
{
    std::string out = begin(type);
    for (const std::string_view text : strings)
        addString(out, text);
    out += ']';
    return out;
}

class ObjectWriter {
public:
    explicit ObjectWriter(std::string &out) : m_out(out) { m_out += '{'; }
    void number(std::string_view key, std::int64_t value)
    {
        name(key);
        m_out += std::to_string(value);
    }
    template<typename List, typename Write>
    void list(std::string_view key, const List &items, Write write)
    {
        if (items.empty())
            return;
        name(key);
        m_out += '[';
        bool first = true;
        for (const auto &item : items) {
            if (!first)
                m_out += ',';
            first = false;
            write(item);
        }
        m_out += ']';
    }
    void end() { m_out += '}'; }

private:
    void name(std::string_view key)
    {
        if (!m_first)
            m_out += ',';
        m_first = false;
        appendJsonString(m_out, key);
        m_out += ':';
    }
    std::string &m_out;
    bool m_first = true;
};

void appendFilter(std::string &out, const Filter &filter)
{
    const auto hex = [&](const auto &value) { appendJsonString(out, crypto::toHex(value.bytes)); };
    ObjectWriter object(out);
    object.list("ids", filter.ids, hex);
    object.list("authors", filter.authors, hex);
    object.list("kinds", filter.kinds, [&](int kind) { out += std::to_string(kind); });
    for (const auto &[letter, values] : filter.tags)
        object.list(std::string("#") + letter, values, [&](const std::string &value) { appendJsonString(out, value); });
    if (filter.since)
        object.number("since", *filter.since);
    if (filter.until)
        object.number("until", *filter.until);
    if (filter.limit)
        object.number("limit", *filter.limit);
    object.end();
}

} // namespace

std::string writePublish(const crypto::NostrEvent &event)
{
    return withEvent("EVENT", event);
}

std::string writeRequest(std::string_view subscription, const Filter &filter)
{
    std::string out = begin("REQ");
    addString(out, subscription);
    out += ',';
    appendFilter(out, filter);
    out += ']';
    return out;
}

std::string writeClose(std::string_view subscription)
{
    return withStrings("CLOSE", {subscription});
}

std::string writeAuth(const crypto::NostrEvent &event)
{
    return withEvent("AUTH", event);
}

std::string writeReconcileOpen(std::string_view subscription, const Filter &filter, crypto::ByteView message)
{
    std::string out = begin("NEG-OPEN");
    addString(out, subscription);
    out += ',';
    appendFilter(out, filter);
    addString(out, crypto::toHex(message));
    out += ']';
    return out;
}

std::string writeReconcileClose(std::string_view subscription)
{
    return withStrings("NEG-CLOSE", {subscription});
}

std::string writeReconcile(std::string_view subscription, crypto::ByteView message)
{
    return withStrings("NEG-MSG", {subscription, crypto::toHex(message)});
}

std::string writeEvent(std::string_view subscription, const crypto::NostrEvent &event)
{
    return writeStoredEvent(subscription, crypto::toJson(event));
}

std::string writeStoredEvent(std::string_view subscription, std::string_view eventJson)
{
    std::string out = begin("EVENT");
    addString(out, subscription);
    out += ',';
    out += eventJson;
    out += ']';
    return out;
}

std::string writeOk(const crypto::NostrEventId &id, bool accepted, std::string_view text)
{
    std::string out = begin("OK");
    addString(out, crypto::toHex(id.bytes));
    out += accepted ? ",true" : ",false";
    addString(out, text);
    out += ']';
    return out;
}

std::string writeEose(std::string_view subscription)
{
    return withStrings("EOSE", {subscription});
}

std::string writeClosed(std::string_view subscription, std::string_view text)
{
    return withStrings("CLOSED", {subscription, text});
}

std::string writeNotice(std::string_view text)
{
    return withStrings("NOTICE", {text});
}

std::string writeChallenge(std::string_view challenge)
{
    return withStrings("AUTH", {challenge});
}

std::string writeReconcileError(std::string_view subscription, std::string_view text)
{
    return withStrings("NEG-ERR", {subscription, text});
}

std::string writeCount(std::string_view subscription, std::int64_t count)
{
    std::string out = begin("COUNT");
    addString(out, subscription);
    out += ",{\"count\":" + std::to_string(count) + "}]";
    return out;
}

} // namespace tacet::relay
