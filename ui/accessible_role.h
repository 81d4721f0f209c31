#pragma once
// Gives a widget that paints itself the role that it plays for assistive technology: a label, an alert, a status
// line; a checkable button: a tab (PageTab) or something that opens (Button). One that is
// not checkable stays a button.
#include <QAccessible>
#include <QWidget>

namespace tacet::ui {

/// The accessible name and description stay those of the widget. Call it before the widget is given a name:
/// that makes its interface.
void setAccessibleRole(QWidget *widget, QAccessible::Role role);
/// Says an alert once, in the widget's accessible name; nothing when no assistive technology listens.
void raiseAlert(QWidget *widget);

} // namespace tacet::ui
