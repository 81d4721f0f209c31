#include "crypto/base64.h"
#include "crypto/gift_wrap.h"
#include "crypto/nip44.h"
#include "tests/crypto/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet::crypto;
using namespace tacet::test;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

std::string outcome(const NostrEvent &event, const NostrKeyPair &mailbox)
{
    const auto inner = unwrap(event, mailbox);
    if (inner)
        return "opened";
    switch (inner.error()) {
    case WrapError::NotForUs: return "not for us";
    case WrapError::NotAWrap: return "not a wrap";
    case WrapError::BadSignature: return "bad signature";
    case WrapError::BadEnvelope: return "bad envelope";
    }
    return {};
}

/// A wrap with a valid signature around any text: what a hostile writer can make.
NostrEvent craft(std::string_view text, const NostrPublicKey &mailbox, Random &random)
{
    const NostrKeyPair author = NostrKeyPair::generate(random);
    const auto key = nip44ConversationKey(author, mailbox);
    NostrEvent event;
    event.kind = kKindGiftWrap;
    event.createdAt = kNow;
    event.tags = {{"p", toHex(mailbox.view())}};
    event.content = *nip44Encrypt(key->view(), random.bytes<32>(), asBytes(text));
    sign(event, author, random);
    return event;
}

} // namespace

class TestGiftWrap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void eachSizeComesBack();
    void wrap_refusesOtherSizes();
    void wrap_refusesAMailboxThatIsNoPoint();
    void wrap_sizesOnTheWire();
    void wrap_isFreshEachTime();
    void wrap_datesAreSpreadOverTwoDays();
    void wrap_oldestDateIsTwoDaysBack();
    void unwrap_otherKinds();
    void unwrap_otherAddressees();
    void unwrap_damageByARelay();
    void unwrap_damageByAWriter();
    void unwrapVerified_opensWhatWasChecked_andNothingElse();

private:
    SeededRandom m_random{1};
    std::optional<NostrKeyPair> m_mailbox;
    Bytes m_inner;
    std::optional<NostrEvent> m_event;
};

void TestGiftWrap::init()
{
    m_random = SeededRandom(1);
    m_mailbox = NostrKeyPair::generate(m_random);
    m_inner.assign(kMessageSizes[0], 0);
    m_random.fill(m_inner);
    m_event = *wrap(m_inner, m_mailbox->publicKey(), kNow, m_random);
}

void TestGiftWrap::eachSizeComesBack()
{
    for (const std::size_t size : kMessageSizes) {
        Bytes inner(size);
        m_random.fill(inner);
        const auto event = wrap(inner, m_mailbox->publicKey(), kNow, m_random);
        QVERIFY(event.ok());
        QVERIFY(verify(*event));
        QCOMPARE(*unwrap(*event, *m_mailbox), inner);
    }
}

void TestGiftWrap::wrap_refusesOtherSizes()
{
    for (const std::size_t size : {0u, 1u, 3071u, 3073u, 6000u, 30719u, 30721u, 40960u, 100000u}) {
        const auto event = wrap(Bytes(size), m_mailbox->publicKey(), kNow, m_random);
        QVERIFY(!event.ok());
        QCOMPARE(event.error(), WrapError::BadEnvelope);
    }
}

void TestGiftWrap::wrap_refusesAMailboxThatIsNoPoint()
{
    const auto event = wrap(m_inner, NostrPublicKey{}, kNow, m_random);
    QVERIFY(!event.ok());
    QCOMPARE(event.error(), WrapError::NotForUs);
}

void TestGiftWrap::wrap_sizesOnTheWire()
{
    // What a relay counts: the JSON of the event, the same for every message of a size (PROTOCOL §6.2).
    const std::size_t expected[] = {5969, 11429, 22353, 44197, 55121};
    for (std::size_t i = 0; i < kMessageSizes.size(); ++i) {
        const auto event = wrap(Bytes(kMessageSizes[i]), m_mailbox->publicKey(), kNow, m_random);
        QCOMPARE(toJson(*event).size(), expected[i]);
    }
}

void TestGiftWrap::wrap_isFreshEachTime()
{
    const auto again = wrap(m_inner, m_mailbox->publicKey(), kNow, m_random);
    QVERIFY(again->author != m_event->author);
    QVERIFY(again->content != m_event->content);
    QVERIFY(again->id != m_event->id);
    QCOMPARE(again->tags, (std::vector<std::vector<std::string>>{{"p", toHex(m_mailbox->publicKey().view())}}));
    QCOMPARE(again->kind, 1059);
}

void TestGiftWrap::wrap_datesAreSpreadOverTwoDays()
{
    std::int64_t sum = 0;
    std::int64_t earliest = kNow;
    std::int64_t latest = 0;
    constexpr int kCount = 200;
    for (int i = 0; i < kCount; ++i) {
        const std::int64_t date = wrap(m_inner, m_mailbox->publicKey(), kNow, m_random)->createdAt;
        earliest = std::min(earliest, date);
        latest = std::max(latest, date);
        sum += kNow - date;
    }
    QVERIFY(earliest >= kNow - kWrapSpread && latest <= kNow);
    // Uniform: both ends are reached within an hour or two, and the mean is a day within four standard errors.
    QVERIFY(earliest < kNow - kWrapSpread + 9000 && latest > kNow - 9000);
    QVERIFY(std::abs(sum / kCount - kWrapSpread / 2) < 4 * 3528);
}

void TestGiftWrap::wrap_oldestDateIsTwoDaysBack()
{
    /// Each number drawn is the largest below its bound; keys and nonces are as ever.
    class Largest final : public Random {
    public:
        void fill(std::span<std::uint8_t> out) override
        {
            constexpr std::uint64_t kBound = kWrapSpread + 1;
            if (out.size() != 8)
                return m_other.fill(out);
            for (std::size_t i = 0; i < 8; ++i)
                out[i] = std::uint8_t((5 * kBound - 1 + 1'000'000 * kBound) >> (8 * (7 - i)));
        }

    private:
        SeededRandom m_other{77};
    };
    Largest random;
    const auto event = wrap(Bytes(3072), NostrKeyPair::generate(random).publicKey(), kNow, random);
    QCOMPARE(event->createdAt, kNow - kWrapSpread);
}

void TestGiftWrap::unwrap_otherKinds()
{
    for (const int kind : {0, 1, 13, 14, 1058, 1060, 21059}) {
        NostrEvent event = *m_event;
        event.kind = kind;
        QCOMPARE(outcome(event, *m_mailbox), "not a wrap");
    }
}

void TestGiftWrap::unwrap_otherAddressees()
{
    const NostrKeyPair other = NostrKeyPair::generate(m_random);
    QCOMPARE(outcome(*m_event, other), "not for us");
    const std::string ours = toHex(m_mailbox->publicKey().view());
    const std::string theirs = toHex(other.publicKey().view());
    const std::vector<std::vector<std::vector<std::string>>> foreign{
        {}, {{}}, {{"p"}}, {{"p", theirs}}, {{"P", ours}}, {{"p", ours + ' '}}, {{"e", ours}}, {{"p", ours}, {"p", theirs}},
        {{"p", theirs}, {"p", ours}}, {{"p", ours}, {"p", ours}}, {{"p", ours}, {"p"}}};
    for (const auto &tags : foreign) {
        NostrEvent event = *m_event;
        event.tags = tags;
        QCOMPARE(outcome(event, *m_mailbox), "not for us");
    }
}

void TestGiftWrap::unwrap_damageByARelay()
{
    const auto damaged = [&](auto change) {
        NostrEvent event = *m_event;
        change(event);
        return outcome(event, *m_mailbox);
    };
    QCOMPARE(outcome(*m_event, *m_mailbox), "opened");
    QCOMPARE(damaged([](NostrEvent &e) { e.id.bytes[5] ^= 4; }), "bad signature");
    QCOMPARE(damaged([](NostrEvent &e) { e.signature.bytes[40] ^= 4; }), "bad signature");
    QCOMPARE(damaged([](NostrEvent &e) { e.author.bytes[31] ^= 4; }), "bad signature");
    QCOMPARE(damaged([](NostrEvent &e) { e.createdAt += 1; }), "bad signature");
    QCOMPARE(damaged([](NostrEvent &e) { e.content[100] = e.content[100] == 'A' ? 'B' : 'A'; }), "bad signature");
    QCOMPARE(damaged([](NostrEvent &e) { e.content.resize(e.content.size() - 4); }), "bad signature");
    QCOMPARE(damaged([](NostrEvent &e) { e.tags.push_back({"expiration", "1"}); }), "bad signature");
    QCOMPARE(damaged([](NostrEvent &e) { e.tags[0].push_back("wss://relay.example"); }), "bad signature");
}

void TestGiftWrap::unwrapVerified_opensWhatWasChecked_andNothingElse()
{
    QCOMPARE(unwrapVerified(*m_event, *m_mailbox).value(), m_inner);
    const auto refused = [&](auto change) {
        NostrEvent event = *m_event;
        change(event);
        const auto inner = unwrapVerified(event, *m_mailbox);
        return inner ? std::optional<WrapError>() : std::optional(inner.error());
    };
    QCOMPARE(refused([](NostrEvent &e) { e.kind = 1; }), WrapError::NotAWrap);
    QCOMPARE(refused([](NostrEvent &e) { e.tags.clear(); }), WrapError::NotForUs);
    // Whoever forgot to check gets nothing forged: the words are authentic by themselves.
    QCOMPARE(refused([](NostrEvent &e) { e.author.bytes[31] ^= 4; }), WrapError::BadEnvelope);
    QCOMPARE(refused([](NostrEvent &e) { e.content[100] = e.content[100] == 'A' ? 'B' : 'A'; }), WrapError::BadEnvelope);
    QCOMPARE(refused([](NostrEvent &e) { e.content.resize(e.content.size() - 4); }), WrapError::BadEnvelope);
}

void TestGiftWrap::unwrap_damageByAWriter()
{
    const auto resigned = [&](auto change) {
        const NostrKeyPair author = NostrKeyPair::generate(m_random);
        NostrEvent event = *m_event;
        change(event);
        sign(event, author, m_random);
        return outcome(event, *m_mailbox);
    };
    // Another author's key cannot open the content: the keys of both ends are in it.
    QCOMPARE(resigned([](NostrEvent &) {}), "bad envelope");
    QCOMPARE(resigned([](NostrEvent &e) { e.content.clear(); }), "bad envelope");
    QCOMPARE(resigned([](NostrEvent &e) { e.content = "not base64"; }), "bad envelope");

    const auto crafted = [&](std::string_view text) {
        return outcome(craft(text, m_mailbox->publicKey(), m_random), *m_mailbox);
    };
    const std::string good = toBase64(m_inner);
    QCOMPARE(crafted(good), "opened");
    QCOMPARE(crafted("hello"), "bad envelope");
    QCOMPARE(crafted(R"({"kind":13,"content":"","tags":[]})"), "bad envelope"); // a NIP-59 seal is no message of ours
    QCOMPARE(crafted(std::string_view(good).substr(4)), "bad envelope");
    QCOMPARE(crafted(good + "AAAA"), "bad envelope");
    QCOMPARE(crafted(good.substr(0, good.size() - 1) + '='), "bad envelope");
    QCOMPARE(crafted(good.substr(0, good.size() - 1) + '\n'), "bad envelope");
    QCOMPARE(crafted(toBase64(Bytes(kMessageSizes[0] - 3))), "bad envelope");
}

TACET_TEST_UNIT("t_gift_wrap", TestGiftWrap)
#include "t_gift_wrap.moc"
