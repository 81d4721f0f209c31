#include "app/vault/recovery_code.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <algorithm>

using namespace tacet;
using namespace tacet::vault;

namespace {

std::string textOf(const RecoveryCode &code)
{
    const auto text = code.text();
    return std::string(text.view().begin(), text.view().end());
}

Result<RecoveryCode, RecoveryCodeError> parse(std::string_view text)
{
    return RecoveryCode::parse(crypto::asBytes(text));
}

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

} // namespace

class TestRecoveryCode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void text_isTwelveGroupsAndComesBack();
    void knownAnswer();
    void reading_forgivesWhatPeopleDo();
    void oneWrongCharacter_isFoundAndItsGroupNamed();
    void exchangedNeighbours_areFound();
    void exchangedGroups_areFound();
    void lengthAndForeignCharacters_areTold();
    void manyErrorsThatHideEachOther_areFound();
};

void TestRecoveryCode::text_isTwelveGroupsAndComesBack()
{
    test::SeededRandom random(1);
    for (int i = 0; i < 200; ++i) {
        const auto code = RecoveryCode::generate(random);
        const std::string text = textOf(code);
        QCOMPARE(text.size(), std::size_t{59});
        QCOMPARE(std::count(text.begin(), text.end(), '-'), 11);
        const auto again = parse(text);
        QVERIFY(again);
        QVERIFY(std::ranges::equal(again->secret(), code.secret()));
    }
}

void TestRecoveryCode::knownAnswer()
{
    // Fixed for ever: a printed sheet must open in every later version.
    class Counting final : public crypto::Random {
    public:
        void fill(std::span<std::uint8_t> out) override
        {
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = static_cast<std::uint8_t>(i * 11 + 3);
        }
    } counting;
    QCOMPARE(QByteArray::fromStdString(textOf(RecoveryCode::generate(counting))), QByteArray("0C79-1J90-1F75-92N7-0PVH-6E5T-Y8FC-4MX9-N2SR-VXJ6-EMVB-5Q1R"));
}

void TestRecoveryCode::reading_forgivesWhatPeopleDo()
{
    test::SeededRandom random(2);
    const auto code = RecoveryCode::generate(random);
    std::string text = textOf(code);
    std::string typed = "  ";
    for (const char c : text)
        typed += c == '-' ? std::string("\n - ") : std::string(1, c == '0' ? 'o' : c == '1' ? 'l' : char(tolower(c)));
    const auto again = parse(typed + "\r\n");
    QVERIFY(again);
    QVERIFY(std::ranges::equal(again->secret(), code.secret()));
}

void TestRecoveryCode::oneWrongCharacter_isFoundAndItsGroupNamed()
{
    test::SeededRandom random(3);
    const std::string good = textOf(RecoveryCode::generate(random));
    for (std::size_t at = 0; at < good.size(); ++at) {
        if (good[at] == '-')
            continue;
        for (const char wrong : kAlphabet) {
            if (wrong == good[at])
                continue;
            std::string typed = good;
            typed[at] = wrong;
            const auto read = parse(typed);
            QVERIFY(!read);
            QCOMPARE(read.error().kind, RecoveryCodeError::Mistyped);
            QCOMPARE(read.error().group, int(at / 5) + 1);
        }
    }
}

void TestRecoveryCode::exchangedNeighbours_areFound()
{
    test::SeededRandom random(4);
    for (int round = 0; round < 50; ++round) {
        const std::string good = textOf(RecoveryCode::generate(random));
        std::string letters = good;
        std::erase(letters, '-');
        for (std::size_t at = 0; at + 1 < letters.size(); ++at) {
            std::string typed = letters;
            std::swap(typed[at], typed[at + 1]);
            QCOMPARE(parse(typed).ok(), typed == letters);
        }
    }
}

void TestRecoveryCode::exchangedGroups_areFound()
{
    test::SeededRandom random(5);
    const std::string good = textOf(RecoveryCode::generate(random));
    for (std::size_t a = 0; a < 12; ++a) {
        for (std::size_t b = a + 1; b < 12; ++b) {
            std::string typed = good;
            std::swap_ranges(typed.begin() + std::ptrdiff_t(a * 5), typed.begin() + std::ptrdiff_t(a * 5 + 4),
                             typed.begin() + std::ptrdiff_t(b * 5));
            const auto read = parse(typed);
            QVERIFY(!read);
            QCOMPARE(read.error().group, int(a) + 1);
        }
    }
}

void TestRecoveryCode::lengthAndForeignCharacters_areTold()
{
    test::SeededRandom random(6);
    const std::string good = textOf(RecoveryCode::generate(random));
    QCOMPARE(parse("").error().kind, RecoveryCodeError::TooShort);
    const auto cut = parse(good.substr(0, 5 * 7 + 2));
    QCOMPARE(cut.error().kind, RecoveryCodeError::TooShort);
    QCOMPARE(cut.error().group, 7);
    QCOMPARE(parse(good + "-ABCD").error().kind, RecoveryCodeError::TooLong);
    std::string foreign = good;
    foreign[11] = 'u';
    const auto read = parse(foreign);
    QCOMPARE(read.error().kind, RecoveryCodeError::BadCharacter);
    QCOMPARE(read.error().group, 3);
    foreign[11] = '\xC3';
    QCOMPARE(parse(foreign).error().kind, RecoveryCodeError::BadCharacter);
}

void TestRecoveryCode::manyErrorsThatHideEachOther_areFound()
{
    // Groups of another code, each fitting its own check: only the checksum of the whole can tell.
    test::SeededRandom random(7);
    int mixed = 0;
    for (int round = 0; round < 100; ++round) {
        std::string a = textOf(RecoveryCode::generate(random));
        const std::string b = textOf(RecoveryCode::generate(random));
        a.replace(10, 4, b, 10, 4);
        const auto read = parse(a);
        mixed += !read && read.error().kind == RecoveryCodeError::NotWhole;
    }
    QCOMPARE(mixed, 100);
}

TACET_TEST_UNIT("t_recovery_code", TestRecoveryCode)
#include "t_recovery_code.moc"
