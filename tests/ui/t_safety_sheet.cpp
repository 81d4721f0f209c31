// The safety sheet marks the key that was compared, and no other.
#include "tests/support/unit_registry.h"
#include "tests/ui/heard.h"
#include "tests/ui/sheet_parts.h"
#include "ui/chat_page.h"
#include "ui/safety_sheet.h"
#include "ui/toast.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

namespace {

/// A window and the open safety sheet of somebody.
struct OpenSheet : SheetParts {
    explicit OpenSheet(chat::Trust trust = chat::Trust::NotCompared)
    {
        stage.session.number.groups.clear();
        for (int i = 0; i < 12; ++i)
            stage.session.number.groups.append(QString::number(11100 + i));
        contact = stage.session.idOf(u"Tomás Rivera"_s);
        stage.session.summary(contact).trust = trust;
        sheet = new SafetySheet(parts, stage.window->sheetHost(), stage.session.summary(contact));
        QObject::connect(sheet, &SafetySheet::said, stage.window.get(), &MainWindow::say);
        sheet->open();
        settle();
    }
    QAbstractButton *button(const char *name) const { return stage.find<QAbstractButton>(name); }
    void paste(const QString &digits) const
    {
        button("safetyPaste")->click();
        stage.find<QLineEdit>("safetyPasteField")->setText(digits);
        settle();
    }
    void replaceKey()
    {
        stage.session.number.groups[0] = u"99999"_s;
        stage.session.summary(contact).trust = chat::Trust::KeyChanged;
        stage.session.summary(contact).keyChangedMs = ++stage.session.now;
    }
    /// A number with one typing error.
    QString mistyped() const
    {
        QString digits = stage.session.number.groups.join(QString());
        digits[31] = digits.at(31) == u'7' ? u'1' : u'7';
        return digits;
    }
    QStringList acts() const
    {
        return stage.session.calls.filter(QRegularExpression(u"^(setUnverified|block)"_s));
    }
    QString marks() const { return stage.session.calls.filter(u"setVerified"_s).join(u'|'); }
    QString toast() const { return stage.window->chatPage()->toast()->sentence(); }

    chat::ContactId contact;
    QPointer<SafetySheet> sheet;
};

} // namespace

class TestSafetySheet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void mark_carriesTheNumberThatWasShown()
    {
        OpenSheet open;
        open.button("safetyMark")->click();
        settle();
        QCOMPARE(open.marks(), u"setVerified "_s + open.stage.session.number.groups.join(u' '));
        QVERIFY(open.toast().startsWith(u"Verified."_s));
        QVERIFY(!open.sheet);
    }

    void newKey_closesTheSheetAndSaysWhy()
    {
        OpenSheet open;
        open.button("safetyLarge")->click();
        open.replaceKey();
        open.stage.session.changeChat(open.contact);
        settle();
        QVERIFY(!open.sheet);
        QVERIFY(open.stage.window->findChildren<Sheet *>().isEmpty()); // nor its large digits
        QVERIFY2(open.toast().contains(u"Compare the new number"_s), qPrintable(open.toast()));
        QVERIFY(open.marks().isEmpty());
    }

    void newKey_thatIsHeardOfTooLate_isNotMarked()
    {
        OpenSheet open;
        open.replaceKey(); // in the engine; its fact is still on the way
        open.button("safetyMark")->click();
        settle();
        QVERIFY(!open.sheet);
        QVERIFY2(open.toast().contains(u"Nothing was marked"_s), qPrintable(open.toast()));
        QCOMPARE(open.stage.session.summary(open.contact).trust, chat::Trust::KeyChanged);
    }

    void mistypedNumber_andEnter_keepTheMark_data()
    {
        QTest::addColumn<bool>("quick");
        QTest::newRow("after it was said") << false;
        QTest::newRow("before it was said") << true;
    }
    void mistypedNumber_andEnter_keepTheMark()
    {
        QFETCH(bool, quick);
        OpenSheet open(chat::Trust::Verified);
        open.button("safetyPaste")->click();
        open.stage.session.holdAnswers(quick);
        auto *field = open.stage.find<QLineEdit>("safetyPasteField");
        field->setText(open.mistyped());
        settle();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        open.stage.session.release();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        settle();
        QCOMPARE(open.acts(), QStringList());
        QVERIFY(open.sheet); // and the difference can still be read
        QVERIFY(open.stage.find<QWidget>("safetyNote")->isVisible());
    }

    void theyDiffer_changesNothingBeforeItIsAnswered()
    {
        OpenSheet open(chat::Trust::Verified);
        open.button("safetyDiffer")->click();
        settle();
        const QPointer<QWidget> question = open.stage.find<QWidget>("differQuestion");
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return); // the safe answer
        QTRY_VERIFY(!question || !question->isVisible()); // on a desk a key goes round by the screen reader
        QCOMPARE(open.acts(), QStringList());
        QVERIFY(open.sheet && open.sheet->isVisible());
    }

    void theyDiffer_takesTheMarkAwayWhenThatIsTheAnswer()
    {
        OpenSheet open(chat::Trust::VerifiedBeforeRestore);
        open.button("safetyDiffer")->click();
        settle();
        open.button("differUnmark")->click();
        settle();
        QCOMPARE(open.acts(), QStringList{u"setUnverified"_s});
        QVERIFY(!open.sheet);
        QVERIFY2(open.toast().contains(u"not marked as verified"_s), qPrintable(open.toast()));
    }

    void theyDiffer_blocksWithoutAMark_data()
    {
        QTest::addColumn<chat::Trust>("trust");
        QTest::addColumn<bool>("failing");
        QTest::addColumn<QStringList>("acts");
        QTest::newRow("never marked") << chat::Trust::NotCompared << false << QStringList{u"block 1"_s};
        QTest::newRow("marked") << chat::Trust::Verified << false << QStringList{u"setUnverified"_s, u"block 1"_s};
        QTest::newRow("the mark cannot go") << chat::Trust::Verified << true << QStringList{u"setUnverified"_s};
    }
    void theyDiffer_blocksWithoutAMark()
    {
        QFETCH(chat::Trust, trust);
        QFETCH(bool, failing);
        QFETCH(QStringList, acts);
        OpenSheet open(trust);
        open.button("safetyDiffer")->click();
        settle();
        QCOMPARE(open.stage.window->findChild<QWidget *>(u"differUnmark"_s) != nullptr, trust == chat::Trust::Verified);
        if (failing)
            open.stage.session.failNext(chat::TroubleCode::DiskFull);
        open.button("differBlock")->click();
        settle();
        QCOMPARE(open.acts(), acts);
        QCOMPARE(open.sheet != nullptr, failing);
        if (failing)
            QVERIFY(open.stage.find<QWidget>("safetyProblem")->isVisible());
    }

    void difference_takesTheMarkOutOfReach()
    {
        OpenSheet open;
        Heard heard;
        QVERIFY(open.button("safetyMark")->isEnabled()); // compared by voice: this program knows nothing of it
        open.paste(QString(60, u'7'));
        QVERIFY(!open.button("safetyMark")->isEnabled());
        QVERIFY(open.stage.find<QLineEdit>("safetyPasteField")->hasFocus()); // where the next key belongs
        QVERIFY(!Heard::possible() || heard.any(u"The numbers are not the same."_s));
        open.paste(u"77"_s); // another page, an unfinished number: nothing was found equal
        QVERIFY(!open.button("safetyMark")->isEnabled());
        open.paste(open.stage.session.number.groups.join(u' '));
        QVERIFY(open.button("safetyMark")->isEnabled());
        QVERIFY(open.stage.find<QPushButton>("safetyMark")->isDefault());
        QVERIFY(!Heard::possible() || heard.any(u"The numbers are the same."_s));
    }
};

TACET_TEST_UNIT("t_safety_sheet", TestSafetySheet)
#include "t_safety_sheet.moc"
