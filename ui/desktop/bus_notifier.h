#pragma once
#include "ui/notifier.h"

#include <memory>

namespace tacet::ui::desktop {

/// Speaks to org.freedesktop.Notifications; does nothing without a session bus or without such a service.
std::unique_ptr<Notifier> makeNotifier();

} // namespace tacet::ui::desktop
