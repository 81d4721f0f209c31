// tacet-gallery FOLDER [NAME…]    draws the named pictures (all of them without names) into FOLDER.
// QT_SCALE_FACTOR=2 draws them twice as fine.
#include "tests/ui/gallery.h"

#include <QApplication>
#include <QDir>
#include <QTextStream>

using namespace Qt::StringLiterals;
using namespace tacet::test;

namespace {

bool draw(const Screen &screen, const QDir &folder)
{
    resetLook();
    sharedLook().setChoice(screen.dark ? tacet::ui::ThemeChoice::Dark : tacet::ui::ThemeChoice::Light);
    sharedLook().setTextPercent(screen.textPercent);
    QApplication::setLayoutDirection(screen.direction);
    WindowStage stage(screen.demo, screen.size);
    if (screen.set)
        screen.set(stage);
    settle();
    return stage.window->grab().save(folder.filePath(screen.name + u".png"_s));
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QTextStream errors(stderr);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2) {
        errors << "Usage: tacet-gallery FOLDER [NAME...]\n";
        return 2;
    }
    const QDir folder(arguments.at(1));
    if (!folder.mkpath(u"."_s)) {
        errors << "The folder " << folder.path() << " cannot be made.\n";
        return 1;
    }
    const QStringList wanted = arguments.mid(2);
    int drawn = 0;
    for (const Screen &screen : windowScreens()) {
        if (!wanted.isEmpty() && !wanted.contains(screen.name))
            continue;
        if (!draw(screen, folder)) {
            errors << "The picture " << screen.name << " could not be written.\n";
            return 1;
        }
        ++drawn;
    }
    QTextStream(stdout) << drawn << " pictures in " << folder.path() << '\n';
    return drawn > 0 ? 0 : 1;
}
