#include "app/vault/profile_lock.h"
#include "app/vault/profile_paths.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/child_process.h"
#include "tests/vault/vault_fixture.h"

#include <cstdlib>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;

class TestProfile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lock_heldByOneProcessAtATime();
    void lock_ofAKilledProcessIsFree();
    void lock_unwritableFolderIsTold();
    void dataFolder_followsTheXdgRules();
    void names_areDefaultThenNumbered();
    void folder_becomesPrivate();
    void state_isTold_data();
    void state_isTold();
    void setAside_keepsEverything();
};

void TestProfile::lock_heldByOneProcessAtATime()
{
    const Folder folder;
    ChildProcess child([&](ChildProcess::Pipe &pipe) {
        const auto lock = ProfileLock::take(folder / "lock");
        pipe.say(lock ? 'y' : 'n');
        pipe.waitForEnd();
    });
    QCOMPARE(child.hear(), 'y');
    const auto second = ProfileLock::take(folder / "lock");
    QVERIFY(!second);
    QVERIFY(second.error().inUse);
    QCOMPARE(second.error().holder.value_or(0), int(child.pid()));
    child.letEnd();
    QVERIFY(ProfileLock::take(folder / "lock"));
    const auto mine = ProfileLock::take(folder / "lock");
    QVERIFY(mine);
    QVERIFY(!ProfileLock::take(folder / "lock")); // within one process too
}

void TestProfile::lock_ofAKilledProcessIsFree()
{
    const Folder folder;
    ChildProcess child([&](ChildProcess::Pipe &pipe) {
        const auto lock = ProfileLock::take(folder / "lock");
        pipe.say(lock ? 'y' : 'n');
        pipe.waitForEnd();
    });
    QCOMPARE(child.hear(), 'y');
    child.kill();
    QVERIFY(fs::file_size(folder / "lock") > 0); // its hint is still there, and means nothing
    QVERIFY(ProfileLock::take(folder / "lock"));
}

void TestProfile::lock_unwritableFolderIsTold()
{
    const auto lock = ProfileLock::take("/proc/self/no-such-folder/lock");
    QVERIFY(!lock);
    QVERIFY(!lock.error().inUse);
    QCOMPARE(lock.error().error, FileError::Missing);
}

void TestProfile::dataFolder_followsTheXdgRules()
{
    const QByteArray data = qgetenv("XDG_DATA_HOME");
    const QByteArray home = qgetenv("HOME");
    qputenv("XDG_DATA_HOME", "/some/where");
    QVERIFY(dataFolder() == fs::path("/some/where/tacet"));
    qputenv("XDG_DATA_HOME", "relative");
    qputenv("HOME", "/elsewhere/someone");
    QVERIFY(dataFolder() == fs::path("/elsewhere/someone/.local/share/tacet"));
    qunsetenv("XDG_DATA_HOME");
    QVERIFY(dataFolder() == fs::path("/elsewhere/someone/.local/share/tacet"));
    if (!data.isNull())
        qputenv("XDG_DATA_HOME", data);
    qputenv("HOME", home);
}

void TestProfile::names_areDefaultThenNumbered()
{
    const Folder folder;
    QCOMPARE(listProfiles(folder.path).size(), std::size_t{1});
    QVERIFY(nextProfile(folder.path).folder == folder / "default");
    fs::create_directory(folder / "default");
    QVERIFY(nextProfile(folder.path).folder == folder / "profile-2");
    fs::create_directory(folder / "profile-2");
    const auto profiles = listProfiles(folder.path);
    QCOMPARE(profiles.size(), std::size_t{2});
    QVERIFY(profiles[1].vault() == folder / "profile-2/vault.db");
}

void TestProfile::folder_becomesPrivate()
{
    const Folder folder;
    const ProfilePaths paths{folder / "a/b/profile/"};
    QVERIFY(prepareFolder(paths));
    QCOMPARE(fs::status(folder / "a/b/profile").permissions(), fs::perms::owner_all);
    fs::permissions(folder / "a/b/profile", fs::perms::all);
    QVERIFY(prepareFolder(paths));
    QCOMPARE(fs::status(folder / "a/b/profile").permissions(), fs::perms::owner_all);
    writeFile(folder / "file", "x");
    QVERIFY(!prepareFolder({folder / "file"}));
    QVERIFY(readFile(folder / "file") == "x");
}

void TestProfile::state_isTold_data()
{
    QTest::addColumn<QStringList>("files");
    QTest::addColumn<int>("state");
    const auto row = [](const char *name, QStringList files, ProfileState state) {
        QTest::newRow(name) << files << int(state);
    };
    using namespace Qt::StringLiterals;
    row("nothing", {}, ProfileState::Empty);
    row("only a lock", {u"lock"_s}, ProfileState::Empty);
    row("interrupted before the key slots", {u"vault.db.new"_s}, ProfileState::Empty);
    row("interrupted before the rename", {u"vault.db.new"_s, u"keyslots"_s}, ProfileState::Ready);
    row("whole", {u"vault.db"_s, u"keyslots"_s}, ProfileState::Ready);
    row("key slots lost", {u"vault.db"_s}, ProfileState::KeySlotsMissing);
    row("vault lost", {u"keyslots"_s}, ProfileState::VaultMissing);
}

void TestProfile::state_isTold()
{
    QFETCH(QStringList, files);
    QFETCH(int, state);
    const Folder folder;
    for (const QString &file : files)
        writeFile(folder.path / file.toStdString(), "x");
    QCOMPARE(int(stateOf({folder.path})), state);
}

void TestProfile::setAside_keepsEverything()
{
    const Folder folder;
    const ProfilePaths paths{folder / "default"};
    QVERIFY(prepareFolder(paths));
    writeFile(paths.vault(), "precious");
    const auto lock = ProfileLock::take(paths.lock());
    QVERIFY(lock);
    const auto aside = setAside(paths, "20260102-030405");
    QVERIFY(aside);
    QVERIFY(*aside == folder / "default.set-aside-20260102-030405");
    QVERIFY(readFile(*aside / "vault.db") == "precious");
    QVERIFY(!fs::exists(paths.folder));
    QCOMPARE(stateOf(paths), ProfileState::Empty);
    // In the same second again: beside the first, never over it. A slash at the end changes nothing.
    QVERIFY(prepareFolder(paths));
    writeFile(paths.vault(), "also precious");
    const auto again = setAside({folder / "default/"}, "20260102-030405");
    QVERIFY(again);
    QVERIFY(readFile(*aside / "vault.db") == "precious");
    QVERIFY(readFile(*again / "vault.db") == "also precious");
    // Set aside profiles are not profiles.
    QCOMPARE(listProfiles(folder.path).size(), std::size_t{1});
}

TACET_TEST_UNIT("t_profile", TestProfile)
#include "t_profile.moc"
