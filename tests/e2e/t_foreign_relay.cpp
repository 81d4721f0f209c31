// The whole conversation over relays that know nothing of Tacet, one by one and both together: link, messages both ways, safety number.
#include "tests/e2e/programs.h"
#include "tests/interop/foreign_relay.h"
#include "tests/support/npm_modules.h"
#include "tests/support/unit_registry.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace tacet::test;

class TestForeignRelay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void twoProcesses_meetAndTalk_data()
    {
        QTest::addColumn<QStringList>("relays");
        const QString core = u"nostr-relay-core.mjs"_s;
        const QString strict = u"snstr.mjs"_s; // takes nothing that is older than an hour
        QTest::newRow("@nostr-relay/core") << QStringList{core};
        QTest::newRow("snstr") << QStringList{strict};
        QTest::newRow("both") << QStringList{core, strict};
    }

    void twoProcesses_meetAndTalk()
    {
        QFETCH(QStringList, relays);
        const NpmModules modules = NpmModules::prepare(u"interop"_s, {u"relays"_s});
        if (!modules.skipReason.isEmpty())
            QSKIP(qPrintable(modules.skipReason));
        std::vector<std::unique_ptr<ForeignRelay>> running;
        QStringList urls;
        for (const QString &script : relays) {
            running.push_back(std::make_unique<ForeignRelay>());
            QVERIFY(running.back()->start(modules.folder, script));
            urls << running.back()->url();
        }

        QTemporaryDir folder;
        const Person alice(folder.filePath(u"alice"_s), u"Alice"_s);
        const Person bob(folder.filePath(u"bob"_s), u"Bob"_s);
        for (const Person *person : {&alice, &bob}) {
            const Ran ran = person->init(urls);
            QVERIFY2(ran.exitCode == 0, ran.told());
        }
        const Acquainted met = acquaint(alice, bob);
        QVERIFY2(met.trouble.isEmpty(), met.trouble);
        const struct {
            const Person &from;
            const Person &to;
            QString contact;
        } ways[] = {{bob, alice, met.atOther}, {alice, bob, met.atOne}};
        for (int round = 0; round < 2; ++round) {
            for (const auto &way : ways) {
                const QString text = u"round %1 from %2 ☕"_s.arg(round).arg(way.from.name());
                const Ran sent = way.from.json({u"send"_s, way.contact, text});
                QVERIFY2(sent.exitCode == 0, sent.told());
                QVERIFY2(sent.objects().value(0).value(u"state"_s) == u"on_relay"_s, sent.told());
                const auto listening = way.to.listen();
                QVERIFY(!listening->waitFor(messageWith(text)).isEmpty());
                QCOMPARE(listening->end(), 0);
            }
        }
        QCOMPARE(alice.history(met.atOne).size(), 4);
        QCOMPARE(alice.history(met.atOne), bob.history(met.atOther));
        const Ran number = alice.run({u"contact"_s, u"safety-number"_s, met.atOne});
        QCOMPARE(number.out, bob.run({u"contact"_s, u"safety-number"_s, met.atOther}).out);
    }
};

TACET_TEST_UNIT("t_foreign_relay", TestForeignRelay)
#include "t_foreign_relay.moc"
