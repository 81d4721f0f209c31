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
};

TACET_TEST_UNIT("t_entry", TestEntry)
#include "t_entry.moc"
