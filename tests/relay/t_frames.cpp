#include "app/relay/frames.h"
#include "tests/support/envelopes.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;

namespace {

const std::string kHex64(64, 'a');
const std::string kHex128(128, 'b');

std::string eventWith(const std::string &member, const std::string &value)
{
    std::string out = "{";
    const std::pair<std::string, std::string> members[] = {
        {"id", "\"" + kHex64 + "\""}, {"pubkey", "\"" + kHex64 + "\""}, {"created_at", "1"},
        {"kind", "1059"},             {"tags", "[]"},                   {"content", "\"\""},
        {"sig", "\"" + kHex128 + "\""}};
    for (const auto &[name, usual] : members) {
        if (name == member && value.empty())
            continue;
        if (out.size() > 1)
            out += ',';
        out += "\"" + name + "\":" + (name == member ? value : usual);
    }
    return out + "}";
}

} // namespace

class TestFrames : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void event_roundTripsThroughBothReaders();
    void event_refuses_data();
    void event_refuses();
    void event_isNotChangedByItsSpelling();
    void event_mayHaveMoreValuesThanARelayTakes();
    void unreadableEvent_stillNamesItsSubscription_data();
    void unreadableEvent_stillNamesItsSubscription();
    void relayFrame_reads();
    void relayFrame_refuses_data();
    void relayFrame_refuses();
    void clientFrame_readsRequests();
    void reconciliation_isReadByBothReaders();
    void filter_refuses_data();
    void filter_refuses();
    void filter_matches();
    void prefix_isFoundBehindOddities();
    void recipient_mustBeOne();
};

void TestFrames::event_roundTripsThroughBothReaders()
{
    test::SeededRandom random(1);
    const auto mailbox = NostrKeyPair::generate(random);
    const NostrEvent event = test::envelopeFor(mailbox.publicKey(), 1'800'000'000, random);
    const auto got = readRelayFrame(writeEvent("sub", event));
    QVERIFY(got.ok());
    QVERIFY(std::get<EventFrame>(*got).event == event);
    QVERIFY(verify(std::get<EventFrame>(*got).event));
    const auto published = readClientFrame(writePublish(event));
    QVERIFY(published.ok());
    QVERIFY(std::get<PublishFrame>(*published).event == event);
    const auto authed = readClientFrame(writeAuth(event));
    QVERIFY(authed.ok() && std::get<AuthFrame>(*authed).event == event);
}

void TestFrames::event_refuses_data()
{
    QTest::addColumn<QString>("member");
    QTest::addColumn<QString>("value");
    const auto row = [](const char *name, const char *member, const std::string &value) {
        QTest::newRow(name) << QString::fromLatin1(member) << QString::fromStdString(value);
    };
    for (const char *member : {"id", "pubkey", "created_at", "kind", "tags", "content", "sig"})
        row((std::string("no ") + member).c_str(), member, "");
    row("upper case id", "id", "\"" + std::string(64, 'A') + "\"");
    row("short id", "id", "\"" + std::string(62, 'a') + "\"");
    row("long id", "id", "\"" + std::string(66, 'a') + "\"");
    row("id no hex", "id", "\"" + std::string(64, 'g') + "\"");
    row("date as text", "created_at", "\"1\"");
    row("date negative", "created_at", "-1");
    row("date fraction", "created_at", "1.0");
    row("date too large", "created_at", "9223372036854775808");
    row("kind negative", "kind", "-1");
    row("kind 65536", "kind", "65536");
    row("kind exponent", "kind", "1e3");
    row("tags object", "tags", "{}");
    row("tag flat", "tags", "[\"p\"]");
    row("tag number", "tags", "[[\"p\",1]]");
    row("tag nested", "tags", "[[\"p\",[\"x\"]]]");
    row("content null", "content", "null");
    row("signature short", "sig", "\"" + std::string(126, 'b') + "\"");
}

void TestFrames::event_refuses()
{
    QFETCH(QString, member);
    QFETCH(QString, value);
    const std::string bad = R"(["EVENT","s",)" + eventWith(member.toStdString(), value.toStdString()) + "]";
    QVERIFY(!readRelayFrame(bad).ok());
    QVERIFY(readRelayFrame(R"(["EVENT","s",)" + eventWith("", "") + "]").ok());
}

void TestFrames::event_mayHaveMoreValuesThanARelayTakes()
{
    test::SeededRandom random(3);
    NostrEvent event;
    event.kind = 1059;
    event.tags = {std::vector<std::string>(43'000)}; // as many as fit into 131,072 bytes
    sign(event, NostrKeyPair::generate(random), random);
    const auto read = readRelayFrame(writeEvent("s", event));
    QVERIFY(read.ok() && std::get<EventFrame>(*read).event == event);
    event.tags = {std::vector<std::string>(kRelayLimits.values)};
    QVERIFY(!readRelayFrame(writeEvent("s", event)).ok());
    event.tags.clear();
    event.content.assign(kRelayLimits.bytes, 'x');
    QVERIFY(!readRelayFrame(writeEvent("s", event)).ok());
}

void TestFrames::unreadableEvent_stillNamesItsSubscription_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("subscription");
    const auto row = [](const char *text, const char *subscription) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(subscription);
    };
    row(R"(["EVENT","s",{}])", "s");
    row(R"( [ "EVENT" , "s" , [[[[[[[[[[)", "s");
    row(R"(["EVENT","s")", "");
    row(R"(["EVENT","s"])", "");
    row(R"(["EVENT","",{}])", "");
    row(R"(["EVENT","\u0073",{}])", "");
    row(R"(["EVENT",{"id":1}])", "");
    row(R"(["EVENTS","s",{}])", "");
    row(R"(["EOSE","s"])", "");
    row(R"({"EVENT","s",1})", "");
    row("[", "");
    const std::string tooLong = "[\"EVENT\",\"" + std::string(65, 's') + "\",{}]";
    row(tooLong.c_str(), "");
}

void TestFrames::unreadableEvent_stillNamesItsSubscription()
{
    QFETCH(QString, text);
    QFETCH(QString, subscription);
    const std::string bytes = text.toStdString();
    QVERIFY(!readRelayFrame(bytes).ok() || subscription.isEmpty());
    QCOMPARE(std::string(subscriptionOfUnreadable(bytes).value_or("")), subscription.toStdString());
}

void TestFrames::event_isNotChangedByItsSpelling()
{
    // The same values in another spelling have the same id: it is computed from what was read.
    test::SeededRandom random(2);
    NostrEvent event;
    event.kind = 1;
    event.content = "\xc3\xa9/\n";
    sign(event, NostrKeyPair::generate(random), random);
    std::string odd = toJson(event);
    const auto replace = [&](const std::string &from, const std::string &to) {
        const auto at = odd.find(from);
        QVERIFY(at != std::string::npos);
        odd.replace(at, from.size(), to);
    };
    replace("\xc3\xa9/", "\\u00e9\\/");
    replace("{", "{ \"extra\" : [1,2] ,");
    const auto read = readJson(odd);
    QVERIFY(read.ok());
    const auto back = readEvent(*read);
    QVERIFY(back.ok());
    QVERIFY(*back == event);
    QVERIFY(verify(*back));
}

void TestFrames::relayFrame_reads()
{
    const auto ok = readRelayFrame("[\"OK\",\"" + kHex64 + "\",false,\"blocked: no\"]");
    QVERIFY(ok.ok());
    QVERIFY(!std::get<OkFrame>(*ok).accepted);
    QCOMPARE(std::get<OkFrame>(*ok).text, std::string("blocked: no"));
    const auto bare = readRelayFrame("[\"OK\",\"" + kHex64 + "\",true]");
    QVERIFY(bare.ok() && std::get<OkFrame>(*bare).accepted);
    QVERIFY(std::holds_alternative<EoseFrame>(*readRelayFrame(R"(["EOSE","s"])")));
    QVERIFY(std::holds_alternative<ClosedFrame>(*readRelayFrame(R"(["CLOSED","s","error: x"])")));
    QVERIFY(std::holds_alternative<NoticeFrame>(*readRelayFrame(R"(["NOTICE","hello"])")));
    QVERIFY(std::holds_alternative<ChallengeFrame>(*readRelayFrame(R"(["AUTH","abc"])")));
    QVERIFY(readRelayFrame(R"(["COUNT","s",{"count":1}])").error() == FrameError::Unknown);
    const auto notice = readRelayFrame("[\"NOTICE\",\"" + std::string(5000, 'x') + "\"]");
    QCOMPARE(std::get<NoticeFrame>(*notice).text.size(), std::size_t(500));
}

void TestFrames::relayFrame_refuses_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", "{}", "[]", "[1]", "[null]", "[\"EVENT\"]", "[\"EVENT\",\"s\"]", "[\"EVENT\",\"s\",{}]", "[\"EVENT\",1,{}]",
                             "[\"EOSE\"]", "[\"EOSE\",\"s\",1]", "[\"EOSE\",\"\"]", "[\"EOSE\",1]", "[\"OK\",\"x\",true,\"\"]", "[\"CLOSED\"]",
                             "[\"CLOSED\",\"s\",1]", "[\"NOTICE\"]", "[\"NOTICE\",{}]", "[\"AUTH\",\"\"]", "[\"AUTH\",{}]", "\"EOSE\"",
                             "[\"EOSE\",\"s\"]\n[\"EOSE\",\"s\"]", "[\"NEG-MSG\",\"s\"]",
                             "[\"NEG-MSG\",\"s\",\"6\"]", "[\"NEG-MSG\",\"s\",\"AA\"]", "[\"NEG-MSG\",\"s\",61]", "[\"NEG-MSG\",\"\",\"61\"]",
                             "[\"NEG-MSG\",\"s\",\"61\",1]", "[\"NEG-ERR\",\"s\"]", "[\"NEG-ERR\",\"s\",1]"})
        QTest::newRow(text) << QString::fromLatin1(text);
    QTest::newRow("OK as text") << QString::fromStdString("[\"OK\",\"" + kHex64 + "\",\"true\",\"\"]");
    QTest::newRow("long subscription") << QString::fromStdString("[\"EOSE\",\"" + std::string(65, 's') + "\"]");
    QTest::newRow("long challenge") << QString::fromStdString("[\"AUTH\",\"" + std::string(513, 's') + "\"]");
}

void TestFrames::relayFrame_refuses()
{
    QFETCH(QString, text);
    QVERIFY(!readRelayFrame(text.toStdString()).ok());
}

void TestFrames::reconciliation_isReadByBothReaders()
{
    Filter filter;
    filter.kinds = {1059};
    filter.since = 7;
    const Bytes message = *fromHex("6100000200");
    const auto opened = readClientFrame(writeReconcileOpen("n", filter, message));
    QVERIFY(opened.ok());
    const auto &open = std::get<ReconcileOpenFrame>(*opened);
    QVERIFY(open.subscription == "n" && open.message == message && open.filter.kinds == filter.kinds && open.filter.since == 7);
    QVERIFY(std::get<ReconcileFrame>(*readClientFrame(writeReconcile("n", message))).message == message);
    QVERIFY(std::get<ReconcileFrame>(*readRelayFrame(writeReconcile("n", message))).message == message);
    QCOMPARE(std::get<ReconcileCloseFrame>(*readClientFrame(writeReconcileClose("n"))).subscription, std::string("n"));
    QCOMPARE(std::get<ReconcileErrorFrame>(*readRelayFrame(writeReconcileError("n", "blocked: x"))).text, std::string("blocked: x"));
    QVERIFY(readRelayFrame(R"(["NEG-ERR","n","blocked: too big",5000])").ok()); // how much it would have taken
    for (const char *text : {R"(["NEG-OPEN","n",{}])", R"(["NEG-OPEN","n",{},16,"61"])", R"(["NEG-OPEN","n",{"x":1},"61"])",
                             R"(["NEG-OPEN","n","61"])", R"(["NEG-OPEN","n",{},"6"])", R"(["NEG-CLOSE"])", R"(["NEG-MSG","n"])"})
        QVERIFY2(!readClientFrame(text).ok(), text);
}

void TestFrames::clientFrame_readsRequests()
{
    Filter filter;
    filter.kinds = {1059};
    filter.tags['p'] = {kHex64};
    filter.since = 5;
    filter.until = 9;
    filter.limit = 500;
    const auto frame = readClientFrame(writeRequest("abc", filter));
    QVERIFY(frame.ok());
    const auto &request = std::get<RequestFrame>(*frame);
    QCOMPARE(request.subscription, std::string("abc"));
    QVERIFY(!request.countOnly);
    QCOMPARE(request.filters.size(), std::size_t(1));
    QCOMPARE(request.filters[0].kinds, filter.kinds);
    QCOMPARE(request.filters[0].tags, filter.tags);
    QCOMPARE(*request.filters[0].since, std::int64_t(5));
    QCOMPARE(*request.filters[0].until, std::int64_t(9));
    QCOMPARE(*request.filters[0].limit, std::int64_t(500));
    QVERIFY(std::get<CloseFrame>(*readClientFrame(writeClose("abc"))).subscription == "abc");
    QVERIFY(std::get<RequestFrame>(*readClientFrame(R"(["COUNT","s",{}])")).countOnly);
    QVERIFY(!readClientFrame(R"(["REQ","s"])").ok());
}

void TestFrames::filter_refuses_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"[]", "1", R"({"kinds":1059})", R"({"kinds":["1059"]})", R"({"kinds":[-1]})", R"({"since":"1"})", R"({"since":-1})",
                             R"({"limit":1.5})", R"({"ids":["abc"]})", R"({"authors":[1]})", R"({"#p":"x"})", R"({"#p":[1]})", R"({"#pp":["x"]})",
                             R"({"#1":["x"]})", R"({"search":"x"})", R"({"kinds":[1],"kinds":[2]})"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TestFrames::filter_refuses()
{
    QFETCH(QString, text);
    const auto json = readJson(text.toStdString());
    QVERIFY(!json.ok() || !readFilter(*json).ok());
}

void TestFrames::filter_matches()
{
    test::SeededRandom random(3);
    const auto mailbox = NostrKeyPair::generate(random).publicKey();
    const auto other = NostrKeyPair::generate(random).publicKey();
    const NostrEvent event = test::datedEnvelope(mailbox, 100, random);
    const auto matches = [&](const std::string &text) { return readFilter(*readJson(text))->matches(event); };
    QVERIFY(matches("{}"));
    QVERIFY(matches(R"({"kinds":[1,1059]})"));
    QVERIFY(!matches(R"({"kinds":[1]})"));
    QVERIFY(!matches(R"({"kinds":[]})"));
    QVERIFY(matches("{\"#p\":[\"" + toHex(mailbox.bytes) + "\"]}"));
    QVERIFY(!matches("{\"#p\":[\"" + toHex(other.bytes) + "\"]}"));
    QVERIFY(!matches("{\"#e\":[\"" + toHex(mailbox.bytes) + "\"]}"));
    QVERIFY(matches(R"({"since":100,"until":100})"));
    QVERIFY(!matches(R"({"since":101})"));
    QVERIFY(!matches(R"({"until":99})"));
    QVERIFY(matches("{\"ids\":[\"" + toHex(event.id.bytes) + "\"],\"authors\":[\"" + toHex(event.author.bytes) + "\"]}"));
}

void TestFrames::prefix_isFoundBehindOddities()
{
    QVERIFY(prefixOf("auth-required: read") == Prefix::AuthRequired);
    QVERIFY(prefixOf("ERROR: auth-required: subscriber must AUTH") == Prefix::AuthRequired);
    QVERIFY(prefixOf("Error: rate-limited: slow down") == Prefix::RateLimited);
    QVERIFY(prefixOf("ERROR: bad req") == Prefix::Error);
    QVERIFY(prefixOf("duplicate: have it") == Prefix::Duplicate);
    QVERIFY(prefixOf("pow: 28 bits needed") == Prefix::Pow);
    QVERIFY(prefixOf("no prefix at all") == Prefix::None);
    QVERIFY(prefixOf("blockedish") == Prefix::None);
    QVERIFY(prefixOf("") == Prefix::None);
}

void TestFrames::recipient_mustBeOne()
{
    NostrEvent event;
    QVERIFY(!onlyRecipient(event));
    event.tags = {{"p", kHex64}};
    QVERIFY(onlyRecipient(event));
    event.tags = {{"p", kHex64, "wss://relay.example"}};
    QVERIFY(onlyRecipient(event));
    event.tags = {{"p", kHex64}, {"p", kHex64}};
    QVERIFY(!onlyRecipient(event));
    event.tags = {{"p", "abc"}};
    QVERIFY(!onlyRecipient(event));
    event.tags = {{"p"}};
    QVERIFY(!onlyRecipient(event));
}

TACET_TEST_UNIT("t_frames", TestFrames)
#include "t_frames.moc"
