#include "crypto/nostr_event.h"

#include "crypto/hkdf.h"

#include <algorithm>

namespace tacet::crypto {
namespace {

/// Which control characters are written as \u00XX. NIP-01's canonical form escapes seven characters and takes all
/// others verbatim; JSON on the wire must escape every control character (RFC 8259 §7).
enum class Escapes { Nip01, Json };

void appendString(std::string &out, std::string_view text, Escapes escapes)
{
    out += '"';
    const auto plain = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; };
    for (auto at = text.begin(); at != text.end(); ++at) {
        const auto run = std::find_if_not(at, text.end(), plain);
        out.append(at, run); // content is base64: one run
        at = run;
        if (at == text.end())
            break;
        switch (const char c = *at; c) {
        case '\n': out += "\\n"; break;
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default:
            if (escapes == Escapes::Json && static_cast<unsigned char>(c) < 0x20) {
                const auto byte = static_cast<std::uint8_t>(c);
                out += "\\u00" + toHex(ByteView(&byte, 1));
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

void appendTags(std::string &out, const std::vector<std::vector<std::string>> &tags, Escapes escapes)
{
    out += '[';
    for (std::size_t i = 0; i < tags.size(); ++i) {
        out += i == 0 ? "[" : ",[";
        for (std::size_t j = 0; j < tags[i].size(); ++j) {
            if (j > 0)
                out += ',';
            appendString(out, tags[i][j], escapes);
        }
        out += ']';
    }
    out += ']';
}

} // namespace

std::string canonicalForm(const NostrEvent &event)
{
    std::string out;
    out.reserve(event.content.size() + event.content.size() / 16 + 256);
    out += "[0,\"" + toHex(event.author.view()) + "\"," + std::to_string(event.createdAt) + ','
        + std::to_string(event.kind) + ',';
    appendTags(out, event.tags, Escapes::Nip01);
    out += ',';
    appendString(out, event.content, Escapes::Nip01);
    out += ']';
    return out;
}

NostrEventId computeId(const NostrEvent &event)
{
    return {sha256(asBytes(canonicalForm(event)))};
}

void sign(NostrEvent &event, const NostrKeyPair &author, Random &random)
{
    event.author = author.publicKey();
    event.id = computeId(event);
    event.signature = author.sign(event.id.view(), random);
}

bool verify(const NostrEvent &event)
{
    return computeId(event) == event.id && verifySchnorr(event.author, event.id.view(), event.signature);
}

std::string toJson(const NostrEvent &event)
{
    std::string out;
    out.reserve(event.content.size() + event.content.size() / 16 + 512);
    out += "{\"id\":\"" + toHex(event.id.view()) + "\",\"pubkey\":\"" + toHex(event.author.view())
        + "\",\"created_at\":" + std::to_string(event.createdAt) + ",\"kind\":" + std::to_string(event.kind)
        + ",\"tags\":";
    appendTags(out, event.tags, Escapes::Json);
    out += ",\"content\":";
    appendString(out, event.content, Escapes::Json);
    out += ",\"sig\":\"" + toHex(event.signature.view()) + "\"}";
    return out;
}

} // namespace tacet::crypto
