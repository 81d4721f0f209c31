// Text from outside before it is drawn: nothing in it may deceive, and emoji get the font that can draw them.
#include "tests/support/unit_registry.h"
#include "ui/rich_runs.h"
#include "ui/text_block.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::ui;

namespace {

RichStyle linkingStyle()
{
    RichStyle style;
    style.emojiFamily = u"Noto Color Emoji"_s;
    style.linkColour = Qt::blue;
    return style;
}

QString runsOf(const QString &text)
{
    QStringList runs;
    for (const TextSpan &run : emojiRuns(text))
        runs.append(text.mid(run.start, run.length));
    return runs.join(u'|');
}

} // namespace

class TestRichRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cuts_areBetweenCharacters_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qsizetype>("limit");
        QTest::addColumn<qsizetype>("kept");
        const auto row = [](const char *name, const QString &text, qsizetype limit, qsizetype kept) {
            QTest::newRow(name) << text << limit << kept;
        };
        row("short", u"abc"_s, 3, 3);
        row("letters", u"abcd"_s, 3, 3);
        row("beyond the first plane", u"ab🎉d"_s, 3, 2);
        row("after it", u"ab🎉d"_s, 4, 4);
        row("accent", u"abe\u0301d"_s, 3, 2);
        row("flag", u"a🇳🇴b"_s, 3, 1);
        row("family", u"ab👩‍👩‍👧‍👦"_s, 7, 2);
        row("marks upon marks", u'a' + QString(500, QChar(0x0301)), 200, 200);
        row("nothing but one", u"🎉🎉"_s, 1, 0);
    }
    void cuts_areBetweenCharacters()
    {
        QFETCH(QString, text);
        QFETCH(qsizetype, limit);
        QFETCH(qsizetype, kept);
        QCOMPARE(startOf(text, limit), QStringView(text).first(kept));
        if (text.size() > limit)
            QCOMPARE(visibleLine(text, limit), text.first(kept) + u'…');
    }

    void emojiRuns_findsSequences_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("runs");
        QTest::newRow("none") << u"Plain words 12:30 #1 *"_s << QString();
        QTest::newRow("by default") << u"tea ☕ now"_s << u"☕"_s;
        QTest::newRow("heart asked for colour") << u"a ❤️ b"_s << u"❤️"_s;
        QTest::newRow("heart as text") << u"a ❤︎ b"_s << QString();
        QTest::newRow("bare heart stays text") << u"a ❤ b"_s << QString();
        QTest::newRow("keycap") << u"1️⃣ and 2"_s << u"1️⃣"_s;
        QTest::newRow("keycap without selector") << u"#⃣"_s << u"#⃣"_s;
        QTest::newRow("flag") << u"x🇳🇴y"_s << u"🇳🇴"_s;
        QTest::newRow("lone regional indicator") << u"🇳 x"_s << QString();
        QTest::newRow("skin tone") << u"👋🏽!"_s << u"👋🏽"_s;
        QTest::newRow("family") << u"👩‍👩‍👧‍👦"_s << u"👩‍👩‍👧‍👦"_s;
        QTest::newRow("neighbours join") << u"🎉🎶 🌰"_s << u"🎉🎶|🌰"_s;
        QTest::newRow("england") << u"🏴󠁧󠁢󠁥󠁮󠁧󠁿"_s << u"🏴󠁧󠁢󠁥󠁮󠁧󠁿"_s;
        QTest::newRow("copyright sign is text") << u"© 2024"_s << QString();
        QTest::newRow("lone high surrogate") << QString(QChar(0xD83D)) << QString();
    }
    void emojiRuns_findsSequences()
    {
        QFETCH(QString, text);
        QFETCH(QString, runs);
        QCOMPARE(runsOf(text), runs);
    }

    void richText_dropsSelectorsOnlyInsideEmoji()
    {
        const RichText rich = richText(u"a ❤️ b ❤︎ 1️⃣"_s, linkingStyle());
        QVERIFY(!rich.text.contains(QChar(0xFE0F)));
        QVERIFY(rich.text.contains(QChar(0xFE0E)));
        QCOMPARE(rich.formats.size(), 2);
        QCOMPARE(rich.text.mid(rich.formats.at(0).start, rich.formats.at(0).length), u"❤"_s);
        QCOMPARE(rich.text.mid(rich.formats.at(1).start, rich.formats.at(1).length), u"1⃣"_s);
    }

    void richText_writesOverridesOut()
    {
        for (char16_t unit = 0x2000; unit < 0x2070; ++unit) {
            const RichText rich = richText(QString(u"a"_s + QChar(unit) + u"b"_s), linkingStyle());
            const bool isOverride = (unit >= 0x202A && unit <= 0x202E) || (unit >= 0x2066 && unit <= 0x2069);
            QCOMPARE(isDirectionOverride(unit), isOverride);
            QCOMPARE(rich.boxes.size(), isOverride ? 1U : 0U);
            if (!isOverride)
                continue;
            const QString code = QChar(0x200A) + u"U+"_s + QString::number(unit, 16).toUpper() + QChar(0x200A);
            QCOMPARE(rich.text, u"a"_s + code + u"b"_s);
            QCOMPARE(rich.boxes.front(), (TextSpan{1, code.size()}));
        }
    }

    void richText_keepsIsolatesOfOwnWords()
    {
        RichStyle style = linkingStyle();
        style.ownWords = true;
        const QString sentence = isolatedName(u"ليلى"_s) + u" restored a backup"_s;
        QCOMPARE(richText(sentence, style).text, sentence);
        QVERIFY(richText(sentence, style).boxes.empty());
    }

    void isolatedName_cannotBeBrokenOutOf()
    {
        const QString hostile = u"x"_s + QChar(0x2069) + QChar(0x202E) + u"y"_s;
        const QString isolated = isolatedName(hostile);
        QCOMPARE(isolated.at(0), QChar(0x2068));
        QCOMPARE(isolated.back(), QChar(0x2069));
        const QString inside = isolated.mid(1, isolated.size() - 2);
        for (const QChar c : inside)
            QVERIFY(!isDirectionOverride(c.unicode()));
        QVERIFY(inside.contains(u"[U+202E]"_s));
    }

    void visibleLine_isOneShortLine()
    {
        const QString line = visibleLine(QString(QString(5000, u'a') + u"\nb"_s), 200);
        QVERIFY(line.size() <= 201);
        QVERIFY(line.endsWith(u'…'));
        QCOMPARE(visibleLine(u"a\r\nb\tc"_s), u"a b c"_s);
    }

    void controls_becomePictures()
    {
        const QString text = u"a"_s + QChar(0) + QChar(0x1B) + QChar(0x7F) + QChar(0x9B) + u"b"_s;
        const QString seen = visibleText(text);
        QCOMPARE(seen, u"a␀␛␡␦b"_s);
        QCOMPARE(richText(QString(u"a"_s + QChar(0xD800) + u"b"_s), linkingStyle()).text, u"a\uFFFDb"_s);
    }

    void webAddresses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("address");
        QTest::newRow("plain") << u"see https://a.example/b ok"_s << u"https://a.example/b"_s;
        QTest::newRow("full stop") << u"see https://a.example/b."_s << u"https://a.example/b"_s;
        QTest::newRow("brackets around") << u"(https://a.example/b)"_s << u"https://a.example/b"_s;
        QTest::newRow("brackets inside") << u"https://a.example/b_(c)"_s << u"https://a.example/b_(c)"_s;
        QTest::newRow("http upper case") << u"HTTP://a.example"_s << u"HTTP://a.example"_s;
        QTest::newRow("javascript") << u"javascript:alert(1)"_s << QString();
        QTest::newRow("file") << u"file:///etc/passwd"_s << QString();
        QTest::newRow("data") << u"data:text/html,x"_s << QString();
        QTest::newRow("tacet") << u"tacet:1?k=x"_s << QString();
        QTest::newRow("mail") << u"mailto:a@b.example"_s << QString();
        QTest::newRow("no host") << u"https:///x"_s << QString();
        QTest::newRow("inside a word") << u"xhttps://a.example"_s << QString();
        QTest::newRow("override ends it")
            << u"https://a.example/"_s + QChar(0x202E) + u"gpj.exe"_s << u"https://a.example/"_s;
        QTest::newRow("quote ends it") << u"<a href=\"https://a.example/x\">"_s << u"https://a.example/x"_s;
    }
    void webAddresses()
    {
        QFETCH(QString, text);
        QFETCH(QString, address);
        const std::vector<WebAddress> found = tacet::ui::webAddresses(text);
        QCOMPARE(found.size(), address.isEmpty() ? 0U : 1U);
        if (!address.isEmpty())
            QCOMPARE(text.mid(found[0].span.start, found[0].span.length), address);
    }

    void mixedHosts_showTheirAsciiForm()
    {
        QVERIFY(mixesScripts(u"pаypal.example")); // the first a is Cyrillic
        QVERIFY(mixesScripts(u"пример.example")); // Cyrillic before a Latin ending: shown in ASCII, to be safe
        QVERIFY(!mixesScripts(u"bücher.example"));
        QVERIFY(!mixesScripts(u"東京タワー.jp"));
        const RichText rich = richText(u"go https://pаypal.example/login now"_s, linkingStyle());
        QVERIFY2(rich.text.contains(u"https://xn--"_s), qPrintable(rich.text));
        QCOMPARE(rich.addresses.size(), 1U);
        QVERIFY(rich.text.endsWith(u"/login now"_s));
    }

    void textDirection_followsFirstStrongCharacter()
    {
        QCOMPARE(textDirection(u"123 abc", Qt::RightToLeft), Qt::LeftToRight);
        QCOMPARE(textDirection(u"123 שלום abc", Qt::LeftToRight), Qt::RightToLeft);
        QCOMPARE(textDirection(u"123 …", Qt::RightToLeft), Qt::RightToLeft);
    }

    void textBlock_cutsToLines_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("lines");
        QTest::newRow("name of 4 KB") << QString(4096, u'W') << 1;
        QTest::newRow("4 KB of words") << u"word "_s.repeated(800) << 1;
        QTest::newRow("three lines") << u"word "_s.repeated(800) << 3;
        QTest::newRow("right to left") << u"كلمة "_s.repeated(400) << 1;
        QTest::newRow("emoji") << u"🎉"_s.repeated(400) << 1;
    }
    void textBlock_cutsToLines()
    {
        QFETCH(QString, text);
        QFETCH(int, lines);
        RichStyle rich = linkingStyle();
        rich.lines = Lines::Join;
        TextBlockStyle style;
        style.maxLines = lines;
        const TextBlock block(richText(text, rich), style, 200);
        QVERIFY(block.isElided());
        QCOMPARE(block.lineCount(), lines);
        QVERIFY2(block.size().width() <= 200.5, qPrintable(QString::number(block.size().width())));
    }

    void textBlock_keepsEachParagraphsDirection()
    {
        const TextBlock block(richText(u"Latin\nعربي"_s, linkingStyle()), TextBlockStyle{}, 300);
        QCOMPARE(block.lineCount(), 2);
        QCOMPARE(block.lastDirection(), Qt::RightToLeft);
    }

    void textBlock_findsAddressUnderPoint()
    {
        const TextBlock block(richText(u"https://a.example/b"_s, linkingStyle()), TextBlockStyle{}, 400);
        QCOMPARE(block.addressAt({8, 10}), QUrl(u"https://a.example/b"_s));
        QVERIFY(block.addressAt({block.size().width() + 20, 10}).isEmpty());
        QVERIFY(block.addressAt({8, 60}).isEmpty());
    }
};

TACET_TEST_UNIT("t_rich_runs", TestRichRuns)
#include "t_rich_runs.moc"
