// RFC 6455 in bytes: what is legal is read however it is cut, what is not ends with the right code.
#include "app/relayd/web_socket_codec.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relayd;

namespace {

constexpr std::size_t kLimit = 1000;
using Kind = WebSocketReader::Kind;

/// A frame as a client sends it, masked.
std::string frame(int first, std::string_view payload, std::optional<std::string> lengthBytes = {})
{
    std::string out(1, char(first));
    if (lengthBytes)
        out += *lengthBytes;
    else if (payload.size() < 126)
        out += char(0x80 | payload.size());
    else
        out += std::string{char(0x80 | 126), char(payload.size() >> 8), char(payload.size() & 0xff)};
    const std::string mask = "\x11\x02\xf3\x84";
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        out += char(payload[i] ^ mask[i % 4]);
    return out;
}

std::string lengthOf(std::uint64_t size)
{
    std::string out(1, char(0xff));
    for (int i = 7; i >= 0; --i)
        out += char(size >> (8 * i));
    return out;
}

struct Outcome {
    std::vector<std::string> texts;
    std::vector<Kind> kinds;
    std::optional<CloseCode> failure;
};

Outcome read(const std::string &bytes, std::size_t step)
{
    WebSocketReader reader(kLimit);
    std::vector<WebSocketReader::Message> messages;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        reader.feed(std::string_view(bytes).substr(at, step), messages);
    Outcome outcome;
    for (const auto &message : messages) {
        outcome.texts.push_back(message.payload);
        outcome.kinds.push_back(message.kind);
    }
    outcome.failure = reader.failure();
    return outcome;
}

} // namespace

class TestWebSocketCodec : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void legal_isRead_data();
    void legal_isRead();
    void illegal_isRefused_data();
    void illegal_isRefused();
    void announcedLength_takesNoMemory();
    void anyBytes_areReadTheSameHoweverCut();
    void written_isShortestAndUnmasked();
    void accept_isTheOneOfTheStandard();
};

void TestWebSocketCodec::legal_isRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text"); ///< all payloads, joined by |
    const auto row = [](const char *name, const std::string &bytes, const char *text) { QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray(text); };
    row("text", frame(0x81, "hello"), "hello");
    row("empty", frame(0x81, ""), "");
    row("two", frame(0x81, "a") + frame(0x81, "b"), "a|b");
    row("fragments", frame(0x01, "he") + frame(0x00, "ll") + frame(0x80, "o"), "hello");
    row("empty fragments", frame(0x01, "") + frame(0x00, "") + frame(0x80, ""), "");
    row("a frame that ends inside a character", frame(0x01, "\xe2\x82") + frame(0x80, "\xac!"), "\xe2\x82\xac!");
    row("a character in four frames", frame(0x01, "\xf0") + frame(0x00, "\x9f") + frame(0x00, "\x98") + frame(0x80, "\x80"), "\xf0\x9f\x98\x80");
    row("ping between fragments", frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b"), "p|ab");
    row("pong nobody asked for", frame(0x8a, "x") + frame(0x81, "a"), "x|a");
    row("close", frame(0x88, ""), "");
    row("close with words", frame(0x88, "\x03\xe8" "bye"), "\x03\xe8" "bye");
    row("close of an application", frame(0x88, std::string("\x0f\xa0", 2)), "\x0f\xa0");
    row("16-bit length", frame(0x81, std::string(126, 'x')), std::string(126, 'x').c_str());
    row("the largest", frame(0x81, std::string(kLimit, 'x')), std::string(kLimit, 'x').c_str());
}

void TestWebSocketCodec::legal_isRead()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    for (const std::size_t step : {bytes.size(), qsizetype(1), qsizetype(3)}) {
        const Outcome outcome = read(bytes.toStdString(), step);
        QVERIFY(!outcome.failure);
        std::string joined;
        for (std::size_t i = 0; i < outcome.texts.size(); ++i)
            joined += (i ? "|" : "") + outcome.texts[i];
        QCOMPARE(QByteArray::fromStdString(joined), text);
        QVERIFY(!outcome.kinds.empty());
    }
}

void TestWebSocketCodec::illegal_isRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    const auto row = [](const char *name, const std::string &bytes, CloseCode code) { QTest::newRow(name) << QByteArray::fromStdString(bytes) << int(code); };
    row("not masked", std::string("\x81\x01" "a"), CloseCode::ProtocolError);
    row("reserved bit", frame(0xc1, "a"), CloseCode::ProtocolError);
    row("reserved opcode", frame(0x83, "a"), CloseCode::ProtocolError);
    row("reserved control", frame(0x8b, "a"), CloseCode::ProtocolError);
    row("binary", frame(0x82, "a"), CloseCode::NotUnderstood);
    row("continuation of nothing", frame(0x80, "a"), CloseCode::ProtocolError);
    row("text inside text", frame(0x01, "a") + frame(0x81, "b"), CloseCode::ProtocolError);
    row("fragmented ping", frame(0x09, "a"), CloseCode::ProtocolError);
    row("large ping", frame(0x89, std::string(126, 'x')), CloseCode::ProtocolError);
    row("length not the shortest", frame(0x81, "a", std::string{char(0xfe), 0, 1}), CloseCode::ProtocolError);
    row("negative length", frame(0x81, "", lengthOf(std::uint64_t(1) << 63)), CloseCode::ProtocolError);
    row("too large", frame(0x81, "", lengthOf(1ull << 40)), CloseCode::TooLarge);
    row("too large in pieces", frame(0x01, std::string(600, 'x')) + frame(0x80, std::string(600, 'x')), CloseCode::TooLarge);
    row("not UTF-8", frame(0x81, "\xff"), CloseCode::NotUtf8);
    row("half a character at the end", frame(0x81, "\xe2\x82"), CloseCode::NotUtf8);
    row("surrogate", frame(0x81, "\xed\xa0\x80"), CloseCode::NotUtf8);
    row("close of one byte", frame(0x88, "\x03"), CloseCode::ProtocolError);
    row("close 1005", frame(0x88, "\x03\xed"), CloseCode::ProtocolError);
    row("close 999", frame(0x88, "\x03\xe7"), CloseCode::ProtocolError);
    row("close not UTF-8", frame(0x88, "\x03\xe8\xff"), CloseCode::NotUtf8);
}

void TestWebSocketCodec::illegal_isRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    for (const std::size_t step : {bytes.size(), qsizetype(1)}) {
        const Outcome outcome = read(bytes.toStdString() + frame(0x81, "after"), step);
        QVERIFY(outcome.failure.has_value());
        QCOMPARE(int(*outcome.failure), code);
        QVERIFY(outcome.texts.empty()); // nothing before, nothing after
    }
}

void TestWebSocketCodec::announcedLength_takesNoMemory()
{
    // A thousand readers that were promised a gigabyte each, in a limit that would allow it.
    std::vector<WebSocketReader> readers(1000, WebSocketReader(std::size_t(1) << 31));
    std::vector<WebSocketReader::Message> messages;
    for (WebSocketReader &reader : readers) {
        reader.feed(frame(0x81, "x", lengthOf(1ull << 30)), messages);
        QVERIFY(!reader.failure());
    }
    QVERIFY(messages.empty());
}

void TestWebSocketCodec::anyBytes_areReadTheSameHoweverCut()
{
    test::SeededRandom random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (int i = 0; i < 6; ++i) {
            std::string payload(random.below(20), '\0');
            random.fill({reinterpret_cast<std::uint8_t *>(payload.data()), payload.size()});
            if (random.below(2))
                std::fill(payload.begin(), payload.end(), 'a');
            const int firsts[] = {0x81, 0x01, 0x80, 0x00, 0x89, 0x8a};
            bytes += frame(firsts[random.below(6)], payload);
        }
        const Outcome whole = read(bytes, bytes.size());
        const Outcome cut = read(bytes, 1 + random.below(5));
        QVERIFY(whole.texts == cut.texts && whole.kinds == cut.kinds && whole.failure == cut.failure);
    }
}

void TestWebSocketCodec::written_isShortestAndUnmasked()
{
    std::string out;
    appendTextFrame(out, "hi");
    QCOMPARE(out, std::string("\x81\x02hi"));
    out.clear();
    appendTextFrame(out, std::string(126, 'x'));
    QCOMPARE(out.substr(0, 4), std::string("\x81\x7e\x00\x7e", 4));
    out.clear();
    appendTextFrame(out, std::string(65'536, 'x'));
    QCOMPARE(out.substr(0, 10), std::string("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
    QCOMPARE(out.size(), std::size_t(65'546));
    out.clear();
    appendClose(out, CloseCode::GoingAway, std::string(500, 'x'));
    QCOMPARE(out.size(), std::size_t(2 + 125));
    QCOMPARE(out.substr(0, 4), std::string("\x88\x7d\x03\xe9", 4));
}

void TestWebSocketCodec::accept_isTheOneOfTheStandard()
{
    QCOMPARE(acceptFor("dGhlIHNhbXBsZSBub25jZQ=="), std::optional(std::string("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))); // RFC 6455 §1.3
    QVERIFY(!acceptFor(""));
    QVERIFY(!acceptFor("c2hvcnQ="));
    QVERIFY(!acceptFor("dGhlIHNhbXBsZSBub25jZQ")); // no padding
    QVERIFY(!acceptFor("dGhlIHNhbXBsZSBub25jZR==")); // unused bits
    QVERIFY(!acceptFor("not base64 at all!!!!!!!"));
}

TACET_TEST_UNIT("t_web_socket_codec", TestWebSocketCodec)
#include "t_web_socket_codec.moc"
