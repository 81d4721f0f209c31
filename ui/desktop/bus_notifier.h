#pragma once
#include "ui/notifier.h"

#include <QDBusConnection>

#include <memory>

namespace tacet::ui::desktop {

/// Speaks to org.freedesktop.Notifications; does nothing without a bus or without such a service.
std::unique_ptr<Notifier> makeNotifier(const QDBusConnection &bus = QDBusConnection::sessionBus());

} // namespace tacet::ui::desktop
