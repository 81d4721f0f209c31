// The window of rows on a history: pages, facts in between, stale answers.
#include "tests/support/unit_registry.h"
#include "tests/ui/window_stage.h"
#include "ui/message_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using ui::MessageModel;

class TestMessageModel : public QObject {
    Q_OBJECT

private:
    ui::Calendar m_calendar{[] { return kDemoNow; }, QLocale(QLocale::English), QTimeZone::utc()};

    static QString textOf(const MessageModel &model, int row) { return model.at(row).text; }
    static QString last(const MessageModel &model) { return textOf(model, model.rowCount() - 1); }

private Q_SLOTS:
    void opens_atTheEnd()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.fillChat(chat, 500);
        MessageModel model(session, m_calendar);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy opened(&model, &MessageModel::opened);
        model.setChat(chat);
        QVERIFY(opened.wait());
        QCOMPARE(model.rowCount(), MessageModel::kFirstPage);
        QVERIFY(last(model).startsWith(u"Message 500,"_s));
        QVERIFY(model.reachesEnd());
        QVERIFY(!model.reachesStart());
    }

    void anotherName_isTold()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.fillChat(chat, 5);
        session.addSystemLine(chat, chat::SystemLine::Verified, session.now);
        MessageModel model(session, m_calendar);
        model.setChat(chat);
        settle();
        QSignalSpy changed(&model, &MessageModel::dataChanged);
        model.setName(u"Ines"_s);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 0);
        QCOMPARE(changed.at(0).at(1).toModelIndex().row(), 5);
        QVERIFY(model.index(5).data().toString().contains(u"Ines"_s));
        model.setName(u"Ines"_s);
        QCOMPARE(changed.count(), 1);
    }

    void pages_backAndForthWithinTheWindow()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.fillChat(chat, 1000);
        MessageModel model(session, m_calendar);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setChat(chat);
        settle();
        while (!model.reachesStart()) {
            model.loadOlder();
            settle();
            QVERIFY(model.rowCount() <= MessageModel::kWindow);
        }
        QVERIFY(textOf(model, 0).startsWith(u"Message 1,"_s));
        QVERIFY(!model.reachesEnd());
        while (!model.reachesEnd()) {
            model.loadNewer();
            settle();
            QVERIFY(model.rowCount() <= MessageModel::kWindow);
        }
        QVERIFY(last(model).startsWith(u"Message 1000,"_s));
        for (int row = 1; row < model.rowCount(); ++row)
            QVERIFY(model.at(row - 1).sortMs < model.at(row).sortMs);
    }

    void answers_ofAnotherChatAreDropped()
    {
        FakeSession session;
        const auto ines = session.addContact(u"Ines"_s, 0);
        const auto papa = session.addContact(u"Papa"_s, 1);
        session.addMessage(ines, u"from Ines"_s, kDemoNow - 2000, false);
        session.addMessage(papa, u"from Papa"_s, kDemoNow - 1000, false);
        MessageModel model(session, m_calendar);
        session.holdAnswers(true);
        model.setChat(ines);
        model.setChat(papa);
        QCOMPARE(session.heldAnswers(), 2);
        session.release(1); // the answer about Ines, too late
        QCOMPARE(model.rowCount(), 0);
        session.release();
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(textOf(model, 0), u"from Papa"_s);
    }

    void facts_duringTheFirstPageAreNeitherLostNorDoubled()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.addMessage(chat, u"old"_s, kDemoNow - 5000, false);
        MessageModel model(session, m_calendar);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        session.holdAnswers(true);
        model.setChat(chat); // the page is read now and does not contain the next message
        session.receive(chat, u"new"_s);
        session.release();
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(last(model), u"new"_s);
        // The other way round: the page contains it, and the fact comes again.
        const chat::Message known = model.at(1);
        model.setChat({});
        model.setChat(chat);
        session.announce(chat::MessageStored{known, true});
        session.release();
        QCOMPARE(model.rowCount(), 2);
    }

    void facts_keepTheOrderOfHistory()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.addMessage(chat, u"one"_s, kDemoNow - 3000, false);
        session.addMessage(chat, u"three"_s, kDemoNow - 1000, false);
        MessageModel model(session, m_calendar);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setChat(chat);
        settle();
        chat::Message late = model.at(0);
        late.id.bytes[3] = 9;
        late.text = u"two"_s;
        late.sortMs += 1000;
        session.announce(chat::MessageStored{late, true});
        QCOMPARE(textOf(model, 1), u"two"_s);
        QCOMPARE(model.rowCount(), 3);
    }

    void facts_beyondTheWindowStayOut()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.fillChat(chat, 800);
        MessageModel model(session, m_calendar);
        model.setChat(chat);
        settle();
        while (model.reachesEnd()) {
            model.loadOlder();
            settle();
        }
        QSignalSpy arrived(&model, &MessageModel::arrived);
        const int before = model.rowCount();
        session.receive(chat, u"far below"_s);
        QCOMPARE(model.rowCount(), before);
        QCOMPARE(arrived.count(), 1);
        model.jumpToEnd();
        settle();
        QCOMPARE(last(model), u"far below"_s);
    }

    void ownMessage_whileTheStartIsOnItsWay_leadsToTheEnd()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.fillChat(chat, 200);
        MessageModel model(session, m_calendar);
        model.setChat(chat);
        settle();
        connect(&model, &MessageModel::arrived, &model, [&model](const chat::MessageId &, bool own) {
            if (own)
                model.jumpToEnd();
        });
        session.holdAnswers(true);
        model.jumpToStart();
        QSignalSpy opened(&model, &MessageModel::opened);
        chat::Message own;
        own.chat = chat;
        own.own = true;
        own.text = u"mine"_s;
        own.sortMs = kDemoNow;
        own.id = numbered<chat::MessageId>(1'000'000);
        session.announce(chat::MessageStored{own, true});
        session.release(1); // the start
        QCOMPARE(opened.count(), 0); // it is not what is shown
        session.release();
        QCOMPARE(opened.count(), 1);
        QVERIFY(model.reachesEnd());
    }

    void removedMessages_leave()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        const auto first = session.addMessage(chat, u"one"_s, kDemoNow - 3000, false);
        session.addMessage(chat, u"two"_s, kDemoNow - 2000, false);
        MessageModel model(session, m_calendar);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setChat(chat);
        settle();
        session.removeMessage(first);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(textOf(model, 0), u"two"_s);
    }

    void troubles_areToldAndCanBeTriedAgain()
    {
        FakeSession session;
        const auto chat = session.addContact(u"Ines"_s, 0);
        session.fillChat(chat, 200);
        MessageModel model(session, m_calendar);
        model.setChat(chat);
        settle();
        QSignalSpy troubled(&model, &MessageModel::troubled);
        session.failNext(chat::TroubleCode::DiskError, u"vault.db"_s);
        model.loadOlder();
        settle();
        QCOMPARE(troubled.count(), 1);
        QCOMPARE(model.rowCount(), MessageModel::kFirstPage);
        model.loadOlder();
        settle();
        QCOMPARE(model.rowCount(), MessageModel::kFirstPage + MessageModel::kPage);
    }
};

TACET_TEST_UNIT("t_message_model", TestMessageModel)
#include "t_message_model.moc"
