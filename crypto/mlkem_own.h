#pragma once
// Our own ML-KEM-768 (FIPS 203), for builds whose OpenSSL is older than 3.5. Constant time: see constant_time.h;
// packaging/constant-time checks it. The layers, each small enough to read beside the standard:
//     keccak      SHA-3 and SHAKE                      FIPS 202
//     mlkem_ring  arithmetic and NTT                   FIPS 203 §4.3
//     mlkem_codec bytes, compression, sampling         FIPS 203 §4.2
//     mlkem_own   K-PKE and ML-KEM                     FIPS 203 §5, §6
// Callers use mlkem.h, which draws the randomness and checks keys; these functions are the deterministic inner ones.
#include "crypto/mlkem.h"
#include "crypto/mlkem_ring.h"

namespace tacet::crypto::mlkem {

inline constexpr std::size_t kDecapsulationKeyBytes = 2400;

/// An encapsulation key ready for use. Expanding its matrix is half the work of an encapsulation, so it is kept.
struct EncapsulationKey {
    MlkemPublicKey encoded;
    FixedBytes<32> hash; ///< H(ek)
    PolyVec t;           ///< NTT form, canonical
    Matrix aTransposed;  ///< NTT form, canonical
};

/// A decapsulation key ready for use; wiped when it ends.
struct DecapsulationKey {
    EncapsulationKey encapsulation;
    MultiplicandVec s; ///< NTT form
    SecretBytes<64> seed; ///< d ‖ z

    DecapsulationKey() = default;
    DecapsulationKey(const DecapsulationKey &) = delete;
    DecapsulationKey &operator=(const DecapsulationKey &) = delete;
    ~DecapsulationKey() { sodium_memzero(&s, sizeof s); }
};

/// The modulus check of FIPS 203 §7.2: every coefficient of the encoded key is below q. (Its length is its type.)
bool passesModulusCheck(const MlkemPublicKey &encoded);

/// ML-KEM.KeyGen_internal (Algorithm 16) of d ‖ z.
void keyGen(DecapsulationKey &out, FixedView<kMlkemSeedSize> seed);
/// Precondition: passesModulusCheck(encoded).
void expand(EncapsulationKey &out, const MlkemPublicKey &encoded);
/// ML-KEM.Encaps_internal (Algorithm 17) of the random message m.
void encaps(SecretBytes<32> &secret, MlkemCiphertext &ciphertext, const EncapsulationKey &key, FixedView<32> m);
/// ML-KEM.Decaps_internal (Algorithm 18): a ciphertext not made for this key gives J(z ‖ c), in the same time.
void decaps(SecretBytes<32> &secret, const DecapsulationKey &key, const MlkemCiphertext &ciphertext);

/// dk as FIPS 203 encodes it, for published test values alone: Tacet stores seeds.
SecretBytes<kDecapsulationKeyBytes> encodeDecapsulationKey(const DecapsulationKey &key);

} // namespace tacet::crypto::mlkem
