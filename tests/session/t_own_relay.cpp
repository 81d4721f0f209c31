// The small relay of this computer, and a profile that moved to another one.
#include "app/session/engine_host.h"
#include "tests/support/unit_registry.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace tacet;
using namespace tacet::session;

namespace {

crypto::SecretBuffer passphrase()
{
    return crypto::SecretBuffer(crypto::asBytes("four rowers and a heron"));
}

vault::ProfilePaths pathsIn(const QTemporaryDir &folder, const char *name)
{
    return vault::ProfilePaths{std::filesystem::path(folder.path().toStdString()) / name};
}

QStringList ownUrls(EngineHost &host)
{
    QStringList urls;
    const auto relays = host.relays();
    for (const chat::RelayInfo &relay : relays ? *relays : QList<chat::RelayInfo>()) {
        if (relay.thisComputer)
            urls.append(relay.url);
    }
    return urls;
}

} // namespace

class TestOwnRelay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void profileOnAnotherComputer_getsTheRelayOfThatComputer()
    {
        QTemporaryDir folder;
        const auto here = pathsIn(folder, "here");
        const auto there = pathsIn(folder, "there");
        QString oldUrl;
        {
            EngineHost host(here);
            host.begin();
            CreateProfile request;
            request.name = QStringLiteral("Alice");
            request.passphrase = passphrase();
            request.relays = {QStringLiteral("ws://127.0.0.1:9")}; // nobody listens there
            QVERIFY(host.create(request));
            const auto own = host.useOwnRelay();
            QVERIFY(own);
            oldUrl = own->url;
            QCOMPARE(ownUrls(host), QStringList{oldUrl});
        }
        // What a backup carries: the vault, and not the relay's folder. The old computer goes on meanwhile.
        std::filesystem::copy(here.folder, there.folder, std::filesystem::copy_options::recursive);
        std::filesystem::remove_all(there.folder / "relay");
        EngineHost first(here);
        first.begin();
        QVERIFY(first.unlock(passphrase()));
        QCOMPARE(ownUrls(first), QStringList{oldUrl}); // the same address at every start

        EngineHost second(there);
        second.begin();
        QVERIFY(second.unlock(passphrase()));
        const QStringList urls = ownUrls(second);
        QCOMPARE(urls.size(), 1);
        QVERIFY(urls.first() != oldUrl);
        const auto relays = second.relays();
        QVERIFY(relays);
        for (const chat::RelayInfo &relay : *relays)
            QVERIFY2(relay.url != oldUrl, "the old computer's relay is still one's own");
        second.lock();
        QVERIFY(second.unlock(passphrase()));
        QCOMPARE(ownUrls(second), urls);
    }
};

TACET_TEST_UNIT("t_own_relay", TestOwnRelay)
#include "t_own_relay.moc"
