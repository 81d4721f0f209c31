#include "tests/constant_time/operations.h"

#include "crypto/aead.h"
#include "crypto/constant_time.h"
#include "crypto/hkdf.h"
#include "crypto/mlkem_own.h"
#include "crypto/session.h"

#include <cstdlib>

namespace tacet::constant_time_check {
namespace {

using namespace crypto;

/// Everything drawn is secret: private keys, seeds, messages of the KEM, and nonces too, which costs nothing.
class SecretRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override
    {
        m_source.fill(out);
        constant_time::classify(out.data(), out.size());
    }

private:
    SystemRandom m_source;
};

/// What goes over the wire is public.
template<typename Container>
Container onTheWire(Container bytes)
{
    constant_time::declassify(bytes.data(), bytes.size());
    return bytes;
}
template<typename Tag, std::size_t N>
TaggedBytes<Tag, N> onTheWire(TaggedBytes<Tag, N> value)
{
    constant_time::declassify(value.bytes.data(), N);
    return value;
}

void require(bool good)
{
    constant_time::declassify(&good, sizeof good);
    if (!good)
        std::abort(); // the operation itself must have worked, or nothing was checked
}

void mlkemKeyGen()
{
    SecretRandom random;
    mlkem::DecapsulationKey key;
    mlkem::keyGen(key, random.secret<64>().view());
}

struct KemPair {
    mlkem::DecapsulationKey own;
    mlkem::EncapsulationKey peers;
    SecretRandom random;

    KemPair()
    {
        mlkem::keyGen(own, random.secret<64>().view());
        mlkem::expand(peers, onTheWire(own.encapsulation.encoded));
    }
};

void mlkemEncapsulation()
{
    KemPair pair;
    SecretBytes<32> secret;
    MlkemCiphertext ciphertext;
    mlkem::encaps(secret, ciphertext, pair.peers, pair.random.secret<32>().view());
}

void mlkemDecapsulation()
{
    KemPair pair;
    SecretBytes<32> sent;
    MlkemCiphertext ciphertext;
    mlkem::encaps(sent, ciphertext, pair.peers, pair.random.secret<32>().view());
    SecretBytes<32> received;
    mlkem::decaps(received, pair.own, onTheWire(ciphertext));
    require(received.equals(sent.view()));
}

void mlkemForeignCiphertext()
{
    KemPair pair;
    SystemRandom wire;
    SecretBytes<32> received;
    mlkem::decaps(received, pair.own, MlkemCiphertext{wire.bytes<kMlkemCiphertextSize>()});
}

void comparisons()
{
    SecretRandom random;
    const auto one = random.secret<32>();
    const auto other = random.secret<32>();
    require(!one.equals(other.view()));
    require(!one.isZero());
    require(one.clone().equals(one.view()));
}

void keyDerivation()
{
    SecretRandom random;
    const auto salt = random.secret<32>();
    const auto input = random.secret<96>();
    const auto out = hkdf<96>(salt.view(), input.view(), asBytes("check"));
    FixedBytes<32> mac;
    hmacSha256(mac, out.view().first<32>(), {out.view()});
}

void sealAndOpen()
{
    SecretRandom random;
    const auto key = random.secret<32>();
    const auto nonce = onTheWire(random.bytes<24>());
    const auto text = random.secret<100>();
    Bytes sealed(100 + kAeadTagSize);
    aeadSeal(sealed, key.view(), nonce, asBytes("check"), text.view());
    sealed = onTheWire(std::move(sealed));
    SecretBytes<100> opened;
    require(aeadOpen(opened.writable(), key.view(), nonce, asBytes("check"), sealed));
    sealed[3] ^= 1;
    require(!aeadOpen(opened.writable(), key.view(), nonce, asBytes("check"), sealed));
}

void agreement()
{
    SecretRandom random;
    const auto one = X25519KeyPair::generate(random);
    const auto other = X25519KeyPair::generate(random);
    const auto shared = one.agree(onTheWire(other.publicKey()));
    const auto mirrored = other.agree(onTheWire(one.publicKey()));
    require(shared.ok() && mirrored.ok() && shared->equals(mirrored->view()));
    require(!one.agree(X25519PublicKey{}).ok());
}

void identity()
{
    SecretRandom random;
    const OwnIdentity own = OwnIdentity::generate(random);
    const Signature signature = own.sign(asBytes("check"));
    require(verify(onTheWire(own.publicKey()), asBytes("check"), onTheWire(signature)));
    const X25519KeyPair pair = own.agreementKey();
    require(onTheWire(pair.publicKey()) == agreementKey(onTheWire(own.publicKey())));
}

/// Two people with secret identities and prekeys; the public halves are declassified as their bundle would be.
struct People {
    SecretRandom random;
    OwnIdentity alice;
    OwnIdentity bob;
    std::optional<OwnPrekeys> prekeys;
    PeerPrekeys bundle;

    People() : alice(publicIdentity()), bob(publicIdentity())
    {
        auto signedPrekey = X25519KeyPair::generate(random);
        auto kemPrekey = MlkemKeyPair::generate(random);
        bundle.identity = bob.publicKey();
        bundle.signedPrekey = onTheWire(signedPrekey.publicKey());
        bundle.kemPrekey = onTheWire(kemPrekey.publicKey());
        bundle.presharedKey = random.secret<32>();
        append(bundle.body, asBytes("a bundle"));
        prekeys.emplace(bundle.body, std::move(signedPrekey), std::move(kemPrekey), bundle.presharedKey.clone());
    }

    /// The key pair, its public half declassified in place.
    OwnIdentity publicIdentity()
    {
        OwnIdentity own = OwnIdentity::generate(random);
        constant_time::declassify(own.publicKey().bytes.data(), 32);
        return own;
    }

    Session initiate()
    {
        auto session = Session::initiate(alice, bundle, random);
        require(session.ok());
        return std::move(*session);
    }
    Bytes send(Session &session)
    {
        auto message = session.encrypt(asBytes("to be kept"), random);
        require(message.ok());
        return onTheWire(std::move(*message));
    }
    Session accept(ByteView message)
    {
        auto accepted = Session::accept(bob, *prekeys, message, 0);
        require(accepted.ok());
        return std::move(accepted->session);
    }
};

void handshake()
{
    People people;
    Session alice = people.initiate();
    Session bob = people.accept(people.send(alice));
    require(onTheWire(alice.id()) == onTheWire(bob.id()));
}

void ratchet()
{
    People people;
    Session alice = people.initiate();
    Session bob = people.accept(people.send(alice));
    for (int round = 0; round < 2; ++round) { // a hybrid step each
        require(alice.decrypt(people.send(bob), 0).ok());
        require(bob.decrypt(people.send(alice), 0).ok());
    }
    Bytes late = people.send(alice); // skipped, then opened with the key kept
    require(bob.decrypt(people.send(alice), 0).ok());
    require(bob.decrypt(late, 0).ok());
    Bytes damaged = people.send(alice);
    damaged[damaged.size() - 1] ^= 1;
    require(!bob.decrypt(damaged, 0).ok());
}

} // namespace

std::vector<Operation> operations()
{
    return {
        {"ML-KEM key generation", false, mlkemKeyGen},
        {"ML-KEM encapsulation", false, mlkemEncapsulation},
        {"ML-KEM decapsulation", false, mlkemDecapsulation},
        {"ML-KEM decapsulation of a foreign ciphertext", false, mlkemForeignCiphertext},
        {"comparison of secrets", false, comparisons},
        {"HKDF and HMAC", false, keyDerivation},
        {"AEAD, tag accepted and refused", false, sealAndOpen},
        {"X25519", false, agreement},
        {"Ed25519 signature and conversion", false, identity},
        {"handshake, both sides", false, handshake},
        {"ratchet, with a late and a damaged message", false, ratchet},
    };
}

} // namespace tacet::constant_time_check
