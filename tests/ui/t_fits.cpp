// Every sheet and page in narrow windows, with large text and mirrored: no word is cut and nothing stands outside.
#include "tests/support/unit_registry.h"
#include "tests/ui/gallery.h"
#include "tests/ui/picture_scenes.h"
#include "tests/ui/window_stage.h"

#include <QAbstractButton>
#include <QLabel>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;

namespace {

QString nameOf(const QWidget &widget)
{
    const auto *label = qobject_cast<const QLabel *>(&widget);
    const auto *button = qobject_cast<const QAbstractButton *>(&widget);
    const QString words = label ? label->text() : button ? button->text() : QString();
    return u"%1 \"%2\" \"%3\""_s.arg(QLatin1StringView(widget.metaObject()->className()), widget.objectName(), words.left(60));
}

/// Nothing when the widget stands within everything that it is in, from side to side.
QString cutBySide(const QWidget &widget, const QWidget &window)
{
    for (const QWidget *outer = widget.parentWidget(); outer; outer = outer->parentWidget()) {
        const QRect box(widget.mapTo(outer, QPoint(0, 0)), widget.size());
        if (box.left() < 0 || box.right() >= outer->width()) {
            return u"%1 stands at %2…%3 of %4, which is %5 wide"_s.arg(nameOf(widget))
                .arg(box.left()).arg(box.right()).arg(nameOf(*outer)).arg(outer->width());
        }
        if (outer == &window)
            break;
    }
    return {};
}

QString cutLabel(const QLabel &label)
{
    if (label.text().isEmpty())
        return {};
    if (label.wordWrap()) {
        const int needed = label.heightForWidth(label.width());
        return needed <= label.height() ? QString() : u"%1 needs %2 px of height and has %3"_s.arg(nameOf(label)).arg(needed).arg(label.height());
    }
    const int needed = label.fontMetrics().horizontalAdvance(label.text());
    return needed <= label.width() ? QString() : u"%1 needs %2 px and has %3"_s.arg(nameOf(label)).arg(needed).arg(label.width());
}

QStringList cuts(const QWidget &window)
{
    QStringList found;
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->width() == 0)
            continue;
        const auto *label = qobject_cast<const QLabel *>(widget);
        const auto *button = qobject_cast<const QAbstractButton *>(widget);
        if (!label && !button)
            continue;
        found << cutBySide(*widget, window);
        if (label)
            found << cutLabel(*label);
        else if (button->hasHeightForWidth() && button->heightForWidth(button->width()) > button->height())
            found << nameOf(*button) + u" is lower than its words"_s;
        else if (!button->text().isEmpty() && button->width() < button->minimumSizeHint().width())
            found << nameOf(*button) + u" is narrower than its words"_s;
    }
    found.removeAll(QString());
    return found;
}

} // namespace

class TestFits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { resetLook(); }

    void everySceneFits_data()
    {
        QTest::addColumn<int>("scene");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<int>("percent");
        QTest::addColumn<bool>("mirrored");
        for (int i = 0; i < int(scenes().size()); ++i) {
            const char *name = scenes()[std::size_t(i)].name;
            QTest::addRow("%s, 360 px", name) << i << QSize(360, 640) << 100 << false;
            QTest::addRow("%s, 360 px, 200 %%", name) << i << QSize(360, 640) << 200 << false;
            QTest::addRow("%s, 420 px, mirrored", name) << i << QSize(420, 800) << 100 << true;
            QTest::addRow("%s, 1080 px, 200 %%", name) << i << QSize(1080, 720) << 200 << false;
        }
    }
    void everySceneFits()
    {
        QFETCH(int, scene);
        QFETCH(QSize, size);
        QFETCH(int, percent);
        QFETCH(bool, mirrored);
        sharedLook().setTextPercent(percent);
        QGuiApplication::setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
        {
            Stage stage(sharedLook());
            stage.window.resize(size);
            stage.window.show();
            scenes()[std::size_t(scene)].build(stage);
            stage.settle();
            const QStringList found = cuts(stage.window);
            QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
        }
        QGuiApplication::setLayoutDirection(Qt::LeftToRight);
    }

    void everyScreenFits_data()
    {
        QTest::addColumn<int>("screen");
        QTest::addColumn<int>("percent");
        const auto screens = windowScreens();
        for (int i = 0; i < int(screens.size()); ++i) {
            if (screens[std::size_t(i)].name.startsWith(u"controls"_s))
                continue; // a board of samples, not a part of the program
            for (const int percent : {100, 200})
                QTest::addRow("%s, %d %%", qPrintable(screens[std::size_t(i)].name), percent) << i << percent;
        }
    }
    void everyScreenFits()
    {
        QFETCH(int, screen);
        QFETCH(int, percent);
        const auto screens = windowScreens();
        const Screen &shown = screens[std::size_t(screen)];
        sharedLook().setTextPercent(percent);
        QGuiApplication::setLayoutDirection(shown.direction);
        WindowStage stage(shown.demo, shown.size);
        if (shown.set)
            shown.set(stage);
        settle();
        const QStringList found = cuts(*stage.window);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
    }
};

TACET_TEST_UNIT("t_fits", TestFits)
#include "t_fits.moc"
