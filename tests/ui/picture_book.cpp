// Draws sheets and pages into PNG files, to be looked at beside the design's pictures:
//
//   QT_QPA_PLATFORM=offscreen ui_pictures FOLDER [PART-OF-A-NAME]
//
// Each is drawn light and dark at 1080 × 720, then at 420 and 360 wide, with 200 % text, mirrored for Arabic, and at
// scale 2.
#include "tests/ui/fake_session.h"
#include "tests/ui/picture_scenes.h"
#include "ui/look.h"

#include <QApplication>
#include <QDir>
#include <QStandardPaths>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace tacet;

namespace {

struct Variant {
    const char *name;
    QSize size;
    ui::ThemeChoice theme;
    int textPercent;
    Qt::LayoutDirection direction;
};

constexpr Variant kVariants[] = {
    {"light", {1080, 720}, ui::ThemeChoice::Light, 100, Qt::LeftToRight},
    {"dark", {1080, 720}, ui::ThemeChoice::Dark, 100, Qt::LeftToRight},
    {"420", {420, 800}, ui::ThemeChoice::Light, 100, Qt::LeftToRight},
    {"360", {360, 640}, ui::ThemeChoice::Dark, 100, Qt::LeftToRight},
    {"text200", {1080, 720}, ui::ThemeChoice::Light, 200, Qt::LeftToRight},
    {"360-text200", {360, 640}, ui::ThemeChoice::Light, 200, Qt::LeftToRight},
    {"arabic", {1080, 720}, ui::ThemeChoice::Light, 100, Qt::RightToLeft},
};

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: ui_pictures FOLDER [PART-OF-A-NAME]\n");
        return 2;
    }
    QStandardPaths::setTestModeEnabled(true);
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    folder.mkpath(u"."_s);
    const QString wanted = argc > 2 ? QString::fromLocal8Bit(argv[2]) : QString();
    const QString variantWanted = argc > 3 ? QString::fromLocal8Bit(argv[3]) : QString();
    ui::FixedAppearance appearance;
    appearance.setReducedMotion(true); // sheets stand still at once
    ui::Look look(ui::Tokens::builtIn(), appearance);
    look.applyTo(application);
    for (const Variant &variant : kVariants) {
        if (!variantWanted.isEmpty() && variantWanted != QLatin1StringView(variant.name))
            continue;
        look.setChoice(variant.theme);
        look.setTextPercent(variant.textPercent);
        QGuiApplication::setLayoutDirection(variant.direction);
        for (const test::Scene &scene : test::scenes()) {
            const QString name = QString::fromLatin1(scene.name);
            if (!name.contains(wanted))
                continue;
            test::Stage stage(look);
            stage.window.resize(variant.size);
            stage.window.show();
            scene.build(stage);
            stage.settle();
            const QString file = folder.filePath(u"%1-%2.png"_s.arg(name, QString::fromLatin1(variant.name)));
            if (!stage.window.grab().save(file)) {
                std::fprintf(stderr, "cannot write %s\n", qPrintable(file));
                return 1;
            }
        }
    }
    return 0;
}
