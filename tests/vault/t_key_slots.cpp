#include "app/vault/key_slots.h"
#include "app/vault/secret_store.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/fake_secret_store.h"
#include "tests/vault/vault_fixture.h"

#include <sodium.h>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::vault;
using crypto::asBytes;

namespace {

constexpr SlotCost kFast{1, 8};

/// Layout: 27 bytes before the first slot, 97 bytes a slot, seal 32, checksum 32.
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kCountAt = 26;
constexpr std::size_t kSlotsAt = 27;
constexpr std::size_t kPassesAt = kSlotsAt + 1;
constexpr std::size_t kMemoryAt = kSlotsAt + 5;

struct Profile {
    Folder folder;
    SeededRandom random{11};
    fs::path file = folder / "keyslots";
    VaultKey key{testKey()};

    Profile()
    {
        KeySlots slots = KeySlots::fresh(file, random);
        if (!slots.setPassphrase(key, asBytes("correct horse"), kFast, random) || !slots.save(key))
            qFatal("cannot make key slots");
    }
    KeySlots load() const
    {
        auto slots = KeySlots::load(file);
        if (!slots)
            qFatal("cannot load key slots: %d", int(slots.error()));
        return std::move(*slots);
    }
    bool opens(std::string_view passphrase) const
    {
        const auto unlocked = load().unlockWithPassphrase(asBytes(passphrase));
        return unlocked.ok() && unlocked->equals(key.view());
    }
};

/// The file with bytes changed by someone who knows the format and mends the checksum.
std::string mended(std::string bytes)
{
    const std::size_t body = bytes.size() - 32;
    const auto checksum = crypto::sha256(asBytes(std::string_view(bytes).substr(0, body)));
    std::copy(checksum.begin(), checksum.end(), bytes.begin() + std::ptrdiff_t(body));
    return bytes;
}

std::string withBe32(std::string bytes, std::size_t at, std::uint32_t value)
{
    for (std::size_t i = 0; i < 4; ++i)
        bytes[at + i] = char(value >> (24 - 8 * i));
    return bytes;
}

} // namespace

class TestKeySlots : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void passphrase_unlocksAndAWrongOneIsTold();
    void everyWay_unlocksTheSameKey();
    void keychain_isNeverTheOnlySlot();
    void emptyPassphrase_isRefused();
    void changingThePassphrase_keepsTheOtherSlots();
    void passphrase_takesNoLockAway();
    void save_refusesAForeignVaultKey();
    void everyFlippedBit_isDamage();
    void everyCut_isDamage();
    void newerVersion_isRefusedUntouched();
    void missingFile_isMissing();
    void costs_areBoundedBeforeUse_data();
    void costs_areBoundedBeforeUse();
    void slotOfAnotherProfile_doesNotOpen();
    void droppedSlot_isNoticed();
    void everyFailingWrite_keepsAWorkingFile();
    void fileOnDisk_isPrivateAndHoldsNoKey();
    void defaultCost_isModerate();
    void keychainJourney_survivesItsLoss();
};

void TestKeySlots::passphrase_unlocksAndAWrongOneIsTold()
{
    const Profile profile;
    QVERIFY(profile.opens("correct horse"));
    const auto wrong = profile.load().unlockWithPassphrase(asBytes("correct horsf"));
    QVERIFY(!wrong);
    QCOMPARE(wrong.error(), SlotError::WrongSecret);
    QCOMPARE(profile.load().unlockWithPassphrase({}).error(), SlotError::WrongSecret);
    QCOMPARE(profile.load().unlockWithoutLock().error(), SlotError::NoSuchSlot);
}

void TestKeySlots::everyWay_unlocksTheSameKey()
{
    Profile profile;
    const auto secret = profile.random.secret<32>();
    const auto code = RecoveryCode::generate(profile.random);
    KeySlots slots = profile.load();
    slots.setKeychain(profile.key, secret.view(), profile.random);
    slots.setRecovery(profile.key, code, profile.random);
    QVERIFY(slots.save(profile.key));

    const KeySlots loaded = profile.load();
    QVERIFY(loaded.has(SlotKind::Passphrase) && loaded.has(SlotKind::Keychain) && loaded.has(SlotKind::Recovery));
    QVERIFY(!loaded.has(SlotKind::NoLock));
    QVERIFY(loaded.unlockWithPassphrase(asBytes("correct horse")).value().equals(profile.key.view()));
    QVERIFY(loaded.unlockWithKeychain(secret.view()).value().equals(profile.key.view()));
    QVERIFY(loaded.unlockWithRecovery(code).value().equals(profile.key.view()));
    QCOMPARE(loaded.unlockWithKeychain(testKey()).error(), SlotError::WrongSecret);
    QCOMPARE(loaded.unlockWithRecovery(RecoveryCode::generate(profile.random)).error(), SlotError::WrongSecret);
    QCOMPARE(loaded.profileId().size(), std::size_t{32});
}

void TestKeySlots::keychain_isNeverTheOnlySlot()
{
    Profile profile;
    KeySlots slots = profile.load();
    slots.setKeychain(profile.key, testKey(), profile.random);
    slots.remove(SlotKind::Passphrase);
    QCOMPARE(slots.save(profile.key).error(), SlotError::LastSlot);
    QVERIFY(slots.has(SlotKind::Passphrase)); // back to what the file says
    QVERIFY(!slots.has(SlotKind::Keychain));
    slots.remove(SlotKind::Passphrase);
    QCOMPARE(slots.save(profile.key).error(), SlotError::LastSlot);
    QVERIFY(profile.opens("correct horse"));
}

void TestKeySlots::emptyPassphrase_isRefused()
{
    Profile profile;
    KeySlots slots = profile.load();
    QCOMPARE(slots.setPassphrase(profile.key, {}, kFast, profile.random).error(), SlotError::EmptySecret);
    QVERIFY(profile.opens("correct horse"));
}

void TestKeySlots::changingThePassphrase_keepsTheOtherSlots()
{
    Profile profile;
    const auto code = RecoveryCode::generate(profile.random);
    KeySlots slots = profile.load();
    slots.setRecovery(profile.key, code, profile.random);
    QVERIFY(slots.save(profile.key));
    QVERIFY(slots.setPassphrase(profile.key, asBytes("battery staple"), kFast, profile.random));
    QVERIFY(slots.save(profile.key));
    QVERIFY(profile.opens("battery staple"));
    QVERIFY(!profile.opens("correct horse"));
    QVERIFY(profile.load().unlockWithRecovery(code).ok());
}

void TestKeySlots::passphrase_takesNoLockAway()
{
    Profile profile;
    KeySlots open = KeySlots::fresh(profile.folder / "open", profile.random);
    open.setNoLock(profile.key, profile.random);
    QVERIFY(open.save(profile.key));
    auto loaded = KeySlots::load(profile.folder / "open");
    QVERIFY(loaded->unlockWithoutLock().value().equals(profile.key.view()));
    QVERIFY(loaded->setPassphrase(profile.key, asBytes("from now on"), kFast, profile.random));
    QVERIFY(loaded->save(profile.key));
    QVERIFY(!loaded->has(SlotKind::NoLock));
    QCOMPARE(KeySlots::load(profile.folder / "open")->unlockWithoutLock().error(), SlotError::NoSuchSlot);
}

void TestKeySlots::save_refusesAForeignVaultKey()
{
    Profile profile;
    const std::string before = readFile(profile.file);
    KeySlots slots = profile.load();
    const VaultKey foreign(testKey(99));
    QVERIFY(slots.setPassphrase(foreign, asBytes("thief"), kFast, profile.random));
    QCOMPARE(slots.save(foreign).error(), SlotError::WrongSecret);
    QVERIFY(readFile(profile.file) == before);
}

void TestKeySlots::everyFlippedBit_isDamage()
{
    const Profile profile;
    const std::string good = readFile(profile.file);
    QCOMPARE(good.size(), kSlotsAt + 97 + 64);
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string bad = good;
            bad[at] = char(bad[at] ^ (1 << bit));
            writeFile(profile.file, bad);
            const auto slots = KeySlots::load(profile.file);
            QVERIFY(!slots);
            QCOMPARE(slots.error(), SlotError::Damaged); // not Newer, not WrongSecret
        }
    }
}

void TestKeySlots::everyCut_isDamage()
{
    const Profile profile;
    const std::string good = readFile(profile.file);
    for (std::size_t size = 0; size < good.size(); ++size) {
        writeFile(profile.file, good.substr(0, size));
        QCOMPARE(KeySlots::load(profile.file).error(), SlotError::Damaged);
    }
    writeFile(profile.file, good + good);
    QCOMPARE(KeySlots::load(profile.file).error(), SlotError::Damaged);
    writeFile(profile.file, std::string(100000, 'x'));
    QCOMPARE(KeySlots::load(profile.file).error(), SlotError::Damaged);
}

void TestKeySlots::newerVersion_isRefusedUntouched()
{
    const Profile profile;
    std::string newer = readFile(profile.file);
    newer[kVersionAt + 1] = 2;
    newer = mended(newer.insert(40, "and something of the future"));
    writeFile(profile.file, newer);
    const auto slots = KeySlots::load(profile.file);
    QVERIFY(!slots);
    QCOMPARE(slots.error(), SlotError::Newer);
    QVERIFY(readFile(profile.file) == newer);
}

void TestKeySlots::missingFile_isMissing()
{
    const Folder folder;
    QCOMPARE(KeySlots::load(folder / "keyslots").error(), SlotError::Missing);
}

void TestKeySlots::costs_areBoundedBeforeUse_data()
{
    QTest::addColumn<quint32>("passes");
    QTest::addColumn<quint32>("memoryKib");
    QTest::newRow("hours") << 0xFFFFFFFFu << 8u;
    QTest::newRow("65 passes") << 65u << 8u;
    QTest::newRow("no pass") << 0u << 8u;
    QTest::newRow("all memory") << 1u << 0xFFFFFFFFu;
    QTest::newRow("a little over 1 GiB") << 1u << 1024u * 1024 + 1;
    QTest::newRow("too little memory") << 1u << 7u;
}

void TestKeySlots::costs_areBoundedBeforeUse()
{
    QFETCH(quint32, passes);
    QFETCH(quint32, memoryKib);
    const Profile profile;
    writeFile(profile.file, mended(withBe32(withBe32(readFile(profile.file), kPassesAt, passes), kMemoryAt, memoryKib)));
    QCOMPARE(KeySlots::load(profile.file).error(), SlotError::Damaged);
}

void TestKeySlots::slotOfAnotherProfile_doesNotOpen()
{
    Profile a;
    const std::string good = readFile(a.file);
    // The cost is bound to the wrapped key: a cheaper one neither opens nor can be slipped in for the next save.
    writeFile(a.file, mended(withBe32(good, kPassesAt, 2)));
    QCOMPARE(a.load().unlockWithPassphrase(asBytes("correct horse")).error(), SlotError::WrongSecret);
    // A slot moved into another profile's file.
    KeySlots other = KeySlots::fresh(a.folder / "other", a.random);
    QVERIFY(other.setPassphrase(a.key, asBytes("other words"), kFast, a.random));
    QVERIFY(other.save(a.key));
    std::string moved = readFile(a.folder / "other");
    moved.replace(kSlotsAt, 97, good, kSlotsAt, 97);
    writeFile(a.folder / "other", mended(moved));
    QCOMPARE(KeySlots::load(a.folder / "other")->unlockWithPassphrase(asBytes("correct horse")).error(),
             SlotError::WrongSecret);
}

void TestKeySlots::droppedSlot_isNoticed()
{
    Profile profile;
    KeySlots slots = profile.load();
    slots.setRecovery(profile.key, RecoveryCode::generate(profile.random), profile.random);
    QVERIFY(slots.save(profile.key));
    std::string bytes = readFile(profile.file);
    bytes.erase(kSlotsAt + 97, 97);
    bytes[kCountAt] = 1;
    writeFile(profile.file, mended(bytes));
    // Someone without the vault key dropped the recovery slot and mended the checksum; the seal tells.
    QCOMPARE(profile.load().unlockWithPassphrase(asBytes("correct horse")).error(), SlotError::Damaged);
}

void TestKeySlots::everyFailingWrite_keepsAWorkingFile()
{
    Profile profile;
    FailNth counter;
    {
        auto slots = KeySlots::load(profile.file, &counter);
        QVERIFY(slots->save(profile.key));
    }
    for (int nth = 1; nth <= counter.steps(); ++nth) {
        for (const bool shortWrite : {false, true}) {
            FailNth plan(nth, ENOSPC, false, shortWrite);
            auto slots = KeySlots::load(profile.file, &plan);
            QVERIFY(slots->setPassphrase(profile.key, asBytes("new words"), kFast, profile.random));
            const auto saved = slots->save(profile.key);
            // The answer and the disk agree, also when only the last sync of the folder failed.
            QVERIFY(profile.opens(saved ? "new words" : "correct horse"));
            QVERIFY(!profile.opens(saved ? "correct horse" : "new words"));
            QVERIFY(slots->unlockWithPassphrase(asBytes(saved ? "new words" : "correct horse")).ok());
            if (!saved)
                QCOMPARE(saved.error(), SlotError::DiskFull);
            auto back = profile.load();
            QVERIFY(back.setPassphrase(profile.key, asBytes("correct horse"), kFast, profile.random));
            QVERIFY(back.save(profile.key));
        }
    }
}

void TestKeySlots::fileOnDisk_isPrivateAndHoldsNoKey()
{
    const Profile profile;
    const std::string bytes = readFile(profile.file);
    const auto key = testKey();
    QVERIFY(bytes.find(std::string(key.begin(), key.begin() + 8)) == std::string::npos);
    QVERIFY(bytes.find("horse") == std::string::npos);
    QCOMPARE(fs::status(profile.file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

void TestKeySlots::defaultCost_isModerate()
{
    const SlotCost cost;
    QCOMPARE(cost.passes, std::uint32_t(crypto_pwhash_argon2id_OPSLIMIT_MODERATE));
    QCOMPARE(std::size_t{cost.memoryKib} * 1024, crypto_pwhash_argon2id_MEMLIMIT_MODERATE);
    QVERIFY(cost.withinBounds());
}

void TestKeySlots::keychainJourney_survivesItsLoss()
{
    Profile profile;
    FakeSecretStore store;
    KeySlots slots = profile.load();
    const auto secret = profile.random.secret<32>();
    bool written = false;
    store.write(slots.profileId(), secret.view(), [&](auto result) { written = result.ok(); });
    QVERIFY(written);
    slots.setKeychain(profile.key, secret.view(), profile.random);
    QVERIFY(slots.save(profile.key));

    int opened = 0;
    const auto tryKeychain = [&](SecretStoreError *error) {
        store.read(slots.profileId(), [&, error](Result<StoredSecret, SecretStoreError> read) {
            if (read)
                opened += profile.load().unlockWithKeychain(read->view()).ok();
            else if (error)
                *error = read.error();
        });
    };
    tryKeychain(nullptr);
    QCOMPARE(opened, 1);
    store.setAvailable(false); // the desktop changed
    SecretStoreError error = SecretStoreError::Failed;
    tryKeychain(&error);
    QCOMPARE(error, SecretStoreError::Unavailable);
    store.setAvailable(true);
    store.clear(); // the keyring was emptied
    tryKeychain(&error);
    QCOMPARE(error, SecretStoreError::NotFound);
    QCOMPARE(opened, 1);
    QVERIFY(profile.opens("correct horse"));
}

TACET_TEST_UNIT("t_key_slots", TestKeySlots)
#include "t_key_slots.moc"
