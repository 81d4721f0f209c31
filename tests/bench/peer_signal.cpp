#include "tests/bench/peer_signal.h"

#include "tests/bench/stopwatch.h"

#include <signal/fingerprint.h>
#include <signal/key_helper.h>
#include <signal/protocol.h>
#include <signal/session_builder.h>
#include <signal/session_cipher.h>
#include <signal/signal_protocol.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tacet::bench {
namespace {

using Blob = std::vector<std::uint8_t>;

void demand(bool good)
{
    if (!good)
        std::abort();
}
/// Its functions answer 0, or something negative.
void demandDone(int answer) { demand(answer >= 0); }

signal_buffer *bufferOf(const Blob &blob) { return signal_buffer_create(blob.data(), blob.size()); }

// --- The provider: what the library leaves to its host ---

int fillRandom(std::uint8_t *data, std::size_t size, void *)
{
    randombytes_buf(data, size);
    return 0;
}

/// An output of at most 64 bytes that is given away as the library's buffer.
template<typename Fill>
int digestInto(signal_buffer **output, Fill fill)
{
    std::uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (!fill(bytes, &size))
        return SG_ERR_UNKNOWN;
    *output = signal_buffer_create(bytes, size);
    return 0;
}

// OpenSSL 3 calls HMAC_* deprecated and costs several times more through EVP_MAC; the peer gets the fast one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
int hmacInit(void **context, const std::uint8_t *key, std::size_t size, void *)
{
    HMAC_CTX *hmac = HMAC_CTX_new();
    *context = hmac;
    return HMAC_Init_ex(hmac, key, int(size), EVP_sha256(), nullptr) == 1 ? 0 : SG_ERR_UNKNOWN;
}
int hmacUpdate(void *context, const std::uint8_t *data, std::size_t size, void *)
{
    return HMAC_Update(static_cast<HMAC_CTX *>(context), data, size) == 1 ? 0 : SG_ERR_UNKNOWN;
}
int hmacFinal(void *context, signal_buffer **output, void *)
{
    return digestInto(output, [&](std::uint8_t *bytes, unsigned int *size) {
        return HMAC_Final(static_cast<HMAC_CTX *>(context), bytes, size) == 1;
    });
}
void hmacEnd(void *context, void *) { HMAC_CTX_free(static_cast<HMAC_CTX *>(context)); }
#pragma GCC diagnostic pop

int hashInit(void **context, void *)
{
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    *context = hash;
    return EVP_DigestInit_ex(hash, EVP_sha512(), nullptr) == 1 ? 0 : SG_ERR_UNKNOWN;
}
int hashUpdate(void *context, const std::uint8_t *data, std::size_t size, void *)
{
    return EVP_DigestUpdate(static_cast<EVP_MD_CTX *>(context), data, size) == 1 ? 0 : SG_ERR_UNKNOWN;
}
int hashFinal(void *context, signal_buffer **output, void *)
{
    auto *hash = static_cast<EVP_MD_CTX *>(context);
    const int answer = digestInto(
        output, [&](std::uint8_t *bytes, unsigned int *size) { return EVP_DigestFinal_ex(hash, bytes, size) == 1; });
    // The library goes on with the same context.
    return answer == 0 && EVP_DigestInit_ex(hash, EVP_sha512(), nullptr) == 1 ? 0 : SG_ERR_UNKNOWN;
}
void hashEnd(void *context, void *) { EVP_MD_CTX_free(static_cast<EVP_MD_CTX *>(context)); }

int cipher(bool encrypts, signal_buffer **output, int kind, const std::uint8_t *key, std::size_t keySize,
           const std::uint8_t *iv, const std::uint8_t *data, std::size_t size)
{
    if (keySize != 32)
        return SG_ERR_INVAL;
    const bool isCbc = kind == SG_CIPHER_AES_CBC_PKCS5;
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    Blob out(size + 32);
    int first = 0;
    int last = 0;
    if (EVP_CipherInit_ex(context.get(), isCbc ? EVP_aes_256_cbc() : EVP_aes_256_ctr(), nullptr, key, iv, encrypts) != 1
        || EVP_CIPHER_CTX_set_padding(context.get(), isCbc) != 1
        || EVP_CipherUpdate(context.get(), out.data(), &first, data, int(size)) != 1
        || EVP_CipherFinal_ex(context.get(), out.data() + first, &last) != 1)
        return SG_ERR_UNKNOWN;
    *output = signal_buffer_create(out.data(), std::size_t(first + last));
    return 0;
}
int encryptBytes(signal_buffer **output, int kind, const std::uint8_t *key, std::size_t keySize, const std::uint8_t *iv,
                 std::size_t, const std::uint8_t *data, std::size_t size, void *)
{
    return cipher(true, output, kind, key, keySize, iv, data, size);
}
int decryptBytes(signal_buffer **output, int kind, const std::uint8_t *key, std::size_t keySize, const std::uint8_t *iv,
                 std::size_t, const std::uint8_t *data, std::size_t size, void *)
{
    return cipher(false, output, kind, key, keySize, iv, data, size);
}

void noLock(void *) { }

struct Context {
    signal_context *signal = nullptr;

    Context()
    {
        demandDone(signal_context_create(&signal, nullptr));
        const signal_crypto_provider provider{fillRandom, hmacInit,   hmacUpdate, hmacFinal,    hmacEnd,      hashInit,
                                              hashUpdate, hashFinal,  hashEnd,    encryptBytes, decryptBytes, nullptr};
        demandDone(signal_context_set_crypto_provider(signal, &provider));
        demandDone(signal_context_set_locking_functions(signal, noLock, noLock));
    }
    ~Context() { signal_context_destroy(signal); }
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;
};

// --- One person: keys and the four stores ---

constexpr std::uint32_t kSignedId = 1;
constexpr std::uint32_t kOneTimeId = 2;

struct Person {
    Context &context;
    std::string peerName;
    signal_protocol_address peer;
    ratchet_identity_key_pair *identity = nullptr;
    session_signed_pre_key *signedKey = nullptr;
    ec_key_pair *oneTime = nullptr;
    Blob session;
    Blob oneTimeRecord;
    Blob signedRecord;
    signal_protocol_store_context *store = nullptr;
    session_cipher *cipher = nullptr;

    Person(Context &in, const char *peerIs) : context(in), peerName(peerIs), peer{peerName.data(), peerName.size(), 1}
    {
        demandDone(signal_protocol_key_helper_generate_identity_key_pair(&identity, context.signal));
        demandDone(signal_protocol_key_helper_generate_signed_pre_key(&signedKey, identity, kSignedId, 1, context.signal));
        signal_buffer *record = nullptr;
        demandDone(session_signed_pre_key_serialize(&record, signedKey));
        signedRecord = take(record);
        makeStore();
        demandDone(session_cipher_create(&cipher, store, &peer, context.signal));
    }
    ~Person()
    {
        session_cipher_free(cipher);
        signal_protocol_store_context_destroy(store);
        if (oneTime)
            SIGNAL_UNREF(oneTime);
        SIGNAL_UNREF(signedKey);
        SIGNAL_UNREF(identity);
    }
    Person(const Person &) = delete;
    Person &operator=(const Person &) = delete;

    static Blob take(signal_buffer *buffer)
    {
        const std::uint8_t *data = signal_buffer_data(buffer);
        Blob blob(data, data + signal_buffer_len(buffer));
        signal_buffer_free(buffer);
        return blob;
    }

    void makeStore();

    /// Used for every set-up: making keys is not part of it.
    void makeOneTimeKey()
    {
        demandDone(curve_generate_key_pair(context.signal, &oneTime));
        session_pre_key *key = nullptr;
        demandDone(session_pre_key_create(&key, kOneTimeId, oneTime));
        signal_buffer *record = nullptr;
        demandDone(session_pre_key_serialize(&record, key));
        oneTimeRecord = take(record);
        SIGNAL_UNREF(key);
    }

    void open(const Person &other)
    {
        session_pre_key_bundle *bundle = nullptr;
        demandDone(session_pre_key_bundle_create(
            &bundle, 1, 1, kOneTimeId, ec_key_pair_get_public(other.oneTime), kSignedId,
            ec_key_pair_get_public(session_signed_pre_key_get_key_pair(other.signedKey)),
            session_signed_pre_key_get_signature(other.signedKey), session_signed_pre_key_get_signature_len(other.signedKey),
            ratchet_identity_key_pair_get_public(other.identity)));
        session_builder *builder = nullptr;
        demandDone(session_builder_create(&builder, store, &peer, context.signal));
        demandDone(session_builder_process_pre_key_bundle(builder, bundle));
        session_builder_free(builder);
        SIGNAL_UNREF(bundle);
    }

    struct Sealed {
        int type;
        Blob bytes;
    };
    Sealed encrypt(const Blob &plain)
    {
        ciphertext_message *message = nullptr;
        demandDone(session_cipher_encrypt(cipher, plain.data(), plain.size(), &message));
        signal_buffer *bytes = ciphertext_message_get_serialized(message);
        const std::uint8_t *data = signal_buffer_data(bytes);
        Sealed sealed{ciphertext_message_get_type(message), Blob(data, data + signal_buffer_len(bytes))};
        SIGNAL_UNREF(message);
        return sealed;
    }
    Blob decrypt(const Sealed &sealed)
    {
        signal_buffer *plain = nullptr;
        if (sealed.type == CIPHERTEXT_PREKEY_TYPE) {
            pre_key_signal_message *message = nullptr;
            demandDone(pre_key_signal_message_deserialize(&message, sealed.bytes.data(), sealed.bytes.size(), context.signal));
            demandDone(session_cipher_decrypt_pre_key_signal_message(cipher, message, nullptr, &plain));
            SIGNAL_UNREF(message);
        } else {
            signal_message *message = nullptr;
            demandDone(signal_message_deserialize(&message, sealed.bytes.data(), sealed.bytes.size(), context.signal));
            demandDone(session_cipher_decrypt_signal_message(cipher, message, nullptr, &plain));
            SIGNAL_UNREF(message);
        }
        return take(plain);
    }
};

Person &personOf(void *data) { return *static_cast<Person *>(data); }
void nothing(void *) { }

void Person::makeStore()
{
    demandDone(signal_protocol_store_context_create(&store, context.signal));
    signal_protocol_session_store sessions{};
    sessions.load_session_func = [](signal_buffer **record, signal_buffer **, const signal_protocol_address *, void *data) {
        const Blob &kept = personOf(data).session;
        if (kept.empty())
            return 0;
        *record = bufferOf(kept);
        return 1;
    };
    sessions.get_sub_device_sessions_func = [](signal_int_list **, const char *, std::size_t, void *) { return 0; };
    sessions.store_session_func = [](const signal_protocol_address *, std::uint8_t *record, std::size_t size, std::uint8_t *,
                                     std::size_t, void *data) {
        personOf(data).session.assign(record, record + size);
        return 0;
    };
    sessions.contains_session_func = [](const signal_protocol_address *, void *data) {
        return personOf(data).session.empty() ? 0 : 1;
    };
    sessions.delete_session_func = [](const signal_protocol_address *, void *data) {
        personOf(data).session.clear();
        return 1;
    };
    sessions.delete_all_sessions_func = [](const char *, std::size_t, void *) { return 0; };
    sessions.destroy_func = nothing;
    sessions.user_data = this;
    demandDone(signal_protocol_store_context_set_session_store(store, &sessions));

    signal_protocol_pre_key_store oneTimeKeys{};
    oneTimeKeys.load_pre_key = [](signal_buffer **record, std::uint32_t, void *data) {
        *record = bufferOf(personOf(data).oneTimeRecord);
        return SG_SUCCESS;
    };
    oneTimeKeys.store_pre_key = [](std::uint32_t, std::uint8_t *, std::size_t, void *) { return 0; };
    oneTimeKeys.contains_pre_key = [](std::uint32_t, void *) { return 1; };
    oneTimeKeys.remove_pre_key = [](std::uint32_t, void *) { return 0; };
    oneTimeKeys.destroy_func = nothing;
    oneTimeKeys.user_data = this;
    demandDone(signal_protocol_store_context_set_pre_key_store(store, &oneTimeKeys));

    signal_protocol_signed_pre_key_store signedKeys{};
    signedKeys.load_signed_pre_key = [](signal_buffer **record, std::uint32_t, void *data) {
        *record = bufferOf(personOf(data).signedRecord);
        return SG_SUCCESS;
    };
    signedKeys.store_signed_pre_key = [](std::uint32_t, std::uint8_t *, std::size_t, void *) { return 0; };
    signedKeys.contains_signed_pre_key = [](std::uint32_t, void *) { return 1; };
    signedKeys.remove_signed_pre_key = [](std::uint32_t, void *) { return 0; };
    signedKeys.destroy_func = nothing;
    signedKeys.user_data = this;
    demandDone(signal_protocol_store_context_set_signed_pre_key_store(store, &signedKeys));

    signal_protocol_identity_key_store identities{};
    identities.get_identity_key_pair = [](signal_buffer **open, signal_buffer **secret, void *data) {
        const ratchet_identity_key_pair *own = personOf(data).identity;
        const int one = ec_public_key_serialize(open, ratchet_identity_key_pair_get_public(own));
        const int two = ec_private_key_serialize(secret, ratchet_identity_key_pair_get_private(own));
        return one < 0 ? one : two;
    };
    identities.get_local_registration_id = [](void *, std::uint32_t *id) {
        *id = 1;
        return 0;
    };
    identities.save_identity = [](const signal_protocol_address *, std::uint8_t *, std::size_t, void *) { return 0; };
    identities.is_trusted_identity = [](const signal_protocol_address *, std::uint8_t *, std::size_t, void *) { return 1; };
    identities.destroy_func = nothing;
    identities.user_data = this;
    demandDone(signal_protocol_store_context_set_identity_key_store(store, &identities));
}

void setUp(Person &alice, Person &bob)
{
    alice.session.clear();
    bob.session.clear();
    alice.open(bob);
    static const Blob kFirst{'f', 'i', 'r', 's', 't'};
    demand(bob.decrypt(alice.encrypt(kFirst)) == kFirst);
}

void measureOneWay(Person &alice, Person &bob, std::size_t size)
{
    const Blob plain(size, 'x');
    const std::string bytes = std::to_string(size) + " B";
    // On a copy of the state, as its chain would run away from the reader by more than the library allows.
    const Blob kept = alice.session;
    report(("signal: encrypt " + bytes).c_str(), perSecond([&] { (void)alice.encrypt(plain); }), "/s");
    alice.session = kept;
    std::vector<Person::Sealed> sealed;
    for (int i = 0; i < 1500; ++i)
        sealed.push_back(alice.encrypt(plain));
    (void)bob.decrypt(sealed.front());
    const double begun = threadSeconds();
    for (std::size_t i = 1; i < sealed.size(); ++i)
        demand(bob.decrypt(sealed[i]).size() == size);
    report(("signal: decrypt " + bytes).c_str(), double(sealed.size() - 1) / (threadSeconds() - begun), "/s");
}

} // namespace

void measureSignal()
{
    Context context;
    Person alice(context, "bob");
    Person bob(context, "alice");
    bob.makeOneTimeKey();
    report("signal: set-up, both sides", perSecond([&] { setUp(alice, bob); }), "/s");
    setUp(alice, bob);
    (void)alice.decrypt(bob.encrypt({'r'})); // from here on no prefix
    for (const std::size_t size : {std::size_t(100), std::size_t(4096)})
        measureOneWay(alice, bob, size);
    const Blob hundred(100, 'x');
    report("signal: ping-pong", perSecond([&] {
        (void)alice.decrypt(bob.encrypt(hundred));
        (void)bob.decrypt(alice.encrypt(hundred));
    }) * 2,
        "/s");
    fingerprint_generator *generator = nullptr;
    demandDone(fingerprint_generator_create(&generator, 5200, 1, context.signal));
    const double numbers = perSecond([&] {
        fingerprint *made = nullptr;
        demandDone(fingerprint_generator_create_for(generator, "alice", ratchet_identity_key_pair_get_public(alice.identity), "bob",
                                                    ratchet_identity_key_pair_get_public(bob.identity), &made));
        SIGNAL_UNREF(made);
    });
    fingerprint_generator_free(generator);
    report("signal: safety number", 1000 / numbers, "ms");
}

} // namespace tacet::bench
