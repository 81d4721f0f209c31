// FIPS 203 §7.2: an encapsulation key is used exactly when every coefficient is below q. A ciphertext of any content
// gives a secret and never an error (implicit rejection).
#include "crypto/mlkem.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seeded_random.h"

#include <algorithm>

TACET_FUZZ_TARGET(mlkem_key, input)
{
    using namespace tacet::crypto;
    tacet::test::SeededRandom random(1);
    if (input.size() == kMlkemPublicSize) {
        MlkemPublicKey key;
        std::copy(input.begin(), input.end(), key.bytes.begin());
        bool canonical = true; // 3 × 256 coefficients of 12 bits, little-endian
        for (std::size_t i = 0; i + 2 < kMlkemPublicSize - 32; i += 3) {
            const unsigned low = input[i] | (input[i + 1] & 15U) << 8;
            const unsigned high = input[i + 1] >> 4 | unsigned(input[i + 2]) << 4;
            canonical = canonical && low < 3329 && high < 3329;
        }
        FUZZ_DEMAND(isValid(key) == canonical);
        FUZZ_DEMAND(bool(encapsulate(key, random)) == canonical);
    }
    if (input.size() == kMlkemCiphertextSize) {
        static const MlkemKeyPair own = MlkemKeyPair::generate(random);
        MlkemCiphertext ciphertext;
        std::copy(input.begin(), input.end(), ciphertext.bytes.begin());
        const auto once = own.decapsulate(ciphertext);
        const auto twice = own.decapsulate(ciphertext);
        FUZZ_DEMAND(std::equal(once.view().begin(), once.view().end(), twice.view().begin()));
    }
}
