#include "app/vault/recovery_code.h"

#include "crypto/hkdf.h"

#include <array>

namespace tacet::vault {
namespace {

constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kDataPerGroup = 3;
constexpr std::size_t kDataCharacters = RecoveryCode::kGroups * kDataPerGroup; // 36 of 5 bits: 160 + 20
constexpr std::size_t kGroupSize = 4;
using Symbols = crypto::SecretBytes<kDataCharacters>;

/// Multiplication in GF(32) with x^5 + x^2 + 1.
std::uint8_t multiply(std::uint8_t a, std::uint8_t b)
{
    unsigned product = 0;
    for (unsigned bit = 0; bit < 5; ++bit)
        product ^= (0u - ((b >> bit) & 1u)) & (unsigned(a) << bit);
    for (unsigned bit = 9; bit >= 5; --bit)
        product ^= (0u - ((product >> bit) & 1u)) & (0b100101u << (bit - 5));
    return static_cast<std::uint8_t>(product);
}

/// Weights 2, 4, 8 (the check itself has 1): all different and none zero, so one wrong character and two
/// exchanged ones change the sum. The place is added last: equal groups in other places check differently.
std::uint8_t checkOf(crypto::FixedView<kDataPerGroup> group, std::size_t place)
{
    return static_cast<std::uint8_t>(multiply(group[0], 2) ^ multiply(group[1], 4) ^ multiply(group[2], 8) ^ (place + 1));
}

Symbols symbolsOf(crypto::FixedView<RecoveryCode::kSecretSize> secret)
{
    const crypto::Hash32 digest = crypto::sha256({crypto::asBytes("Tacet recovery code 1"), secret});
    crypto::SecretBytes<23> bits; // 160 bits of secret, 20 of the hash, 4 unused
    std::copy(secret.begin(), secret.end(), bits.writable().begin());
    std::copy_n(digest.begin(), 3, bits.writable().begin() + RecoveryCode::kSecretSize);
    Symbols symbols;
    for (std::size_t i = 0; i < kDataCharacters; ++i) {
        unsigned value = 0;
        for (std::size_t bit = i * 5; bit < i * 5 + 5; ++bit)
            value = value << 1 | ((unsigned(bits.view()[bit / 8]) >> (7 - bit % 8)) & 1u);
        symbols.writable()[i] = static_cast<std::uint8_t>(value);
    }
    return symbols;
}

crypto::SecretBytes<RecoveryCode::kSecretSize> secretOf(const Symbols &symbols)
{
    crypto::SecretBytes<RecoveryCode::kSecretSize> secret;
    for (std::size_t bit = 0; bit < RecoveryCode::kSecretSize * 8; ++bit) {
        const unsigned one = (unsigned(symbols.view()[bit / 5]) >> (4 - bit % 5)) & 1u;
        std::uint8_t &byte = secret.writable()[bit / 8];
        byte = static_cast<std::uint8_t>(byte | (one << (7 - bit % 8)));
    }
    return secret;
}

bool isSeparator(std::uint8_t c)
{
    return c == ' ' || c == '-' || c == '\n' || c == '\r' || c == '\t';
}

/// 0 to 31, or 255.
std::uint8_t symbolOf(std::uint8_t c)
{
    if (c >= 'a' && c <= 'z')
        c = static_cast<std::uint8_t>(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    for (std::uint8_t value = 0; value < 32; ++value) {
        if (static_cast<std::uint8_t>(kAlphabet[value]) == c)
            return value;
    }
    return 255;
}

} // namespace

RecoveryCode RecoveryCode::generate(crypto::Random &random)
{
    RecoveryCode code;
    random.fill(code.m_secret.writable());
    return code;
}

crypto::SecretBuffer RecoveryCode::text() const
{
    const Symbols symbols = symbolsOf(m_secret.view());
    crypto::SecretBuffer out(kGroups * (kGroupSize + 1) - 1);
    std::size_t at = 0;
    for (std::size_t group = 0; group < kGroups; ++group) {
        const auto data = symbols.view().subspan(group * kDataPerGroup).first<kDataPerGroup>();
        if (group > 0)
            out.writable()[at++] = '-';
        for (const std::uint8_t symbol : data)
            out.writable()[at++] = static_cast<std::uint8_t>(kAlphabet[symbol]);
        out.writable()[at++] = static_cast<std::uint8_t>(kAlphabet[checkOf(data, group)]);
    }
    return out;
}

Result<RecoveryCode, RecoveryCodeError> RecoveryCode::parse(crypto::ByteView typed)
{
    crypto::SecretBytes<kGroups * kGroupSize> characters;
    std::size_t count = 0;
    for (const std::uint8_t c : typed) {
        if (isSeparator(c))
            continue;
        if (count == characters.view().size())
            return fail(RecoveryCodeError{RecoveryCodeError::TooLong, 0});
        const std::uint8_t symbol = symbolOf(c);
        if (symbol == 255)
            return fail(RecoveryCodeError{RecoveryCodeError::BadCharacter, int(count / kGroupSize) + 1});
        characters.writable()[count++] = symbol;
    }
    Symbols symbols;
    for (std::size_t group = 0; group < count / kGroupSize; ++group) {
        const auto read = characters.view().subspan(group * kGroupSize);
        const auto data = read.first<kDataPerGroup>();
        if (checkOf(data, group) != read[kDataPerGroup])
            return fail(RecoveryCodeError{RecoveryCodeError::Mistyped, int(group) + 1});
        std::copy(data.begin(), data.end(), symbols.writable().begin() + std::ptrdiff_t(group * kDataPerGroup));
    }
    if (count < characters.view().size())
        return fail(RecoveryCodeError{RecoveryCodeError::TooShort, int(count / kGroupSize)});
    RecoveryCode code;
    code.m_secret = secretOf(symbols);
    if (!symbolsOf(code.m_secret.view()).equals(symbols.view()))
        return fail(RecoveryCodeError{RecoveryCodeError::NotWhole, 0});
    return code;
}

} // namespace tacet::vault
