#pragma once
// The safety number (PROTOCOL §3.9): Signal's numeric fingerprint, so that one habit serves both programs.
#include "crypto/ed25519.h"

#include <string>
#include <string_view>

namespace tacet::crypto {

/// Iterated SHA-512 of an identity (PROTOCOL §3.9), the first 32 bytes. Costs about 1.5 ms.
using Fingerprint = FixedBytes<32>;
inline constexpr int kFingerprintIterations = 5200;
/// `key` as it is hashed and a stable id; Tacet uses the identity key for both.
Fingerprint fingerprint(ByteView stableId, ByteView key);

inline constexpr std::size_t kSafetyDigits = 60;
inline constexpr std::size_t kSafetyGroups = 12;

/// 60 decimal digits, ASCII.
class SafetyDigits {
public:
    /// Exactly 60 decimal digits of any script anywhere in the text; everything else is skipped.
    static std::optional<SafetyDigits> parse(std::string_view utf8);

    const std::array<char, kSafetyDigits> &digits() const { return m_digits; }
    /// Group 0 to 11: five digits.
    std::string group(std::size_t index) const;
    /// Twelve groups of five, single spaces.
    std::string grouped() const;

private:
    friend class SafetyNumber;
    std::array<char, kSafetyDigits> m_digits{};
};

/// The index of the first group that differs, compared in constant time; nothing when all are equal.
std::optional<std::size_t> firstDifference(const SafetyDigits &one, const SafetyDigits &other);

enum class ScanResult {
    Same,
    Different,    ///< the other side holds another key for one of us: someone may be in between
    NewerVersion, ///< made by a later program
    NotACode,     ///< not a safety code of Tacet
};

class SafetyNumber {
public:
    /// The same digits on both sides, in either order of arguments.
    SafetyNumber(const IdentityKey &own, const IdentityKey &peer);

    const SafetyDigits &digits() const { return m_digits; }
    /// What the QR code holds: version, own fingerprint, peer's fingerprint, as ASCII text.
    std::string qrText() const;
    /// Compares the peer's code byte by byte: their own against our peer's, their peer's against ours.
    ScanResult scan(std::string_view qrText) const;

private:
    Fingerprint m_own;
    Fingerprint m_peer;
    SafetyDigits m_digits;
};

/// Six groups of five digits of one fingerprint (PROTOCOL §3.9).
std::string fingerprintDigits(const Fingerprint &value);

} // namespace tacet::crypto
