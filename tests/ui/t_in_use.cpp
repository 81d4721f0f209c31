// A profile that cannot be opened: it is tried again where that can help, by a button and by a second start.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"

#include <QTest>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;
using chat::TroubleCode;

namespace {

session::ProfileStatus keptFrom(TroubleCode code)
{
    session::ProfileStatus status;
    status.state = session::ProfileState::Locked;
    status.trouble.code = code;
    return status;
}

} // namespace

class TestInUse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void tryingAgain_isOfferedWhereItCanHelp_data()
    {
        QTest::addColumn<int>("trouble");
        QTest::addColumn<bool>("offered");
        QTest::newRow("none") << int(TroubleCode::None) << false;
        QTest::newRow("in use") << int(TroubleCode::ProfileInUse) << true;
        QTest::newRow("no place") << int(TroubleCode::FolderUnusable) << true;
        QTest::newRow("disk") << int(TroubleCode::DiskError) << true;
        QTest::newRow("newer") << int(TroubleCode::ProfileNewer) << false;
        QTest::newRow("damaged") << int(TroubleCode::ProfileDamaged) << false;
    }
    void tryingAgain_isOfferedWhereItCanHelp()
    {
        QFETCH(int, trouble);
        QFETCH(bool, offered);
        ActionStage stage;
        stage.session.setProfile(keptFrom(TroubleCode(trouble)));
        settle();
        QCOMPARE(stage.find<QWidget>("lockAgain")->isVisible(), offered);
    }

    void tryingAgain_leadsToTheField()
    {
        ActionStage stage;
        stage.session.setProfile(keptFrom(TroubleCode::ProfileInUse));
        settle();
        auto *again = stage.find<QAbstractButton>("lockAgain");
        QVERIFY(stage.window->focusWidget() == again);
        again->click();
        again->click(); // one at a time
        QCOMPARE(stage.session.calls.count(u"tryProfileAgain"_s), 1);
        settle(); // it is still in use
        QVERIFY(again->isVisible());
        QCOMPARE(again->text(), u"Try again"_s);

        again->click();
        stage.session.setProfile(keptFrom(TroubleCode::None));
        settle();
        QVERIFY(!again->isVisible());
        auto *field = stage.find<QWidget>("lockPassphrase");
        QVERIFY(field->isVisible());
        QVERIFY(stage.window->focusWidget() == field);
    }

    void secondStart_triesAgain()
    {
        ActionStage stage;
        stage.actions.startedAgain({});
        QVERIFY(!stage.session.calls.contains(u"tryProfileAgain"_s));
        stage.session.setProfile(keptFrom(TroubleCode::ProfileInUse));
        settle();
        stage.actions.startedAgain({});
        stage.actions.startedAgain(u"tacet:1?k=abc"_s);
        QCOMPARE(stage.session.calls.count(u"tryProfileAgain"_s), 2);
    }
};

TACET_TEST_UNIT("t_in_use", TestInUse)
#include "t_in_use.moc"
