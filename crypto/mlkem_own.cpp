#include "crypto/mlkem_own.h"

#include "crypto/constant_time.h"
#include "crypto/keccak.h"
#include "crypto/mlkem_codec.h"

namespace tacet::crypto::mlkem {
namespace {

/// Working values that depend on a secret: wiped when they go.
template<typename T>
struct Wiped {
    T value;
    Wiped() = default;
    Wiped(const Wiped &) = delete;
    Wiped &operator=(const Wiped &) = delete;
    ~Wiped() { sodium_memzero(&value, sizeof value); }
};

template<std::size_t Size>
FixedView<Size> part(ByteView bytes, std::size_t offset)
{
    return bytes.subspan(offset).first<Size>();
}

template<std::size_t Size>
std::span<std::uint8_t, Size> writablePart(std::span<std::uint8_t> bytes, std::size_t offset)
{
    return bytes.subspan(offset).first<Size>();
}

void sampleMatrix(Matrix &aTransposed, FixedView<32> rho)
{
    for (std::uint8_t row = 0; row < kK; ++row) {
        for (std::uint8_t column = 0; column < kK; ++column)
            sampleUniform(aTransposed[column][row], rho, column, row);
    }
}

/// K-PKE.KeyGen (Algorithm 13).
void pkeKeyGen(DecapsulationKey &out, FixedView<32> d)
{
    static constexpr std::uint8_t kDomain = kK; // binds the seed to this parameter set
    SecretBytes<64> expanded;
    keccak::sha3_512(expanded.writable(), {d, ByteView(&kDomain, 1)});
    const FixedView<32> rho = part<32>(expanded.view(), 0);
    const FixedView<32> sigma = part<32>(expanded.view(), 32);
    constant_time::declassify(rho.data(), rho.size()); // rho is the tail of the public key

    EncapsulationKey &key = out.encapsulation;
    sampleMatrix(key.aTransposed, rho);

    Wiped<PolyVec> s;
    Wiped<PolyVec> e;
    for (std::uint8_t i = 0; i < kK; ++i) {
        sampleNoise(s.value[i], sigma, i);
        sampleNoise(e.value[i], sigma, static_cast<std::uint8_t>(kK + i));
        ntt(s.value[i]);
        ntt(e.value[i]);
        prepare(out.s[i], s.value[i]);
    }

    for (int i = 0; i < kK; ++i) { // t = A s + e
        const PolyVec row{key.aTransposed[0][i], key.aTransposed[1][i], key.aTransposed[2][i]};
        innerProduct(key.t[i], row, out.s);
        toPlain(key.t[i]);
        add(key.t[i], e.value[i]);
        makeCanonical(key.t[i]);
        encode12(writablePart<kPolyBytes>(key.encoded.bytes, kPolyBytes * i), key.t[i]);
    }
    std::copy(rho.begin(), rho.end(), key.encoded.bytes.begin() + kK * kPolyBytes);
}

/// K-PKE.Encrypt (Algorithm 14).
void pkeEncrypt(MlkemCiphertext &out, const EncapsulationKey &key, FixedView<32> m, FixedView<32> r)
{
    Wiped<MultiplicandVec> y;
    Wiped<Poly> noise;
    for (std::uint8_t i = 0; i < kK; ++i) {
        sampleNoise(noise.value, r, i);
        ntt(noise.value);
        prepare(y.value[i], noise.value);
    }

    Wiped<Poly> sum;
    for (std::uint8_t i = 0; i < kK; ++i) { // u = A^T y + e1
        innerProduct(sum.value, key.aTransposed[i], y.value);
        inverseNttOfProduct(sum.value);
        sampleNoise(noise.value, r, static_cast<std::uint8_t>(kK + i));
        add(sum.value, noise.value);
        makeCanonical(sum.value);
        compress10(writablePart<kCompressed10Bytes>(out.bytes, kCompressed10Bytes * i), sum.value);
    }

    innerProduct(sum.value, key.t, y.value); // v = t^T y + e2 + mu
    inverseNttOfProduct(sum.value);
    sampleNoise(noise.value, r, 2 * kK);
    add(sum.value, noise.value);
    decompress1(noise.value, m);
    add(sum.value, noise.value);
    makeCanonical(sum.value);
    compress4(writablePart<kCompressed4Bytes>(out.bytes, kK * kCompressed10Bytes), sum.value);
}

/// K-PKE.Decrypt (Algorithm 15).
void pkeDecrypt(SecretBytes<32> &m, const DecapsulationKey &key, const MlkemCiphertext &ciphertext)
{
    Wiped<PolyVec> u;
    for (int i = 0; i < kK; ++i) {
        decompress10(u.value[i], part<kCompressed10Bytes>(ciphertext.bytes, kCompressed10Bytes * i));
        ntt(u.value[i]);
    }
    Wiped<Poly> product;
    innerProduct(product.value, u.value, key.s);
    inverseNttOfProduct(product.value);

    Wiped<Poly> w; // v - s^T u
    decompress4(w.value, part<kCompressed4Bytes>(ciphertext.bytes, kK * kCompressed10Bytes));
    for (int i = 0; i < kN; ++i)
        w.value.c[i] = static_cast<std::int16_t>(w.value.c[i] - product.value.c[i]);
    makeCanonical(w.value);
    compress1(m.writable(), w.value);
}

} // namespace

bool passesModulusCheck(const MlkemPublicKey &encoded)
{
    for (int i = 0; i < kK; ++i) {
        Poly poly;
        decode12(poly, part<kPolyBytes>(encoded.bytes, kPolyBytes * i));
        for (const std::int16_t c : poly.c) {
            if (c >= kQ)
                return false;
        }
    }
    return true;
}

void keyGen(DecapsulationKey &out, FixedView<kMlkemSeedSize> seed)
{
    out.seed = SecretBytes<64>(seed);
    pkeKeyGen(out, part<32>(seed, 0));
    keccak::sha3_256(out.encapsulation.hash, {out.encapsulation.encoded.view()});
}

void expand(EncapsulationKey &out, const MlkemPublicKey &encoded)
{
    out.encoded = encoded;
    keccak::sha3_256(out.hash, {encoded.view()});
    for (int i = 0; i < kK; ++i)
        decode12(out.t[i], part<kPolyBytes>(encoded.bytes, kPolyBytes * i));
    sampleMatrix(out.aTransposed, part<32>(encoded.bytes, kK * kPolyBytes));
}

void encaps(SecretBytes<32> &secret, MlkemCiphertext &ciphertext, const EncapsulationKey &key, FixedView<32> m)
{
    SecretBytes<64> expanded; // K ‖ r = G(m ‖ H(ek))
    keccak::sha3_512(expanded.writable(), {m, key.hash});
    pkeEncrypt(ciphertext, key, m, part<32>(expanded.view(), 32));
    secret = SecretBytes<32>(part<32>(expanded.view(), 0));
}

void decaps(SecretBytes<32> &secret, const DecapsulationKey &key, const MlkemCiphertext &ciphertext)
{
    SecretBytes<32> m;
    pkeDecrypt(m, key, ciphertext);

    SecretBytes<64> expanded; // K' ‖ r' = G(m' ‖ h)
    keccak::sha3_512(expanded.writable(), {m.view(), key.encapsulation.hash});
    SecretBytes<32> rejection; // J(z ‖ c)
    keccak::shake256(rejection.writable(), {part<32>(key.seed.view(), 32), ciphertext.view()});

    Wiped<MlkemCiphertext> again;
    pkeEncrypt(again.value, key.encapsulation, m.view(), part<32>(expanded.view(), 32));
    std::uint32_t difference = 0;
    for (std::size_t i = 0; i < kMlkemCiphertextSize; ++i)
        difference |= static_cast<std::uint32_t>(again.value.bytes[i] ^ ciphertext.bytes[i]);

    // Which of the two it is stays secret: an attacker who learns it has a decryption oracle.
    const std::uint8_t foreign = constant_time::maskIfNonZero(difference);
    for (std::size_t i = 0; i < 32; ++i)
        secret.writable()[i] = constant_time::select(foreign, rejection.view()[i], expanded.view()[i]);
}

SecretBytes<kDecapsulationKeyBytes> encodeDecapsulationKey(const DecapsulationKey &key)
{
    // ByteEncode_12(s) ‖ ek ‖ H(ek) ‖ z
    SecretBytes<kDecapsulationKeyBytes> out;
    const auto bytes = out.writable();
    for (int i = 0; i < kK; ++i) {
        Wiped<Poly> s;
        s.value = key.s[i].poly;
        makeCanonical(s.value);
        encode12(writablePart<kPolyBytes>(bytes, kPolyBytes * i), s.value);
    }
    auto at = bytes.begin() + kK * kPolyBytes;
    const ByteView rest[] = {key.encapsulation.encoded.view(), key.encapsulation.hash, part<32>(key.seed.view(), 32)};
    for (const ByteView view : rest)
        at = std::copy(view.begin(), view.end(), at);
    return out;
}

} // namespace tacet::crypto::mlkem
