// mlkem.h on OpenSSL 3.5 or newer. Where OpenSSL gives no answer (a configuration that loads a provider without
// ML-KEM, no memory) our own implementation does: both are the same function of seed, key and ciphertext.
#include "crypto/mlkem.h"

#include "crypto/mlkem_own.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

namespace tacet::crypto {
namespace {

constexpr const char *kName = "ML-KEM-768";
// provider-keymgmt ML-KEM and EVP_KEM-ML-KEM(7): "seed" is d ‖ z, "ikme" the random message m.
constexpr const char *kSeedParameter = "seed";
constexpr const char *kMessageParameter = "ikme";

struct Free {
    void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX *context) const { EVP_PKEY_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free>;

/// OpenSSL's parameters are not const; it only reads these.
OSSL_PARAM octets(const char *name, ByteView bytes)
{
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t *>(bytes.data()), bytes.size());
}

Key load(int selection, OSSL_PARAM parameter)
{
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, kName, nullptr));
    OSSL_PARAM parameters[] = {parameter, OSSL_PARAM_construct_end()};
    EVP_PKEY *key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1
        || EVP_PKEY_fromdata(context.get(), &key, selection, parameters) != 1)
        return {};
    return Key(key);
}

bool publicPart(MlkemPublicKey &out, EVP_PKEY *key)
{
    std::size_t size = 0;
    return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out.bytes.data(), out.bytes.size(), &size) == 1
        && size == out.bytes.size();
}

bool encapsulateTo(Encapsulation &out, EVP_PKEY *key, FixedView<32> message)
{
    const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    OSSL_PARAM parameters[] = {octets(kMessageParameter, message), OSSL_PARAM_construct_end()};
    std::size_t ciphertextSize = kMlkemCiphertextSize;
    std::size_t secretSize = kMlkemSecretSize;
    return context && EVP_PKEY_encapsulate_init(context.get(), parameters) == 1
        && EVP_PKEY_encapsulate(context.get(), out.ciphertext.bytes.data(), &ciphertextSize,
                                out.secret.writable().data(), &secretSize)
        == 1
        && ciphertextSize == kMlkemCiphertextSize && secretSize == kMlkemSecretSize;
}

bool decapsulateWith(SecretBytes<kMlkemSecretSize> &out, EVP_PKEY *key, const MlkemCiphertext &ciphertext)
{
    const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    std::size_t size = kMlkemSecretSize;
    return context && EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1
        && EVP_PKEY_decapsulate(context.get(), out.writable().data(), &size, ciphertext.bytes.data(),
                                ciphertext.bytes.size())
        == 1
        && size == kMlkemSecretSize;
}

} // namespace

struct MlkemKeyPair::Expanded {
    SecretBytes<kMlkemSeedSize> seed;
    MlkemPublicKey publicKey;
    Key key; // empty where OpenSSL gave none; wiped by OpenSSL
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
    expanded->seed = SecretBytes<kMlkemSeedSize>(seed);
    expanded->key = load(EVP_PKEY_KEYPAIR, octets(kSeedParameter, seed));
    if (!expanded->key || !publicPart(expanded->publicKey, expanded->key.get())) {
        expanded->key.reset();
        mlkem::DecapsulationKey own;
        mlkem::keyGen(own, seed);
        expanded->publicKey = own.encapsulation.encoded;
    }
    return MlkemKeyPair(std::move(expanded));
}

MlkemKeyPair MlkemKeyPair::clone() const
{
    auto copy = std::make_unique<Expanded>();
    copy->seed = m_expanded->seed.clone();
    copy->publicKey = m_expanded->publicKey;
    if (m_expanded->key && EVP_PKEY_up_ref(m_expanded->key.get()) == 1) // immutable once loaded
        copy->key.reset(m_expanded->key.get());
    return MlkemKeyPair(std::move(copy));
}

const MlkemPublicKey &MlkemKeyPair::publicKey() const
{
    return m_expanded->publicKey;
}

FixedView<kMlkemSeedSize> MlkemKeyPair::seed() const
{
    return m_expanded->seed.view();
}

SecretBytes<kMlkemSecretSize> MlkemKeyPair::decapsulate(const MlkemCiphertext &ciphertext) const
{
    SecretBytes<kMlkemSecretSize> secret;
    if (m_expanded->key && decapsulateWith(secret, m_expanded->key.get(), ciphertext))
        return secret;
    mlkem::DecapsulationKey own;
    mlkem::keyGen(own, m_expanded->seed.view());
    mlkem::decaps(secret, own, ciphertext);
    return secret;
}

Result<Encapsulation, KemError> encapsulate(const MlkemPublicKey &key, Random &random)
{
    if (!isValid(key))
        return fail(KemError::BadPublicKey);
    const SecretBytes<32> message = random.secret<32>();
    Encapsulation result;
    const Key loaded = load(EVP_PKEY_PUBLIC_KEY, octets(OSSL_PKEY_PARAM_PUB_KEY, key.view()));
    if (loaded && encapsulateTo(result, loaded.get(), message.view()))
        return result;
    mlkem::EncapsulationKey own;
    mlkem::expand(own, key);
    mlkem::encaps(result.secret, result.ciphertext, own, message.view());
    return result;
}

bool isValid(const MlkemPublicKey &key)
{
    return mlkem::passesModulusCheck(key);
}

} // namespace tacet::crypto
