#pragma once
// Gives a widget that paints itself the role that it plays for assistive technology: a label, an alert, a status
// line, a modal dialog; a checkable button: a tab (PageTab) or something that opens (Button). One that is not checkable
// stays a button. With the first of them all scroll areas become safe to be asked for children.
#include <QAccessible>
#include <QWidget>

namespace tacet::ui {

/// The accessible name and description stay those of the widget. Call it before the widget is given a name:
/// that makes its interface.
void setAccessibleRole(QWidget *widget, QAccessible::Role role);

} // namespace tacet::ui
