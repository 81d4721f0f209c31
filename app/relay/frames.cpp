#include "app/relay/frames.h"

#include <algorithm>

namespace tacet::relay {

using crypto::NostrEvent;
using crypto::NostrEventId;
using crypto::NostrPublicKey;
using crypto::NostrSignature;

namespace {

template<typename T>
std::optional<T> hexMember(const JsonValue &object, std::string_view key)
{
    const JsonValue *member = object.member(key);
    const std::string *text = member ? member->string() : nullptr;
    if (!text || text->size() != 2 * T::kSize)
        return std::nullopt;
    const auto bytes = crypto::fromHex(*text);
    return bytes ? T::from(*bytes) : std::nullopt;
}

template<typename T>
bool readHexList(const JsonValue &value, std::vector<T> &out)
{
    const JsonValue::Array *items = value.array();
    if (!items)
        return false;
    for (const JsonValue &item : *items) {
        const std::string *text = item.string();
        const auto bytes = text && text->size() == 2 * T::kSize ? crypto::fromHex(*text) : std::nullopt;
        const auto parsed = bytes ? T::from(*bytes) : std::nullopt;
        if (!parsed)
            return false;
        out.push_back(*parsed);
    }
    return true;
}

const std::string *stringAt(const JsonValue::Array &items, std::size_t index)
{
    return index < items.size() ? items[index].string() : nullptr;
}

bool isSubscriptionId(const std::string *text)
{
    return text && !text->empty() && text->size() <= kMaximumSubscriptionId;
}

/// ["NEG-MSG", subscription, hexadecimal]
std::optional<ReconcileFrame> readReconcile(const JsonValue::Array &items)
{
    const std::string *subscription = stringAt(items, 1);
    const std::string *text = stringAt(items, 2);
    auto message = text ? crypto::fromHex(*text) : std::nullopt;
    if (items.size() != 3 || !isSubscriptionId(subscription) || !message)
        return std::nullopt;
    return ReconcileFrame{*subscription, std::move(*message)};
}

struct Opened {
    JsonValue document;
    std::string type;
    const JsonValue::Array &items() const { return *document.array(); }
};

Result<Opened, FrameError> open(std::string_view text, const JsonLimits &limits)
{
    auto document = readJson(text, limits);
    if (!document)
        return fail(FrameError::NotJson);
    const JsonValue::Array *items = document->array();
    if (!items || items->empty() || !items->front().string())
        return fail(FrameError::BadShape);
    std::string type = *items->front().string();
    return Opened{std::move(*document), std::move(type)};
}

} // namespace

Result<NostrEvent, FrameError> readEvent(const JsonValue &value)
{
    const auto id = hexMember<NostrEventId>(value, "id");
    const auto author = hexMember<NostrPublicKey>(value, "pubkey");
    const auto signature = hexMember<NostrSignature>(value, "sig");
    const JsonValue *createdAt = value.member("created_at");
    const JsonValue *kind = value.member("kind");
    const JsonValue *content = value.member("content");
    const JsonValue *tags = value.member("tags");
    if (!id || !author || !signature || !createdAt || !createdAt->integer() || !kind || !kind->integer() || !content
        || !content->string() || !tags || !tags->array())
        return fail(FrameError::BadEvent);
    if (*createdAt->integer() < 0 || *kind->integer() < 0 || *kind->integer() > 65'535)
        return fail(FrameError::BadEvent);

    NostrEvent event;
    event.id = *id;
    event.author = *author;
    event.signature = *signature;
    event.createdAt = *createdAt->integer();
    event.kind = int(*kind->integer());
    event.content = *content->string();
    for (const JsonValue &tag : *tags->array()) {
        if (!tag.array())
            return fail(FrameError::BadEvent);
        std::vector<std::string> words;
        for (const JsonValue &word : *tag.array()) {
            if (!word.string())
                return fail(FrameError::BadEvent);
            words.push_back(*word.string());
        }
        event.tags.push_back(std::move(words));
    }
    return event;
}

Result<Filter, FrameError> readFilter(const JsonValue &value)
{
    if (!value.object())
        return fail(FrameError::BadFilter);
    Filter filter;
    for (const auto &[key, member] : *value.object()) {
        bool good = true;
        if (key == "ids") {
            good = readHexList(member, filter.ids);
        } else if (key == "authors") {
            good = readHexList(member, filter.authors);
        } else if (key == "kinds") {
            good = member.array() != nullptr;
            for (std::size_t i = 0; good && i < member.array()->size(); ++i) {
                const std::int64_t *kind = (*member.array())[i].integer();
                good = kind && *kind >= 0 && *kind <= 65'535;
                if (good)
                    filter.kinds.push_back(int(*kind));
            }
        } else if (key.size() == 2 && key[0] == '#') {
            const bool letter = (key[1] >= 'a' && key[1] <= 'z') || (key[1] >= 'A' && key[1] <= 'Z');
            good = letter && member.array();
            for (std::size_t i = 0; good && i < member.array()->size(); ++i) {
                const std::string *text = (*member.array())[i].string();
                good = text != nullptr;
                if (good)
                    filter.tags[key[1]].push_back(*text);
            }
        } else if (key == "since" || key == "until" || key == "limit") {
            good = member.integer() && *member.integer() >= 0;
            if (good)
                (key == "since" ? filter.since : key == "until" ? filter.until : filter.limit) = *member.integer();
        } else {
            good = false; // an unknown condition must not be read as no condition
        }
        if (!good)
            return fail(FrameError::BadFilter);
        if (member.array() && member.array()->empty())
            filter.matchesNothing = true;
    }
    return filter;
}

bool Filter::matches(const NostrEvent &event) const
{
    if (matchesNothing)
        return false;
    const auto has = [](const auto &list, const auto &value) {
        return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
    };
    if (!has(ids, event.id) || !has(authors, event.author) || !has(kinds, event.kind))
        return false;
    if ((since && event.createdAt < *since) || (until && event.createdAt > *until))
        return false;
    return std::all_of(tags.begin(), tags.end(), [&](const auto &wanted) {
        return std::any_of(event.tags.begin(), event.tags.end(), [&](const std::vector<std::string> &tag) {
            return tag.size() >= 2 && tag[0].size() == 1 && tag[0][0] == wanted.first && has(wanted.second, tag[1]);
        });
    });
}

Result<RelayFrame, FrameError> readRelayFrame(std::string_view text)
{
    const auto opened = open(text, kRelayLimits);
    if (!opened)
        return fail(opened.error());
    const JsonValue::Array &items = opened->items();
    const std::string &type = opened->type;
    const std::string *second = stringAt(items, 1);

    if (type == "EVENT") {
        if (items.size() != 3 || !isSubscriptionId(second))
            return fail(FrameError::BadShape);
        auto event = readEvent(items[2]);
        if (!event)
            return fail(event.error());
        return RelayFrame(EventFrame{*second, std::move(*event)});
    }
    if (type == "OK") {
        // Some relays leave the text out, though NIP-01 demands it.
        const auto bytes = second ? crypto::fromHex(*second) : std::nullopt;
        const auto id = bytes ? NostrEventId::from(*bytes) : std::nullopt;
        if (!id || items.size() < 3 || items.size() > 4 || !items[2].boolean())
            return fail(FrameError::BadShape);
        const std::string *words = stringAt(items, 3);
        if (items.size() == 4 && !words)
            return fail(FrameError::BadShape);
        return RelayFrame(OkFrame{*id, *items[2].boolean(), words ? plainWords(*words) : std::string()});
    }
    if (type == "EOSE") {
        if (items.size() != 2 || !isSubscriptionId(second))
            return fail(FrameError::BadShape);
        return RelayFrame(EoseFrame{*second});
    }
    if (type == "CLOSED") {
        const std::string *words = stringAt(items, 2);
        if (!isSubscriptionId(second) || items.size() > 3 || (items.size() == 3 && !words))
            return fail(FrameError::BadShape);
        return RelayFrame(ClosedFrame{*second, words ? plainWords(*words) : std::string()});
    }
    if (type == "NOTICE") {
        if (items.size() != 2 || !second)
            return fail(FrameError::BadShape);
        return RelayFrame(NoticeFrame{plainWords(*second)});
    }
    if (type == "AUTH") {
        if (items.size() != 2 || !second || second->empty() || second->size() > kMaximumChallenge)
            return fail(FrameError::BadShape);
        return RelayFrame(ChallengeFrame{*second});
    }
    if (type == "NEG-MSG") {
        auto reconcile = readReconcile(items);
        if (!reconcile)
            return fail(FrameError::BadShape);
        return RelayFrame(std::move(*reconcile));
    }
    if (type == "NEG-ERR") {
        // More may follow the words: some relays say how much they would have taken.
        const std::string *words = stringAt(items, 2);
        if (!isSubscriptionId(second) || items.size() > 4 || !words)
            return fail(FrameError::BadShape);
        return RelayFrame(ReconcileErrorFrame{*second, plainWords(*words)});
    }
    return fail(FrameError::Unknown);
}

std::optional<std::string_view> subscriptionOfUnreadable(std::string_view text)
{
    const auto accept = [&text](std::string_view wanted) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\n\r"), text.size()));
        const bool good = text.starts_with(wanted);
        text.remove_prefix(good ? wanted.size() : 0);
        return good;
    };
    if (!accept("[") || !accept("\"EVENT\"") || !accept(",") || !accept("\""))
        return std::nullopt;
    const std::string_view name = text.substr(0, text.find('"'));
    text.remove_prefix(name.size());
    // Ours have no escapes.
    if (name.empty() || name.size() > kMaximumSubscriptionId || name.find('\\') != name.npos || !accept("\"") || !accept(","))
        return std::nullopt;
    return name;
}

Result<ClientFrame, FrameError> readClientFrame(std::string_view text, const JsonLimits &limits)
{
    const auto opened = open(text, limits);
    if (!opened)
        return fail(opened.error());
    const JsonValue::Array &items = opened->items();
    const std::string &type = opened->type;
    const std::string *second = stringAt(items, 1);

    if (type == "EVENT" || type == "AUTH") {
        if (items.size() != 2)
            return fail(FrameError::BadShape);
        auto event = readEvent(items[1]);
        if (!event)
            return fail(event.error());
        if (type == "AUTH")
            return ClientFrame(AuthFrame{std::move(*event)});
        return ClientFrame(PublishFrame{std::move(*event)});
    }
    if (type == "REQ" || type == "COUNT") {
        if (items.size() < 3 || !isSubscriptionId(second))
            return fail(FrameError::BadShape);
        RequestFrame request{*second, {}, type == "COUNT"};
        for (std::size_t i = 2; i < items.size(); ++i) {
            auto filter = readFilter(items[i]);
            if (!filter)
                return fail(filter.error());
            request.filters.push_back(std::move(*filter));
        }
        return ClientFrame(std::move(request));
    }
    if (type == "CLOSE" || type == "NEG-CLOSE") {
        if (items.size() != 2 || !isSubscriptionId(second))
            return fail(FrameError::BadShape);
        if (type == "NEG-CLOSE")
            return ClientFrame(ReconcileCloseFrame{*second});
        return ClientFrame(CloseFrame{*second});
    }
    if (type == "NEG-OPEN") {
        const std::string *hex = stringAt(items, 3);
        auto message = hex ? crypto::fromHex(*hex) : std::nullopt;
        if (items.size() != 4 || !isSubscriptionId(second) || !message)
            return fail(FrameError::BadShape);
        auto filter = readFilter(items[2]);
        if (!filter)
            return fail(filter.error());
        return ClientFrame(ReconcileOpenFrame{*second, std::move(*filter), std::move(*message)});
    }
    if (type == "NEG-MSG") {
        auto reconcile = readReconcile(items);
        if (!reconcile)
            return fail(FrameError::BadShape);
        return ClientFrame(std::move(*reconcile));
    }
    return fail(FrameError::Unknown);
}

std::optional<NostrPublicKey> onlyRecipient(const NostrEvent &event)
{
    std::optional<NostrPublicKey> found;
    for (const auto &tag : event.tags) {
        if (tag.empty() || tag[0] != "p")
            continue;
        const auto bytes = tag.size() >= 2 ? crypto::fromHex(tag[1]) : std::nullopt;
        const auto key = bytes ? NostrPublicKey::from(*bytes) : std::nullopt;
        if (!key || found)
            return std::nullopt;
        found = key;
    }
    return found;
}

Prefix prefixOf(std::string_view text)
{
    std::string lowered;
    for (const char c : text.substr(0, 64))
        lowered += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    std::string_view rest = lowered;
    // strfry writes CLOSED "ERROR: auth-required: …" where NIP-42 wants the prefix first.
    const bool wasError = rest.substr(0, 6) == "error:";
    if (wasError) {
        rest.remove_prefix(6);
        while (!rest.empty() && rest.front() == ' ')
            rest.remove_prefix(1);
    }
    struct Known {
        std::string_view word;
        Prefix prefix;
    };
    static constexpr Known kKnown[] = {
        {"duplicate:", Prefix::Duplicate},    {"pow:", Prefix::Pow},
        {"blocked:", Prefix::Blocked},        {"rate-limited:", Prefix::RateLimited},
        {"invalid:", Prefix::Invalid},        {"restricted:", Prefix::Restricted},
        {"mute:", Prefix::Mute},              {"error:", Prefix::Error},
        {"auth-required:", Prefix::AuthRequired}, {"unsupported:", Prefix::Unsupported},
    };
    for (const Known &known : kKnown) {
        if (rest.substr(0, known.word.size()) == known.word)
            return known.prefix;
    }
    return wasError ? Prefix::Error : Prefix::None;
}

} // namespace tacet::relay
