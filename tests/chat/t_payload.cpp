// The session payload: what is written comes back, and nothing else is taken for one.
#include "app/chat/limits.h"
#include "app/chat/payload.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <set>

using namespace tacet;
using namespace tacet::chat;

namespace {

Payload fullText()
{
    Payload payload;
    payload.kind = PayloadKind::Text;
    payload.device.fill(3);
    payload.epoch = 1767225600000;
    payload.sequence = 7;
    payload.sessionNumber = 1767225600001;
    payload.sessionBasis = 12;
    payload.sentMs = 1767225600002;
    payload.messageId.fill(9);
    payload.text = "h\xC3\xA9llo \xF0\x9F\x98\x80";
    return payload;
}

Payload fullHello()
{
    Payload payload;
    payload.kind = PayloadKind::Hello;
    payload.device.fill(3);
    payload.epoch = 1;
    payload.sequence = 1;
    payload.name = "<b>Bob</b>";
    payload.mailbox.emplace().fill(5);
    payload.mailboxNumber = 4;
    payload.relays = {"wss://one.example", "wss://two.example/x"};
    payload.restoredMs = 8;
    payload.highestSession = 9;
    payload.useHigher = true;
    return payload;
}

Payload fullReceipt()
{
    Payload payload;
    payload.kind = PayloadKind::Receipt;
    payload.device.fill(3);
    payload.epochs.push_back({5, *NumberRanges::fromRanges({{1, 9}, {11, 11}, {20, 4000}}), 8});
    payload.epochs.push_back({6, {}, 0});
    payload.unopened.emplace_back().fill(1);
    return payload;
}

Payload fullRendezvous()
{
    Payload payload;
    payload.kind = PayloadKind::Rendezvous;
    payload.device.fill(3);
    payload.epoch = 2;
    payload.sequence = 3;
    payload.record.assign(1400, 0xAB);
    payload.relays = {"wss://one.example"};
    return payload;
}

crypto::Bytes fromHexText(const char *hex)
{
    return crypto::fromHex(hex).value();
}

} // namespace

class TestPayload : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void encode_comesBack_data();
    void encode_comesBack();
    void encode_isDeterministicAndKnown();
    void decode_refusesWhatIsOdd_data();
    void decode_refusesWhatIsOdd();
    void decode_ignoresUnknownKeysAndKinds();
    void decode_survivesEveryByteChanged();
    void decode_survivesEveryCut();
    void decode_survivesRandomBytes();
    void hello_fitsTheSmallestFirstMessage();
    void ranges_behaveLikeASet();
};

void TestPayload::encode_comesBack_data()
{
    QTest::addColumn<int>("which");
    QTest::newRow("text") << 0;
    QTest::newRow("hello") << 1;
    QTest::newRow("receipt") << 2;
    QTest::newRow("rendezvous") << 3;
}

static Payload example(int which)
{
    return which == 0 ? fullText() : which == 1 ? fullHello() : which == 2 ? fullReceipt() : fullRendezvous();
}

void TestPayload::encode_comesBack()
{
    QFETCH(int, which);
    const Payload payload = example(which);
    const auto back = decodePayload(encodePayload(payload));
    QVERIFY(back.ok());
    QVERIFY(*back == payload);
}

void TestPayload::encode_isDeterministicAndKnown()
{
    Payload payload;
    payload.kind = PayloadKind::Text;
    payload.epoch = 1;
    payload.sequence = 2;
    payload.messageId.fill(0x11);
    payload.text = "hi";
    // {0: 1, 1: 1, 2: h'00…', 3: 1, 4: 2, 10: h'11…', 11: "hi"}
    QCOMPARE(crypto::toHex(encodePayload(payload)),
             std::string("a7" "0001" "0101" "0250" "00000000000000000000000000000000" "0301" "0402"
                         "0a50" "11111111111111111111111111111111" "0b62" "6869"));
}

void TestPayload::decode_refusesWhatIsOdd_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::newRow("nothing") << QByteArray("");
    QTest::newRow("no map") << QByteArray("8100");
    QTest::newRow("empty map") << QByteArray("a0");
    QTest::newRow("no version") << QByteArray("a10101");
    QTest::newRow("version 0") << QByteArray("a200000101");
    QTest::newRow("version is text") << QByteArray("a2006131" "0101");
    QTest::newRow("no kind") << QByteArray("a10001");
    QTest::newRow("kind 0") << QByteArray("a200010100");
    QTest::newRow("keys out of order") << QByteArray("a301010001");
    QTest::newRow("key twice") << QByteArray("a4000101070401" "0402");
    QTest::newRow("negative key") << QByteArray("a3000101072000");
    QTest::newRow("text key") << QByteArray("a300010107617800");
    QTest::newRow("indefinite map") << QByteArray("bf00010107ff");
    QTest::newRow("indefinite text") << QByteArray("a3000101070b7f6161ff");
    QTest::newRow("bytes after the end") << QByteArray("a20001010700");
    QTest::newRow("map longer than its bytes") << QByteArray("b8400001");
    QTest::newRow("map of 2^60 entries") << QByteArray("bb100000000000000000010107");
    QTest::newRow("text of 2^60 bytes") << QByteArray("a3000101070b7b1000000000000000" "61");
    QTest::newRow("bytes of 2^63") << QByteArray("a300010107025b800000000000000000");
    QTest::newRow("number above 2^60") << QByteArray("a300010107071b7fffffffffffffff");
    QTest::newRow("key not in its shortest form") << QByteArray("a2180001" "0107");
    QTest::newRow("map's length not in its shortest form") << QByteArray("b802" "0001" "010a");
    QTest::newRow("last number not in its shortest form") << QByteArray("a3" "0001" "0107" "071805");
    QTest::newRow("text's length not in its shortest form") << QByteArray("a3" "0001" "0107" "14780161");
    QTest::newRow("bytes' length not in its shortest form") << QByteArray("a3" "0001" "0107" "025810" "000102030405060708090a0b0c0d0e0f");
    QTest::newRow("array's length not in its shortest form") << QByteArray("a3" "0001" "0107" "1798016161");
    QTest::newRow("last end of ranges not in its shortest form") << QByteArray("a3" "0001" "0103" "181e81830100" "82011805");
    QTest::newRow("array too deep") << QByteArray("a3000101071863" "818181818181818100");
    QTest::newRow("text that is not UTF-8") << QByteArray("a3000101071462c328");
    QTest::newRow("text with a surrogate") << QByteArray("a3000101071463eda080");
    QTest::newRow("device of 15 bytes") << QByteArray("a300010107024f000102030405060708090a0b0c0d0e");
    QTest::newRow("number without epoch") << QByteArray("a3000101070405");
    QTest::newRow("text without number") << QByteArray("a300010101" "0b6161");
    QTest::newRow("ranges that overlap") << QByteArray("a300010103181e81830100840103" "0305");
    QTest::newRow("range from 0") << QByteArray("a300010103181e818301008200" "05");
    QTest::newRow("odd number of ends") << QByteArray("a300010103181e8183010081" "05");
    QTest::newRow("array of 65,535 relays") << QByteArray("a30001010217" "99ffff");
    QTest::newRow("a float") << QByteArray("a300010107" "07fb3ff0000000000000");
}

void TestPayload::decode_refusesWhatIsOdd()
{
    QFETCH(QByteArray, hex);
    QVERIFY(!decodePayload(fromHexText(hex.constData())));
}

void TestPayload::decode_ignoresUnknownKeysAndKinds()
{
    // kind 77, key 99: {1: [1, 2]}
    const auto later = decodePayload(fromHexText("a4" "0001" "01184d" "0301" "1863" "a101820102"));
    QVERIFY(!later); // epoch without sequence
    const auto fine = decodePayload(fromHexText("a5" "0001" "01184d" "0301" "0405" "1863" "a101820102"));
    QVERIFY(fine.ok());
    QCOMPARE(int(fine->kind), 77);
    QCOMPARE(fine->sequence, 5);
    const auto newer = decodePayload(fromHexText("a200020101"));
    QVERIFY(!newer);
    QCOMPARE(newer.error(), PayloadError::NewerVersion);
}

void TestPayload::decode_survivesEveryByteChanged()
{
    for (int which = 0; which < 4; ++which) {
        const crypto::Bytes whole = encodePayload(example(which));
        int refused = 0;
        for (std::size_t i = 0; i < whole.size(); i += which == 3 && i > 100 && i + 100 < whole.size() ? 13 : 1) {
            for (int bit = 0; bit < 8; ++bit) {
                crypto::Bytes changed = whole;
                changed[i] ^= std::uint8_t(1 << bit);
                const auto decoded = decodePayload(changed);
                refused += decoded ? 0 : 1;
                if (decoded && which != 3)
                    QVERIFY2(!(*decoded == example(which)), // no second spelling of the same payload
                             qPrintable(QStringLiteral("%1: byte %2, bit %3").arg(which).arg(i).arg(bit)));
            }
        }
        QVERIFY(refused > 0);
    }
}

void TestPayload::decode_survivesEveryCut()
{
    for (int which = 0; which < 4; ++which) {
        const crypto::Bytes whole = encodePayload(example(which));
        for (std::size_t size = 0; size < whole.size(); ++size)
            QVERIFY(!decodePayload(crypto::ByteView(whole).first(size)));
    }
}

void TestPayload::decode_survivesRandomBytes()
{
    test::SeededRandom random(11);
    for (int i = 0; i < 20'000; ++i) {
        crypto::Bytes bytes(random.below(80));
        random.fill(bytes);
        if (!bytes.empty())
            bytes[0] = std::uint8_t(0xA0 | (bytes[0] & 0x0F)); // a map, to get further in
        if (bytes.size() > 5 && i % 2 == 0) {
            const std::uint8_t head[] = {0x00, 0x01, 0x01, std::uint8_t(1 + bytes[4] % 10)};
            std::copy(std::begin(head), std::end(head), bytes.begin() + 1);
        }
        static_cast<void>(decodePayload(bytes));
    }
    QVERIFY(!decodePayload(crypto::Bytes(40'000, 0xA0)));
}

void TestPayload::hello_fitsTheSmallestFirstMessage()
{
    Payload hello = fullHello();
    hello.epoch = hello.sessionNumber = hello.sessionBasis = hello.sentMs = hello.mailboxNumber = 1767225600000;
    hello.highestSession = hello.restoredMs = 1767225600000;
    hello.name = std::string(128, 'n');
    hello.relays = {"wss://relay.one.example.org", "wss://relay.two.example.org", "wss://relay.three.example.org"};
    QVERIFY(encodePayload(hello).size() <= 588); // so that meeting looks like any short message
}

void TestPayload::ranges_behaveLikeASet()
{
    test::SeededRandom random(5);
    for (int round = 0; round < 200; ++round) {
        NumberRanges ranges;
        std::set<std::int64_t> model;
        for (int i = 0; i < 60; ++i) {
            const auto first = std::int64_t(1 + random.below(80));
            const auto last = first + std::int64_t(random.below(4));
            bool news = false;
            for (std::int64_t n = first; n <= last; ++n)
                news = model.insert(n).second || news;
            QCOMPARE(ranges.add({first, last}), news);
        }
        std::int64_t upTo = 0;
        std::int64_t missing = 0;
        for (std::int64_t n = 1; n <= *model.rbegin(); ++n) {
            QCOMPARE(ranges.contains(n), model.contains(n));
            missing += model.contains(n) ? 0 : 1;
            upTo = upTo == n - 1 && model.contains(n) ? n : upTo;
        }
        QCOMPARE(ranges.upTo(), upTo);
        QCOMPARE(ranges.missingCount(), missing);
        QCOMPARE(ranges.greatest(), *model.rbegin());
        QVERIFY(NumberRanges::parse(ranges.serialise()) == ranges);
        QVERIFY(NumberRanges::fromRanges(ranges.ranges()) == ranges);
    }
    QVERIFY(!NumberRanges::fromRanges({{1, 2}, {3, 4}})); // touching: not the one form
    QVERIFY(!NumberRanges::parse(crypto::Bytes(15)));
}

TACET_TEST_UNIT("t_payload", TestPayload)
#include "t_payload.moc"
