// Every write, truncate, sync and delete of a piece of work is made to fail, one run each.
#include "tests/support/fault_vfs.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/vault_fixture.h"

#include <set>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

namespace {

/// Two notes a transaction: half of one would show. Answers which transactions were confirmed.
std::set<int> work(Database &db)
{
    std::set<int> confirmed;
    for (int i = 1; i <= 3; ++i) {
        Transaction transaction(db);
        for (const char *half : {"a", "b"})
            db.exec("INSERT INTO notes(id, words) VALUES(?1, ?2)", i * 2 + (*half == 'b'),
                    std::to_string(i) + half + std::string(900, 'x'));
        if (transaction.commit())
            confirmed.insert(i);
        if (i == 1)
            static_cast<void>(db.checkpoint());
    }
    return confirmed;
}

std::set<int> noteIds(Database &db)
{
    Snapshot snapshot(db);
    std::set<int> ids;
    auto row = db.query("SELECT id FROM notes");
    while (row.step())
        ids.insert(row.number<int>(0));
    return snapshot.finish() ? ids : std::set<int>{-1};
}

} // namespace

class TestFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFailingWrite_losesNothingConfirmed_data();
    void everyFailingWrite_losesNothingConfirmed();
    void fullDisk_isSaidAndHealsItself();
};

void TestFaults::everyFailingWrite_losesNothingConfirmed_data()
{
    QTest::addColumn<int>("error");
    QTest::addColumn<bool>("sticky");
    QTest::addColumn<bool>("shortWrite");
    QTest::newRow("one I/O error") << EIO << false << false;
    QTest::newRow("disk fails for good") << EIO << true << false;
    QTest::newRow("disk full for a moment") << ENOSPC << false << false;
    QTest::newRow("disk full for good") << ENOSPC << true << false;
    QTest::newRow("short write, disk full for good") << ENOSPC << true << true;
    QTest::newRow("one short write") << EIO << false << true;
    QTest::newRow("became read-only") << EROFS << true << false;
}

void TestFaults::everyFailingWrite_losesNothingConfirmed()
{
    QFETCH(int, error);
    QFETCH(bool, sticky);
    QFETCH(bool, shortWrite);
    const Folder folder;
    QVERIFY(addNote(*vaultWithNotes(folder / "vault.db"), "here before"));
    const std::string before = readFile(folder / "vault.db");

    int steps = 0;
    for (int nth = 1; nth == 1 || nth <= steps; ++nth) {
        writeFile(folder / "vault.db", before);
        fs::remove(folder / "vault.db-wal");
        fs::remove(folder / "vault.db-shm");
        FailNth plan(nth, error, sticky, shortWrite);
        std::set<int> confirmed;
        {
            const FaultVfs vfs(plan);
            DatabaseOptions options;
            options.vfs = vfs.name();
            auto opened = Database::open(folder / "vault.db", OpenMode::Writer, testKey(), options);
            if (opened)
                confirmed = work(**opened);
        }
        if (nth == 1) { // how many there are in all
            FailNth counter;
            writeFile(folder / "count.db", before);
            const FaultVfs vfs(counter);
            DatabaseOptions options;
            options.vfs = vfs.name();
            QCOMPARE(work(*mustOpen(folder / "count.db", OpenMode::Writer, options)).size(), std::size_t{3});
            steps = counter.steps();
            QVERIFY(steps > 15);
        }
        QVERIFY(plan.failures() > 0);
        const QByteArray at = "step " + QByteArray::number(nth);
        auto db = mustOpen(folder / "vault.db", OpenMode::Writer);
        QVERIFY2(db->check(), at);
        const std::set<int> ids = noteIds(*db);
        QVERIFY2(ids.count(1) == 1, at); // "here before"
        for (int i = 1; i <= 3; ++i) {
            // What was confirmed is there. What was refused is there as a whole or not at all: a commit whose
            // sync failed may have reached the disk nevertheless.
            QVERIFY2(ids.count(i * 2) == ids.count(i * 2 + 1), at);
            QVERIFY2(!confirmed.count(i) || ids.count(i * 2) == 1, at);
        }
        QVERIFY2(addNote(*db, "usable again"), at);
    }
}

void TestFaults::fullDisk_isSaidAndHealsItself()
{
    const Folder folder;
    QVERIFY(addNote(*vaultWithNotes(folder / "vault.db"), "kept"));
    FailNth plan(1, ENOSPC, true);
    const FaultVfs vfs(plan);
    DatabaseOptions options;
    options.vfs = vfs.name();
    auto db = mustOpen(folder / "vault.db", OpenMode::Writer, options);
    const auto refused = addNote(*db, std::string(100000, 'x'));
    QVERIFY(!refused);
    QCOMPARE(refused.error(), DbError::DiskFull);
    QCOMPARE(countNotes(*db), 1);
    plan.heal(); // someone made room: the same connection goes on
    QVERIFY(addNote(*db, "after"));
    QCOMPARE(countNotes(*db), 2);
}

TACET_TEST_UNIT("t_faults", TestFaults)
#include "t_faults.moc"
