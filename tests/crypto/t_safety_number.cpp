// The safety number (PROTOCOL §3.9) against Signal's published fingerprint, and what people paste.
#include "crypto/safety_number.h"
#include "tests/support/published_vectors.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

struct Pair {
    SeededRandom random{110};
    IdentityKey alice = OwnIdentity::generate(random).publicKey();
    IdentityKey bob = OwnIdentity::generate(random).publicKey();
};

QString scanned(const SafetyNumber &number, std::string_view text)
{
    static constexpr const char *kNames[] = {"same", "different", "newer", "not a code"};
    return QString::fromLatin1(kNames[int(number.scan(text))]);
}

} // namespace

class TestSafetyNumber : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void fingerprint_isSignals()
    {
        // Values of libsignal's own test (identifiers and 33-byte keys of that program).
        const auto alice = fingerprint(asBytes("+14152222222"), *fromHex("0506863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868"));
        const auto bob = fingerprint(asBytes("+14153333333"), *fromHex("05f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b"));
        QCOMPARE(toHex(alice), std::string("1e301a0353dce3dbe7684cb8336e85136cdc0ee96219494ada305d62a7bd61df"));
        QCOMPARE(toHex(bob), std::string("d62cbf73a11592015b6b9f1682ac306fea3aaf3885b84d12bca631e9d4fb3a4d"));
        QCOMPARE(fingerprintDigits(alice) + fingerprintDigits(bob),
                 std::string("300354477692869396892869876765458257569162576843440918079131"));
    }

    void fingerprint_agreesWithThePublishedFile()
    {
        QFile file(publishedVectors() + u"/signal/fingerprint.json"_s);
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("skipped: the published fingerprint vectors are not on this machine (TACET_VECTORS)");
        const QJsonObject vector = QJsonDocument::fromJson(file.readAll()).object();
        const auto side = [&](const QString &name) {
            const QByteArray id = vector[name + u"_stable_id_ascii"_s].toString().toLatin1();
            return fingerprintDigits(fingerprint({reinterpret_cast<const std::uint8_t *>(id.constData()), std::size_t(id.size())},
                                                 *fromHex(vector[name + u"_identity_hex"_s].toString().toStdString())));
        };
        QCOMPARE(vector["iterations"_L1].toInt(), kFingerprintIterations);
        const std::string one = side(u"alice"_s);
        const std::string other = side(u"bob"_s);
        QCOMPARE(std::min(one, other) + std::max(one, other), vector["displayable"_L1].toString().toStdString());
    }

    void number_isTheSameOnBothSides()
    {
        const Pair pair;
        const SafetyNumber mine(pair.alice, pair.bob);
        const SafetyNumber theirs(pair.bob, pair.alice);
        QVERIFY(mine.digits().digits() == theirs.digits().digits());
        const std::string grouped = mine.digits().grouped();
        QCOMPARE(grouped.size(), std::size_t(71));
        for (std::size_t i = 0; i < grouped.size(); ++i)
            QCOMPARE(grouped[i] == ' ', i % 6 == 5);
        QCOMPARE(mine.digits().group(11), grouped.substr(66));
    }

    void scan_comparesCrosswise()
    {
        Pair pair;
        const IdentityKey mallory = OwnIdentity::generate(pair.random).publicKey();
        const SafetyNumber mine(pair.alice, pair.bob);
        const SafetyNumber theirs(pair.bob, pair.alice);
        QCOMPARE(scanned(mine, theirs.qrText()), u"same"_s);
        QCOMPARE(scanned(theirs, mine.qrText()), u"same"_s);
        QCOMPARE(scanned(mine, mine.qrText()), u"different"_s); // one's own screen
        QCOMPARE(scanned(mine, SafetyNumber(mallory, pair.alice).qrText()), u"different"_s);
        QCOMPARE(scanned(mine, SafetyNumber(pair.bob, mallory).qrText()), u"different"_s);
    }

    void scan_ofNewerVersion_saysSo_whateverItsLength()
    {
        const Pair pair;
        const SafetyNumber mine(pair.alice, pair.bob);
        for (const std::size_t size : {1, 65, 200, 2000}) {
            Bytes newer(size);
            newer[0] = 2;
            QCOMPARE(scanned(mine, "tacet-number:" + toBase64Url(newer)), u"newer"_s);
            newer[0] = 1;
            QCOMPARE(scanned(mine, "tacet-number:" + toBase64Url(newer)), size == 65 ? u"different"_s : u"not a code"_s);
        }
    }

    void scan_everyByteCounts()
    {
        const Pair pair;
        const SafetyNumber mine(pair.alice, pair.bob);
        const std::string text = SafetyNumber(pair.bob, pair.alice).qrText();
        const Bytes payload = fromBase64Url(text.substr(13)).value();
        QCOMPARE(payload.size(), std::size_t(65));
        for (std::size_t i = 1; i < payload.size(); ++i) {
            Bytes changed = payload;
            changed[i] ^= 1;
            QCOMPARE(scanned(mine, "tacet-number:" + toBase64Url(changed)), u"different"_s);
        }
        Bytes newer = payload;
        newer[0] = 2;
        QCOMPARE(scanned(mine, "tacet-number:" + toBase64Url(newer)), u"newer"_s);
        newer[0] = 0;
        QCOMPARE(scanned(mine, "tacet-number:" + toBase64Url(newer)), u"not a code"_s);
        QCOMPARE(scanned(mine, text.substr(0, text.size() - 2)), u"not a code"_s);
        QCOMPARE(scanned(mine, "tacet-number:"), u"not a code"_s);
        QCOMPARE(scanned(mine, ""), u"not a code"_s);
        QCOMPARE(scanned(mine, "https://example.org/"), u"not a code"_s);
        QCOMPARE(scanned(mine, "tacet-number:" + std::string(10'000'000, 'A')), u"not a code"_s);
    }

    void parse_takesDigitsInAnyDress()
    {
        const Pair pair;
        const SafetyDigits digits = SafetyNumber(pair.alice, pair.bob).digits();
        const std::string plain(digits.digits().begin(), digits.digits().end());
        std::string dashed;
        std::string arabic;
        std::string fullWidth;
        std::string devanagari;
        for (std::size_t i = 0; i < plain.size(); ++i) {
            dashed += plain[i];
            if (i % 5 == 4)
                dashed += "\xC2\xA0\xE2\x80\x93\n"; // no-break space, en dash, new line
            arabic += "\xD9";
            arabic += char(0xA0 + (plain[i] - '0'));
            devanagari += "\xE0\xA5";
            devanagari += char(0xA6 + (plain[i] - '0'));
            fullWidth += "\xEF\xBC";
            fullWidth += char(0x90 + (plain[i] - '0'));
        }
        for (const std::string &text : {plain, digits.grouped(), dashed, "My number: " + digits.grouped() + ".", arabic,
                                        "\xE2\x80\x8F" + arabic, fullWidth, devanagari, "\xFF\xC0" + plain + "\xE2\x80"}) {
            const auto read = SafetyDigits::parse(text);
            QVERIFY2(read.has_value(), text.c_str());
            QVERIFY(!firstDifference(*read, digits));
        }
        QVERIFY(!SafetyDigits::parse(plain.substr(1)));
        QVERIFY(!SafetyDigits::parse(plain + "1"));
        QVERIFY(!SafetyDigits::parse(""));
        QVERIFY(!SafetyDigits::parse("\xF0\x9F\x94\x92"));
        // Four bytes whose first three would be a Gujarati nought.
        std::string notDigits;
        for (int i = 0; i < 60; ++i)
            notDigits += "\xF0\xAB\xA6\x80";
        QVERIFY(!SafetyDigits::parse(notDigits));
        // Bytes that stand alone, of which half is a digit.
        QVERIFY(!SafetyDigits::parse(std::string(60, '\xB1')));
    }

    void firstDifference_namesTheGroup()
    {
        const Pair pair;
        const SafetyDigits digits = SafetyNumber(pair.alice, pair.bob).digits();
        for (std::size_t i = 0; i < kSafetyDigits; ++i) {
            std::string changed(digits.digits().begin(), digits.digits().end());
            changed[i] = changed[i] == '9' ? '0' : char(changed[i] + 1);
            changed[59] = changed[59] == '9' ? '0' : char(changed[59] + 1);
            const auto other = SafetyDigits::parse(changed);
            QCOMPARE(firstDifference(digits, *other), std::optional(i / 5));
        }
    }
};

TACET_TEST_UNIT("t_safety_number", TestSafetyNumber)
#include "t_safety_number.moc"
