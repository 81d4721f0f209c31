// After a conversation ended, no key of it is anywhere in this process: not on the heap, not on the stack, not in a
// static buffer.
#include "crypto/hkdf.h"
#include "tests/crypto/two_parties.h"
#include "tests/support/memory_search.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <cstring>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;

namespace {

constexpr const char *kHeaderKey = "sending header key";

/// The secrets of a responder's stored form (PROTOCOL §5.8) that sent last.
std::vector<Needle> secretsOf(ByteView state)
{
    std::size_t at = 1 + 1 + 32 + 32 + 32; // version, role, th0, prefix id, peer
    const auto take = [&](std::size_t size) {
        const ByteView part = state.subspan(at, size);
        at += size;
        return part;
    };
    std::vector<Needle> needles;
    if (take(1)[0] != 0)
        return needles; // an initiator without an answer
    take(32); // th
    needles.emplace_back("root key", take(32));
    if (take(1)[0] != 1)
        return needles;
    needles.emplace_back("own X25519 key", take(32));
    if (take(1)[0] != 1)
        return needles;
    needles.emplace_back("own ML-KEM seed", take(64));
    if (take(1)[0] != 1)
        return needles;
    take(1088);
    const ByteView chain = take(32);
    needles.emplace_back("sending chain key", chain);
    SecretBytes<32> message;
    const std::uint8_t one = 0x01;
    hmacSha256(message.writable(), chain, {ByteView(&one, 1)});
    needles.emplace_back("next message key", message.view());
    needles.emplace_back(kHeaderKey, take(32));
    return needles;
}

} // namespace

class TestMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("skipped: under a sanitizer most of the address space is its own");
#endif
    }

    void search_findsWhatIsThere()
    {
        SeededRandom random(7);
        auto planted = std::make_unique<SecretBytes<32>>();
        random.fill(planted->writable());
        const Needle needle("planted", planted->view());
        QVERIFY(!placesOf(needle).isEmpty());
        planted.reset();
        QCOMPARE(placesOf(needle), QStringList());

        // And a plain copy, which nobody wipes, shows.
        Bytes plain(32);
        random.fill(plain);
        const Needle other("plain", plain);
        QVERIFY(!placesOf(other).isEmpty());
    }

    void conversation_leavesNoKey()
    {
        std::vector<Needle> needles;
        auto talk = std::make_unique<Conversation>(11);
        for (int i = 0; i < 5; ++i) {
            QCOMPARE(opened(talk->alice, talk->fromBob("ping")), QStringLiteral("ping"));
            {
                const SecretBuffer state = talk->bob.serialise();
                const auto found = secretsOf(state.view());
                QCOMPARE(found.size(), std::size_t(6));
                needles.insert(needles.end(), found.begin(), found.end());
            }
            // The message key of the state above is used here, its chain key moves on, then the ratchet turns.
            QCOMPARE(opened(talk->alice, talk->fromBob("pong")), QStringLiteral("pong"));
            QCOMPARE(opened(talk->bob, talk->fromAlice("and on")), QStringLiteral("and on"));
        }
        // The past is gone while the conversation goes on; header keys of a few chains stay for late messages (§5.7).
        const auto isHeaderKey = [](const Needle &needle) { return std::strcmp(needle.name(), kHeaderKey) == 0; };
        for (const Needle &needle : needles)
            QVERIFY2(isHeaderKey(needle) || placesOf(needle).isEmpty(), needle.name());
        talk.reset();
        for (const Needle &needle : needles)
            verifyGone(needle);
        QCOMPARE(needles.size(), std::size_t(30));
    }

    void endedConversation_leavesNoKey()
    {
        std::vector<Needle> needles;
        {
            Conversation talk(12);
            QCOMPARE(opened(talk.alice, talk.fromBob("ping")), QStringLiteral("ping"));
            const SecretBuffer state = talk.bob.serialise();
            needles = secretsOf(state.view());
            QCOMPARE(needles.size(), std::size_t(6));
            QVERIFY(!placesOf(needles.front()).isEmpty()); // it lives
        }
        for (const Needle &needle : needles)
            verifyGone(needle);
    }
};

TACET_TEST_UNIT("t_memory", TestMemory)
#include "t_memory.moc"
