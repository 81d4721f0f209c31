// Speed of the primitives and of the envelope on them, in one run, with the ratios that say whether our own layer
// costs more than what lies under it. (ratchet_bench does the same for conversations.) Prints a table in Markdown.
#include "crypto/aead.h"
#include "crypto/gift_wrap.h"
#include "crypto/hkdf.h"
#include "crypto/mlkem.h"
#include "tests/bench/stopwatch.h"

#include <cstdio>

using namespace tacet::crypto;
using tacet::bench::perSecond;

namespace {

struct Row {
    std::string name;
    double microseconds;
    std::string note;
};

std::vector<Row> g_rows;

template<typename Operation>
double microseconds(Operation operation)
{
    return 1e6 / perSecond(operation);
}

double add(const std::string &name, double time, std::string note = {})
{
    g_rows.push_back({name, time, std::move(note)});
    return time;
}

std::string percent(const char *words, double part, double whole)
{
    char text[96];
    std::snprintf(text, sizeof text, "%s %.0f %%", words, 100 * part / whole);
    return text;
}

volatile std::uint8_t g_sink;
template<typename Bytes>
void keep(const Bytes &bytes)
{
    g_sink = bytes[0];
}

struct Primitives {
    double agreement = 0;
    double kemKeyGen = 0;
    double kemEncapsulation = 0;
    double kemDecapsulation = 0;
    double sealing[2] = {}; ///< AEAD of 100 and of 4,096 bytes
    double signing = 0;
    double verifying = 0;
    double ecdh = 0;
};

Primitives measurePrimitives(Random &random)
{
    Primitives result;
    const auto one = X25519KeyPair::generate(random);
    const auto other = X25519KeyPair::generate(random);
    add("X25519 key pair", microseconds([&] { keep(X25519KeyPair::generate(random).publicKey().bytes); }));
    result.agreement = add("X25519 agreement", microseconds([&] { keep(one.agree(other.publicKey())->view()); }));

    const auto pair = MlkemKeyPair::generate(random);
    const auto sent = encapsulate(pair.publicKey(), random);
    result.kemKeyGen = add("ML-KEM-768 key generation",
                           microseconds([&] { keep(MlkemKeyPair::generate(random).publicKey().bytes); }), "aim 35");
    result.kemEncapsulation = add("ML-KEM-768 encapsulation",
                                  microseconds([&] { keep(encapsulate(pair.publicKey(), random)->ciphertext.bytes); }), "aim 35");
    result.kemDecapsulation = add("ML-KEM-768 decapsulation",
                                  microseconds([&] { keep(pair.decapsulate(sent->ciphertext).view()); }),
                                  "aim 43; the key's matrix is kept from its generation");

    const auto key = random.secret<32>();
    const auto nonce = random.bytes<24>();
    const std::size_t sizes[] = {100, 4096};
    for (std::size_t i = 0; i < 2; ++i) {
        Bytes sealed(sizes[i] + kAeadTagSize);
        const Bytes plain(sizes[i]);
        result.sealing[i] = add("XChaCha20-Poly1305 " + std::to_string(sizes[i]) + " bytes", microseconds([&] {
                                    aeadSeal(sealed, key.view(), nonce, {}, plain);
                                    keep(sealed);
                                }));
    }
    add("HMAC-SHA-256 of one byte", microseconds([&] {
            FixedBytes<32> out;
            hmacSha256(out, key.view(), {ByteView(nonce).first(1)});
            keep(out);
        }));
    const OwnIdentity identity = OwnIdentity::generate(random);
    const Signature signature = identity.sign(nonce);
    add("Ed25519 signature", microseconds([&] { keep(identity.sign(nonce).bytes); }));
    add("Ed25519 verification", microseconds([&] { g_sink = verify(identity.publicKey(), nonce, signature); }));

    const auto author = NostrKeyPair::generate(random);
    const auto mailbox = NostrKeyPair::generate(random);
    const auto id = random.bytes<32>();
    const auto schnorr = author.sign(id, random);
    result.signing = add("BIP-340 signature", microseconds([&] { keep(author.sign(id, random).bytes); }));
    result.verifying = add("BIP-340 verification", microseconds([&] { g_sink = verifySchnorr(author.publicKey(), id, schnorr); }));
    result.ecdh = add("secp256k1 ECDH", microseconds([&] { keep(author.sharedX(mailbox.publicKey())->view()); }));
    return result;
}

void measureEnvelope(const Primitives &primitives, Random &random)
{
    const auto mailbox = NostrKeyPair::generate(random);
    const Bytes inner(kMessageSizes[0], 7);
    const auto event = wrap(inner, mailbox.publicKey(), 1'700'000'000, random);
    // A one-time key pair costs about a signature.
    const double wrapParts = 2 * primitives.signing + primitives.ecdh + primitives.sealing[1];
    const double unwrapParts = primitives.verifying + primitives.ecdh + primitives.sealing[1];
    const double wrapping = microseconds([&] { keep(wrap(inner, mailbox.publicKey(), 1'700'000'000, random)->id.bytes); });
    add("gift wrap, smallest", wrapping, percent("of its parts bare:", wrapParts, wrapping) + " (aim 70)");
    const double unwrapping = microseconds([&] { keep(*unwrap(*event, mailbox)); });
    add("gift unwrap, smallest", unwrapping, percent("of its parts bare:", unwrapParts, unwrapping) + " (aim 70)");
}

void printTable()
{
    std::printf("| operation | µs | per second | |\n|---|---|---|---|\n");
    for (const Row &row : g_rows)
        std::printf("| %s | %.2f | %.0f | %s |\n", row.name.c_str(), row.microseconds, 1e6 / row.microseconds, row.note.c_str());
}

} // namespace

int main()
{
    if (!initialise())
        return 1;
    SystemRandom random;
    const Primitives primitives = measurePrimitives(random);
    measureEnvelope(primitives, random);
    printTable();
    return 0;
}
