#pragma once
#include "ui/appearance.h"

#include <QDBusConnection>

#include <memory>

namespace tacet::ui::desktop {

/// Follows org.freedesktop.portal.Settings; stays at the defaults without a bus or without such a service.
std::unique_ptr<Appearance> followPortal(const QDBusConnection &bus = QDBusConnection::sessionBus());

} // namespace tacet::ui::desktop
