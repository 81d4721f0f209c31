// A profile that goes through a Tor of its own: silent until that is connected, then through it alone; and its small relay
// under an onion address.
#include "app/session/engine_host.h"
#include "app/session/tor_text.h"
#include "app/session/trouble_text.h"
#include "tests/support/played_tor.h"
#include "tests/support/socks_server.h"
#include "tests/support/unit_registry.h"

#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::session;
using namespace Qt::StringLiterals;
using tor::TorState;
using tor::TorStatus;

namespace {

constexpr int kPatience = 60'000;

const QByteArray kKey = "ED25519-V3:" + QByteArray(86, 'A') + "==";
const QByteArray kId(56, 'b');

} // namespace

class TestTor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_control = std::make_unique<test::ControlServer>();
        m_socks = std::make_unique<test::SocksServer>(1);
        m_socks->reply = 4;
        QDir(m_folder->path()).mkdir(u"bin"_s);
        test::playedTor(m_folder->filePath(u"bin/tor"_s), *m_control, m_socks->serverPort());
        m_path = qgetenv("PATH");
        qputenv("PATH", QByteArray(m_folder->filePath(u"bin"_s).toUtf8() + ':' + m_path)); // found before any real one
    }
    void cleanup() { qputenv("PATH", m_path); }

    void relays_areSilentUntilTorIsConnected()
    {
        EngineHost host(paths());
        host.begin();
        QList<TorStatus> told;
        connect(&host, &EngineHost::torChanged, this, [&](const TorStatus &status) { told.append(status); });
        QVERIFY(host.create(request()));
        QVERIFY((*host.engine())->createInvitation(chat::InvitationKind::OneTime, {})); // something to do at the relay
        QTRY_VERIFY_WITH_TIMEOUT(m_control->isOpen && told.last().state == TorState::Connecting, kPatience);
        const auto words = [&host] { return host.machinery().relays.statuses().at(0).lastError; };
        QTRY_COMPARE_WITH_TIMEOUT(words(), std::string("Tor is not connected yet, so nothing is sent"), kPatience);
        QCOMPARE(m_socks->greetings, 0);

        test::connectFully(*m_control);
        QTRY_VERIFY_WITH_TIMEOUT(!m_socks->requests.empty(), kPatience);
        QCOMPARE(m_socks->requests[0].host, QByteArray("relay.example"));
        QVERIFY(!m_socks->requests[0].user.isEmpty());

        // While locked it goes on; without the setting it ends.
        host.lock();
        QCOMPARE(told.last().state, TorState::Ready);
        host.begin(); // opens it again
        QVERIFY(host.isOpen());
        QCOMPARE(told.last().state, TorState::Ready);
        chat::Settings settings = *(*host.engine())->settings();
        settings.proxy = u"socks5://127.0.0.1:9"_s;
        QVERIFY(host.changeSettings(settings));
        QCOMPARE(told.last().state, TorState::Off);
        QTRY_VERIFY_WITH_TIMEOUT(!m_control->client, kPatience);
    }

    void ownRelay_getsAnOnionAddressThatStays()
    {
        m_control->answers["ADD_ONION NEW:ED25519-V3 Port=80,127.0.0.1:"] =
            "250-ServiceID=" + kId + "\r\n250-PrivateKey=" + kKey + "\r\n250 OK";
        m_control->answers["ADD_ONION " + kKey] = "250-ServiceID=" + kId + "\r\n250 OK";
        const QString url = u"ws://"_s + QString::fromLatin1(kId) + u".onion"_s;
        {
            EngineHost host(paths());
            host.begin();
            QVERIFY(host.create(request()));
            std::optional<chat::TroubleCode> early;
            host.publishOwnRelay([&](const chat::Outcome<chat::RelayInfo> &made) {
                early = made ? chat::TroubleCode::None : made.error().code;
            });
            QVERIFY(early == chat::TroubleCode::TorNotReady);
            QTRY_VERIFY_WITH_TIMEOUT(m_control->isOpen && m_control->heardCommands.contains("SETEVENTS STATUS_CLIENT"), kPatience);
            const auto own = host.useOwnRelay(); // on this computer alone, so far
            QVERIFY(own);
            std::optional<chat::RelayInfo> info;
            QTRY_VERIFY_WITH_TIMEOUT(publish(host, info), kPatience);
            QCOMPARE(info->url, url);
            QCOMPARE(ownUrls(host), QStringList{url}); // and no longer the address of loopback
            // Tor brings strangers: not to the port that takes everybody for a program of this computer.
            const QByteArray door = portToldToTor();
            QVERIFY(door.toUShort() != 0);
            QVERIFY2(!own->url.endsWith(u":"_s + QString::fromLatin1(door)), door.constData());
            // Opened to the local network it starts anew, and Tor is told nothing: the door stays where it was.
            for (const bool shared : {true, false}) {
                chat::Settings settings = *(*host.engine())->settings();
                settings.shareOwnRelay = shared;
                QVERIFY(host.changeSettings(settings));
                QTcpSocket socket;
                socket.connectToHost(QHostAddress::LocalHost, door.toUShort());
                QVERIFY(socket.waitForConnected(kPatience));
            }
        }
        m_control->heardCommands.clear();
        EngineHost host(paths());
        host.begin();
        QVERIFY(host.isOpen());
        QCOMPARE(ownUrls(host), QStringList{url});
        const auto again = [this] {
            const QByteArray wanted = "ADD_ONION " + kKey + " Port=80,127.0.0.1:";
            for (const QByteArray &command : m_control->heardCommands) {
                if (command.startsWith(wanted))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(again(), kPatience);
        // Its own mail is fetched over loopback, Tor or not.
        const auto connected = [&host, &url] {
            for (const relay::RelayStatus &status : host.machinery().relays.statuses()) {
                if (status.url.text() == url.toStdString() && status.state == relay::RelayState::Connected)
                    return true;
            }
            return false;
        };
        QVERIFY((*host.engine())->createInvitation(chat::InvitationKind::OneTime, {}));
        QTRY_VERIFY_WITH_TIMEOUT(connected(), kPatience);
        QCOMPARE(m_socks->greetings, 0);
    }

    void onionAddress_withoutTor_isTold()
    {
        m_control->answers["ADD_ONION NEW:ED25519-V3 Port=80,127.0.0.1:"] =
            "250-ServiceID=" + kId + "\r\n250-PrivateKey=" + kKey + "\r\n250 OK";
        const QString url = u"ws://"_s + QString::fromLatin1(kId) + u".onion"_s;
        QStringList told;
        const auto listen = [this, &told](EngineHost &host) {
            connect(&host, &EngineHost::fact, this, [&told](const chat::Fact &fact) {
                const auto *notice = std::get_if<chat::Noticed>(&fact);
                if (notice && notice->code == int(chat::TroubleCode::OnionWithoutTor))
                    told.append(notice->detail);
            });
            host.begin();
        };
        {
            EngineHost host(paths());
            listen(host);
            QVERIFY(host.create(request()));
            QTRY_VERIFY_WITH_TIMEOUT(m_control->isOpen && m_control->heardCommands.contains("SETEVENTS STATUS_CLIENT"), kPatience);
            std::optional<chat::RelayInfo> info;
            QTRY_VERIFY_WITH_TIMEOUT(publish(host, info), kPatience);
            host.lock();
            host.begin();
            QVERIFY(host.isOpen() && told.isEmpty()); // that Tor is used
            chat::Settings settings = *(*host.engine())->settings();
            settings.proxy = u"socks5://127.0.0.1:9"_s;
            QVERIFY(host.changeSettings(settings));
        }
        EngineHost host(paths());
        listen(host);
        QCOMPARE(told, QStringList{url});
        QVERIFY(troubleText({chat::TroubleCode::OnionWithoutTor, url}).contains(url));
        QVERIFY((*host.engine())->removeRelay(url));
        host.lock();
        host.begin();
        QVERIFY(host.isOpen());
        QCOMPARE(told.size(), 1); // nobody is told that address any more
    }

    void sentences_sayWhatTorDoes_data()
    {
        QTest::addColumn<TorStatus>("status");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, TorStatus status, const QString &text) { QTest::addRow("%s", name) << status << text; };
        row("off", {}, {});
        row("missing", {TorState::Missing, 0, {}, {}, 0},
            u"Tor is not on this computer, so Tacet stays silent. The command \"sudo apt install tor\" installs it."_s);
        row("connecting", {TorState::Connecting, 10, u"conn_done"_s, {}, 9},
            u"Tor is still connecting: 10 %. Nothing is sent yet. It looks for a way into the network."_s);
        row("obstacle", {TorState::Connecting, 5, u"conn"_s, u"No route to host"_s, 9},
            u"Tor is still connecting: 5 %. Nothing is sent yet. The reason given: No route to host."_s);
        row("ready", {TorState::Ready, 100, u"done"_s, {}, 9}, u"Tor is connected. Everything goes through it."_s);
        row("failed", {TorState::Failed, 0, {}, u"it ended"_s, 0},
            u"Tor does not run, so Tacet stays silent. It is started again by itself. The reason given: it ended."_s);
    }
    void sentences_sayWhatTorDoes()
    {
        QFETCH(TorStatus, status);
        QFETCH(QString, text);
        QCOMPARE(torText(status), text);
    }

private:
    vault::ProfilePaths paths() const { return {std::filesystem::path(m_folder->path().toStdString()) / "profile"}; }
    static CreateProfile request()
    {
        CreateProfile request;
        request.name = u"Alice"_s;
        request.withoutLock = true; // no time for Argon2id
        request.relays = {u"ws://relay.example"_s};
        request.proxy = u"tor"_s;
        return request;
    }
    static QStringList ownUrls(EngineHost &host)
    {
        QStringList urls;
        const auto relays = host.relays();
        for (const chat::RelayInfo &relay : relays ? *relays : QList<chat::RelayInfo>()) {
            if (relay.own && relay.thisComputer)
                urls.append(relay.url);
        }
        return urls;
    }
    /// Asks until Tor lets us: true once it is published.
    static bool publish(EngineHost &host, std::optional<chat::RelayInfo> &info)
    {
        host.publishOwnRelay([&info](const chat::Outcome<chat::RelayInfo> &made) {
            if (made)
                info = *made;
        });
        return info.has_value();
    }

    QByteArray portToldToTor() const
    {
        constexpr QByteArrayView kBefore = "Port=80,127.0.0.1:";
        for (const QByteArray &command : m_control->heardCommands) {
            if (const qsizetype at = command.indexOf(kBefore); command.startsWith("ADD_ONION ") && at >= 0)
                return command.mid(at + kBefore.size()).trimmed();
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::ControlServer> m_control;
    std::unique_ptr<test::SocksServer> m_socks;
    QByteArray m_path;
};

TACET_TEST_UNIT("t_tor", TestTor)
#include "t_tor.moc"
