#pragma once
// A window with everything that it stands on, over a scripted session: what tests and pictures of the window begin
// with.
#include "tests/ui/fake_session.h"
#include "ui/calendar.h"
#include "ui/look.h"
#include "ui/main_window.h"

#include <memory>

namespace tacet::test {

/// A Look of its own for the whole program: QApplication has one style sheet and one font.
ui::Look &sharedLook();
ui::FixedAppearance &sharedAppearance();
/// Puts the shared Look back to light, 100 % text, no motion.
void resetLook();

/// Runs the event loop until nothing is posted any more.
void settle();

class WindowStage {
public:
    /// `demo`: with the people of the pictures. The window is shown at `size`, its session's clock stands still.
    explicit WindowStage(bool demo = true, const QSize &size = {1080, 720});
    ~WindowStage();

    FakeSession session;
    ui::Calendar calendar;
    std::unique_ptr<ui::MainWindow> window;

    void openChat(const QString &name);
    /// A child by its objectName; the test fails with a message when there is none.
    template<typename Widget>
    Widget *find(const char *objectName) const
    {
        auto *found = window->findChild<Widget *>(QString::fromLatin1(objectName));
        if (!found)
            qFatal("no widget is called %s", objectName);
        return found;
    }
};

} // namespace tacet::test
