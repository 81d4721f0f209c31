// Tokens, theme and icons: every value that the program uses is there, readable, and follows the desktop.
#include "tests/support/unit_registry.h"
#include "tests/ui/window_stage.h"
#include "ui/controls.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>

#include <cmath>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::ui;

namespace {

QByteArray builtInJson()
{
    QFile file(u":/tacet/tokens.json"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Relative luminance and contrast of WCAG 2.1.
double luminance(const QColor &colour)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}
double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace

class TestLook : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tokens_builtInIsComplete()
    {
        const auto tokens = Tokens::parse(builtInJson());
        QVERIFY(tokens.ok());
    }

    void tokens_refusesWhatIsMissingOrUnknown()
    {
        QCOMPARE(Tokens::parse("[]").error(), TokensError::NotJson);
        QCOMPARE(Tokens::parse("{\"version\":2}").error(), TokensError::WrongVersion);
        QJsonObject root = QJsonDocument::fromJson(builtInJson()).object();
        QJsonObject colours = root[u"color"_s].toObject();
        QJsonObject light = colours[u"light"_s].toObject();
        const QJsonObject whole = light;
        light.remove(u"brass"_s);
        colours[u"light"_s] = light;
        root[u"color"_s] = colours;
        QCOMPARE(Tokens::parse(QJsonDocument(root).toJson()).error(), TokensError::Missing);
        light = whole;
        light[u"sparkle"_s] = u"#FF00FF"_s;
        colours[u"light"_s] = light;
        root[u"color"_s] = colours;
        QCOMPARE(Tokens::parse(QJsonDocument(root).toJson()).error(), TokensError::Unknown);
    }

    void colours_areReadableWhereTheyStand_data()
    {
        QTest::addColumn<int>("ink");
        QTest::addColumn<int>("ground");
        const auto add = [](const char *name, Colour ink, Colour ground) {
            QTest::newRow(name) << static_cast<int>(ink) << static_cast<int>(ground);
        };
        add("message", Colour::Text, Colour::BubbleIn);
        add("own message", Colour::Text, Colour::BubbleOut);
        add("time", Colour::TextMuted, Colour::BubbleIn);
        add("own time", Colour::MetaOut, Colour::BubbleOut);
        add("link", Colour::Link, Colour::BubbleIn);
        add("own link", Colour::LinkOut, Colour::BubbleOut);
        add("not sent", Colour::Danger, Colour::BubbleOut);
        add("divider", Colour::OnBrass, Colour::BrassFill);
        add("badge", Colour::OnAccent, Colour::Accent);
        add("muted badge", Colour::List, Colour::BadgeMuted);
        add("snippet", Colour::TextSecondary, Colour::List);
        add("snippet, open", Colour::TextSecondary, Colour::Selected);
        add("list time, open", Colour::TextMuted, Colour::Selected);
        add("draft", Colour::Brass, Colour::List);
        add("banner", Colour::Text, Colour::BrassTint);
        add("primary button", Colour::OnAccent, Colour::Accent);
        add("danger words", Colour::Danger, Colour::Surface);
        add("toast", Colour::OnTooltip, Colour::Tooltip);
        add("date chip", Colour::TextSecondary, Colour::Surface);
        add("system line", Colour::TextSecondary, Colour::Canvas);
    }
    void colours_areReadableWhereTheyStand()
    {
        QFETCH(int, ink);
        QFETCH(int, ground);
        const Tokens tokens = Tokens::builtIn();
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
            const double measured = contrast(
                tokens.colour(scheme, static_cast<Colour>(ink)), tokens.colour(scheme, static_cast<Colour>(ground)));
            QVERIFY2(measured >= 4.5, qPrintable(QString::number(measured)));
        }
    }

    void look_followsTheDesktopLive()
    {
        FixedAppearance desktop;
        Look look(Tokens::builtIn(), desktop);
        QSignalSpy changed(&look, &Look::changed);
        QCOMPARE(look.scheme(), Scheme::Light);
        desktop.setColourScheme(Appearance::ColourScheme::Dark);
        QCOMPARE(look.scheme(), Scheme::Dark);
        QCOMPARE(changed.count(), 1);
        look.setChoice(ThemeChoice::Light);
        QCOMPARE(look.scheme(), Scheme::Light);
        desktop.setReducedMotion(true);
        QCOMPARE(look.duration(140), 0);
        desktop.setHighContrast(true);
        QCOMPARE(look.colour(Colour::TextMuted), look.colour(Colour::Text));
    }

    void styleSheet_hasNoNameLeft()
    {
        FixedAppearance desktop;
        Look look(Tokens::builtIn(), desktop);
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
            look.setChoice(choice);
            const QString sheet = look.styleSheet();
            QVERIFY(!sheet.contains(u'@'));
            QVERIFY(sheet.contains(look.colour(Colour::Canvas).name()));
        }
    }

    void text_growsWithItsSetting()
    {
        FixedAppearance desktop;
        Look look(Tokens::builtIn(), desktop);
        const int before = look.font(TypeRole::Body).pixelSize();
        QCOMPARE(before, 14);
        look.setTextPercent(200);
        QCOMPARE(look.font(TypeRole::Body).pixelSize(), 28);
        QCOMPARE(look.line(TypeRole::Body), 40);
        look.setTextPercent(1000);
        QCOMPARE(look.fonts().textPercent(), kTextPercentMax);
    }

    void segments_standBelowEachOther_whereTheirWordsDoNotFit()
    {
        FixedAppearance desktop;
        Look look(Tokens::builtIn(), desktop);
        QWidget window;
        auto *column = new QVBoxLayout(&window);
        auto *choices = new Segmented(look, u"Way"_s, u"way"_s);
        choices->addChoice(u"Read aloud"_s, u"a"_s);
        choices->addChoice(u"Scan a picture"_s, u"b"_s);
        choices->addChoice(u"From a file"_s, u"c"_s);
        column->addWidget(choices);
        column->addStretch();
        window.resize(400, 500);
        window.show();
        const auto segments = choices->findChildren<QRadioButton *>();
        const auto fit = [&] {
            for (const QRadioButton *segment : segments) {
                if (segment->width() < segment->sizeHint().width() || !choices->rect().contains(segment->geometry()))
                    return false;
            }
            return true;
        };
        QTRY_VERIFY(fit());
        QCOMPARE(segments[0]->y(), segments[2]->y());
        look.setTextPercent(200);
        QTRY_VERIFY(fit());
        QVERIFY(segments[0]->y() < segments[1]->y());
        window.resize(1000, 500);
        QTRY_VERIFY(fit() && segments[0]->y() == segments[2]->y());
        window.resize(300, 500);
        QTRY_VERIFY(fit() && segments[0]->y() < segments[2]->y());
    }

    void fonts_neverBeginWithEmoji()
    {
        FixedAppearance desktop;
        Look look(Tokens::builtIn(), desktop);
        for (std::size_t role = 0; role < kTypeRoleCount; ++role)
            QVERIFY(!look.font(static_cast<TypeRole>(role)).families().first().contains(u"Emoji"_s));
    }

    void icons_allDraw()
    {
        Icons icons;
        for (int i = 0; i < kIconCount; ++i) {
            const auto icon = static_cast<Icon>(i);
            for (const int size : {14, 24}) {
                const QImage image = icons.pixmap(icon, size, Qt::black, 1, Qt::LeftToRight).toImage();
                int inked = 0;
                for (int y = 0; y < image.height(); ++y) {
                    for (int x = 0; x < image.width(); ++x)
                        inked += qAlpha(image.pixel(x, y)) > 60 ? 1 : 0;
                }
                QVERIFY2(inked > 5, iconName(icon).data());
                QVERIFY2(inked < size * size * 2 / 3, iconName(icon).data());
                // Nothing may be cut off at the edge.
                for (int x = 0; x < image.width(); ++x) {
                    QVERIFY2(qAlpha(image.pixel(x, 0)) < 60, iconName(icon).data());
                    QVERIFY2(qAlpha(image.pixel(x, image.height() - 1)) < 60, iconName(icon).data());
                }
            }
        }
    }

    void icons_mirrorWhatPointsSomewhere()
    {
        Icons icons;
        const auto image = [&icons](Icon icon, Qt::LayoutDirection direction) {
            return icons.pixmap(icon, 24, Qt::black, 1, direction).toImage();
        };
        QVERIFY(image(Icon::Back, Qt::LeftToRight) != image(Icon::Back, Qt::RightToLeft));
        QCOMPARE(image(Icon::Clock, Qt::LeftToRight), image(Icon::Clock, Qt::RightToLeft));
    }
};

TACET_TEST_UNIT("t_look", TestLook)
#include "t_look.moc"
