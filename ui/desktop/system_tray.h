#pragma once
#include "ui/look.h"
#include "ui/tray.h"

#include <memory>

namespace tacet::ui::desktop {

/// QSystemTrayIcon with the drawn icon. `look` gives the colours and must outlive the tray.
std::unique_ptr<Tray> makeTray(Look &look);

} // namespace tacet::ui::desktop
