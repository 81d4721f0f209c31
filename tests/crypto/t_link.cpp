// Invitation links (PROTOCOL §3.2 to §3.4): what people do to them on the way, and what must not get through.
#include "crypto/hkdf.h"
#include "crypto/link.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

struct Maker {
    SeededRandom random{20};
    OwnIdentity owner = OwnIdentity::generate(random);

    Link make(std::vector<std::string> relays = {"wss://relay.example", "ws://127.0.0.1:7000/inbox"},
              LinkType type = LinkType::OneTime)
    {
        return Link::create(type, owner.publicKey(), std::move(relays), random).value();
    }
};

QString outcome(std::string_view text)
{
    const auto link = Link::parse(text);
    if (link)
        return u"link"_s;
    static constexpr const char *kNames[] = {"not a link", "damaged", "newer"};
    return QString::fromLatin1(kNames[int(link.error())]);
}

/// A payload with a fitting checksum: what a later program, or a hostile one, can make.
std::string withChecksum(Bytes body)
{
    const Hash32 hash = sha256({asBytes("Tacet link checksum"), body});
    append(body, ByteView(hash).first(4));
    return "tacet:" + toBase64Url(body);
}

Bytes bodyOf(const Link &link)
{
    Bytes bytes = fromBase64Url(link.uri().substr(6)).value();
    bytes.resize(bytes.size() - 4);
    return bytes;
}

} // namespace

class TestLink : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void link_comesBackAsItWas()
    {
        Maker maker;
        for (const LinkType type : {LinkType::OneTime, LinkType::Reusable}) {
            const Link link = maker.make({"wss://relay.example", "ws://127.0.0.1:7000/inbox", "wss://[2001:db8::1]:443"}, type);
            const Link read = Link::parse(link.uri()).value();
            QCOMPARE(int(read.type()), int(type));
            QVERIFY(read.relays() == link.relays());
            QVERIFY(read.belongsTo(maker.owner.publicKey()));
            QVERIFY(!read.belongsTo(OwnIdentity::generate(maker.random).publicKey()));
            QVERIFY(read.bundleKey().equals(link.bundleKey().view()));
            QVERIFY(read.presharedKey().equals(link.presharedKey().view()));
            QCOMPARE(read.bundleMailbox().publicKey(), link.bundleMailbox().publicKey());
            QCOMPARE(read.uri(), link.uri());
            QCOMPARE(link.clone().uri(), link.uri());
            QVERIFY(!link.bundleKey().equals(link.presharedKey().view()));
            QVERIFY(!link.bundleKey().equals(link.bundleMailbox().secret().view()));
        }
    }

    void uri_isLettersAndDigitsAndFitsTheCode()
    {
        Maker maker;
        for (int i = 0; i < 20; ++i) {
            const std::string uri = maker.make({"wss://one.relay.example", "wss://two.relay.example", "wss://x.example"}).uri();
            QVERIFY(uri.size() <= kMaxLinkLength);
            for (const char c : uri.substr(6))
                QVERIFY2(std::isalnum(static_cast<unsigned char>(c)), uri.c_str());
        }
    }

    void create_refusesWhatCannotWork()
    {
        Maker maker;
        const auto error = [&](std::vector<std::string> relays) {
            return int(Link::create(LinkType::OneTime, maker.owner.publicKey(), std::move(relays), maker.random).error());
        };
        QCOMPARE(error({}), int(LinkCreateError::NoRelay));
        QCOMPARE(error({"wss://a.example", "wss://b.example", "wss://c.example", "wss://d.example"}), int(LinkCreateError::TooManyRelays));
        QCOMPARE(error({"https://a.example"}), int(LinkCreateError::BadRelay));
        const std::string longUrl = "wss://" + std::string(60, 'a') + ".example";
        QCOMPARE(error({longUrl, longUrl}), int(LinkCreateError::TooLong));
        QVERIFY(maker.make({longUrl}).uri().size() <= kMaxLinkLength);
    }

    void longestLink_isMadeAndRead()
    {
        Maker maker;
        const auto url = [](std::size_t host) { return "wss://" + std::string(host - 8, 'a') + ".example"; };
        const std::string uri = maker.make({url(50), url(50)}).uri();
        QCOMPARE(uri.size(), kMaxLinkLength);
        QVERIFY(Link::parse(uri).ok());
        QCOMPARE(int(Link::create(LinkType::OneTime, maker.owner.publicKey(), {url(50), url(51)}, maker.random).error()),
                 int(LinkCreateError::TooLong));
    }

    void relayUrl_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<bool>("fine");
        const std::pair<const char *, bool> rows[] = {
            {"wss://relay.example", true}, {"ws://localhost:7777", true}, {"wss://relay.example/inbox/v1", true},
            {"wss://xn--bcher-kva.example", true}, {"wss://[::1]:80", true}, {"wss://10.0.0.1:65535", true},
            {"", false}, {"wss://", false}, {"relay.example", false}, {"wss://Relay.example", false},
            {"wss://relay.example/", false}, {"wss://user@relay.example", false}, {"wss://relay.example?x", false},
            {"wss://relay.example#x", false}, {"wss://relay.example:0", false}, {"wss://relay.example:65536", false},
            {"wss://relay.example:", false}, {"wss://b\xc3\xbc" "cher.example", false}, {"wss://a..b", false},
            {"wss://-a.example", false}, {"wss://relay.example/a b", false}, {"wss://relay.example/<img>", false},
            {"wss://[::1", false}, {"wss://[zz::1]", false}, {"http://relay.example", false}, {"wss://a/\n", false},
            {"wss://[::]", false}, {"wss://a/\x7f", false},
            {"wss://relay.example:12ab", false}, {"wss://relay.example\\@evil.example", false},
        };
        for (const auto &[url, fine] : rows)
            QTest::newRow(url[0] ? url : "(empty)") << QByteArray(url) << fine;
        QTest::newRow("too long") << QByteArray("wss://" + QByteArray(95, 'a')) << false;
    }
    void relayUrl()
    {
        QFETCH(QByteArray, url);
        QFETCH(bool, fine);
        QCOMPARE(isRelayUrl({url.constData(), std::size_t(url.size())}), fine);
    }

    void parse_forgivesWhatPeopleAndProgramsDo()
    {
        Maker maker;
        const Link link = maker.make();
        const std::string uri = link.uri();
        const std::string payload = uri.substr(6);
        const std::string wrapped = "tacet:" + payload.substr(0, 40) + "\r\n  " + payload.substr(40, 30) + "\n" + payload.substr(70);
        for (const std::string &text :
             {uri, "  " + uri + "\n", "<" + uri + ">", "\"" + uri + "\".", "TACET:" + payload, "Tacet: " + payload, wrapped,
              "Here is my link: " + uri, "Here it is: " + uri + "\nSee you!", wrapped + "\nSee you!", "(" + uri + ")", uri + "/",
              link.webAddress("https://example.org/invite"), link.webAddress("https://example.org/a#old"),
              "look: https://example.org/#" + payload + " now", "Write to me on Tacet: https://example.org/i#" + payload,
              "My Tacet: " + uri, "I use Tacet:\n" + uri, "https://tacet:8443/i#" + payload,
              "Docs https://x.example/a#b and here https://example.org/i#" + payload, "tacet: TACET:" + payload + " tacet:"}) {
            QVERIFY2(Link::parse(text).ok(), text.c_str());
            QCOMPARE(Link::parse(text)->uri(), uri);
        }
        QCOMPARE(link.webAddress("https://example.org/i"), "https://example.org/i#" + payload);
    }

    void parse_namesEachKindOfTrouble()
    {
        Maker maker;
        const std::string uri = maker.make().uri();
        QCOMPARE(outcome(""), u"not a link"_s);
        QCOMPARE(outcome("hello"), u"not a link"_s);
        QCOMPARE(outcome("https://example.org/"), u"not a link"_s);
        QCOMPARE(outcome("https://example.org/wiki#History"), u"not a link"_s);
        QCOMPARE(outcome("http://example.org/#" + uri.substr(6)), u"not a link"_s);
        QCOMPARE(outcome("https://example.org/#" + std::string(23, 'a')), u"not a link"_s);
        QCOMPARE(outcome("https://example.org/#" + std::string(24, 'a')), u"damaged"_s);
        QCOMPARE(outcome(std::string(4'000'000, 'a')), u"not a link"_s);
        QCOMPARE(outcome(std::string(kMaxPastedLinkLength - uri.size(), ' ') + uri), u"link"_s);
        QCOMPARE(outcome(std::string(kMaxPastedLinkLength - uri.size() + 1, ' ') + uri), u"not a link"_s);
        QCOMPARE(outcome("tacet:"), u"damaged"_s);
        QCOMPARE(outcome("tacet:!!!"), u"damaged"_s);
        QCOMPARE(outcome(uri + "A"), u"damaged"_s);
        // White space alone may stand inside a link: what was quoted or edited is not guessed at.
        for (const char *between : {" ", "\t", "\n", "\v\f", "\r"})
            QCOMPARE(outcome(uri.substr(0, 40) + between + uri.substr(40)), u"link"_s);
        for (const char *between : {".", "> ", "\n> ", "\x08", "\x0E"})
            QCOMPARE(outcome(uri.substr(0, 40) + between + uri.substr(40)), u"damaged"_s);

        Bytes newer = bodyOf(maker.make());
        newer[0] = 0x21;
        QCOMPARE(outcome(withChecksum(newer)), u"newer"_s);
        QCOMPARE(outcome(withChecksum({0xF0})), u"newer"_s);
    }

    void parse_ofCutLink_saysDamaged()
    {
        Maker maker;
        const std::string uri = maker.make().uri();
        for (std::size_t length = 6; length < uri.size(); ++length)
            QCOMPARE(outcome(uri.substr(0, length)), u"damaged"_s);
        const std::string web = maker.make().webAddress("https://example.org/");
        QCOMPARE(outcome(web.substr(0, web.size() - 3)), u"damaged"_s);
    }

    void parse_ofMistypedLink_saysDamaged()
    {
        Maker maker;
        const std::string uri = maker.make().uri();
        for (std::size_t i = 6; i < uri.size(); ++i) {
            std::string typo = uri;
            typo[i] = typo[i] == 'a' ? 'b' : 'a';
            QVERIFY2(outcome(typo) == u"damaged"_s, typo.c_str());
            if (i + 1 < uri.size() && uri[i] != uri[i + 1]) {
                std::string swapped = uri;
                std::swap(swapped[i], swapped[i + 1]);
                QCOMPARE(outcome(swapped), u"damaged"_s);
            }
        }
    }

    void parse_ofHostilePayload_isRefused()
    {
        // With a fitting checksum everything behind it is reached.
        Maker maker;
        const Bytes good = bodyOf(maker.make());
        QCOMPARE(outcome(withChecksum(good)), u"link"_s);
        for (const int head : {0x00, 0x01, 0x10, 0x13, 0x1F}) { // version 0, no type, unknown types
            Bytes body = good;
            body[0] = static_cast<std::uint8_t>(head);
            QCOMPARE(outcome(withChecksum(body)), u"damaged"_s);
        }
        for (std::size_t size = 0; size < good.size(); ++size) // relay cut off, none left, hash cut off, nothing at all
            QVERIFY(outcome(withChecksum(Bytes(good.begin(), good.begin() + std::ptrdiff_t(size)))) == u"damaged"_s
                    || size == 1 + 32 + 16 + 1 + 13); // the first relay alone is a whole link
        for (int i = 0; i < 2000; ++i) {
            Bytes body = good;
            body[49 + maker.random.below(body.size() - 49)] ^= std::uint8_t(1 + maker.random.below(255));
            const auto link = Link::parse(withChecksum(body));
            for (const std::string &url : link ? link->relays() : std::vector<std::string>())
                QVERIFY(isRelayUrl(url));
        }
    }
};

TACET_TEST_UNIT("t_link", TestLink)
#include "t_link.moc"
