#pragma once
// The message view to assistive technology: a list whose items are the messages of the window, read as one sentence
// each.
namespace tacet::ui {

/// Makes QAccessible know MessageView. May be called any number of times.
void installMessageAccessibility();

} // namespace tacet::ui
