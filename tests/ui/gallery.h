#pragma once
// Named pictures of the window, drawn without a display or with one: for looking at what was made, in every width,
// theme and direction, and for the tour of packaging/run.
#include "tests/ui/window_stage.h"

#include <functional>
#include <vector>

namespace tacet::test {

struct Screen {
    QString name; ///< of the file, without ".png"
    QSize size{1080, 720};
    bool dark = false;
    int textPercent = 100;
    Qt::LayoutDirection direction = Qt::LeftToRight;
    /// Brings the stage to where the picture is taken; may be empty.
    std::function<void(WindowStage &)> set;
    bool demo = true;
};

/// The main window and what it is made of (gallery_window.cpp).
std::vector<Screen> windowScreens();

} // namespace tacet::test
