#include "app/vault/schema.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/vault_fixture.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

namespace {

void createFirst(Database &db)
{
    db.script("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
              "CREATE TABLE pets(owner INTEGER NOT NULL REFERENCES people(id), name TEXT NOT NULL);");
}
void createThird(Database &db)
{
    db.script("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER NOT NULL DEFAULT 0);"
              "CREATE TABLE pets(owner INTEGER NOT NULL REFERENCES people(id), name TEXT NOT NULL);"
              "CREATE INDEX pets_by_owner ON pets(owner);");
}
void toSecond(Database &db)
{
    // 3.15 cannot add to the middle or drop a column: rebuild, as every real migration will.
    db.script("CREATE TABLE people_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER NOT NULL DEFAULT 0);"
              "INSERT INTO people_new(id, name) SELECT id, name FROM people;"
              "DROP TABLE people;"
              "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER NOT NULL DEFAULT 0);"
              "INSERT INTO people SELECT * FROM people_new; DROP TABLE people_new;");
}
void toThird(Database &db)
{
    db.script("CREATE INDEX pets_by_owner ON pets(owner);");
}
void failsHalfWay(Database &db)
{
    db.script("DELETE FROM pets; INSERT INTO people(id, name) VALUES(1, 'a second one with this id');");
}
void breaksReferences(Database &db)
{
    db.script("DELETE FROM people;");
}

constexpr Migration kToThird[] = {{2, toSecond}, {3, toThird}};
constexpr Schema kFirst{1, createFirst, {}};
const Schema kThird{3, createThird, kToThird};

std::unique_ptr<Database> firstWithRows(const fs::path &file)
{
    auto db = mustOpen(file, OpenMode::Create);
    if (!bringToDate(*db, kFirst))
        qFatal("cannot create");
    Transaction transaction(*db);
    db->script("INSERT INTO people VALUES(1, 'Ada'); INSERT INTO pets VALUES(1, 'Tom');");
    if (!transaction.commit())
        qFatal("cannot fill");
    return db;
}

std::string schemaOf(Database &db)
{
    Snapshot snapshot(db);
    const std::string text = describeSchema(db);
    return snapshot.finish() ? text : std::string();
}

std::int64_t number(Database &db, Sql sql)
{
    Snapshot snapshot(db);
    const auto value = db.integer(sql);
    return snapshot.finish() ? value.value_or(-1) : -1;
}

} // namespace

class TestMigrations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void migratedSchema_equalsAFreshOne();
    void upToDate_changesNothing();
    void newer_isRefusedUntouched();
    void failedMigration_leavesTheOldVersionWhole();
    void brokenReferences_areNotCommitted();
    void foreignTables_areNotTakenOver();
    void theProgramsSchema_isCreatedWhole();
    void theProgramsFirstVersion_isBroughtToDate();
};

void TestMigrations::migratedSchema_equalsAFreshOne()
{
    const Folder folder;
    auto fresh = mustOpen(folder / "fresh.db", OpenMode::Create);
    QVERIFY(bringToDate(*fresh, kThird));
    auto migrated = firstWithRows(folder / "old.db");
    QVERIFY(schemaOf(*migrated) != schemaOf(*fresh)); // the comparison can fail
    QVERIFY(bringToDate(*migrated, kThird));
    QCOMPARE(QString::fromStdString(schemaOf(*migrated)), QString::fromStdString(schemaOf(*fresh)));
    QCOMPARE(number(*migrated, "PRAGMA user_version"), 3);
    QCOMPARE(number(*migrated, "SELECT count(*) FROM people JOIN pets ON owner = id WHERE born = 0"), 1);
}

void TestMigrations::upToDate_changesNothing()
{
    const Folder folder;
    auto db = firstWithRows(folder / "v.db");
    QVERIFY(db->checkpoint());
    const std::string before = readFile(folder / "v.db");
    QVERIFY(bringToDate(*db, kFirst));
    QVERIFY(db->checkpoint());
    QVERIFY(readFile(folder / "v.db") == before);
}

void TestMigrations::newer_isRefusedUntouched()
{
    const Folder folder;
    auto db = mustOpen(folder / "v.db", OpenMode::Create);
    QVERIFY(bringToDate(*db, kThird));
    QVERIFY(db->checkpoint());
    const std::string before = readFile(folder / "v.db");
    const auto result = bringToDate(*db, kFirst);
    QVERIFY(!result);
    QCOMPARE(result.error(), DbError::Newer);
    QVERIFY(db->checkpoint());
    QVERIFY(readFile(folder / "v.db") == before);
}

void TestMigrations::failedMigration_leavesTheOldVersionWhole()
{
    const Folder folder;
    auto db = firstWithRows(folder / "v.db");
    const std::string before = schemaOf(*db);
    constexpr Migration kBad[] = {{2, toSecond}, {3, failsHalfWay}};
    const auto result = bringToDate(*db, Schema{3, createThird, kBad});
    QVERIFY(!result);
    QCOMPARE(result.error(), DbError::Constraint);
    QVERIFY(schemaOf(*db) == before);
    QCOMPARE(number(*db, "PRAGMA user_version"), 1);
    QCOMPARE(number(*db, "SELECT count(*) FROM pets"), 1);
    QVERIFY(bringToDate(*db, kThird)); // and the repaired program can do it
}

void TestMigrations::brokenReferences_areNotCommitted()
{
    const Folder folder;
    auto db = firstWithRows(folder / "v.db");
    constexpr Migration kBad[] = {{2, breaksReferences}};
    const auto result = bringToDate(*db, Schema{2, createThird, kBad});
    QVERIFY(!result);
    QCOMPARE(result.error(), DbError::Corrupt);
    QCOMPARE(number(*db, "SELECT count(*) FROM people"), 1);
    QCOMPARE(number(*db, "PRAGMA user_version"), 1);
}

void TestMigrations::foreignTables_areNotTakenOver()
{
    const Folder folder;
    auto db = vaultWithNotes(folder / "v.db"); // has a table, but version 0
    const auto result = bringToDate(*db, kFirst);
    QVERIFY(!result);
    QCOMPARE(result.error(), DbError::Corrupt);
}

void TestMigrations::theProgramsSchema_isCreatedWhole()
{
    const Folder folder;
    auto db = mustOpen(folder / "v.db", OpenMode::Create);
    QVERIFY(bringToDate(*db, currentSchema()));
    QCOMPARE(number(*db, "PRAGMA user_version"), currentSchema().version);
    QCOMPARE(number(*db, "PRAGMA foreign_keys"), 1); // off while migrating, on again after
    QVERIFY(db->check());
    QVERIFY(bringToDate(*db, currentSchema()));
}

void TestMigrations::theProgramsFirstVersion_isBroughtToDate()
{
    const Folder folder;
    auto db = mustOpen(folder / "v.db", OpenMode::Create);
    QVERIFY(bringToDate(*db, currentSchema()));
    const std::string fresh = schemaOf(*db);
    {
        Transaction transaction(*db); // what version 2 added, taken away again
        db->exec("DROP INDEX outbox_relays_relay");
        db->script("DROP TABLE processing; CREATE TABLE processing(one INTEGER PRIMARY KEY, hash BLOB NOT NULL);" // and 3
                   "DROP INDEX outbox_numbers; DROP INDEX outbox_unsealed; DROP INDEX outbox_unnumbered;"
                   "DROP INDEX outbox_texts; CREATE INDEX outbox_texts ON outbox(state) WHERE message IS NOT NULL;"
                   "CREATE INDEX outbox_contact ON outbox(contact, epoch, sequence)");
        db->exec("PRAGMA user_version = 1");
        QVERIFY(transaction.commit().ok());
    }
    QVERIFY(schemaOf(*db) != fresh);
    QVERIFY(bringToDate(*db, currentSchema()));
    QCOMPARE(QString::fromStdString(schemaOf(*db)), QString::fromStdString(fresh));
}

TACET_TEST_UNIT("t_migrations", TestMigrations)
#include "t_migrations.moc"
