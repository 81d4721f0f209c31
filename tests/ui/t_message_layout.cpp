// The pure layout of a message row: nothing leaves its parent, nothing crosses, at every width, text size and
// direction.
#include "tests/support/unit_registry.h"
#include "tests/ui/hostile.h"
#include "tests/ui/window_stage.h"
#include "ui/message_layout.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::ui;

namespace {

chat::Message message(const QString &text, bool own, chat::MessageState state = chat::MessageState::Received)
{
    chat::Message m;
    m.text = text;
    m.own = own;
    m.sentMs = test::kDemoNow;
    m.state = state;
    return m;
}

bool within(const QRectF &inner, const QRectF &outer)
{
    return inner.isNull() || outer.adjusted(-0.6, -0.6, 0.6, 0.6).contains(inner);
}

bool cross(const QRectF &a, const QRectF &b)
{
    return !a.isNull() && !b.isNull() && a.adjusted(0.5, 0.5, -0.5, -0.5).intersects(b.adjusted(0.5, 0.5, -0.5, -0.5));
}

QStringList samples()
{
    return QStringList{u"Hi"_s, u"Fog forgiven! Nana asks if you still don’t eat walnuts 🌰"_s,
               u"رائع! عزفنا المقطوعة البطيئة في النهاية، وسكت الجميع."_s, u"明日の朝、駅で待ち合わせましょう。"_s,
               u"Latin then\nعربي"_s, u"عربي\nthen Latin"_s, QString(300, u'x'),
               u"several words that fill a line or two and then a little more until they wrap "_s.repeated(6)}
    + test::hostileTexts();
}

} // namespace

class TestMessageLayout : public QObject {
    Q_OBJECT

private:
    Calendar m_calendar{[] { return test::kDemoNow; }, QLocale(QLocale::English), QTimeZone::utc()};

private Q_SLOTS:
    void cleanup() { test::resetLook(); }

    void rectangles_stayInsideAndApart_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("percent");
        QTest::addColumn<bool>("mirrored");
        for (const int width : {360, 680, 1060, 1600}) {
            for (const int percent : {85, 100, 200}) {
                for (const bool mirrored : {false, true})
                    QTest::addRow("%d px, %d %%, %s", width, percent, mirrored ? "mirrored" : "plain")
                        << width << percent << mirrored;
            }
        }
    }
    void rectangles_stayInsideAndApart()
    {
        QFETCH(int, width);
        QFETCH(int, percent);
        QFETCH(bool, mirrored);
        Look &look = test::sharedLook();
        look.setTextPercent(percent);
        const MessageRoom room{width, width < 680 ? 12 : 24, mirrored ? Qt::RightToLeft : Qt::LeftToRight};
        const QRectF column = contentColumn(room, look);
        for (const QString &text : samples()) {
            for (const bool own : {false, true}) {
                for (const auto state : {chat::MessageState::Queued, chat::MessageState::OnRelay,
                         chat::MessageState::Delivered, chat::MessageState::Read, chat::MessageState::Failed}) {
                    MessagePlace place;
                    place.newDay = own;
                    place.unreadAbove = own ? 0 : 2;
                    const MessageLayout l =
                        layoutMessage(message(text, own, state), u"Ines"_s, place, room, look, m_calendar);
                    const QRectF row(0, 0, width, l.height);
                    const QByteArray what = text.left(40).toUtf8();
                    QVERIFY2(within(l.bubble, row), what);
                    QVERIFY2(l.bubble.left() >= column.left() - 0.6 && l.bubble.right() <= column.right() + 0.6, what);
                    QVERIFY2(within(l.text, l.bubble), what);
                    QVERIFY2(l.block->size().width() <= l.text.width() + 0.6, what);
                    QVERIFY2(within(l.meta, l.bubble), what);
                    QVERIFY2(within(l.time, l.meta), what);
                    QVERIFY2(within(l.notSent, l.meta), what);
                    QVERIFY2(
                        l.sign.isNull() || (l.sign.left() >= l.meta.left() && l.sign.right() <= l.meta.right() + 0.6),
                        what);
                    QVERIFY2(!cross(l.time, l.sign) && !cross(l.time, l.notSent) && !cross(l.notSent, l.sign), what);
                    QVERIFY2(within(l.chip, row) && within(l.divider, row) && within(l.dividerBlock, row), what);
                    QVERIFY2(!cross(l.chip, l.bubble) && !cross(l.dividerBlock, l.bubble) && !cross(l.chip, l.divider),
                        what);
                    // Time beside the last line: the line itself must end before it.
                    if (l.meta.top() < l.text.bottom() - 1) {
                        const qreal lastLine = l.block->lastLineWidth();
                        const bool rtl = l.block->lastDirection() == Qt::RightToLeft;
                        const QRectF words(
                            rtl ? l.text.right() - lastLine : l.text.left(), l.text.bottom() - 4, lastLine, 2);
                        QVERIFY2(!cross(words.adjusted(0, -2, 0, 2), l.meta.adjusted(1, 0, -1, 0)), what);
                    }
                }
            }
        }
    }

    void systemLines_stayInColumn()
    {
        Look &look = test::sharedLook();
        for (const int width : {360, 1600}) {
            const MessageRoom room{width, 12, Qt::LeftToRight};
            for (int line = 1; line <= static_cast<int>(chat::SystemLine::RequestAccepted); ++line) {
                chat::Message m = message(u"3"_s, false);
                m.system = static_cast<chat::SystemLine>(line);
                const MessageLayout l =
                    layoutMessage(m, u"Ines "_s.repeated(60), MessagePlace{}, room, look, m_calendar);
                QVERIFY(l.isSystem);
                QVERIFY(within(l.text.united(l.systemIconBox), QRectF(0, 0, width, l.height)));
                QVERIFY(!cross(l.text, l.systemIconBox));
                QVERIFY(l.bubble.isNull());
            }
        }
    }

    void sides_followTheWriter()
    {
        Look &look = test::sharedLook();
        const auto bubble = [&](bool own, Qt::LayoutDirection direction) {
            const MessageRoom room{800, 24, direction};
            return layoutMessage(message(u"Hello"_s, own), {}, MessagePlace{}, room, look, m_calendar).bubble;
        };
        QVERIFY(bubble(true, Qt::LeftToRight).left() > bubble(false, Qt::LeftToRight).right());
        QVERIFY(bubble(true, Qt::RightToLeft).right() < bubble(false, Qt::RightToLeft).left());
        // Arabic words do not change the side, only where the time stands.
        const MessageRoom room{800, 24, Qt::LeftToRight};
        const MessageLayout arabic =
            layoutMessage(message(u"مرحبا بك"_s, false), {}, MessagePlace{}, room, look, m_calendar);
        QCOMPARE(arabic.bubble.left(), bubble(false, Qt::LeftToRight).left());
        QVERIFY(arabic.meta.right() < arabic.bubble.center().x());
    }

    void runs_joinWithinFiveMinutes()
    {
        chat::Message a = message(u"a"_s, false);
        chat::Message b = message(u"b"_s, false);
        b.sentMs = a.sentMs + 5 * 60000 - 1;
        QVERIFY(isSameRun(a, b, m_calendar));
        b.sentMs = a.sentMs + 5 * 60000;
        QVERIFY(!isSameRun(a, b, m_calendar));
        b.sentMs = a.sentMs;
        b.own = true;
        QVERIFY(!isSameRun(a, b, m_calendar));
        b.own = false;
        b.system = chat::SystemLine::KeyChanged;
        QVERIFY(!isSameRun(a, b, m_calendar));
    }

    void runs_neverCrossMidnight()
    {
        chat::Message a = message(u"a"_s, false);
        chat::Message b = message(u"b"_s, false);
        a.sentMs = 1732233540000; // 23:59 UTC
        b.sentMs = a.sentMs + 120000;
        QVERIFY(!isSameRun(a, b, m_calendar));
    }
};

TACET_TEST_UNIT("t_message_layout", TestMessageLayout)
#include "t_message_layout.moc"
