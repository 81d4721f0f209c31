// The proxy setting of a profile: a restore keeps the one that was chosen before it, and one that cannot be read means silence.
#include "app/session/engine_host.h"
#include "app/vault/profile_rows.h"
#include "app/vault/transaction.h"
#include "tests/support/unit_registry.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::session;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatience = 30'000;
constexpr std::string_view kPassphrase = "correct horse battery staple";
const QString kHere = u"socks5://127.0.0.1:9"_s;
const QString kThere = u"socks5://127.0.0.1:19"_s;

} // namespace

class TestWayOut : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    vault::ProfilePaths paths(const QByteArray &name) const
    {
        return {std::filesystem::path(m_folder.path().toStdString()) / name.toStdString()};
    }
    static CreateProfile request(const QString &relay, const QString &proxy)
    {
        CreateProfile request;
        request.name = u"Alice"_s;
        request.withoutLock = true; // no time for Argon2id
        request.relays = {relay};
        request.proxy = proxy;
        return request;
    }
    /// As a newer program, or a hand in the vault, would leave it; the engine itself stores no such thing.
    static bool setProxyBehindItsBack(EngineHost &host, std::string_view proxy)
    {
        const vault::VaultKey key = host.keyCopy();
        host.lock();
        auto database = host.gate().openWriter(key);
        if (!database)
            return false;
        {
            vault::Transaction transaction(**database);
            vault::writeSetting(**database, "proxy", proxy);
            if (!transaction.commit())
                return false;
        }
        database->reset();
        host.begin(); // opens it again
        return host.isOpen();
    }

private Q_SLOTS:
    void restore_keepsTheProxyChosenBeforeIt_data()
    {
        QTest::addColumn<QString>("inBackup");
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<QString>("kept");
        QTest::addRow("none, and one was chosen") << QString() << kHere << kHere;
        QTest::addRow("one, and another was chosen") << kThere << kHere << kHere;
        QTest::addRow("one, and none was chosen") << kThere << QString() << kThere;
    }
    void restore_keepsTheProxyChosenBeforeIt()
    {
        QFETCH(QString, inBackup);
        QFETCH(QString, chosen);
        QFETCH(QString, kept);
        const QByteArray row = QTest::currentDataTag();
        const QString file = m_folder.filePath(QString::fromLatin1(row) + u".tacet"_s);
        EngineHost before(paths(QByteArray(row + " before")));
        before.begin();
        QVERIFY(before.create(request(u"ws://relay.example"_s, inBackup)));
        auto reader = before.gate().openReader(before.keyCopy());
        QVERIFY(reader);
        const Machinery &machinery = before.machinery();
        QVERIFY(backup::writeBackup(**reader, {std::filesystem::path(file.toStdString()), crypto::asBytes(kPassphrase),
                                               machinery.clock.wallMs(), crypto::BackupCost{1, 8}},
                                    before.machinery().random).ok());

        EngineHost after(paths(QByteArray(row + " after")));
        after.begin();
        LockChoice choice;
        choice.withoutLock = true;
        crypto::SecretBuffer passphrase;
        passphrase.append(crypto::asBytes(kPassphrase));
        backup::Summary summary;
        auto made = after.createFilled(choice, fillFromBackup(file, passphrase, chosen, after.machinery().clock,
                                                              after.machinery().random, summary));
        QVERIFY(made);
        QVERIFY(after.open(std::move(made->key)));
        QCOMPARE((*after.engine())->settings()->proxy, kept);
    }

    void unreadableSetting_opensNoSocket_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addRow("a kind that this version does not know") << u"socks6://127.0.0.1:9"_s;
        QTest::addRow("no port") << u"socks5://127.0.0.1"_s;
        QTest::addRow("words") << u"Tor, please"_s;
    }
    void unreadableSetting_opensNoSocket()
    {
        QFETCH(QString, setting);
        QTcpServer witness; // whoever goes around the proxy is seen here
        QVERIFY(witness.listen(QHostAddress::LocalHost));
        int connections = 0;
        connect(&witness, &QTcpServer::newConnection, this, [&] {
            ++connections;
            witness.nextPendingConnection()->abort();
        });
        EngineHost host(paths(QTest::currentDataTag()));
        host.begin();
        QVERIFY(host.create(request(u"ws://127.0.0.1:%1"_s.arg(witness.serverPort()), kHere)));
        QVERIFY(setProxyBehindItsBack(host, setting.toStdString()));
        QVERIFY((*host.engine())->createInvitation(chat::InvitationKind::OneTime, {})); // something to do at the relay
        const auto words = [&host] { return host.machinery().relays.statuses().at(0).lastError; };
        QTRY_COMPARE_WITH_TIMEOUT(words(), std::string("the address of the proxy cannot be read, so nothing is sent"), kPatience);
        QCOMPARE(connections, 0);
        QVERIFY(setProxyBehindItsBack(host, "")); // the witness does see who comes
        QTRY_VERIFY_WITH_TIMEOUT(connections > 0, kPatience);
    }
};

TACET_TEST_UNIT("t_way_out", TestWayOut)
#include "t_way_out.moc"
