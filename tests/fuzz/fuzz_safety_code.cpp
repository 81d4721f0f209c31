// A scanned or typed safety number (PROTOCOL §3.9): the code of the other side is the same, and no other text is.
#include "crypto/safety_number.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seeded_random.h"

namespace {

using namespace tacet::crypto;

struct Codes {
    tacet::test::SeededRandom random{3};
    IdentityKey alice = OwnIdentity::generate(random).publicKey();
    IdentityKey bob = OwnIdentity::generate(random).publicKey();
    SafetyNumber atAlice{alice, bob};
    std::string ofBob = SafetyNumber(bob, alice).qrText();
};

} // namespace

TACET_FUZZ_TARGET(safety_code, input)
{
    static const Codes codes;
    const std::string_view any(reinterpret_cast<const char *>(input.data()), input.size());
    const auto changed = tacet::test::edited({codes.ofBob.begin(), codes.ofBob.end()}, input);
    for (const std::string_view text : {any, std::string_view(reinterpret_cast<const char *>(changed.data()), changed.size())})
        FUZZ_DEMAND((codes.atAlice.scan(text) == ScanResult::Same) == (text == codes.ofBob));

    if (const auto digits = SafetyDigits::parse(any)) {
        const std::string grouped = digits->grouped();
        FUZZ_DEMAND(grouped.size() == kSafetyDigits + kSafetyGroups - 1);
        const auto again = SafetyDigits::parse(grouped);
        FUZZ_DEMAND(again && !firstDifference(*digits, *again));
    }
}
