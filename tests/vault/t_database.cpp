#include "app/vault/transaction.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/vault_fixture.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

namespace {

struct NoteTag;
using NoteKey = crypto::TaggedBytes<NoteTag, 4>;
enum class Mood { Calm, Loud };

} // namespace

class TestDatabase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void values_comeBackAsTheyWereBound();
    void readers_refuseRowsOfAnotherShape_data();
    void readers_refuseRowsOfAnotherShape();
    void statement_isPreparedOnceAndLeased();
    void transaction_withoutCommitLeavesNothing();
    void transaction_keepsTheFirstFailureAndUndoesAll();
    void transaction_failedAtBeginWritesNothing();
    void snapshot_isUnmovedByTheWriter();
    void reader_seesCommittedDataWhileTheWriterIsBusy();
    void reader_cannotWrite();
    void foreignKeys_areEnforced();
    void interrupt_endsALongQuery();
    void commitHook_thrownFromBeforeUndoes();
    void checkpoint_leavesNoWal();
    void settings_areInForce();
    void outlives_isOfOneTransaction();
};

void TestDatabase::values_comeBackAsTheyWereBound()
{
    const Folder folder;
    auto db = mustOpen(folder / "vault.db", OpenMode::Create);
    const NoteKey key{{1, 2, 3, 4}};
    crypto::SecretBuffer secret(crypto::asBytes("between us"));
    const std::optional<std::int64_t> none;
    {
        Transaction transaction(*db);
        db->script("CREATE TABLE v(a, b, c, d, e, f, g, h, i)");
        const auto changed = db->exec("INSERT INTO v VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", std::int64_t{-5}, true, Mood::Loud,
                                      std::string_view{}, std::string("zwei\0drei", 9), key, secret, crypto::Bytes{}, none);
        QCOMPARE(changed, 1);
        QVERIFY(transaction.commit());
    }
    Snapshot snapshot(*db);
    auto row = db->query("SELECT * FROM v");
    QVERIFY(row.step());
    QCOMPARE(row.integer(0), -5);
    QVERIFY(row.boolean(1));
    QVERIFY(row.enumerator(2, Mood::Loud) == Mood::Loud);
    QVERIFY(!row.isNull(3));
    QVERIFY(row.text(3).empty());
    QVERIFY(row.text(4) == std::string("zwei\0drei", 9));
    QVERIFY(row.tagged<NoteKey>(5) == key);
    const auto secretAgain = row.secretBuffer(6);
    QCOMPARE(secretAgain.size(), secret.size());
    QVERIFY(std::equal(secretAgain.view().begin(), secretAgain.view().end(), secret.view().begin()));
    QVERIFY(!row.isNull(7));
    QVERIFY(row.blob(7).empty());
    QVERIFY(row.isNull(8));
    QVERIFY(!row.optionalInteger(8));
    QVERIFY(!row.step());
    QVERIFY(snapshot.finish());
}

void TestDatabase::readers_refuseRowsOfAnotherShape_data()
{
    QTest::addColumn<int>("reader");
    QTest::newRow("text read as integer") << 0;
    QTest::newRow("blob of three bytes as four") << 1;
    QTest::newRow("enum out of range") << 2;
    QTest::newRow("number too wide") << 3;
    QTest::newRow("null read as blob") << 4;
    QTest::newRow("blob of three bytes as a secret of four") << 5;
}

void TestDatabase::readers_refuseRowsOfAnotherShape()
{
    QFETCH(int, reader);
    const Folder folder;
    auto db = mustOpen(folder / "vault.db", OpenMode::Create);
    Transaction transaction(*db);
    auto row = db->query("SELECT 'text', x'010203', 7, 70000, NULL");
    QVERIFY(row.step());
    switch (reader) {
    case 0: row.integer(0); break;
    case 1: row.tagged<NoteKey>(1); break;
    case 2: row.enumerator(2, Mood::Loud); break;
    case 3: row.number<std::uint16_t>(3); break;
    case 4: row.blob(4); break;
    case 5: row.secret<4>(1); break;
    }
    QVERIFY(transaction.failed());
    const auto end = transaction.commit();
    QVERIFY(!end);
    QCOMPARE(end.error(), DbError::Corrupt);
}

void TestDatabase::statement_isPreparedOnceAndLeased()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    for (const char *words : {"one", "two", "three"})
        QVERIFY(addNote(*db, words));
    Snapshot snapshot(*db);
    // The same text twice at one time: two leases that do not disturb each other.
    int pairs = 0;
    static constexpr const char *kAll = "SELECT words FROM notes ORDER BY id";
    auto outer = db->query(kAll);
    while (outer.step()) {
        auto inner = db->query(kAll);
        while (inner.step())
            ++pairs;
    }
    QCOMPARE(pairs, 9);
    // A value of the last user never reaches the next one.
    { auto used = db->query("SELECT ?1", std::string_view("left over")); QVERIFY(used.step()); }
    auto next = db->prepare("SELECT ?1");
    QVERIFY(next.step());
    QVERIFY(next.isNull(0));
    QVERIFY(snapshot.finish());
}

void TestDatabase::transaction_withoutCommitLeavesNothing()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    {
        Transaction transaction(*db);
        QCOMPARE(db->exec("INSERT INTO notes(words) VALUES('gone')"), 1);
    }
    QCOMPARE(countNotes(*db), 0);
}

void TestDatabase::transaction_keepsTheFirstFailureAndUndoesAll()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    QVERIFY(addNote(*db, "kept"));
    Transaction transaction(*db);
    QCOMPARE(db->exec("INSERT INTO notes(words) VALUES('new')"), 1);
    QCOMPARE(db->exec("INSERT INTO notes(words) VALUES('kept')"), 0); // UNIQUE
    QVERIFY(transaction.failed());
    QCOMPARE(db->exec("INSERT INTO notes(words) VALUES('after')"), 0);
    auto row = db->query("SELECT words FROM notes");
    QVERIFY(!row.step());
    db->keepError(DbError::Io); // a second failure does not replace the first
    const auto end = transaction.commit();
    QVERIFY(!end);
    QCOMPARE(end.error(), DbError::Constraint);
    QCOMPARE(countNotes(*db), 1);
    QVERIFY(addNote(*db, "usable again"));
}

void TestDatabase::transaction_failedAtBeginWritesNothing()
{
    const Folder folder;
    DatabaseOptions impatient;
    impatient.busyTimeoutMs = 1;
    auto db = vaultWithNotes(folder / "vault.db");
    auto second = mustOpen(folder / "vault.db", OpenMode::Writer, impatient);
    Transaction first(*db);
    Transaction late(*second);
    QVERIFY(late.failed());
    QCOMPARE(second->exec("INSERT INTO notes(words) VALUES('late')"), 0);
    const auto end = late.commit();
    QVERIFY(!end);
    QCOMPARE(end.error(), DbError::Busy);
    QVERIFY(first.commit());
    QCOMPARE(countNotes(*db), 0);
}

void TestDatabase::snapshot_isUnmovedByTheWriter()
{
    const Folder folder;
    auto writer = vaultWithNotes(folder / "vault.db");
    auto reader = mustOpen(folder / "vault.db", OpenMode::Reader);
    Snapshot snapshot(*reader);
    QVERIFY(addNote(*writer, "later"));
    QCOMPARE(reader->integer("SELECT count(*) FROM notes").value(), 0);
    QVERIFY(snapshot.finish());
    QCOMPARE(countNotes(*reader), 1);
}

void TestDatabase::reader_seesCommittedDataWhileTheWriterIsBusy()
{
    const Folder folder;
    auto writer = vaultWithNotes(folder / "vault.db");
    QVERIFY(addNote(*writer, "before"));
    auto reader = mustOpen(folder / "vault.db", OpenMode::Reader);
    Transaction bulk(*writer);
    auto insert = writer->prepare("INSERT INTO notes(words) VALUES(?1)");
    for (int i = 0; i < 5000; ++i) { // more than the page cache of the WAL would hide
        insert.reset().bind(std::to_string(i) + std::string(200, 'x'));
        QCOMPARE(insert.run(), 1);
        if (i % 1000 == 0)
            QCOMPARE(countNotes(*reader), 1);
    }
    QVERIFY(bulk.commit());
    QCOMPARE(countNotes(*reader), 5001);
}

void TestDatabase::reader_cannotWrite()
{
    const Folder folder;
    auto writer = vaultWithNotes(folder / "vault.db");
    auto reader = mustOpen(folder / "vault.db", OpenMode::Reader);
    Snapshot snapshot(*reader);
    QCOMPARE(reader->exec("INSERT INTO notes(words) VALUES('no')"), 0);
    const auto end = snapshot.finish();
    QVERIFY(!end);
    QCOMPARE(end.error(), DbError::ReadOnly);
    QCOMPARE(countNotes(*writer), 0);
}

void TestDatabase::foreignKeys_areEnforced()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    Transaction transaction(*db);
    db->script("CREATE TABLE tags(note INTEGER NOT NULL REFERENCES notes(id))");
    db->exec("INSERT INTO tags VALUES(99)");
    const auto end = transaction.commit();
    QVERIFY(!end);
    QCOMPARE(end.error(), DbError::Constraint);
}

void TestDatabase::interrupt_endsALongQuery()
{
    const Folder folder;
    auto db = mustOpen(folder / "vault.db", OpenMode::Create);
    Snapshot snapshot(*db);
    // Endless by itself; interrupted from within after its first rows.
    auto rows = db->query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n");
    int seen = 0;
    while (rows.step()) {
        if (++seen == 10)
            db->interrupt();
        QVERIFY(seen < 100);
    }
    const auto end = snapshot.finish();
    QVERIFY(!end);
    QCOMPARE(end.error(), DbError::Cancelled);
}

void TestDatabase::commitHook_thrownFromBeforeUndoes()
{
    struct Killed { };
    const Folder folder;
    int commits = 0;
    CommitPoint deadAt = CommitPoint::Before;
    bool armed = false;
    DatabaseOptions options;
    options.commitHook = [&](CommitPoint point) {
        commits += point == CommitPoint::After;
        if (armed && point == deadAt)
            throw Killed{};
    };
    auto db = vaultWithNotes(folder / "vault.db", options);
    QCOMPARE(commits, 1);
    armed = true;
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(addNote(*db, "lost")), Killed);
    QCOMPARE(countNotes(*db), 0);
    deadAt = CommitPoint::After;
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(addNote(*db, "kept")), Killed);
    QCOMPARE(countNotes(*db), 1);
}

void TestDatabase::checkpoint_leavesNoWal()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    QVERIFY(addNote(*db, "words"));
    QVERIFY(fs::file_size(folder / "vault.db-wal") > 0);
    QVERIFY(db->checkpoint());
    QCOMPARE(fs::file_size(folder / "vault.db-wal"), std::uintmax_t{0});
}

void TestDatabase::settings_areInForce()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    Snapshot snapshot(*db);
    QCOMPARE(db->integer("PRAGMA secure_delete").value(), 1);
    QCOMPARE(db->integer("PRAGMA foreign_keys").value(), 1);
    QCOMPARE(db->integer("PRAGMA synchronous").value(), 2);
    QCOMPARE(db->integer("PRAGMA temp_store").value(), 2);
    QVERIFY(snapshot.finish());
}

void TestDatabase::outlives_isOfOneTransaction()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "vault.db");
    const auto synchronous = [&](Outlives outlives) {
        Transaction transaction(*db, outlives);
        const auto value = db->integer("PRAGMA synchronous").value_or(-1);
        return transaction.commit() ? value : -1;
    };
    QCOMPARE(synchronous(Outlives::Kill), 1);
    QCOMPARE(synchronous(Outlives::PowerCut), 2);
    QVERIFY(addNote(*db, "words")); // whoever says nothing is on the disk
    Snapshot snapshot(*db);
    QCOMPARE(db->integer("PRAGMA synchronous").value(), 2);
    QVERIFY(snapshot.finish());
}

TACET_TEST_UNIT("t_database", TestDatabase)
#include "t_database.moc"
