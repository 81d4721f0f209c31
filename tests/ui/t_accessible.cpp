// What assistive technology is told: names, roles, the rows of both lists as sentences, focus inside the history.
#include "tests/support/unit_registry.h"
#include "tests/ui/window_stage.h"
#include "ui/banner.h"
#include "ui/chat_column.h"
#include "ui/chat_page.h"
#include "ui/composer.h"
#include "ui/message_view.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

class TestAccessible : public QObject {
    Q_OBJECT

private:
    static bool isInteractive(const QWidget *widget)
    {
        return qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QLineEdit *>(widget)
            || qobject_cast<const QPlainTextEdit *>(widget) || qobject_cast<const QAbstractItemView *>(widget)
            || qobject_cast<const MessageView *>(widget);
    }

    static void checkNames(const QWidget &root)
    {
        int seen = 0;
        for (QWidget *widget : root.findChildren<QWidget *>()) {
            if (!isInteractive(widget) || widget->objectName().startsWith(u"qt_"_s))
                continue;
            ++seen;
            QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
            QVERIFY(interface);
            const QByteArray what = QByteArray(widget->metaObject()->className()) + ' ' + widget->objectName().toUtf8();
            QVERIFY2(!interface->text(QAccessible::Name).isEmpty(), what);
            QVERIFY2(!widget->objectName().isEmpty(), what);
            if (qobject_cast<QAbstractButton *>(widget) && widget->isVisible())
                QVERIFY2(widget->height() >= 32 && widget->width() >= 32, what);
        }
        QVERIFY(seen > 8);
    }

private Q_SLOTS:
    void initTestCase() { QAccessible::setActive(true); }
    void cleanup() { resetLook(); }

    void everyControl_hasNameAndHandle()
    {
        WindowStage stage;
        checkNames(*stage.window);
        for (const QString &name : {u"Ines Okafor"_s, u"ليلى حدّاد"_s, u"Ragnhild Moe"_s, u"Wen Zhao"_s}) {
            stage.openChat(name);
            checkNames(*stage.window);
        }
    }

    void messages_areSentences()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        MessageView *view = stage.window->chatPage()->view();
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(view);
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->childCount(), view->count());
        QStringList spoken;
        for (int i = 0; i < list->childCount(); ++i) {
            QAccessibleInterface *row = list->child(i);
            QVERIFY(row && row->isValid());
            QCOMPARE(row->role(), QAccessible::ListItem);
            QCOMPARE(list->indexOfChild(row), i);
            QCOMPARE(row->parent(), list);
            QVERIFY(!row->rect().isEmpty());
            spoken.append(row->text(QAccessible::Name));
        }
        QVERIFY(
            spoken.contains(u"Today, Ines Okafor, 08:02, Morning! The train gets in at 9:40, so just after ten at yours ☕"_s));
        QVERIFY(spoken.contains(u"You, 08:34, Fog forgiven! Nana asks if you still don’t eat walnuts 🌰, read"_s));
        QAccessibleInterface *last = list->child(list->childCount() - 1);
        const QPoint middle = last->rect().center();
        QCOMPARE(list->childAt(middle.x(), middle.y()), last);
    }

    void focus_isInsideTheHistory()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        MessageView *view = stage.window->chatPage()->view();
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(view);
        view->setFocus(Qt::TabFocusReason);
        QAccessibleInterface *focused = list->focusChild();
        QVERIFY(focused);
        QVERIFY(focused->state().focused);
        QCOMPARE(list->indexOfChild(focused), view->count() - 1);
        QTest::keyClick(view, Qt::Key_Up);
        QCOMPARE(list->indexOfChild(list->focusChild()), view->count() - 2);
        // Acting on a row by assistive technology.
        QAccessibleActionInterface *act = list->child(0)->actionInterface();
        QVERIFY(act);
        act->doAction(QAccessibleActionInterface::setFocusAction());
        QCOMPARE(view->currentRow(), 0);
    }

    void rows_thatLeftAreInvalid()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        MessageView *view = stage.window->chatPage()->view();
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(view);
        QVERIFY(list->child(0));
        const int before = list->childCount();
        stage.session.removeMessage(view->model().at(0).id);
        QCOMPARE(list->childCount(), before - 1);
        stage.openChat(u"Papa"_s);
        QCOMPARE(list->childCount(), view->count());
        for (int i = 0; i < list->childCount(); ++i)
            QVERIFY(list->child(i)->isValid());
    }

    void chats_areSentences()
    {
        WindowStage stage;
        ChatListView *view = stage.window->listColumn()->list();
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(view);
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QVERIFY(list->childCount() >= 8);
        QCOMPARE(list->child(0)->role(), QAccessible::ListItem);
        QCOMPARE(list->child(0)->text(QAccessible::Name),
            u"Ines Okafor, verified, 2 unread, Here’s the recipe I promised her. The second page is my grandmother’s "
            "handwriting, be kind., 10:12, pinned"_s);
    }

    void alerts_haveTheirRoles()
    {
        WindowStage stage;
        stage.openChat(u"ليلى حدّاد"_s);
        QAccessibleInterface *banner = QAccessible::queryAccessibleInterface(stage.find<Banner>("keyChangedBanner"));
        QCOMPARE(banner->role(), QAccessible::AlertMessage);
        QVERIFY(banner->text(QAccessible::Name).contains(u"key is new"_s));
        stage.window->say(u"Copied."_s);
        QAccessibleInterface *toast = QAccessible::queryAccessibleInterface(stage.find<QWidget>("toast"));
        QCOMPARE(toast->role(), QAccessible::StatusBar);
        QCOMPARE(toast->text(QAccessible::Name), u"Copied."_s);
    }

    /// A screen reader asks how many there are, then for each; meanwhile a bar may have gone.
    void childThatIsNotThere_isNone()
    {
        WindowStage stage;
        new QScrollArea(stage.window.get()); // as in sheets and settings
        int areas = 0;
        for (QAbstractScrollArea *area : stage.window->findChildren<QAbstractScrollArea *>()) {
            QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(area);
            QVERIFY(interface);
            const QByteArray what = QByteArray(area->metaObject()->className()) + ' ' + area->objectName().toUtf8();
            for (const int beyond : {-1, interface->childCount(), interface->childCount() + 7})
                QVERIFY2(!interface->child(beyond), what);
            if (!qobject_cast<QScrollArea *>(area))
                continue;
            ++areas;
            QAccessibleInterface *content = interface->child(0);
            QVERIFY2(content && content->object() == area->viewport(), what);
            QCOMPARE(interface->indexOfChild(content), 0);
            QCOMPARE(content->parent(), interface);
        }
        QVERIFY(areas > 0);
    }

    void tab_reachesEveryRegionInReadingOrder()
    {
        WindowStage stage;
        stage.openChat(u"Ines Okafor"_s);
        stage.find<QWidget>("railChats")->setFocus(Qt::TabFocusReason);
        QStringList order;
        for (int i = 0; i < 24; ++i) {
            order.append(QApplication::focusWidget()->objectName());
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        }
        const QStringList wanted{u"railChats"_s, u"railSettings"_s, u"chatSearch"_s, u"newChat"_s, u"chatList"_s,
            u"headerSafetyNumber"_s, u"headerMore"_s, u"messages"_s, u"composerField"_s};
        qsizetype at = -1;
        for (const QString &name : wanted) {
            const qsizetype found = order.indexOf(name);
            QVERIFY2(found > at, qPrintable(name + u" in "_s + order.join(u' ')));
            at = found;
        }
    }
};

TACET_TEST_UNIT("t_accessible", TestAccessible)
#include "t_accessible.moc"
