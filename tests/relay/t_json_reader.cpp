#include "app/relay/json_reader.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::relay;

namespace {
std::string_view view(const QByteArray &bytes)
{
    return {bytes.constData(), std::size_t(bytes.size())};
}
} // namespace

class TestJsonReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void read_takesGood_data();
    void read_takesGood();
    void read_refuses_data();
    void read_refuses();
    void read_keepsEdgeValues();
    void read_honoursLimits();
    void string_roundTrips();
    void plainWords_isHarmless();
};

void TestJsonReader::read_takesGood_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"{}", "[]", " [ 1 , 2 ] ", "null", "true", "-0", "0.5", "1e3", "-1.25E-2", R"("\u00e9\ud83d\ude00")",
                             R"({"a":{"a":1},"b":[{}]})", "\"\xf0\x9f\x98\x80\"", "\"\\/\"", "\"\x7f\""})
        QTest::newRow(text) << QByteArray(text);
}

void TestJsonReader::read_takesGood()
{
    QFETCH(QByteArray, text);
    QVERIFY(readJson(view(text)).ok());
}

void TestJsonReader::read_refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("error");
    using Error = JsonError;
    const auto row = [](const char *name, const QByteArray &text, Error error) { QTest::newRow(name) << text << int(error); };
    row("nothing", "", Error::BadSyntax);
    row("byte-order mark", "\xef\xbb\xbf{}", Error::BadSyntax);
    row("trailing garbage", "{} x", Error::BadSyntax);
    row("two values", "[][]", Error::BadSyntax);
    row("trailing comma", "[1,]", Error::BadSyntax);
    row("leading comma", "[,1]", Error::BadSyntax);
    row("open array", "[1", Error::BadSyntax);
    row("open string", "\"abc", Error::BadSyntax);
    row("single quotes", "'a'", Error::BadSyntax);
    row("bare key", "{a:1}", Error::BadSyntax);
    row("no colon", "{\"a\" 1}", Error::BadSyntax);
    row("comment", "[1/*x*/]", Error::BadSyntax);
    row("NaN", "NaN", Error::BadSyntax);
    row("word cut short", "tru", Error::BadSyntax);
    row("word with more", "truex", Error::BadSyntax);
    row("plus sign", "+1", Error::BadSyntax);
    row("minus alone", "-", Error::BadSyntax);
    row("vertical tab", "[1,\x0b""2]", Error::BadSyntax);
    row("no-break space", "\xc2\xa0[]", Error::BadSyntax);
    row("duplicate key", R"({"a":1,"a":2})", Error::DuplicateKey);
    row("duplicate key, escaped", R"({"a":1,"\u0061":2})", Error::DuplicateKey);
    row("duplicate key, deep", R"([{"x":{"id":1,"id":1}}])", Error::DuplicateKey);
    row("raw line feed", "\"a\nb\"", Error::RawControl);
    row("raw nul", QByteArray("\"a\0b\"", 5), Error::RawControl);
    row("lone high surrogate", R"("\ud83d")", Error::BadEscape);
    row("lone low surrogate", R"("\ude00")", Error::BadEscape);
    row("high, then letter", R"("\ud83dA")", Error::BadEscape);
    row("two high", R"("\ud83d\ud83d")", Error::BadEscape);
    row("short escape", R"("\u12")", Error::BadEscape);
    row("signed escape", R"("\u-123")", Error::BadEscape);
    row("unknown escape", R"("\x41")", Error::BadEscape);
    row("escape at end", "\"\\", Error::BadEscape);
    row("overlong slash", "\"\xc0\xaf\"", Error::BadUtf8);
    row("overlong three", "\"\xe0\x80\xaf\"", Error::BadUtf8);
    row("surrogate in UTF-8", "\"\xed\xa0\x80\"", Error::BadUtf8);
    row("beyond Unicode", "\"\xf4\x90\x80\x80\"", Error::BadUtf8);
    row("tail alone", "\"\x80\"", Error::BadUtf8);
    row("cut sequence", "\"\xe2\x82\"", Error::BadUtf8);
    row("leading zero", "01", Error::BadNumber);
    row("no fraction", "1.", Error::BadNumber);
    row("no exponent", "1e", Error::BadNumber);
    row("2^63", "9223372036854775808", Error::BadNumber);
    row("below -2^63", "-9223372036854775809", Error::BadNumber);
    row("very long", QByteArray(400, '9'), Error::BadNumber);
    row("huge exponent", "1e999999", Error::BadNumber);
    row("nine deep", QByteArray(9, '[') + QByteArray(9, ']'), Error::TooDeep);
    row("100,000 deep", QByteArray(100'000, '['), Error::TooDeep);
}

void TestJsonReader::read_refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(int, error);
    const auto value = readJson(view(text));
    QVERIFY(!value.ok());
    QCOMPARE(int(value.error()), error);
}

void TestJsonReader::read_keepsEdgeValues()
{
    QCOMPARE(*readJson("9223372036854775807")->integer(), std::numeric_limits<std::int64_t>::max());
    QCOMPARE(*readJson("-9223372036854775808")->integer(), std::numeric_limits<std::int64_t>::min());
    QVERIFY(!readJson("1.0")->integer()); // a kind of 1.0 is no kind
    QVERIFY(!readJson("1e0")->integer());
    QCOMPARE(*readJson(R"("\ud83d\ude00")")->string(), std::string("\xf0\x9f\x98\x80"));
    QCOMPARE(*readJson(R"("\u0000")")->string(), std::string(1, '\0'));
}

void TestJsonReader::read_honoursLimits()
{
    const JsonLimits limits{100, 3, 10};
    QVERIFY(readJson("[1,2,3,4,5,6,7,8,9]", limits).ok());
    QVERIFY(readJson("[1,2,3,4,5,6,7,8,9,10]", limits).error() == JsonError::TooManyValues);
    QVERIFY(readJson("[[[]]]", limits).ok());
    QVERIFY(readJson("[[[[]]]]", limits).error() == JsonError::TooDeep);
    QVERIFY(readJson("\"" + std::string(98, 'x') + "\"", limits).ok());
    QVERIFY(readJson("\"" + std::string(99, 'x') + "\"", limits).error() == JsonError::TooLarge);
}

void TestJsonReader::string_roundTrips()
{
    std::string all;
    for (int c = 0; c < 128; ++c)
        all += char(c);
    all += "\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80";
    std::string json;
    appendJsonString(json, all);
    QCOMPARE(*readJson(json)->string(), all);
}

void TestJsonReader::plainWords_isHarmless()
{
    QCOMPARE(plainWords("a\x1b[31mb\nc\x7f"), std::string("a [31mb c "));
    QCOMPARE(plainWords("\xc2\x9b"), std::string(" ")); // C1 control
    QCOMPARE(plainWords("\xff\xfe"), std::string());
    QCOMPARE(plainWords("\xc3\xa9\xc3\xa9", 3), std::string("\xc3\xa9")); // never half a character
    QCOMPARE(plainWords(std::string(600, 'x')).size(), std::size_t(500));
}

TACET_TEST_UNIT("t_json_reader", TestJsonReader)
#include "t_json_reader.moc"
