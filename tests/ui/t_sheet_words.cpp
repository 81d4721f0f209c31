// What sheets and lists call things: relays of one host are told apart, and one is not many.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/form.h"
#include "ui/invite_words.h"
#include "ui/message_sheets.h"
#include "ui/relay_health.h"
#include "ui/relay_words.h"

#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QTest>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

class TestSheetWords : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void relay_isNamedWithAPortThatIsNotTheUsualOne_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("name");
        QTest::newRow("usual") << u"wss://relay.example"_s << u"relay.example"_s << u"relay.example"_s;
        QTest::newRow("another") << u"wss://relay.example:7443/way"_s << u"relay.example"_s << u"relay.example:7443"_s;
        QTest::newRow("numbers") << u"ws://[2001:db8::1]:7447"_s << u"2001:db8::1"_s << u"[2001:db8::1]:7447"_s;
    }
    void relay_isNamedWithAPortThatIsNotTheUsualOne()
    {
        QFETCH(QString, url);
        QFETCH(QString, host);
        QFETCH(QString, name);
        chat::RelayInfo relay;
        relay.url = url;
        relay.host = host;
        QCOMPARE(relayName(relay), name);
        relay.thisComputer = true;
        QVERIFY(!relayName(relay).contains(host));
    }

    void relayThatIsNotNeededNow_isNotConnectingForEver()
    {
        ActionStage stage;
        chat::RelayInfo relay;
        relay.condition = chat::RelayCondition::Idle;
        QCOMPARE(relayState(relay, stage.calendar), u"Not needed now · chosen by a contact"_s);
        relay.own = true;
        QCOMPARE(relayState(relay, stage.calendar), u"Not needed now"_s);
    }

    void reusableAddress_isOpenUntilItIsWithdrawn()
    {
        ActionStage stage;
        chat::Invitation invitation;
        invitation.untilMs = 2'100'000'000'000; // every invitation has a date
        QVERIFY(invitationState(invitation, stage.calendar).startsWith(u"Open until "_s + stage.calendar.day(invitation.untilMs)));
        invitation.kind = chat::InvitationKind::Reusable;
        QCOMPARE(invitationState(invitation, stage.calendar), u"Open until you withdraw it"_s);
    }

    void oneRelay_answers()
    {
        FakeSession session;
        for (chat::RelayInfo &relay : session.relayList)
            relay.condition = chat::RelayCondition::Unreachable;
        session.relayList[0].condition = chat::RelayCondition::Connected;
        RelayHealth health(session);
        health.reload();
        settle();
        QCOMPARE(health.words(), u"1 of 5 answers"_s);
        session.relayList[1].condition = chat::RelayCondition::Slow;
        session.announce(chat::RelayChanged{session.relayList[1]});
        QCOMPARE(health.words(), u"2 of 5 answer"_s);
    }

    void profileThatIsClosed_hasNoRelays()
    {
        FakeSession session;
        RelayHealth health(session);
        health.reload();
        settle();
        QVERIFY(health.health() && !health.words().isEmpty());
        health.clear();
        session.announce(chat::RelayChanged{session.relayList[0]}); // they go on receiving
        QVERIFY(!health.health());
        QVERIFY(health.words().isEmpty());
        health.reload();
        settle();
        QVERIFY(health.health());
    }

    void relaysThatNobodyAsked_areNotSilent()
    {
        FakeSession session;
        for (chat::RelayInfo &relay : session.relayList)
            relay.condition = chat::RelayCondition::Idle;
        RelayHealth health(session);
        health.reload();
        settle();
        QVERIFY(!health.health());
        QCOMPARE(health.words(), u"none is needed now"_s);
        QVERIFY(!health.isOffline());
        chat::RelayInfo asked = session.relayList[1];
        asked.condition = chat::RelayCondition::Unreachable;
        session.announce(chat::RelayChanged{asked});
        QCOMPARE(health.health(), std::optional(Health::None));
        QCOMPARE(health.words(), u"none answers"_s);
        QVERIFY(health.isOffline());
        asked.condition = chat::RelayCondition::Connected;
        session.announce(chat::RelayChanged{asked});
        QCOMPARE(health.words(), u"all answer"_s); // all that were asked

        session.relayList.clear(); // a fresh profile, before any was chosen
        health.reload();
        settle();
        QVERIFY(!health.health());
        QCOMPARE(health.words(), u"none yet"_s);
        QVERIFY(!health.isOffline());
    }

    void backupOfOne_isCountedAsOne()
    {
        ActionStage stage;
        stage.session.backup.last = {u"/media/stick/a.tacet"_s, stage.session.now, 1, 1, 0, 5240};
        stage.session.backup.hasPassphrase = true;
        stage.actions.showBackup();
        settle();
        QCOMPARE(stage.find<QLabel>("backupMessages")->text(), u"message"_s);
        QCOMPARE(stage.find<QLabel>("backupContacts")->text(), u"contact"_s);
        stage.click("backupCheck");
        settle();
        stage.find<QLineEdit>("backupCheckSheetField")->setText(u"four quiet herons"_s);
        stage.click("backupCheckSheetEnter");
        settle();
        QVERIFY(stage.spokenAnywhere({u"Backup checked: 1 message and 1 contact can be restored."_s}).size() > 0);
    }

    void address_isNamedByItsHost_andOpenedByTheClickAlone()
    {
        ActionStage stage;
        const QString whole = u"https://bank.example@xn--bnk-qla.example/login"_s;
        QList<QUrl> opened;
        bool hasBrowser = false;
        const QPointer<AddressSheet> sheet
            = new AddressSheet(sharedLook(), stage.window->sheetHost(), QUrl(whole), [&](const QUrl &address) {
                  opened.append(address);
                  return hasBrowser;
              });
        sheet->open();
        settle();
        QCOMPARE(stage.find<QLabel>("addressHost")->text(), u"It leads to xn--bnk-qla.example."_s);
        QCOMPARE(stage.find<QLineEdit>("wholeAddress")->text(), whole);
        QVERIFY(opened.isEmpty());

        stage.click("addressOpen");
        settle();
        QVERIFY(sheet && sheet->isVisible());
        QCOMPARE(stage.find<Problem>("addressProblem")->text(), u"No browser could be started. Copy the address instead."_s);
        hasBrowser = true;
        stage.click("addressOpen");
        settle();
        QVERIFY(!sheet);
        QCOMPARE(opened, (QList<QUrl>{QUrl(whole), QUrl(whole)}));
    }

    void backupThatIsDamaged_isNotCalledSafe_data()
    {
        QTest::addColumn<bool>("check");
        QTest::newRow("the file that there is") << true;
        QTest::newRow("a new one") << false;
    }

    void backupThatIsDamaged_isNotCalledSafe()
    {
        QFETCH(bool, check);
        ActionStage stage;
        stage.session.backup.last = {u"/media/stick/a.tacet"_s, stage.session.now, 1, 1, 0, 5240};
        stage.session.backup.lastFailure = check ? session::BackupFailure::Check : session::BackupFailure::Writing;
        stage.actions.showBackup();
        settle();
        const QString broken = u"The backup in \u2068a.tacet\u2069 could not be checked. Do not rely on it; make a new one."_s;
        const QString unwritten = u"No new file was kept. The old backup stays in place."_s;
        QCOMPARE(stage.spokenAnywhere({broken}).size() > 0, check);
        QCOMPARE(stage.spokenAnywhere({unwritten}).size() > 0, !check);
    }
};

TACET_TEST_UNIT("t_sheet_words", TestSheetWords)
#include "t_sheet_words.moc"
