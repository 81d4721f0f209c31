#pragma once
// The desktop's time, passed in: tests and pictures of the window stand still. app/main.cpp hands over the same
// clock that the engine uses.
#include <QtGlobal>

#include <functional>

namespace tacet::ui {

/// Milliseconds since 1970 UTC.
using NowMs = std::function<qint64()>;

} // namespace tacet::ui
