// RFC 4648 §4, canonical form only: what decodes is exactly what encoding gives back.
#include "crypto/base64.h"
#include "tests/fuzz/fuzz_target.h"

TACET_FUZZ_TARGET(base64, input)
{
    const std::string_view text(reinterpret_cast<const char *>(input.data()), input.size());
    if (const auto bytes = tacet::crypto::fromBase64(text))
        FUZZ_DEMAND(tacet::crypto::toBase64(*bytes) == text);
    FUZZ_DEMAND(tacet::crypto::fromBase64(tacet::crypto::toBase64(input)).has_value());
}
