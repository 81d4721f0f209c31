// After a profile was made, opened, locked, given another passphrase, backed up and restored, neither a passphrase nor the
// vault's key is anywhere in this process; nor is, once it is locked, what its pages held.
#include "app/session/engine_host.h"
#include "app/vault/profile_rows.h"
#include "app/vault/transaction.h"
#include "tests/support/memory_search.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::session;
using namespace tacet::test;

namespace {

/// Letters that no literal of the program holds. `accents`: each letter is followed by a combining acute accent, so that
/// the text must be normalised.
crypto::SecretBuffer passphraseOf(std::uint64_t seed, bool accents = false)
{
    SeededRandom random(seed);
    crypto::SecretBuffer letters(24);
    random.fill(letters.writable());
    for (std::uint8_t &letter : letters.writable())
        letter = std::uint8_t('a' + letter % 26);
    if (!accents)
        return letters;
    constexpr std::array<std::uint8_t, 2> kAcute{0xCC, 0x81}; // U+0301
    crypto::SecretBuffer accented;
    for (const std::uint8_t &letter : letters.view()) {
        accented.append({&letter, 1});
        accented.append(kAcute);
    }
    return accented;
}

CreateProfile profileWith(const crypto::SecretBuffer &passphrase)
{
    CreateProfile request;
    request.name = QStringLiteral("Alice");
    request.passphrase = passphrase.clone();
    request.relays = {QStringLiteral("ws://127.0.0.1:9")}; // nobody listens there
    return request;
}

} // namespace

class TestMemory : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    vault::ProfilePaths profile(const char *name) const
    {
        return {std::filesystem::path(m_folder.path().toStdString()) / name};
    }

private Q_SLOTS:
    void initTestCase()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("skipped: under a sanitizer most of the address space is its own");
#endif
    }

    void passphraseAndVaultKey_areGoneAfterUse()
    {
        const Needle needles[] = {{"right", passphraseOf(1).view()}, {"wrong", passphraseOf(2).view()}, {"next", passphraseOf(3).view()}};
        const auto verifyPassphrasesGone = [&] {
            for (const Needle &needle : needles)
                verifyGone(needle);
        };
        {
            const crypto::SecretBuffer held = passphraseOf(1);
            QVERIFY(!placesOf(needles[0]).isEmpty()); // the search finds what is there
        }
        EngineHost host(profile("alice"));
        host.begin();
        QVERIFY(host.create(profileWith(passphraseOf(1))));
        verifyPassphrasesGone();
        const Needle key = [&] {
            const vault::VaultKey copy = host.keyCopy();
            return Needle("vault key", copy.view());
        }();
        QVERIFY(!placesOf(key).isEmpty()); // the profile is open
        host.lock();
        verifyGone(key);
        QVERIFY(!host.unlock(passphraseOf(2)));
        verifyGone(key);
        QVERIFY(host.unlock(passphraseOf(1)));
        QVERIFY(!placesOf(key).isEmpty());
        verifyPassphrasesGone();
        QVERIFY(!host.changePassphrase(passphraseOf(2), passphraseOf(3)));
        QVERIFY(host.changePassphrase(passphraseOf(1), passphraseOf(3)));
        verifyPassphrasesGone();
    }

    void whatTheVaultHeld_isGoneAfterLocking()
    {
        EngineHost host(profile("reading"));
        host.begin();
        LockChoice choice;
        choice.passphrase = passphraseOf(7);
        auto made = host.createFilled(choice, [&](vault::Database &database) -> chat::Outcome<Done> {
            const chat::NewProfile profile{QStringLiteral("Alice"), {QStringLiteral("ws://127.0.0.1:9")}, {}};
            if (auto created = chat::ChatEngine::createProfile(database, profile, host.machinery().clock, host.machinery().random);
                !created)
                return created;
            const crypto::SecretBuffer words = passphraseOf(8);
            vault::Transaction transaction(database);
            vault::writeSetting(database, "a text",
                                std::string_view(reinterpret_cast<const char *>(words.view().data()), words.size()));
            return transaction.commit() ? chat::Outcome<Done>(Done{}) : chat::trouble(chat::TroubleCode::DiskError);
        });
        QVERIFY(made);
        QVERIFY(host.open(std::move(made->key)));
        const Needle page("a text in a page", passphraseOf(8).view());
        const Needle seed = [&] {
            auto reader = host.gate().openReader(host.keyCopy());
            if (!reader)
                qFatal("no reader");
            vault::Snapshot snapshot(**reader);
            const auto row = vault::readProfile(**reader);
            return Needle("identity seed", row.value().identitySeed.view());
        }();
        QVERIFY(!placesOf(page).isEmpty()); // the page is in the cache
        QVERIFY(!placesOf(seed).isEmpty());
        host.lock();
        verifyGone(page);
        verifyGone(seed);
    }

    void normalising_leavesNoCopy()
    {
        const Needle typed("as typed", passphraseOf(4, true).view());
        const Needle same("normalised", [] { return normalised(passphraseOf(4, true)); }().view());
        verifyGone(typed);
        verifyGone(same);
    }

    void backupPassphrase_isGoneAfterwards()
    {
        const QString file = m_folder.filePath(QStringLiteral("b.tacet-backup"));
        const Needle needle("backup passphrase", passphraseOf(5).view());
        const Needle own("own passphrase", passphraseOf(6).view());
        EngineHost host(profile("exporting"));
        host.begin();
        QVERIFY(host.create(profileWith(passphraseOf(6))));
        auto reader = host.gate().openReader(host.keyCopy());
        QVERIFY(reader);
        QVERIFY(exportBackup(**reader, file, passphraseOf(5), host.machinery().clock, host.machinery().random));
        verifyGone(needle);
        QVERIFY(checkBackup(file, passphraseOf(5)));
        verifyGone(needle);

        EngineHost restoring(profile("restoring"));
        restoring.begin();
        LockChoice choice;
        choice.passphrase = passphraseOf(6);
        backup::Summary summary;
        QVERIFY(restoring.createFilled(choice, fillFromBackup(file, passphraseOf(5), {}, host.machinery().clock,
                                                              host.machinery().random, summary)));
        verifyGone(needle);
        choice.passphrase.wipe();
        verifyGone(own);
    }
};

TACET_TEST_UNIT("t_memory", TestMemory)
#include "t_memory.moc"
