// Wrong tries are counted in one place, which says how long the next one waits.
#include "app/session/engine_host.h"
#include "app/session/engine_thread.h"
#include "app/vault/transaction.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/fake_secret_store.h"

#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::session;

class TestEntry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wrongPassphrases_sayHowLongToWait()
    {
        QTemporaryDir folder;
        const vault::ProfilePaths paths{std::filesystem::path(folder.path().toStdString()) / "profile"};
        {
            EngineHost host(paths);
            host.begin();
            CreateProfile request;
            request.name = QStringLiteral("Alice");
            request.passphrase = crypto::SecretBuffer(crypto::asBytes("four rowers and a heron"));
            request.relays = {QStringLiteral("ws://127.0.0.1:9")}; // nobody listens there
            QVERIFY(host.create(request));
        }
        EngineHost host(paths);
        host.begin();
        const crypto::SecretBuffer wrong(crypto::asBytes("three rowers and a heron"));
        for (const qint64 wait : {0, 0, 5}) {
            const auto opened = host.unlock(wrong);
            QVERIFY(!opened);
            QCOMPARE(int(opened.error().code), int(chat::TroubleCode::WrongPassphrase));
            QCOMPARE(opened.error().number, wait);
        }
        QVERIFY(!host.isOpen());
    }

    void recoveryCode_countsAsKeptOnceItWasProved()
    {
        QTemporaryDir folder;
        const vault::ProfilePaths paths{std::filesystem::path(folder.path().toStdString()) / "profile"};
        const crypto::SecretBuffer passphrase(crypto::asBytes("four rowers and a heron"));
        QString code;
        {
            EngineHost host(paths);
            host.begin();
            CreateProfile request;
            request.name = QStringLiteral("Alice");
            request.passphrase = passphrase.clone();
            request.relays = {QStringLiteral("ws://127.0.0.1:9")}; // nobody listens there
            QVERIFY(host.create(request));
            QVERIFY(host.status().recoveryUnproved);
        } // the power goes while it is being written down
        {
            EngineHost host(paths);
            host.begin();
            QVERIFY(!host.confirmRecoveryCode()); // locked
            QVERIFY(host.unlock(passphrase));
            QVERIFY(host.status().recoveryUnproved);
            QVERIFY(host.confirmRecoveryCode());
            QVERIFY(!host.status().recoveryUnproved);
            host.lock();
            QVERIFY(host.unlock(passphrase));
            QVERIFY(!host.status().recoveryUnproved);
            const auto renewed = host.renewRecoveryCode();
            QVERIFY(renewed);
            code = renewed->join(u'-');
            QVERIFY(host.status().recoveryUnproved);
            host.lock();
            QVERIFY(!host.status().recoveryUnproved); // nothing of the vault is told while it is closed
        }
        EngineHost host(paths);
        host.begin();
        QVERIFY(host.unlockWithRecoveryCode(crypto::SecretBuffer(crypto::asBytes(code.toStdString())))); // it was kept
        QVERIFY(!host.status().recoveryUnproved);
        host.lock();
        QVERIFY(host.unlock(passphrase));
        QVERIFY(!host.status().recoveryUnproved);
    }

    void unlockThatFailsLate_goesOnReceiving()
    {
        QTemporaryDir folder;
        const vault::ProfilePaths paths{std::filesystem::path(folder.path().toStdString()) / "profile"};
        const crypto::SecretBuffer passphrase(crypto::asBytes("four rowers and a heron"));
        EngineHost host(paths);
        host.begin();
        CreateProfile request;
        request.name = QStringLiteral("Alice");
        request.passphrase = passphrase.clone();
        request.relays = {QStringLiteral("ws://127.0.0.1:9")}; // nobody listens there
        QVERIFY(host.create(request));
        const vault::VaultKey key = host.keyCopy();
        host.lock();
        QVERIFY(host.status().receivingWhileLocked);
        const auto change = [&](vault::Sql sql) {
            auto database = vault::Database::open(paths.vault(), vault::OpenMode::Writer, key.view());
            QVERIFY(database);
            vault::Transaction transaction(**database);
            (*database)->exec(sql);
            QVERIFY(transaction.commit());
        };
        change("INSERT INTO processing (hash) VALUES (zeroblob(32))");
        change("CREATE TRIGGER sick BEFORE DELETE ON processing BEGIN SELECT RAISE(ABORT, 'sick'); END"); // it opens, and cannot begin
        QVERIFY(!host.unlock(passphrase));
        QVERIFY(!host.isOpen());
        QVERIFY(host.status().receivingWhileLocked);
        change("DROP TRIGGER sick");
        QVERIFY(host.unlock(passphrase));
    }

    void keychainSlotThatStays_keepsItsEntry()
    {
        QTemporaryDir folder;
        const vault::ProfilePaths paths{std::filesystem::path(folder.path().toStdString()) / "profile"};
        test::FakeSecretStore keychain;
        EngineThread session(paths, keychain);
        session.begin();
        const auto wait = [](const std::optional<chat::Outcome<Done>> &outcome) {
            return QTest::qWaitFor([&] { return outcome.has_value(); }, 60'000);
        };
        CreateProfile request;
        request.name = QStringLiteral("Alice");
        request.passphrase = crypto::SecretBuffer(crypto::asBytes("four rowers and a heron"));
        request.relays = {QStringLiteral("ws://127.0.0.1:9")}; // nobody listens there
        std::optional<chat::Outcome<Created>> created;
        session.createProfile(std::move(request), [&](chat::Outcome<Created> outcome) { created.emplace(std::move(outcome)); });
        QVERIFY(QTest::qWaitFor([&] { return created.has_value(); }, 60'000));
        QVERIFY(*created);
        std::optional<chat::Outcome<Done>> done;
        const auto keep = [&](chat::Outcome<Done> outcome) { done.emplace(std::move(outcome)); };
        session.setKeychainUnlock(true, keep);
        QVERIFY(wait(done));
        QVERIFY(*done);
        QCOMPARE(keychain.size(), std::size_t(1));
        session.lock();
        done.reset();
        session.setKeychainUnlock(false, keep); // refused: the slot can only go while the vault is open
        QVERIFY(wait(done));
        QVERIFY(!*done);
        QCOMPARE(keychain.size(), std::size_t(1));
        done.reset();
        session.unlockWithKeychain(keep);
        QVERIFY(wait(done));
        QVERIFY(*done);
        done.reset();
        session.setKeychainUnlock(false, keep);
        QVERIFY(wait(done));
        QVERIFY(*done);
        QCOMPARE(keychain.size(), std::size_t(0));
    }

    void profileInUse_opensOnceTheOtherProgramHasEnded()
    {
        QTemporaryDir folder;
        const vault::ProfilePaths paths{std::filesystem::path(folder.path().toStdString()) / "profile"};
        auto other = std::make_unique<EngineHost>(paths);
        other->begin();
        CreateProfile request;
        request.name = QStringLiteral("Alice");
        request.withoutLock = true;
        request.relays = {QStringLiteral("ws://127.0.0.1:9")}; // nobody listens there
        QVERIFY(other->create(request));
        EngineHost host(paths);
        for (int tries = 0; tries < 2; ++tries) {
            host.begin();
            QCOMPARE(int(host.status().trouble.code), int(chat::TroubleCode::ProfileInUse));
        }
        other.reset();
        host.begin();
        QCOMPARE(int(host.status().trouble.code), int(chat::TroubleCode::None));
        QVERIFY(host.isOpen());
    }
};

TACET_TEST_UNIT("t_entry", TestEntry)
#include "t_entry.moc"
