#include "app/vault/transaction.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/vault_fixture.h"

#include <sys/stat.h>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

class TestDatabaseOpen : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingFile_isMissing();
    void create_refusesAnExistingFile();
    void create_makesAPrivateFile();
    void wrongKey_isRefusedAndChangesNothing();
    void emptyFile_isDamageNotAFreshVault();
    void text_isNotReadableAtRest();
    void flippedByte_isRefused();
    void cutFile_isRefused();
};

void TestDatabaseOpen::missingFile_isMissing()
{
    const Folder folder;
    for (const OpenMode mode : {OpenMode::Writer, OpenMode::Reader}) {
        const auto opened = Database::open(folder / "none.db", mode, testKey());
        QVERIFY(!opened);
        QCOMPARE(opened.error(), DbError::Missing);
    }
    QVERIFY(!fs::exists(folder / "none.db"));
    const auto nowhere = Database::open(folder / "no/such/folder.db", OpenMode::Create, testKey());
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error(), DbError::Missing);
}

void TestDatabaseOpen::create_refusesAnExistingFile()
{
    const Folder folder;
    vaultWithNotes(folder / "vault.db");
    const std::string before = readFile(folder / "vault.db");
    QVERIFY(!Database::open(folder / "vault.db", OpenMode::Create, testKey()));
    QVERIFY(readFile(folder / "vault.db") == before);
}

void TestDatabaseOpen::create_makesAPrivateFile()
{
    const Folder folder;
    const mode_t before = ::umask(0);
    auto db = vaultWithNotes(folder / "vault.db");
    ::umask(before);
    for (const char *name : {"vault.db", "vault.db-wal", "vault.db-shm"}) {
        struct stat info{};
        QCOMPARE(::stat((folder / name).c_str(), &info), 0);
        QCOMPARE(int(info.st_mode & 0777), 0600);
    }
}

void TestDatabaseOpen::wrongKey_isRefusedAndChangesNothing()
{
    const Folder folder;
    QVERIFY(addNote(*vaultWithNotes(folder / "vault.db"), "kept"));
    const std::string before = readFile(folder / "vault.db");
    const auto opened = Database::open(folder / "vault.db", OpenMode::Writer, testKey(8));
    QVERIFY(!opened);
    QCOMPARE(opened.error(), DbError::WrongKey);
    QVERIFY(readFile(folder / "vault.db") == before);
    QCOMPARE(countNotes(*mustOpen(folder / "vault.db", OpenMode::Writer)), 1);
}

void TestDatabaseOpen::emptyFile_isDamageNotAFreshVault()
{
    const Folder folder;
    writeFile(folder / "vault.db", "");
    const auto opened = Database::open(folder / "vault.db", OpenMode::Writer, testKey());
    QVERIFY(!opened);
    QCOMPARE(opened.error(), DbError::Corrupt);
}

void TestDatabaseOpen::text_isNotReadableAtRest()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    QVERIFY(addNote(*db, "a canary sang in the mine"));
    for (const char *name : {"vault.db", "vault.db-wal", "vault.db-shm"}) {
        QVERIFY(readFile(folder / name).find("canary") == std::string::npos);
        QVERIFY(readFile(folder / name).find("SQLite format") == std::string::npos);
        QVERIFY(readFile(folder / name).find("notes") == std::string::npos);
    }
}

void TestDatabaseOpen::flippedByte_isRefused()
{
    const Folder folder;
    {
        auto db = vaultWithNotes(folder / "vault.db");
        Transaction transaction(*db);
        for (int i = 0; i < 300; ++i)
            db->exec("INSERT INTO notes(words) VALUES(?1)", std::to_string(i) + std::string(100, 'w'));
        QVERIFY(transaction.commit());
    }
    const std::string good = readFile(folder / "vault.db");
    // The last 12 bytes of a page of SQLCipher 3 are unused padding; everywhere else one bit is enough.
    const std::size_t unused = Database::libraryGeneration() < 4 ? 12 : 0;
    for (std::size_t page = 0; page < good.size() / 4096; ++page) {
        for (const std::size_t offset : {std::size_t{17}, std::size_t{2000}, 4095 - unused}) {
            std::string bad = good;
            bad[page * 4096 + offset] = char(bad[page * 4096 + offset] ^ 1);
            writeFile(folder / "bad.db", bad);
            auto opened = Database::open(folder / "bad.db", OpenMode::Writer, testKey());
            DbError error = DbError::Io;
            if (opened) {
                const auto checked = opened.value()->check();
                QVERIFY2(!checked, qPrintable(QString::number(page * 4096 + offset)));
                error = checked.error();
            } else {
                error = opened.error();
            }
            QVERIFY2(error == (page == 0 ? DbError::WrongKey : DbError::Corrupt), nameOf(error));
        }
    }
}

void TestDatabaseOpen::cutFile_isRefused()
{
    const Folder folder;
    {
        auto db = vaultWithNotes(folder / "vault.db");
        for (int i = 0; i < 50; ++i)
            QVERIFY(addNote(*db, std::to_string(i) + std::string(400, 'w')));
    }
    const std::string good = readFile(folder / "vault.db");
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{4096}, good.size() / 2, good.size() - 4096}) {
        writeFile(folder / "cut.db", good.substr(0, size));
        auto opened = Database::open(folder / "cut.db", OpenMode::Writer, testKey());
        QVERIFY2(!opened || !opened.value()->check(), qPrintable(QString::number(size)));
        fs::remove(folder / "cut.db-wal");
        fs::remove(folder / "cut.db-shm");
    }
}

TACET_TEST_UNIT("t_database_open", TestDatabaseOpen)
#include "t_database_open.moc"
