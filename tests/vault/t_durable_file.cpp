#include "app/vault/durable_file.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/vault_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

class TestDurableFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void replaces_wholeAndPrivate();
    void everyFailingStep_leavesOldOrNewWhole();
    void withoutCommit_leavesNothing();
    void leftoverOfACrash_isReplaced();
    void linkInPlaceOfTheTemporary_isNotFollowed();
    void readWhole_isBoundedAndFollowsNoLinks();
    void rename_refusesToReplace();
    void copy_isEqual();
};

void TestDurableFile::replaces_wholeAndPrivate()
{
    const Folder folder;
    QVERIFY(writeDurably(folder / "f", crypto::asBytes("old")));
    QVERIFY(writeDurably(folder / "f", crypto::asBytes("new and longer")));
    QVERIFY(readFile(folder / "f") == "new and longer");
    struct stat info{};
    QCOMPARE(::stat((folder / "f").c_str(), &info), 0);
    QCOMPARE(int(info.st_mode & 0777), 0600);
    QCOMPARE(std::distance(fs::directory_iterator(folder.path), {}), 1);
}

void TestDurableFile::everyFailingStep_leavesOldOrNewWhole()
{
    FailNth counter;
    const Folder folder;
    QVERIFY(writeDurably(folder / "f", crypto::asBytes("new"), &counter));
    QCOMPARE(counter.steps(), 5); // create, write, sync, rename, sync of the folder
    for (int nth = 1; nth <= counter.steps(); ++nth) {
        for (const int error : {ENOSPC, EIO, EROFS}) {
            for (const bool shortWrite : {false, true}) {
                QVERIFY(writeDurably(folder / "f", crypto::asBytes("old")));
                FailNth plan(nth, error, false, shortWrite);
                const auto result = writeDurably(folder / "f", crypto::asBytes("new"), &plan);
                QVERIFY(!result);
                QCOMPARE(result.error(), fileErrorFromErrno(error));
                QVERIFY(readFile(folder / "f") == (nth == 5 ? "new" : "old"));
                QCOMPARE(std::distance(fs::directory_iterator(folder.path), {}), 1);
            }
        }
    }
}

void TestDurableFile::withoutCommit_leavesNothing()
{
    const Folder folder;
    {
        auto file = DurableFile::create(folder / "f");
        QVERIFY(file);
        QVERIFY(file->write(crypto::asBytes("half")));
        QVERIFY(file->sync());
        QVERIFY(readFile(file->temporaryPath()) == "half"); // can be read back before it counts
    }
    QVERIFY(fs::is_empty(folder.path));
}

void TestDurableFile::leftoverOfACrash_isReplaced()
{
    const Folder folder;
    writeFile(DurableFile::temporaryPathOf(folder / "f"), "half of something");
    QVERIFY(writeDurably(folder / "f", crypto::asBytes("whole")));
    QVERIFY(readFile(folder / "f") == "whole");
    QCOMPARE(std::distance(fs::directory_iterator(folder.path), {}), 1);
}

void TestDurableFile::linkInPlaceOfTheTemporary_isNotFollowed()
{
    const Folder folder;
    writeFile(folder / "precious", "untouched");
    fs::create_symlink(folder / "precious", DurableFile::temporaryPathOf(folder / "f"));
    QVERIFY(writeDurably(folder / "f", crypto::asBytes("new")));
    QVERIFY(readFile(folder / "precious") == "untouched");
    QVERIFY(readFile(folder / "f") == "new");
}

void TestDurableFile::readWhole_isBoundedAndFollowsNoLinks()
{
    const Folder folder;
    writeFile(folder / "f", "12345");
    QVERIFY(readWhole(folder / "f", 5).value() == crypto::Bytes({'1', '2', '3', '4', '5'}));
    QCOMPARE(readWhole(folder / "f", 4).error(), FileError::TooLarge);
    QCOMPARE(readWhole(folder / "none", 4).error(), FileError::Missing);
    fs::create_symlink(folder / "f", folder / "link");
    QVERIFY(!readWhole(folder / "link", 5));
    QVERIFY(!readWhole(folder.path, 5));
    QCOMPARE(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    QVERIFY(!readWhole(folder / "fifo", 5)); // and does not wait for a writer
}

void TestDurableFile::rename_refusesToReplace()
{
    const Folder folder;
    writeFile(folder / "a", "a");
    writeFile(folder / "b", "b");
    QCOMPARE(renameDurably(folder / "a", folder / "b").error(), FileError::Exists);
    QVERIFY(readFile(folder / "b") == "b");
    QVERIFY(replaceDurably(folder / "a", folder / "b"));
    QVERIFY(readFile(folder / "b") == "a");
}

void TestDurableFile::copy_isEqual()
{
    const Folder folder;
    std::string large(700001, 'x');
    large[650000] = 'y';
    writeFile(folder / "a", large);
    QVERIFY(copyDurably(folder / "a", folder / "b"));
    QVERIFY(readFile(folder / "b") == large);
    FailNth full(3, ENOSPC, true);
    QCOMPARE(copyDurably(folder / "a", folder / "c", &full).error(), FileError::DiskFull);
    QVERIFY(!fs::exists(folder / "c"));
}

TACET_TEST_UNIT("t_durable_file", TestDurableFile)
#include "t_durable_file.moc"
