#include "app/vault/cipher_upgrade.h"
#include "app/vault/vault_file.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/vault_fixture.h"

#include <cerrno>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

namespace {

void createFirst(Database &db)
{
    db.script("CREATE TABLE notes(id INTEGER PRIMARY KEY, words TEXT NOT NULL UNIQUE);");
}
void createSecond(Database &db)
{
    createFirst(db);
    db.script("CREATE INDEX notes_by_length ON notes(length(words));");
}
void toSecond(Database &db)
{
    db.script("CREATE INDEX notes_by_length ON notes(length(words));");
}
constexpr Migration kToSecond[] = {{2, toSecond}};
constexpr Schema kFirst{1, createFirst, {}};
const Schema kSecond{2, createSecond, kToSecond};

struct Profile {
    Folder folder;
    ProfilePaths paths{folder.path};

    void make(const Schema &schema)
    {
        if (!createVault(paths, testKey(), schema))
            qFatal("createVault");
        writeFile(paths.keySlots(), "x");
        if (!finishVault(paths))
            qFatal("finishVault");
    }
    std::unique_ptr<Database> open(const Schema &schema, const VaultOptions &options = {}) const
    {
        auto opened = openVault(paths, testKey(), schema, options);
        if (!opened)
            qFatal("openVault: %s", nameOf(opened.error()));
        return std::move(*opened);
    }
    int version() const
    {
        auto db = mustOpen(paths.vault(), OpenMode::Writer);
        Snapshot snapshot(*db);
        const int version = db->schemaVersion();
        return snapshot.finish() ? version : -1;
    }
};

} // namespace

class TestVaultFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newProfile_opensAfterEachInterruption();
    void unfinishedVault_isReplaced();
    void wrongKeyFromGoodSlots_isDamage();
    void newerSchema_isRefusedUntouched();
    void migration_keepsACopyUntilChecked();
    void migration_survivesEveryFailingWrite();
    void copiesOfAnInterruptedStart_areRemoved();
    void copiesBesideADamagedVault_stay();
    void creation_survivesEveryFailingWrite();
    void reader_livesBesideTheWriter();
    void fileOfSqlCipher3_opensAndIsUpgraded();
    void upgrade_survivesEveryFailingWrite();
};

void TestVaultFile::newProfile_opensAfterEachInterruption()
{
    Profile profile;
    QCOMPARE(stateOf(profile.paths), ProfileState::Empty);
    QVERIFY(createVault(profile.paths, testKey(), kFirst));
    QCOMPARE(stateOf(profile.paths), ProfileState::Empty);
    QVERIFY(!fs::exists(profile.folder / "vault.db.new-wal"));
    writeFile(profile.paths.keySlots(), "x");
    QCOMPARE(stateOf(profile.paths), ProfileState::Ready); // interrupted here: the next start finishes it
    QVERIFY(addNote(*profile.open(kFirst), "first"));
    QVERIFY(!fs::exists(profile.paths.newVault()));
    QCOMPARE(countNotes(*profile.open(kFirst)), 1);
}

void TestVaultFile::unfinishedVault_isReplaced()
{
    Profile profile;
    QVERIFY(createVault(profile.paths, testKey(1), kFirst)); // its key was lost with the interrupted process
    profile.make(kFirst);
    QVERIFY(addNote(*profile.open(kFirst), "first"));
}

void TestVaultFile::wrongKeyFromGoodSlots_isDamage()
{
    Profile profile;
    profile.make(kFirst);
    const auto opened = openVault(profile.paths, testKey(1), kFirst);
    QVERIFY(!opened);
    QCOMPARE(opened.error(), DbError::Corrupt);
    fs::remove(profile.paths.vault());
    const auto missing = openVault(profile.paths, testKey(), kFirst);
    QVERIFY(!missing);
    QCOMPARE(missing.error(), DbError::Missing);
    QVERIFY(!fs::exists(profile.paths.vault())); // never a fresh one in its place
}

void TestVaultFile::newerSchema_isRefusedUntouched()
{
    Profile profile;
    profile.make(kSecond);
    const std::string before = readFile(profile.paths.vault());
    const auto opened = openVault(profile.paths, testKey(), kFirst);
    QVERIFY(!opened);
    QCOMPARE(opened.error(), DbError::Newer);
    QVERIFY(readFile(profile.paths.vault()) == before);
}

void TestVaultFile::migration_keepsACopyUntilChecked()
{
    Profile profile;
    profile.make(kFirst);
    QVERIFY(addNote(*profile.open(kFirst), "old"));
    class Watching final : public FaultPlan {
    public:
        Fault before(FileStep step, const std::string &path, std::size_t) override
        {
            if (step == FileStep::Rename && path.ends_with("before-version-2"))
                copied = true;
            if (step == FileStep::Remove && path.ends_with("before-version-2")) {
                removed = true;
                auto copy = Database::open(path, OpenMode::Writer, testKey()); // whole, of the old version
                copyWasWhole = copy && countNotes(**copy) == 1;
            }
            return {};
        }
        bool copied = false;
        bool removed = false;
        bool copyWasWhole = false;
    } watching;
    VaultOptions options;
    options.faults = &watching;
    QCOMPARE(countNotes(*profile.open(kSecond, options)), 1);
    QVERIFY(watching.copied && watching.removed && watching.copyWasWhole);
    QCOMPARE(profile.version(), 2);
    QVERIFY(!fs::exists(profile.folder / "vault.db.before-version-2"));
}

void TestVaultFile::migration_survivesEveryFailingWrite()
{
    FailNth counter;
    for (int nth = 0; nth <= counter.steps(); ++nth) { // 0: only counts
        Profile profile;
        profile.make(kFirst);
        QVERIFY(addNote(*profile.open(kFirst), "kept"));
        FailNth failing(nth, ENOSPC, true, true);
        FaultPlan &plan = nth == 0 ? static_cast<FaultPlan &>(counter) : failing;
        {
            const FaultVfs vfs(plan);
            VaultOptions options;
            options.database.vfs = vfs.name();
            options.faults = &plan;
            const auto opened = openVault(profile.paths, testKey(), kSecond, options);
            QVERIFY(nth > 0 || opened.ok());
        }
        QVERIFY(counter.steps() > 5);
        const int version = profile.version();
        QVERIFY(version == 1 || version == 2);
        QCOMPARE(countNotes(*profile.open(kSecond)), 1);
        QCOMPARE(profile.version(), 2);
    }
}

void TestVaultFile::copiesOfAnInterruptedStart_areRemoved()
{
    Profile profile;
    profile.make(kFirst);
    QVERIFY(addNote(*profile.open(kFirst), "deleted later"));
    class NothingGoes final : public FaultPlan { // killed before it was removed
    public:
        Fault before(FileStep step, const std::string &, std::size_t) override { return {step == FileStep::Remove ? EIO : 0, 0}; }
    } nothingGoes;
    VaultOptions options;
    options.faults = &nothingGoes;
    const fs::path copy = profile.folder / "vault.db.before-version-2";
    QCOMPARE(countNotes(*profile.open(kSecond, options)), 1);
    QVERIFY(fs::exists(copy));
    fs::copy_file(copy, keptFile(profile.paths.vault())); // what an upgrade of the cipher leaves is called so
    QCOMPARE(countNotes(*profile.open(kSecond)), 1);
    QVERIFY(!fs::exists(copy));
    QVERIFY(!fs::exists(keptFile(profile.paths.vault())));
}

void TestVaultFile::copiesBesideADamagedVault_stay()
{
    Profile profile;
    profile.make(kFirst);
    {
        auto db = profile.open(kFirst);
        for (int i = 0; i < 60; ++i)
            QVERIFY(addNote(*db, std::to_string(i) + std::string(900, 'x')));
    }
    const fs::path copy = profile.folder / "vault.db.before-version-2";
    fs::copy_file(profile.paths.vault(), copy);
    QVERIFY(bringToDate(*profile.open(kFirst), kSecond));
    std::string bytes = readFile(profile.paths.vault());
    bytes[bytes.size() - 2000] ^= 1; // its last page
    writeFile(profile.paths.vault(), bytes);
    static_cast<void>(openVault(profile.paths, testKey(), kSecond));
    QVERIFY(fs::exists(copy));
}

void TestVaultFile::creation_survivesEveryFailingWrite()
{
    FailNth counter;
    for (int nth = 0; nth <= counter.steps(); ++nth) {
        Profile profile;
        FailNth failing(nth, EIO, true);
        FaultPlan &plan = nth == 0 ? static_cast<FaultPlan &>(counter) : failing;
        bool created = false;
        {
            const FaultVfs vfs(plan);
            VaultOptions options;
            options.database.vfs = vfs.name();
            options.faults = &plan;
            created = createVault(profile.paths, testKey(), kFirst, options).ok();
        }
        QVERIFY(nth > 0 || created);
        QCOMPARE(stateOf(profile.paths), ProfileState::Empty);
        profile.make(kFirst); // a second attempt always works
        QVERIFY(addNote(*profile.open(kFirst), "first"));
    }
}

void TestVaultFile::reader_livesBesideTheWriter()
{
    Profile profile;
    profile.make(kFirst);
    auto writer = profile.open(kFirst);
    auto reader = openReader(profile.paths, testKey());
    QVERIFY(reader);
    QVERIFY(addNote(*writer, "seen"));
    QCOMPARE(countNotes(**reader), 1);
}

/// tests/vault/data/sqlcipher-3.db was written by SQLCipher 3.4.1 of Debian 12 through Database: kFirst, three
/// notes, key testKey().
void TestVaultFile::fileOfSqlCipher3_opensAndIsUpgraded()
{
    Profile profile;
    fs::copy_file(fs::path(TACET_SOURCE_DIR) / "tests/vault/data/sqlcipher-3.db", profile.paths.vault());
    fs::permissions(profile.paths.vault(), fs::perms(0600));
    writeFile(profile.paths.keySlots(), "x");
    QCOMPARE(mustOpen(profile.paths.vault(), OpenMode::Reader)->cipherGeneration(), 3);
    auto db = profile.open(kSecond);
    QCOMPARE(db->cipherGeneration(), Database::libraryGeneration());
    QCOMPARE(countNotes(*db), 3);
    QVERIFY(db->check());
    QVERIFY(addNote(*db, "after"));
    db = nullptr;
    QCOMPARE(countNotes(*profile.open(kSecond)), 4);
    QVERIFY(!fs::exists(keptFile(profile.paths.vault())));
}

void TestVaultFile::upgrade_survivesEveryFailingWrite()
{
    if (Database::libraryGeneration() < 4)
        QSKIP("skipped: this machine's SQLCipher is of generation 3, there is nothing to upgrade to");
    FailNth counter;
    for (int nth = 0; nth <= counter.steps(); ++nth) {
        Profile profile;
        fs::copy_file(fs::path(TACET_SOURCE_DIR) / "tests/vault/data/sqlcipher-3.db", profile.paths.vault());
        fs::permissions(profile.paths.vault(), fs::perms(0600));
        FailNth failing(nth, ENOSPC, true, true);
        FaultPlan &plan = nth == 0 ? static_cast<FaultPlan &>(counter) : failing;
        {
            const FaultVfs vfs(plan);
            VaultOptions options;
            options.database.vfs = vfs.name();
            options.faults = &plan;
            const auto opened = openVault(profile.paths, testKey(), kFirst, options);
            QVERIFY(nth > 0 || opened.ok());
        }
        QCOMPARE(countNotes(*profile.open(kFirst)), 3);
    }
}

TACET_TEST_UNIT("t_vault_file", TestVaultFile)
#include "t_vault_file.moc"
