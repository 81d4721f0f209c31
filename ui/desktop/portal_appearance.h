#pragma once
#include "ui/appearance.h"

#include <memory>

namespace tacet::ui::desktop {

/// Follows org.freedesktop.portal.Settings on the session bus; stays at the defaults without one.
std::unique_ptr<Appearance> followPortal();

} // namespace tacet::ui::desktop
