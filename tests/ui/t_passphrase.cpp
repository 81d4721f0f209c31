// The estimate is honest in both directions, and the field gives up what it held.
#include "tests/support/unit_registry.h"
#include "tests/ui/picture_scenes.h"
#include "ui/buttons.h"
#include "ui/form.h"
#include "ui/passphrase_field.h"
#include "ui/passphrase_sheet.h"
#include "ui/passphrase_strength.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

Q_DECLARE_METATYPE(tacet::ui::Strength)
Q_DECLARE_METATYPE(tacet::ui::StrengthReason)

namespace {

QByteArray bytesOf(const crypto::SecretBuffer &secret)
{
    return QByteArray(reinterpret_cast<const char *>(secret.view().data()), static_cast<qsizetype>(secret.size()));
}

} // namespace

class TestPassphrase : public QObject {
    Q_OBJECT

private:
    FixedAppearance m_appearance;
    Look m_look{Tokens::builtIn(), m_appearance};

private Q_SLOTS:
    void strength_isHonest_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Strength>("strength");
        QTest::addColumn<StrengthReason>("reason");
        const auto row = [](const char *name, const QString &text, Strength strength, StrengthReason reason) {
            QTest::newRow(name) << text << strength << reason;
        };
        row("nothing", {}, Strength::TooShort, StrengthReason::FewCharacters);
        row("seven random", u"k7!Xq9m"_s, Strength::TooShort, StrengthReason::FewCharacters);
        row("most used", u"password"_s, Strength::Weak, StrengthReason::WellKnown);
        row("disguised", u"P4$$w0rd1!"_s, Strength::Weak, StrengthReason::WellKnown);
        row("keys in a row", u"qwertyuiop"_s, Strength::Weak, StrengthReason::Pattern);
        row("keys backwards", u"poiuytrewq"_s, Strength::Weak, StrengthReason::Pattern);
        row("digits in a row", u"12345678901234567890"_s, Strength::Weak, StrengthReason::Pattern);
        row("one letter", QString(64, u'a'), Strength::Weak, StrengthReason::Pattern);
        row("repetition", u"sunsunsunsunsun"_s, Strength::Weak, StrengthReason::Pattern);
        row("own name", u"Mara1984"_s, Strength::Weak, StrengthReason::OwnName);
        row("own names", u"mara lindqvist 1984"_s, Strength::Weak, StrengthReason::OwnName);
        row("one long word", u"Kühlschrank"_s, Strength::Weak, StrengthReason::OneWord);
        row("word and year", u"Heron1984"_s, Strength::Weak, StrengthReason::OneWord);
        row("two words", u"quiet heron"_s, Strength::Weak, StrengthReason::AddWord);
        row("four words", u"quiet heron noon four"_s, Strength::Fair, StrengthReason::AddWord);
        row("of the picture", u"four quiet herons at noon"_s, Strength::Strong, StrengthReason::Enough);
        row("other alphabet", u"тихая цапля в полдень у реки"_s, Strength::Strong, StrengthReason::Enough);
        row("ten random", u"k7!Xq9mP~z"_s, Strength::Strong, StrengthReason::Enough);
        row("seven words", u"quiet herons cross seven frozen rivers at noon"_s, Strength::VeryStrong,
            StrengthReason::MoreThanEnough);
        row("sixteen random", u"vG7#pQz1Lw9!xKt4"_s, Strength::VeryStrong, StrengthReason::MoreThanEnough);
    }

    void strength_isHonest()
    {
        QFETCH(QString, text);
        QFETCH(Strength, strength);
        QFETCH(StrengthReason, reason);
        const StrengthEstimate estimate = estimateStrength(text, u"Mara Lindqvist");
        QVERIFY2(estimate.strength == strength, qPrintable(u"%1 bits"_s.arg(estimate.bits)));
        QVERIFY2(estimate.reason == reason, qPrintable(strengthReasonText(estimate.reason)));
    }

    void strength_growsWithEachWord()
    {
        const QStringList words{u"quiet"_s, u"heron"_s, u"noon"_s, u"ladder"_s, u"frozen"_s};
        double before = 0;
        for (qsizetype n = 1; n <= words.size(); ++n) {
            const double bits = estimateStrength(words.first(n).join(u' ')).bits;
            QVERIFY(bits > before + 5);
            before = bits;
        }
    }

    void strength_answersAtOnceForAnyLength()
    {
        QVERIFY(estimateStrength(QString(100'000, u'z')).bits < 32); // would hang if it looked at all of it
        QVERIFY(estimateStrength(QString(100'000, u'x')).bits < 32);
        estimateStrength(QString(3, QChar(0xd800))); // lone surrogates
    }

    void field_givesUtf8InNfc()
    {
        PassphraseField field(m_look, u"Passphrase"_s, u"passphrase"_s);
        field.setText(u"cafe\u0301 noir"_s);
        QCOMPARE(bytesOf(field.secret()), QByteArray("caf\xc3\xa9 noir"));
        QTest::keyClicks(&field, u"x"_s);
        QCOMPARE(bytesOf(field.take()), QByteArray("caf\xc3\xa9 noirx"));
        QVERIFY(field.text().isEmpty());
        QVERIFY(!field.isUndoAvailable());
    }

    void field_saysNothingWhenItGoes()
    {
        int said = 0;
        {
            PassphraseField field(m_look, u"Passphrase"_s, u"passphrase"_s);
            QTest::keyClicks(&field, u"heron"_s);
            connect(&field, &QLineEdit::textChanged, this, [&said] { ++said; });
        }
        QCOMPARE(said, 0); // a page that is being destroyed would be called
    }

    void field_leavesLiteralsAlone()
    {
        PassphraseField field(m_look, u"Passphrase"_s, u"passphrase"_s);
        field.setText(u"a literal of the program"_s);
        field.wipe();
        QVERIFY(field.text().isEmpty());
    }

    void field_overwritesWhatItHeld()
    {
        PassphraseField field(m_look, u"Passphrase"_s, u"passphrase"_s);
        QTest::keyClicks(&field, u"four quiet herons"_s);
        const QString shared = field.text(); // the same buffer as the widget's
        QVERIFY(shared.startsWith(u"four"_s));
        field.wipe();
        QCOMPARE(shared, QString(17, QChar(u'\0')));

        QString code = u"ABCD-EFGH"_s;
        code.detach();
        const QString alias = code;
        QCOMPARE(bytesOf(PassphraseField::toSecret(std::move(code))), QByteArray("ABCD-EFGH"));
        QCOMPARE(alias, QString(9, QChar(u'\0')));
    }

    void field_keepsOutOfTheClipboard()
    {
        QGuiApplication::clipboard()->setText(u"before"_s);
        PassphraseField field(m_look, u"Passphrase"_s, u"passphrase"_s);
        QTest::keyClicks(&field, u"four quiet"_s);
        auto *eye = field.findChild<IconButton *>(u"passphraseReveal"_s);
        QVERIFY(eye);
        QCOMPARE(eye->accessibleName(), u"Show the passphrase"_s);
        eye->click();
        QVERIFY(field.isRevealed());
        QCOMPARE(eye->accessibleName(), u"Hide the passphrase"_s);
        field.selectAll();
        QTest::keySequence(&field, QKeySequence::Copy);
        QTest::keySequence(&field, QKeySequence::Cut);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"before"_s);
        QCOMPARE(field.text(), u"four quiet"_s);
    }

    void field_learnsCapsLockFromKeys()
    {
        PassphraseField field(m_look, u"Passphrase"_s, u"passphrase"_s);
        QVERIFY(!field.capsLock().has_value());
        QKeyEvent made(QEvent::KeyPress, Qt::Key_A, Qt::NoModifier, u"a"_s);
        QCoreApplication::sendEvent(&field, &made);
        QVERIFY(!field.capsLock().has_value()); // not from a keyboard: nothing is claimed
        QKeyEvent real(QEvent::KeyPress, Qt::Key_A, Qt::NoModifier, 38, 0x61, 2, u"A"_s);
        QCoreApplication::sendEvent(&field, &real);
        QCOMPARE(field.capsLock(), std::optional<bool>(true));
        QKeyEvent caps(QEvent::KeyPress, Qt::Key_CapsLock, Qt::NoModifier, 66, 0xffe5, 2, {});
        QCoreApplication::sendEvent(&field, &caps);
        QCOMPARE(field.capsLock(), std::optional<bool>(false));
    }

    void chosenPassphrase_isTypedTwice()
    {
        Stage stage(m_look);
        stage.window.show();
        auto *sheet = new PassphraseSheet(
            stage.parts(), stage.window, u"Choose"_s, u"Help"_s, u"Go on"_s, PassphraseSheet::Purpose::Choose, u"choose"_s);
        sheet->open();
        stage.settle();
        QSignalSpy entered(sheet, &PassphraseSheet::entered);
        auto *field = stage.find<PassphraseField>(u"chooseField"_s);
        auto *repeat = stage.find<PassphraseField>(u"chooseRepeat"_s);
        auto *act = stage.find<Button>(u"chooseEnter"_s);
        field->setText(u"four quiet herons at noon"_s);
        QTest::keyClick(field, Qt::Key_Return); // goes on to the second field and complains of nothing
        QCOMPARE(stage.window.focusWidget(), repeat);
        QVERIFY(!stage.find<Problem>(u"chooseProblem"_s)->isVisible());
        repeat->setText(u"four quiet herons at noom"_s);
        act->click();
        QCOMPARE(entered.size(), 0);
        QVERIFY(stage.find<Problem>(u"chooseProblem"_s)->isVisible());
        repeat->setText(u"four quiet herons at noon"_s);
        QVERIFY(!stage.find<Problem>(u"chooseProblem"_s)->isVisible());
        act->click();
        QCOMPARE(entered.size(), 1);
        const crypto::SecretBuffer taken = sheet->take();
        QCOMPARE(taken.size(), std::size_t(25));
        QVERIFY(field->text().isEmpty() && repeat->text().isEmpty());
    }

    void return_pressesWhatHasTheFocus()
    {
        Button button(m_look, ButtonKind::Soft, u"Do it"_s, u"do"_s);
        IconButton icon(m_look, Icon::Close, u"Close"_s, u"close"_s);
        for (QAbstractButton *each : {static_cast<QAbstractButton *>(&button), static_cast<QAbstractButton *>(&icon)}) {
            QSignalSpy pressed(each, &QAbstractButton::clicked);
            QTest::keyClick(each, Qt::Key_Return);
            QTest::keyClick(each, Qt::Key_Enter);
            QTest::keyClick(each, Qt::Key_Space);
            QCOMPARE(pressed.size(), 3);
        }
    }
};

TACET_TEST_UNIT("t_passphrase", TestPassphrase)
#include "t_passphrase.moc"
