#pragma once
#include "ui/screen_watcher.h"

#include <memory>

namespace tacet::ui::desktop {

/// Listens to the desktop's screen saver and to systemd's login manager, whichever of them are there.
std::unique_ptr<ScreenWatcher> watchScreen();

} // namespace tacet::ui::desktop
