// A link for one person leaves the clipboard again, whichever way it came there.
#include "tests/support/unit_registry.h"
#include "tests/ui/heard.h"
#include "tests/ui/sheet_parts.h"
#include "ui/invite_sheet.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QLineEdit>
#include <QMenu>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;

namespace {

struct OpenInvitation : SheetParts {
    OpenInvitation()
    {
        (new ui::InviteSheet(parts, stage.window->sheetHost()))->open();
        settle();
        link = stage.find<QLineEdit>("inviteLink");
        link->setFocus(Qt::TabFocusReason);
    }
    void use()
    {
        chat::Invitation used = stage.session.invitationList.last();
        used.state = chat::InvitationState::Used;
        stage.session.announce(chat::InvitationChanged{used});
    }
    QLineEdit *link;
};

QString copied()
{
    return QApplication::clipboard()->text();
}

} // namespace

class TestInviteSheet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup()
    {
        resetLook();
        QApplication::clipboard()->clear();
    }

    void linkCopiedByKeys_leavesTheClipboardOnceUsed()
    {
        OpenInvitation open;
        Heard heard;
        const QString link = open.link->text();
        QVERIFY(link.startsWith(u"tacet:"_s));
        open.link->deselect();
        QTest::keyClick(open.link, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(open.link, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(copied(), link); // on a desk, keys go by the bus first
        QVERIFY(!Heard::possible() || heard.any(u"Link copied."_s));
        open.use();
        QVERIFY2(copied().isEmpty(), qPrintable(copied()));
    }

    void linkCopiedByItsMenu_leavesTheClipboardOnceUsed()
    {
        OpenInvitation open;
        QContextMenuEvent event(QContextMenuEvent::Keyboard, {}, open.link->mapToGlobal(QPoint(4, 4)));
        QApplication::sendEvent(open.link, &event);
        auto *menu = open.link->findChild<QMenu *>();
        QVERIFY(menu);
        QCOMPARE(menu->actions().size(), 1); // nothing that copies past the sheet
        menu->actions().first()->trigger();
        menu->close();
        QVERIFY(copied().startsWith(u"tacet:"_s));
        open.use();
        QVERIFY(copied().isEmpty());
    }

    void linkThatIsSelected_isNotX11sSelection()
    {
        if (!QApplication::clipboard()->supportsSelection())
            QSKIP("skipped: this platform has no selection beside its clipboard");
        QApplication::clipboard()->clear(QClipboard::Selection);
        OpenInvitation open;
        const auto selection = [] { return QApplication::clipboard()->text(QClipboard::Selection); };
        QTest::mousePress(open.link, Qt::LeftButton, {}, QPoint(20, 10));
        QTest::mouseMove(open.link, QPoint(90, 10));
        QTest::mouseRelease(open.link, Qt::LeftButton, {}, QPoint(90, 10));
        QTest::mouseDClick(open.link, Qt::LeftButton, {}, open.link->rect().center());
        QVERIFY(open.link->hasSelectedText());
        open.link->home(false);
        QTest::keyClick(open.link, Qt::Key_End, Qt::ShiftModifier);
        QTest::keyClick(open.link, Qt::Key_A, Qt::ControlModifier);
        QTRY_COMPARE(open.link->selectedText(), open.link->text());
        QVERIFY2(selection().isEmpty(), qPrintable(selection()));
    }
};

TACET_TEST_UNIT("t_invite_sheet", TestInviteSheet)
#include "t_invite_sheet.moc"
