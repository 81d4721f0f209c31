// After a conversation ended, no key of it is anywhere in this process: not on the heap, not on the stack, not in a
// static buffer. The test reads its own memory map; what it looks for it holds under a mask only.
#include "crypto/hkdf.h"
#include "tests/crypto/two_parties.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;

namespace {

constexpr std::uint8_t kMask = 0xA5;
constexpr const char *kHeaderKey = "sending header key";

constexpr std::size_t kPage = 4096;

/// A secret as this test remembers it.
struct Needle {
    const char *name;
    std::array<std::uint8_t, 32> masked;

    Needle(const char *what, ByteView secret) : name(what)
    {
        for (std::size_t i = 0; i < masked.size(); ++i)
            masked[i] = std::uint8_t(secret[i] ^ kMask);
    }

    bool isAt(const std::uint8_t *place) const
    {
        for (std::size_t i = 0; i < masked.size(); ++i) {
            if (std::uint8_t(place[i] ^ kMask) != masked[i])
                return false;
        }
        return true;
    }
};

/// One window of memory after another is copied here to be searched, so that a mapping that goes away meanwhile (another
/// thread's) is an error of read() and no crash. The copy is not searched itself.
std::array<std::uint8_t, 2 * kPage> g_window;

bool overlapsWindow(std::uintptr_t from, std::uintptr_t to)
{
    const auto begin = reinterpret_cast<std::uintptr_t>(g_window.data());
    return from < begin + g_window.size() && begin < to;
}

/// Where the needle lies in writable memory: names of the mappings.
QStringList placesOf(const Needle &needle)
{
    QStringList places;
    std::FILE *maps = std::fopen("/proc/self/maps", "r");
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (!maps || memory < 0)
        return {QStringLiteral("no memory map")};
    const int first = needle.masked[0] ^ kMask;
    char line[512];
    while (std::fgets(line, sizeof line, maps)) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        char mode[5] = {};
        if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, mode) != 3 || mode[0] != 'r' || mode[1] != 'w')
            continue;
        for (std::uintptr_t at = from; at < to; at += kPage) {
            // A page and the beginning of the next: no needle hides on the border.
            const std::size_t size = std::min<std::size_t>(kPage + needle.masked.size() - 1, to - at);
            if (overlapsWindow(at, at + size) || ::pread(memory, g_window.data(), size, off_t(at)) != ssize_t(size))
                continue;
            const std::uint8_t *cursor = g_window.data();
            const std::uint8_t *end = cursor + size - needle.masked.size() + 1;
            while (cursor < end && (cursor = static_cast<const std::uint8_t *>(std::memchr(cursor, first, std::size_t(end - cursor))))) {
                if (needle.isAt(cursor))
                    places.append(QString::fromLocal8Bit(line).simplified().section(QLatin1Char(' '), 4));
                ++cursor;
            }
        }
    }
    sodium_memzero(g_window.data(), g_window.size());
    ::close(memory);
    std::fclose(maps);
    return places;
}

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
        const auto isHeaderKey = [](const Needle &needle) { return std::strcmp(needle.name, kHeaderKey) == 0; };
        for (const Needle &needle : needles)
            QVERIFY2(isHeaderKey(needle) || placesOf(needle).isEmpty(), needle.name);
        talk.reset();
        for (const Needle &needle : needles)
            QVERIFY2(placesOf(needle).isEmpty(), needle.name);
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
            QVERIFY2(placesOf(needle).isEmpty(), needle.name);
    }
};

TACET_TEST_UNIT("t_memory", TestMemory)
#include "t_memory.moc"
