#pragma once
// How hard a passphrase is to guess for someone who holds a copy of the disk and knows how people choose.
//
// The text is cut into the cheapest pieces (well-known passwords, the person's own name, words, years, repetitions,
// neighbouring keys, single characters), each with an estimate of how many a guesser tries before it, in bits. There
// is no dictionary: whatever reads like a word counts as one, so random letters may be judged too low, and a sentence
// from a book too high. Each guess costs Argon2id with 256 MiB (app/vault/key_slots.h), half a second of one core;
// the limits below are for 20,000 guesses a second, which takes 10,000 cores and 2.5 TB of memory.
#include <QString>

namespace tacet::ui {

enum class Strength {
    TooShort, ///< under kMinimumLength characters: refused
    Weak,     ///< under 32 bits: found within two days
    Fair,     ///< under 48 bits: within a lifetime
    Strong,   ///< under 60 bits
    VeryStrong,
};

enum class StrengthReason {
    FewCharacters,
    WellKnown,
    OwnName,
    Pattern, ///< repetitions, neighbouring keys
    OneWord,
    AddWord,
    Enough,
    MoreThanEnough,
};

struct StrengthEstimate {
    Strength strength = Strength::TooShort;
    StrengthReason reason = StrengthReason::FewCharacters;
    double bits = 0;
};

inline constexpr int kMinimumLength = 8;

/// Leaves no copy of `passphrase` behind. Only the first 128 characters count. `ownName` may be empty.
StrengthEstimate estimateStrength(QStringView passphrase, QStringView ownName = {});

QString strengthWord(Strength strength);
QString strengthReasonText(StrengthReason reason);

} // namespace tacet::ui
