#pragma once
// Where the keyboard goes when the control that had it is disabled or hidden. Qt gives it to the next control in the
// order of Tab, a button perhaps, which the next Enter or space then presses although it was meant for the one before.
#include <QWidget>

namespace tacet::ui {

inline bool holdsKeys(const QWidget &widget)
{
    return widget.isVisible() && widget.isEnabled();
}

/// The control itself, or the nearest thing around it that is seen and does nothing by itself: Tab goes on from there.
inline QWidget &nearestForKeys(QWidget &lost)
{
    QWidget *near = &lost;
    while (!holdsKeys(*near) && near->parentWidget() && !near->isWindow())
        near = near->parentWidget();
    return *near;
}

} // namespace tacet::ui
