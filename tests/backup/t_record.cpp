#include "app/backup/record.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <limits>

using namespace tacet;
using namespace tacet::backup;

namespace {

crypto::Bytes fromHex(const char *hex)
{
    return crypto::fromHex(hex).value();
}

} // namespace

class TestRecord : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void encoding_isDeterministicCbor();
    void values_comeBack();
    void reader_refusesOtherForms_data();
    void reader_refusesOtherForms();
    void wrongKindOrLength_makesARecordBad();
    void everyCut_isRefused();
};

void TestRecord::encoding_isDeterministicCbor()
{
    const auto bytes = RecordBuilder(6)
                           .bytes(1, fromHex("0102"))
                           .integer(2, 0) // left out
                           .text(3, "ab")
                           .integer(4, -500)
                           .texts(5, {"x", ""})
                           .integer(24, 1'000'000)
                           .finish();
    // {0: 6, 1: h'0102', 3: "ab", 4: -500, 5: ["x", ""], 24: 1000000}
    QCOMPARE(QByteArray::fromStdString(crypto::toHex(bytes.view())),
             QByteArray("a60006014201020362616204"
                        "3901f3" "05826178" "60" "1818" "1a000f4240"));
}

void TestRecord::values_comeBack()
{
    constexpr std::int64_t kNumbers[] = {0, 1, -1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296, -4294967297,
                                         std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
    for (const std::int64_t number : kNumbers) {
        const auto bytes = RecordBuilder(300).integer(1, number).text(2, std::string(70000, 'x')).finish();
        auto record = Record::parse(bytes.view());
        QVERIFY(record);
        QCOMPARE(record->type(), 300);
        QCOMPARE(record->integer(1), number);
        QCOMPARE(record->text(2).size(), std::size_t{70000});
        QCOMPARE(record->integer(9), 0);
        QVERIFY(record->bytes(9).empty());
        QVERIFY(!record->optionalFixed<4>(9));
        QVERIFY(record->ok());
    }
}

void TestRecord::reader_refusesOtherForms_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::newRow("nothing") << QByteArray("");
    QTest::newRow("no map") << QByteArray("8100");
    QTest::newRow("map without a type") << QByteArray("a0");
    QTest::newRow("type zero") << QByteArray("a10000");
    QTest::newRow("negative type") << QByteArray("a10020");
    QTest::newRow("type as text") << QByteArray("a1006161");
    QTest::newRow("bytes after it") << QByteArray("a1000100");
    QTest::newRow("key twice") << QByteArray("a2000100" "01");
    QTest::newRow("keys out of order") << QByteArray("a30001" "0201" "0101");
    QTest::newRow("key as text") << QByteArray("a2" "0001" "616101");
    QTest::newRow("long form of a small number") << QByteArray("a1001801");
    QTest::newRow("long form of a length") << QByteArray("a20001015800");
    QTest::newRow("indefinite map") << QByteArray("bf0001ff");
    QTest::newRow("indefinite text") << QByteArray("a20001017f6161ff");
    QTest::newRow("length past the end") << QByteArray("a2000101" "5affffffff");
    QTest::newRow("64-bit length") << QByteArray("a2000101" "5bffffffffffffffff");
    QTest::newRow("integer of 2^63") << QByteArray("a2000101" "1b8000000000000000");
    QTest::newRow("array of bytes") << QByteArray("a2000101" "814100");
    QTest::newRow("array without end") << QByteArray("a2000101" "99ffff");
    QTest::newRow("nested map") << QByteArray("a2000101" "a0");
    QTest::newRow("float") << QByteArray("a2000101" "f90000");
    QTest::newRow("too many fields") << QByteArray("b90101" "0001");
}

void TestRecord::reader_refusesOtherForms()
{
    QFETCH(QByteArray, hex);
    const auto bytes = crypto::fromHex(hex.toStdString()).value();
    QVERIFY(!Record::parse(bytes));
}

void TestRecord::wrongKindOrLength_makesARecordBad()
{
    const auto bytes = RecordBuilder(1).text(1, "text").bytes(2, fromHex("010203")).integer(3, 70000).finish();
    const auto bad = [&](auto read) {
        auto record = Record::parse(bytes.view());
        read(*record);
        return !record->ok();
    };
    QVERIFY(bad([](Record &r) { r.integer(1); }));
    QVERIFY(bad([](Record &r) { r.bytes(1); }));
    QVERIFY(bad([](Record &r) { r.text(2); }));
    QVERIFY(bad([](Record &r) { r.fixed<4>(2); }));
    QVERIFY(bad([](Record &r) { r.secret<2>(2); }));
    QVERIFY(bad([](Record &r) { r.fixed<4>(9); }));
    QVERIFY(bad([](Record &r) { r.number<std::uint16_t>(3); }));
    QVERIFY(bad([](Record &r) { r.texts(1); }));
    QVERIFY(!bad([](Record &r) { r.fixed<3>(2); }));
}

void TestRecord::everyCut_isRefused()
{
    const auto bytes
        = RecordBuilder(4).bytes(1, fromHex("00112233")).text(2, "abc").integer(3, 99999).texts(4, {"x", "yz"}).finish();
    for (std::size_t size = 0; size < bytes.size(); ++size)
        QVERIFY(!Record::parse(bytes.view().first(size)));
    QVERIFY(Record::parse(bytes.view()));
}

TACET_TEST_UNIT("t_record", TestRecord)
#include "t_record.moc"
