// Wrong tries are counted in one place, which says how long the next one waits.
#include "app/session/engine_host.h"
#include "tests/support/unit_registry.h"

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
};

TACET_TEST_UNIT("t_entry", TestEntry)
#include "t_entry.moc"
