// Every way in which a file can be other than it was written.
#include "tests/backup/filled_vault.h"
#include "tests/support/unit_registry.h"

#include <set>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::backup;

namespace {

const Folder &sharedFolder()
{
    static const Folder folder;
    return folder;
}

/// About three chunks.
const std::string &goodBackup()
{
    static const std::string bytes = [] {
        auto db = emptyVault(sharedFolder() / "vault.db");
        fillVault(*db, 900);
        SeededRandom random(5);
        if (!writeBackup(*db, requestFor(sharedFolder() / "good"), random))
            qFatal("cannot write the backup");
        return readFile(sharedFolder() / "good");
    }();
    return bytes;
}

/// Nothing when it is a good backup after all.
std::optional<BackupTrouble> troubleWith(const std::string &bytes)
{
    writeFile(sharedFolder() / "bad", bytes);
    const auto summary = verifyBackup(sharedFolder() / "bad", crypto::asBytes(kPassphrase));
    return summary ? std::nullopt : std::optional(summary.error());
}

} // namespace

class TestBackupDamage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneFlippedBit_isNoticed();
    void everyCut_isNoticed();
    void chunksMovedOrDoubled_areNoticed();
    void bytesBehind_areNoticed();
    void otherFiles_areNotBackups();
    void damage_neverReachesTheVault();
    void recordsThatDoNotFit_areDamage();
};

void TestBackupDamage::oneFlippedBit_isNoticed()
{
    const std::string &good = goodBackup();
    QVERIFY(good.size() > crypto::kBackupHeaderSize + 2 * crypto::kBackupSealedChunkSize);
    QVERIFY(!troubleWith(good));
    std::set<std::size_t> places;
    for (std::size_t at = 0; at < crypto::kBackupHeaderSize; ++at)
        places.insert(at);
    for (std::size_t at = crypto::kBackupHeaderSize; at < good.size(); at += 4999)
        places.insert(at);
    for (std::size_t chunk = crypto::kBackupHeaderSize; chunk < good.size(); chunk += crypto::kBackupSealedChunkSize) {
        for (const std::size_t at : {chunk, chunk + 1, chunk + 16, chunk + crypto::kBackupSealedChunkSize - 1})
            places.insert(at);
    }
    for (const std::size_t at : places) {
        std::string bad = good;
        bad[at] = char(bad[at] ^ 1);
        const auto trouble = troubleWith(bad);
        QVERIFY2(trouble.has_value(), QByteArray::number(qulonglong(at)));
        // Never "wrong passphrase": people would search for the right one in vain.
        const BackupTrouble expected = at < 12 ? BackupTrouble::NotABackup : BackupTrouble::Damaged;
        if (at != 12) // the version: one bit makes it newer, or none at all
            QVERIFY2(*trouble == expected, QByteArray::number(qulonglong(at)));
    }
}

void TestBackupDamage::everyCut_isNoticed()
{
    const std::string &good = goodBackup();
    std::set<std::size_t> sizes{0, 1, 11, 12, 13, crypto::kBackupHeaderSize - 1, crypto::kBackupHeaderSize, good.size() - 1};
    for (std::size_t end = crypto::kBackupHeaderSize; end < good.size(); end += crypto::kBackupSealedChunkSize) {
        sizes.insert({end, end + 1, end + 1000});
        if (end > crypto::kBackupHeaderSize)
            sizes.insert(end - 1);
    }
    for (const std::size_t size : sizes) {
        const auto trouble = troubleWith(good.substr(0, size));
        QVERIFY2(trouble.has_value(), QByteArray::number(qulonglong(size)));
        QVERIFY2(*trouble == (size == 0 ? BackupTrouble::NotABackup : BackupTrouble::CutShort),
                 QByteArray::number(qulonglong(size)));
    }
}

void TestBackupDamage::chunksMovedOrDoubled_areNoticed()
{
    const std::string &good = goodBackup();
    const auto chunk = [&](std::size_t n) {
        return good.substr(crypto::kBackupHeaderSize + n * crypto::kBackupSealedChunkSize, crypto::kBackupSealedChunkSize);
    };
    const std::string header = good.substr(0, crypto::kBackupHeaderSize);
    const std::string rest = good.substr(crypto::kBackupHeaderSize + 2 * crypto::kBackupSealedChunkSize);
    QVERIFY(header + chunk(0) + chunk(1) + rest == good);
    QVERIFY(troubleWith(header + chunk(1) + chunk(0) + rest) == BackupTrouble::Damaged);
    QVERIFY(troubleWith(header + chunk(0) + chunk(0) + chunk(1) + rest) == BackupTrouble::Damaged);
    QVERIFY(troubleWith(header + chunk(0) + rest) == BackupTrouble::Damaged);
}

void TestBackupDamage::bytesBehind_areNoticed()
{
    QVERIFY(troubleWith(goodBackup() + "x") == BackupTrouble::Damaged);
    QVERIFY(troubleWith(goodBackup() + goodBackup()) == BackupTrouble::Damaged);
}

void TestBackupDamage::otherFiles_areNotBackups()
{
    QVERIFY(troubleWith("") == BackupTrouble::NotABackup);
    QVERIFY(troubleWith("PK\x03\x04 a picture or a letter") == BackupTrouble::NotABackup);
    QVERIFY(troubleWith(std::string(200000, '\0')) == BackupTrouble::NotABackup);
    std::string newer = goodBackup();
    newer[12] = 9;
    QVERIFY(troubleWith(newer) == BackupTrouble::Newer);
}

void TestBackupDamage::damage_neverReachesTheVault()
{
    // The flipped byte is in the last chunk: nearly everything has been inserted when it shows.
    std::string bad = goodBackup();
    bad[bad.size() - 100] = char(bad[bad.size() - 100] ^ 1);
    writeFile(sharedFolder() / "bad", bad);
    auto db = emptyVault(sharedFolder() / "target.db");
    SeededRandom random(6);
    RestoreRequest request;
    request.file = sharedFolder() / "bad";
    request.passphrase = crypto::asBytes(kPassphrase);
    const auto damaged = restoreBackup(*db, request, random);
    QVERIFY(!damaged);
    QCOMPARE(damaged.error(), BackupTrouble::Damaged);
    request.passphrase = crypto::asBytes("wrong");
    QCOMPARE(restoreBackup(*db, request, random).error(), BackupTrouble::WrongPassphrase);
    request.passphrase = crypto::asBytes(kPassphrase);
    request.file = sharedFolder() / "good";
    QVERIFY(restoreBackup(*db, request, random)); // still empty, so it is taken
}

void TestBackupDamage::recordsThatDoNotFit_areDamage()
{
    const auto file = [](std::vector<crypto::SecretBuffer> records) {
        SeededRandom random(8);
        crypto::Bytes out;
        auto stream = crypto::BackupWriter::begin(crypto::asBytes(kPassphrase), kFastCost, random, out);
        for (const auto &record : records) {
            crypto::Bytes length;
            crypto::appendBe32(length, std::uint32_t(record.size()));
            stream->write(length, out);
            stream->write(record.view(), out);
        }
        stream->finish(out);
        return std::string(out.begin(), out.end());
    };
    const auto records = [](auto... made) {
        std::vector<crypto::SecretBuffer> list;
        (list.push_back(std::move(made)), ...);
        return list;
    };
    const auto head = [] { return encode(HeadRow{kFormat, kNow}); };
    const auto host = [] { return encode(vault::HostRow{"host.example", 1}); };
    const auto end = [](std::int64_t count) { return encode(EndRow{count, 0, 0}); };
    QVERIFY(!troubleWith(file(records(head(), host(), end(2)))));
    QVERIFY(troubleWith(file(records(head(), host()))) == BackupTrouble::Damaged);                   // no end
    QVERIFY(troubleWith(file(records(head(), host(), end(3)))) == BackupTrouble::Damaged);           // one is missing
    QVERIFY(troubleWith(file(records(host(), end(1)))) == BackupTrouble::Damaged);                   // no head
    QVERIFY(troubleWith(file(records(head(), head(), end(2)))) == BackupTrouble::Damaged);           // two
    QVERIFY(troubleWith(file(records(head(), end(1), host()))) == BackupTrouble::Damaged);           // after the end
    QVERIFY(troubleWith(file({})) == BackupTrouble::Damaged);                                        // nothing at all
    QVERIFY(troubleWith(file(records(head(), crypto::SecretBuffer(3), end(2)))) == BackupTrouble::Damaged);
    QVERIFY(troubleWith(file(records(head(), RecordBuilder(4).text(1, "an id as text").finish(), end(2))))
            == BackupTrouble::Damaged);
    // Authentic, countable, and still no vault: a message of nobody.
    vault::MessageRow orphan;
    orphan.id = filled<16>(1);
    orphan.contact = filled<16>(9);
    writeFile(sharedFolder() / "orphan",
              file(records(head(), encode(IdentityRow{crypto::SecretBytes<32>(testKey()), kNow}), encode(orphan),
                           encode(EndRow{3, 1, 0}))));
    auto db = emptyVault(sharedFolder() / "orphan.db");
    SeededRandom random(6);
    RestoreRequest request;
    request.file = sharedFolder() / "orphan";
    request.passphrase = crypto::asBytes(kPassphrase);
    const auto refused = restoreBackup(*db, request, random);
    QVERIFY(!refused);
    QCOMPARE(refused.error(), BackupTrouble::Damaged);
}

TACET_TEST_UNIT("t_backup_damage", TestBackupDamage)
#include "t_backup_damage.moc"
