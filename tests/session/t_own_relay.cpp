// The small relay of this computer, and a profile that moved to another one.
#include "app/session/engine_host.h"
#include "app/session/own_relay.h"
#include "tests/relayd/socket_client.h"
#include "tests/support/seeded_random.h"
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

    void relayThatCannotStart_isNoRelayThatRefused()
    {
        QTemporaryDir folder;
        const std::filesystem::path data = std::filesystem::path(folder.path().toStdString()) / "relay";
        OwnRelay first(data);
        QVERIFY(first.startFresh());
        OwnRelay second(data);
        const auto started = second.startFresh();
        QVERIFY(!started);
        QCOMPARE(int(started.error().code), int(chat::TroubleCode::OwnRelayNotStarted));
        QVERIFY2(!started.error().detail.contains(QStringLiteral("Choose")), qPrintable(started.error().detail));
    }

    void strangers_bringLittleAtOnce()
    {
        QTemporaryDir folder;
        OwnRelay own(std::filesystem::path(folder.path().toStdString()) / "relay");
        QVERIFY(own.startFresh());
        test::SocketClient stranger(QStringLiteral("ws://127.0.0.1:%1").arg(own.torPort()));
        QVERIFY(stranger.isReady());
        test::SeededRandom random{1};
        const std::string large(60'000, 'x');
        constexpr std::size_t kMost = 18'000'000; // 16 MB, and what is allowed meanwhile
        std::string answer = "accepted";
        std::size_t taken = 0;
        for (; answer == "accepted" && taken < kMost; taken += large.size())
            answer = stranger.publish(test::note(1'700'000'000, large, random));
        QVERIFY2(answer.starts_with("rate-limited: "), answer.c_str());
        QVERIFY(taken > kMost / 2); // what waited for a weekend
        test::SocketClient program(own.url());
        QVERIFY(program.isReady());
        QCOMPARE(program.publish(test::note(1'700'000'000, large, random)), std::string("accepted"));
    }
};

TACET_TEST_UNIT("t_own_relay", TestOwnRelay)
#include "t_own_relay.moc"
