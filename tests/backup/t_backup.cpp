#include "tests/backup/filled_vault.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/unit_registry.h"

#include <map>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::backup;

namespace {

struct Journey {
    Folder folder;
    SeededRandom random{5};
    std::unique_ptr<vault::Database> writer = emptyVault(folder / "vault.db");
    std::unique_ptr<vault::Database> reader;

    explicit Journey(int messages = 30)
    {
        fillVault(*writer, messages);
        reader = mustOpen(folder / "vault.db", vault::OpenMode::Reader);
    }
    Outcome<Summary> write(const char *name = "backup", const Control &control = {})
    {
        return writeBackup(*reader, requestFor(folder / name), random, control);
    }
    RestoreRequest restoreRequest(const char *name = "backup") const
    {
        RestoreRequest request;
        request.file = folder / name;
        request.passphrase = crypto::asBytes(kPassphrase);
        request.nowMs = kNow + 99;
        return request;
    }
};

} // namespace

class TestBackup : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void journey_bringsEverythingBack();
    void restore_leavesOutWhatWouldRepeatKeys();
    void restore_wantsAnEmptyVault();
    void restore_isAllOrNothing();
    void afterRows_runsInsideTheTransaction();
    void verify_countsAndChangesNothing();
    void writing_goesOnBesideTheMessenger();
    void progress_isTrueAndEnds();
    void cancel_leavesTheOldBackup_data();
    void cancel_leavesTheOldBackup();
    void everyFailingWrite_leavesTheOldBackup();
    void whatTheDiskAltered_isNotCalledABackup();
    void damagedVault_isNotCalledABackup();
    void unknownRecordsAndKeys_arePassedOver();
    void laterFormat_isRefused();
    void fileHoldsNothingReadable();
};

void TestBackup::journey_bringsEverythingBack()
{
    Journey journey;
    const auto written = journey.write();
    QVERIFY(written);
    QCOMPARE(written->messages, 60);
    QCOMPARE(written->contacts, 2);
    QCOMPARE(written->createdMs, kNow);
    QCOMPARE(written->bytes, std::int64_t(fs::file_size(journey.folder / "backup")));
    QCOMPARE(fs::status(journey.folder / "backup").permissions(), fs::perms::owner_read | fs::perms::owner_write);

    auto restored = emptyVault(journey.folder / "restored.db");
    const auto summary = restoreBackup(*restored, journey.restoreRequest(), journey.random);
    QVERIFY(summary);
    QCOMPARE(summary->messages, 60);

    auto expected = rowsOf(*journey.writer);
    auto found = rowsOf(*restored);
    QCOMPARE(found.size(), expected.size());
    int different = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        different += found[i] != expected[i];
    QCOMPARE(different, 1); // the verified contact
    vault::Snapshot snapshot(*restored);
    QCOMPARE(vault::readContact(*restored, filled<16>(1))->trust, 2); // verified before restore
    QCOMPARE(vault::readContact(*restored, filled<16>(2))->trust, 0);
    QVERIFY(vault::readSettingText(*restored, "empty") == std::string());
    QCOMPARE(vault::readSettingInteger(*restored, "typing").value_or(7), 0);
    QVERIFY(vault::readRelays(*restored) == std::vector<std::string>({"wss://relay.example", "wss://a.example"}));
    QVERIFY(snapshot.finish());
}

void TestBackup::restore_leavesOutWhatWouldRepeatKeys()
{
    Journey journey;
    QVERIFY(journey.write());
    auto restored = emptyVault(journey.folder / "restored.db");
    QVERIFY(restoreBackup(*restored, journey.restoreRequest(), journey.random));
    vault::Snapshot there(*restored);
    const auto profile = vault::readProfile(*restored);
    QCOMPARE(restored->integer("SELECT count(*) FROM sessions").value(), 0);
    QCOMPARE(restored->integer("SELECT count(*) FROM prekeys").value(), 0);
    QCOMPARE(restored->integer("SELECT count(*) FROM mailbox_relays WHERE synced_s IS NOT NULL").value(), 0);
    QCOMPARE(restored->integer("SELECT count(*) FROM mailbox_relays").value(), 4);
    QVERIFY(there.finish());
    vault::Snapshot here(*journey.writer);
    const auto before = vault::readProfile(*journey.writer);
    QVERIFY(here.finish());
    QVERIFY(profile->identitySeed.equals(before->identitySeed.view()));
    QVERIFY(profile->device != before->device);
    QVERIFY(profile->spoolPublic != before->spoolPublic);
    QCOMPARE(profile->restoredMs, kNow + 99);
    // The new spool keys belong together.
    crypto::FixedBytes<32> publicKey{};
    crypto_scalarmult_base(publicKey.data(), profile->spoolSecret.view().data());
    QVERIFY(publicKey == profile->spoolPublic);
}

void TestBackup::restore_wantsAnEmptyVault()
{
    Journey journey;
    QVERIFY(journey.write());
    const auto before = rowsOf(*journey.writer);
    const auto refused = restoreBackup(*journey.writer, journey.restoreRequest(), journey.random);
    QVERIFY(!refused);
    QCOMPARE(refused.error(), BackupTrouble::VaultNotEmpty);
    QVERIFY(rowsOf(*journey.writer) == before);
}

void TestBackup::restore_isAllOrNothing()
{
    Journey journey;
    QVERIFY(journey.write());
    FailNth counter;
    for (int nth = 0; nth <= counter.steps(); nth += nth < 3 ? 1 : 5) { // 0: only counts
        const fs::path file = journey.folder / ("restored-" + std::to_string(nth)).c_str();
        emptyVault(file);
        FailNth failing(nth, ENOSPC, true);
        const FaultVfs vfs(nth == 0 ? static_cast<vault::FaultPlan &>(counter) : failing);
        bool ok = false;
        {
            vault::DatabaseOptions options;
            options.vfs = vfs.name();
            auto db = vault::Database::open(file, vault::OpenMode::Writer, testKey(), options);
            if (db) {
                const auto restored = restoreBackup(**db, journey.restoreRequest(), journey.random);
                ok = restored.ok();
                QVERIFY(ok || restored.error() == BackupTrouble::DiskFull);
            }
        }
        QVERIFY(nth == 0 ? ok : nth > 1 || !ok); // the last steps come after the commit, when the file is closed
        auto db = mustOpen(file, vault::OpenMode::Writer);
        vault::Snapshot snapshot(*db);
        const auto contacts = vault::countContacts(*db);
        const auto messages = vault::countMessages(*db);
        QVERIFY(snapshot.finish());
        QVERIFY((contacts == 2 && messages == 60) || (contacts == 0 && messages == 0));
        QVERIFY(!ok || contacts == 2);
    }
    QVERIFY(counter.steps() > 10);
}

void TestBackup::afterRows_runsInsideTheTransaction()
{
    Journey journey;
    QVERIFY(journey.write());
    auto restored = emptyVault(journey.folder / "restored.db");
    RestoreRequest request = journey.restoreRequest();
    std::int64_t seen = 0;
    request.afterRows = [&](vault::Database &db) {
        seen = vault::countMessages(db);
        db.keepError(vault::DbError::DiskFull);
    };
    const auto failed = restoreBackup(*restored, request, journey.random);
    QVERIFY(!failed);
    QCOMPARE(failed.error(), BackupTrouble::DiskFull);
    QCOMPARE(seen, 60);
    request.afterRows = [](vault::Database &db) { vault::writeSetting(db, "restored", std::int64_t{1}); };
    QVERIFY(restoreBackup(*restored, request, journey.random)); // as empty as before
    vault::Snapshot snapshot(*restored);
    QCOMPARE(vault::readSettingInteger(*restored, "restored").value_or(0), 1);
    QVERIFY(snapshot.finish());
}

void TestBackup::verify_countsAndChangesNothing()
{
    Journey journey;
    QVERIFY(journey.write());
    const std::string before = readFile(journey.folder / "backup");
    const auto summary = verifyBackup(journey.folder / "backup", crypto::asBytes(kPassphrase));
    QVERIFY(summary);
    QCOMPARE(summary->messages, 60);
    QCOMPARE(summary->contacts, 2);
    QVERIFY(readFile(journey.folder / "backup") == before);
    QCOMPARE(verifyBackup(journey.folder / "backup", crypto::asBytes("another")).error(), BackupTrouble::WrongPassphrase);
    QCOMPARE(verifyBackup(journey.folder / "none", crypto::asBytes(kPassphrase)).error(), BackupTrouble::Missing);
    QCOMPARE(verifyBackup(journey.folder.path, crypto::asBytes(kPassphrase)).error(), BackupTrouble::DiskError);
}

void TestBackup::writing_goesOnBesideTheMessenger()
{
    Journey journey(1200); // more than a page of messages
    bool wrote = false;
    Control control;
    control.progress = [&](Step step, std::int64_t, std::int64_t) {
        if (step != Step::Comparing || wrote)
            return;
        wrote = true; // a message arrives between writing and comparing
        vault::Transaction transaction(*journey.writer);
        vault::MessageRow message;
        message.id = filled<16>(200);
        message.contact = filled<16>(1);
        message.body = "meanwhile";
        message.sortMs = 5; // would come first
        vault::insertMessage(*journey.writer, message);
        QVERIFY(transaction.commit());
    };
    const auto written = journey.write("backup", control);
    QVERIFY(written);
    QVERIFY(wrote);
    QCOMPARE(written->messages, 2400);
}

void TestBackup::progress_isTrueAndEnds()
{
    Journey journey(500);
    std::map<Step, std::int64_t> last;
    std::vector<Step> order;
    int calls = 0;
    Control control;
    control.progress = [&](Step step, std::int64_t done, std::int64_t total) {
        ++calls;
        QVERIFY(done >= last[step] && done <= total);
        last[step] = done;
        if (order.empty() || order.back() != step)
            order.push_back(step);
        if (step == Step::Done)
            QVERIFY(fs::exists(journey.folder / "backup")); // not before it is true
        else
            QVERIFY(!fs::exists(journey.folder / "backup"));
    };
    QVERIFY(journey.write("backup", control));
    QVERIFY(order == std::vector<Step>({Step::Writing, Step::ReadingBack, Step::Comparing, Step::Done}));
    QVERIFY(calls > 100 && calls < 1000);
}

void TestBackup::cancel_leavesTheOldBackup_data()
{
    QTest::addColumn<int>("step");
    QTest::newRow("while writing") << int(Step::Writing);
    QTest::newRow("while reading back") << int(Step::ReadingBack);
    QTest::newRow("while comparing") << int(Step::Comparing);
}

void TestBackup::cancel_leavesTheOldBackup()
{
    QFETCH(int, step);
    Journey journey;
    writeFile(journey.folder / "backup", "the last backup");
    std::atomic<bool> cancelled = false;
    Control control;
    control.cancelled = &cancelled;
    control.progress = [&](Step now, std::int64_t, std::int64_t) { cancelled = cancelled || int(now) == step; };
    const auto result = journey.write("backup", control);
    QVERIFY(!result);
    QCOMPARE(result.error(), BackupTrouble::Cancelled);
    QVERIFY(readFile(journey.folder / "backup") == "the last backup");
    QVERIFY(!fs::exists(vault::DurableFile::temporaryPathOf(journey.folder / "backup")));
    cancelled = false;
    control.progress = {};
    QVERIFY(journey.write("backup", control)); // the connection is free again
}

void TestBackup::everyFailingWrite_leavesTheOldBackup()
{
    Journey journey(3000); // several writes of 256 KiB
    FailNth counter;
    auto request = requestFor(journey.folder / "backup");
    request.faults = &counter;
    QVERIFY(writeBackup(*journey.reader, request, journey.random));
    QVERIFY(counter.steps() >= 6); // create, two writes or more, sync, rename, sync of the folder
    for (int nth = 1; nth <= counter.steps(); ++nth) {
        for (const bool shortWrite : {false, true}) {
            writeFile(journey.folder / "backup", "the last backup");
            FailNth plan(nth, ENOSPC, false, shortWrite);
            request.faults = &plan;
            const auto result = writeBackup(*journey.reader, request, journey.random);
            QVERIFY(!result);
            QCOMPARE(result.error(), BackupTrouble::DiskFull);
            if (nth < counter.steps()) // the last one is the folder's sync: the new backup is in place and whole
                QVERIFY(readFile(journey.folder / "backup") == "the last backup");
            else
                QVERIFY(verifyBackup(journey.folder / "backup", crypto::asBytes(kPassphrase)));
            QVERIFY(!fs::exists(vault::DurableFile::temporaryPathOf(journey.folder / "backup")));
        }
    }
}

void TestBackup::whatTheDiskAltered_isNotCalledABackup()
{
    Journey journey;
    writeFile(journey.folder / "backup", "the last backup");
    // A disk that loses a byte after it said that everything is safe.
    const fs::path temporary = vault::DurableFile::temporaryPathOf(journey.folder / "backup");
    for (const Step when : {Step::ReadingBack, Step::Comparing}) {
        bool altered = false;
        Control control;
        control.progress = [&](Step step, std::int64_t done, std::int64_t) {
            // Writing's last report comes after the sync; comparing opens the file anew.
            const bool now = when == Step::ReadingBack ? step == Step::Writing && done > 0 : step == Step::ReadingBack && done > 0;
            if (!now || altered)
                return;
            std::string bytes = readFile(temporary);
            if (bytes.size() < 60000)
                return;
            altered = true;
            bytes[50000] = char(bytes[50000] ^ 4);
            std::fstream(temporary, std::ios::binary | std::ios::in | std::ios::out).write(bytes.data(), std::streamsize(bytes.size()));
        };
        const auto result = journey.write("backup", control);
        QVERIFY(altered);
        QVERIFY(!result);
        QCOMPARE(result.error(), BackupTrouble::NotVerified);
        QVERIFY(readFile(journey.folder / "backup") == "the last backup");
    }
}

void TestBackup::damagedVault_isNotCalledABackup()
{
    Journey journey(2000);
    journey.reader = nullptr;
    journey.writer = nullptr;
    std::string bytes = readFile(journey.folder / "vault.db");
    for (std::size_t page = bytes.size() / 8192; page < bytes.size() / 4096; ++page)
        bytes[page * 4096 + 100] = char(bytes[page * 4096 + 100] ^ 1);
    writeFile(journey.folder / "vault.db", bytes);
    writeFile(journey.folder / "backup", "the last backup");
    auto opened = vault::Database::open(journey.folder / "vault.db", vault::OpenMode::Writer, testKey());
    QVERIFY(opened);
    const auto result = writeBackup(**opened, requestFor(journey.folder / "backup"), journey.random);
    QVERIFY(!result);
    QCOMPARE(result.error(), BackupTrouble::VaultDamaged);
    QVERIFY(readFile(journey.folder / "backup") == "the last backup");
}

namespace {

/// A backup of hand-made records.
void writeRecords(const fs::path &file, const std::vector<crypto::SecretBuffer> &records)
{
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
    writeFile(file, {reinterpret_cast<const char *>(out.data()), out.size()});
}

std::vector<crypto::SecretBuffer> smallest(std::int64_t format = kFormat)
{
    std::vector<crypto::SecretBuffer> records;
    records.push_back(encode(HeadRow{format, kNow}));
    records.push_back(encode(IdentityRow{crypto::SecretBytes<32>(testKey()), kNow}));
    return records;
}

} // namespace

void TestBackup::unknownRecordsAndKeys_arePassedOver()
{
    const Folder folder;
    SeededRandom random(9);
    auto records = smallest();
    records.push_back(RecordBuilder(999).text(1, "a group").finish());
    records.push_back(RecordBuilder(13).text(1, "host.example").integer(2, 5).text(77, "of the future").finish());
    records.push_back(encode(EndRow{4, 0, 0}));
    writeRecords(folder / "backup", records);
    auto db = emptyVault(folder / "vault.db");
    RestoreRequest request;
    request.file = folder / "backup";
    request.passphrase = crypto::asBytes(kPassphrase);
    QVERIFY(restoreBackup(*db, request, random));
    vault::Snapshot snapshot(*db);
    QVERIFY(vault::hasHost(*db, "host.example"));
    QVERIFY(snapshot.finish());
}

void TestBackup::laterFormat_isRefused()
{
    const Folder folder;
    auto records = smallest(kFormat + 1);
    writeRecords(folder / "backup", records);
    QCOMPARE(verifyBackup(folder / "backup", crypto::asBytes(kPassphrase)).error(), BackupTrouble::Newer);
}

void TestBackup::fileHoldsNothingReadable()
{
    Journey journey;
    QVERIFY(journey.write());
    const std::string bytes = readFile(journey.folder / "backup");
    for (const char *canary : {"Alice", "Bob", "long talk", "relay.example", "tacet:", "RATCHET"})
        QVERIFY(bytes.find(canary) == std::string::npos);
}

TACET_TEST_UNIT("t_backup", TestBackup)
#include "t_backup.moc"
