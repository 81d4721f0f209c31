#pragma once
// ML-KEM-768 (FIPS 203) behind one header. The build takes OpenSSL's where it is 3.5 or newer, else our
// own constant-time one (mlkem_own.h); both pass the same vectors. A private key is its 64-byte seed d ‖ z.
// Decapsulation never reports failure: a foreign ciphertext gives a secret that fits nothing (implicit rejection),
// and the AEAD above refuses. Only ever used together with X25519.
#include "crypto/random.h"
#include "crypto/result.h"

#include <memory>

namespace tacet::crypto {

inline constexpr std::size_t kMlkemPublicSize = 1184;
inline constexpr std::size_t kMlkemCiphertextSize = 1088;
inline constexpr std::size_t kMlkemSeedSize = 64;
inline constexpr std::size_t kMlkemSecretSize = 32;

struct MlkemPublicTag;
struct MlkemCiphertextTag;
using MlkemPublicKey = TaggedBytes<MlkemPublicTag, kMlkemPublicSize>;
using MlkemCiphertext = TaggedBytes<MlkemCiphertextTag, kMlkemCiphertextSize>;

enum class KemError {
    BadPublicKey, ///< a coefficient is not below q (FIPS 203 §7.2, modulus check)
};

class MlkemKeyPair {
public:
    static MlkemKeyPair generate(Random &random);
    static MlkemKeyPair fromSeed(FixedView<kMlkemSeedSize> seed);
    MlkemKeyPair(MlkemKeyPair &&) noexcept;
    MlkemKeyPair &operator=(MlkemKeyPair &&) noexcept;
    ~MlkemKeyPair();

    MlkemKeyPair clone() const;
    const MlkemPublicKey &publicKey() const;
    FixedView<kMlkemSeedSize> seed() const;
    SecretBytes<kMlkemSecretSize> decapsulate(const MlkemCiphertext &ciphertext) const;

private:
    struct Expanded; // what the back end keeps; wiped
    explicit MlkemKeyPair(std::unique_ptr<Expanded> expanded);
    std::unique_ptr<Expanded> m_expanded;
};

struct Encapsulation {
    SecretBytes<kMlkemSecretSize> secret;
    MlkemCiphertext ciphertext;
};

/// Draws 32 bytes; checks the key's modulus first (FIPS 203 §7.2).
Result<Encapsulation, KemError> encapsulate(const MlkemPublicKey &key, Random &random);
/// The modulus check alone.
bool isValid(const MlkemPublicKey &key);

} // namespace tacet::crypto
