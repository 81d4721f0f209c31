// mlkem.h on our own implementation.
#include "crypto/mlkem.h"

#include "crypto/mlkem_own.h"

namespace tacet::crypto {

struct MlkemKeyPair::Expanded {
    mlkem::DecapsulationKey key; // wipes itself
};

MlkemKeyPair::MlkemKeyPair(std::unique_ptr<Expanded> expanded) : m_expanded(std::move(expanded)) { }
MlkemKeyPair::MlkemKeyPair(MlkemKeyPair &&) noexcept = default;
MlkemKeyPair &MlkemKeyPair::operator=(MlkemKeyPair &&) noexcept = default;
MlkemKeyPair::~MlkemKeyPair() = default;

MlkemKeyPair MlkemKeyPair::generate(Random &random)
{
    return fromSeed(random.secret<kMlkemSeedSize>().view());
}

MlkemKeyPair MlkemKeyPair::fromSeed(FixedView<kMlkemSeedSize> seed)
{
    auto expanded = std::make_unique<Expanded>();
    mlkem::keyGen(expanded->key, seed);
    return MlkemKeyPair(std::move(expanded));
}

MlkemKeyPair MlkemKeyPair::clone() const
{
    auto copy = std::make_unique<Expanded>();
    copy->key.encapsulation = m_expanded->key.encapsulation;
    copy->key.s = m_expanded->key.s;
    copy->key.seed = m_expanded->key.seed.clone();
    return MlkemKeyPair(std::move(copy));
}

const MlkemPublicKey &MlkemKeyPair::publicKey() const
{
    return m_expanded->key.encapsulation.encoded;
}

FixedView<kMlkemSeedSize> MlkemKeyPair::seed() const
{
    return m_expanded->key.seed.view();
}

SecretBytes<kMlkemSecretSize> MlkemKeyPair::decapsulate(const MlkemCiphertext &ciphertext) const
{
    SecretBytes<kMlkemSecretSize> secret;
    mlkem::decaps(secret, m_expanded->key, ciphertext);
    return secret;
}

Result<Encapsulation, KemError> encapsulate(const MlkemPublicKey &key, Random &random)
{
    if (!mlkem::passesModulusCheck(key))
        return fail(KemError::BadPublicKey);
    mlkem::EncapsulationKey expanded;
    mlkem::expand(expanded, key);
    Encapsulation result;
    mlkem::encaps(result.secret, result.ciphertext, expanded, random.secret<32>().view());
    return result;
}

bool isValid(const MlkemPublicKey &key)
{
    return mlkem::passesModulusCheck(key);
}

} // namespace tacet::crypto
