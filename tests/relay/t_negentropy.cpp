#include "app/relay/negentropy.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <algorithm>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using Error = NegentropyError;

namespace {

NostrEventId idOf(std::uint8_t byte)
{
    NostrEventId id;
    id.bytes.fill(byte);
    return id;
}

std::string hexOf(std::uint8_t byte)
{
    return toHex(idOf(byte).bytes);
}

Bytes bytesOf(const std::string &hex)
{
    return *fromHex(hex);
}

/// 61, then one range up to infinity that lists `ids`.
std::string listing(const std::string &count, const std::string &ids)
{
    return "61" "0000" "02" + count + ids;
}

struct Outcome {
    std::set<NostrEventId> needed;
    std::set<NostrEventId> onlyOurs;
    std::size_t rounds = 0;
    std::size_t largest = 0;
    bool ended = false;
};

Outcome reconcile(const NegentropySet &client, const NegentropySet &server, std::size_t clientLimit, std::size_t serverLimit)
{
    Outcome outcome;
    NegentropyClient asking(client, clientLimit);
    std::optional<Bytes> message = asking.initiate();
    while (message) {
        if (message->size() > clientLimit)
            return outcome;
        const auto answer = negentropyAnswer(server, *message, serverLimit);
        if (!answer || answer->size() > serverLimit)
            return outcome;
        outcome.largest = std::max({outcome.largest, message->size(), answer->size()});
        ++outcome.rounds;
        auto next = asking.reconcile(*answer);
        if (!next)
            return outcome;
        message = std::move(*next);
    }
    outcome.ended = true;
    outcome.needed = asking.needed();
    outcome.onlyOurs = asking.onlyOurs();
    return outcome;
}

} // namespace

class TestNegentropy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fingerprint_isTheHashOfSumAndCount();
    void emptyClient_asksWithAnEmptyList();
    void fewItems_areListedInTheirOrder();
    void manyItems_areSixteenFingerprints();
    void bound_isTheShortestThatParts();
    void server_answersEachModeAsItMust();
    void whatDoesNotFit_isOneFingerprint();
    void client_learnsBothDifferences();
    void unknownVersion_isToldOurs();
    void malformedMessage_isRefused_data();
    void malformedMessage_isRefused();
    void message_isReadAsFarAsItsLimits();
    void randomSets_areReconciled_data();
    void randomSets_areReconciled();
    void endlessServer_isLeft();
    void serverThatNeedsTooMuchFetched_isLeft();
    void lyingServer_changesNothingButTheAnswer();

private:
    test::SeededRandom m_random{77};
};

void TestNegentropy::fingerprint_isTheHashOfSumAndCount()
{
    QCOMPARE(toHex(NegentropySet().fingerprint(0, 0)), std::string("7f9c9e31ac8256ca2f258583df262dbc"));
    // Little-endian: all ones and one are nothing, and the carry leaves at the top.
    NostrEventId one;
    one.bytes[0] = 1;
    const NegentropySet wraps({{1, idOf(0xff)}, {2, one}});
    QCOMPARE(toHex(wraps.fingerprint(0, 2)), std::string("58cc2f44d3a27866874701fbad573da9"));
    std::vector<NegentropyItem> items;
    for (int i = 0; i < 200; ++i)
        items.push_back({std::uint64_t(1'000 - i), idOf(std::uint8_t(i))});
    QCOMPARE(toHex(NegentropySet(items).fingerprint(0, 200)), std::string("ee324757553658b9258bb21e203f8fe6")); // a count of two digits
}

void TestNegentropy::emptyClient_asksWithAnEmptyList()
{
    QCOMPARE(toHex(NegentropyClient({}, 4'096).initiate()), listing("00", ""));
}

void TestNegentropy::fewItems_areListedInTheirOrder()
{
    const NegentropySet set({{9, idOf(1)}, {5, idOf(3)}, {5, idOf(2)}, {5, idOf(2)}});
    QCOMPARE(set.size(), std::size_t(3));
    QCOMPARE(toHex(NegentropyClient(set, 4'096).initiate()), listing("03", hexOf(2) + hexOf(3) + hexOf(1)));
}

void TestNegentropy::manyItems_areSixteenFingerprints()
{
    std::vector<NegentropyItem> items;
    for (int i = 0; i < 33; ++i)
        items.push_back({std::uint64_t(200 + i), idOf(std::uint8_t(i))});
    const NegentropySet set(items);
    const Bytes message = NegentropyClient(set, 4'096).initiate();
    // Three items in the first range, two in each other: the first bound is date 203, written as 204 in two digits.
    QCOMPARE(toHex(ByteView(message).first(5)), std::string("61" "814c" "00" "01"));
    const auto ranges = readNegentropy(message);
    QVERIFY(ranges.ok());
    QCOMPARE(ranges->size(), std::size_t(16));
    std::size_t first = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        const std::size_t last = set.lowerBound(first, (*ranges)[i].upper);
        QCOMPARE(last - first, std::size_t(i == 0 ? 3 : 2));
        QVERIFY((*ranges)[i].mode == NegentropyMode::Fingerprint);
        QCOMPARE((*ranges)[i].fingerprint, set.fingerprint(first, last));
        first = last;
    }
    QCOMPARE(ranges->back().upper.createdAt, NegentropyBound::kInfinity);
    // The dates after the first are relative: two seconds on, written as three.
    QCOMPARE(toHex(ByteView(message).subspan(21, 3)), std::string("03" "00" "01"));
}

void TestNegentropy::bound_isTheShortestThatParts()
{
    std::vector<NegentropyItem> items;
    for (int i = 0; i < 32; ++i) {
        NostrEventId id = idOf(0x55);
        id.bytes[4] = std::uint8_t(i); // four bytes are common to all
        items.push_back({7, id});
    }
    const auto ranges = readNegentropy(NegentropyClient(NegentropySet(items), 4'096).initiate());
    QVERIFY(ranges.ok());
    for (std::size_t i = 0; i + 1 < ranges->size(); ++i) {
        const NegentropyBound &upper = (*ranges)[i].upper;
        QCOMPARE(upper.createdAt, std::uint64_t(7));
        QCOMPARE(upper.prefix, std::size_t(5));
        QCOMPARE(upper.id.bytes[4], std::uint8_t(2 * (i + 1)));
        QCOMPARE(upper.id.bytes[5], std::uint8_t(0));
    }
}

void TestNegentropy::server_answersEachModeAsItMust()
{
    const NegentropySet set({{10, idOf(1)}, {20, idOf(2)}, {30, idOf(3)}});
    const auto answer = [&](const std::string &hex) { return toHex(*negentropyAnswer(set, bytesOf(hex), 4'096)); };
    const std::string whole = toHex(set.fingerprint(0, 3));
    QCOMPARE(answer("61"), std::string("61")); // nothing asked
    QCOMPARE(answer("61" "0000" "00"), std::string("61")); // all of it skipped
    QCOMPARE(answer("61" "0000" "01" + whole), std::string("61")); // the same on both sides
    QCOMPARE(answer("61" "0000" "01" + std::string(32, '0')), listing("03", hexOf(1) + hexOf(2) + hexOf(3)));
    QCOMPARE(answer(listing("00", "")), listing("03", hexOf(1) + hexOf(2) + hexOf(3)));
    // Up to date 15 a list, from there on nothing: the end is skipped without a word.
    QCOMPARE(answer("61" "1000" "02" "00"), std::string("61" "1000" "02" "01") + hexOf(1));
    // Up to 15 nothing, up to 25 another fingerprint: what was skipped is said, because something follows.
    QCOMPARE(answer("61" "1000" "00" "0b00" "01" + std::string(32, '0')), std::string("61" "1000" "00" "0b00" "02" "01") + hexOf(2));
    // Two ranges that are skipped are one.
    QCOMPARE(answer("61" "0600" "00" "0b00" "00" "0b00" "02" "00"), std::string("61" "1000" "00" "0b00" "02" "01") + hexOf(2));
}

void TestNegentropy::whatDoesNotFit_isOneFingerprint()
{
    std::vector<NegentropyItem> items;
    for (int i = 0; i < 800; ++i)
        items.push_back({std::uint64_t(i / 4), NostrEventId{m_random.bytes<32>()}});
    const NegentropySet set(items);
    // Of a list the rest; the items before date 10 are not asked for.
    const auto listed = negentropyAnswer(set, bytesOf("61" "0b00" "00" "0000" "02" "00"), 4'096);
    QVERIFY(listed.ok() && listed->size() > 3'900 && listed->size() <= 4'096);
    auto ranges = readNegentropy(*listed);
    QCOMPARE(ranges->size(), std::size_t(3));
    const std::size_t count = ranges->at(1).ids.size();
    QCOMPARE(set.lowerBound(40, ranges->at(1).upper), 40 + count);
    QVERIFY(ranges->at(2).upper.createdAt == NegentropyBound::kInfinity && ranges->at(2).mode == NegentropyMode::Fingerprint);
    QCOMPARE(ranges->at(2).fingerprint, set.fingerprint(40 + count, 800));
    // Of ranges that differ: each is cut into sixteen, until there is no room.
    Bytes question = bytesOf("61");
    for (int i = 0; i < 24; ++i)
        append(question, bytesOf((i ? "09" "00" "01" : "0900" "01") + std::string(32, 'e'))); // eight seconds on, thirty-two items
    const auto cut = negentropyAnswer(set, question, 4'096);
    QVERIFY(cut.ok() && cut->size() <= 4'096);
    ranges = readNegentropy(*cut);
    std::size_t first = 0;
    for (const NegentropyRange &range : *ranges) {
        const std::size_t last = set.lowerBound(first, range.upper);
        QVERIFY(range.mode == NegentropyMode::Fingerprint);
        QCOMPARE(range.fingerprint, set.fingerprint(first, last));
        first = last;
    }
    QCOMPARE(first, std::size_t(800));
}

void TestNegentropy::client_learnsBothDifferences()
{
    NegentropyClient client(NegentropySet({{10, idOf(1)}, {20, idOf(2)}}), 4'096);
    const auto next = client.reconcile(bytesOf(listing("02", hexOf(2) + hexOf(9))));
    QVERIFY(next.ok());
    QVERIFY(!*next); // nothing left to ask
    QCOMPARE(client.needed(), std::set<NostrEventId>{idOf(9)});
    QCOMPARE(client.onlyOurs(), std::set<NostrEventId>{idOf(1)});
}

void TestNegentropy::unknownVersion_isToldOurs()
{
    QCOMPARE(toHex(*negentropyAnswer({}, bytesOf("62" "ffff"), 4'096)), std::string("61"));
    NegentropyClient client({}, 4'096);
    QVERIFY(client.reconcile(bytesOf("60")).error() == Error::OtherVersion);
}

void TestNegentropy::malformedMessage_isRefused_data()
{
    QTest::addColumn<QString>("hex");
    QTest::addColumn<int>("error");
    const auto row = [](const char *name, const std::string &hex, Error error) {
        QTest::newRow(name) << QString::fromStdString(hex) << int(error);
    };
    row("nothing", "", Error::Truncated);
    row("no version of this protocol", "00", Error::BadVersion);
    row("a version above", "70", Error::BadVersion);
    row("another version", "62", Error::OtherVersion);
    row("no length", "61" "00", Error::Truncated);
    row("no mode", "61" "0000", Error::Truncated);
    row("unknown mode", "61" "0000" "03", Error::BadMode);
    row("huge mode", "61" "0000" "8100", Error::BadMode);
    row("half a number", "61" "81", Error::Truncated);
    row("a number with a leading zero", "61" "8001" "00" "00", Error::BadNumber);
    row("a number of 71 bits", "61" "81ffffffffffffffffff7f" "00" "00", Error::BadNumber);
    row("a number of 65 bits", "61" "82808080808080808000" "00" "00", Error::BadNumber);
    row("a date beyond infinity", "61" "81ffffffffffffffff7f" "00" "00" "02" "00" "00", Error::BadBound);
    row("an id of 33 bytes", "61" "01" "21" + std::string(66, '0') + "00", Error::BadBound);
    row("half an id", "61" "01" "04" "aaaa", Error::Truncated);
    row("infinity with an id", "61" "00" "01" "aa" "00", Error::BadBound);
    row("bounds that descend", "61" "05" "01" "aa" "00" "01" "01" "a9" "00", Error::BadBound);
    row("something beyond infinity", "61" "0000" "00" "0000" "00", Error::BadBound);
    row("half a fingerprint", "61" "0000" "01" "0011223344556677", Error::Truncated);
    row("half a list", listing("02", hexOf(1)), Error::Truncated);
    row("a list as long as a galaxy", listing("81ffffffffffffffff7f", ""), Error::Truncated);
    row("an id twice", listing("02", hexOf(1) + hexOf(1)), Error::RepeatedId);
}

void TestNegentropy::malformedMessage_isRefused()
{
    QFETCH(QString, hex);
    QFETCH(int, error);
    const Bytes message = bytesOf(hex.toStdString());
    QCOMPARE(int(readNegentropy(message).error()), error);
    NegentropyClient client({}, 4'096);
    QCOMPARE(int(client.reconcile(message).error()), error);
    const auto answer = negentropyAnswer({}, message, 4'096);
    if (Error(error) != Error::OtherVersion)
        QCOMPARE(int(answer.error()), error);
}

void TestNegentropy::message_isReadAsFarAsItsLimits()
{
    // Equal bounds are empty ranges: legal, and counted.
    Bytes message = bytesOf("61");
    for (std::size_t i = 0; i < kNegentropyMostRanges; ++i)
        append(message, bytesOf("01" "00" "00"));
    QCOMPARE(readNegentropy(message)->size(), kNegentropyMostRanges);
    append(message, bytesOf("01" "00" "00"));
    QVERIFY(readNegentropy(message).error() == Error::TooLarge);
    QVERIFY(readNegentropy(Bytes(kNegentropyLargestMessage + 1, 0x61)).error() == Error::TooLarge);
}

void TestNegentropy::randomSets_areReconciled_data()
{
    QTest::addColumn<int>("shared");
    QTest::addColumn<int>("clientOnly");
    QTest::addColumn<int>("serverOnly");
    QTest::addColumn<int>("seconds"); ///< the dates are spread over: 1 crowds them
    for (const int shared : {0, 1, 31, 400, 5'000}) {
        for (const int clientOnly : {0, 1, 300}) {
            for (const int serverOnly : {0, 2, 700}) {
                for (const int seconds : {1, 40, 100'000})
                    QTest::addRow("%d shared, %d, %d, %d s", shared, clientOnly, serverOnly, seconds)
                        << shared << clientOnly << serverOnly << seconds;
            }
        }
    }
}

void TestNegentropy::randomSets_areReconciled()
{
    QFETCH(int, shared);
    QFETCH(int, clientOnly);
    QFETCH(int, serverOnly);
    QFETCH(int, seconds);
    std::vector<NegentropyItem> client;
    std::vector<NegentropyItem> server;
    std::set<NostrEventId> wantedByClient;
    std::set<NostrEventId> wantedByServer;
    const auto item = [&] {
        const auto date = m_random.bytes<4>();
        return NegentropyItem{1'700'000'000 + readBe32(date) % std::uint32_t(seconds), NostrEventId{m_random.bytes<32>()}};
    };
    for (int i = 0; i < shared; ++i) {
        client.push_back(item());
        server.push_back(client.back());
    }
    for (int i = 0; i < clientOnly; ++i) {
        client.push_back(item());
        wantedByServer.insert(client.back().id);
    }
    for (int i = 0; i < serverOnly; ++i) {
        server.push_back(item());
        wantedByClient.insert(server.back().id);
    }
    const NegentropySet ours(client);
    const NegentropySet theirs(server);
    for (const auto &[clientLimit, serverLimit] : {std::pair<std::size_t, std::size_t>{60'000, 60'000},
                                                   {4'096, 60'000},
                                                   {60'000, 4'096},
                                                   {4'096, 4'096}}) {
        const Outcome outcome = reconcile(ours, theirs, clientLimit, serverLimit);
        QVERIFY(outcome.ended);
        QCOMPARE(outcome.needed, wantedByClient);
        QCOMPARE(outcome.onlyOurs, wantedByServer);
        if (clientOnly + serverOnly == 0)
            QVERIFY(outcome.rounds == 1 && outcome.largest < 1'200);
        if (clientLimit == 60'000 && serverLimit == 60'000)
            QVERIFY(outcome.rounds <= 8); // the largest of these fill some frames
    }
}

void TestNegentropy::endlessServer_isLeft()
{
    NegentropyClient client({}, 4'096);
    (void)client.initiate();
    const Bytes again = bytesOf("61" "0000" "01" + std::string(32, 'f')); // it always differs
    for (std::size_t round = 0; round < NegentropyClient::kMostRounds; ++round)
        QVERIFY(client.reconcile(again)->has_value());
    QVERIFY(client.reconcile(again).error() == Error::TooManyRounds);
}

void TestNegentropy::serverThatNeedsTooMuchFetched_isLeft()
{
    NegentropyClient client({}, 4'096);
    std::optional<Error> error;
    for (std::size_t round = 0; !error && round < NegentropyClient::kMostRounds; ++round) {
        Bytes list = bytesOf("61" "0000" "02" "9000"); // 2,048 ids
        for (int i = 0; i < 2'048; ++i)
            append(list, m_random.bytes<32>());
        const auto next = client.reconcile(list);
        if (!next)
            error = next.error();
        else
            QVERIFY(client.needed().size() <= NegentropyClient::kMostNeeded);
    }
    QVERIFY(error == Error::TooLarge);
}

void TestNegentropy::lyingServer_changesNothingButTheAnswer()
{
    NegentropyClient client(NegentropySet({{10, idOf(1)}}), 4'096);
    // It has our id, it says, at another date: then it is both missing there and missing here, and no harm is done.
    const auto next = client.reconcile(bytesOf("61" "0600" "02" "01" + hexOf(1) + "0000" "02" "00"));
    QVERIFY(next.ok() && !*next);
    QCOMPARE(client.needed(), std::set<NostrEventId>{idOf(1)});
    QCOMPARE(client.onlyOurs(), std::set<NostrEventId>{idOf(1)});
}

TACET_TEST_UNIT("t_negentropy", TestNegentropy)
#include "t_negentropy.moc"
