// What was deleted does not stay in the write-ahead log either.
#include "app/vault/contact_rows.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/message_rows.h"
#include "app/vault/schema.h"
#include "app/vault/session_rows.h"
#include "app/vault/vault_file.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/vault_fixture.h"

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

namespace {

std::uintmax_t logSize(const fs::path &file)
{
    std::error_code missing;
    const auto size = fs::file_size(file.native() + "-wal", missing);
    return missing ? 0 : size;
}

DbResult deleteNotes(Database &db)
{
    Transaction transaction(db);
    db.exec("DELETE FROM notes");
    db.leaveNoResidue();
    return transaction.commit();
}

using Deletion = void (*)(Database &);

} // namespace

Q_DECLARE_METATYPE(Deletion)

class TestLog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deletion_clearsTheLog()
    {
        const Folder folder;
        const fs::path file = folder / "vault.db";
        auto db = vaultWithNotes(file);
        QVERIFY(addNote(*db, "between us"));
        QVERIFY(logSize(file) > 0); // an ordinary commit is cheap
        QVERIFY(deleteNotes(*db));
        QCOMPARE(logSize(file), std::uintmax_t{0});
        QVERIFY(addNote(*db, "later"));
        QVERIFY(logSize(file) > 0); // it was of that transaction alone
    }

    void undoneDeletion_leavesTheLogAlone()
    {
        const Folder folder;
        const fs::path file = folder / "vault.db";
        auto db = vaultWithNotes(file);
        {
            Transaction transaction(*db);
            db->exec("DELETE FROM notes");
            db->leaveNoResidue();
        }
        QVERIFY(logSize(file) > 0);
        QVERIFY(addNote(*db, "later"));
        QVERIFY(logSize(file) > 0);
    }

    void deletion_besideASnapshotWaitsForNobody()
    {
        const Folder folder;
        const fs::path file = folder / "vault.db";
        constexpr int kTenMinutes = 600'000; // whoever waited for the reader would not be back in time for this test
        DatabaseOptions patient;
        patient.busyTimeoutMs = kTenMinutes;
        auto db = vaultWithNotes(file, patient);
        QVERIFY(addNote(*db, "between us"));
        auto reader = mustOpen(file, OpenMode::Reader);
        Snapshot backup(*reader);
        QCOMPARE(reader->integer("SELECT count(*) FROM notes").value(), 1);
        QVERIFY(deleteNotes(*db));
        QVERIFY(logSize(file) > 0);
        QCOMPARE(reader->integer("SELECT count(*) FROM notes").value(), 1);
        QVERIFY(backup.finish());
        db->clearLog();
        QCOMPARE(logSize(file), std::uintmax_t{0});
        Snapshot snapshot(*db);
        QCOMPARE(db->integer("PRAGMA busy_timeout").value(), kTenMinutes); // others are waited for as before
        QVERIFY(snapshot.finish());
    }

    void deletedRows_clearTheLog_data()
    {
        QTest::addColumn<Deletion>("deletion");
        QTest::newRow("text") << Deletion([](Database &db) { deleteMessage(db, {}); });
        QTest::newRow("history") << Deletion([](Database &db) { deleteMessagesOf(db, {}); });
        QTest::newRow("contact") << Deletion([](Database &db) { deleteContact(db, {}); });
        QTest::newRow("link that was opened") << Deletion([](Database &db) { deleteOpening(db, {}); });
        QTest::newRow("prekeys") << Deletion([](Database &db) { forgetPrekeySecrets(db, {}); });
        QTest::newRow("rendezvous") << Deletion([](Database &db) { deleteOwnRendezvous(db, {}); });
        QTest::newRow("session") << Deletion([](Database &db) { deleteSession(db, {}); });
        QTest::newRow("sessions") << Deletion([](Database &db) { deleteSessionsOf(db, {}); });
    }

    void deletedRows_clearTheLog()
    {
        QFETCH(Deletion, deletion);
        const Folder folder;
        const fs::path file = folder / "vault.db";
        auto db = mustOpen(file, OpenMode::Create);
        QVERIFY(bringToDate(*db, currentSchema()));
        QVERIFY(logSize(file) > 0);
        Transaction transaction(*db);
        deletion(*db);
        QVERIFY(transaction.commit());
        QCOMPARE(logSize(file), std::uintmax_t{0});
    }

    void killedPrograms_logIsClearedAtTheNextStart()
    {
        const Folder running;
        const Folder folder;
        const ProfilePaths paths{folder.path};
        auto db = mustOpen(running / "vault.db", OpenMode::Create);
        QVERIFY(bringToDate(*db, currentSchema()));
        fs::copy_file(running / "vault.db", paths.vault());
        fs::copy_file(running / "vault.db-wal", folder / "vault.db-wal"); // nothing was folded: as after a kill
        QVERIFY(logSize(paths.vault()) > 0);
        const auto opened = openVault(paths, testKey(), currentSchema());
        QVERIFY(opened);
        QCOMPARE(logSize(paths.vault()), std::uintmax_t{0});
    }
};

TACET_TEST_UNIT("t_log", TestLog)
#include "t_log.moc"
