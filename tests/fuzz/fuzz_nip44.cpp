// NIP-44: a payload from a relay, and any text through both directions.
#include "crypto/nip44.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

constexpr std::array<std::uint8_t, 32> kKey{1, 2, 3, 4, 5, 6, 7, 8}; // the corpus is made for this key
constexpr std::array<std::uint8_t, 32> kNonce{9};

} // namespace

TACET_FUZZ_TARGET(nip44, input)
{
    using namespace tacet::crypto;
    const std::string_view payload(reinterpret_cast<const char *>(input.data()), input.size());
    if (const auto text = nip44Decrypt(kKey, payload)) {
        FUZZ_DEMAND(!text->empty() && text->size() <= kNip44MaxText);
    }
    const auto sealed = nip44Encrypt(kKey, kNonce, input);
    FUZZ_DEMAND(bool(sealed) == (!input.empty() && input.size() <= kNip44MaxText));
    if (sealed) {
        const auto opened = nip44Decrypt(kKey, *sealed);
        FUZZ_DEMAND(opened && std::equal(opened->begin(), opened->end(), input.begin(), input.end()));
    }
}
