// The list column: order, sections, search by name, rows that fit.
#include "tests/support/unit_registry.h"
#include "tests/ui/hostile.h"
#include "tests/ui/window_stage.h"
#include "ui/avatar.h"
#include "ui/chat_column.h"
#include "ui/chat_delegate.h"
#include "ui/chat_header.h"
#include "ui/controls.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

namespace {

QStringList namesOf(const ChatFilter &filter)
{
    QStringList names;
    for (int row = 0; row < filter.rowCount(); ++row)
        names.append(filter.index(row, 0).data().toString());
    return names;
}

bool within(const QRectF &inner, const QRectF &outer)
{
    return inner.isNull() || outer.adjusted(-0.6, -2.1, 0.6, 2.1).contains(inner);
}

} // namespace

class TestChatList : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void chats_pinnedFirstThenNewest()
    {
        WindowStage stage;
        QAbstractItemModelTester source(&stage.window->chats(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        ChatFilter filter(stage.window->chats());
        QAbstractItemModelTester proxy(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(namesOf(filter).mid(0, 4), (QStringList{u"Ines Okafor"_s, u"ليلى حدّاد"_s, u"川村 美咲"_s, u"Papa"_s}));
        stage.session.receive(stage.session.idOf(u"Wen Zhao"_s), u"Now in the hall."_s);
        QCOMPARE(namesOf(filter).mid(0, 2), (QStringList{u"Ines Okafor"_s, u"Wen Zhao"_s}));
        stage.session.setPinned(stage.session.idOf(u"Papa"_s), true, [](auto) {});
        QCOMPARE(namesOf(filter).mid(0, 2), (QStringList{u"Ines Okafor"_s, u"Papa"_s}));
        filter.setSection(Section::Requests);
        QCOMPARE(namesOf(filter), QStringList{u"Ragnhild Moe"_s});
        filter.setSection(Section::Contacts);
        QVERIFY(!namesOf(filter).contains(u"Ragnhild Moe"_s));
        QVERIFY(namesOf(filter).indexOf(u"Anouk Lefèvre"_s) < namesOf(filter).indexOf(u"Wen Zhao"_s));
    }

    void search_findsNames_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("first name") << u"ines"_s << QStringList{u"Ines Okafor"_s};
        QTest::newRow("last name, other case") << u"OKA"_s << QStringList{u"Ines Okafor"_s};
        QTest::newRow("without accent") << u"lefevre"_s << QStringList{u"Anouk Lefèvre"_s};
        QTest::newRow("two words") << u"rivera tom"_s << QStringList{u"Tomás Rivera"_s};
        QTest::newRow("middle of a word") << u"vera"_s << QStringList{};
        QTest::newRow("arabic") << u"ليلى"_s << QStringList{u"ليلى حدّاد"_s};
        QTest::newRow("cyrillic") << u"ковал"_s << QStringList{u"Дмитро Коваленко"_s};
    }
    void search_findsNames()
    {
        QFETCH(QString, words);
        QFETCH(QStringList, names);
        WindowStage stage;
        auto *field = stage.find<SearchField>("chatSearch");
        field->setFocus();
        // Qt Test has keys for Latin letters only.
        if (words.at(0).unicode() < 0x80)
            QTest::keyClicks(field, words);
        else
            field->setText(words);
        QCOMPARE(namesOf(stage.window->listColumn()->filter()), names);
        if (names.isEmpty())
            QVERIFY(stage.find<QWidget>("noMatch")->isVisible());
    }

    void longAbsence_saysHowManyWait()
    {
        WindowStage stage;
        const auto ines = stage.session.idOf(u"Ines Okafor"_s);
        const QString words = u"Catching up: %1 messages"_s.arg(QLocale().toString(12500));
        stage.session.summary(ines).waiting = 12500;
        stage.session.changeChat(ines);
        const chat::ChatSummary chat = *stage.window->chats().find(ines);
        QCOMPARE(chatCondition(chat), words);
        QCOMPARE(chatStatus(chat, stage.calendar), words);
        QVERIFY(spokenChat(chat, stage.calendar).contains(words));
        stage.session.summary(ines).waiting = 0;
        QCOMPARE(catchingUp(1), u"Catching up: 1 message"_s);
        stage.session.changeChat(ines);
        QCOMPARE(chatCondition(*stage.window->chats().find(ines)), QString());
    }

    void facts_duringLoadingAreKept()
    {
        FakeSession session;
        ui::Calendar calendar([] { return kDemoNow; }, QLocale(QLocale::English), QTimeZone::utc());
        const auto ines = session.addContact(u"Ines"_s, 0);
        ChatListModel model(session, calendar);
        session.holdAnswers(true);
        model.reload();
        session.summary(ines).unread = 7;
        session.changeChat(ines);
        session.release();
        QCOMPARE(model.find(ines)->unread, 7);
        QCOMPARE(model.rowCount(), 1);
    }

    void rows_fitAtEveryWidth_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("percent");
        QTest::addColumn<bool>("mirrored");
        for (const int width : {264, 320, 420, 679}) {
            for (const int percent : {85, 100, 200}) {
                QTest::addRow("%d px, %d %%", width, percent) << width << percent << false;
                QTest::addRow("%d px, %d %%, mirrored", width, percent) << width << percent << true;
            }
        }
    }
    void rows_fitAtEveryWidth()
    {
        QFETCH(int, width);
        QFETCH(int, percent);
        QFETCH(bool, mirrored);
        WindowStage stage;
        sharedLook().setTextPercent(percent);
        QList<chat::ChatSummary> chats = stage.window->chats().all();
        for (const QString &name : hostileTexts()) {
            chat::ChatSummary chat = chats.at(0);
            chat.name = name;
            chat.last->text = name;
            chat.last->own = true;
            chat.last->state = chat::MessageState::Read;
            chat.muted = true;
            chat.unread = 12345;
            chats.append(chat);
        }
        const QRectF box(0, 0, width, chatRowHeight(sharedLook()));
        for (const chat::ChatSummary &chat : chats) {
            const ChatRowLayout l =
                layoutChatRow(chat, box, mirrored ? Qt::RightToLeft : Qt::LeftToRight, sharedLook(), stage.calendar);
            const QList<QRectF> first{l.avatar, l.name, l.mark, l.muted, l.sign, l.time};
            const QList<QRectF> second{l.avatar, l.prefix, l.snippet, l.badge, l.pin};
            for (const QList<QRectF> &line : {first, second}) {
                for (int i = 0; i < line.size(); ++i) {
                    QVERIFY2(within(line.at(i), l.row), qPrintable(chat.name.left(30)));
                    for (int j = i + 1; j < line.size(); ++j) {
                        const QRectF a = line.at(i).adjusted(0.5, 0.5, -0.5, -0.5);
                        const QRectF b = line.at(j).adjusted(0.5, 0.5, -0.5, -0.5);
                        QVERIFY2(a.isEmpty() || b.isEmpty() || !a.intersects(b), qPrintable(chat.name.left(30)));
                    }
                }
            }
            QVERIFY(l.nameBlock->size().width() <= l.name.width() + 0.6);
            QVERIFY(l.snippetBlock->size().width() <= l.snippet.width() + 0.6);
        }
    }

    void moving_doesNotOpen()
    {
        WindowStage stage;
        ChatListView *list = stage.window->listColumn()->list();
        QSignalSpy chosen(list, &ChatListView::chatChosen);
        list->setFocus(Qt::TabFocusReason);
        QTest::keyClick(list, Qt::Key_Down);
        QTest::keyClick(list, Qt::Key_Down);
        QCOMPARE(chosen.count(), 0);
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(chosen.count(), 1);
    }

    void initials_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("letters");
        QTest::newRow("two words") << u"Ines Okafor"_s << u"IO"_s;
        QTest::newRow("three words") << u"Anna von Stein"_s << u"AS"_s;
        QTest::newRow("one word") << u"papa"_s << u"P"_s;
        QTest::newRow("arabic") << u"ليلى حدّاد"_s << u"ل"_s;
        QTest::newRow("han") << u"川村 美咲"_s << u"川"_s;
        QTest::newRow("markup") << u"<img src=x>"_s << u"IS"_s;
        QTest::newRow("override") << QString(QChar(0x202E)) + u"abc"_s << u"A"_s;
        QTest::newRow("nothing") << u"—"_s << u"?"_s;
        QTest::newRow("empty") << QString() << u"?"_s;
    }
    void initials()
    {
        QFETCH(QString, name);
        QFETCH(QString, letters);
        QCOMPARE(ui::initials(name), letters);
    }
};

TACET_TEST_UNIT("t_chat_list", TestChatList)
#include "t_chat_list.moc"
