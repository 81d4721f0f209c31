#include "ui/passphrase_strength.h"

#include <QCoreApplication>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t kConsidered = 128;

enum class Kind { Latin, OtherLetter, Ideograph, Digit, Space, Symbol };

struct Symbol {
    char32_t lower = 0; ///< base letter: "É" is 'e' here
    Kind kind = Kind::Symbol;
    bool upper = false;
};

/// The passphrase while it is measured; wiped when it goes.
class Symbols {
public:
    explicit Symbols(QStringView text)
    {
        m_all.reserve(kConsidered); // never grows, so no copy stays behind
        for (qsizetype i = 0; i < text.size() && m_all.size() < kConsidered; ++i) {
            char32_t code = text.at(i).unicode();
            if (text.at(i).isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
                code = QChar::surrogateToUcs4(text.at(i), text.at(i + 1));
                ++i;
            }
            m_all.push_back(read(code));
        }
    }
    ~Symbols() { sodium_memzero(m_all.data(), m_all.size() * sizeof(Symbol)); }
    Symbols(const Symbols &) = delete;
    Symbols &operator=(const Symbols &) = delete;

    std::size_t size() const { return m_all.size(); }
    const Symbol &operator[](std::size_t at) const { return m_all[at]; }

private:
    static Symbol read(char32_t code)
    {
        Symbol symbol;
        symbol.upper = QChar::isUpper(code);
        symbol.lower = QChar::toLower(code);
        if (symbol.lower > 0x7f && symbol.lower < 0x250 && QChar::decompositionTag(symbol.lower) == QChar::Canonical)
            symbol.lower = QChar::decomposition(symbol.lower).at(0).unicode();
        const QChar::Script script = QChar::script(code);
        if (QChar::isDigit(code))
            symbol.kind = Kind::Digit;
        else if (QChar::isSpace(code))
            symbol.kind = Kind::Space;
        else if (!QChar::isLetter(code))
            symbol.kind = Kind::Symbol;
        else if (script == QChar::Script_Han || script == QChar::Script_Hangul || script == QChar::Script_Hiragana
            || script == QChar::Script_Katakana)
            symbol.kind = Kind::Ideograph;
        else
            symbol.kind = script == QChar::Script_Latin ? Kind::Latin : Kind::OtherLetter;
        return symbol;
    }

    std::vector<Symbol> m_all;
};

bool isLetter(const Symbol &symbol)
{
    return symbol.kind == Kind::Latin || symbol.kind == Kind::OtherLetter;
}

/// What a digit or sign stands for in "p4ssw0rd"; the character itself otherwise.
char32_t unleet(const Symbol &symbol)
{
    switch (symbol.lower) {
    case U'0': return U'o';
    case U'1':
    case U'!': return U'i';
    case U'3': return U'e';
    case U'4':
    case U'@': return U'a';
    case U'5':
    case U'$': return U's';
    case U'7': return U't';
    default: return symbol.lower;
    }
}

/// Lists that circulate are headed by these; stems suffice, since what follows them is counted on its own.
constexpr std::array kWellKnown{
    "password",
    "passwort",
    "passphrase",
    "motdepasse",
    "contrasena",
    "parola",
    "kennwort",
    "geheim",
    "secret",
    "letmein",
    "iloveyou",
    "ichliebedich",
    "jetaime",
    "welcome",
    "willkommen",
    "bienvenue",
    "admin",
    "administrator",
    "root",
    "login",
    "changeme",
    "default",
    "master",
    "monkey",
    "dragon",
    "football",
    "fussball",
    "baseball",
    "basketball",
    "sunshine",
    "princess",
    "princesse",
    "prinzessin",
    "shadow",
    "superman",
    "batman",
    "pokemon",
    "trustno",
    "hello",
    "hallo",
    "bonjour",
    "freedom",
    "whatever",
    "starwars",
    "computer",
    "internet",
    "samsung",
    "google",
    "michael",
    "jennifer",
    "jessica",
    "ashley",
    "daniel",
    "thomas",
    "charlie",
    "jordan",
    "summer",
    "winter",
    "spring",
    "autumn",
    "sommer",
    "cheese",
    "cookie",
    "chocolate",
    "butterfly",
    "flower",
    "liverpool",
    "arsenal",
    "chelsea",
    "killer",
    "ninja",
    "mustang",
    "ferrari",
    "harley",
    "schatz",
    "tacet",
    "test",
    "guest",
    "access",
    "correcthorsebatterystaple",
};

constexpr std::array kKeyRows{
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "wxcvbn",
    "1234567890",
    "1qaz2wsx3edc",
    "abcdefghijklmnopqrstuvwxyz",
};

enum class Piece { Character, Word, WellKnown, OwnName, Pattern, Number };

double characterBits(const Symbol &symbol)
{
    switch (symbol.kind) {
    case Kind::Latin:
    case Kind::OtherLetter: return symbol.upper ? 5.7 : 4.7;
    case Kind::Ideograph: return 9.0; // a few hundred common ones come first
    case Kind::Digit: return 3.3;
    case Kind::Space: return 1.0; // between words it is expected
    case Kind::Symbol: return 5.0;
    }
    Q_UNREACHABLE();
}

/// How many words of that length a guesser tries: common words are short and few.
double wordBits(std::size_t length)
{
    static constexpr std::array<double, 9> kByLength{0, 4.7, 6, 8, 10, 11, 12, 12.5, 13};
    return length < kByLength.size() ? kByLength[length] : 13 + 1.5 * double(length - 8);
}

/// Reads like a word in some language of Latin letters: vowels among the consonants and few pairs that no word has.
bool readsLikeWord(const Symbols &text, std::size_t from, std::size_t to)
{
    static constexpr std::u32string_view kVowels = U"aeiouy";
    static constexpr std::u32string_view kSeldom = U"jqvxz";
    static constexpr std::array<std::u32string_view, 15> kFine{
        U"xp", U"xt", U"xc", U"tz", U"nz", U"rz", U"lz", U"sz", U"cz", U"zz", U"dj", U"nj", U"vr", U"zw", U"rx"};
    std::size_t vowels = 0;
    std::size_t consonantRun = 0;
    std::size_t odd = 0;
    for (std::size_t i = from; i < to; ++i) {
        if (text[i].kind == Kind::OtherLetter)
            return true; // nothing is known about its alphabet: the careful answer
        const char32_t letter = unleet(text[i]);
        const bool vowel = kVowels.find(letter) != std::u32string_view::npos;
        vowels += vowel ? 1 : 0;
        consonantRun = vowel ? 0 : consonantRun + 1;
        if (consonantRun > 6)
            return false;
        if (i == from)
            continue;
        const char32_t before = unleet(text[i - 1]);
        const bool bothConsonants = !vowel && kVowels.find(before) == std::u32string_view::npos;
        const char32_t pair[] = {before, letter};
        if ((before == U'q' && letter != U'u')
            || (bothConsonants
                && (kSeldom.find(before) != std::u32string_view::npos
                    || kSeldom.find(letter) != std::u32string_view::npos)
                && std::find(kFine.begin(), kFine.end(), std::u32string_view(pair, 2)) == kFine.end()))
            ++odd;
    }
    const std::size_t length = to - from;
    return vowels * 6 >= length && vowels * 5 <= length * 4 && odd * 5 < length;
}

bool equals(const Symbols &text, std::size_t from, std::size_t to, std::string_view wanted)
{
    if (to - from != wanted.size())
        return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (unleet(text[from + i]) != static_cast<unsigned char>(wanted[i]))
            return false;
    }
    return true;
}

bool isRepetition(const Symbols &text, std::size_t from, std::size_t to)
{
    const std::size_t length = to - from;
    if (length < 3 || from < length)
        return false;
    for (std::size_t i = from; i < to; ++i) {
        if (text[i].lower != text[i - length].lower)
            return false;
    }
    return true;
}

bool isRun(const Symbols &text, std::size_t from, std::size_t to)
{
    if (to - from < 3)
        return false;
    const auto step = static_cast<qint64>(text[from + 1].lower) - static_cast<qint64>(text[from].lower);
    if (step < -1 || step > 1)
        return false;
    for (std::size_t i = from + 1; i < to; ++i) {
        if (static_cast<qint64>(text[i].lower) - static_cast<qint64>(text[i - 1].lower) != step)
            return false;
    }
    return true;
}

bool isOnKeyRow(const Symbols &text, std::size_t from, std::size_t to)
{
    if (to - from < 3)
        return false;
    for (const std::string_view row : kKeyRows) {
        const std::size_t start = row.find(text[from].lower < 0x80 ? static_cast<char>(text[from].lower) : '\0');
        if (start == std::string_view::npos)
            continue;
        bool forward = start + (to - from) <= row.size();
        bool backward = start + 1 >= to - from;
        for (std::size_t i = from; i < to && (forward || backward); ++i) {
            const std::size_t offset = i - from;
            forward = forward && static_cast<unsigned char>(row[start + offset]) == text[i].lower;
            backward = backward && static_cast<unsigned char>(row[start - offset]) == text[i].lower;
        }
        if (forward || backward)
            return true;
    }
    return false;
}

/// 1900 to 2099, or six or eight digits as of a date.
double numberBits(const Symbols &text, std::size_t from, std::size_t to)
{
    const std::size_t length = to - from;
    for (std::size_t i = from; i < to; ++i) {
        if (text[i].kind != Kind::Digit)
            return -1;
    }
    if (length == 4
        && ((text[from].lower == U'1' && text[from + 1].lower == U'9')
            || (text[from].lower == U'2' && text[from + 1].lower == U'0')))
        return 6.6;
    if (length == 6 || length == 8)
        return 15; // forty years of days
    return -1;
}

/// One for a capital at the beginning or all through, more for capitals in odd places; one for each disguise.
double disguiseBits(const Symbols &text, std::size_t from, std::size_t to)
{
    std::size_t upper = 0;
    std::size_t leet = 0;
    for (std::size_t i = from; i < to; ++i) {
        upper += text[i].upper ? 1 : 0;
        leet += unleet(text[i]) != text[i].lower ? 1 : 0;
    }
    double bits = double(leet);
    if (upper == to - from || (upper == 1 && text[from].upper))
        bits += 1;
    else
        bits += 2 * double(upper);
    return bits;
}

struct Best {
    double bits = 0;
    std::size_t from = 0;
    Piece piece = Piece::Character;
};

class Estimate {
public:
    Estimate(const Symbols &text, QStringView ownName) : m_text(text)
    {
        for (QStringView part : ownName.split(u' ', Qt::SkipEmptyParts)) {
            if (part.size() >= 3)
                m_names.push_back(part);
        }
    }

    /// The cheapest way to cut [0, size) into pieces, as a chain from the end.
    std::vector<Best> cheapest() const
    {
        std::vector<Best> best(m_text.size() + 1);
        for (std::size_t to = 1; to <= m_text.size(); ++to) {
            best[to] = {best[to - 1].bits + characterBits(m_text[to - 1]) + changeBits(to - 1), to - 1, Piece::Character};
            for (std::size_t from = to >= 2 ? to - 1 : 0; from-- > 0;) {
                const auto [bits, piece] = pieceAt(from, to);
                if (bits >= 0 && best[from].bits + bits < best[to].bits)
                    best[to] = {best[from].bits + bits, from, piece};
            }
        }
        return best;
    }

private:
    std::pair<double, Piece> pieceAt(std::size_t from, std::size_t to) const
    {
        const double length = double(to - from);
        if (isOwnName(from, to))
            return {3, Piece::OwnName};
        for (const std::string_view known : kWellKnown) {
            if (equals(m_text, from, to, known))
                return {5 + disguiseBits(m_text, from, to), Piece::WellKnown};
        }
        if (isRun(m_text, from, to) || isOnKeyRow(m_text, from, to))
            return {4 + std::log2(length), Piece::Pattern};
        if (isRepetition(m_text, from, to))
            return {1.5, Piece::Pattern};
        if (const double bits = numberBits(m_text, from, to); bits >= 0)
            return {bits, Piece::Number};
        if (isWholeWord(from, to) && readsLikeWord(m_text, from, to))
            return {wordBits(to - from) + disguiseBits(m_text, from, to), Piece::Word};
        return {-1, Piece::Character};
    }

    /// Where letters, digits and signs take turns, a guesser does not know which comes next.
    double changeBits(std::size_t at) const
    {
        if (at == 0 || m_text[at].kind == Kind::Space || m_text[at - 1].kind == Kind::Space)
            return 0;
        return m_text[at].kind != m_text[at - 1].kind || m_text[at].upper != m_text[at - 1].upper ? 1 : 0;
    }

    bool isOwnName(std::size_t from, std::size_t to) const
    {
        return std::any_of(m_names.begin(), m_names.end(), [&](QStringView name) {
            if (static_cast<std::size_t>(name.size()) != to - from)
                return false;
            for (std::size_t i = from; i < to; ++i) {
                const Symbols letter(name.mid(static_cast<qsizetype>(i - from), 1));
                if (letter.size() != 1 || (letter[0].lower != m_text[i].lower && letter[0].lower != unleet(m_text[i])))
                    return false;
            }
            return true;
        });
    }

    /// Letters (and their disguises) from one border to the next; "CamelCase" has borders inside.
    bool isWholeWord(std::size_t from, std::size_t to) const
    {
        if (to - from < 2)
            return false;
        std::size_t letters = 0;
        for (std::size_t i = from; i < to; ++i) {
            if (isLetter(m_text[i]))
                ++letters;
            else if (unleet(m_text[i]) == m_text[i].lower)
                return false;
        }
        if (letters * 2 <= to - from)
            return false;
        return isBorder(from) && isBorder(to);
    }

    bool isBorder(std::size_t at) const
    {
        if (at == 0 || at == m_text.size())
            return true;
        const Symbol &before = m_text[at - 1];
        const Symbol &after = m_text[at];
        return isLetter(before) != isLetter(after) || (!before.upper && after.upper);
    }

    const Symbols &m_text;
    std::vector<QStringView> m_names;
};

} // namespace

StrengthEstimate estimateStrength(QStringView passphrase, QStringView ownName)
{
    const Symbols text(passphrase);
    const std::vector<Best> best = Estimate(text, ownName).cheapest();
    StrengthEstimate result;
    result.bits = best.back().bits;

    int words = 0;
    std::array<double, 6> share{}; // how many characters each kind of piece covers
    for (std::size_t at = text.size(); at > 0; at = best[at].from) {
        share[static_cast<std::size_t>(best[at].piece)] += double(at - best[at].from);
        words += best[at].piece == Piece::Word ? 1 : 0;
    }
    const auto covers = [&](Piece piece, double part) {
        return share[static_cast<std::size_t>(piece)] >= part * double(text.size());
    };

    if (text.size() < kMinimumLength) {
        result.strength = Strength::TooShort;
        result.reason = StrengthReason::FewCharacters;
        return result;
    }
    if (result.bits >= 60) {
        result.strength = Strength::VeryStrong;
        result.reason = StrengthReason::MoreThanEnough;
        return result;
    }
    if (result.bits >= 48) {
        result.strength = Strength::Strong;
        result.reason = StrengthReason::Enough;
        return result;
    }
    result.strength = result.bits < 32 ? Strength::Weak : Strength::Fair;
    if (covers(Piece::WellKnown, 0.4))
        result.reason = StrengthReason::WellKnown;
    else if (share[static_cast<std::size_t>(Piece::OwnName)] > 0)
        result.reason = StrengthReason::OwnName;
    else if (covers(Piece::Pattern, 0.4))
        result.reason = StrengthReason::Pattern;
    else if (words == 1 && result.strength == Strength::Weak)
        result.reason = StrengthReason::OneWord;
    else
        result.reason = StrengthReason::AddWord;
    return result;
}

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Strength)
};

} // namespace

QString strengthWord(Strength strength)
{
    switch (strength) {
    case Strength::TooShort: return Words::tr("Too short");
    case Strength::Weak: return Words::tr("Weak");
    case Strength::Fair: return Words::tr("Fair");
    case Strength::Strong: return Words::tr("Strong");
    case Strength::VeryStrong: return Words::tr("Very strong");
    }
    Q_UNREACHABLE();
}

QString strengthReasonText(StrengthReason reason)
{
    switch (reason) {
    case StrengthReason::FewCharacters: return Words::tr("It needs 8 characters at least; a few words are better.");
    case StrengthReason::WellKnown: return Words::tr("This is among the first that anyone tries.");
    case StrengthReason::OwnName: return Words::tr("It contains your name.");
    case StrengthReason::Pattern: return Words::tr("Repetitions and neighbouring keys add little.");
    case StrengthReason::OneWord: return Words::tr("One word is quickly found. Add some that do not belong together.");
    case StrengthReason::AddWord: return Words::tr("With a copy of the disk it can be found. Add a word or two.");
    case StrengthReason::Enough: return Words::tr("Hard to guess, even with a copy of the disk.");
    case StrengthReason::MoreThanEnough: return Words::tr("Out of reach, even with a copy of the disk and much time.");
    }
    Q_UNREACHABLE();
}

} // namespace tacet::ui
