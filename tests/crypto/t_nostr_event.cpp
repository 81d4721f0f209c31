#include "crypto/nostr_event.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

/// A real event of others (the example of NIP-13).
NostrEvent example()
{
    NostrEvent event;
    event.id = tagged<NostrEventId>("000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358");
    event.author = tagged<NostrPublicKey>("a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243");
    event.createdAt = 1651794653;
    event.kind = 1;
    event.tags = {{"nonce", "776797", "20"}};
    event.content = "It's just me mining my own business";
    event.signature = tagged<NostrSignature>("284622fc0a3f4f1303455d5175f7ba962a3300d136085b9566801bc2e0699de0"
                                             "c7e31e44c81fb40ad9049173742e904713c3594a1da0fc5d2382a25c11aba977");
    return event;
}

std::string contentOfForm(std::string content)
{
    NostrEvent event;
    event.content = std::move(content);
    const std::string form = canonicalForm(event);
    const std::string head = "[0,\"" + std::string(64, '0') + "\",0,0,[],";
    return form.starts_with(head) ? form.substr(head.size(), form.size() - head.size() - 1) : form;
}

} // namespace

class TestNostrEvent : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void verify_realEvent();
    void verify_refusesEachChangedValue();
    void canonicalForm_isNip01();
    void canonicalForm_escapesSevenCharactersAndNoOther();
    void sign_setsAuthorIdAndSignature();
    void toJson_isJsonForEveryContent();
};

void TestNostrEvent::verify_realEvent()
{
    QCOMPARE(text(computeId(example()).view()), text(example().id.view()));
    QVERIFY(verify(example()));
}

void TestNostrEvent::verify_refusesEachChangedValue()
{
    const auto refuses = [](auto change) {
        NostrEvent event = example();
        change(event);
        return !verify(event);
    };
    QVERIFY(refuses([](NostrEvent &e) { e.id.bytes[0] ^= 1; }));
    QVERIFY(refuses([](NostrEvent &e) { e.author.bytes[31] ^= 1; }));
    QVERIFY(refuses([](NostrEvent &e) { e.createdAt += 1; }));
    QVERIFY(refuses([](NostrEvent &e) { e.kind = 2; }));
    QVERIFY(refuses([](NostrEvent &e) { e.tags[0][1] = "776798"; }));
    QVERIFY(refuses([](NostrEvent &e) { e.tags.push_back({}); }));
    QVERIFY(refuses([](NostrEvent &e) { e.content += ' '; }));
    QVERIFY(refuses([](NostrEvent &e) { e.signature.bytes[63] ^= 1; }));
    QVERIFY(refuses([](NostrEvent &e) {
        e.content += ' ';
        e.id = computeId(e); // the id fits, the signature does not
    }));
}

void TestNostrEvent::canonicalForm_isNip01()
{
    NostrEvent event = example();
    event.tags = {{"p", "x"}, {}, {"a", "", "\""}};
    event.createdAt = -1;
    QCOMPARE(canonicalForm(event),
             "[0,\"a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243\",-1,1,"
             "[[\"p\",\"x\"],[],[\"a\",\"\",\"\\\"\"]],\"It's just me mining my own business\"]");
}

void TestNostrEvent::canonicalForm_escapesSevenCharactersAndNoOther()
{
    QCOMPARE(contentOfForm("\n\"\\\r\t\b\f"), "\"\\n\\\"\\\\\\r\\t\\b\\f\"");
    std::string others("\0\x01\x0b\x1f/\x7f\xc2\x80\xe2\x80\xa8\xf0\x9f\xa6\x8a<>&'", 19);
    QCOMPARE(contentOfForm(others), '"' + others + '"');
}

void TestNostrEvent::sign_setsAuthorIdAndSignature()
{
    SeededRandom random(1);
    const NostrKeyPair author = NostrKeyPair::generate(random);
    NostrEvent event;
    event.kind = kKindAuth;
    event.createdAt = 1700000000;
    event.tags = {{"relay", "wss://relay.example"}};
    sign(event, author, random);
    QCOMPARE(event.author, author.publicKey());
    QVERIFY(verify(event));
}

void TestNostrEvent::toJson_isJsonForEveryContent()
{
    NostrEvent event = example();
    event.tags.push_back({"t", "\x01\"\\"});
    for (int c = 0; c < 0x80; ++c)
        event.content += static_cast<char>(c);
    event.content += "\xe2\x80\xa8\xf0\x9f\xa6\x8a";
    event.id = computeId(event);

    const std::string json = toJson(event);
    QJsonParseError error;
    const QJsonObject object
        = QJsonDocument::fromJson(QByteArray(json.data(), qsizetype(json.size())), &error).object();
    QCOMPARE(error.error, QJsonParseError::NoError);
    QCOMPARE(object.size(), 7);
    const auto string = [&](const char *name) { return object[QLatin1StringView(name)].toString().toStdString(); };
    QCOMPARE(string("id"), text(event.id.view()));
    QCOMPARE(string("pubkey"), text(event.author.view()));
    QCOMPARE(string("sig"), text(event.signature.view()));
    QCOMPARE(string("content"), event.content);
    QCOMPARE(object[QLatin1StringView("created_at")].toInteger(), event.createdAt);
    QCOMPARE(object[QLatin1StringView("kind")].toInteger(), event.kind);
    const QJsonArray tags = object[QLatin1StringView("tags")].toArray();
    QCOMPARE(tags.size(), 2);
    QCOMPARE(tags[1].toArray()[1].toString().toStdString(), event.tags[1][1]);
}

TACET_TEST_UNIT("t_nostr_event", TestNostrEvent)
#include "t_nostr_event.moc"
