#include "tests/ui/window_stage.h"

#include <QApplication>
#include <QTimeZone>

namespace tacet::test {
using namespace Qt::StringLiterals;

ui::FixedAppearance &sharedAppearance()
{
    static ui::FixedAppearance appearance;
    return appearance;
}

ui::Look &sharedLook()
{
    static ui::Look *look = [] {
        auto *made = new ui::Look(ui::Tokens::builtIn(), sharedAppearance(), QLocale(QLocale::English), qApp);
        made->setReducedMotion(true);
        made->applyTo(*qApp);
        return made;
    }();
    return *look;
}

void resetLook()
{
    sharedLook().setChoice(ui::ThemeChoice::Light);
    sharedLook().setTextPercent(100);
    sharedLook().setHighContrast(false);
    QApplication::setLayoutDirection(Qt::LeftToRight);
}

void settle()
{
    // Answers of the fake are posted with timers of 0 ms, and each may ask the next question.
    for (int i = 0; i < 40; ++i)
        QCoreApplication::processEvents(QEventLoop::AllEvents);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

WindowStage::WindowStage(bool demo, const QSize &size)
    : calendar([this] { return session.now; }, QLocale(QLocale::English, QLocale::UnitedKingdom), QTimeZone::utc())
{
    if (demo)
        session.fillWithDemo();
    window = std::make_unique<ui::MainWindow>(sharedLook(), session, calendar);
    window->resize(size);
    window->show();
    window->activateWindow();
    window->showChats();
    settle();
}

WindowStage::~WindowStage()
{
    window.reset();
    settle();
}

void WindowStage::openChat(const QString &name)
{
    window->openChat(session.idOf(name));
    settle();
}

} // namespace tacet::test
