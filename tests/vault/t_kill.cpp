// kill -9, for real: a child process writes, the parent kills it and looks at what is left.
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/child_process.h"
#include "tests/vault/vault_fixture.h"

#include <sys/stat.h>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

class TestKill : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void inTheMiddleOfATransaction_thePreviousStateIsThere();
    void atAnyInstant_nothingConfirmedIsLost();
    void readOnlyFolder_isTold();
};

void TestKill::inTheMiddleOfATransaction_thePreviousStateIsThere()
{
    const Folder folder;
    QVERIFY(addNote(*vaultWithNotes(folder / "vault.db"), "before"));
    ChildProcess child([&](ChildProcess::Pipe &pipe) {
        auto db = mustOpen(folder / "vault.db", OpenMode::Writer);
        if (!addNote(*db, "committed"))
            return;
        Transaction transaction(*db);
        auto insert = db->prepare("INSERT INTO notes(words) VALUES(?1)");
        for (int i = 0; i < 20000; ++i) // more than the cache holds: pages of it are in the WAL already
            insert.reset().bind(std::to_string(i) + std::string(1000, 'x')).run();
        pipe.say('m');
        pipe.waitForEnd();
    });
    QCOMPARE(child.hear(), 'm');
    child.kill();
    QVERIFY(fs::file_size(folder / "vault.db-wal") > 1000000);
    auto db = mustOpen(folder / "vault.db", OpenMode::Writer);
    QCOMPARE(countNotes(*db), 2);
    QVERIFY(db->check());
    QVERIFY(addNote(*db, "after"));
}

void TestKill::atAnyInstant_nothingConfirmedIsLost()
{
    const Folder folder;
    vaultWithNotes(folder / "vault.db");
    SeededRandom random(21);
    std::int64_t before = 0;
    for (int round = 0; round < 12; ++round) {
        ChildProcess child([&](ChildProcess::Pipe &pipe) {
            auto db = mustOpen(folder / "vault.db", OpenMode::Writer);
            for (int i = 0;; ++i) {
                Transaction transaction(*db);
                for (const char *half : {"a", "b"})
                    db->exec("INSERT INTO notes(words) VALUES(?1)",
                             std::to_string(round) + "-" + std::to_string(i) + half + std::string(500, 'x'));
                if (!transaction.commit())
                    return;
                pipe.say('c');
                if (i % 7 == 6)
                    static_cast<void>(db->checkpoint());
            }
        });
        const int wanted = int(random.below(20)) + 1;
        for (int heard = 0; heard < wanted; ++heard)
            QCOMPARE(child.hear(), 'c');
        child.kill(); // it was somewhere in its next transactions or in a checkpoint
        auto db = mustOpen(folder / "vault.db", OpenMode::Writer);
        const std::int64_t now = countNotes(*db);
        QVERIFY(now >= before + wanted * 2);
        QCOMPARE(now % 2, 0);
        QVERIFY(db->check());
        before = now;
    }
}

void TestKill::readOnlyFolder_isTold()
{
    // In a child: root is refused nothing, so it becomes nobody first.
    const Folder folder;
    QVERIFY(addNote(*vaultWithNotes(folder / "vault.db"), "kept"));
    fs::permissions(folder.path, fs::perms(0555));
    fs::permissions(folder / "vault.db", fs::perms(0444));
    ChildProcess child([&](ChildProcess::Pipe &pipe) {
        if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
            return;
        const auto opened = Database::open(folder / "vault.db", OpenMode::Writer, testKey());
        pipe.say(opened ? '!' : char('A' + int(opened.error())));
        const auto created = Database::open(folder / "new.db", OpenMode::Create, testKey());
        pipe.say(created ? '!' : char('A' + int(created.error())));
    });
    const char opened = child.hear();
    const char created = child.hear();
    child.wait();
    fs::permissions(folder.path, fs::perms(0700));
    fs::permissions(folder / "vault.db", fs::perms(0600));
    QCOMPARE(opened, char('A' + int(DbError::ReadOnly)));
    QCOMPARE(created, char('A' + int(DbError::ReadOnly)));
    QCOMPARE(countNotes(*mustOpen(folder / "vault.db", OpenMode::Writer)), 1);
}

TACET_TEST_UNIT("t_kill", TestKill)
#include "t_kill.moc"
