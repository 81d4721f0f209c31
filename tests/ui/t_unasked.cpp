// What comes by itself: the host that a contact moved to, the recovery code that nobody checked, a link from another
// program, what was found while it unlocked. It comes in the middle of a word, and a contact chooses how often.
#include "tests/support/unit_registry.h"
#include "tests/ui/action_stage.h"
#include "ui/chat_page.h"
#include "ui/composer.h"
#include "ui/controls.h"
#include "ui/host_questions.h"
#include "ui/onboarding.h"
#include "ui/settings_pages.h"
#include "ui/settings_sheets.h"
#include "ui/toast.h"

#include <QApplication>
#include <QTest>

using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

namespace {

struct UnaskedStage : ActionStage {
    void move(const chat::ContactId &chat, const QString &host)
    {
        session.announce(chat::Noticed{static_cast<int>(chat::TroubleCode::NewHost), host, chat});
    }
    void writeTo(const chat::ContactId &chat)
    {
        session.sendText(chat, u"words"_s, [](const auto &) { });
        settle();
    }
    QList<Question *> questions(const char *name = "newHostQuestion") const
    {
        QList<Question *> open;
        for (Question *question : window->findChildren<Question *>(QString::fromLatin1(name))) {
            if (question->isVisible())
                open.append(question);
        }
        return open;
    }
    bool asksFor(const QString &host) const
    {
        return questions().size() == 1 && questions().first()->accessibleDescription().contains(host);
    }
    void answer(const char *button)
    {
        click(button);
        settle();
    }
    QString toast() const { return window->chatPage()->toast()->sentence(); }
    /// Another window is the one in use, as another program would be.
    void goElsewhere(QWidget &other)
    {
        other.show();
        other.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&other));
        QVERIFY(!QApplication::focusWidget());
    }
    void comeBack()
    {
        window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
        settle();
    }
    /// The link whose sheet is open; empty: none is, or more than one.
    QString linkShown() const
    {
        const auto sheets = window->findChildren<Sheet *>(u"openLinkSheet"_s);
        return sheets.size() == 1 ? sheets.first()->findChild<Field *>(u"openLinkField"_s)->text() : QString();
    }
    QStringList allowed() const { return session.calls.filter(u"allowHost"_s); }

    const chat::ContactId papa = session.idOf(u"Papa"_s);
    const chat::ContactId ines = session.idOf(u"Ines Okafor"_s);
};

/// What the person was asked for, from the sheet or page that shows the code.
void typeProof(QWidget &where)
{
    auto *proof = where.findChild<Field *>(u"recoveryProof"_s);
    QVERIFY(proof);
    const int asked = proof->accessibleName().section(u' ', -1).toInt() - 1;
    const bool renewed = where.objectName() == u"recoverySheet"_s;
    proof->setText((renewed ? u"KD%1-3PMV"_s : u"QX%1"_s).arg(10 + asked));
}

} // namespace

class TestUnasked : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    // ---- New hosts

    void hostsOfOneContact_areOneQuestion()
    {
        UnaskedStage stage;
        for (int i = 0; i < 500; ++i)
            stage.move(stage.papa, u"h%1.example"_s.arg(i));
        settle();
        QVERIFY(stage.asksFor(u"h0.example"_s));
        stage.answer("newHostQuestionSafe");
        QVERIFY(stage.questions().isEmpty());
        stage.move(stage.papa, u"again.example"_s);
        settle();
        QVERIFY(stage.questions().isEmpty()); // put off, until something waits for it
        stage.writeTo(stage.papa);
        stage.move(stage.papa, u"again.example"_s);
        settle();
        QVERIFY(stage.asksFor(u"again.example"_s));
        QVERIFY(stage.allowed().isEmpty());
    }

    void hostsThatAreAgreedTo_comeOneAfterTheOther()
    {
        UnaskedStage stage;
        for (int i = 0; i < 500; ++i)
            stage.move(stage.papa, u"h%1.example"_s.arg(i));
        stage.move(stage.ines, u"h499.example"_s); // the same: asked once
        stage.move(stage.ines, u"other.example"_s);
        settle();
        const QStringList expected{u"h0"_s, u"h496"_s, u"h497"_s, u"h498"_s, u"h499"_s, u"other"_s}; // the newest
        for (const QString &host : expected) {
            QVERIFY2(stage.asksFor(host + u".example"_s), qPrintable(host));
            stage.answer("newHostYes");
        }
        QVERIFY(stage.questions().isEmpty());
        QCOMPARE(stage.allowed().size(), expected.size());
        QVERIFY(stage.allowed().last().contains(u"other.example"_s));
    }

    void hostQuestion_waitsForTheEndOfASentence()
    {
        UnaskedStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        edit->setFocus();
        QTest::keyClicks(edit, u"half a"_s);
        stage.move(stage.ines, u"new.example"_s);
        settle();
        QVERIFY(stage.questions().isEmpty());
        QTest::keyClicks(edit, u" thought"_s);
        QCOMPARE(edit->toPlainText(), u"half a thought"_s);
        QTest::keyClick(edit, Qt::Key_Return); // sent: now it may come
        settle();
        QVERIFY(stage.asksFor(u"new.example"_s));
    }

    void hostQuestion_waitsForWhoIsInAnotherProgram()
    {
        UnaskedStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        edit->setFocus();
        QTest::keyClicks(edit, u"half a"_s);
        QWidget other;
        stage.goElsewhere(other);
        stage.move(stage.ines, u"new.example"_s);
        settle();
        QVERIFY(stage.questions().isEmpty());
        stage.comeBack();
        QVERIFY(edit->hasFocus());
        QVERIFY(stage.questions().isEmpty());
        QTest::keyClick(edit, Qt::Key_Return);
        settle();
        QVERIFY(stage.asksFor(u"new.example"_s));
    }

    void linkFromAnotherProgram_givesTheFocusBack()
    {
        UnaskedStage stage;
        stage.openChat(u"Papa"_s);
        auto *edit = stage.find<ComposerEdit>("composerField");
        edit->setFocus();
        QWidget other;
        stage.goElsewhere(other);
        stage.actions.openLink(u"tacet:whatever"_s); // the window is in front a moment later
        settle();
        stage.comeBack();
        QCOMPARE(QApplication::focusWidget()->objectName(), u"openLinkNotNow"_s);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        settle();
        QVERIFY(edit->hasFocus());
    }

    // ---- Links from another program

    void linksThatComeWhileLocked_comeOneAfterTheOther()
    {
        UnaskedStage stage;
        stage.session.lock();
        settle();
        for (int i = 0; i < 5; ++i)
            stage.actions.openLink(u"tacet:%1"_s.arg(i));
        stage.actions.openLink(u"tacet:4"_s);
        stage.unlock();
        for (const auto &link : {u"tacet:2"_s, u"tacet:3"_s, u"tacet:4"_s}) { // the newest
            QCOMPARE(stage.linkShown(), link);
            stage.answer("openLinkNotNow");
        }
        QCOMPARE(stage.linkShown(), QString());
    }

    void linkThatALockTookAway_comesAgain()
    {
        UnaskedStage stage;
        stage.actions.openLink(u"tacet:first"_s);
        settle();
        stage.actions.openLink(u"tacet:second"_s);
        settle();
        QCOMPARE(stage.linkShown(), u"tacet:first"_s);
        Q_EMIT stage.window->lockRequested();
        settle();
        QVERIFY(stage.isLocked());
        stage.unlock();
        QCOMPARE(stage.linkShown(), u"tacet:first"_s);
        stage.answer("openLinkNotNow");
        QCOMPARE(stage.linkShown(), u"tacet:second"_s);
        stage.answer("openLinkNotNow");
        Q_EMIT stage.window->lockRequested();
        settle();
        stage.unlock();
        QCOMPARE(stage.linkShown(), QString()); // answered
    }

    void hostQuestion_isNotAnsweredByAKeyMeantForSomethingElse_data()
    {
        QTest::addColumn<int>("key");
        QTest::newRow("Enter") << int(Qt::Key_Return);
        QTest::newRow("space") << int(Qt::Key_Space);
    }
    void hostQuestion_isNotAnsweredByAKeyMeantForSomethingElse()
    {
        QFETCH(int, key);
        UnaskedStage stage;
        stage.openChat(u"Papa"_s);
        stage.move(stage.papa, u"new.example"_s);
        settle();
        QVERIFY(stage.asksFor(u"new.example"_s));
        QTest::keyClick(QApplication::focusWidget(), static_cast<Qt::Key>(key));
        settle();
        QVERIFY(stage.asksFor(u"new.example"_s)); // neither agreed to nor put off
        QVERIFY(stage.allowed().isEmpty());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QVERIFY(stage.questions().first()->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        settle();
        QVERIFY(stage.questions().isEmpty());
    }

    void hostQuestion_thatALockTookAway_wasNotPutOff()
    {
        UnaskedStage stage;
        stage.move(stage.papa, u"new.example"_s);
        stage.move(stage.ines, u"other.example"_s);
        settle();
        Q_EMIT stage.window->lockRequested();
        settle();
        QVERIFY(stage.isLocked());
        stage.unlock();
        QVERIFY(stage.questions().isEmpty());
        stage.move(stage.papa, u"new.example"_s);
        settle();
        QVERIFY(stage.asksFor(u"new.example"_s));
    }

    // ---- While it unlocks

    void whatIsToldWhileItUnlocks_comesWithTheChats()
    {
        UnaskedStage stage;
        stage.session.lock();
        settle();
        QVERIFY(stage.isLocked());
        stage.move(stage.papa, u"new.example"_s);
        for (int i = 0; i < 50; ++i) {
            const int code = static_cast<int>(chat::TroubleCode::InviteTriedAgain);
            stage.session.announce(chat::Noticed{code, u"number %1"_s.arg(i), std::nullopt});
        }
        const chat::Noticed aside{static_cast<int>(chat::TroubleCode::MessageSetAside), {}, std::nullopt};
        stage.session.announce(aside);
        stage.session.announce(aside);
        settle();
        QVERIFY(!stage.window->isSheetOpen());
        QVERIFY(stage.toast().isEmpty());
        const QStringList seen = stage.spokenAnywhere({u"new.example"_s, u"number 49"_s, u"set aside unopened"_s});
        QVERIFY2(seen.isEmpty(), qPrintable(seen.join(u'\n')));
        stage.unlock();
        QVERIFY(stage.asksFor(u"new.example"_s));
        QVERIFY(stage.window->chatPage()->toast()->isVisible());
        const QStringList said = stage.toast().split(u'\n'); // the newest, each once
        QCOMPARE(said.size(), 3);
        QVERIFY(said.at(0).contains(u"number 48"_s) && said.at(1).contains(u"number 49"_s));
        QVERIFY(said.at(2).contains(u"set aside unopened"_s));
        Q_EMIT stage.window->lockRequested(); // said, and not again
        settle();
        stage.unlock();
        QVERIFY(stage.toast().isEmpty());
    }

    void whatIsToldWhileItUnlocks_waitsForTheRecoveryCode()
    {
        UnaskedStage stage;
        stage.session.lock();
        settle();
        stage.move(stage.papa, u"new.example"_s);
        session::ProfileStatus status = stage.session.profile();
        status.recoveryUnproved = true;
        stage.session.setProfile(status);
        stage.unlock();
        QCOMPARE(stage.questions("recoveryQuestion").size(), 1);
        QVERIFY(stage.questions().isEmpty());
        stage.answer("recoveryQuestionSafe");
        QVERIFY(stage.asksFor(u"new.example"_s));
    }

    void whatIsToldWhileItUnlocks_isNotForAnotherProfile()
    {
        UnaskedStage stage;
        stage.session.lock();
        settle();
        stage.move(stage.papa, u"new.example"_s);
        stage.session.announce(chat::ClockSeemsWrong{3 * 3600 * 1000});
        session::ProfileStatus status = stage.session.profile();
        status.state = session::ProfileState::Absent; // set aside
        stage.session.setProfile(status);
        settle();
        status.state = session::ProfileState::Locked;
        stage.session.setProfile(status);
        stage.unlock();
        QVERIFY(stage.window->isShowingChats());
        QVERIFY(stage.questions().isEmpty());
        QVERIFY(stage.toast().isEmpty());
    }

    // ---- The recovery code

    void newCode_thatALockTookAway_isRemembered()
    {
        UnaskedStage stage;
        stage.actions.showSettings(SettingsPage::Privacy);
        stage.answer("settingsRecovery");
        stage.answer("renewYes");
        QVERIFY(stage.find<RecoverySheet>("recoverySheet")->isVisible());
        Q_EMIT stage.window->lockRequested();
        settle();
        QVERIFY(stage.isLocked());
        QVERIFY(!stage.window->findChild<RecoverySheet *>());
        stage.unlock();
        QCOMPARE(stage.questions("recoveryQuestion").size(), 1);
        stage.answer("recoveryQuestionSafe");
        Q_EMIT stage.window->lockRequested();
        stage.unlock();
        QCOMPARE(stage.questions("recoveryQuestion").size(), 1); // later is now
        stage.answer("recoveryRenew");
        auto *sheet = stage.find<RecoverySheet>("recoverySheet");
        QVERIFY(sheet->isVisible());
        QCOMPARE(stage.session.calls.count(u"renewRecoveryCode"_s), 2);
        typeProof(*sheet);
        QVERIFY(!stage.session.calls.contains(u"confirmRecoveryCode"_s));
        stage.answer("recoverySheetDone");
        QCOMPARE(stage.session.calls.count(u"confirmRecoveryCode"_s), 1);
        Q_EMIT stage.window->lockRequested();
        stage.unlock();
        QVERIFY(stage.window->isShowingChats());
        QVERIFY(stage.questions("recoveryQuestion").isEmpty());
    }

    void newCode_thatComesWhileItLocks_isNotShown()
    {
        UnaskedStage stage;
        stage.actions.showSettings(SettingsPage::Privacy);
        stage.answer("settingsRecovery");
        stage.session.holdAnswers(true);
        stage.session.lockIsSlow = true;
        stage.answer("renewYes");
        Q_EMIT stage.window->lockRequested();
        stage.session.release(1); // the code; the lock is still to come
        settle();
        QCOMPARE(stage.session.profile().state, session::ProfileState::Open);
        QVERIFY(!stage.window->findChild<RecoverySheet *>());
        stage.session.holdAnswers(false);
        stage.session.release();
        QCOMPARE(stage.session.profile().state, session::ProfileState::Locked);
        stage.unlock();
        QCOMPARE(stage.questions("recoveryQuestion").size(), 1);
        const QString asked = stage.questions("recoveryQuestion").first()->accessibleDescription();
        QVERIFY2(!asked.contains(u"shown"_s) && asked.contains(u"Earlier codes open nothing"_s), qPrintable(asked));
        stage.answer("recoveryKept");
        QVERIFY(stage.session.calls.contains(u"confirmRecoveryCode"_s));
    }

    void firstCode_thatALockTookAway_isRemembered_data()
    {
        QTest::addColumn<bool>("proved");
        QTest::newRow("locked") << false;
        QTest::newRow("typed") << true;
    }
    void firstCode_thatALockTookAway_isRemembered()
    {
        QFETCH(bool, proved);
        UnaskedStage stage;
        session::ProfileStatus status = stage.session.profile();
        status.state = session::ProfileState::Absent;
        stage.session.setProfile(status);
        settle();
        stage.answer("welcomeStart");
        stage.find<QLineEdit>("profileName")->setText(u"Mara"_s);
        stage.find<QLineEdit>("profilePassphrase")->setText(u"nine quiet herons at noon"_s);
        stage.answer("profileCreate");
        QVERIFY(stage.session.calls.contains(u"createProfile Mara"_s));
        auto *page = stage.find<QWidget>("recoveryPage");
        QVERIFY(page->isVisible());
        stage.session.announce(chat::ClockSeemsWrong{3 * 3600 * 1000});
        if (proved) {
            typeProof(*page);
            stage.answer("recoveryDoneButton");
            QVERIFY(stage.window->isShowingChats());
            QVERIFY(stage.toast().contains(u"clock"_s)); // not while somebody writes down a code
        }
        Q_EMIT stage.window->lockRequested();
        settle();
        QVERIFY(stage.isLocked());
        QVERIFY(!stage.window->findChild<Onboarding *>());
        stage.unlock();
        QVERIFY(stage.window->isShowingChats());
        QCOMPARE(stage.questions("recoveryQuestion").size(), proved ? 0 : 1);
    }
};

TACET_TEST_UNIT("t_unasked", TestUnasked)
#include "t_unasked.moc"
