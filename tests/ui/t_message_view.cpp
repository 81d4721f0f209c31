// The history on the screen: how little it lays out, where it stays when things change, keys, copying.
#include "tests/support/unit_registry.h"
#include "tests/ui/window_stage.h"
#include "ui/chat_page.h"
#include "ui/end_button.h"
#include "ui/message_view.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;

class TestMessageView : public QObject {
    Q_OBJECT

private:
    /// Opens a chat of `messages` in a window that is in use.
    static chat::ContactId openLong(WindowStage &stage, int messages)
    {
        const auto chat = stage.session.addContact(u"Ines"_s, 0);
        stage.session.fillChat(chat, messages);
        stage.session.changeChat(chat);
        settle();
        stage.window->openChat(chat);
        settle();
        stage.window->chatPage()->setWindowActive(true);
        return chat;
    }

    static QMenu *rightClick(ui::MessageView *view, int row)
    {
        const QPoint at = view->bodyRect(row).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, view->viewport()->mapToGlobal(at));
        QApplication::sendEvent(view->viewport(), &event);
        return view->findChild<QMenu *>(u"messageMenu"_s);
    }

    static quint64 layoutsToOpen(int messages)
    {
        WindowStage stage(false);
        const auto chat = stage.session.addContact(u"Ines"_s, 0);
        stage.session.fillChat(chat, messages);
        stage.session.changeChat(chat);
        settle();
        const quint64 before = ui::messageLayoutCount();
        stage.window->openChat(chat);
        settle();
        return ui::messageLayoutCount() - before;
    }

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void opening_laysOutAsMuchFor100000AsFor100()
    {
        const quint64 small = layoutsToOpen(100);
        const quint64 large = layoutsToOpen(100000);
        QVERIFY2(small > 0, "nothing was laid out: the count does not count");
        QVERIFY2(large <= small + 5, qPrintable(u"%1 against %2"_s.arg(large).arg(small)));
        QVERIFY2(large <= 2 * ui::MessageModel::kFirstPage + 20, qPrintable(QString::number(large)));
    }

    void scrolling_asksForPagesAndKeepsTheRowInPlace()
    {
        WindowStage stage(false);
        const auto chat = stage.session.addContact(u"Ines"_s, 0);
        stage.session.fillChat(chat, 1000);
        stage.session.changeChat(chat);
        settle();
        stage.window->openChat(chat);
        settle();
        ui::MessageView *view = stage.window->chatPage()->view();
        view->verticalScrollBar()->setValue(40);
        const int row = view->model().rowOf(view->model().at(3).id);
        const chat::MessageId watched = view->model().at(row).id;
        const int before = view->bodyRect(row).top();
        settle(); // the page that this asked for comes in above
        QVERIFY(view->count() > ui::MessageModel::kFirstPage);
        const int after = view->bodyRect(view->model().rowOf(watched)).top();
        QVERIFY2(std::abs(after - before) <= 1, qPrintable(u"%1 → %2"_s.arg(before).arg(after)));
    }

    void atTheEnd_itStaysThere()
    {
        WindowStage stage;
        stage.openChat(u"Tomás Rivera"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        QVERIFY(view->isAtEnd());
        for (int i = 0; i < 40; ++i)
            stage.session.receive(stage.window->chatPage()->chat(), u"line %1"_s.arg(i));
        settle();
        QVERIFY(view->isAtEnd());
        QVERIFY(view->viewport()->rect().contains(view->bodyRect(view->count() - 1)));
        stage.window->resize(700, 600);
        settle();
        QVERIFY(view->isAtEnd());
        QVERIFY(view->viewport()->rect().contains(view->bodyRect(view->count() - 1)));
    }

    void afterMidnight_yesterdayIsNotToday_data()
    {
        QTest::addColumn<bool>("arrives");
        QTest::newRow("a message") << true;
        QTest::newRow("its reader comes back") << false;
    }
    void afterMidnight_yesterdayIsNotToday()
    {
        QFETCH(bool, arrives);
        WindowStage stage(false);
        const auto chat = openLong(stage, 5);
        ui::MessageView *view = stage.window->chatPage()->view();
        const auto chips = [view] {
            QStringList days;
            for (int row = 0; row < view->count(); ++row) {
                if (const QString day = view->layoutOf(row).chipText; !day.isEmpty())
                    days.append(day);
            }
            return days;
        };
        QCOMPARE(chips(), QStringList{u"Today"_s});
        stage.window->chatPage()->setWindowActive(false);
        stage.session.now += 24 * 3600 * 1000LL;
        if (arrives)
            stage.session.receive(chat, u"good morning"_s);
        else
            stage.window->chatPage()->setWindowActive(true);
        settle();
        QCOMPARE(chips(), (arrives ? QStringList{u"Yesterday"_s, u"Today"_s} : QStringList{u"Yesterday"_s}));
    }

    void awayFromTheEnd_itCountsAndOffersTheWayBack()
    {
        WindowStage stage(false);
        const auto chat = stage.session.addContact(u"Ines"_s, 0);
        stage.session.fillChat(chat, 200);
        stage.session.changeChat(chat);
        settle();
        stage.window->openChat(chat);
        settle();
        ui::MessageView *view = stage.window->chatPage()->view();
        auto *button = stage.find<ui::EndButton>("toTheEnd");
        QVERIFY(!button->isVisible());
        view->verticalScrollBar()->setValue(view->verticalScrollBar()->maximum() / 2);
        settle();
        const int place = view->verticalScrollBar()->value();
        stage.session.receive(chat, u"one"_s);
        stage.session.receive(chat, u"two"_s);
        settle();
        QCOMPARE(view->verticalScrollBar()->value(), place);
        QCOMPARE(view->unseenBelow(), 2);
        QVERIFY(button->isVisible());
        QVERIFY(button->accessibleName().contains(u'2'));
        QTest::mouseClick(button, Qt::LeftButton);
        settle();
        QVERIFY(view->isAtEnd());
        QVERIFY(!button->isVisible());
    }

    void readingFarUp_whileManyArrive_staysWhereItIs()
    {
        WindowStage stage(false);
        const auto chat = stage.session.addContact(u"Ines"_s, 0);
        stage.session.fillChat(chat, 290);
        stage.session.changeChat(chat);
        settle();
        stage.window->openChat(chat);
        settle();
        ui::MessageView *view = stage.window->chatPage()->view();
        while (!view->model().reachesStart()) {
            view->model().loadOlder();
            settle();
        }
        view->verticalScrollBar()->setValue(200);
        settle();
        int first = 0;
        while (view->bodyRect(first).bottom() < 0)
            ++first;
        const chat::MessageId read = view->model().at(first).id;
        const int y = view->bodyRect(first).top();
        for (int i = 0; i < 80; ++i)
            stage.session.receive(chat, u"catching up %1"_s.arg(i));
        settle();
        QVERIFY(view->count() <= ui::MessageModel::kWindow + ui::MessageModel::kPage);
        QCOMPARE(view->model().rowOf(read), first);
        QCOMPARE(view->bodyRect(first).top(), y);
        QCOMPARE(view->unseenBelow(), 80);
        view->scrollToEnd();
        settle();
        QCOMPARE(view->model().at(view->count() - 1).text, u"catching up 79"_s);
    }

    void atTheEnd_whileManyArrive_theOldOnesLeave()
    {
        WindowStage stage(false);
        const auto chat = stage.session.addContact(u"Ines"_s, 0);
        stage.session.fillChat(chat, 290);
        stage.session.changeChat(chat);
        settle();
        stage.window->openChat(chat);
        settle();
        ui::MessageView *view = stage.window->chatPage()->view();
        while (!view->model().reachesStart()) {
            view->model().loadOlder();
            settle();
        }
        QVERIFY(view->isAtEnd());
        for (int i = 0; i < 80; ++i)
            stage.session.receive(chat, u"catching up %1"_s.arg(i));
        settle();
        QVERIFY(view->count() <= ui::MessageModel::kWindow + ui::MessageModel::kPage);
        QVERIFY(view->isAtEnd());
        QCOMPARE(view->model().at(view->count() - 1).text, u"catching up 79"_s);
    }

    void currentRow_goesToTheNeighbourOfWhatWasDeleted()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        view->setFocus(Qt::TabFocusReason);
        view->setCurrentRow(2);
        stage.session.removeMessage(view->model().at(2).id);
        settle();
        QCOMPARE(view->currentRow(), 2);
        view->setCurrentRow(view->count() - 1);
        stage.session.removeMessage(view->model().at(view->count() - 1).id);
        settle();
        QCOMPARE(view->currentRow(), view->count() - 1);
    }

    void shiftClick_afterItsStartWasDeleted_beginsAnew()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        const int last = view->count() - 1;
        const auto shiftClick = [view](int row) {
            QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ShiftModifier, view->bodyRect(row).center());
        };
        view->setCurrentRow(last - 2);
        shiftClick(last - 1);
        QVERIFY(view->isSelected(last - 2) && view->isSelected(last - 1));
        stage.session.removeMessage(view->model().at(last - 2).id);
        settle();
        shiftClick(last - 1);
        QVERIFY(!view->isSelected(last - 3));
        QVERIFY(view->isSelected(last - 2) && view->isSelected(last - 1)); // from what was current
    }

    void dragging_overRowsThatLeave_startsNowhereElse()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        const int last = view->count() - 1;
        const QPoint start = view->bodyRect(last).center();
        QTest::mousePress(view->viewport(), Qt::LeftButton, {}, start);
        stage.session.removeMessage(view->model().at(last).id); // what was pressed
        stage.session.removeMessage(view->model().at(last - 1).id);
        settle();
        const auto drag = [view](const QPoint &to) {
            QMouseEvent move(QEvent::MouseMove, QPointF(to), view->viewport()->mapToGlobal(QPointF(to)), Qt::NoButton,
                Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(view->viewport(), &move);
        };
        drag(view->bodyRect(last - 2).center());
        for (int row = 0; row < view->count(); ++row)
            QVERIFY(!view->isSelected(row));
        QTest::mouseRelease(view->viewport(), Qt::LeftButton, {}, start);

        QTest::mousePress(view->viewport(), Qt::LeftButton, {}, view->bodyRect(last - 2).center());
        stage.session.removeMessage(view->model().at(last - 3).id); // above it
        settle();
        drag(view->bodyRect(last - 4).center());
        QVERIFY(view->isSelected(last - 3) && view->isSelected(last - 4));
        QVERIFY(!view->isSelected(last - 5));
        QCOMPARE(view->currentRow(), last - 4); // Delete and Enter mean what was chosen
    }

    void rowAtTheTop_thatIsDeleted_leavesTheNextInItsPlace()
    {
        WindowStage stage(false);
        openLong(stage, 200);
        ui::MessageView *view = stage.window->chatPage()->view();
        while (!view->model().reachesStart()) {
            view->model().loadOlder();
            settle();
        }
        view->verticalScrollBar()->setValue(view->verticalScrollBar()->maximum() / 2);
        settle();
        const auto first = [&] {
            int row = 0;
            while (view->bodyRect(row).bottom() < 0)
                ++row;
            return row;
        };
        const int deleted = first();
        stage.session.removeMessage(view->model().at(deleted).id);
        settle();
        const int row = first();
        const chat::MessageId read = view->model().at(row).id;
        const int y = view->bodyRect(row).top();
        stage.window->resize(760, 720); // every line before it grows
        settle();
        QVERIFY2(std::abs(view->bodyRect(view->model().rowOf(read)).top() - y) < 60,
            qPrintable(u"%1 → %2"_s.arg(y).arg(view->bodyRect(view->model().rowOf(read)).top())));
    }

    void currentRow_thatLeavesTheWindow_isNone()
    {
        WindowStage stage(false);
        openLong(stage, 1000);
        ui::MessageView *view = stage.window->chatPage()->view();
        view->setFocus();
        view->setCurrentRow(view->count() - 1);
        while (view->model().reachesEnd()) {
            view->model().loadOlder();
            settle();
        }
        QCOMPARE(view->currentRow(), -1);
        QSignalSpy deleted(view, &ui::MessageView::deleteRequested);
        QTest::keyClick(view, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 0);
        QTest::keyClick(view, Qt::Key_Up); // and from there on it is one that is seen
        QVERIFY(view->viewport()->rect().intersects(view->bodyRect(view->currentRow())));
    }

    void rightClick_meansOneRowOrTheSelection()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        const int last = view->count() - 1;
        view->setCurrentRow(last);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ShiftModifier, view->bodyRect(last).center());
        QVERIFY(view->isSelected(last));
        QMenu *menu = rightClick(view, last - 1); // beside it
        QVERIFY(!view->isSelected(last));
        menu->findChild<QAction *>(u"copyText"_s)->trigger();
        QCOMPARE(QApplication::clipboard()->text(), view->model().at(last - 1).text);
        menu->close();
        settle();

        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ShiftModifier, view->bodyRect(last).center());
        menu = rightClick(view, last);
        QVERIFY(view->isSelected(last) && view->isSelected(last - 1));
        QCOMPARE(menu->findChild<QAction *>(u"copyText"_s)->text(), u"Copy 2 messages"_s);
        menu->close();
    }

    void home_marksNothingAsRead_data()
    {
        QTest::addColumn<bool>("atEnd");
        QTest::newRow("scrolled up") << false;
        QTest::newRow("at the end") << true;
    }
    void home_marksNothingAsRead()
    {
        QFETCH(bool, atEnd);
        WindowStage stage(false);
        const auto chat = openLong(stage, 200);
        ui::MessageView *view = stage.window->chatPage()->view();
        view->setFocus();
        const auto receive = [&] {
            for (int i = 0; i < 3; ++i)
                stage.session.receive(chat, u"new %1"_s.arg(i));
        };
        if (!atEnd) {
            view->verticalScrollBar()->setValue(view->verticalScrollBar()->maximum() / 2);
            settle();
            receive();
        }
        QCOMPARE(stage.session.openChatActive, atEnd);
        QSignalSpy told(view, &ui::MessageView::endCameIntoView);
        stage.session.holdAnswers(true);
        QTest::keyClick(view, Qt::Key_Home);
        if (atEnd)
            receive();
        settle();
        QVERIFY(!stage.session.openChatActive);
        stage.session.release();
        stage.session.holdAnswers(false);
        settle();
        QCOMPARE(view->currentRow(), 0);
        QCOMPARE(stage.session.summary(chat).unread, 3);
        QCOMPARE(told.count(), atEnd ? 1 : 0);
        QTest::keyClick(view, Qt::Key_End);
        settle();
        QVERIFY(view->isAtEnd());
        QCOMPARE(stage.session.summary(chat).unread, 0);
    }

    void leftScrolledUp_theNextChatKeepsItsDivider()
    {
        WindowStage stage;
        openLong(stage, 200);
        ui::MessageView *view = stage.window->chatPage()->view();
        view->verticalScrollBar()->setValue(view->verticalScrollBar()->maximum() / 2);
        settle();
        QVERIFY(!stage.session.openChatActive);
        stage.openChat(u"Ines Okafor"_s);
        QCOMPARE(view->model().unreadAtOpening(), 2); // its page was asked for before it counted as read
        QCOMPARE(stage.session.summary(stage.window->chatPage()->chat()).unread, 0);
    }

    void unread_standsUnderItsDivider()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        const int row = view->model().rowOf(view->model().firstUnread());
        QVERIFY(row >= 0);
        QCOMPARE(view->layoutOf(row).dividerText, u"2 new messages"_s);
        // It stays although the messages count as read now.
        QCOMPARE(stage.session.summary(stage.window->chatPage()->chat()).unread, 0);
        QVERIFY(!view->layoutOf(row).divider.isNull());
    }

    void theEnd_isNotTheDivider_data()
    {
        QTest::addColumn<QString>("way");
        for (const char *way : {"button", "key", "own message"})
            QTest::newRow(way) << QString::fromLatin1(way);
    }
    void theEnd_isNotTheDivider()
    {
        QFETCH(QString, way);
        WindowStage stage(false);
        const auto chat = stage.session.addContact(u"Ines"_s, 0);
        stage.session.fillChat(chat, 400);
        stage.session.setUnread(chat, 40);
        stage.session.changeChat(chat);
        settle();
        stage.window->openChat(chat);
        settle();
        ui::MessageView *view = stage.window->chatPage()->view();
        QVERIFY(!view->isAtEnd()); // opened at what is new
        QTest::keyClick(view, Qt::Key_Home);
        settle();
        QVERIFY(!view->model().reachesEnd());
        if (way == u"key"_s)
            QTest::keyClick(view, Qt::Key_End);
        else if (way == u"button"_s)
            QTest::mouseClick(stage.find<ui::EndButton>("toTheEnd"), Qt::LeftButton);
        else
            stage.session.sendText(chat, u"from far above"_s, [](const auto &) {});
        settle();
        QVERIFY(view->model().rowOf(view->model().firstUnread()) >= 0);
        QVERIFY(view->isAtEnd());
        QVERIFY(view->viewport()->rect().contains(view->bodyRect(view->count() - 1)));
    }

    void keys_moveSelectAndCopy()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        view->setFocus(Qt::TabFocusReason);
        QCOMPARE(view->currentRow(), view->count() - 1);
        QTest::keyClick(view, Qt::Key_Up);
        QCOMPARE(view->currentRow(), view->count() - 2);
        QTest::keyClick(view, Qt::Key_C);
        QCOMPARE(QApplication::clipboard()->text(), u"Plum cake, then. No walnuts."_s);
        QTest::keyClick(view, Qt::Key_Down, Qt::ShiftModifier);
        QVERIFY(view->isSelected(view->count() - 1) && view->isSelected(view->count() - 2));
        QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
        const QString both = QApplication::clipboard()->text();
        QVERIFY(both.contains(u"Ines Okafor"_s) && both.contains(u"No walnuts"_s) && both.contains(u"be kind"_s));
        QTest::keyClick(view, Qt::Key_Escape);
        QVERIFY(!view->isSelected(view->count() - 1));
        QTest::keyClick(view, Qt::Key_Home);
        settle();
        QCOMPARE(view->currentRow(), 0);
        QTest::keyClick(view, Qt::Key_End);
        QCOMPARE(view->currentRow(), view->count() - 1);
    }

    void typing_goesToTheComposer()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        view->setFocus(Qt::TabFocusReason);
        QSignalSpy typed(view, &ui::MessageView::typed);
        QTest::keyClick(view, Qt::Key_H);
        QCOMPARE(typed.count(), 1);
    }

    void links_areAskedForNotOpened()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        QSignalSpy activated(view, &ui::MessageView::addressActivated);
        for (int row = 0; row < view->count(); ++row) {
            if (!view->model().at(row).text.contains(u"ferries"_s))
                continue;
            const QRectF text = view->layoutOf(row).text;
            const QRect body = view->bodyRect(row);
            const QPointF offset = text.topLeft() - view->layoutOf(row).bubble.topLeft();
            bool found = false;
            for (int x = 0; x < text.width() && !found; x += 6) {
                QTest::mouseClick(
                    view->viewport(), Qt::LeftButton, {}, body.topLeft() + (offset + QPointF(x, 12)).toPoint());
                found = activated.count() > 0;
            }
        }
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated.first().first().toUrl(), QUrl(u"https://ferries.example/winter"_s));
        settle();
        auto *sheet = stage.window->findChild<QWidget *>(u"openAddressSheet"_s);
        QVERIFY(sheet && sheet->isVisible());
    }

    void notSent_triesAgain()
    {
        WindowStage stage;
        stage.openChat(u"Wen Zhao"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        const int row = view->count() - 1;
        const ui::MessageLayout &layout = view->layoutOf(row);
        QVERIFY(!layout.notSent.isNull());
        const QPointF offset = layout.notSent.center() - layout.bubble.topLeft();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->bodyRect(row).topLeft() + offset.toPoint());
        settle();
        QVERIFY(stage.session.calls.contains(u"retryMessage"_s));
        QCOMPARE(view->model().at(row).state, chat::MessageState::Queued);
    }

    void menu_offersWhatExists()
    {
        WindowStage stage;
        stage.openChat(u"Wen Zhao"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        QMenu *menu = view->menuFor(view->count() - 1);
        QStringList names;
        for (const QAction *action : menu->actions()) {
            if (!action->isSeparator())
                names.append(action->objectName());
        }
        QCOMPARE(names, (QStringList{u"copyText"_s, u"tryAgain"_s, u"messageDetails"_s, u"deleteForMe"_s}));
        delete menu;
    }

    void deleteKey_isForMessagesAlone()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        QVERIFY(view->model().at(0).system != chat::SystemLine::None);
        QSignalSpy deleted(view, &ui::MessageView::deleteRequested);
        view->setFocus();
        view->setCurrentRow(0);
        QTest::keyClick(view, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 0); // as its menu
        view->setCurrentRow(1);
        QTest::keyClick(view, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 1);
    }

    void states_changeInPlace()
    {
        WindowStage stage;
        stage.openChat(u"Jonas Weber"_s);
        ui::MessageView *view = stage.window->chatPage()->view();
        const int row = view->count() - 1;
        QCOMPARE(view->layoutOf(row).glyph, std::optional(ui::DeliveryGlyph::Queued));
        stage.session.setMessageState(view->model().at(row).id, chat::MessageState::OnRelay, 2);
        QCOMPARE(view->layoutOf(row).glyph, std::optional(ui::DeliveryGlyph::OnRelay));
    }
};

TACET_TEST_UNIT("t_message_view", TestMessageView)
#include "t_message_view.moc"
