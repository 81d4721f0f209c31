// The four ways out, as sheet and onboarding offer them.
#include "tests/support/unit_registry.h"
#include "tests/ui/picture_scenes.h"
#include "tests/ui/window_stage.h"
#include "ui/controls.h"
#include "ui/settings_content.h"
#include "ui/sheet.h"
#include "ui/way_choice.h"

#include <QAccessible>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

class TestWayChoice : public QObject {
    Q_OBJECT

private:
    struct Shown {
        explicit Shown(const session::TorHere &here, const QString &proxy = {}) : stage(sharedLook())
        {
            stage.session.torHere = here;
            way = new WayChoice(stage.parts(), u"way"_s, &stage.window);
            way->setProxy(proxy);
        }
        RadioCard &card(const char *name) const { return *stage.find<RadioCard>(u"way"_s + QString::fromLatin1(name)); }
        Stage stage;
        WayChoice *way;
    };

    /// Through the settings page, as a person does.
    static void leaveTor(Stage &stage)
    {
        stage.session.currentSettings.proxy = u"tor"_s;
        auto *content = new SettingsContent(stage.parts(), stage.window, &stage.window);
        content->showPage(SettingsPage::Relays);
        stage.window.show();
        stage.settle();
        stage.find<Button>(u"settingsProxy"_s)->click();
        stage.settle();
        stage.find<RadioCard>(u"proxySheetNone"_s)->click();
        stage.find<Button>(u"proxySheetApply"_s)->click();
        stage.settle();
    }

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void whatIsHere_isOffered_data()
    {
        QTest::addColumn<quint16>("port");
        QTest::addColumn<bool>("installed");
        QTest::addRow("neither") << quint16(0) << false;
        QTest::addRow("a running one") << quint16(9150) << false;
        QTest::addRow("the program") << quint16(0) << true;
        QTest::addRow("both") << quint16(9050) << true;
    }
    void whatIsHere_isOffered()
    {
        QFETCH(quint16, port);
        QFETCH(bool, installed);
        const Shown shown({port, installed});
        QVERIFY(!shown.card("Found").isEnabled() && !shown.card("Own").isEnabled()); // it is still being looked for
        settle();
        QCOMPARE(shown.card("Found").isEnabled(), port != 0);
        QCOMPARE(shown.card("Own").isEnabled(), installed);
        QVERIFY(shown.card("None").isEnabled() && shown.card("Other").isEnabled());
    }

    void setting_isShownAndComesBack_data()
    {
        QTest::addColumn<QString>("proxy");
        QTest::addColumn<QString>("card");
        QTest::addRow("none") << QString() << u"None"_s;
        QTest::addRow("found") << u"socks5://127.0.0.1:9050"_s << u"Found"_s;
        QTest::addRow("own") << u"tor"_s << u"Own"_s;
        QTest::addRow("other") << u"socks5://192.0.2.1:1080"_s << u"Other"_s;
    }
    void setting_isShownAndComesBack()
    {
        QFETCH(QString, proxy);
        QFETCH(QString, card);
        const Shown shown({9050, true}, proxy);
        settle();
        QVERIFY(shown.card(card.toLatin1().constData()).isChecked());
        QCOMPARE(shown.way->choose(), std::optional<QString>(proxy));
    }

    void choiceMadeMeanwhile_stays()
    {
        const Shown shown({9050, true});
        shown.card("Other").click();
        settle(); // the answer comes
        QVERIFY(shown.card("Other").isChecked());
    }

    void addressThatIsNone_isSaid()
    {
        const Shown shown({0, false});
        settle();
        shown.card("Other").click();
        shown.stage.find<Field>(u"wayField"_s)->setText(u"over there"_s);
        QVERIFY(!shown.way->choose());
        QVERIFY(shown.stage.find<Problem>(u"wayProblem"_s)->text().contains(u"socks5://127.0.0.1:9050"_s));
        shown.stage.find<Field>(u"wayField"_s)->setText(u"127.0.0.1:1080"_s);
        QCOMPARE(shown.way->choose(), std::optional<QString>(u"socks5://127.0.0.1:1080"_s));
    }

    void eachControl_hasAName()
    {
        const Shown shown({9050, true});
        for (const char *name : {"None", "Found", "Own", "Other"}) {
            QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(&shown.card(name));
            QVERIFY(interface);
            QVERIFY(!interface->text(QAccessible::Name).isEmpty());
        }
    }

    void leavingTor_saysWhatBecomesOfTheOnionAddress_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("proxy");
        QTest::addRow("kept") << u"leaveTorQuestionSafe"_s << u"tor"_s;
        QTest::addRow("left") << u"leaveTorYes"_s << QString();
    }
    void leavingTor_saysWhatBecomesOfTheOnionAddress()
    {
        QFETCH(QString, answer);
        QFETCH(QString, proxy);
        Stage stage(sharedLook());
        chat::RelayInfo relay;
        relay.host = QString(56, u'a') + u".onion"_s;
        relay.url = u"ws://"_s + relay.host;
        relay.own = true;
        relay.thisComputer = true;
        stage.session.relayList.append(relay);
        leaveTor(stage);
        auto *question = stage.find<Question>(u"leaveTorQuestion"_s);
        QVERIFY(question);
        QCOMPARE(stage.session.currentSettings.proxy, u"tor"_s); // before it is done
        QString words;
        for (const Label *label : question->findChildren<Label *>())
            words += label->text();
        QVERIFY2(words.contains(relay.url) && words.contains(u"waits on their computers"_s), qPrintable(words));
        auto *button = stage.find<Button>(answer);
        QVERIFY(button->focusPolicy() & Qt::TabFocus);
        QVERIFY(!QAccessible::queryAccessibleInterface(button)->text(QAccessible::Name).isEmpty());
        QTest::keyClick(button, Qt::Key_Space);
        stage.settle();
        QCOMPARE(stage.session.currentSettings.proxy, proxy);
    }

    void leavingTor_withoutAnOnionAddress_isNotAsked()
    {
        Stage stage(sharedLook());
        leaveTor(stage);
        QVERIFY(!stage.find<Question>(u"leaveTorQuestion"_s));
        QCOMPARE(stage.session.currentSettings.proxy, QString());
    }

    void sentence_saysWhatTorDoes()
    {
        QVERIFY(wayText({}, {}).contains(u"network address"_s));
        QVERIFY(wayText(u"socks5://127.0.0.1:9050"_s, {}).contains(u"127.0.0.1:9050"_s));
        QVERIFY(wayText(u"tor"_s, {tor::TorState::Connecting, 10, {}, {}, 0}).contains(u"10 %"_s));
        QVERIFY(wayText(u"tor"_s, {tor::TorState::Missing, 0, {}, {}, 0}).contains(u"sudo apt install tor"_s));
    }
};

TACET_TEST_UNIT("t_way_choice", TestWayChoice)
#include "t_way_choice.moc"
