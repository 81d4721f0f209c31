// After a conversation ended, no key of it is anywhere in this process: not on the heap, not on the stack, not in a
// static buffer.
#include "crypto/backup_stream.h"
#include "crypto/hkdf.h"
#include "tests/crypto/two_parties.h"
#include "tests/support/memory_search.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

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

/// What Argon2id makes of the passphrase for this file (PROTOCOL §10.1), computed in a process of its own.
std::optional<Needle> masterKeyOf(ByteView passphrase, ByteView header)
{
    int ends[2];
    if (pipe(ends) != 0)
        return std::nullopt;
    SecretBytes<32> master;
    const pid_t child = fork();
    if (child == 0) {
        ByteReader in(header);
        in.take(12 + 1); // magic, version
        const std::uint32_t passes = *in.be32();
        const std::uint32_t memoryKib = *in.be32();
        const auto salt = *in.take(16);
        if (crypto_pwhash(master.writable().data(), 32, reinterpret_cast<const char *>(passphrase.data()), passphrase.size(),
                          salt.data(), passes, std::size_t(memoryKib) * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
            _exit(1);
        _exit(write(ends[1], master.view().data(), 32) == 32 ? 0 : 1);
    }
    ::close(ends[1]);
    const bool whole = read(ends[0], master.writable().data(), 32) == 32;
    ::close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!whole || status != 0)
        return std::nullopt;
    return Needle("master key of the backup", master.view());
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

    void handshake_leavesNoAgreement()
    {
        TwoParties parties(14);
        auto alice = std::make_unique<Session>(parties.initiate());
        const Bytes hello = alice->encrypt(asBytes("hello"), parties.random).value();
        const auto prefix = peekPrefix(hello);
        QVERIFY(prefix);
        std::vector<Needle> needles;
        {
            const OwnPrekeys &own = parties.made.prekeys;
            const auto d1 = own.signedPrekey().agree(*agreementKey(parties.alice.publicKey()));
            const auto d2 = parties.bob.agreementKey().agree(prefix->ephemeral);
            const auto d3 = own.signedPrekey().agree(prefix->ephemeral);
            const SecretBytes<32> ss = own.kemPrekey().decapsulate(prefix->ciphertext);
            needles.emplace_back("d1", d1->view());
            needles.emplace_back("d2", d2->view());
            needles.emplace_back("d3", d3->view());
            needles.emplace_back("ss", ss.view());
            for (const Needle &needle : needles)
                QVERIFY2(!placesOf(needle).isEmpty(), needle.name());
        }
        for (const Needle &needle : needles)
            verifyGone(needle); // that of Alice's too
        const auto accepted = parties.accept(hello);
        QVERIFY(accepted.ok());
        for (const Needle &needle : needles)
            verifyGone(needle);
    }

    void backupKey_isGoneAtOnce()
    {
        SeededRandom random(13);
        SecretBuffer passphrase(24);
        random.fill(passphrase.writable());
        Bytes file;
        auto writer = BackupWriter::begin(passphrase.view(), {.passes = 1, .memoryKib = kMinBackupMemoryKib}, random, file);
        QVERIFY(writer.ok());
        const auto master = masterKeyOf(passphrase.view(), file);
        QVERIFY(master);
        verifyGone(*master);
        writer->finish(file);
        auto reader = BackupReader::begin(ByteView(file).first(kBackupHeaderSize), passphrase.view());
        QVERIFY(reader.ok());
        verifyGone(*master);
    }
};

TACET_TEST_UNIT("t_memory", TestMemory)
#include "t_memory.moc"
