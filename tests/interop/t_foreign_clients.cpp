// Clients that others wrote, at tacet-relay: each script says what it found, check by check.
#include "tests/support/npm_modules.h"
#include "tests/support/unit_registry.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace Qt::StringLiterals;

class TestForeignClients : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_modules = test::NpmModules::prepare(u"interop"_s, {u"relays"_s, u"clients"_s});
        if (!m_modules.skipReason.isEmpty())
            QSKIP(qPrintable(m_modules.skipReason));
        m_relay.start(QStringLiteral(TACET_RELAY_PROGRAM), {u"--listen"_s, u"127.0.0.1:0"_s, u"--data"_s, m_folder.path()});
        QVERIFY(m_relay.waitForReadyRead(30'000));
        m_url = QString::fromUtf8(m_relay.readLine()).trimmed();
    }

    void cleanupTestCase()
    {
        m_relay.terminate();
        m_relay.waitForFinished(20'000);
    }

    void client_findsARelay_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QStringList>("without"); ///< what its library cannot do
        QTest::newRow("nostr-tools") << u"nostr-tools.mjs"_s << QStringList();
        QTest::newRow("snstr") << u"snstr.mjs"_s << QStringList{u"count"_s, u"othersReconciliation"_s, u"reconciliation"_s};
        QTest::newRow("@rust-nostr/nostr-sdk") << u"nostr-sdk.mjs"_s << QStringList{u"badSignature"_s, u"count"_s, u"information"_s, u"othersReconciliation"_s, u"reconciliation"_s};
    }

    void client_findsARelay()
    {
        QFETCH(QString, script);
        QFETCH(QStringList, without);
        QProcess client;
        client.setWorkingDirectory(m_modules.folder);
        client.start(u"node"_s, {u"clients/"_s + script, m_url});
        QVERIFY(client.waitForFinished(240'000));
        QStringList good;
        QStringList left;
        for (const QString &line : QString::fromUtf8(client.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts)) {
            QVERIFY2(!line.startsWith(u"not ok"_s), qPrintable(line));
            if (line.startsWith(u"ok "_s))
                good += line.mid(3);
            else if (line.startsWith(u"without "_s))
                left += line.mid(8);
        }
        left.sort();
        QCOMPARE(left, without);
        QVERIFY2(good.size() + left.size() == kChecks, qPrintable(good.join(u' ') + QString::fromUtf8(client.readAllStandardError())));
    }

private:
    static constexpr int kChecks = 13;
    test::NpmModules m_modules;
    QTemporaryDir m_folder;
    QProcess m_relay;
    QString m_url;
};

TACET_TEST_UNIT("t_foreign_clients", TestForeignClients)
#include "t_foreign_clients.moc"
