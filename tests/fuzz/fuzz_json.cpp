// The JSON of strangers (RFC 8259): read within the limits or refused with the reason; what relays say of themselves
// (NIP-11) is read from it.
#include "app/relay/relay_info.h"
#include "tests/fuzz/fuzz_target.h"

#include <cmath>

namespace {

using namespace tacet::relay;

struct Found {
    std::size_t values = 0;
    std::size_t depth = 0;
};

void walk(const JsonValue &value, std::size_t depth, Found &found)
{
    ++found.values;
    if (const auto *text = value.string())
        FUZZ_DEMAND(isValidUtf8(*text));
    if (const auto *real = value.real())
        FUZZ_DEMAND(std::isfinite(*real));
    const std::size_t inside = depth + 1;
    if (const auto *array = value.array()) {
        found.depth = std::max(found.depth, inside);
        for (const JsonValue &item : *array)
            walk(item, inside, found);
    }
    if (const auto *object = value.object()) {
        found.depth = std::max(found.depth, inside);
        for (const auto &[name, member] : *object) {
            FUZZ_DEMAND(isValidUtf8(name));
            walk(member, inside, found);
        }
    }
}

} // namespace

TACET_FUZZ_TARGET(json, input)
{
    const std::string_view text(reinterpret_cast<const char *>(input.data()), input.size());
    const JsonLimits limits{.bytes = 4096, .depth = 4, .values = 64};
    if (const auto value = readJson(text, limits)) {
        Found found;
        walk(*value, 0, found);
        FUZZ_DEMAND(text.size() <= limits.bytes && found.depth <= limits.depth && found.values <= limits.values);
        FUZZ_DEMAND(bool(readJson(text))); // wider limits take no less
        FUZZ_DEMAND(!readJson(std::string(text) + "x", limits)); // and the text ends where the value ends
    }
    if (const auto info = readRelayInfo(text)) {
        FUZZ_DEMAND(info->name.size() <= 100 && isValidUtf8(info->name));
        for (const auto &limit : {info->largestMessage, info->largestContent, info->proofOfWork})
            FUZZ_DEMAND(!limit || *limit > 0);
    }
}
