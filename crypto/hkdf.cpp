#include "crypto/hkdf.h"

#include <cassert>

namespace tacet::crypto {
namespace {

/// The running state of one HMAC; holds the padded key, so it is wiped.
class Hmac {
public:
    explicit Hmac(ByteView key)
    {
        // libsodium declares this pointer nonnull, and an empty salt has none.
        static constexpr std::uint8_t kNothing = 0;
        crypto_auth_hmacsha256_init(&m_state, key.empty() ? &kNothing : key.data(), key.size());
    }
    ~Hmac() { sodium_memzero(&m_state, sizeof m_state); }
    Hmac &operator=(const Hmac &) = delete;

    /// Under the same key once more: padding it costs as much as a short message.
    Hmac again() const { return *this; }

    void add(ByteView part) { crypto_auth_hmacsha256_update(&m_state, part.data(), part.size()); }
    void finish(std::span<std::uint8_t, 32> out) { crypto_auth_hmacsha256_final(&m_state, out.data()); }

private:
    Hmac(const Hmac &) = default;

    crypto_auth_hmacsha256_state m_state;
};

} // namespace

Hash32 sha256(std::initializer_list<ByteView> parts)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (const ByteView part : parts)
        crypto_hash_sha256_update(&state, part.data(), part.size());
    Hash32 out;
    crypto_hash_sha256_final(&state, out.data());
    sodium_memzero(&state, sizeof state); // a transcript may hold a secret
    return out;
}

void hmacSha256(std::span<std::uint8_t, 32> out, ByteView key, std::initializer_list<ByteView> parts)
{
    Hmac hmac(key);
    for (const ByteView part : parts)
        hmac.add(part);
    hmac.finish(out);
}

void hmacSha256Pair(std::span<std::uint8_t, 32> first, std::span<std::uint8_t, 32> second, ByteView key, ByteView one,
                    ByteView two)
{
    const Hmac keyed(key);
    Hmac hmac = keyed.again();
    hmac.add(one);
    hmac.finish(first);
    Hmac other = keyed.again();
    other.add(two);
    other.finish(second);
}

SecretBytes<32> hkdfExtract(ByteView salt, ByteView ikm)
{
    // HMAC pads a short key with zeros, so an empty salt already is RFC 5869's string of HashLen zeros.
    SecretBytes<32> prk;
    hmacSha256(prk.writable(), salt, {ikm});
    return prk;
}

void hkdfExpand(std::span<std::uint8_t> out, FixedView<32> prk, ByteView info)
{
    assert(out.size() <= 255 * 32);
    SecretBytes<32> block; // T(i) = HMAC(PRK, T(i-1) ‖ info ‖ i), with T(0) empty
    std::uint8_t counter = 0;
    const Hmac keyed(prk);
    while (!out.empty()) {
        const ByteView previous = counter == 0 ? ByteView() : ByteView(block.view());
        ++counter;
        Hmac hmac = keyed.again();
        hmac.add(previous);
        hmac.add(info);
        hmac.add(ByteView(&counter, 1));
        hmac.finish(block.writable());
        const std::size_t count = std::min<std::size_t>(out.size(), 32);
        std::memcpy(out.data(), block.view().data(), count);
        out = out.subspan(count);
    }
}

} // namespace tacet::crypto
